package runtime

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// begin starts an actor's work. Started comes too early for that: the actor's
// PID is not yet where others look for it.
type begin struct{}

// Messages to the session's actor.
type (
	// attach registers a subscription; registered is closed when it is.
	attach struct {
		late
		sub        *Subscription
		registered chan struct{}
	}
	// abandon closes a subscription whose Subscribe call gave up waiting.
	abandon struct {
		late
		sub *Subscription
	}
	// detach says that a subscription is closed.
	detach struct {
		late
		sub *Subscription
	}
	// left says that a connection has let go of a channel nobody subscribes to.
	left struct {
		late
		slot *slot
		got  int // subscriptions the slot had had by then
	}
	// lingered says that a connection has been without subscriptions for a while.
	lingered struct {
		late
		conn *connection
	}
	// dialRefused says that the server will not have us, whatever we do.
	dialRefused struct {
		late
		err error
	}
	// reconnect drops sockets and dials at once.
	reconnect struct{ late }
	// shutdown closes; with now, without draining.
	shutdown struct {
		late
		now bool
	}
	// drainBound bounds a shutdown that drains, since nobody waits for it.
	drainBound struct{ late }
	// force ends a shutdown that drains.
	force struct{ late }
)

// sessionActor keeps the set of subscriptions and packs them into
// connections. It does no I/O and waits for nothing.
type sessionActor struct {
	*Session
	shared   map[shareKey]*slot
	open     map[string]*connection // by PID
	captures captureQueue
	closing  bool
	number   int // of the last connection
	drain    *time.Timer
}

func (a *sessionActor) Receive(ctx actor.Context) {
	defer func() {
		// A restart would lose the set of subscriptions. Nothing below is known
		// to panic; if it does, that one message is lost and said so.
		if v := recover(); v != nil {
			a.logger.Error("misskey: session actor panicked", "panic", v)
		}
	}()
	switch msg := ctx.Message().(type) {
	case *begin:
		a.openConnection(ctx)
	case *attach:
		a.attach(ctx, msg)
	case *abandon:
		// The registration may still be on its way to the connection; the
		// connection closes registered before it reads this.
		if c := msg.sub.slot.conn; c != nil {
			ctx.Send(c.pid, msg)
		}
	case *detach:
		a.detach(ctx, msg.sub)
	case *left:
		a.left(msg)
	case *lingered:
		a.retire(ctx, msg.conn)
	case *dialRefused:
		a.report(msg.err)
		a.shut(msg.err, true)
	case *reconnect:
		for _, c := range a.open {
			ctx.Send(c.pid, msg)
		}
	case *shutdown:
		a.shutdown(ctx, msg)
	case *drainBound:
		if a.drain == nil {
			a.drain = time.AfterFunc(drainTimeout, func() { a.cancel(); a.send(&force{}) })
		}
	case *force:
		for _, c := range a.open {
			ctx.Send(c.pid, msg)
		}
	case *actor.Terminated:
		a.terminated(ctx, msg.Who)
	case *actor.Stopping:
		// Our parent stops us: there is no time to drain.
		a.shut(ErrClosed, true)
	case *actor.Stopped:
		a.finish()
	}
}

func (a *sessionActor) attach(ctx actor.Context, msg *attach) {
	if a.closing {
		return // Subscribe sees the session end
	}
	sub := msg.sub
	if key, ok := sub.slot.share(); ok {
		if there := a.shared[key]; there != nil {
			sub.slot = there
		} else {
			a.shared[key] = sub.slot
		}
	}
	if sub.slot.conn == nil {
		a.place(ctx, sub.slot)
	}
	sub.slot.refs++
	sub.slot.sent++
	sub.slot.conn.subs++
	ctx.Send(sub.slot.conn.pid, msg)
	if sub.slot.capture != nil && a.config.maxCaptures > 0 {
		a.captures.add(sub.slot)
		for a.captures.Len() > a.config.maxCaptures {
			oldest := a.captures.oldest()
			ctx.Send(oldest.conn.pid, &evict{slot: oldest})
		}
	}
}

// place finds a connection with room for sl, or opens one. There is always
// the first.
func (a *sessionActor) place(ctx actor.Context, sl *slot) {
	for _, c := range a.connections() {
		if c.hasRoom(sl) {
			c.take(sl)
			return
		}
	}
	a.openConnection(ctx).take(sl)
}

