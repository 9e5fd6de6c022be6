package runtime

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/go-faster/jx"
	"github.com/google/uuid"

	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/runtime/rest"
	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

// Session is one account, or nobody, on one host: what a generated client
// wraps. All methods are safe for concurrent use.
type Session struct {
	dialect *Dialect
	config  *config
	target  target
	api     *rest.Client
	logger  *slog.Logger
	system  *actor.ActorSystem
	pid     *actor.PID

	ctx      context.Context // parent of all handlers' and dials' contexts
	handling context.Context // the same, marked for handlers
	cancel   context.CancelFunc
	ending   chan struct{} // closed when the session begins to close
	done     chan struct{} // closed when every actor and goroutine is gone
	dialOnce chan error    // takes the outcome of the first dial
	decoders sync.Pool
	stats    stats

	// The broadcasts come to every socket; the one in bringer is listened to.
	broadcasts     routes          // under the empty id
	broadcastTypes map[string]bool // fixed
	bringer        atomic.Pointer[socket]

	goroutines sync.WaitGroup // readers, writers and dials

	mu    sync.Mutex
	dials time.Time     // when the next socket may be dialled
	ready bool          // a socket was open once
	err   error         // set when the session begins to close
	conns []*connection // in the order they were opened; replaced, never changed
	subs  map[*Subscription]struct{}
}

// newID returns a name that was never used before.
func newID() string { return uuid.NewString() }

// Connect opens a session with the server at url, as in
// "https://misskey.example". It returns when the first socket is open, or the
// first dial's error, a *HandshakeError; see WithKeepTrying. ctx bounds the
// call only: the session lives until Close.
func Connect(ctx context.Context, dialect *Dialect, url string, opts ...Option) (*Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("misskey: connecting: %w", err)
	}
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	t, err := newTarget(dialect, url, c)
	if err != nil {
		return nil, err
	}
	s := &Session{
		dialect: dialect, config: c, target: t, logger: c.logger.With("host", t.host),
		api:    &rest.Client{Base: t.api, HTTP: c.httpClient},
		ending: make(chan struct{}), done: make(chan struct{}),
		dialOnce:       make(chan error, 1),
		broadcastTypes: make(map[string]bool),
		subs:           make(map[*Subscription]struct{}),
	}
	s.api.Token = s.token
	if dialect.Broadcasts != nil {
		for _, typ := range dialect.Broadcasts.Types {
			s.broadcastTypes[typ] = true
		}
	}
	s.decoders.New = func() any { return codec.NewDecoder("", nil) }
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.handling = context.WithValue(s.ctx, handlerKey{}, s)

	s.system = c.system
	if s.system == nil {
		s.system = actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(troubleOnly{s.logger.Handler()}) }))
	}
	var spawner actor.SpawnerContext = s.system.Root
	if c.parent != nil {
		spawner = c.parent
	}
	s.pid = spawner.SpawnPrefix(actor.PropsFromProducer(func() actor.Actor {
		return &sessionActor{Session: s, shared: map[shareKey]*slot{}, open: map[string]*connection{}}
	}), "misskey-session")
	s.send(&begin{})

	if c.keepTrying {
		return s, nil
	}
	select {
	case err := <-s.dialOnce:
		if err != nil {
			<-s.done
			return nil, err
		}
		return s, nil
	case <-ctx.Done():
		s.shut(ctx.Err(), true)
		<-s.done
		return nil, fmt.Errorf("misskey: connecting to %s: %w", t.host, ctx.Err())
	}
}

// PID returns the session's actor. It can be watched: it stops when the
// session is closed, by its user or for good by the server.
func (s *Session) PID() *actor.PID { return s.pid }

// Done returns a channel that is closed when the session is closed and all
// its actors and goroutines are gone.
func (s *Session) Done() <-chan struct{} { return s.done }

// Err returns why the session was closed: ErrClosed after Close, or the
// *HandshakeError that was final. It is nil before.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Subscribe subscribes to a channel. It returns when the subscription is
// registered; WaitLive waits for the server. A nil handler leaves the events
// to Events, or to the actor named by ToActor.
func (s *Session) Subscribe(ctx context.Context, ch *Channel, params func(*jx.Encoder), handler HandlerFunc, opts ...SubscribeOption) (*Subscription, error) {
	switch {
	case ch.Credential && s.config.token == nil:
		return nil, fmt.Errorf("misskey: channel %s: %w", ch.Name, ErrCredentialRequired)
	case ch.Permission != "" && s.config.permissions != nil && !s.config.permissions[ch.Permission]:
		return nil, fmt.Errorf("misskey: channel %s: %w %s", ch.Name, ErrPermissionRequired, ch.Permission)
	}
	// Encoded here and now: what the caller does with the values later, and what
	// encoding them does, is no business of the actors.
	encoded := []byte("{}")
	if params != nil {
		var e jx.Encoder
		params(&e)
		encoded = bytes.Clone(e.Bytes()) // without its room to grow
	}
	if err := sendable(wire.Build(s.dialect.Words.Connect, wire.Connect(ch.Name, "", encoded))); err != nil {
		return nil, fmt.Errorf("misskey: channel %s: a parameter %w", ch.Name, err)
	}
	return s.subscribe(ctx, &slot{channel: ch, params: encoded}, handler, ch.Overflow, opts)
}

