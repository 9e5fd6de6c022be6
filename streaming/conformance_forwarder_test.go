package streaming_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// forwarder is a network between a client and a server, which a test can break.
type forwarder struct {
	url    string // in place of the server's
	target string

	listener net.Listener
	running  sync.WaitGroup

	mu     sync.Mutex
	open   map[net.Conn]struct{}
	gate   chan struct{} // nil = open; new connections wait until it is closed
	closed bool
}

func newForwarder(t *testing.T, server string) *forwarder {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	f := &forwarder{target: u.Host, open: map[net.Conn]struct{}{}}
	if u.Port() == "" {
		f.target = net.JoinHostPort(u.Hostname(), map[string]string{"ws": "80", "http": "80", "wss": "443", "https": "443"}[u.Scheme])
	}
	if f.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	u.Host = f.listener.Addr().String()
	f.url = u.String()
	f.running.Go(f.accept)
	t.Cleanup(func() {
		_ = f.listener.Close()
		f.mu.Lock()
		f.closed = true
		f.mu.Unlock()
		f.release()
		f.cut()
		f.running.Wait()
	})
	return f
}

func (f *forwarder) accept() {
	for {
		client, err := f.listener.Accept()
		if err != nil {
			return
		}
		f.running.Go(func() { f.forward(client) })
	}
}

func (f *forwarder) forward(client net.Conn) {
	f.mu.Lock()
	gate := f.gate
	f.mu.Unlock()
	if gate != nil {
		<-gate
	}
	server, err := net.Dial("tcp", f.target)
	if err != nil {
		_ = client.Close()
		return
	}
	f.mu.Lock()
	if f.closed {
		_, _ = client.Close(), server.Close()
	}
	f.open[client], f.open[server] = struct{}{}, struct{}{}
	f.mu.Unlock()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		both.Go(func() {
			_, _ = io.Copy(way[1], way[0])
			_ = way[0].Close()
			_ = way[1].Close()
		})
	}
	both.Wait()
	f.mu.Lock()
	delete(f.open, client)
	delete(f.open, server)
	f.mu.Unlock()
}

// cut breaks every connection, without a word of the protocol.
func (f *forwarder) cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.open {
		_ = c.Close()
	}
}

// hold keeps new connections waiting until release.
func (f *forwarder) hold() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gate = make(chan struct{})
}

func (f *forwarder) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gate != nil {
		close(f.gate)
		f.gate = nil
	}
}
