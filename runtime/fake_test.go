package runtime_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/misskeyactor/misskeyactor/runtime"
	"github.com/misskeyactor/misskeyactor/runtime/codec"
)

// wait bounds everything a test waits for.
const wait = 10 * time.Second

// fake is a websocket server that does what the test says and nothing else,
// so that a test can be as wrong as it likes.
type fake struct {
	*httptest.Server
	t *testing.T
	// accept decides about the n-th handshake, from one; nil accepts all.
	accept func(n int, w http.ResponseWriter, r *http.Request) bool
	// silent keeps connects from being acknowledged.
	silent func(channel string) bool
	// onPing has a ping dealt with in place of the usual pong.
	onPing func(s *fakeSocket, payload string) error
	// onTextPing has the text frame "ping" dealt with; nil is a mistake of the
	// client's.
	onTextPing func(s *fakeSocket)
	// onCall has a call over the stream dealt with, in the reader's goroutine.
	onCall func(s *fakeSocket, call clientFrame)
	// api answers what is no websocket; nil answers {}.
	api http.HandlerFunc

	mu      sync.Mutex
	dials   int
	frames  int
	sockets []*fakeSocket
	changed chan struct{}
}

type fakeSocket struct {
	f    *fake
	ws   *websocket.Conn
	wmu  sync.Mutex
	at   time.Time     // when it was opened
	sent []clientFrame // what the client sent, in order
	gone bool
	left time.Time // when it was gone
}

type clientFrame struct {
	at   time.Time // when it came
	nth  int       // of all that came, on whatever socket
	Type string    `json:"type"`
	Body struct {
		Channel string          `json:"channel"`
		ID      string          `json:"id"`
		Type    string          `json:"type"`
		Params  json.RawMessage `json:"params"`
		Body    json.RawMessage `json:"body"`
		// Of a call.
		Endpoint string          `json:"endpoint"`
		Data     json.RawMessage `json:"data"`
	} `json:"body"`
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, changed: make(chan struct{})}
	leaks := goleak.IgnoreCurrent()
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(func() {
		f.drop()
		f.Server.Close()
		goleak.VerifyNone(t, leaks)
	})
	return f
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	if !websocket.IsWebSocketUpgrade(r) {
		if f.api != nil {
			f.api(w, r)
		}
		return
	}
	f.mu.Lock()
	f.dials++
	n := f.dials
	f.mu.Unlock()
	if f.accept != nil && !f.accept(n, w, r) {
		return
	}
	up := websocket.Upgrader{}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	s := &fakeSocket{f: f, ws: ws, at: time.Now()}
	if f.onPing != nil {
		ws.SetPingHandler(func(payload string) error { return f.onPing(s, payload) })
	}
	f.note(func() { f.sockets = append(f.sockets, s) })
	defer ws.Close()
	for {
		_, data, err := ws.ReadMessage()
		if err != nil {
			f.note(func() { s.gone, s.left = true, time.Now() })
			return
		}
		if string(data) == "ping" && f.onTextPing != nil {
			f.onTextPing(s)
			continue
		}
		var frame clientFrame
		if err := json.Unmarshal(data, &frame); err != nil {
			f.t.Errorf("client sent %q: %v", data, err)
			continue
		}
		frame.at = time.Now()
		f.note(func() {
			f.frames++
			frame.nth = f.frames
			s.sent = append(s.sent, frame)
		})
		if frame.Type == "connect" && (f.silent == nil || !f.silent(frame.Body.Channel)) {
			s.send(`{"type":"connected","body":{"id":"` + frame.Body.ID + `"}}`)
		}
		if frame.Type == "api" && f.onCall != nil {
			f.onCall(s, frame)
		}
	}
}

func (f *fake) note(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	close(f.changed)
	f.changed = make(chan struct{})
}

// until waits until cond, which is called with the lock held, is true.
func (f *fake) until(what string, cond func() bool) {
	f.t.Helper()
	deadline := time.After(wait)
	for {
		f.mu.Lock()
		ok, changed := cond(), f.changed
		f.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			f.t.Fatalf("waited %v for: %s", wait, what)
		}
	}
}

// socket waits for the n-th socket, from zero.
func (f *fake) socket(n int) *fakeSocket {
	f.t.Helper()
	f.until("a socket", func() bool { return len(f.sockets) > n })
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sockets[n]
}

// frame waits for the n-th frame of a type on s, from zero.
func (s *fakeSocket) frame(typ string, n int) clientFrame {
	s.f.t.Helper()
	var found clientFrame
	s.f.until("frame "+typ, func() bool {
		i := 0
		for _, fr := range s.sent {
			if fr.Type == typ {
				if i == n {
					found = fr
					return true
				}
				i++
			}
		}
		return false
	})
	return found
}

func (s *fakeSocket) count(typ string) (n int) {
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	for _, fr := range s.sent {
		if fr.Type == typ {
			n++
		}
	}
	return n
}

// total waits until n frames of a type have come on all sockets together.
func (f *fake) total(typ string, n int) {
	f.t.Helper()
	f.until(fmt.Sprintf("%d %s", n, typ), func() bool {
		got := 0
		for _, s := range f.sockets {
			for _, fr := range s.sent {
				if fr.Type == typ {
					got++
				}
			}
		}
		return got >= n
	})
}

func (s *fakeSocket) send(frame string) {
	s.wmu.Lock()
	defer s.wmu.Unlock()
	_ = s.ws.WriteMessage(websocket.TextMessage, []byte(frame))
}

