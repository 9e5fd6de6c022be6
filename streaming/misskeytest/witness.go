package misskeytest

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// ReceivedFrame is a frame as a client sent it, JSON or not.
type ReceivedFrame struct {
	At   time.Time
	Kind int // 1 = text, 2 = binary
	Data []byte
}

// Connect is a `connect` whose channel and id are strings, and what the server
// has made of it so far.
type Connect struct {
	At      time.Time
	Channel string
	ID      string          // the wire id the client chose
	Params  json.RawMessage // as sent; nil when left out
	// Refusal is Accepted, Opening while that is not decided, or why the connect
	// was ignored.
	Refusal Refusal
	// Acknowledged is set once `connected` has been queued for it.
	Acknowledged bool
}

// Send is a message to a channel.
type Send struct {
	Type string
	Body json.RawMessage
}

// Connection is one life of a channel on a socket, as it is at the moment of
// asking.
type Connection struct {
	Socket  *Socket
	Channel string
	ID      string          // wire id
	Params  json.RawMessage // as an object, {} when left out
	// Stray is set when the client has disconnected a channel that the server
	// goes on sending: main, drive and admin, those that were left before they
	// were open, and the second of two under one id.
	Stray bool
	// Silent is set when no event will ever come: the connect had bad params and
	// was acknowledged all the same, or a fault made it so.
	Silent bool
	Sends  []Send // what the client sent to it
	Sent   uint64 // events sent under its id

	conn *channelConn
}

// Sockets returns the open sockets, in the order they were opened.
func (s *Server) Sockets() []*Socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sockets)
}

// Sockets returns the user's open sockets, in the order they were opened.
func (u *User) Sockets() []*Socket {
	return slices.DeleteFunc(u.server.Sockets(), func(k *Socket) bool { return k.who.user != u })
}

// Received returns every frame the client has sent on this socket.
func (k *Socket) Received() []ReceivedFrame {
	k.server.mu.Lock()
	defer k.server.mu.Unlock()
	return slices.Clone(k.received)
}

// Connects returns every `connect` of the client, accepted and ignored, in the
// order they came.
func (k *Socket) Connects() []Connect {
	k.server.mu.Lock()
	defer k.server.mu.Unlock()
	all := make([]Connect, len(k.connects))
	for i, c := range k.connects {
		all[i] = *c
	}
	return all
}

// Connections returns what the socket is connected to, sorted by channel and
// id; stray ones come last. Of a socket that has ended it is what it was
// connected to in the end.
func (k *Socket) Connections() []Connection {
	k.server.mu.Lock()
	defer k.server.mu.Unlock()
	return k.connections(nil)
}

// Connections returns what all open sockets are connected to, as far as it meets
// the targets, socket by socket.
func (s *Server) Connections(targets ...Target) []Connection {
	s.mustTarget("Connections", "connection", ofEvents, targets)
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Connection
	for _, k := range s.sockets {
		all = append(all, k.connections(targets)...)
	}
	return all
}

func (k *Socket) connections(targets []Target) []Connection {
	var all []Connection
	for c := range k.all() {
		if meet(targets, c.place()) {
			all = append(all, c.snapshot())
		}
	}
	slices.SortStableFunc(all, func(a, b Connection) int {
		switch {
		case a.Stray != b.Stray && b.Stray:
			return -1
		case a.Stray != b.Stray:
			return 1
		}
		return cmp.Or(strings.Compare(a.Channel, b.Channel), strings.Compare(a.ID, b.ID))
	})
	return all
}

func (c *channelConn) snapshot() Connection {
	return Connection{
		Socket:  c.socket,
		Channel: c.rule.name,
		ID:      c.id,
		Params:  marshal(c.params),
		Stray:   c.left,
		Silent:  c.silent,
		Sends:   slices.Clone(c.sends),
		Sent:    c.sent,
		conn:    c,
	}
}

// Delivery is one event that was queued for one socket. What a socket had not
// written when it ended was lost.
type Delivery struct {
	At     time.Time
	Socket *Socket
	// Event is the number of what happened: the same wherever it was sent. It
	// grows from event to event.
	Event uint64
	// Channel and ID (the wire id) say which connection it came from. They are
	// empty for note updates and broadcasts.
	Channel, ID string
	Note        misskey.NoteID // of a note update
	Type        string
	Body        json.RawMessage // shared, not to be changed
}

type delivery struct {
	at    time.Time
	event *event
	conn  *channelConn // nil = a note update or a broadcast
	note  misskey.NoteID
}

// Deliveries returns every event that was queued for the socket, in order.
func (k *Socket) Deliveries() []Delivery {
	k.server.mu.Lock()
	defer k.server.mu.Unlock()
	return k.deliveries(nil)
}

// Deliveries returns every event that was ever queued for any socket, ended ones
// included, as far as it meets the targets: in order on each socket, one socket
// after the other. Whether a client was told something exactly once is a matter
// of counting them by Event.
func (s *Server) Deliveries(targets ...Target) []Delivery {
	s.mustTarget("Deliveries", "event", ofEvents, targets)
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Delivery
	for _, k := range slices.Concat(s.past, s.sockets) {
		all = append(all, k.deliveries(targets)...)
	}
	return all
}

func (k *Socket) deliveries(targets []Target) []Delivery {
	var all []Delivery
	for _, d := range k.journal {
		at := place{user: k.who.user, socket: k}
		if d.conn != nil {
			at = d.conn.place()
		}
		if meet(targets, at) {
			all = append(all, Delivery{
				At: d.at, Socket: k, Event: d.event.number, Channel: at.channel, ID: at.id, Note: d.note,
				Type: d.event.typ, Body: d.event.body,
			})
		}
	}
	return all
}

// PastSockets returns the sockets that have ended, in the order they did.
func (s *Server) PastSockets() []*Socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.past)
}

// leave takes a socket out of those that are open.
func (s *Server) leave(k *Socket) {
	s.sockets = slices.DeleteFunc(slices.Clone(s.sockets), func(o *Socket) bool { return o == k })
	if !s.config.withoutJournal {
		s.past = append(s.past, k)
	}
}

// Connected reports whether the socket is connected to the channel.
func (k *Socket) Connected(channel string) bool {
	return slices.ContainsFunc(k.Connections(), func(c Connection) bool { return c.Channel == channel && !c.Stray })
}

// Captures returns the notes whose updates the socket gets, with the number of
// times it has asked more often than it has let go.
func (k *Socket) Captures() map[misskey.NoteID]int {
	k.server.mu.Lock()
	defer k.server.mu.Unlock()
	return maps.Clone(k.captures)
}

// Sent returns how many frames have been queued for the socket, pings and
// close frames not counted.
func (k *Socket) Sent() uint64 {
	k.server.mu.Lock()
	defer k.server.mu.Unlock()
	return k.sent
}

// Listening returns how many connections of all sockets listen to the channel,
// stray ones included. Those that are silent are not: whoever waits for a channel
// that a [DeadChannel] has befallen looks at [Server.Connections].
func (s *Server) Listening(channel string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for t, l := range s.topics {
		if t.channel == channel {
			n += l.Len()
		}
	}
	return n
}
