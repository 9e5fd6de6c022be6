package runtime

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// Option configures a client.
type Option func(*config) error

type config struct {
	token       TokenSource     // nil = anonymous
	permissions map[string]bool // nil = not known
	httpClient  *http.Client
	ownHTTP     bool
	tls         *tls.Config
	netDial     netDial
	logger      *slog.Logger
	hooks       []Hook
	recorder    io.Writer // nil = none
	system      *actor.ActorSystem
	parent      actor.SpawnerContext
	keepTrying  bool
	backoff     backoff
	dialTimeout time.Duration
	ackTimeout  time.Duration
	callTimeout time.Duration // of calls over the stream
	streamCalls bool
	ping        time.Duration
	silence     time.Duration
	maxFrame    int
	channels    int // per connection; 0 = what the dialect says
	captures    int // per connection
	maxCaptures int // of the session; 0 = no limit
	dialEvery   time.Duration
	linger      time.Duration
	supervision Supervision
}

func newConfig(opts []Option) (*config, error) {
	c := &config{
		logger:      slog.Default(),
		backoff:     backoff{min: 500 * time.Millisecond, max: 30 * time.Second},
		dialTimeout: 15 * time.Second,
		ackTimeout:  10 * time.Second,
		callTimeout: time.Minute,
		ping:        25 * time.Second,
		silence:     60 * time.Second,
		maxFrame:    1 << 20,
		captures:    5000,
		dialEvery:   time.Second / 50,
		linger:      30 * time.Second,
		supervision: Supervision{Panics: 3, Within: time.Minute, MinPause: time.Second, MaxPause: time.Minute, Pauses: 8},
	}
	var errs []error
	for _, opt := range opts {
		if opt != nil {
			errs = append(errs, opt(c))
		}
	}
	if c.httpClient == nil {
		// A transport of our own, so that closing the client leaves no idle
		// connection behind.
		transport := &http.Transport{
			Proxy:               c.proxy(),
			DialContext:         c.netDial,
			TLSClientConfig:     c.tls.Clone(),
			TLSHandshakeTimeout: c.dialTimeout,
			ForceAttemptHTTP2:   true,
			IdleConnTimeout:     time.Minute,
		}
		c.httpClient, c.ownHTTP = &http.Client{Transport: transport, Timeout: time.Minute}, true
	}
	if c.parent != nil && c.system == nil {
		c.system = c.parent.ActorSystem()
	}
	if c.parent != nil && c.system != c.parent.ActorSystem() {
		errs = append(errs, errors.New("misskey: WithParent and WithActorSystem name two systems; leave WithActorSystem out"))
	}
	return c, errors.Join(errs...)
}

// proxy returns how a proxy is found, nil for not at all.
func (c *config) proxy() func(*http.Request) (*url.URL, error) {
	if c.netDial != nil {
		return nil
	}
	return http.ProxyFromEnvironment
}

// WithToken makes the client act for the account the token belongs to: a
// user's own token, or an app's. Without it the client is anonymous. The
// token is sent in the Authorization header, or where else the dialect's server
// reads it, and stands in no log, error, metric or recording.
func WithToken(token string) Option {
	return func(c *config) error {
		if token == "" {
			return errors.New("misskey: WithToken: the token is empty; leave the option out for an anonymous client")
		}
		if err := checkToken(token); err != nil {
			return fmt.Errorf("misskey: WithToken: %w", err)
		}
		c.token = fixedToken(token)
		return nil
	}
}

// WithTokenSource has the client ask for its token whenever it needs one, for
// tokens that are renewed while the client runs. It takes the place of
// WithToken.
func WithTokenSource(source TokenSource) Option {
	return func(c *config) error {
		if source == nil {
			return errors.New("misskey: WithTokenSource: nil source")
		}
		c.token = source
		return nil
	}
}

// WithPermissions tells what the client's token, an app's, may do, as in
// "read:account" and "read:chat". Subscribing to what it may not is then
// ErrPermissionRequired at once. Without it the client learns of a missing
// permission only by not being acknowledged, since no server tells.
func WithPermissions(permissions ...string) Option {
	return func(c *config) error {
		c.permissions = make(map[string]bool, len(permissions))
		for _, p := range permissions {
			if p == "" || strings.ContainsAny(p, " \t,;") {
				return fmt.Errorf("misskey: WithPermissions: %q is no permission; one is as in %q", p, "read:account")
			}
			c.permissions[p] = true
		}
		return nil
	}
}

// WithChannelsPerConnection sets how many channels share a socket, in place of
// what the server takes at most. More than that are ignored by the server, for
// as long as the client tries.
func WithChannelsPerConnection(n int) Option {
	return atLeastOne("WithChannelsPerConnection", n, func(c *config) { c.channels = n })
}

