package misskeytest

import (
	"iter"
	"slices"
)

// Publish sends an event of any type, with any body, on a channel, to those of
// its connections that meet all targets, and returns to how many. It is the way
// to what this package has no method for; body is encoded as JSON, and nothing
// is checked: a json.RawMessage goes out as it is, JSON or not. It panics over a
// body that cannot be encoded. Connections of main, drive and admin that the client
// has disconnected are reached as well, as by the real server.
func (s *Server) Publish(channel, typ string, body any, targets ...Target) (n int) {
	s.mustTarget("Publish", "event", ofEvents, targets)
	raw := marshal(body)
	s.locked(func() {
		e := s.newEvent(typ, raw)
		for _, k := range s.sockets {
			for c := range k.all() {
				if c.rule.name == channel && c.element != nil && meet(targets, c.place()) {
					c.emit(e)
					n++
				}
			}
		}
	})
	return n
}

// Publish sends an event on this one connection, as [Server.Publish] does on all
// that meet its targets, and reports whether it still hears any.
func (c Connection) Publish(typ string, body any) (sent bool) {
	raw := marshal(body)
	c.Socket.server.locked(func() {
		if sent = c.conn.element != nil; sent {
			c.conn.emit(c.Socket.server.newEvent(typ, raw))
		}
	})
	return sent
}

// all yields every channel of the socket, stray ones last.
func (k *Socket) all() iter.Seq[*channelConn] {
	return func(yield func(*channelConn) bool) {
		for _, c := range slices.Concat(k.live, k.stray) {
			if !yield(c) {
				return
			}
		}
	}
}

// PublishMain sends an event of any type, with any body as [Server.Publish] takes
// it, on the user's main channels, and returns to how many.
func (u *User) PublishMain(typ string, body any) (n int) {
	raw := marshal(body)
	u.server.locked(func() { n = u.toMain(typ, raw) })
	return n
}

// Broadcast sends a frame of any type, with any body as [Server.Publish] takes it,
// to every socket, and returns to how many.
func (s *Server) Broadcast(typ string, body any) (n int) {
	raw := marshal(body)
	s.locked(func() { n = s.broadcast(typ, raw) })
	return n
}
