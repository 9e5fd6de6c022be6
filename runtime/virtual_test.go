package runtime_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/misskeyactor/misskeyactor/runtime"
)

// world is the fake server on a network in memory, and an actor system, all in
// a bubble of virtual time: a pause of an hour costs nothing, and is an hour to
// the nanosecond. When the test ends no actor may be left in the system, and no
// goroutine in the bubble.
type world struct {
	*fake
	net     *network
	system  *actor.ActorSystem
	dialect *runtime.Dialect
}

// virtual runs a test in a world of its own.
func virtual(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{fake: &fake{t: t, changed: make(chan struct{})}, net: newNetwork(), system: newSystem(t), dialect: &testDialect}
		w.Server = &httptest.Server{Listener: w.net, Config: &http.Server{Handler: http.HandlerFunc(w.serve)}}
		w.Start()
		before := actors(w.system)
		t.Cleanup(func() {
			synctest.Wait()
			if left := actors(w.system) - before; left != 0 {
				t.Errorf("%d actors left", left)
			}
			if w.system.IsStopped() {
				t.Error("the actor system was shut down")
			}
			w.drop()
			w.Close()
			time.Sleep(2 * time.Second) // of protoactor's throttle for dead letters
		})
		test(t, w)
	})
}

// client opens a session in the world's system that is closed with the test.
func (w *world) client(opts ...runtime.Option) *runtime.Session {
	w.t.Helper()
	s, err := w.tryClient(opts...)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			w.t.Error(err)
		}
	})
	synctest.Wait()
	return s
}

// tryClient is Connect with what a client of this world needs.
func (w *world) tryClient(opts ...runtime.Option) (*runtime.Session, error) {
	opts = append([]runtime.Option{runtime.WithActorSystem(w.system), runtime.WithNetDial(w.net.dial), runtime.WithLogger(slog.New(slog.DiscardHandler))}, opts...)
	return runtime.Connect(context.Background(), w.dialect, w.URL, opts...)
}

// join subscribes to a channel and returns when the server has it, with the
// socket and the wire id it has there.
func (w *world) join(s *runtime.Session, ch *runtime.Channel, h runtime.HandlerFunc, opts ...runtime.SubscribeOption) (*runtime.Subscription, *fakeSocket, string) {
	w.t.Helper()
	sub := subscribe(w.t, s, ch, h, opts...)
	synctest.Wait()
	for i := 0; i < 50 && sub.State() != runtime.StateLive; i++ {
		pass(20 * time.Millisecond) // it may need another socket, and those have a rate
	}
	if state := sub.State(); state != runtime.StateLive {
		w.t.Fatalf("the subscription is %s", state)
	}
	sock, fr := w.newest("connect")
	return sub, sock, fr.Body.ID
}

// capture captures a note.
func (w *world) capture(s *runtime.Session, note string, h runtime.HandlerFunc, opts ...runtime.SubscribeOption) *runtime.Subscription {
	w.t.Helper()
	sub, err := s.Capture(context.Background(), &noted, note, h, opts...)
	if err != nil {
		w.t.Fatal(err)
	}
	synctest.Wait()
	return sub
}

// newest returns the last frame of a type, and the socket it came by.
func (w *world) newest(typ string) (sock *fakeSocket, newest clientFrame) {
	w.t.Helper()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sockets {
		for _, fr := range s.sent {
			if fr.Type == typ && fr.nth > newest.nth {
				sock, newest = s, fr
			}
		}
	}
	if sock == nil {
		w.t.Fatalf("no %s was sent", typ)
	}
	return sock, newest
}

// sent returns the frames of a type on all sockets, by socket.
func (w *world) sent(typ string) (frames []clientFrame) {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sockets {
		for _, fr := range s.sent {
			if fr.Type == typ {
				frames = append(frames, fr)
			}
		}
	}
	return frames
}

// all returns the sockets so far, when nothing moves any more.
func (w *world) all() []*fakeSocket {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]*fakeSocket(nil), w.sockets...)
}

// openedAt returns when the n-th socket was opened, from zero.
func (w *world) openedAt(n int) time.Time {
	w.t.Helper()
	return w.socket(n).at
}

// update sends an update of a captured note.
func (s *fakeSocket) update(note, typ, body string) {
	s.send(`{"type":"noteUpdated","body":{"id":"` + note + `","type":"` + typ + `","body":` + body + `}}`)
}

// sever makes a socket half-open: neither side hears of the other, and neither
// is told.
func (s *fakeSocket) sever() { s.ws.NetConn().(*cable).severed.Store(true) }