// Capture subscribes to the updates of one entity. Several captures of one
// entity share one place on the server.
func (s *Session) Capture(ctx context.Context, kind *CaptureKind, key string, handler HandlerFunc, opts ...SubscribeOption) (*Subscription, error) {
	if !slices.Contains(s.dialect.Captures, kind) {
		return nil, fmt.Errorf("misskey: dialect %s has no capture %q", s.dialect.Name, kind.Name)
	}
	if key == "" {
		return nil, &ParamError{Channel: kind.Name, Param: kind.Key, Reason: "is required"}
	}
	if err := sendable(wire.Build(kind.Subscribe, wire.Key(kind.Key, key))); err != nil {
		return nil, fmt.Errorf("misskey: capture %s: the %s %w", kind.Name, kind.Key, err)
	}
	return s.subscribe(ctx, &slot{capture: kind, key: key}, handler, OverflowDropOldest, opts)
}

// Broadcasts subscribes to what the server sends to everybody. It comes over
// one of the session's sockets. When that is lost another takes over; a Gap
// stands where that happened, and a broadcast from around then may be missing
// or come twice.
func (s *Session) Broadcasts(ctx context.Context, set *EventSet, handler HandlerFunc, opts ...SubscribeOption) (*Subscription, error) {
	if set == nil || set != s.dialect.Broadcasts {
		return nil, fmt.Errorf("misskey: dialect %s has no such broadcasts", s.dialect.Name)
	}
	return s.subscribe(ctx, &slot{broadcast: set}, handler, OverflowDropOldest, opts)
}

func (s *Session) subscribe(ctx context.Context, sl *slot, handler HandlerFunc, def Overflow, opts []SubscribeOption) (*Subscription, error) {
	name := sl.name() // sub's slot is the actors' from attach until registered
	c := &subscribeConfig{overflow: def, events: defaultInboxEvents, bytes: defaultInboxBytes}
	sub, err := s.newSubscription(sl, handler, c, opts)
	if err != nil {
		return nil, err
	}
	registered := make(chan struct{})
	if !s.tell(&attach{sub: sub, registered: registered}) {
		return nil, fmt.Errorf("misskey: %s: %w", name, s.Err())
	}
	select {
	case <-registered:
		if c.ttl > 0 {
			sub.expire(c.ttl)
		}
		return sub, nil
	case <-s.ending:
		// And not done: the handler that is calling may be what that waits for.
		return nil, fmt.Errorf("misskey: %s: %w", name, s.reason())
	case <-ctx.Done():
		s.tell(&abandon{sub: sub})
		return nil, fmt.Errorf("misskey: %s: %w", name, ctx.Err())
	}
}

// Request sends a top-level message and returns when it is written to a
// socket. It returns ErrNotLive when no socket is open, and
// ErrCredentialRequired for what the server ignores from an anonymous client.
// A nil body leaves the body out.
func (s *Session) Request(ctx context.Context, r Request, body func(*jx.Encoder)) error {
	frame := wire.Build(r.Type, body)
	err := s.Err()
	switch {
	case err != nil:
	case r.Credential && s.config.token == nil:
		err = ErrCredentialRequired
	default:
		err = sendable(frame)
	}
	if err != nil {
		return fmt.Errorf("misskey: %s: %w", r.Type, err)
	}
	for _, c := range s.connections() {
		if sock := c.socket.Load(); sock != nil {
			if err := sock.write(ctx, frame); err != nil {
				return fmt.Errorf("misskey: %s: %w", r.Type, err)
			}
			return nil
		}
	}
	return fmt.Errorf("%w: %s: no socket is open", ErrNotLive, r.Type)
}

// Call calls a REST endpoint, as in "notes/create". request is encoded and
// response decoded by encoding/json; a nil request is {}, a nil response
// drops the answer. Errors are *rest.Error for what the server said.
func (s *Session) Call(ctx context.Context, endpoint string, request, response any) error {
	if err := s.Err(); err != nil {
		return fmt.Errorf("misskey: %s: %w", endpoint, err)
	}
	return s.api.Call(ctx, endpoint, request, response)
}

// Reconnect drops every socket, or ends the pause before the next dial, and
// dials at once.
func (s *Session) Reconnect() { s.tell(&reconnect{}) }

