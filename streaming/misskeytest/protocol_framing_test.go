package misskeytest_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// The lines of the protocol about what frames are like.
func TestFraming(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))

		t.Run("binary frames holding JSON are accepted", func(t *testing.T) {
			c := dial(t, srv, "")
			frame := `{"type":"connect","body":{"channel":"localTimeline","id":"b","pong":true}}`
			if err := c.ws.WriteMessage(websocket.BinaryMessage, []byte(frame)); err != nil {
				t.Fatal(err)
			}
			c.waitFor("connected", ackOf("b"))
		})

		t.Run("the server sends text", func(t *testing.T) {
			ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer ws.Close()
			srv.Broadcast("x", nil)
			kind, data, err := ws.ReadMessage()
			if err != nil || kind != websocket.TextMessage || string(data) != `{"type":"x","body":null}` {
				t.Errorf("kind %d, %s, %v; want text {type, body}", kind, data, err)
			}
		})

		for _, frame := range []string{
			"h", "ping", `{"type":"ping"}`, "not json", "null", "", "[]", "5", `"x"`, "{}", `{"type":5}`, `{"type":null}`,
			`{"type":"nonsense","body":{}}`, `{"body":{"channel":"localTimeline","id":"x"}}`,
			`{"type":"connect"}`, `{"type":"connect","body":null}`, `{"type":"connect","body":[]}`,
			`{"type":"api","body":{"id":"q","ep":"meta","data":{}}}`, `{"type":"request","body":{}}`,
			`{"type":"readNotification"}`, `{"type":"Connect","body":{"channel":"localTimeline","id":"x","pong":true}}`,
		} {
			t.Run("silently ignored, and the socket stays: "+frame, func(t *testing.T) {
				c := dial(t, srv, "")
				c.send("%s", frame)
				c.sync()
				if got := c.all(anyFrame); len(got) > 0 {
					t.Errorf("answered by %s", got)
				}
				c.connect("localTimeline", "after", "{}")
			})
		}

		t.Run("a frame of 200 KiB is fine", func(t *testing.T) {
			c := dial(t, srv, "")
			c.connect("localTimeline", "big", `{"ignored":"`+strings.Repeat("x", 200<<10)+`"}`)
		})

		t.Run("a frame of 101 MiB closes 1009", func(t *testing.T) {
			ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL(), nil)
			if err != nil {
				t.Fatal(err)
			}
			// The usual answer to a close frame gives the connection a second for
			// all that is still to be written.
			ws.SetCloseHandler(func(int, string) error { return nil })
			c := serve(t, ws)
			// A masked text frame, as it is on the wire.
			frame := binary.BigEndian.AppendUint64([]byte{0x81, 0xff}, 101<<20)
			frame = append(frame, 0, 0, 0, 0)
			for range 102 {
				if _, err := c.ws.NetConn().Write(frame); err != nil {
					t.Fatal(err)
				}
				frame = bytes.Repeat([]byte{' '}, 1<<20)
			}
			if err := c.end(); !websocket.IsCloseError(err, websocket.CloseMessageTooBig) {
				t.Errorf("%v, want close 1009", err)
			}
		})

		t.Run("a client's ws ping is ponged", func(t *testing.T) {
			c := dial(t, srv, "")
			c.sync() // which is such a ping
		})

		t.Run("a client's close frame is answered", func(t *testing.T) {
			c := dial(t, srv, "")
			msg := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "bye")
			if err := c.ws.WriteControl(websocket.CloseMessage, msg, time.Now().Add(patience)); err != nil {
				t.Fatal(err)
			}
			if err := c.end(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
				t.Errorf("%v, want close 1000", err)
			}
		})
	})
}

