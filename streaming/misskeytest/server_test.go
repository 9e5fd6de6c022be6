package misskeytest_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// What the server knows outlives a restart; sockets do not.
func TestRestartKeepsTheWorld(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	note := alice.Post("x")
	url := srv.URL
	c := dial(t, srv, alice.Token())
	srv.Stop()
	srv.Stop()
	_ = c.end()
	srv.Start()
	srv.Start()
	if srv.URL != url {
		t.Errorf("URL %s, want %s", srv.URL, url)
	}
	if status := call(t, srv, alice.Token(), "notes/show", map[string]any{"noteId": note.ID}, nil); status != 200 {
		t.Errorf("the note: %d, want 200", status)
	}
	dial(t, srv, alice.Token()).sync()
}

// However many stop and start a server at once, it is whole afterwards.
func TestStopAndStartTakeTurns(t *testing.T) {
	srv := newServer(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 500 {
				srv.Stop()
				srv.Start()
			}
		})
	}
	all.Wait()
	dial(t, srv, "").sync()
}

func TestDropConnections(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	clients := []*testClient{dial(t, srv, ""), dial(t, srv, alice.Token())}
	clients[1].connect("main", "m", "{}")
	if n := srv.DropConnections(); n != 2 {
		t.Errorf("dropped %d sockets, want 2", n)
	}
	for _, c := range clients {
		if err := c.end(); websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway) {
			t.Errorf("%v, want no close frame", err)
		}
	}
	if n := srv.Listening("main"); n != 0 {
		t.Errorf("%d still listen to main", n)
	}
	dial(t, srv, alice.Token()).sync()
}

func TestWait(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	done := make(chan error, 1)
	go func() {
		done <- srv.Wait(t.Context(), func() bool { return srv.Listening("localTimeline") == 2 })
	}()
	c.connect("localTimeline", "1", "{}")
	c.connect("localTimeline", "2", "{}")
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(patience):
		t.Fatal("Wait missed the second connect")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := srv.Wait(ctx, func() bool { return false }); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait after cancel: %v", err)
	}
}

// Whatever a test or the clock does while another goroutine waits, wakes it.
func TestWaitSeesWhatHappensMeanwhile(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
	alice := srv.AddUser("alice")
	c := dial(t, srv, alice.Token())
	c.connect("main", "m", "{}")
	c.connect("drive", "d", "{}")
	c.connect("serverStats", "s", "{}")
	c.send(`{"type":"subNote","body":{"id":"note"}}`)
	c.sync()
	k := srv.Sockets()[0]
	for _, act := range []struct {
		name string
		do   func()
	}{
		{"Publish", func() { srv.Publish("main", "any", nil) }},
		{"PublishMain", func() { alice.PublishMain("any", nil) }},
		{"PublishDrive", func() { alice.PublishDrive("any", nil) }},
		{"PublishUpdate", func() { srv.PublishUpdate("note", "any", nil) }},
		{"Broadcast", func() { srv.Broadcast("any", nil) }},
		{"SendText", func() { k.SendText([]byte("any")) }},
		{"SendBinary", func() { k.SendBinary([]byte("any")) }},
		{"Advance", func() { clock.Advance(2 * time.Second) }},
	} {
		before, looked := k.Sent(), make(chan struct{}, 100)
		done := make(chan error, 1)
		go func() {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			done <- srv.Wait(ctx, func() bool {
				defer func() { looked <- struct{}{} }()
				return k.Sent() > before
			})
		}()
		<-looked
		act.do()
		if err := <-done; err != nil {
			t.Errorf("%s: %v", act.name, err)
		}
	}
}

// curious is a body that looks at the server while it is encoded.
type curious struct{ srv *misskeytest.Server }

func (c curious) MarshalJSON() ([]byte, error) { return json.Marshal(len(c.srv.Sockets())) }

// The server holds no lock while it encodes what a test has given it.
func TestBodiesMayUseTheServer(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	c := dial(t, srv, alice.Token())
	c.sync()
	srv.Publish("main", "any", curious{srv})
	alice.PublishMain("any", curious{srv})
	alice.PublishDrive("any", curious{srv})
	srv.PublishUpdate("note", "any", curious{srv})
	if n := srv.Broadcast("any", curious{srv}); n != 1 {
		t.Fatalf("sent to %d sockets", n)
	}
	if f := c.waitFor("the broadcast", ofType("any")); string(f.Body) != "1" {
		t.Errorf("body %s", f.Body)
	}
}

// bigBody is what fills the kernel's buffers soon.
var bigBody = json.RawMessage(`"` + strings.Repeat("x", 1<<20) + `"`)

