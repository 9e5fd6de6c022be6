package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/go-faster/jx"

	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

// State is where a subscription stands.
type State string

const (
	// StateConnecting: not yet live for the first time.
	StateConnecting State = "connecting"
	// StateLive: the server has acknowledged it, or, for what servers do not
	// acknowledge, has been told of it.
	StateLive State = "live"
	// StateReconnecting: it was live, and its socket is lost.
	StateReconnecting State = "reconnecting"
	// StateClosed is final. Err tells the reason.
	StateClosed State = "closed"
)

// Subscription is the handle on a channel, a capture or the broadcasts. It
// outlives sockets: after a reconnect it comes back by itself. All methods
// are safe for concurrent use.
type Subscription struct {
	session *Session
	id      string
	set     *EventSet
	slot    *slot

	// Who consumes the events; neither leaves them to Events.
	handler  HandlerFunc
	receiver *actor.PID
	window   int // events in flight to receiver

	inbox inbox
	cut   atomic.Bool // what comes now is dropped
	pid   *actor.PID  // set before Subscribe returns
	conn  *connection // likewise; never changes
	link  atomic.Pointer[link]

	rung     atomic.Bool // a doorbell is on its way to the actor, or about to be
	reading  atomic.Bool // somebody ranges over Events
	inFlight atomic.Int64

	mu      sync.Mutex
	state   State
	err     error
	ctx     context.Context // of the handler's calls; made with the first event
	cancel  context.CancelFunc
	expiry  *time.Timer // of ExpireAfter
	changed latch       // renewed with every change of state
	ended   latch
	done    latch

	delivered, dropped, unknown, drift, failed, panicked, gaps atomic.Uint64
	attempts                                                   atomic.Uint64 // connects not acknowledged, in a row
}

// link is what a live subscription sends through.
type link struct {
	socket *socket
	wireID string
}

// doorbell tells a subscription's actor that its inbox has something.
type doorbell struct{ late }

func (s *Session) newSubscription(sl *slot, handler HandlerFunc, c *subscribeConfig, opts []SubscribeOption) (*Subscription, error) {
	var errs []error
	for _, opt := range opts {
		if opt != nil {
			errs = append(errs, opt(c))
		}
	}
	if c.ttl > 0 && sl.capture == nil {
		errs = append(errs, fmt.Errorf("misskey: %s: ExpireAfter is for captures", sl.name()))
	}
	if handler != nil && c.receiver != nil {
		errs = append(errs, fmt.Errorf("misskey: %s: a handler and ToActor: want one of them", sl.name()))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if pid := c.receiver; pid != nil {
		if _, there := s.system.ProcessRegistry.Get(pid); !there {
			return nil, fmt.Errorf("misskey: %s: ToActor: no actor %s in the client's actor system; WithActorSystem gives it yours", sl.name(), pid.Id)
		}
	}
	sub := &Subscription{
		session: s, id: newID(), set: sl.events(), slot: sl,
		handler: handler, receiver: c.receiver, window: c.inFlight, state: StateConnecting,
	}
	sub.inbox.init(*c)
	if !sub.hasConsumer() {
		sub.inbox.arrived = make(chan struct{}, 1)
	}
	return sub, nil
}

// name is that of the channel or capture kind, or "broadcast".
func (s *Subscription) name() string { return s.slot.name() }

// context returns what the handler's calls get their contexts from.
func (s *Subscription) context() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil {
		s.ctx, s.cancel = context.WithCancel(s.session.handling)
		if s.cut.Load() {
			s.cancel()
		}
	}
	return s.ctx
}

// cutOff ends the context of a running handler call, and drops what comes.
func (s *Subscription) cutOff() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut.Store(true)
	if s.cancel != nil {
		s.cancel()
	}
}

// isCut reports whether events are dropped instead of handed on.
func (s *Subscription) isCut() bool { return s.cut.Load() || s.session.ctx.Err() != nil }

// handlerKey marks the contexts that handlers get, with the session.
type handlerKey struct{}

// ID names the subscription in logs and hooks. It is not the id the server
// knows it by, which is new with every socket.
func (s *Subscription) ID() string { return s.id }

// Channel returns the channel's or capture's name in the spec.
func (s *Subscription) Channel() string { return s.name() }

// Key returns what a capture follows, as in a note's id; "" for others.
func (s *Subscription) Key() string { return s.slot.key }

// PID returns the subscription's actor. It can be watched: it stops when the
// subscription is over and its last event dealt with.
func (s *Subscription) PID() *actor.PID { return s.pid }

