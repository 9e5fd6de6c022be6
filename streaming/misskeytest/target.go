package misskeytest

// Target narrows down whom something concerns: which connections
// [Server.Publish] reaches, what a [Fault] befalls, which deliveries
// [Server.Deliveries] returns. Of several all have to be met.
type Target func(place) bool

// place is where something happens. What is not known is zero.
type place struct {
	user    *User
	socket  *Socket
	channel string
	id      string // wire id
	params  object

	endpoint string // of a call over the socket
}

func meet(targets []Target, at place) bool {
	for _, t := range targets {
		if !t(at) {
			return false
		}
	}
	return true
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
func OfUser(u *User) Target { return func(at place) bool { return at.user == u } }

// OnSocket is met by one socket and its channels.
func OnSocket(k *Socket) Target { return func(at place) bool { return at.socket == k } }

// OnChannel is met by connections to the channel of this name.
func OnChannel(name string) Target { return func(at place) bool { return at.channel == name } }

// WithParam is met by connections whose param has this value, a string, as in
// WithParam("roomId", id).
func WithParam[S ~string](name string, value S) Target {
	return func(at place) bool {
		v, ok := at.params.text(name)
		return ok && v == string(value)
	}
}

// OnEndpoint is met by calls of the endpoint of this name over the socket, as
// Misskey 12 has them.
func OnEndpoint(name string) Target { return func(at place) bool { return at.endpoint == name } }