// Close leaves no goroutine behind, whatever is going on.
func TestCloseLeavesNothing(t *testing.T) {
	before := goleak.IgnoreCurrent()
	srv := misskeytest.NewServer()
	alice := srv.AddUser("alice")
	var open []*websocket.Conn
	for range 50 {
		ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL()+"?i="+alice.Token(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer ws.Close()
		open = append(open, ws)
	}
	// One hung call, one idle connection, one client that never reads what it
	// is sent, one that is being closed.
	hung := make(chan struct{})
	go func() {
		defer close(hung)
		resp, err := http.Post(srv.URL+"/api/ping", "application/json", strings.NewReader(`{"i":5}`))
		if err == nil {
			resp.Body.Close()
		}
	}()
	resp, err := http.Post(srv.URL+"/api/ping", "application/json", strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	for _, ws := range open {
		if err := ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"connect","body":{"channel":"main","id":"m","pong":true}}`)); err != nil {
			t.Fatal(err)
		}
	}
	await(t, srv, "all mains", func() bool { return srv.Listening("main") == len(open) })
	stuck := misskeytest.OnSocket(alice.Sockets()[1])
	for range 16 {
		srv.Publish("main", "big", bigBody, stuck)
	}
	alice.Sockets()[0].Close(4000, "")
	alice.Post("leaves timers")
	srv.Close()
	srv.Close()
	<-hung
	http.DefaultClient.CloseIdleConnections()
	for _, ws := range open {
		ws.Close()
	}
	goleak.VerifyNone(t, before)
}

// Close waits for whoever stops the server at the same time.
func TestCloseDuringStop(t *testing.T) {
	for range 20 {
		before := goleak.IgnoreCurrent()
		srv := misskeytest.NewServer()
		ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL(), nil)
		if err != nil {
			t.Fatal(err)
		}
		srv.Inject(misskeytest.HalfOpen())
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			srv.Stop()
		}()
		srv.Close()
		<-stopped
		ws.Close()
		goleak.VerifyNone(t, before)
	}
}

// A client that does not read is buffered for, and slows nobody down.
func TestClientThatDoesNotRead(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	connect := []byte(`{"type":"connect","body":{"channel":"localTimeline","id":"l"}}`)
	if err := ws.WriteMessage(websocket.TextMessage, connect); err != nil {
		t.Fatal(err)
	}
	await(t, srv, "the channel", func() bool { return srv.Listening("localTimeline") == 1 })
	reader := dial(t, srv, "")
	reader.connect("localTimeline", "l", "{}")
	for range 16 {
		srv.Publish("localTimeline", "big", bigBody)
	}
	note := alice.Post("small")
	reader.waitFor("the note behind it all", func(f testFrame) bool {
		return event("l", "note")(f) && string(object(t, f.inner().Body)["id"]) == `"`+string(note.ID)+`"`
	})
}

func TestManualClock(t *testing.T) {
	start := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	clock := misskeytest.NewManualClock(start)
	var calls []string
	at := func(name string, d time.Duration) misskeytest.Timer {
		return clock.AfterFunc(d, func() {
			calls = append(calls, name+clock.Now().Sub(start).String())
			if name == "a" {
				clock.AfterFunc(time.Second, func() { calls = append(calls, "nested"+clock.Now().Sub(start).String()) })
			}
		})
	}
	at("b", 2*time.Second)
	at("a", time.Second)
	stopped := at("never", time.Second)
	late := at("late", time.Hour)
	if !stopped.Stop() || stopped.Stop() {
		t.Error("Stop does not report whether it stopped")
	}
	clock.Advance(3 * time.Second)
	want := []string{"a1s", "b2s", "nested2s"}
	if len(calls) != 3 || calls[0] != want[0] || calls[1] != want[1] || calls[2] != want[2] {
		t.Errorf("calls %q, want %q", calls, want)
	}
	if got := clock.Now().Sub(start); got != 3*time.Second {
		t.Errorf("clock stands at %v, want 3s", got)
	}
	if !late.Stop() {
		t.Error("a call that is not due has been made")
	}
}

// Ids and what they are for can be chosen, but not twice.
func TestChosenIDs(t *testing.T) {
	srv := newServer(t)
	const id = "attc74i4gpgf001q" // made at 02:12:15.628
	alice := srv.AddUser("alice", misskeytest.WithID("u1"), misskeytest.WithToken("0123456789abcdef"), misskeytest.WithName("Alice"))
	note := alice.Post("x", misskeytest.WithID(id))
	if alice.ID != "u1" || note.UserID != "u1" || note.ID != id || alice.Token() != "0123456789abcdef" {
		t.Errorf("user %s, note %+v", alice.ID, note)
	}
	if got := note.CreatedAt.Format(time.RFC3339Nano); got != "2026-11-21T02:12:15.628Z" {
		t.Errorf("created %s, want what the id says", got)
	}
	if note.User.Name.OrZero() != "Alice" || srv.User("alice") != alice || srv.User("bob") != nil {
		t.Errorf("user %+v", note.User)
	}
	defer func() {
		if recover() == nil {
			t.Error("a second user got the same id")
		}
	}()
	srv.AddUser("bob", misskeytest.WithID("u1"))
}
