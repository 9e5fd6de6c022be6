package misskeytest_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// BenchmarkFanOut posts notes that reach every socket, and measures how many
// frames a second the clients have read. They only count messages, so that the
// figure is the server's and the kernel's.
func BenchmarkFanOut(b *testing.B) {
	for _, sockets := range []int{1, 20, 200} {
		b.Run(fmt.Sprintf("sockets=%d", sockets), func(b *testing.B) {
			srv := newServer(b)
			alice := srv.AddUser("alice")
			var reading sync.WaitGroup
			for range sockets {
				ws, _, err := (&websocket.Dialer{ReadBufferSize: 64 << 10}).Dial(srv.StreamURL(), nil)
				if err != nil {
					b.Fatal(err)
				}
				defer ws.Close()
				connect := []byte(`{"type":"connect","body":{"channel":"localTimeline","id":"l"}}`)
				if err := ws.WriteMessage(websocket.TextMessage, connect); err != nil {
					b.Fatal(err)
				}
				reading.Go(func() {
					for range b.N {
						if _, _, err := ws.NextReader(); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			await(b, srv, "all connects", func() bool { return srv.Listening("localTimeline") == sockets })
			text := strings.Repeat("a note of some length ", 30)
			b.ResetTimer()
			began := time.Now()
			for range b.N {
				alice.Post(text)
			}
			reading.Wait()
			b.ReportMetric(float64(b.N*sockets)/time.Since(began).Seconds(), "frames/s")
		})
	}
}
