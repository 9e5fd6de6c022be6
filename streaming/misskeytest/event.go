package misskeytest

import (
	"encoding/json"
	"slices"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// event is one thing that the server tells, to however many. Its number is the
// same for all of them.
type event struct {
	number uint64
	typ    string
	body   json.RawMessage
	tail   string // what its frames have after the wire id
}

func (s *Server) newEvent(typ string, body any) *event {
	s.eventCount++
	return s.sameEvent(s.eventCount, typ, body)
}

// sameEvent is an event under the number of another: what it tells is the same,
// but not in the same words.
func (s *Server) sameEvent(number uint64, typ string, body any) *event {
	payload := marshal(body)
	return &event{
		number: number,
		typ:    typ,
		body:   payload,
		tail:   `,"type":` + string(marshal(typ)) + `,"body":` + string(payload) + `}}`,
	}
}

// listeners calls f for everyone who listens to t, in the order they came. What
// f sends may strike a fault that ends a socket, and with it connections that
// would be next: those are left out.
func (s *Server) listeners(t topic, f func(*channelConn)) {
	l, ok := s.topics[t]
	if !ok {
		return
	}
	all := make([]*channelConn, 0, l.Len())
	for e := l.Front(); e != nil; e = e.Next() {
		all = append(all, e.Value.(*channelConn))
	}
	for _, c := range all {
		if c.element != nil {
			f(c)
		}
	}
}

// publish sends an event to everyone who listens to t, and returns to how many
// connections.
func (s *Server) publish(t topic, typ string, body any) int {
	if _, ok := s.topics[t]; !ok {
		return 0
	}
	n, e := 0, s.newEvent(typ, body)
	s.listeners(t, func(c *channelConn) {
		c.emit(e)
		n++
	})
	return n
}

// emit sends one event under the connection's id.
func (c *channelConn) emit(e *event) {
	if c.silent {
		return // has been asked something, and does not answer
	}
	c.sent++
	c.socket.deliver(c, "", e, join(c.head, e.tail))
}

// broadcast sends a frame of its own type to every socket, and returns to how
// many.
func (s *Server) broadcast(typ string, body any) int {
	e := s.newEvent(typ, body)
	frame := topFrame(typ, e.body)
	n := 0
	for _, k := range s.sockets { // as they were; a fault may end some
		k.deliver(nil, "", e, frame)
		n++
	}
	return n
}

// update sends `noteUpdated` to everyone who has captured the note, those left
// out that the filter finds, and returns to how many.
func (s *Server) update(id misskey.NoteID, typ string, body any, filter func(*Socket) bool) int {
	captors := s.captors[id]
	if len(captors) == 0 {
		return 0
	}
	e := s.newEvent(typ, body)
	frame := join(`{"type":"noteUpdated","body":{"id":`, string(marshal(id)), e.tail)
	n := 0
	for _, k := range slices.Clone(captors) {
		if filter == nil || filter(k) {
			k.deliver(nil, id, e, frame)
			n++
		}
	}
	return n
}

// deliver queues an event's frame, notes that it did, and lets the faults have
// their say.
func (k *Socket) deliver(c *channelConn, note misskey.NoteID, e *event, frame []byte) {
	k.sendText(frame)
	if !k.server.config.withoutJournal {
		k.journal = append(k.journal, delivery{at: k.server.now(), event: e, conn: c, note: note})
	}
	k.server.faults.sent(k, c)
}
