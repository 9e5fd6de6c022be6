package misskeytest

import (
	"maps"
	"net"
	"slices"
	"sync"
	"time"
)

// corkSize is how much a corked connection holds back at most.
const corkSize = 64 << 10

// conn is the server's end of a TCP connection. Between cork and flush what is
// written is held back and leaves in one system call, which is what lets a
// socket take tens of thousands of frames a second.
type conn struct {
	net.Conn
	listener *listener
	trouble  *trouble

	mu     sync.Mutex
	corked bool
	held   []byte
}

// Read reads as the network lets it: not at all while reads are stalled, and
// nothing but its end once it has fallen silent.
func (c *conn) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		if gone := c.trouble.awaitRead(); gone {
			return 0, net.ErrClosed
		}
		if err != nil || !c.trouble.isSilent() {
			return n, err
		}
	}
}

// Write may be called beside cork and flush: a reader that finds a protocol
// error writes its close frame while the writer is at work.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.corked {
		return len(p), c.trouble.write(c.Conn, p)
	}
	if len(c.held)+len(p) > corkSize {
		if err := c.release(); err != nil {
			return 0, err
		}
	}
	c.held = append(c.held, p...)
	return len(p), nil
}

// SetWriteDeadline does nothing: a Misskey server never gives up on a client
// that does not read. It buffers, and so does a [Socket]; closing the
// connection ends a write that is stuck.
func (*conn) SetWriteDeadline(time.Time) error { return nil }

func (c *conn) cork() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.corked = true
}

func (c *conn) flush() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.corked = false
	return c.release()
}

func (c *conn) release() error {
	if len(c.held) == 0 {
		return nil
	}
	err := c.trouble.write(c.Conn, c.held)
	c.held = c.held[:0]
	return err
}

// finish says that nothing more will be written, and leaves the connection open
// for reading.
func (c *conn) finish() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok && !c.trouble.isSilent() {
		_ = tcp.CloseWrite()
	}
}

// Close ends the connection and gives it out of the listener's hands. The end of
// one that has fallen silent must not reach the client: it stays open, with
// nobody at it, until the server closes.
func (c *conn) Close() error {
	if silent := c.trouble.end(); silent {
		return c.Conn.SetDeadline(time.Unix(1, 0)) // wakes reader and writer
	}
	c.listener.mu.Lock()
	delete(c.listener.open, c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}

// listener hands out conns and keeps them in reach until they are closed.
type listener struct {
	net.Listener

	mu     sync.Mutex
	open   map[*conn]struct{}
	closed bool
}

func (l *listener) Accept() (net.Conn, error) {
	tcp, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: tcp, listener: l, trouble: newTrouble()}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		_ = tcp.Close()
		return nil, net.ErrClosed
	}
	l.open[c] = struct{}{}
	return c, nil
}

// closeAll closes the listener and every connection it has handed out, and
// returns those that only seem closed, having fallen silent.
func (l *listener) closeAll() (silent []*conn) {
	_ = l.Listener.Close()
	l.mu.Lock()
	l.closed = true
	open := slices.Collect(maps.Keys(l.open))
	l.mu.Unlock()
	for _, c := range open {
		_ = c.Close()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Keys(l.open))
}
