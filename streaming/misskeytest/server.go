package misskeytest

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Server is a Misskey server that lives in this process. Make one with
// [NewServer]; all its methods are safe for concurrent use.
type Server struct {
	// URL is where the server listens, as in "http://127.0.0.1:41234". It
	// stays the same over Stop and Start.
	URL string

	config config
	facts  facts  // of the release
	addr   string // set once

	stopping sync.Mutex // held while the server stops; taken before mu

	// mu guards the world: everything below, and everything unexported of the
	// things reachable from here. Unexported methods need it held, unless they
	// say otherwise. Of other locks only those of outboxes, connections and the
	// clock are taken while it is held.
	mu       sync.Mutex
	closed   bool
	ended    bool // Close has done all it does
	schedule schedule
	idCount  int64
	changed  chan struct{} // closed and replaced whenever something happens
	running  *listening    // nil while stopped

	sockets    []*Socket // open ones, in the order they came
	past       []*Socket // those that have ended
	silent     []*conn   // of earlier stays, whose clients believe them open
	topics     map[topic]*list.List
	captors    map[misskey.NoteID][]*Socket
	eventCount uint64
	faults     faults
	hooks      hooks
	pings      *ticker
	random     *rand.Rand

	users       registry[misskey.UserID, *User]
	usernames   map[string]*User
	tokens      map[string]credential
	base        policies // of everybody, roles apart
	hashtags    hashtagStore
	notes       noteStore
	fans        fanOut // latest notes, by timeline
	drafts      []*noteDraft
	emojis      map[string]*misskey.EmojiDetailed
	roles       registry[misskey.RoleID, *Role]
	lists       registry[misskey.UserListID, *List]
	messaging   messaging
	antennas    registry[misskey.AntennaID, *Antenna]
	channels    registry[misskey.ChannelID, *Channel]
	rooms       registry[misskey.ChatRoomID, *Room]
	games       registry[misskey.ReversiGameID, *Game]
	invitations map[invitation]time.Time // when

	drive         driveStore
	chat          chatStore
	pages         registry[misskey.PageID, *ownPage]
	announcements registry[misskey.AnnouncementID, *announcement]

	limited     map[string]time.Time // end of a forced rate limit, by endpoint
	windows     map[caller]*window   // what counts against rate limits
	serverStats *statistics
	queueStats  *statistics
}

// NewServer starts a server on a loopback port. The caller has to Close it. It
// panics when it cannot listen, as httptest.NewServer does, and over options that
// make no sense.
func NewServer(options ...Option) *Server {
	mustGive("NewServer", "option", options...)
	cfg := config{
		release:      Release2026,
		clock:        realClock{},
		unreadDelay:  DefaultUnreadDelay,
		pingInterval: DefaultPingInterval,
		gameDelay:    DefaultGameDelay,
		openTime:     DefaultOpenTime,
		addr:         "127.0.0.1:0",
		policies:     standardPolicies(),
	}
	for _, o := range options {
		o(&cfg)
	}
	facts := factsOf(cfg.release)
	cfg.check(facts.channels)
	s := &Server{
		config:      cfg,
		facts:       facts,
		base:        cfg.policies,
		schedule:    schedule{clock: cfg.clock, pending: map[*call]struct{}{}},
		changed:     make(chan struct{}),
		topics:      map[topic]*list.List{},
		captors:     map[misskey.NoteID][]*Socket{},
		random:      rand.New(rand.NewPCG(cfg.seed, 0)),
		usernames:   map[string]*User{},
		tokens:      map[string]credential{},
		emojis:      map[string]*misskey.EmojiDetailed{},
		invitations: map[invitation]time.Time{},
		drive:       driveStore{web: map[string][]byte{}},
		chat:        newChatStore(),
		limited:     map[string]time.Time{},
		windows:     map[caller]*window{},
		fans:        fanOut{},
	}
	s.faults.server = s
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.listen(cfg.addr); err != nil {
		panic(fmt.Sprintf("misskeytest: cannot listen: %v", err))
	}
	s.pings = s.newTicker(s.pingInterval(), s.pingAll, func() bool { return len(s.sockets) > 0 })
	s.serverStats = s.newStatistics("serverStats", serverStatsEvery, machineFigures)
	if cfg.noMachine {
		s.serverStats = s.newStatistics("serverStats", 0, nil)
	}
	s.queueStats = s.newStatistics("queueStats", queueStatsEvery, queueFigures)
	return s
}