// event sends an event of a channel.
func (s *fakeSocket) event(id, typ, body string) {
	s.send(`{"type":"channel","body":{"id":"` + id + `","type":"` + typ + `","body":` + body + `}}`)
}

// answer answers a call over the stream.
func (s *fakeSocket) answer(call clientFrame, body string) {
	s.send(`{"type":"api:` + call.Body.ID + `","body":` + body + `}`)
}

// pong answers a ping.
func (s *fakeSocket) pong(payload string) error {
	return s.ws.WriteControl(websocket.PongMessage, []byte(payload), time.Now().Add(wait))
}

func (s *fakeSocket) ping() {
	_ = s.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(wait))
}

func (f *fake) drop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sockets {
		_ = s.ws.NetConn().Close()
	}
}

// Bindings by hand: one set with events "text" (a string) and "bye" (null).
type (
	text struct {
		runtime.Meta
		Text string
	}
	bye     struct{ runtime.Meta }
	unknown struct {
		runtime.Meta
		runtime.Unknown
	}
	gap struct {
		runtime.Meta
		runtime.GapInfo
	}
)

var testEvents = runtime.EventSet{
	Name:  "test",
	Types: []string{"text", "bye"},
	Decode: func(m runtime.Meta, typ string, d *codec.Decoder) (any, error) {
		switch typ {
		case "text":
			s, err := d.String()
			return &text{m, s}, err
		case "bye":
			return &bye{m}, d.Skip()
		}
		return nil, runtime.ErrUnknownType
	},
	Unknown: func(m runtime.Meta, u runtime.Unknown) any { return &unknown{m, u} },
	Gap:     func(m runtime.Meta, g runtime.GapInfo) any { return &gap{m, g} },
}

var (
	room  = runtime.Channel{Name: "room", Events: &testEvents}
	mine  = runtime.Channel{Name: "mine", Events: &testEvents, Credential: true, Shared: true, Leaks: true, Overflow: runtime.OverflowEnd}
	stats = runtime.Channel{Name: "stats", Events: &testEvents, Shared: true}
	noted = runtime.CaptureKind{Name: "note", Subscribe: "subNote", Unsubscribe: "unsubNote", Update: "noteUpdated", Key: "id", EndsWith: "bye", Events: &testEvents}

	followed = runtime.CaptureKind{Name: "user", Subscribe: "subUser", Unsubscribe: "unsubUser", Update: "userUpdated", Key: "userId", Events: &testEvents}

	news = runtime.EventSet{Name: "broadcast", Types: []string{"text"}, Decode: testEvents.Decode, Unknown: testEvents.Unknown, Gap: testEvents.Gap}
)

var testDialect = runtime.Dialect{
	Name: "test", Path: "/streaming", Auth: runtime.AuthHeader, ChannelsPerConnection: 3,
	Words:      runtime.Words{Connect: "connect", Connected: "connected", Disconnect: "disconnect", Channel: "channel"},
	Captures:   []*runtime.CaptureKind{&noted, &followed},
	Broadcasts: &news,
}

// connect opens a session that is closed with the test.
func (f *fake) connect(opts ...runtime.Option) *runtime.Session {
	f.t.Helper()
	opts = append([]runtime.Option{runtime.WithBackoff(time.Millisecond, 5*time.Millisecond)}, opts...)
	s, err := runtime.Connect(ctx(f.t), &testDialect, f.URL, opts...)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() {
		if err := s.Close(ctx(f.t)); err != nil {
			f.t.Error(err)
		}
	})
	return s
}

// ctx bounds one call. It does not end with the test, which is what cleanups
// need.
func ctx(t testing.TB) context.Context {
	c, cancel := context.WithTimeout(context.Background(), wait)
	t.Cleanup(cancel)
	return c
}

// collect returns a handler that sends on the channel it returns.
func collect() (runtime.HandlerFunc, <-chan any) {
	ch := make(chan any, 10_000)
	return func(_ context.Context, e any) error { ch <- e; return nil }, ch
}

// next receives the next event and checks its type.
func next[E any](t *testing.T, ch <-chan any) E {
	t.Helper()
	select {
	case e := <-ch:
		got, ok := e.(E)
		if !ok {
			t.Fatalf("event %T %+v, want %T", e, e, got)
		}
		return got
	case <-time.After(wait):
		t.Fatalf("waited %v for a %T", wait, *new(E))
		panic("unreachable")
	}
}

func subscribe(t *testing.T, s *runtime.Session, ch *runtime.Channel, h runtime.HandlerFunc, opts ...runtime.SubscribeOption) *runtime.Subscription {
	t.Helper()
	sub, err := s.Subscribe(ctx(t), ch, nil, h, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

func live(t *testing.T, sub *runtime.Subscription) {
	t.Helper()
	if err := sub.WaitLive(ctx(t)); err != nil {
		t.Fatal(err)
	}
}

// newSystem returns an actor system that ends with the test and logs nothing.
func newSystem(t *testing.T) *actor.ActorSystem {
	t.Helper()
	quiet := func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) }
	// protoactor stops children that are stopping themselves, and starts a
	// goroutine for the dead letter; the interval is how long that lasts.
	system := actor.NewActorSystem(actor.WithLoggerFactory(quiet), actor.WithDeadLetterThrottleInterval(time.Millisecond))
	t.Cleanup(system.Shutdown)
	return system
}