// Pings come every 60 s; who sends no pong for more than 120 s is terminated at
// the next tick.
func TestLiveness(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		t.Run("a ws ping every 60 s", func(t *testing.T) {
			clock := misskeytest.NewManualClock(time.Now())
			srv := newServer(t, misskeytest.WithRelease(release), misskeytest.WithClock(clock))
			pinged := dialUnponging(t, srv)
			for minute := range 2 {
				clock.Advance(misskeytest.DefaultPingInterval - time.Millisecond)
				pinged.sync()
				if n := pinged.pinged(); n != minute {
					t.Fatalf("%d pings in less than %d minutes", n, minute+1)
				}
				clock.Advance(time.Millisecond)
				pinged.sync()
				if n := pinged.pinged(); n != minute+1 {
					t.Fatalf("%d pings in %d minutes", n, minute+1)
				}
			}
		})

		t.Run("no pong for more than 120 s: terminated at the next tick, no close frame", func(t *testing.T) {
			clock := misskeytest.NewManualClock(time.Now())
			srv := newServer(t, misskeytest.WithRelease(release), misskeytest.WithClock(clock))
			lively, silent := dial(t, srv, ""), dialUnponging(t, srv)
			for range 2 {
				clock.Advance(misskeytest.DefaultPingInterval)
				// One sync ends when the client has read the ping, another when
				// the server has read the pong.
				lively.sync()
				lively.sync()
			}
			silent.sync() // open after 120 s
			clock.Advance(misskeytest.DefaultPingInterval)
			if err := silent.end(); !abnormal(err) {
				t.Errorf("%v, want no close frame", err)
			}
			lively.sync()
		})
	})
}

// unpongingClient counts the server's pings and answers none.
type unpongingClient struct {
	*testClient
	pings chan struct{}
}

func (c unpongingClient) pinged() int { return len(c.pings) }

func dialUnponging(t *testing.T, srv *misskeytest.Server) unpongingClient {
	t.Helper()
	ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	pings := make(chan struct{}, 8)
	ws.SetPingHandler(func(string) error { pings <- struct{}{}; return nil })
	return unpongingClient{serve(t, ws), pings}
}

// abnormal reports whether a socket ended as 1006 says it: without a close frame.
func abnormal(err error) bool {
	var closed *websocket.CloseError
	return !errors.As(err, &closed) || closed.Code == websocket.CloseAbnormalClosure
}

func TestTermination(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		t.Run("SIGTERM: clients get 1006, no close frame", func(t *testing.T) {
			srv := newServer(t, misskeytest.WithRelease(release))
			clients := []*testClient{dial(t, srv, ""), dial(t, srv, srv.AddUser("alice").Token())}
			srv.Stop()
			for _, c := range clients {
				if err := c.end(); !abnormal(err) {
					t.Errorf("%v, want no close frame", err)
				}
			}
			if ws, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://")); err == nil {
				_ = ws.Close()
				t.Error("a stopped server accepts connections")
			}
			srv.Start()
			dial(t, srv, "").sync()
		})
	})
}

// Close is for tests: the server never closes a socket by a frame on its own.
func TestSocketCloseSendsItsFrame(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	k := srv.Sockets()[0]
	k.SendText([]byte(`{"type":"last","body":null}`))
	k.Close(4000, "enough")
	k.SendText([]byte(`{"type":"too late","body":null}`))
	if err := c.end(); !websocket.IsCloseError(err, 4000) {
		t.Errorf("%v, want close 4000", err)
	}
	var got []string
	for _, f := range c.all(anyFrame) {
		got = append(got, f.Type)
	}
	if fmt.Sprint(got) != "[last]" || k.Sent() != 1 {
		t.Errorf("got %q of %d sent, want what was queued before the close", got, k.Sent())
	}
	if k.Open() {
		t.Error("a closed socket is open")
	}
}

// A text frame has to be UTF-8, by the rules of websockets; what is in a binary
// one is nobody's business until it is read.
func TestTextThatIsNotUTF8EndsTheSocket(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	if err := c.ws.WriteMessage(websocket.BinaryMessage, []byte("\xff")); err != nil {
		t.Fatal(err)
	}
	c.sync()
	c.send("%s", "\xff")
	if err := c.end(); !websocket.IsCloseError(err, websocket.CloseInvalidFramePayloadData) {
		t.Errorf("text that is not UTF-8: %v, want close 1007", err)
	}
}
