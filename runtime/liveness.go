package runtime

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/gorilla/websocket"
)

// Our own pings are answered by the peer of the websocket. That may be a proxy
// which goes on answering for a server that is gone. What only the server can do
// shows that: newer ones ping by themselves, older ones answer a text frame.

// The text frames of servers from before they had pings of their own.
const (
	textPing = "ping"
	textPong = "pong"
)

// ping asks for a sign of life.
func (s *socket) ping() error {
	if s.conn.session.dialect.TextPing {
		if err := s.writeFrame([]byte(textPing)); err != nil {
			return err
		}
	}
	return s.control(websocket.PingMessage, binary.BigEndian.AppendUint64(nil, uint64(time.Now().UnixNano())))
}

// pinged notes a ping of the server's.
func (s *socket) pinged(at time.Time) {
	if !s.conn.session.dialect.TextPing {
		s.sign.Store(at.UnixNano())
	}
}

// isTextPong reports whether a frame is the answer to a text ping, and notes
// it.
func (s *socket) isTextPong(frame []byte, at time.Time) bool {
	if !s.conn.session.dialect.TextPing || string(frame) != textPong {
		return false
	}
	s.sign.Store(at.UnixNano())
	return true
}

// watch finds a server that no longer shows that it lives. One that has never
// done so is left in peace: something between may keep its pings, or it may be of
// another version than its dialect.
func (s *socket) watch() error {
	d, ping, last := s.conn.session.dialect, s.conn.session.config.ping, s.sign.Load()
	every := d.ServerPing
	if d.TextPing {
		every = ping
	}
	if every == 0 || last == 0 {
		return nil
	}
	since := time.Since(time.Unix(0, last))
	switch {
	case since <= 2*every+ping:
		return nil
	case d.TextPing:
		return fmt.Errorf("misskey: the server has answered no text ping for %v, and gets one every %v", since.Round(time.Second), every)
	default:
		return fmt.Errorf("misskey: the server has not pinged for %v, and does every %v", since.Round(time.Second), every)
	}
}
