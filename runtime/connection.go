package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/gorilla/websocket"
)

// connection is an actor with room for as many channels as the server takes
// on one socket, and a share of the captures. It outlives its sockets: each
// is a new generation.
type connection struct {
	session *Session
	number  int
	pid     *actor.PID // set by the session actor before any message

	// Shared with readers and callers.
	socket    atomic.Pointer[socket] // nil while there is none
	gen       atomic.Uint64          // of the socket, or of the dial under way
	lastHeard atomic.Int64           // Unix nanoseconds
	roundTrip atomic.Int64           // nanoseconds
	lastErr   atomic.Pointer[error]
	skips     atomic.Int32 // frames that were skipped and are still to be told of
	channels  routes
	captures  map[string]*captureRoutes // by update type; fixed

	// The session actor's.
	usedChannels, usedCaptures atomic.Int64 // places; others read them
	subs                       int          // subscriptions that are not closed
	linger                     *time.Timer  // since there are none

	// The connection actor's own.
	lives    map[*slot]*life
	byWire   map[string]*life
	children map[string]*Subscription // by PID
	props    *actor.Props             // of their actors: one for all, as each has the size of an actor
	spawning *Subscription            // whose actor the props make
	crashes  map[string]int           // by PID
	panics   map[*Subscription]*panics
	replay   []*life // captures to be sent on this generation, bit by bit
	joined   int     // slots so far, for their order
	dialing  bool
	cancel   context.CancelFunc // of the dial under way
	attempts int                // failed in a row
	openedAt time.Time
	redial   *time.Timer // until the next dial; nil while none is waited for
	granted  bool        // what is waited for is the session's rate only
	closing  bool
}

// late is in messages that may come when their actor is gone, as what
// goroutines and timers have to tell: that is no dead letter worth a word.
type late struct{}

// IgnoreDeadLetterLogging implements actor.IgnoreDeadLetterLogging.
func (late) IgnoreDeadLetterLogging() {}

// Messages to the connection's actor, besides those of the session's.
type (
	dialed struct {
		late
		gen  uint64
		ws   *websocket.Conn
		in   *inlet      // under ws
		free func() bool // undoes that the session's end closes ws
		err  error
	}
	socketEnded struct {
		late
		gen uint64
		err error
	}
	dialAgain struct {
		late
		gen     uint64
		granted bool // the session's rate has been waited for
	}
	// replayMore goes on with the captures of a new socket.
	replayMore struct {
		late
		gen uint64
	}
	// evict ends the captures of a slot, to make room.
	evict struct {
		late
		slot *slot
	}
	// tokenRegenerated says that the account has a new token.
	tokenRegenerated struct{ late }
	acked            struct {
		late
		gen    uint64
		wireID string
	}
	ackTimeout struct {
		late
		gen    uint64
		wireID string
	}
	connectAgain struct {
		late
		gen  uint64
		life *life
	}
	skippedFrame struct {
		late
		info    ConnectionInfo
		err     error
		excerpt string
		size    int
	}
	// overflowed says that a subscription's inbox was full: it began to drop
	// events, or ended.
	overflowed struct {
		late
		sub   *Subscription
		ended bool
	}
	// subscriptionOver says that a subscription is. Whoever ended it, it is not
	// their goroutine that the log and the hooks take time of.
	subscriptionOver struct {
		late
		sub    *Subscription
		reason error
	}
	// elect finds a socket to take the broadcasts from.
	elect struct{ late }
	// crashed says that this actor panicked in our own code.
	crashed struct{ late }
)

// Captures are sent to a new socket so many at a time, so that neither its
// writer nor the server has all of them at once.
const (
	replayBatch = 256
	replayPause = 10 * time.Millisecond
)

// maxCrashes is how often a subscription's actor may panic in our own code.
const maxCrashes = 3

const excerptSize = 256

// maxSkips is how many skipped frames wait to be told of. A server that sends
// nothing but rubbish must not fill the mailbox; what is more is counted only.
const maxSkips = 1000

func newConnection(s *Session, number int) *connection {
	c := &connection{
		session: s, number: number,
		captures: make(map[string]*captureRoutes),
		lives:    make(map[*slot]*life),
		byWire:   make(map[string]*life),
		children: make(map[string]*Subscription),
		crashes:  make(map[string]int),
		panics:   make(map[*Subscription]*panics),
	}
	c.props = actor.PropsFromProducer(func() actor.Actor { return &channelActor{sub: c.spawning} }, actor.WithMailbox(actor.UnboundedLockfree()), actor.WithDispatcher(newDispatcher()))
	for _, kind := range s.dialect.Captures {
		c.captures[kind.Update] = &captureRoutes{kind: kind}
	}
	return c
}

func (c *connection) tell(msg any) { c.session.system.Root.Send(c.pid, msg) }

func (c *connection) info() ConnectionInfo {
	return ConnectionInfo{Number: c.number, Generation: c.gen.Load()}
}

