package misskeytest

import (
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

const maxFrame = 100 << 20

// Socket is the server's end of one websocket: what a test looks at to see
// what its client has done, and takes hold of to do it harm. It stays readable
// after the socket has ended. Its methods are safe for concurrent use.
type Socket struct {
	server *Server
	ws     *websocket.Conn
	conn   *conn
	out    *outbox
	who    credential // the zero credential of an anonymous socket

	// Guarded by Server.mu.
	open     bool
	lastPong time.Time
	opening  []*opening
	live     []*channelConn // in the order they opened
	stray    []*channelConn // disconnected, and sending all the same
	captures map[misskey.NoteID]int
	known    *relations // of its user, as far as the socket knows
	refresh  *call      // when it looks again; nil = never
	received []ReceivedFrame
	connects []*Connect
	journal  []delivery
	sent     uint64
}

func (s *Server) newSocket(l *listening, ws *websocket.Conn, who credential, since time.Time) *Socket {
	k := &Socket{
		server:   s,
		ws:       ws,
		conn:     ws.NetConn().(*conn),
		out:      newOutbox(),
		who:      who,
		captures: map[misskey.NoteID]int{},
		lastPong: since,
	}
	if s.running != l {
		_ = k.conn.Close() // Stop came while the client shook hands
		return k
	}
	k.open = true
	k.learnRelations()
	if who.user != nil {
		who.user.open++
	}
	s.sockets = append(s.sockets, k)
	s.touch()
	return k
}

// run serves the socket until it ends. It needs Server.mu not to be held.
func (k *Socket) run() {
	defer func() { _ = k.conn.Close() }()
	defer func() { // nothing is left to do, unless a test's function has ended this goroutine
		k.server.locked(k.end)
		k.out.close()
	}()
	written := make(chan struct{})
	go func() {
		defer close(written)
		if err := k.out.write(k.ws, k.conn); err != nil {
			_ = k.conn.Close() // wakes the reader
			return
		}
		k.conn.finish()
	}()
	err := k.read()
	k.server.locked(k.end)
	switch left := (*websocket.CloseError)(nil); {
	case errors.Is(err, errNotUTF8):
		k.out.put(websocket.CloseMessage, closeReply(websocket.CloseInvalidFramePayloadData))
		k.out.close()
		_, _ = io.Copy(io.Discard, k.conn) // or the close frame is lost on what comes still
	case errors.As(err, &left):
		k.out.put(websocket.CloseMessage, closeReply(left.Code))
	case errors.Is(err, websocket.ErrReadLimit):
		// gorilla has written the close frame. The client can only read it
		// once the rest of its message is off its hands.
		_, _ = io.Copy(io.Discard, k.conn)
	default:
		_ = k.conn.Close() // nobody listens: wakes the writer
	}
	k.out.close()
	<-written
}

func (k *Socket) read() error {
	k.ws.SetReadLimit(maxFrame)
	k.ws.SetPingHandler(func(data string) error {
		k.out.put(websocket.PongMessage, []byte(data))
		return nil
	})
	k.ws.SetPongHandler(func(string) error {
		k.server.mu.Lock()
		defer k.server.mu.Unlock()
		k.lastPong = k.server.now()
		return nil
	})
	k.ws.SetCloseHandler(func(int, string) error { return nil }) // run answers it
	for {
		kind, data, err := k.ws.ReadMessage()
		switch {
		case err != nil:
			return err
		case kind == websocket.TextMessage && !utf8.Valid(data):
			return errNotUTF8 // gorilla leaves that to its callers
		}
		k.server.locked(func() {
			if k.open { // else it has been cut off, with frames unread
				k.receive(kind, data)
			}
		})
	}
}

var errNotUTF8 = errors.New("a text frame is not UTF-8")

// closeReply is the payload that answers a close frame: the same code.
func closeReply(code int) []byte {
	if code == websocket.CloseNoStatusReceived {
		return nil
	}
	return websocket.FormatCloseMessage(code, "")
}

// end takes the socket out of the world.
func (k *Socket) end() {
	if !k.open {
		return
	}
	k.open = false
	k.opening = nil
	if k.who.user != nil {
		k.who.user.open--
	}
	k.server.stop(k.refresh)
	for c := range k.all() {
		k.server.unlisten(c)
	}
	for id := range k.captures {
		k.server.uncapture(k, id)
	}
	k.server.leave(k)
}

// cut breaks the connection without a close frame.
func (k *Socket) cut() {
	k.end()
	_ = k.conn.Close()
}

func (s *Server) cutAll() int {
	open := s.sockets
	for _, k := range open {
		k.cut()
	}
	s.touch()
	return len(open)
}

// pingInterval is the time between two pings, 0 where there are none.
func (s *Server) pingInterval() time.Duration {
	if !s.facts.pings {
		return 0
	}
	return max(0, s.config.pingInterval)
}

// pingAll is what the server does for liveness: whoever has not answered
// for two intervals is terminated, the others are pinged.
func (s *Server) pingAll() {
	deadline := s.now().Add(-2 * s.config.pingInterval)
	for _, k := range s.sockets {
		if k.lastPong.Before(deadline) {
			k.cut()
		} else {
			k.out.put(websocket.PingMessage, nil)
		}
	}
}

// sendText queues a frame. The caller gives data away.
func (k *Socket) sendText(data []byte) { k.send(websocket.TextMessage, data) }

// send does nothing once the socket has ended.
func (k *Socket) send(kind int, data []byte) {
	if k.open {
		k.sent++
		k.out.put(kind, data)
	}
}

// User returns whose socket it is, nil for an anonymous one.
func (k *Socket) User() *User { return k.who.user }

// Open reports whether the socket is still open.
func (k *Socket) Open() bool {
	k.server.mu.Lock()
	defer k.server.mu.Unlock()
	return k.open
}

// Drop cuts the socket off without a close frame, as a broken network does.
func (k *Socket) Drop() { k.server.locked(k.cut) }

// Close sends a close frame with this code and reason, behind what is queued,
// and nothing after it. It panics over a code that may not stand in a close frame
// (those that may are 1000 to 1003, 1007 to 1014 and 3000 to 4999), and when the
// reason has more than 123 bytes, for which there is no room.
func (k *Socket) Close(code int, reason string) {
	mustFit("Socket.Close", code, reason)
	k.server.locked(func() { k.close(code, reason) })
}

// maxReason is how long the reason in a close frame may be.
const maxReason = 123

func mustFit(call string, code int, reason string) {
	switch {
	case code >= 1000 && code <= 1003, code >= 1007 && code <= 1014, code >= 3000 && code <= 4999:
	default:
		panic(fmt.Sprintf("misskeytest: %s(%d): no code for a close frame", call, code))
	}
	if len(reason) > maxReason {
		panic(fmt.Sprintf("misskeytest: %s(%d): a reason of %d bytes, of which %d fit", call, code, len(reason), maxReason))
	}
}

// close sends a close frame behind what is queued, and nothing after it.
func (k *Socket) close(code int, reason string) {
	if !k.open {
		return
	}
	k.end()
	k.out.put(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason))
	k.out.close()
}

// SendText sends a text frame that is not built by the server: garbage, a
// frame of a later version, an event under a wire id of the test's choice. The
// socket keeps data, which must not change afterwards. Once the socket has ended
// it does nothing.
func (k *Socket) SendText(data []byte) { k.server.locked(func() { k.sendText(data) }) }

// SendBinary does the same with a binary frame.
func (k *Socket) SendBinary(data []byte) {
	k.server.locked(func() { k.send(websocket.BinaryMessage, data) })
}
