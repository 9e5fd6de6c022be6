//go:build linux || darwin

package misskeytest_test

import (
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// crowd is a number of sockets with as many channels each. Nobody reads but who
// is asked to, so that they take no goroutine of the client's.
type crowd struct {
	t        testing.TB
	channels int
	sockets  []*websocket.Conn
}

// abreast is how many of a crowd do something at the same time.
const abreast = 32

// each runs f for every socket of the crowd.
func (c *crowd) each(f func(i int) error) {
	c.t.Helper()
	var running sync.WaitGroup
	next := make(chan int)
	for range abreast {
		running.Go(func() {
			for i := range next {
				if err := f(i); err != nil {
					c.t.Errorf("socket %d: %v", i, err)
				}
			}
		})
	}
	for i := range c.sockets {
		next <- i
	}
	close(next)
	running.Wait()
	if c.t.Failed() {
		c.t.FailNow()
	}
}

func (c *crowd) open(srv *misskeytest.Server) {
	c.t.Helper()
	dialer := websocket.Dialer{HandshakeTimeout: 3 * patience, ReadBufferSize: 512, WriteBufferSize: 512}
	c.each(func(i int) error {
		ws, _, err := dialer.Dial(srv.StreamURL(), nil)
		if err != nil {
			return err
		}
		c.sockets[i] = ws
		for n := range c.channels {
			connect := fmt.Appendf(nil, `{"type":"connect","body":{"channel":"channel","id":"%d","params":{"channelId":"c%d"},"pong":%v}}`,
				n, n, n == c.channels-1)
			if err := ws.WriteMessage(websocket.TextMessage, connect); err != nil {
				return err
			}
		}
		return c.read(i, map[string]int{fmt.Sprintf(`{"type":"connected","body":{"id":"%d"}}`, c.channels-1): 1})
	})
}

// read reads frames until it has had each of those wanted, and fails over one
// that comes more often.
func (c *crowd) read(i int, want map[string]int) error {
	ws := c.sockets[i]
	if err := ws.SetReadDeadline(time.Now().Add(3 * patience)); err != nil {
		return err
	}
	missing := 0
	for _, n := range want {
		missing += n
	}
	for ; missing > 0; missing-- {
		_, data, err := ws.ReadMessage()
		if err != nil {
			return err
		}
		if want[string(data)] == 0 {
			return fmt.Errorf("got %s, want %v", data, want)
		}
		want[string(data)]--
	}
	return nil
}

// Two thousand sockets with fifty thousand channels in one process: all open,
// every event comes once to each, and nothing is left when the server closes.
func TestThousandsOfSockets(t *testing.T) {
	c := &crowd{t: t, channels: 25, sockets: make([]*websocket.Conn, 2000)}
	if testing.Short() {
		c.sockets = c.sockets[:200]
	}
	allowDescriptors(t, 2*uint64(len(c.sockets))+500)
	before := goleak.IgnoreCurrent()
	srv := misskeytest.NewServer()
	defer srv.Close()
	all := len(c.sockets) * c.channels

	c.open(srv)
	await(t, srv, "all channels to open", func() bool { return srv.Listening("channel") == all })
	if n := srv.Publish("channel", "novelty", nil); n != all {
		t.Errorf("an event reached %d channels, want %d", n, all)
	}
	if n := srv.Broadcast("last", nil); n != len(c.sockets) {
		t.Errorf("a broadcast reached %d sockets, want %d", n, len(c.sockets))
	}
	c.each(func(i int) error {
		want := map[string]int{`{"type":"last","body":null}`: 1}
		for n := range c.channels {
			want[fmt.Sprintf(`{"type":"channel","body":{"id":"%d","type":"novelty","body":null}}`, n)] = 1
		}
		return c.read(i, want)
	})
	if n := len(srv.Deliveries()); n != all+len(c.sockets) {
		t.Errorf("%d deliveries, want %d", n, all+len(c.sockets))
	}

	// Some leave, the others are cut off.
	for _, ws := range c.sockets[:len(c.sockets)/2] {
		ws.Close()
	}
	await(t, srv, "half of them to leave", func() bool { return len(srv.PastSockets()) == len(c.sockets)/2 })
	if n := srv.Listening("channel"); n != all/2 {
		t.Errorf("%d channels listen when half have left, want %d", n, all/2)
	}
	srv.Close()
	for _, ws := range c.sockets {
		ws.Close()
	}
	goleak.VerifyNone(t, before)
}

// allowDescriptors raises the process's limit, and skips the test where the
// system forbids that.
func allowDescriptors(t *testing.T, n uint64) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if limit.Cur >= n {
		return
	}
	if limit.Max < n {
		t.Skipf("it takes %d file descriptors, and the hard limit is %d", n, limit.Max)
	}
	limit.Cur = n
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Skipf("it takes %d file descriptors: %v", n, err)
	}
}