// WithCapturesPerConnection sets how many captures share a socket. The default
// is 5,000.
func WithCapturesPerConnection(n int) Option {
	return atLeastOne("WithCapturesPerConnection", n, func(c *config) { c.captures = n })
}

// WithMaxCaptures bounds the entities captured at one time. One more makes the
// one go that was not heard of for the longest time: its captures end with
// ErrEvicted, after a gap. Without it there is no bound.
func WithMaxCaptures(n int) Option {
	return atLeastOne("WithMaxCaptures", n, func(c *config) { c.maxCaptures = n })
}

// WithDialRate bounds how many sockets the client opens in a second. The default
// is 50. Clients do not know of each other: each has this rate.
func WithDialRate(perSecond int) Option {
	return atLeastOne("WithDialRate", perSecond, func(c *config) { c.dialEvery = time.Second / time.Duration(perSecond) })
}

// WithLinger sets how long a connection that has nothing to do any more stays
// open for what may come. The default is 30 seconds; 0 closes it at once. The
// first connection stays as long as the client.
func WithLinger(d time.Duration) Option {
	return func(c *config) error {
		if d < 0 {
			return fmt.Errorf("misskey: WithLinger: want zero or more, got %v", d)
		}
		c.linger = d
		return nil
	}
}

// Supervision is what becomes of a subscription whose handler panics. A panic
// costs the event it happened on. More than Panics of them Within a time pause
// the subscription: for a random time of up to MinPause, up to twice as long
// each time in a row, and never longer than MaxPause. Events gather in the inbox
// meanwhile. After so many Pauses in a row the subscription ends with a
// *HandlerPanicsError. A handler that has been well for Within after a pause
// begins anew.
// Closing the client ends every pause and delivers what waits.
type Supervision struct {
	Panics   int           // at least 0
	Within   time.Duration // more than 0
	MinPause time.Duration // more than 0
	MaxPause time.Duration // at least MinPause
	Pauses   int           // at least 0
}

// WithSupervision sets what becomes of subscriptions whose handlers panic. The
// default is more than 3 panics within a minute, pauses between a second and a
// minute, and the end after 8 of them.
func WithSupervision(s Supervision) Option {
	return func(c *config) error {
		if s.Panics < 0 || s.Within <= 0 || s.MinPause <= 0 || s.MaxPause < s.MinPause || s.Pauses < 0 {
			return fmt.Errorf("misskey: WithSupervision: %+v: want Panics and Pauses not negative, Within and MinPause more than zero, MaxPause at least MinPause", s)
		}
		c.supervision = s
		return nil
	}
}

func atLeastOne(name string, n int, set func(*config)) Option {
	return func(c *config) error {
		if n < 1 {
			return fmt.Errorf("misskey: %s: want at least one, got %d", name, n)
		}
		set(c)
		return nil
	}
}

// WithHTTPClient sets the client that API calls are made with. The default
// has a timeout of one minute.
func WithHTTPClient(client *http.Client) Option {
	return func(c *config) error {
		if client == nil {
			return errors.New("misskey: WithHTTPClient: nil client")
		}
		c.httpClient = client
		return nil
	}
}

// WithTLSConfig sets the TLS configuration of the websocket, and of API calls
// unless WithHTTPClient sets their client.
func WithTLSConfig(settings *tls.Config) Option {
	return func(c *config) error { c.tls = settings.Clone(); return nil }
}

// netDial opens a TCP connection, or what takes its place.
type netDial = func(ctx context.Context, network, address string) (net.Conn, error)

// WithNetDial sets how connections are opened, of sockets and, unless
// WithHTTPClient sets their client, of API calls: through a SOCKS proxy, to a
// Unix socket, to a server in the test. TLS comes on top of it. The default is a
// net.Dialer's DialContext; with another, proxies of the environment are not
// asked for. The function is called from several goroutines; a panic in it is a
// dial that failed.
func WithNetDial(dial func(ctx context.Context, network, address string) (net.Conn, error)) Option {
	return func(c *config) error {
		if dial == nil {
			return errors.New("misskey: WithNetDial: nil function")
		}
		c.netDial = careful(dial)
		return nil
	}
}

// careful makes an error of a panic in dial: on a goroutine that has nobody else
// to recover it.
func careful(dial netDial) netDial {
	return func(ctx context.Context, network, address string) (conn net.Conn, err error) {
		if crash := contain(func() { conn, err = dial(ctx, network, address) }); crash != nil {
			return nil, crash
		}
		return conn, err
	}
}

