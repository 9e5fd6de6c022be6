package misskeytest_test

import (
	"encoding/binary"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

func TestGarbageIsIgnoredAndTheSocketStays(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	for _, frame := range []string{
		"h", "ping", `{"type":"ping"}`, "not json", "null", "[]", `"x"`, "{}", `{"type":5}`, `{"type":"nonsense","body":{}}`,
		`{"type":"connect"}`, `{"type":"connect","body":null}`, `{"type":"connect","body":[]}`,
		`{"type":"api","body":{"id":"q","ep":"i","data":{}}}`, `{"type":"request","body":{}}`,
		`{"type":"sn","body":{"id":"n"}}`, `{"type":"readNotification"}`, "",
	} {
		c.send("%s", frame)
	}
	c.sync()
	if got := c.all(anyFrame); len(got) != 1 {
		t.Fatalf("answers to garbage: %s", got)
	}
}

func TestBinaryFramesAreAccepted(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	frame := `{"type":"connect","body":{"channel":"localTimeline","id":"b","pong":true}}`
	if err := c.ws.WriteMessage(websocket.BinaryMessage, []byte(frame)); err != nil {
		t.Fatal(err)
	}
	c.waitFor("connected", ackOf("b"))
}

func TestClientPingIsPonged(t *testing.T) {
	srv := newServer(t)
	ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ponged := make(chan string, 1)
	ws.SetPongHandler(func(data string) error { ponged <- data; return nil })
	serve(t, ws)
	if err := ws.WriteControl(websocket.PingMessage, []byte("42"), time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	select {
	case data := <-ponged:
		if data != "42" {
			t.Errorf("pong %q, want 42", data)
		}
	case <-time.After(patience):
		t.Fatal("no pong")
	}
}

// A ping every minute; after more than two minutes without a pong the socket is
// terminated at the next tick, without a close frame.
func TestSilentClientIsTerminated(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer(t, misskeytest.WithClock(clock))
	ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	pinged := make(chan struct{}, 8)
	ws.SetPingHandler(func(string) error { pinged <- struct{}{}; return nil }) // and does not answer
	silent := serve(t, ws)
	lively := dial(t, srv, "")
	lively.sync()

	for range 2 {
		clock.Advance(misskeytest.DefaultPingInterval)
		select {
		case <-pinged:
		case <-time.After(patience):
			t.Fatal("no ping")
		}
	}
	if !srv.Sockets()[0].Open() {
		t.Fatal("terminated after two minutes, want more")
	}
	// The first sync ends after the client has read the pings, the second after
	// the server has read the pongs.
	lively.sync()
	lively.sync()
	clock.Advance(misskeytest.DefaultPingInterval)
	if err := silent.end(); websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway) {
		t.Errorf("silent client: %v, want no close frame", err)
	}
	if n := len(srv.Sockets()); n != 1 {
		t.Errorf("%d sockets left, want the lively one", n)
	}
}

func TestFrameLimits(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	c.connect("localTimeline", "big", `{"ignored":"`+strings.Repeat("x", 200<<10)+`"}`)
	// The head of a masked text frame of 101 MiB is enough.
	head := binary.BigEndian.AppendUint64([]byte{0x81, 0xff}, 101<<20)
	if _, err := c.ws.NetConn().Write(append(head, 1, 2, 3, 4)); err != nil {
		t.Fatal(err)
	}
	if err := c.end(); !websocket.IsCloseError(err, websocket.CloseMessageTooBig) {
		t.Errorf("a frame of 101 MiB: %v, want close 1009", err)
	}
}

func TestCloseFrameIsAnswered(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	msg := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "bye")
	if err := c.ws.WriteControl(websocket.CloseMessage, msg, time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if err := c.end(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Errorf("%v, want close 1000", err)
	}
	await(t, srv, "the socket to go", func() bool { return len(srv.Sockets()) == 0 })
}

func TestSocketCloseSendsItsFrame(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	k := srv.Sockets()[0]
	k.SendText([]byte(`{"type":"last","body":null}`))
	k.Close(4000, "enough")
	if err := c.end(); !websocket.IsCloseError(err, 4000) {
		t.Errorf("%v, want close 4000", err)
	}
	if len(c.all(ofType("last"))) != 1 {
		t.Error("what was queued before the close is lost")
	}
	if k.Open() {
		t.Error("closed socket is open")
	}
}

// A crash of the server is seen as 1006: no close frame.
func TestStopSendsNoCloseFrame(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	srv.Stop()
	var closed *websocket.CloseError
	if err := c.end(); errors.As(err, &closed) && closed.Code != websocket.CloseAbnormalClosure {
		t.Errorf("%v, want no close frame", err)
	}
	if _, err := net.Dial("tcp", srv.URL[len("http://"):]); err == nil {
		t.Error("a stopped server accepts connections")
	}
	srv.Start()
	dial(t, srv, "").sync()
}
