package misskeytest

import (
	"sync"

	"github.com/gorilla/websocket"
)

// outbox is what a socket has still to send: a queue without limit, as in the
// real server, with one writer at its end.
type outbox struct {
	mu     sync.Mutex
	frames []outFrame
	closed bool
	wake   chan struct{} // capacity 1: something was put in
}

type outFrame struct {
	kind int // websocket.TextMessage, PingMessage ...
	data []byte
	do   func() // instead of a frame: what to do when those before are written
}

func newOutbox() *outbox { return &outbox{wake: make(chan struct{}, 1)} }

// put queues a frame. It never blocks and keeps data, which must not change
// afterwards. After close it does nothing.
func (o *outbox) put(kind int, data []byte) { o.add(outFrame{kind: kind, data: data}) }

// then calls f, in the writer's goroutine, when everything queued so far has
// been written.
func (o *outbox) then(f func()) { o.add(outFrame{do: f}) }

func (o *outbox) add(f outFrame) {
	o.mu.Lock()
	if !o.closed {
		o.frames = append(o.frames, f)
	}
	o.mu.Unlock()
	o.ring()
}

// close ends the outbox: what is in it is still written, nothing is added.
func (o *outbox) close() {
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	o.ring()
}

func (o *outbox) ring() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// take waits for frames and returns all there are, in a buffer that it swaps
// for the one given back. It returns none when the outbox is closed and empty.
func (o *outbox) take(spent []outFrame) []outFrame {
	clear(spent)
	for {
		o.mu.Lock()
		if len(o.frames) > 0 {
			frames := o.frames
			o.frames = spent[:0]
			o.mu.Unlock()
			return frames
		}
		closed := o.closed
		o.mu.Unlock()
		if closed {
			return nil
		}
		<-o.wake
	}
}

// write sends what is put into the outbox, until it is closed and empty or the
// connection fails.
func (o *outbox) write(ws *websocket.Conn, c *conn) error {
	var frames []outFrame
	for {
		frames = o.take(frames)
		if len(frames) == 0 {
			return nil
		}
		c.cork()
		for _, f := range frames {
			if err := f.write(ws, c); err != nil {
				_ = c.flush()
				return err
			}
		}
		if err := c.flush(); err != nil {
			return err
		}
	}
}

func (f outFrame) write(ws *websocket.Conn, c *conn) error {
	if f.do == nil {
		return ws.WriteMessage(f.kind, f.data)
	}
	if err := c.flush(); err != nil {
		return err
	}
	f.do()
	c.cork()
	return nil
}
