package runtime

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/runtime/wire"
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

// life is what a connection knows of one slot.
type life struct {
	slot    *slot
	subs    []*Subscription // replaced, never changed: routes share it
	order   int
	wireID  string // of a channel on this generation; "" before connect is sent
	live    bool
	leaving bool        // nobody is left; to be disconnected when the server has it
	asked   time.Time   // when the connect was queued
	attempt int         // connects that were not acknowledged, in a row
	timer   *time.Timer // ack timeout, or pause before the next connect
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
	c.props = actor.PropsFromProducer(func() actor.Actor { return &channelActor{sub: c.spawning} }, actor.WithMailbox(actor.UnboundedLockfree()))
	for _, kind := range s.dialect.Captures {
		c.captures[kind.Update] = &captureRoutes{kind: kind}
	}
	return c
}

// The session actor's bookkeeping.

func (c *connection) hasRoom(sl *slot) bool {
	channels := c.session.config.channels
	if channels == 0 {
		channels = c.session.dialect.ChannelsPerConnection
	}
	switch {
	case sl.channel != nil:
		return channels == 0 || int(c.usedChannels.Load()) < channels
	case sl.capture != nil:
		return int(c.usedCaptures.Load()) < c.session.config.captures
	default:
		return true
	}
}

func (c *connection) take(sl *slot) { sl.conn = c; c.count(sl, 1) }
func (c *connection) give(sl *slot) { sl.conn = nil; c.count(sl, -1) }

