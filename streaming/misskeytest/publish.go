package misskeytest

// Target narrows down which connections [Server.Publish] reaches.
type Target func(*channelConn) bool

// OfUser reaches the user's connections only; nil means anonymous ones.
func OfUser(u *User) Target {
	return func(c *channelConn) bool { return c.socket.who.user == u }
}

// OnSocket reaches the socket's connections only.
func OnSocket(k *Socket) Target {
	return func(c *channelConn) bool { return c.socket == k }
}

// WithParam reaches connections whose param has this value, a string, as in
// WithParam("roomId", id).
func WithParam[S ~string](name string, value S) Target {
	return func(c *channelConn) bool {
		v, ok := c.params.text(name)
		return ok && v == string(value)
	}
}

// Publish sends an event of any type, with any body, on a channel, to those of
// its connections that meet all targets, and returns to how many. It is the way
// to what this package has no method for; body is encoded as JSON, and nothing
// is checked. Connections of main, drive and admin that the client has
// disconnected are reached as well, as by the real server.
func (s *Server) Publish(channel, typ string, body any, targets ...Target) int {
	tail := eventTail(typ, marshal(body))
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, k := range s.sockets {
		k.each(func(c *channelConn) {
			if c.rule.name != channel {
				return
			}
			for _, meets := range targets {
				if !meets(c) {
					return
				}
			}
			c.emit(tail)
			n++
		})
	}
	return n
}

// each calls f for every connection of the socket, stray ones included.
func (k *Socket) each(f func(*channelConn)) {
	for _, c := range k.live {
		f(c)
	}
	for _, c := range k.stray {
		f(c)
	}
}

// PublishMain sends an event of any type, with any body, on the user's main
// channels, and returns to how many.
func (u *User) PublishMain(typ string, body any) int {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	return u.toMain(typ, body)
}

// Broadcast sends a frame of any type, with any body, to every socket, and
// returns to how many.
func (s *Server) Broadcast(typ string, body any) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broadcast(typ, body)
}

func (s *Server) broadcast(typ string, body any) int {
	frame := topFrame(typ, marshal(body))
	for _, k := range s.sockets {
		k.sendText(frame)
	}
	return len(s.sockets)
}

// IgnoreConnects makes the server ignore the next n connects to the channel,
// whatever they ask: no `connected`, no event.
func (s *Server) IgnoreConnects(channel string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ignored[channel] = n
}
