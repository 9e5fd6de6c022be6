package runtime

import (
	"runtime/debug"

	"github.com/asynkron/protoactor-go/actor"
)

// channelActor is one subscription's actor. It is spawned once, drains the
// subscription's inbox whenever its doorbell rings, and stops when the
// subscription is over and its last event dealt with. Only here does user
// code run, so it may block.
type channelActor struct{ sub *Subscription }

// batch is how many events one doorbell is good for, so that protoactor can
// give its other work a turn.
const batch = 64

func (a *channelActor) Receive(ctx actor.Context) {
	switch msg := ctx.Message().(type) {
	case *actor.Started:
		if a.sub.config.receiver != nil {
			ctx.Watch(a.sub.config.receiver)
		}
	case *doorbell:
		a.sub.rung.Store(false)
		a.drain(ctx)
	case *actor.Terminated:
		if msg.Who.Equal(a.sub.config.receiver) {
			a.sub.end(ErrReceiverStopped, true)
		}
	case *actor.Stopped:
		a.sub.rung.Store(true) // nobody answers any more
		// What is left in the inbox is Events' to take.
		a.sub.end(ErrClosed, a.sub.hasConsumer())
		a.sub.cancel()
		a.sub.session.untrack(a.sub)
		close(a.sub.done)
		a.sub = nil // who keeps the PID does not keep the subscription
	}
}

func (a *channelActor) drain(ctx actor.Context) {
	s := a.sub
	if !s.hasConsumer() {
		// Events takes what is there; there is nothing to wait for.
		if s.State() == StateClosed {
			ctx.Stop(ctx.Self())
		}
		return
	}
	for range batch {
		if s.config.receiver != nil && s.inFlight.Load() >= int64(s.config.inFlight) {
			if s.ctx.Err() != nil {
				ctx.Stop(ctx.Self())
			}
			return // Done rings again
		}
		it, ok, done := s.inbox.take()
		if done {
			ctx.Stop(ctx.Self())
			return
		}
		if !ok {
			return
		}
		event := s.decode(it)
		if event == nil {
			continue
		}
		if s.config.receiver != nil {
			a.forward(ctx, event)
		} else {
			s.handle(event)
		}
		if s.ends != "" && it.gap == nil && it.typ == s.ends {
			s.end(ErrEnded, false)
		}
	}
	s.ring()
}

// forward sends an event to the receiving actor.
func (a *channelActor) forward(ctx actor.Context, event any) {
	a.sub.inFlight.Add(1)
	ctx.Send(a.sub.config.receiver, event)
}

// handle runs the handler on one event.
func (s *Subscription) handle(event any) {
	defer func() {
		if v := recover(); v != nil {
			s.panicked.Add(1)
			s.handlerFailed(event, &PanicError{Value: v, Stack: debug.Stack()})
		}
	}()
	if err := s.handler(s.ctx, event); err != nil {
		s.failed.Add(1)
		s.handlerFailed(event, err)
	}
}

func (s *Subscription) handlerFailed(event any, err error) {
	s.session.logger.Error("misskey: handler failed", "channel", s.name, "subscription", s.id, "error", err)
	each(s.session, func(h HookHandlerError) { h.OnHandlerError(s, event, err) })
}
