package runtime

import (
	"bytes"
	"cmp"
	"context"
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
	asking   chan struct{} // a token for each call over the stream

	recording *recording // nil without WithRecorder
	drifts    *drifts    // nil without a HookDrift

	droppedAtEnd atomic.Uint64 // events that Close has no time for

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
	if c.streamCalls && (dialect.Words.Call == "" || dialect.Words.Answer == "") {
		return nil, fmt.Errorf("%w: leave WithStreamCalls out for %s, and Call goes by REST", ErrNoStreamCalls, dialect.Name)
	}
	t, err := newTarget(dialect, url, c)
	if err != nil {
		return nil, err
	}
	s := &Session{
		dialect: dialect, config: c, target: t, logger: c.logger.With("host", t.host),
		api:    &rest.Client{Base: t.api, HTTP: c.httpClient, TokenInBody: dialect.Auth == AuthQuery},
		ending: make(chan struct{}), done: make(chan struct{}),
		asking:         make(chan struct{}, maxStreamCalls),
		dialOnce:       make(chan error, 1),
		broadcastTypes: make(map[string]bool),
		subs:           make(map[*Subscription]struct{}),
	}
	if c.recorder != nil {
		s.recording = newRecording(c.recorder, s.logger)
	}
	s.drifts = newDrifts(c.hooks)
	s.api.Token = s.token
	if dialect.Broadcasts != nil {
		for _, typ := range dialect.Broadcasts.Types {
			s.broadcastTypes[typ] = true
		}
	}
	s.decoders.New = newDecoder
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
		s.recording.giveUp() // it may have been given a frame by now, and its writer may hang
		var hangs <-chan time.Time
		if s.recording != nil {
			hangs = time.After(closeGrace)
		}
		select {
		case <-s.done:
		case <-hangs:
		}
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
	s.recording.giveUp()
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
	if s.recording.isWriting() {
		names = append(names, "the writer of WithRecorder")
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
