package runtime

import "github.com/asynkron/protoactor-go/actor"

// dispatcher runs the actors of subscriptions, in which handlers are called. It is
// protoactor's own, and goes on in a new goroutine where a handler has ended the
// one it was called in, by runtime.Goexit, as a test's FailNow does: the mailbox
// still counts as running then, and would never run again.
type dispatcher struct{ actor.Dispatcher }

func newDispatcher() dispatcher { return dispatcher{actor.NewDefaultDispatcher(300)} }

// Schedule runs a mailbox in a goroutine, which ends when the mailbox is empty.
func (d dispatcher) Schedule(run func()) {
	d.Dispatcher.Schedule(func() {
		returned := false
		defer func() {
			if !returned {
				d.Schedule(run)
			}
		}()
		run()
		returned = true
	})
}
