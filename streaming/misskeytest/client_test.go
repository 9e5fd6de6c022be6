package misskeytest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// patience bounds every wait; no test takes that long unless it fails.
const patience = 10 * time.Second

func newServer(t testing.TB, options ...misskeytest.Option) *misskeytest.Server {
	t.Helper()
	// Every frame is dealt with before the next is read, unless a test is about
	// what happens when it is not.
	options = append([]misskeytest.Option{misskeytest.WithOpenTime(0)}, options...)
	srv := misskeytest.NewServer(options...)
	t.Cleanup(srv.Close)
	return srv
}

// eachRelease runs a test of what the releases of today's protocol all do, or do
// each in their own way.
func eachRelease(t *testing.T, test func(t *testing.T, release misskeytest.Release)) {
	for _, release := range []misskeytest.Release{misskeytest.Release2026, misskeytest.Release2025} {
		t.Run(string(release), func(t *testing.T) { test(t, release) })
	}
}

// testClient is a plain client of the protocol, without any of this module's
// own code between the test and the wire.
type testClient struct {
	t  testing.TB
	ws *websocket.Conn

	pings int // sent by sync

	mu      sync.Mutex
	frames  []testFrame
	ponged  string        // what the last pong said
	err     error         // why reading ended
	arrived chan struct{} // closed and replaced at each change
	ended   chan struct{}
}

type testFrame struct {
	Type string          `json:"type"`
	Body json.RawMessage `json:"body"`
}

// inner is the body of channel and noteUpdated frames.
type inner struct {
	ID   string          `json:"id"`
	Type string          `json:"type"`
	Body json.RawMessage `json:"body"`
}

func (f testFrame) inner() inner {
	var i inner
	_ = json.Unmarshal(f.Body, &i) // zero for other bodies
	return i
}

// dial opens a socket; an empty token is nobody's.
func dial(t testing.TB, srv *misskeytest.Server, token string) *testClient {
	t.Helper()
	header := http.Header{}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL(), header)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	return serve(t, ws)
}

func serve(t testing.TB, ws *websocket.Conn) *testClient {
	c := &testClient{t: t, ws: ws, arrived: make(chan struct{}), ended: make(chan struct{})}
	ws.SetPongHandler(func(data string) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.ponged = data
		c.change()
		return nil
	})
	go c.read()
	t.Cleanup(func() {
		_ = ws.Close()
		<-c.ended
	})
	return c
}

func (c *testClient) read() {
	defer close(c.ended)
	for {
		_, data, err := c.ws.ReadMessage()
		var f testFrame
		if err == nil {
			if bad := json.Unmarshal(data, &f); bad != nil {
				f = testFrame{Type: "not JSON", Body: data}
			}
		}
		c.mu.Lock()
		if err != nil {
			c.err = err
		} else {
			c.frames = append(c.frames, f)
		}
		c.change()
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (c *testClient) change() {
	close(c.arrived)
	c.arrived = make(chan struct{})
}

// send sends a text frame as it stands.
func (c *testClient) send(format string, args ...any) {
	c.t.Helper()
	if err := c.ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...)); err != nil {
		c.t.Fatalf("send: %v", err)
	}
}

// waitFor returns the first frame, from the start of the socket, that is found
// good.
func (c *testClient) waitFor(what string, good func(testFrame) bool) testFrame {
	c.t.Helper()
	deadline := time.After(patience)
	seen := 0
	for {
		c.mu.Lock()
		frames, arrived, err := c.frames, c.arrived, c.err
		c.mu.Unlock()
		for ; seen < len(frames); seen++ {
			if good(frames[seen]) {
				return frames[seen]
			}
		}
		if err != nil {
			c.t.Fatalf("waiting for %s: socket ended: %v", what, err)
		}
		select {
		case <-arrived:
		case <-deadline:
			c.t.Fatalf("waiting for %s: not in time; got %d frames", what, len(frames))
		}
	}
}

// all returns the frames received so far that are found good.
func (c *testClient) all(good func(testFrame) bool) []testFrame {
	c.mu.Lock()
	defer c.mu.Unlock()
	var found []testFrame
	for _, f := range c.frames {
		if good(f) {
			found = append(found, f)
		}
	}
	return found
}

// sync returns when the server has dealt with everything sent before, and what
// it sent in answer has arrived: it answers a ping in its turn. What takes time
// to open may still be opening.
func (c *testClient) sync() {
	c.t.Helper()
	c.pings++
	ping := fmt.Sprint("sync ", c.pings)
	if err := c.ws.WriteControl(websocket.PingMessage, []byte(ping), time.Now().Add(patience)); err != nil {
		c.t.Fatalf("sync: %v", err)
	}
	deadline := time.After(patience)
	for {
		c.mu.Lock()
		ponged, arrived, err := c.ponged, c.arrived, c.err
		c.mu.Unlock()
		switch {
		case ponged == ping:
			return
		case err != nil:
			c.t.Fatalf("waiting for the server to catch up: socket ended: %v", err)
		}
		select {
		case <-arrived:
		case <-deadline:
			c.t.Fatal("the server did not catch up in time")
		}
	}
}

// connect connects, and fails the test without `connected`.
func (c *testClient) connect(channel, id, params string) {
	c.t.Helper()
	c.send(`{"type":"connect","body":{"channel":%q,"id":%q,"params":%s,"pong":true}}`, channel, id, params)
	c.waitFor(channel+" to be connected", ackOf(id))
}

// end waits for the socket to end and returns why.
func (c *testClient) end() error {
	c.t.Helper()
	select {
	case <-c.ended:
	case <-time.After(patience):
		c.t.Fatal("the socket did not end in time")
	}
	return c.err
}

func anyFrame(testFrame) bool { return true }

func ackOf(id string) func(testFrame) bool {
	return func(f testFrame) bool { return f.Type == "connected" && f.inner().ID == id }
}

// event matches a channel's message; an empty type is any.
func event(id, typ string) func(testFrame) bool {
	return func(f testFrame) bool {
		i := f.inner()
		return f.Type == "channel" && i.ID == id && (typ == "" || i.Type == typ)
	}
}

// update matches a noteUpdated.
func update(noteID, typ string) func(testFrame) bool {
	return func(f testFrame) bool {
		i := f.inner()
		return f.Type == "noteUpdated" && i.ID == noteID && i.Type == typ
	}
}

func ofType(typ string) func(testFrame) bool {
	return func(f testFrame) bool { return f.Type == typ }
}

// await waits until the server looks as it should.
func await(t testing.TB, srv *misskeytest.Server, what string, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := srv.Wait(ctx, condition); err != nil {
		t.Fatalf("waiting for %s: %v", what, err)
	}
}

func mustDecode(t testing.TB, raw json.RawMessage, v any) {
	t.Helper()
	if err := json.Unmarshal(raw, v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
}

// object decodes an object.
func object(t testing.TB, raw json.RawMessage) map[string]json.RawMessage {
	t.Helper()
	var o map[string]json.RawMessage
	if err := json.Unmarshal(raw, &o); err != nil {
		t.Fatalf("not an object: %v: %s", err, raw)
	}
	return o
}
