package misskeytest

import (
	"fmt"
	"net"
	"time"
)

// What a Misskey server was measured to do, and does unless an option says
// otherwise.
const (
	// DefaultUnreadDelay is how long a notification may stay unread before
	// `unreadNotification` says so.
	DefaultUnreadDelay = 2 * time.Second
	// DefaultPingInterval is the time between two websocket pings. A client
	// that has answered none for twice as long is cut off at the next one.
	DefaultPingInterval = 60 * time.Second
	// DefaultGameDelay is the time between the second player's `ready` and
	// the start of a game of reversi.
	DefaultGameDelay = 3 * time.Second
	// DefaultOpenTime is about how long a channel takes to open after its
	// connect.
	DefaultOpenTime = time.Millisecond
)

type config struct {
	release        Release
	clock          Clock
	unreadDelay    time.Duration
	pingInterval   time.Duration
	gameDelay      time.Duration
	addr           string
	channels       []*channelRule
	openTime       time.Duration
	seed           uint64
	withoutJournal bool
	unlimited      bool // no rate limits
	noFallback     bool // from lists of latest notes to all notes
	noMachine      bool // serverStats is silent

	relationRefresh time.Duration
	policies        policies
}

// Option changes how a server behaves.
type Option func(*config)

// WithClock gives the server another time than the real one. It panics when c is
// nil.
func WithClock(c Clock) Option {
	mustGive("WithClock", "clock", c)
	return func(cfg *config) { cfg.clock = c }
}

// WithUnreadDelay sets how long after a notification `unreadNotification`
// follows, unless the user reads their notifications first, and in Misskey 12
// how long after a message `unreadMessagingMessage` does. The default is
// [DefaultUnreadDelay].
func WithUnreadDelay(d time.Duration) Option { return func(cfg *config) { cfg.unreadDelay = d } }

// WithPingInterval sets the time between two websocket pings, and with it the
// silence after which a client is cut off: twice as long. The default is
// [DefaultPingInterval]. With 0 there are no pings and nobody is cut off, which
// suits a [ManualClock] that leaps: a client gets no time to answer then. Misskey
// 12 sends none whatever d is.
func WithPingInterval(d time.Duration) Option { return func(cfg *config) { cfg.pingInterval = d } }

// WithGameDelay sets how long after the second `ready` a game of reversi
// starts. The default is [DefaultGameDelay].
func WithGameDelay(d time.Duration) Option { return func(cfg *config) { cfg.gameDelay = d } }

// WithOpenTime sets about how long a channel takes to open after its connect:
// half as long to half as long again, by chance. It is real time, whatever the
// server's clock. Connects that come closer together overtake each other and
// slip past limits, as on the real server; with 0 each is dealt with before the
// next is read. The default is [DefaultOpenTime].
func WithOpenTime(d time.Duration) Option { return func(cfg *config) { cfg.openTime = d } }

// WithSeed makes the chances that the server takes others than those of seed 0.
func WithSeed(seed uint64) Option { return func(cfg *config) { cfg.seed = seed } }

// WithoutJournal makes the server forget what it has sent and received: for
// load, where keeping it would cost more than sending it. [Server.Deliveries],
// [Socket.Deliveries], [Socket.Received] and [Server.PastSockets] stay empty.
func WithoutJournal() Option { return func(cfg *config) { cfg.withoutJournal = true } }

// WithAddr sets the loopback address to listen on, as in "127.0.0.1:4999" or
// "[::1]:0". The default is a free port of 127.0.0.1. NewServer panics over an
// address that others than this machine could reach.
func WithAddr(addr string) Option { return func(cfg *config) { cfg.addr = addr } }

// WithChannel gives the server a channel that Misskey does not have, as a fork
// may: it takes any params, needs no account, and sends what [Server.Publish] and
// [Connection.Publish] are told to, unless its options say otherwise. A client's
// messages to it are in [Connection.Sends]. NewServer panics over an empty name,
// and over one that the release has or another option gives.
func WithChannel(name string, options ...ChannelOption) Option {
	mustGive("WithChannel", "option", options...)
	return func(cfg *config) {
		rule := &channelRule{name: name, open: openPublic}
		for _, o := range options {
			o(rule)
		}
		cfg.channels = append(cfg.channels, rule)
	}
}

// channel returns the rule of a channel that WithChannel has added, or nil.
func (cfg *config) channel(name string) *channelRule {
	for _, rule := range cfg.channels {
		if rule.name == name {
			return rule
		}
	}
	return nil
}

// check panics over options that no server can have.
func (cfg *config) check(known map[string]*channelRule) {
	host, _, err := net.SplitHostPort(cfg.addr)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		panic(fmt.Sprintf("misskeytest: WithAddr(%q): no loopback address with a port", cfg.addr))
	}
	for _, rule := range cfg.channels {
		switch {
		case rule.name == "":
			panic("misskeytest: WithChannel: the name is empty")
		case known[rule.name] != nil || cfg.channel(rule.name) != rule:
			panic(fmt.Sprintf("misskeytest: WithChannel(%q): there is such a channel already", rule.name))
		}
	}
}
