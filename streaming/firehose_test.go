package streaming

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

// window is how many frames a firehose writes in one call, so that its own
// share of the time is small.
const window = 256

// firehose is a server on loopback that acknowledges one channel and then
// sends recorded frames of it, as many as it is told to pour. It keeps two
// windows under way: the receiver takes one out of underway when it has dealt
// with a window.
type firehose struct {
	*httptest.Server
	frames   []string
	mark     []byte // frame to send behind each window; nil for none
	pour     chan int
	underway chan struct{}
}

func newFirehose(b *testing.B, frames []string) *firehose {
	s := &firehose{frames: frames, pour: make(chan int, 1), underway: make(chan struct{}, 2)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if err != nil {
			b.Error(err)
			return
		}
		defer ws.Close()
		if err := s.serve(ws); err != nil {
			b.Error(err)
		}
	}))
	b.Cleanup(func() {
		close(s.pour) // in case nothing was asked for
		s.Close()
	})
	return s
}

// connect opens a client that is closed with the benchmark.
func (s *firehose) connect(b *testing.B) *Client {
	c, err := Connect(benchContext(b), s.URL, WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			b.Error(err)
		}
	})
	return c
}

func (s *firehose) serve(ws *websocket.Conn) error {
	var connect struct{ Body struct{ ID string } }
	if _, frame, err := ws.ReadMessage(); err != nil {
		return err
	} else if err := json.Unmarshal(frame, &connect); err != nil {
		return err
	}
	id := connect.Body.ID
	if err := ws.WriteMessage(websocket.TextMessage, wire.Build("connected", wire.Key("id", id))); err != nil {
		return err
	}

	// The frames as they go over the wire, and where each begins.
	var stream []byte
	begins := []int{0}
	for _, frame := range s.frames {
		env, err := wire.Full([]byte(frame))
		if err != nil {
			return err
		}
		stream = appendTextFrame(stream, []byte(strings.Replace(frame, string(env.ID), id, 1)))
		begins = append(begins, len(stream))
	}
	mark := appendTextFrame(nil, s.mark)
	conn := ws.NetConn()
	n := <-s.pour
	for i := 0; i < n; {
		s.underway <- struct{}{}
		for end := min(i+window, n); i < end; {
			from := i % len(s.frames)
			to := min(from+end-i, len(s.frames))
			if _, err := conn.Write(stream[begins[from]:begins[to]]); err != nil {
				return err
			}
			i += to - from
		}
		if s.mark != nil {
			if _, err := conn.Write(mark); err != nil {
				return err
			}
		}
	}
	for { // until the client goes
		if _, _, err := ws.NextReader(); err != nil {
			return nil
		}
	}
}

// appendTextFrame appends a whole websocket message as a server sends it.
func appendTextFrame(b, payload []byte) []byte {
	b = append(b, 0x81) // final, text
	if len(payload) < 126 {
		b = append(b, byte(len(payload)))
	} else {
		b = append(b, 126)
		b = binary.BigEndian.AppendUint16(b, uint16(len(payload)))
	}
	return append(b, payload...)
}
