package runtime

import (
	"context"
	"runtime/debug"

	"github.com/asynkron/protoactor-go/actor"
)

// channelActor is one subscription's actor. It is spawned once, drains the
// subscription's inbox whenever its doorbell rings, and stops when the
// subscription is over and its last event dealt with. Only here does user
// code run, so it may block.
type channelActor struct {
	sub      *Subscription
	watching bool // the receiving actor
}

// batch is how many events one doorbell is good for, so that protoactor can
// give its other work a turn.
const batch = 64

func (a *channelActor) Receive(ctx actor.Context) {
	switch msg := ctx.Message().(type) {
	case *begin:
		if receiver := a.sub.receiver; receiver != nil {
			ctx.Watch(receiver)
			a.watching = true
		}
	case *doorbell:
		a.sub.rung.Store(false)
		a.drain(ctx)
	case *actor.Terminated:
		if msg.Who.Equal(a.sub.receiver) {
			a.watching = false
			a.sub.end(ErrReceiverStopped, true)
		}
	case *actor.Stopping:
		if a.watching {
			ctx.Unwatch(a.sub.receiver)
		}
	case *actor.Stopped:
		a.stopped()
	}
}

// stopped is the actor's last word. A panic in it would keep protoactor from
// ever telling the connection, so a logger that panics must not get through.
func (a *channelActor) stopped() {
	s := a.sub
	a.sub = nil        // who keeps the PID does not keep the subscription
	s.rung.Store(true) // nobody answers any more
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.done.open()
	}()
	defer s.session.untrack(s)
	defer s.cutOff()
	defer func() { _ = recover() }()
	// What is left in the inbox is Events' to take.
	s.end(ErrClosed, s.hasConsumer())
	s.caughtUp()
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
	if s.handler != nil {
		a.runHandler(ctx)
		return
	}
	for range batch {
		if s.inFlight.Load() >= int64(s.window) {
			if s.isCut() {
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
			s.caughtUp()
			return
		}
		if event := s.next(&it); event != nil {
			s.inFlight.Add(1)
			ctx.Send(s.receiver, event)
		}
		if s.isLast(&it) {
			s.end(ErrEnded, false)
		}
	}
	s.ring()
}

// runHandler hands a batch of events to the handler. What is deferred is done even
// if a handler ends the goroutine by runtime.Goexit, see dispatcher.
func (a *channelActor) runHandler(ctx actor.Context) {
	s := a.sub
	more := true
	defer func() {
		if more {
			s.ring()
		}
	}()
	var calls context.Context
	for range batch {
		it, ok, done := s.inbox.take()
		if !ok {
			more = false
			s.caughtUp()
			if done {
				ctx.Stop(ctx.Self())
			}
			return
		}
		if calls == nil {
			calls = s.context()
		}
		s.handleNext(calls, &it)
	}
}

// handleNext hands one item on, and ends the subscription behind its last one.
func (s *Subscription) handleNext(calls context.Context, it *item) {
	if s.isLast(it) {
		defer s.end(ErrEnded, false)
	}
	if event := s.next(it); event != nil {
		s.handle(calls, event)
	}
}

// next makes the event to hand on; nil when there is none, or when Close or the
// end of the client's time to drain has cut it off.
func (s *Subscription) next(it *item) any {
	if s.isCut() {
		if it.gap == nil {
			s.cutShort(1)
		}
		return nil
	}
	return s.decode(it)
}

// isLast reports whether no event can come after this one.
func (s *Subscription) isLast(it *item) bool {
	ends := s.slot.endsWith()
	return ends != "" && it.gap == nil && it.typ == ends
}

// handle runs the handler on one event.
func (s *Subscription) handle(ctx context.Context, event any) {
	returned := false
	defer func() {
		v := recover()
		switch {
		case returned:
			return
		case v == nil:
			v = errGoexit
		}
		s.panicked.Add(1)
		err := &PanicError{Value: v, Stack: debug.Stack()}
		s.handlerFailed(event, err)
		// Nothing more is taken until the connection has decided what becomes of
		// the subscription.
		s.pause(pausedByPanics, true)
		s.conn.tell(&handlerPanicked{sub: s, err: err})
	}()
	err := s.handler(&eventContext{ctx, event}, event)
	returned = true
	if err != nil {
		s.failed.Add(1)
		s.handlerFailed(event, err)
	}
}

func (s *Subscription) handlerFailed(event any, err error) {
	log := s.session.logger.With("channel", s.name(), "subscription", s.id)
	if p, ok := err.(*PanicError); ok {
		log = log.With("stack", string(p.Stack))
	}
	log.Error("misskey: handler failed", "error", err)
	each(s.session, func(h HookHandlerError) { h.OnHandlerError(s, event, err) })
}