// count counts the places that slots take. The broadcasts take none.
func (c *connection) count(sl *slot, n int64) {
	switch {
	case sl.channel != nil:
		c.usedChannels.Add(n)
	case sl.capture != nil:
		c.usedCaptures.Add(n)
	}
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

// dial opens the next generation's socket, in a goroutine, when the session's
// rate allows.
func (c *connection) dial(granted bool) {
	if c.closing {
		return
	}
	c.granted = false
	if wait := c.session.mayDial(granted); wait > 0 {
		gen := c.gen.Load()
		c.granted = true
		c.redial = time.AfterFunc(wait, func() { c.tell(&dialAgain{gen: gen, granted: true}) })
		return
	}
	gen := c.gen.Add(1)
	ctx, cancel := context.WithCancel(c.session.ctx)
	c.dialing, c.cancel = true, cancel
	c.session.goroutines.Go(func() {
		defer cancel()
		msg := &dialed{gen: gen}
		if msg.ws, msg.err = c.session.dial(ctx); msg.err == nil {
			// However this actor may end, the socket ends with the session.
			msg.free = context.AfterFunc(c.session.ctx, func() { _ = msg.ws.Close() })
		}
		c.tell(msg)
	})
}

func (c *connection) dialed(msg *dialed) {
	c.dialing = false
	switch {
	case c.closing || msg.gen != c.gen.Load():
		if msg.ws != nil {
			msg.free()
			c.session.goroutines.Go(func() { _ = msg.ws.Close() })
		}
	case msg.err != nil:
		c.dialFailed(msg.err)
	default:
		c.use(newSocket(c, msg))
	}
}

// dialFailed decides what a failed dial means.
func (c *connection) dialFailed(err error) {
	c.lastErr.Store(&err)
	var h *HandshakeError
	final := errors.As(err, &h) && h.Final
	// The first dial is Connect's, and fails it; once over if it was made with a
	// token that has been renewed.
	again := h != nil && h.renewed && c.attempts == 0
	if final || c.session.starting() && !c.session.config.keepTrying && !again {
		each(c.session, func(h HookConnection) { h.OnDisconnected(c.info(), err, -1) })
		c.session.logger.Error("misskey: giving up", "connection", c.number, "error", err)
		c.session.send(&dialRefused{err: err})
		return
	}
	var after time.Duration
	if h != nil {
		after = h.RetryAfter
	}
	c.pause(err, after)
}

// pause waits before the next dial, at least as long as the server asked to: a
// random time longer, since it asks all clients alike.
func (c *connection) pause(err error, atLeast time.Duration) {
	if c.closing || c.session.Err() != nil {
		return
	}
	if !c.openedAt.IsZero() && time.Since(c.openedAt) > c.session.config.backoff.max {
		c.attempts = 0 // it was up for long: this is a new trouble
	}
	c.openedAt = time.Time{}
	pause := atLeast + c.session.config.backoff.pause(c.attempts)
	c.attempts++
	gen := c.gen.Load()
	c.redial = time.AfterFunc(pause, func() { c.tell(&dialAgain{gen: gen}) })
	c.session.logger.Warn("misskey: not connected", "connection", c.number, "generation", gen, "error", err, "pause", pause)
	each(c.session, func(h HookConnection) { h.OnDisconnected(c.info(), err, pause) })
}

func (c *connection) reconnect() {
	switch {
	case c.closing || c.dialing || c.granted: // it is as soon as may be
	case c.socket.Load() != nil:
		c.lose(errReconnect)
		each(c.session, func(h HookConnection) { h.OnDisconnected(c.info(), errReconnect, 0) })
		c.dial(false)
	default:
		if c.redial != nil {
			c.redial.Stop()
			c.redial = nil
		}
		c.dial(false)
	}
}

// use takes a socket into use and connects every slot on it.
func (c *connection) use(sock *socket) {
	c.openedAt = time.Now()
	c.lastHeard.Store(c.openedAt.UnixNano())
	c.socket.Store(sock)
	c.session.logger.Info("misskey: connected", "connection", c.number, "generation", sock.gen)
	lives := make([]*life, 0, len(c.lives))
	for _, l := range c.lives {
		lives = append(lives, l)
	}
	slices.SortFunc(lives, func(a, b *life) int { return cmp.Compare(a.order, b.order) })
	var frames [][]byte
	c.replay = nil
	for _, l := range lives {
		if l.slot.capture != nil {
			c.replay = append(c.replay, l)
			continue
		}
		frames = append(frames, c.connect(l)...)
	}
	// Routes are in place before the reader's first frame.
	c.send(frames...)
	c.replaySome()
	sock.run()
	c.session.opened()
	c.session.elect()
	each(c.session, func(h HookConnection) { h.OnConnected(c.info()) })
}

// replaySome sends some of the captures that a new socket has still to be told
// of.
func (c *connection) replaySome() {
	now := c.replay[:min(len(c.replay), replayBatch)]
	c.replay = c.replay[len(now):]
	var frames [][]byte
	for _, l := range now {
		if c.lives[l.slot] == l && !l.live { // it may have ended
			frames = append(frames, c.connect(l)...)
		}
	}
	c.send(frames...)
	if len(c.replay) == 0 {
		c.replay = nil
		return
	}
	gen := c.gen.Load()
	time.AfterFunc(replayPause, func() { c.tell(&replayMore{gen: gen}) })
}

// evict ends the captures of a slot.
func (c *connection) evict(sl *slot) {
	l := c.lives[sl]
	if l == nil {
		return
	}
	for _, sub := range l.subs {
		sub.inbox.part(time.Unix(0, sl.heard.Load()), time.Now(), GapEviction)
		sub.end(ErrEvicted, false)
	}
}

// connect puts a slot on the socket: it sets the route and returns what must
// be sent.
func (c *connection) connect(l *life) [][]byte {
	sl := l.slot
	switch {
	case sl.channel != nil:
		l.wireID, l.asked = newID(), time.Now()
		c.byWire[l.wireID] = l
		c.channels.set(l.wireID, l.subs)
		c.await(l)
		return [][]byte{wire.Build(c.session.dialect.Words.Connect, wire.Connect(sl.channel.Name, l.wireID, sl.params))}
	case sl.capture != nil:
		c.captures[sl.capture.Update].set(sl.key, l.subs)
		c.goLive(l)
		return [][]byte{wire.Build(sl.capture.Subscribe, wire.Key(sl.capture.Key, sl.key))}
	default:
		return nil // broadcasts come without asking
	}
}

// await starts the clock for the server's acknowledgement.
func (c *connection) await(l *life) {
	gen, id := c.gen.Load(), l.wireID
	l.timer = time.AfterFunc(c.session.config.ackTimeout, func() { c.tell(&ackTimeout{gen: gen, wireID: id}) })
}

func (c *connection) acked(msg *acked) {
	l := c.byWire[msg.wireID]
	if l == nil || msg.gen != c.gen.Load() {
		return // of an id we have left
	}
	l.stopTimer()
	if l.leaving {
		c.leaveSlot(l)
		return
	}
	l.attempt = 0
	for _, sub := range l.subs {
		sub.attempts.Store(0)
	}
	c.goLive(l)
}

// ackTimeout leaves an id that was not acknowledged and tries again later
// under another: the server is silent about every refusal.
func (c *connection) ackTimeout(msg *ackTimeout) {
	l := c.byWire[msg.wireID]
	if l == nil || l.live || msg.gen != c.gen.Load() {
		return
	}
	if len(l.subs) == 0 { // leaving, or parked
		c.leaveSlot(l)
		return
	}
	pause := c.session.config.backoff.pause(l.attempt)
	l.attempt++
	c.session.logger.Warn("misskey: channel not acknowledged", "connection", c.number, "channel", l.slot.name(), "permission", l.slot.channel.Permission, "attempt", l.attempt, "pause", pause)
	c.send(wire.Build(c.session.dialect.Words.Disconnect, wire.Key("id", l.wireID)))
	lastHeard := c.heard()
	c.unroute(l)
	for _, sub := range l.subs {
		sub.attempts.Store(uint64(l.attempt))
		sub.unacknowledged(l.asked, lastHeard)
	}
	l.timer = time.AfterFunc(pause, func() { c.tell(&connectAgain{gen: msg.gen, life: l}) })
}

func (c *connection) goLive(l *life) {
	l.live = true
	for _, sub := range l.subs {
		sub.live(&link{socket: c.socket.Load(), wireID: l.wireID})
	}
}

// attach adds a subscription to its slot and spawns its actor.
func (c *connection) attach(ctx actor.Context, msg *attach) {
	sub := msg.sub
	sub.conn = c
	sub.slot.got++
	c.spawning = sub
	sub.pid = ctx.SpawnPrefix(c.props, sub.name())
	ctx.Send(sub.pid, &begin{})
	c.children[sub.pid.String()] = sub
	c.session.track(sub)
	defer close(msg.registered)
	if c.closing {
		sub.end(c.session.reason(), true)
		return
	}
	l := c.lives[sub.slot]
	fresh := l == nil
	if fresh {
		c.joined++
		l = &life{slot: sub.slot, order: c.joined}
		c.lives[sub.slot] = l
	}
	l.subs = append(l.subs[:len(l.subs):len(l.subs)], sub)
	l.leaving = false
	switch {
	case sub.slot.broadcast != nil:
		c.reroute(l)
		if c.session.bringer.Load() != nil {
			sub.live(&link{})
		}
	case c.socket.Load() == nil:
	case fresh:
		c.send(c.connect(l)...)
	default:
		c.reroute(l)
		if l.live {
			sub.live(&link{socket: c.socket.Load(), wireID: l.wireID})
		}
	}
}

// elect finds a socket to take the broadcasts from, if the one they came by is
// no longer in use. The first connection does this for the session, as it has
// the broadcasts' subscriptions.
func (c *connection) elect() {
	old := c.session.bringer.Load()
	if old != nil && old.conn.socket.Load() == old {
		return
	}
	var bringer *socket
	for _, other := range c.session.connections() {
		if bringer = other.socket.Load(); bringer != nil {
			break
		}
	}
	var subs []*Subscription
	for _, l := range c.lives {
		if l.slot.broadcast != nil {
			subs = append(subs, l.subs...)
		}
	}
	if old != nil {
		c.session.bringer.Store(nil) // what it still brings would end the gap
		c.session.broadcasts.settle()
		for _, sub := range subs {
			sub.lost(old.conn.heard())
		}
	}
	if bringer == nil {
		return
	}
	c.session.bringer.Store(bringer)
	for _, sub := range subs {
		sub.live(&link{})
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

// beginAgain follows a panic of this actor: with a fresh socket.
func (c *connection) beginAgain() {
	switch {
	case c.closing || c.dialing || c.redial != nil:
	case c.socket.Load() != nil:
		c.lose(errInternal)
		c.pause(errInternal, 0)
	default:
		c.pause(errInternal, 0)
	}
}

// detach takes a closed subscription off its slot, and the slot off the
// socket when it was the last one. A channel that leaks is parked: its id
// stays ours, its frames go nowhere, and the next subscriber takes it up.
func (c *connection) detach(sub *Subscription) {
	l := c.lives[sub.slot]
	if l == nil {
		return
	}
	rest := slices.DeleteFunc(slices.Clone(l.subs), func(other *Subscription) bool { return other == sub })
	l.subs = rest
	up := c.socket.Load() != nil
	switch {
	case len(rest) > 0 || up && l.parks() && l.wireID != "":
		if up {
			c.reroute(l)
		}
	case up && l.slot.channel != nil && l.wireID != "" && !l.live:
		// A channel that is left before it is open goes on for ever on the
		// server: disconnect has to wait for the acknowledgement.
		l.leaving = true
		c.reroute(l)
	default:
		c.leaveSlot(l)
	}
}

// leaveSlot takes a slot off the socket, and gives its place back.
func (c *connection) leaveSlot(l *life) {
	delete(c.lives, l.slot)
	l.stopTimer()
	if c.socket.Load() != nil {
		c.send(c.farewell(l)...)
	}
	c.unroute(l)
	if l.slot.channel != nil {
		c.session.tell(&left{slot: l.slot, got: l.slot.got})
	}
}

func (l *life) parks() bool { return l.slot.channel != nil && l.slot.channel.Leaks }

func (l *life) stopTimer() {
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
}

// farewell returns what ends a slot on the server.
func (c *connection) farewell(l *life) [][]byte {
	sl := l.slot
	switch {
	case sl.channel != nil && l.wireID != "":
		return [][]byte{wire.Build(c.session.dialect.Words.Disconnect, wire.Key("id", l.wireID))}
	case sl.capture != nil:
		return [][]byte{wire.Build(sl.capture.Unsubscribe, wire.Key(sl.capture.Key, sl.key))}
	}
	return nil
}

// reroute gives the route of a slot its present subscriptions.
func (c *connection) reroute(l *life) {
	sl := l.slot
	switch {
	case sl.channel != nil:
		if l.wireID != "" {
			c.channels.set(l.wireID, l.subs)
		}
	case sl.capture != nil:
		c.captures[sl.capture.Update].set(sl.key, l.subs)
	default:
		c.session.broadcasts.set("", l.subs)
	}
}

// unroute forgets a slot's route: what still comes for it is not ours.
func (c *connection) unroute(l *life) {
	l.live = false
	sl := l.slot
	switch {
	case sl.channel != nil:
		c.channels.remove(l.wireID)
		delete(c.byWire, l.wireID)
		l.wireID = ""
	case sl.capture != nil:
		c.captures[sl.capture.Update].remove(sl.key)
	default:
		c.session.broadcasts.remove("")
	}
}

// send hands frames to the writer. A writer that is far behind is a lost
// socket.
func (c *connection) send(frames ...[]byte) {
	if sock := c.socket.Load(); sock != nil && len(frames) > 0 && !sock.queue.put(frames...) {
		sock.breakWith(errOutboxFull)
	}
}

// lose takes a socket out of use. Every subscription on it is told, and will
// be connected under a fresh id on the next one.
func (c *connection) lose(err error) {
	c.lastErr.Store(&err)
	if sock := c.socket.Swap(nil); sock != nil {
		sock.breakWith(err)
	}
	lastHeard := c.heard() // before the routes go: a frame that finds none was not heard
	c.channels.clear()
	for _, r := range c.captures {
		r.clear()
	}
	clear(c.byWire)
	for _, l := range c.lives {
		if l.slot.broadcast != nil {
			continue // they may come by another socket
		}
		l.stopTimer()
		l.wireID, l.live = "", false
		if len(l.subs) == 0 {
			delete(c.lives, l.slot) // the socket took what was parked or to be left with it
			if l.slot.channel != nil {
				c.session.tell(&left{slot: l.slot, got: l.slot.got})
			}
			continue
		}
		for _, sub := range l.subs {
			sub.lost(lastHeard)
		}
	}
	c.session.elect()
}

// heard is when the last frame that found its way was received.
func (c *connection) heard() time.Time { return time.Unix(0, c.lastHeard.Load()) }

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