// pass lets virtual time pass, and then everything that was due.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// exactly checks a time against what it should be.
func exactly(t *testing.T, what string, got, want time.Duration) {
	t.Helper()
	if got != want {
		t.Errorf("%s after %v, want %v", what, got, want)
	}
}

// actors counts the actors of a system.
func actors(system *actor.ActorSystem) (n int) {
	for _, bucket := range system.ProcessRegistry.LocalPIDs.LocalPIDs {
		n += bucket.Count()
	}
	return n
}

// network is a listener, and what dials it, in memory.
type network struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newNetwork() *network {
	return &network{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (n *network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case n.conns <- &cable{Conn: server}:
		return client, nil
	case <-n.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (n *network) Accept() (net.Conn, error) {
	select {
	case c := <-n.conns:
		return c, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error {
	n.once.Do(func() { close(n.closed) })
	return nil
}

func (n *network) Addr() net.Addr { return address{} }

type address struct{}

func (address) Network() string { return "memory" }
func (address) String() string  { return "misskey.example:80" }

// cable is the server's end of a connection.
type cable struct {
	net.Conn
	severed atomic.Bool
}

func (c *cable) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		if err != nil || !c.severed.Load() {
			return n, err
		}
	}
}

func (c *cable) Write(p []byte) (int, error) {
	if c.severed.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// notes is a handler that writes down what it is called with.
type notes struct {
	mu    sync.Mutex
	lines []string
	at    []time.Time
	gaps  []*gap
}

func (n *notes) handle(_ context.Context, e any) error {
	n.write(e)
	return nil
}

func (n *notes) write(e any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, describe(e))
	n.at = append(n.at, time.Now())
	if g, ok := e.(*gap); ok {
		n.gaps = append(n.gaps, g)
	}
}

// expect checks what has been written down, as in "a, b, gap of 2 by pause".
func (n *notes) expect(t *testing.T, want string) {
	t.Helper()
	synctest.Wait()
	n.mu.Lock()
	defer n.mu.Unlock()
	if got := strings.Join(n.lines, ", "); got != want {
		t.Errorf("handled %q, want %q", got, want)
	}
}

func describe(e any) string {
	switch e := e.(type) {
	case *text:
		return e.Text
	case *bye:
		return "bye"
	case *unknown:
		return string(e.Raw)
	case *gap:
		if e.Lost > 0 {
			return fmt.Sprintf("gap of %d by %s", e.Lost, e.Cause)
		}
		return fmt.Sprintf("gap by %s", e.Cause)
	}
	return fmt.Sprintf("%T", e)
}

// diary is a hook that writes down everything but drift, with the time.
type diary struct {
	mu      sync.Mutex
	entries []entry
}

type entry struct {
	what  string
	at    time.Time
	sub   *runtime.Subscription
	pause time.Duration
	err   error
	n     uint64
}

func (d *diary) add(e entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e.at = time.Now()
	d.entries = append(d.entries, e)
}

// of returns the entries of a kind.
func (d *diary) of(what string) (found []entry) {
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.entries {
		if e.what == what {
			found = append(found, e)
		}
	}
	return found
}

func (d *diary) OnConnected(runtime.ConnectionInfo) { d.add(entry{what: "connected"}) }
func (d *diary) OnDisconnected(_ runtime.ConnectionInfo, err error, pause time.Duration) {
	d.add(entry{what: "disconnected", err: err, pause: pause})
}
func (d *diary) OnState(sub *runtime.Subscription, state runtime.State, reason error) {
	d.add(entry{what: string(state), sub: sub, err: reason})
}
func (d *diary) OnHandlerError(sub *runtime.Subscription, _ any, err error) {
	d.add(entry{what: "error", sub: sub, err: err})
}
func (d *diary) OnSlow(sub *runtime.Subscription) { d.add(entry{what: "slow", sub: sub}) }
func (d *diary) OnCaughtUp(sub *runtime.Subscription, dropped uint64) {
	d.add(entry{what: "caught up", sub: sub, n: dropped})
}
func (d *diary) OnGap(sub *runtime.Subscription, g runtime.GapInfo) {
	d.add(entry{what: "gap", sub: sub, n: g.Lost})
}
func (d *diary) OnPause(sub *runtime.Subscription, pause time.Duration, last *runtime.PanicError) {
	d.add(entry{what: "pause", sub: sub, pause: pause, err: last})
}
func (d *diary) OnTokenRegenerated() { d.add(entry{what: "token"}) }
