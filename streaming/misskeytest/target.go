package misskeytest

import "fmt"

// Target narrows down whom something concerns: which connections
// [Server.Publish] reaches, what a [Fault] befalls, which deliveries
// [Server.Deliveries] returns. Of several all have to be met. They are made by
// [OfUser], [OnSocket], [OnChannel], [WithParam] and [OnEndpoint].
//
// What takes targets panics over a nil one, over one that names a user or a
// socket of another server, and over one that nothing could meet: handshakes
// are on no channel, and events of no endpoint.
type Target interface {
	// meets reports whether it is met.
	meets(place) bool
	// looksAt is what of a place counts for it.
	looksAt() aspect
	// home is the server whose users or sockets it names, nil for none.
	home() *Server
	// String returns how it was made, as in `OnChannel("main")`.
	String() string
}

// place is where something happens. What is not known is zero.
type place struct {
	user    *User
	socket  *Socket
	channel string
	id      string // wire id
	params  object

	endpoint string // of a call over the socket
}

// aspect is a set of things that are known of a place.
type aspect uint8

const (
	itsUser aspect = 1 << iota
	itsSocket
	itsChannel // and the params
	itsEndpoint

	// ofEvents is what is known of an event, and of the connections there are.
	ofEvents = itsUser | itsSocket | itsChannel
)

type target struct {
	name   string
	looks  aspect
	server *Server
	met    func(place) bool
}

func (t target) meets(at place) bool { return t.met(at) }
func (t target) looksAt() aspect     { return t.looks }
func (t target) home() *Server       { return t.server }
func (t target) String() string      { return t.name }

func meet(targets []Target, at place) bool {
	for _, t := range targets {
		if !t.meets(at) {
			return false
		}
	}
	return true
}

// mustTarget panics over targets that nobody can have meant. known is what a place
// of this kind has.
func (s *Server) mustTarget(call, kind string, known aspect, targets []Target) {
	mustGive(call, "target", targets...)
	for i, t := range targets {
		switch home := t.home(); {
		case home != nil && home != s:
			panic(fmt.Sprintf("misskeytest: %s: target %d, %s, is of another server", call, i+1, t))
		case t.looksAt()&^known != 0:
			panic(fmt.Sprintf("misskeytest: %s: target %d, %s, is met by no %s", call, i+1, t, kind))
		}
	}
}

func (c *channelConn) place() place {
	at := place{user: c.socket.who.user, socket: c.socket, id: c.id, params: c.params}
	if c.rule != nil {
		at.channel = c.rule.name
	}
	return at
}

// OfUser is met by the user's sockets and their channels; nil means anonymous
// ones. It is met by handshakes with a token of the user's.
func OfUser(u *User) Target {
	t := target{name: "OfUser(nil)", looks: itsUser, met: func(at place) bool { return at.user == u }}
	if u != nil {
		t.name, t.server = "OfUser(@"+u.Username+")", u.server
	}
	return t
}

// OnSocket is met by one socket and its channels. It panics when k is nil.
func OnSocket(k *Socket) Target {
	mustGive("OnSocket", "socket", k)
	return target{name: "OnSocket", looks: itsSocket, server: k.server, met: func(at place) bool { return at.socket == k }}
}

// OnChannel is met by connections to the channel of this name.
func OnChannel(name string) Target {
	return target{
		name: fmt.Sprintf("OnChannel(%q)", name), looks: itsChannel,
		met: func(at place) bool { return at.channel == name },
	}
}

// WithParam is met by connections whose param has this value, a string, as in
// WithParam("roomId", id).
func WithParam[S ~string](name string, value S) Target {
	return target{
		name: fmt.Sprintf("WithParam(%q, %q)", name, string(value)), looks: itsChannel,
		met: func(at place) bool {
			v, ok := at.params.text(name)
			return ok && v == string(value)
		},
	}
}

// OnEndpoint is met by calls of the endpoint of this name over the socket, as
// Misskey 12 has them.
func OnEndpoint(name string) Target {
	return target{
		name: fmt.Sprintf("OnEndpoint(%q)", name), looks: itsEndpoint,
		met: func(at place) bool { return at.endpoint == name },
	}
}