// Close closes the session: no new events are taken in, channels are
// disconnected, what waits in the inboxes is delivered, and sockets closed.
// It returns nil when every actor and goroutine is gone. When ctx ends first,
// the rest of the inboxes is dropped, the handlers' contexts are cancelled and
// sockets cut; Close then returns ctx's error if a handler still runs two
// seconds later. A ctx without a deadline gives ten seconds. A second call
// waits as the first.
//
// A handler that closes its own client passes its own context, or one made
// from it: Close then does not wait, least of all for that handler.
func (s *Session) Close(ctx context.Context) error {
	s.shut(ErrClosed, false)
	if ctx.Value(handlerKey{}) == s {
		s.send(&drainBound{})
		return nil
	}
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, drainTimeout)
		defer cancel()
	}
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
	}
	s.cancel()
	s.send(&force{})
	select {
	case <-s.done:
		return nil
	case <-time.After(closeGrace):
		return fmt.Errorf("misskey: close: still running: %s (a handler that closes its client passes its own context, a hook does it in a goroutine): %w", s.running(), ctx.Err())
	}
}

// running names what keeps a session from closing.
func (s *Session) running() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for sub := range s.subs {
		names = append(names, "the handler of "+sub.name())
	}
	if len(names) == 0 {
		return "a socket, a dial or a hook"
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// drainTimeout is how long inboxes are drained when Close is given no
// deadline.
const drainTimeout = 10 * time.Second

// closeGrace is how long Close waits for handlers to notice that their
// context has ended.
const closeGrace = 2 * time.Second

// shut begins to close the session for reason.
func (s *Session) shut(reason error, now bool) {
	s.mu.Lock()
	first := s.err == nil
	if first {
		s.err = reason
		close(s.ending)
	}
	s.mu.Unlock()
	if now {
		s.cancel()
	}
	if first {
		s.send(&shutdown{now: now})
	}
}

// tell sends to the session's actor, and reports false when the session is
// closing and nobody wants to know.
func (s *Session) tell(msg any) bool {
	if s.Err() != nil {
		return false
	}
	s.send(msg)
	return true
}

func (s *Session) send(msg any) {
	select {
	case <-s.done:
	default:
		s.system.Root.Send(s.pid, msg)
	}
}

// elect has the first connection find a socket for the broadcasts.
func (s *Session) elect() {
	if conns := s.connections(); len(conns) > 0 {
		conns[0].tell(&elect{})
	}
}

func (s *Session) connections() []*connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

// starting reports whether no socket was open yet.
func (s *Session) starting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.ready
}

// opened notes that there is a socket, and tells Connect.
func (s *Session) opened() {
	s.mu.Lock()
	s.ready = true
	s.mu.Unlock()
	s.report(nil)
}

// report tells Connect how the first dial went.
func (s *Session) report(err error) {
	select {
	case s.dialOnce <- err:
	default:
	}
}

// mayDial reserves a dial, unless that is done, and returns how long to wait for
// it: sockets are opened at a bounded rate.
func (s *Session) mayDial(reserved bool) time.Duration {
	if reserved {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.dials.Before(now) {
		s.dials = now
	}
	wait := s.dials.Sub(now)
	s.dials = s.dials.Add(s.config.dialEvery)
	return wait
}

// reason is why subscriptions end when the session does.
func (s *Session) reason() error { return cmp.Or(s.Err(), ErrClosed) }

// track and untrack keep the set of subscriptions that Status shows.
func (s *Session) track(sub *Subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subs[sub] = struct{}{}
}

func (s *Session) untrack(sub *Subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.subs, sub)
}

func (s *Session) skipped(info ConnectionInfo, err error, excerpt string, size int) {
	s.logger.Warn("misskey: frame skipped", "connection", info.Number, "error", err, "size", size)
	each(s, func(h HookFrame) {
		h.OnFrameSkipped(FrameSkipped{Connection: info, Err: err, Excerpt: excerpt, Size: size})
	})
}

// troubleOnly keeps from the log what protoactor tells of its own life.
type troubleOnly struct{ slog.Handler }

func (h troubleOnly) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

func (h troubleOnly) WithAttrs(attrs []slog.Attr) slog.Handler {
	return troubleOnly{h.Handler.WithAttrs(attrs)}
}

func (h troubleOnly) WithGroup(name string) slog.Handler {
	return troubleOnly{h.Handler.WithGroup(name)}
}

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
	if a.config.ownHTTP {
		a.config.httpClient.CloseIdleConnections()
	}
	if a.config.system == nil {
		a.system.Shutdown()
	}
	// Their sockets are closed; they are ending, but no actor may wait.
	go func() {
		a.goroutines.Wait()
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