// Receive is the connection's actor. It does no I/O and waits for nothing;
// what comes back from goroutines and timers carries the generation it
// belongs to, and is dropped when that is over.
func (c *connection) Receive(ctx actor.Context) {
	switch msg := ctx.Message().(type) {
	case *begin:
		c.dial(false)
	case *dialed:
		c.dialed(msg)
	case *socketEnded:
		if msg.gen == c.gen.Load() && c.socket.Load() != nil {
			c.lose(msg.err)
			c.pause(msg.err, 0)
		}
	case *dialAgain:
		if msg.gen == c.gen.Load() && !c.dialing && c.socket.Load() == nil {
			c.redial = nil
			c.dial(msg.granted)
		}
	case *replayMore:
		if msg.gen == c.gen.Load() && c.socket.Load() != nil {
			c.replaySome()
		}
	case *evict:
		c.evict(msg.slot)
	case *handlerPanicked:
		c.judge(msg)
	case *resumeHandler:
		msg.sub.pause(pausedByPanics, false)
	case *tokenRegenerated:
		c.session.logger.Warn("misskey: the account has a new token; the client's opens no other socket unless its source renews it")
		each(c.session, func(h HookToken) { h.OnTokenRegenerated() })
	case *reconnect:
		c.reconnect()
	case *attach:
		c.attach(ctx, msg)
	case *abandon:
		msg.sub.end(ErrClosed, true)
	case *detach:
		c.detach(msg.sub)
	case *acked:
		c.acked(msg)
	case *ackTimeout:
		c.ackTimeout(msg)
	case *connectAgain:
		if msg.gen == c.gen.Load() && c.lives[msg.life.slot] == msg.life && c.socket.Load() != nil {
			c.send(c.connect(msg.life)...)
		}
	case *skippedFrame:
		c.skips.Add(-1)
		c.session.skipped(msg.info, msg.err, msg.excerpt, msg.size)
	case *overflowed:
		c.overflowed(msg)
	case *subscriptionOver:
		if !expected(msg.reason) && !errors.Is(msg.reason, ErrEvicted) {
			c.session.logger.Error("misskey: subscription ended", "channel", msg.sub.name(), "subscription", msg.sub.id, "reason", msg.reason)
		}
		each(c.session, func(h HookState) { h.OnState(msg.sub, StateClosed, msg.reason) })
	case *elect:
		c.elect()
	case *crashed:
		c.beginAgain()
	case *shutdown:
		c.shutdown(msg.now)
	case *force:
		c.endAll(true)
		if sock := c.socket.Load(); sock != nil {
			sock.breakWith(ErrClosed)
		}
	case *actor.Terminated:
		c.acquit(c.children[msg.Who.String()])
		delete(c.children, msg.Who.String())
		delete(c.crashes, msg.Who.String())
	case *actor.Stopping:
		c.stopping()
		return
	case *actor.Stopped:
		return
	}
	if c.closing {
		c.leave(ctx)
	}
}

// overflowed deals with what the reader has no time for.
func (c *connection) overflowed(msg *overflowed) {
	sub := msg.sub
	if msg.ended {
		sub.end(ErrSlowConsumer, false)
		return
	}
	c.session.logger.Warn("misskey: subscription is slow and drops events", "channel", sub.name(), "subscription", sub.id)
	each(c.session, func(h HookOverflow) { h.OnSlow(sub) })
}

// send hands frames to the writer. A writer that is far behind is a lost
// socket.
func (c *connection) send(frames ...[]byte) {
	if sock := c.socket.Load(); sock != nil && len(frames) > 0 && !sock.queue.put(frames...) {
		sock.breakWith(errOutboxFull)
	}
}

// stopping is what is left to do when the actor is stopped from outside. A
// panic in it would resurrect the actor, so a logger that panics must not get
// through.
func (c *connection) stopping() {
	defer func() { _ = recover() }()
	if sock := c.socket.Load(); sock != nil {
		defer sock.breakWith(ErrClosed)
	}
	c.shutdown(true)
}

// shutdown ends every subscription and says goodbye to the server.
func (c *connection) shutdown(now bool) {
	if !c.closing {
		c.closing = true
		if c.redial != nil {
			c.redial.Stop()
		}
		if c.cancel != nil {
			c.cancel()
		}
		var frames [][]byte
		for _, l := range c.lives {
			l.stopTimer()
			frames = append(frames, c.farewell(l)...)
			c.unroute(l)
		}
		c.send(frames...)
	}
	c.endAll(now)
}

func (c *connection) endAll(drop bool) {
	reason := c.session.reason()
	for _, sub := range c.children {
		sub.end(reason, drop)
	}
}

// leave stops the actor when nothing is left that needs it: no handler runs,
// no dial is under way, the socket is closed.
func (c *connection) leave(ctx actor.Context) {
	if len(c.children) > 0 || c.dialing {
		return
	}
	if sock := c.socket.Load(); sock != nil {
		select {
		case <-sock.finish:
		default:
			close(sock.finish)
		}
		return // socketEnded comes
	}
	ctx.Stop(ctx.Self())
}

// HandleFailure decides what becomes of a subscription's actor that panicked
// in our own code; a handler's panic never gets here. The event is lost. The
// subscription goes on, and ends if that happens again and again.
func (c *connection) HandleFailure(_ *actor.ActorSystem, sup actor.Supervisor, child *actor.PID, _ *actor.RestartStatistics, reason, _ any) {
	sub := c.children[child.String()]
	err := fmt.Errorf("misskey: internal failure: %v", reason)
	c.session.logger.Error("misskey: subscription actor panicked", "pid", child.String(), "panic", reason)
	sup.ResumeChildren(child)
	if sub == nil {
		return
	}
	if c.crashes[child.String()]++; c.crashes[child.String()] >= maxCrashes {
		sub.end(err, true)
	}
	sub.ring()
}