// WithLogger sets where the client logs: handlers' errors and panics,
// subscriptions that ended by themselves, lost sockets, skipped frames. The
// default is slog.Default(); slog.New(slog.DiscardHandler) keeps it silent.
func WithLogger(logger *slog.Logger) Option {
	return func(c *config) error {
		if logger == nil {
			return errors.New("misskey: WithLogger: nil logger")
		}
		c.logger = logger
		return nil
	}
}

// WithHooks adds hooks: values that implement one or more of the Hook…
// interfaces.
func WithHooks(hooks ...Hook) Option {
	return func(c *config) error {
		for _, h := range hooks {
			if !knownHook(h) {
				return fmt.Errorf("misskey: WithHooks: %T implements none of the hook interfaces", h)
			}
		}
		c.hooks = append(c.hooks, hooks...)
		return nil
	}
}

// WithActorSystem runs the client in an actor system the caller has. Closing
// the client stops the client's actors and leaves the system alone. Without
// it the client makes a system of its own, which costs 3 MB: programs with
// many clients share one.
func WithActorSystem(system *actor.ActorSystem) Option {
	return func(c *config) error {
		if system == nil {
			return errors.New("misskey: WithActorSystem: nil system")
		}
		c.system = system
		return nil
	}
}

// WithParent makes the client's actors children of the actor whose context is
// given, so that they end with it. Connect must then be called on that
// actor's goroutine, which is to say in its Receive.
func WithParent(parent actor.SpawnerContext) Option {
	return func(c *config) error {
		if parent == nil {
			return errors.New("misskey: WithParent: nil parent")
		}
		c.parent = parent
		return nil
	}
}

// WithKeepTrying makes Connect return at once and dial in the background
// until it succeeds, instead of returning the first dial's error. An error
// that is final, such as a token the server refuses, still closes the client.
func WithKeepTrying() Option {
	return func(c *config) error { c.keepTrying = true; return nil }
}

// WithBackoff bounds the pause before a lost socket is dialled again. The
// pause before attempt n is random between zero and min·2ⁿ, at most max. The
// default is half a second and 30 seconds.
func WithBackoff(min, max time.Duration) Option {
	return func(c *config) error {
		if min <= 0 || max < min {
			return fmt.Errorf("misskey: WithBackoff: want 0 < min ≤ max, got %v and %v", min, max)
		}
		c.backoff = backoff{min: min, max: max}
		return nil
	}
}

// WithDialTimeout bounds one dial, handshake included. The default is 15
// seconds.
func WithDialTimeout(d time.Duration) Option {
	return positive("WithDialTimeout", d, func(c *config) { c.dialTimeout = d })
}

// WithAckTimeout bounds the wait for the server's acknowledgement of a
// channel, after which it is tried again under a fresh id. The default is 10
// seconds.
func WithAckTimeout(d time.Duration) Option {
	return positive("WithAckTimeout", d, func(c *config) { c.ackTimeout = d })
}

// WithStreamCalls makes Call go over the stream, for servers that answer it
// there; Connect returns ErrNoStreamCalls where the dialect says that they do
// not. It saves the connections of REST, and orders a call behind what was sent
// before on its socket, the first that is open. In exchange a call needs an open
// socket, its answer has to fit into WithMaxFrame, and at most 128 of them wait
// for their answers at one time; one more waits for its turn.
func WithStreamCalls() Option {
	return func(c *config) error { c.streamCalls = true; return nil }
}

// WithCallTimeout bounds a call over the stream, after which it is an
// *UnansweredError. The default is a minute, which is what REST calls have
// unless WithHTTPClient sets their client.
func WithCallTimeout(d time.Duration) Option {
	return positive("WithCallTimeout", d, func(c *config) { c.callTimeout = d })
}

// WithLiveness sets how often the client pings the server, and after how long
// without a frame, ping or pong a socket counts as lost. The default is 25
// and 60 seconds.
func WithLiveness(ping, silence time.Duration) Option {
	return func(c *config) error {
		if ping < shortest || silence <= ping {
			return fmt.Errorf("misskey: WithLiveness: want %v ≤ ping < silence, got %v and %v", shortest, ping, silence)
		}
		c.ping, c.silence = ping, silence
		return nil
	}
}

// WithMaxFrame bounds the size of a frame in bytes. A larger one is counted
// and skipped; one of more than 16 MiB costs the socket. The default is 1 MiB;
// the largest frame seen of a real server has 10.3 KB.
func WithMaxFrame(bytes int) Option {
	return func(c *config) error {
		if bytes < 1<<10 || bytes > hardFrameLimit {
			return fmt.Errorf("misskey: WithMaxFrame: want 1 KiB to 16 MiB, got %d bytes", bytes)
		}
		c.maxFrame = bytes
		return nil
	}
}

// shortest is the least that a time to wait for a server may be: less is a number
// that its writer took for seconds.
const shortest = time.Millisecond

