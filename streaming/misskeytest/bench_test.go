package misskeytest_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// BenchmarkFanOut posts notes that reach every socket, and measures how many
// frames a second the clients have read. They only count messages, so that the
// figure is the server's and the kernel's.
func BenchmarkFanOut(b *testing.B) {
	for _, sockets := range []int{1, 20, 200, 2000} {
		b.Run(fmt.Sprintf("sockets=%d", sockets), func(b *testing.B) {
			srv := newServer(b, misskeytest.WithoutJournal())
			alice := srv.AddUser("alice")
			text := strings.Repeat("a note of some length ", 30)
			fanOut(b, srv, sockets, `{"type":"connect","body":{"channel":"localTimeline","id":"l"}}`,
				func() bool { return srv.Listening("localTimeline") == sockets },
				func() { alice.Post(text) })
		})
	}
}

// BenchmarkFanOutToCaptures does the same with the updates of a note that every
// socket has captured.
func BenchmarkFanOutToCaptures(b *testing.B) {
	for _, sockets := range []int{1, 20, 200, 2000} {
		b.Run(fmt.Sprintf("sockets=%d", sockets), func(b *testing.B) {
			srv := newServer(b, misskeytest.WithoutJournal())
			alice := srv.AddUser("alice")
			note := alice.Post("x")
			body := map[string]any{"reaction": "👍", "emoji": nil, "userId": alice.ID}
			fanOut(b, srv, sockets, fmt.Sprintf(`{"type":"subNote","body":{"id":%q}}`, note.ID),
				func() bool { return captured(srv, note.ID) == sockets },
				func() { srv.PublishUpdate(note.ID, "reacted", body) })
		})
	}
}

func captured(srv *misskeytest.Server, id misskey.NoteID) int {
	n := 0
	for _, k := range srv.Sockets() {
		n += k.Captures()[id]
	}
	return n
}

// inFlight is about how many frames may be on their way: without a bound the
// server's queues, which have none, would be what is measured.
const inFlight = 16_384

// fanOut opens sockets that each send a frame, waits until that has taken
// effect, and then calls tell b.N times, which sends a frame to every socket.
func fanOut(b *testing.B, srv *misskeytest.Server, sockets int, frame string, ready func() bool, tell func()) {
	batch := max(inFlight/sockets, 1)
	read := make(chan error, sockets) // one for each socket and batch
	for range sockets {
		ws, _, err := (&websocket.Dialer{ReadBufferSize: 64 << 10}).Dial(srv.StreamURL(), nil)
		if err != nil {
			b.Fatal(err)
		}
		defer ws.Close()
		if err := ws.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
			b.Fatal(err)
		}
		go func() {
			for n := 1; n <= b.N; n++ {
				if _, _, err := ws.NextReader(); err != nil {
					read <- err
					return
				}
				if n%batch == 0 || n == b.N {
					read <- nil
				}
			}
		}()
	}
	await(b, srv, "all sockets to be ready", ready)
	b.ReportAllocs()
	b.ResetTimer()
	for n := 1; n <= b.N; n++ {
		tell()
		if n%batch != 0 && n != b.N {
			continue
		}
		for range sockets {
			if err := <-read; err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N*sockets)/b.Elapsed().Seconds(), "frames/s")
}

// BenchmarkHandshake opens a socket, connects a channel, and is gone.
func BenchmarkHandshake(b *testing.B) {
	srv := newServer(b, misskeytest.WithoutJournal())
	token := srv.AddUser("alice").Token()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL()+"?i="+token, nil)
			if err != nil {
				b.Error(err)
				return
			}
			err = ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"connect","body":{"channel":"main","id":"m","pong":true}}`))
			if err == nil {
				_, _, err = ws.ReadMessage()
			}
			if err != nil {
				b.Error(err)
			}
			// A port in TIME_WAIT is one that the next thousands lack.
			_ = ws.NetConn().(*net.TCPConn).SetLinger(0)
			ws.Close()
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sockets/s")
}

// BenchmarkConnect connects and disconnects channels on one socket, thirty-two
// at a time.
func BenchmarkConnect(b *testing.B) {
	const abreast = 32
	srv := newServer(b, misskeytest.WithoutJournal())
	ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer ws.Close()
	send := func(frame []byte) {
		if err := ws.WriteMessage(websocket.TextMessage, frame); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	for done := 0; done < b.N; {
		n := min(abreast, b.N-done)
		for i := range n {
			send(fmt.Appendf(nil, `{"type":"connect","body":{"channel":"localTimeline","id":"%d","pong":true}}`, done+i))
		}
		if err := ws.SetReadDeadline(time.Now().Add(patience)); err != nil {
			b.Fatal(err)
		}
		for range n {
			if _, _, err := ws.ReadMessage(); err != nil {
				b.Fatal(err)
			}
		}
		for i := range n {
			send(fmt.Appendf(nil, `{"type":"disconnect","body":{"id":"%d"}}`, done+i))
		}
		done += n
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "connects/s")
}
