package misskeytest

import (
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
// made of it.
type Connect struct {
	At      time.Time
	Channel string
	ID      string          // the wire id the client chose
	Params  json.RawMessage // as sent; nil when left out
	Refusal Refusal         // Accepted, or why it was ignored
}

// Send is a message to a channel.
type Send struct {
	Type string
	Body json.RawMessage
}

// Connection is one life of a channel on a socket, as it is at the moment of
// asking.
type Connection struct {
	Channel string
	ID      string          // wire id
	Params  json.RawMessage // as an object, {} when left out
	// Stray is set when the client has disconnected a channel that the server
	// goes on sending: main, drive and admin.
	Stray bool
	Sends []Send // what the client sent to it
	Sent  uint64 // events sent under its id
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
	return slices.Clone(k.connects)
}

// Connections returns what the socket is connected to, sorted by channel and
// id; stray ones come last.
func (k *Socket) Connections() []Connection {
	k.server.mu.Lock()
	defer k.server.mu.Unlock()
	var all []Connection
	for _, c := range k.live {
		all = append(all, c.snapshot(false))
	}
	slices.SortFunc(all, func(a, b Connection) int {
		return strings.Compare(a.Channel+"\x00"+a.ID, b.Channel+"\x00"+b.ID)
	})
	for _, c := range k.stray {
		all = append(all, c.snapshot(true))
	}
	return all
}

func (c *channelConn) snapshot(stray bool) Connection {
	return Connection{
		Channel: c.rule.name,
		ID:      c.id,
		Params:  marshal(c.params),
		Stray:   stray,
		Sends:   slices.Clone(c.sends),
		Sent:    c.sent,
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
// stray ones included.
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