// Ended returns a channel that is closed when the subscription is over: Err
// tells why. Events from before may still be on their way to the handler.
func (s *Subscription) Ended() <-chan struct{} { return s.await(&s.ended) }

// Done returns a channel that is closed when the subscription is over and its
// last handler call has returned, which may be long after it has Ended.
func (s *Subscription) Done() <-chan struct{} { return s.await(&s.done) }

func (s *Subscription) await(l *latch) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return l.wait()
}

// State returns where the subscription stands now.
func (s *Subscription) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Err returns why the subscription was closed: ErrClosed after Close,
// ErrSlowConsumer, ErrEnded, a *HandshakeError … It is nil before.
func (s *Subscription) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// WaitLive waits until the subscription is live. It returns the reason when
// the subscription closes first, and ctx's error when ctx ends first.
func (s *Subscription) WaitLive(ctx context.Context) error {
	for {
		s.mu.Lock()
		state, err, changed := s.state, s.err, s.changed.wait()
		s.mu.Unlock()
		switch state {
		case StateLive:
			return nil
		case StateClosed:
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			if n := s.attempts.Load(); n > 0 {
				return fmt.Errorf("misskey: %s: the server has not acknowledged it %d times; has it the channel, and the token the permission?: %w", s.name(), n, ctx.Err())
			}
			return fmt.Errorf("misskey: %s: waiting to be live: %w", s.name(), ctx.Err())
		}
	}
}

// expire starts the clock of ExpireAfter.
func (s *Subscription) expire(after time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != StateClosed {
		s.expiry = time.AfterFunc(after, func() { s.end(ErrExpired, false) })
	}
}

// Pause stops the handing on of events until Resume, or until the client is
// closed, which delivers what waits; a handler call under way is not interrupted. Events gather in the inbox meanwhile. What its bounds drop
// is announced by a Gap of cause GapPause, under every policy: a paused
// subscription is not ended for being slow. Pause does not wait, and a second
// one does nothing.
func (s *Subscription) Pause() { s.pause(pausedByUser, true) }

// Resume ends what Pause began. It does not end the pause of a subscription
// whose handler panicked too often.
func (s *Subscription) Resume() { s.pause(pausedByUser, false) }

func (s *Subscription) pause(reason pauseReason, on bool) {
	s.inbox.pause(reason, on)
	if !on {
		s.wake()
	}
}

// Connection returns where the subscription lives: the connection, which never
// changes, and the generation of its socket, which does.
func (s *Subscription) Connection() ConnectionInfo { return s.conn.info() }

// Close ends the subscription: what waits in the inbox is dropped and the
// context of a running handler call cancelled. Close does not wait, so that a
// handler may call it; Done tells when the last handler call has returned. A
// second call does nothing.
func (s *Subscription) Close() {
	s.end(ErrClosed, true)
}

// Send sends a message to the channel and returns when it is written to the
// socket. It returns ErrNotLive while the subscription is not live: nothing
// is queued and nothing sent twice. An error that wraps ErrNotLive and comes
// after the socket broke leaves open whether the server got it. A nil body is
// sent as null.
func (s *Subscription) Send(ctx context.Context, typ string, body func(*jx.Encoder)) error {
	if s.slot.channel == nil {
		return fmt.Errorf("misskey: %s: send %s: only channels take messages", s.name(), typ)
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("misskey: %s: send %s: %w", s.name(), typ, err)
	}
	l := s.link.Load()
	if l == nil {
		return fmt.Errorf("%w: %s is %s", ErrNotLive, s.name(), s.State())
	}
	frame := wire.Build(s.session.dialect.Words.Channel, wire.Message(l.wireID, typ, body))
	if err := sendable(frame); err != nil {
		return fmt.Errorf("misskey: %s: send %s: the message %w", s.name(), typ, err)
	}
	if err := l.socket.write(ctx, frame); err != nil {
		return fmt.Errorf("misskey: %s: send %s: %w", s.name(), typ, err)
	}
	return nil
}

// sendable refuses a frame that a raw value or a string of the caller's made
// unfit to send: the server would ignore it without a word.
func sendable(frame []byte) error {
	if _, err := wire.Full(frame); err != nil {
		return fmt.Errorf("%w: %w", ErrUnsendable, err)
	}
	return nil
}

// setState is called by the connection actor.
func (s *Subscription) setState(state State) {
	s.mu.Lock()
	if s.state == state || s.state == StateClosed {
		s.mu.Unlock()
		return
	}
	s.change(state)
	s.mu.Unlock()
	each(s.session, func(h HookState) { h.OnState(s, state, nil) })
}

func (s *Subscription) change(state State) {
	s.state = state
	s.changed.open()
	s.changed = latch{}
}