func positive(name string, d time.Duration, set func(*config)) Option {
	return func(c *config) error {
		if d < shortest {
			return fmt.Errorf("misskey: %s: want at least %v, got %v", name, shortest, d)
		}
		set(c)
		return nil
	}
}

// Overflow is what a subscription does when its inbox is full. There is no
// policy that waits: the server does not slow down for a client that does not
// read, it only buffers, so waiting would move the backlog into its memory
// and leave its pings unanswered.
type Overflow int

const (
	// OverflowDropOldest drops the oldest event. What was dropped is counted
	// and announced as a gap.
	OverflowDropOldest Overflow = iota
	// OverflowDropNewest drops the event that does not fit, likewise.
	OverflowDropNewest
	// OverflowEnd ends the subscription with ErrSlowConsumer after the events
	// already in its inbox.
	OverflowEnd
	// OverflowLatest drops the oldest event that a later one has superseded:
	// one of the same type about the same thing. Where there is none it drops
	// the oldest.
	OverflowLatest
)

// SubscribeOption configures one subscription or capture.
type SubscribeOption func(*subscribeConfig) error

type subscribeConfig struct {
	overflow Overflow
	chosen   string // the option that did
	key      string // of OverflowLatest: key of the body, "" = none
	events   int
	bytes    int
	ttl      time.Duration // of a capture; 0 = none
	receiver *actor.PID
	inFlight int
}

const (
	defaultInboxEvents = 16_000 // a ring of 16,384 has room for them and their gaps
	defaultInboxBytes  = 32 << 20
)

// DropOldest bounds the inbox to n events and drops the oldest one when it is
// full.
func DropOldest(n int) SubscribeOption { return overflow("DropOldest", OverflowDropOldest, n) }

// DropNewest bounds the inbox to n events and drops what does not fit.
func DropNewest(n int) SubscribeOption { return overflow("DropNewest", OverflowDropNewest, n) }

// EndOnOverflow bounds the inbox to n events and ends the subscription with
// ErrSlowConsumer when it is full.
func EndOnOverflow(n int) SubscribeOption { return overflow("EndOnOverflow", OverflowEnd, n) }

// KeepLatest bounds the inbox to n events and, when it is full, drops the oldest
// one that a later one has superseded: one of the same type whose body has the
// same string under key. An empty key compares types only. It suits events that
// are states, of which the last is enough: KeepLatest(16, "") for statistics,
// KeepLatest(100, "id") for files that change.
func KeepLatest(n int, key string) SubscribeOption {
	choose := overflow("KeepLatest", OverflowLatest, n)
	return func(c *subscribeConfig) error {
		c.key = key
		return choose(c)
	}
}

// ExpireAfter ends a capture with ErrExpired after a time, for bots that follow
// a note for a while. It is refused for channels and broadcasts.
func ExpireAfter(d time.Duration) SubscribeOption {
	return func(c *subscribeConfig) error {
		if d <= 0 {
			return fmt.Errorf("misskey: ExpireAfter: want more than zero, got %v", d)
		}
		c.ttl = d
		return nil
	}
}

func overflow(name string, policy Overflow, n int) SubscribeOption {
	return func(c *subscribeConfig) error {
		if n < 1 {
			return fmt.Errorf("misskey: %s: want at least one event, got %d", name, n)
		}
		if c.chosen != "" {
			return fmt.Errorf("misskey: %s and %s: want one of them", c.chosen, name)
		}
		c.overflow, c.events, c.chosen = policy, n, name
		return nil
	}
}

// InboxBytes bounds the inbox in bytes of frames as well. The default is 32
// MiB. One event always fits.
func InboxBytes(n int) SubscribeOption {
	return func(c *subscribeConfig) error {
		if n < 1 {
			return fmt.Errorf("misskey: InboxBytes: want at least one byte, got %d", n)
		}
		c.bytes = n
		return nil
	}
}

// ToActor delivers the events to an actor, as the bindings' event structs, in
// place of a handler. The actor is one of the system the client runs in, which
// is WithActorSystem's or WithParent's. At most inFlight events are on their way:
// the actor calls Done on each when it has dealt with it, or has panicked on it:
// an event without a Done keeps its place. The subscription ends with
// ErrReceiverStopped when the actor stops.
func ToActor(pid *actor.PID, inFlight int) SubscribeOption {
	return func(c *subscribeConfig) error {
		if pid == nil || inFlight < 1 {
			return errors.New("misskey: ToActor: want a PID and at least one event in flight")
		}
		if c.receiver != nil {
			return errors.New("misskey: ToActor: the events go to another actor already; an actor can pass them on")
		}
		c.receiver, c.inFlight = pid, inFlight
		return nil
	}
}