func (a *sessionActor) openConnection(ctx actor.Context) *connection {
	a.number++
	c := newConnection(a.Session, a.number)
	c.pid = ctx.SpawnPrefix(actor.PropsFromProducer(func() actor.Actor { return c }), "connection")
	a.open[c.pid.String()] = c
	a.mu.Lock()
	a.conns = append(a.conns[:len(a.conns):len(a.conns)], c)
	a.mu.Unlock()
	ctx.Send(c.pid, &begin{})
	return c
}

func (a *sessionActor) detach(ctx actor.Context, sub *Subscription) {
	sl := sub.slot
	if sl.conn == nil {
		return
	}
	c := sl.conn
	sl.refs--
	c.subs--
	ctx.Send(c.pid, &detach{sub: sub})
	if sl.refs == 0 && sl.channel == nil {
		a.release(sl) // a channel is left only when the server has it
	}
	if c.subs == 0 && !a.closing {
		a.linger(ctx, c)
	}
}

// linger closes a connection that has no subscriptions, unless it gets some soon.
// What is parked on it or about to be left ends with its socket.
func (a *sessionActor) linger(ctx actor.Context, c *connection) {
	if a.config.linger == 0 {
		a.retire(ctx, c)
		return
	}
	if c.linger != nil {
		c.linger.Stop()
	}
	c.linger = time.AfterFunc(a.config.linger, func() { a.send(&lingered{conn: c}) })
}

// left gives a channel's place back, unless another subscription is on its way
// there.
func (a *sessionActor) left(msg *left) {
	if msg.got == msg.slot.sent {
		a.release(msg.slot)
	}
}

// release gives a slot's place back.
func (a *sessionActor) release(sl *slot) {
	if sl.refs > 0 || sl.conn == nil {
		return
	}
	if key, ok := sl.share(); ok && a.shared[key] == sl {
		delete(a.shared, key)
	}
	if sl.capture != nil {
		a.captures.remove(sl)
	}
	sl.conn.give(sl)
}

// retire closes a connection that has nothing to do, unless it is the first.
func (a *sessionActor) retire(ctx actor.Context, c *connection) {
	conns := a.connections()
	if c.subs > 0 || a.closing || len(conns) == 0 || c == conns[0] || !slices.Contains(conns, c) {
		return
	}
	for key, sl := range a.shared {
		if sl.conn == c { // parked there, or about to be left
			delete(a.shared, key)
			c.give(sl)
		}
	}
	ctx.Send(c.pid, &shutdown{}) // the last one on it may have events left
	a.forget(c)
}

func (a *sessionActor) shutdown(ctx actor.Context, msg *shutdown) {
	a.closing = true
	for _, c := range a.open {
		ctx.Send(c.pid, msg)
	}
	if len(a.open) == 0 {
		ctx.Stop(ctx.Self())
	}
}

func (a *sessionActor) terminated(ctx actor.Context, pid *actor.PID) {
	c := a.open[pid.String()]
	if c == nil {
		return
	}
	delete(a.open, pid.String())
	a.forget(c)
	if a.closing && len(a.open) == 0 {
		ctx.Stop(ctx.Self())
	}
}

func (a *sessionActor) forget(c *connection) {
	if c.linger != nil {
		c.linger.Stop()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.conns = slices.DeleteFunc(slices.Clone(a.conns), func(other *connection) bool { return other == c })
}

func (a *sessionActor) finish() {
	if a.drain != nil {
		a.drain.Stop()
	}
	a.report(a.Err())
	a.cancel()
	if n := a.droppedAtEnd.Load(); n > 0 {
		// A logger that panics must not keep the rest from being done.
		_ = contain(func() { a.logger.Warn("misskey: closing dropped events", "events", n) })
	}
	if a.config.ownHTTP {
		a.config.httpClient.CloseIdleConnections()
	}
	if a.config.system == nil {
		a.system.Shutdown()
	}
	// Their sockets are closed; they are ending, but no actor may wait.
	go func() {
		a.goroutines.Wait()
		a.recording.finish()
		close(a.done)
	}()
}

// HandleFailure decides what becomes of a connection actor that panicked in
// our own code: it keeps its set of slots, drops its socket and begins again
// with the next one.
func (a *sessionActor) HandleFailure(_ *actor.ActorSystem, sup actor.Supervisor, child *actor.PID, _ *actor.RestartStatistics, reason, message any) {
	a.logger.Error("misskey: connection actor panicked", "panic", reason, "message", fmt.Sprintf("%T", message))
	sup.ResumeChildren(child)
	a.system.Root.Send(child, &crashed{})
}

var errInternal = errors.New("misskey: internal failure")