// lost is called by the connection actor when the socket is gone.
func (s *Subscription) lost(lastHeard time.Time) { s.interrupted(lastHeard, GapReconnect) }

// unacknowledged is called by the connection actor when the server has not
// answered what was asked then. A subscription that was never live may have
// missed events since.
func (s *Subscription) unacknowledged(asked, lastHeard time.Time) {
	if s.State() == StateConnecting {
		s.inbox.beginGap(asked, GapLateAck)
		return
	}
	s.interrupted(lastHeard, GapLateAck)
}

func (s *Subscription) interrupted(lastHeard time.Time, cause GapCause) {
	s.link.Store(nil)
	switch s.State() {
	case StateLive:
		s.inbox.beginGap(lastHeard, cause)
		s.setState(StateReconnecting)
	case StateConnecting:
		// Who has heard something before the acknowledgement is to hear of what
		// is missing after it.
		if all, _ := s.inbox.heard(); all > 0 {
			s.inbox.beginGap(lastHeard, cause)
		}
	case StateReconnecting:
		// An event before the acknowledgement ended the gap, and now there may
		// be another.
		s.inbox.beginGap(lastHeard, cause)
	}
}

// live is called by the connection actor when the server has the
// subscription.
func (s *Subscription) live(l *link) {
	s.mu.Lock()
	if s.state == StateClosed {
		s.mu.Unlock()
		return
	}
	s.link.Store(l)
	s.mu.Unlock()
	s.inbox.connected()
	s.inbox.resume(time.Now())
	s.wake()
	s.setState(StateLive)
}

// end closes the subscription for reason. With drop, what is in the inbox is
// dropped and a running handler's context cancelled; without, the rest of the
// inbox is still delivered. Any goroutine may call it; it does not wait.
func (s *Subscription) end(reason error, drop bool) {
	s.mu.Lock()
	first := s.state != StateClosed
	if first {
		s.err = reason
		s.change(StateClosed)
		s.link.Store(nil)
		if s.expiry != nil {
			s.expiry.Stop()
		}
		s.ended.open()
	}
	s.mu.Unlock()
	s.cutShort(s.inbox.finish(drop))
	if drop {
		s.cutOff()
	}
	s.ring()
	if first {
		s.session.tell(&detach{sub: s})
		s.conn.tell(&subscriptionOver{sub: s, reason: reason})
	}
}

// cutShort counts events that were waiting and are not handed on any more.
func (s *Subscription) cutShort(events int) {
	s.dropped.Add(uint64(events))
	if s.session.Err() != nil {
		s.session.droppedAtEnd.Add(uint64(events))
	}
}

// offer is called by the reader with an event for the subscription. Logging,
// hooks and the end of the subscription may take their time, so they are left
// to the connection actor. Waking its consumer is left to the caller.
func (s *Subscription) offer(it item, frame []byte) {
	if s.inbox.policy == OverflowLatest {
		it.key = s.keyOf(&it, frame)
	}
	if s.handler != nil && s.inbox.crowded() {
		it.event = s.decodeAhead(&it)
	}
	p := s.inbox.push(&it)
	if p.dropped > 0 {
		s.dropped.Add(uint64(p.dropped))
	}
	if p.slowBegan || p.overflowed {
		s.conn.tell(&overflowed{sub: s, ended: p.overflowed})
	}
}

// decodeAhead lets the reader decode an event whose handler is behind. The
// reader still waits for nobody: it does work that is to be done anyway, on its
// own core, and while it does the server's frames stand in the socket instead of
// overflowing the inbox. It stops when the inbox is full, so that a handler that
// is stuck costs the connection's other subscriptions nothing.
//
// What departs from the spec is left to the handler's side, where hooks may be
// called.
func (s *Subscription) decodeAhead(it *item) (event any) {
	payload := it.payload.In(it.frame)
	if payload == "" {
		return nil
	}
	defer func() { _ = recover() }() // what panics here does so again where it is dealt with
	d := s.session.decoders.Get().(*decoder)
	defer d.end(&s.session.decoders)
	d.begin(nil, it.typ, payload)
	decoded, err := s.set.Decode(s.meta(it.typ, it.received), it.typ, &d.Decoder)
	if err != nil || d.End() != nil || d.drifted {
		return nil
	}
	return decoded
}

// keyOf tells what an event is about, for OverflowLatest.
func (s *Subscription) keyOf(it *item, frame []byte) string {
	if s.inbox.key == "" {
		return it.typ
	}
	return it.typ + "\x00" + string(wire.String(frame, it.payload, s.inbox.key))
}