// Close cuts every socket off, frees the port and returns when no goroutine of
// the server is left. A second Close does nothing.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.stopAll()
	s.hooks.queue = nil
	s.mu.Unlock()
	s.Stop()
	s.awaitHooks()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.silent {
		_ = c.Conn.Close()
	}
	s.silent = nil
	s.ended = true
	s.touch()
}

// Stop takes the server off the net, as a crash does: every socket is cut off
// without a close frame and the port refuses connections, until Start. What
// the server knows (users, notes, notifications) stays, and delays go on.
func (s *Server) Stop() {
	s.stopping.Lock() // who comes second returns no sooner than the first
	defer s.stopping.Unlock()
	s.mu.Lock()
	l := s.running
	s.running = nil
	s.cutAll()
	s.mu.Unlock()
	if l == nil {
		return
	}
	silent := l.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = append(s.silent, silent...)
}

// Start takes a stopped server back onto the net, at the same URL. It does
// nothing when the server runs, and panics when the port has been taken by
// somebody else, or the server is closed.
func (s *Server) Start() {
	s.stopping.Lock() // else the port may not be free yet
	defer s.stopping.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		panic("misskeytest: Start of a closed server")
	}
	if s.running != nil {
		return
	}
	if err := s.listen(s.addr); err != nil {
		panic(fmt.Sprintf("misskeytest: cannot listen again: %v", err))
	}
}

// StreamURL returns the documented address of the streaming socket, as in
// "ws://127.0.0.1:41234/streaming". Every other path serves as well.
func (s *Server) StreamURL() string { return "ws://" + s.addr + "/streaming" }

// DropConnections cuts off every socket without a close frame, as a broken
// network does, and returns how many there were. New ones are welcome.
func (s *Server) DropConnections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cutAll()
}

// ErrServerClosed is what [Server.Wait] returns when the server has been closed
// and what it waits for has not come.
var ErrServerClosed = errors.New("misskeytest: server closed")

// Wait blocks until condition returns true, and returns nil then. It returns
// ctx's error when ctx ends first, and [ErrServerClosed] when the server is
// closed and the condition still is not met. It calls condition at once and again
// whenever a socket opens, closes or sends a frame, a fault strikes, or the world
// changes; condition may use all of the server's methods, which is what it is
// for.
func (s *Server) Wait(ctx context.Context, condition func() bool) error {
	for {
		s.mu.Lock()
		changed, ended := s.changed, s.ended
		s.mu.Unlock()
		if condition() {
			return nil
		}
		if ended {
			return ErrServerClosed
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// touch wakes those who Wait.
func (s *Server) touch() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// locked runs f with s.mu held; those who Wait look again afterwards.
func (s *Server) locked(f func()) {
	defer s.runHooks()
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	f()
}

// listening is one stay of the server on the net.
type listening struct {
	http    *http.Server
	tcp     *listener
	ctx     context.Context // ends with the stay
	cancel  context.CancelFunc
	running sync.WaitGroup // the accept loop, connections and sockets
}

func (s *Server) listen(addr string) error {
	tcp, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	if s.addr == "" {
		s.addr = tcp.Addr().String()
		s.URL = "http://" + s.addr
	}

	l := &listening{tcp: &listener{Listener: tcp, open: map[*conn]struct{}{}}}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.http = &http.Server{
		Handler:     http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(l, w, r) }),
		BaseContext: func(net.Listener) context.Context { return l.ctx },
		// A connection counts as running until it ends or, hijacked, the
		// socket takes over.
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				l.running.Add(1)
			case http.StateClosed, http.StateHijacked:
				l.running.Done()
			}
		},
	}
	s.running = l
	l.running.Go(func() {
		// Serve returns when close closes the listener; nobody else does.
		_ = l.http.Serve(l.tcp)
	})
	return nil
}

// close returns the connections that could not be closed without the client
// noticing. It needs Server.mu not to be held.
func (l *listening) close() (silent []*conn) {
	l.cancel()
	_ = l.http.Close()
	silent = l.tcp.closeAll() // those too that have become sockets
	l.running.Wait()
	return silent
}

// serve sorts the requests: websockets on any path, REST, and the rest.
func (s *Server) serve(l *listening, w http.ResponseWriter, r *http.Request) {
	switch {
	case isUpgrade(r):
		s.handshake(l, w, r)
	case r.URL.Path == "/streaming":
		w.WriteHeader(http.StatusServiceUnavailable)
	case isREST(r):
		s.serveREST(w, r)
	case isFile(r):
		s.serveFile(w, r)
	default:
		http.NotFound(w, r)
	}
}
