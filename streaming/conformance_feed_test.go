package streaming_test

import (
	"context"
	"iter"
	"sync"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming"
)

// anyEvent is an event of any channel.
type anyEvent interface{ Metadata() streaming.Meta }

// handle is what every subscription has.
type handle interface {
	Channel() string
	WaitLive(context.Context) error
	State() streaming.State
	Status() streaming.SubscriptionStatus
	Err() error
	Close()
	Done() <-chan struct{}
}

// source is a subscription without a handler.
type source[E anyEvent] interface {
	handle
	Events(context.Context) iter.Seq2[E, error]
}

// feed keeps every event that comes to one subscription.
type feed struct {
	handle
	err error // why there is no subscription

	mu      sync.Mutex
	events  []anyEvent
	changed chan struct{} // closed and renewed with every event
	over    chan struct{} // closed when no event can come any more
	readErr error         // why that is, where it was not closed
}

func newFeed(h handle, err error) *feed {
	return &feed{handle: h, err: err, changed: make(chan struct{}), over: make(chan struct{})}
}

// hear reads all events of a subscription just made, until it ends.
func hear[E anyEvent](sub source[E], err error) *feed {
	f := newFeed(sub, err)
	if err != nil {
		return f
	}
	go func() {
		defer close(f.over)
		for event, err := range sub.Events(context.Background()) {
			if err != nil {
				f.readErr = err
				return
			}
			f.add(event)
		}
	}()
	return f
}

// live waits until the server serves the subscription.
func (f *feed) live(x *stage) *feed {
	x.Helper()
	if f.err != nil {
		x.Fatal(f.err)
	}
	if err := f.WaitLive(bounded(x.T)); err != nil {
		x.Fatal(err)
	}
	return f
}

// end closes the subscription and waits for its last event.
func (f *feed) end(x *stage) {
	x.Helper()
	f.Close()
	select {
	case <-f.over:
	case <-time.After(wait):
		x.Fatalf("%s: events are still read %v after Close", f.Channel(), wait)
	}
}

func (f *feed) add(e anyEvent) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = append(f.events, e)
	close(f.changed)
	f.changed = make(chan struct{})
}

// count is how many events have come.
func (f *feed) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.events)
}

// find returns the events that match, and a channel that is closed when there
// are more to look at.
func find[T anyEvent](f *feed, match func(T) bool) (found []T, changed <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.events {
		if e, ok := e.(T); ok && match(e) {
			found = append(found, e)
		}
	}
	return found, f.changed
}

// await waits for an event.
func await[T anyEvent](f *feed, match func(T) bool, patience time.Duration) (event T, ok bool) {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		found, changed := find(f, match)
		if len(found) > 0 {
			return found[0], true
		}
		select {
		case <-changed:
		case <-deadline.C:
			return event, false
		}
	}
}