// caughtUp tells of the end of a slow episode.
func (s *Subscription) caughtUp() {
	if dropped, over := s.inbox.caughtUp(); over {
		s.session.logger.Info("misskey: subscription has caught up", "channel", s.name(), "subscription", s.id, "dropped", dropped)
		each(s.session, func(h HookOverflow) { h.OnCaughtUp(s, dropped) })
	}
}

// wake tells whoever consumes the inbox that it has something. Events hears
// of it from the inbox itself.
func (s *Subscription) wake() {
	if s.hasConsumer() {
		s.ring()
	}
}

// hasConsumer reports whether events go to a handler or an actor, and not to
// Events.
func (s *Subscription) hasConsumer() bool { return s.handler != nil || s.receiver != nil }

// ring wakes the subscription's actor, unless it is about to look anyway.
func (s *Subscription) ring() {
	if s.takeBell() {
		s.sound()
	}
}

// takeBell reports whether nobody else is about to wake the actor. Who gets true
// has to call sound, before it waits for anything.
func (s *Subscription) takeBell() bool { return s.pid != nil && s.rung.CompareAndSwap(false, true) }

func (s *Subscription) sound() { s.session.system.Root.Send(s.pid, &doorbell{}) }

// decode makes the event of an item; nil when the frame turns out not to be
// one.
func (s *Subscription) decode(it *item) any {
	if it.event != nil {
		s.delivered.Add(1)
		return it.event
	}
	meta := s.meta(it.typ, it.received)
	if gap := it.gap; gap != nil {
		meta.Received = gap.To
		s.gaps.Add(1)
		each(s.session, func(h HookGap) { h.OnGap(s, *gap) })
		return s.set.Gap(meta, *gap)
	}
	payload := it.payload.In(it.frame)
	if payload == "" {
		payload = "null" // a message without a body
	}
	event, err := s.decodePayload(meta, it.typ, payload)
	if err != nil && !it.whole {
		// The frame was routed by its surroundings. Now that its payload is not
		// what it should be, find out what the frame really is.
		frame := []byte(it.frame)
		env, full := wire.Full(frame)
		if full != nil {
			s.session.stats.malformed.Add(1)
			s.session.skipped(it.socket, full, excerpt(frame), len(frame))
			return nil
		}
		if routed, _ := wire.Fast(frame); string(env.ID) != string(routed.ID) {
			s.session.stats.unowned.Add(1)
			return nil
		}
		meta.EventType = string(env.Event)
		payload = env.Payload.In(it.frame)
		event, err = s.decodePayload(meta, meta.EventType, payload)
	}
	if err != nil {
		s.unknown.Add(1)
		s.drifted(meta.EventType, undecoded(s.name(), err))
		return s.set.Unknown(meta, Unknown{Raw: []byte(payload), Err: err})
	}
	s.delivered.Add(1)
	return event
}

// meta is what every event says of itself.
func (s *Subscription) meta(typ string, received time.Time) Meta {
	meta := Meta{Subscription: s, Channel: s.name(), EventType: typ, Received: received}
	if s.receiver != nil {
		meta.receipt = &receipt{sub: s}
	}
	return meta
}

func (s *Subscription) decodePayload(meta Meta, typ, payload string) (any, error) {
	d := s.session.decoders.Get().(*decoder)
	defer d.end(&s.session.decoders)
	d.begin(s, typ, payload)
	event, err := s.set.Decode(meta, typ, &d.Decoder)
	if err == nil {
		err = d.End()
	}
	return event, err
}

// decoder is a decoder that knows for whom it decodes, to tell them of drift.
type decoder struct {
	codec.Decoder
	sub     *Subscription // nil while decoding ahead
	typ     string
	drifted bool
}

func newDecoder() any {
	d := new(decoder)
	d.OnDrift(d.drift) // once: a method value is an allocation
	return d
}

func (d *decoder) begin(sub *Subscription, typ, payload string) {
	d.sub, d.typ, d.drifted = sub, typ, false
	d.Reset(payload)
}

// end puts the decoder back; idle, it keeps no subscription and no frame.
func (d *decoder) end(pool *sync.Pool) {
	d.sub = nil
	d.Reset("")
	pool.Put(d)
}

func (d *decoder) drift(drift codec.Drift) {
	d.drifted = true
	if d.sub != nil {
		d.sub.drift.Add(1)
		d.sub.drifted(d.typ, drift)
	}
}

// receipt is what Meta.Done reports to.
type receipt struct {
	sub  *Subscription
	once atomic.Bool
}

func (r *receipt) done() {
	if r != nil && r.once.CompareAndSwap(false, true) {
		r.sub.inFlight.Add(-1)
		r.sub.ring()
	}
}
