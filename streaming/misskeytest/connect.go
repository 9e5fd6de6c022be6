package misskeytest

import (
	"container/list"
	"encoding/json"
	"maps"
)

// Refusal says why the server ignored a `connect`. The client is never told.
type Refusal string

// The reasons there are, in the order they are looked for.
const (
	// Accepted is no refusal.
	Accepted Refusal = ""
	// RefusedMalformed: channel or id is no string, pong neither boolean nor
	// null, or params are there and no object.
	RefusedMalformed Refusal = "malformed"
	// RefusedByTest: the test asked for it with [Server.IgnoreConnects].
	RefusedByTest Refusal = "by the test"
	// RefusedLimit: the socket has 32 channels.
	RefusedLimit Refusal = "limit"
	// RefusedUnknownChannel: there is no such channel.
	RefusedUnknownChannel Refusal = "unknown channel"
	// RefusedCredential: the channel needs an account, the socket has none.
	RefusedCredential Refusal = "credential"
	// RefusedPermission: the app token lacks the channel's permission.
	RefusedPermission Refusal = "permission"
	// RefusedShared: the channel may be connected once per socket and is
	// connected, under any id.
	RefusedShared Refusal = "shared"
	// RefusedParams: a param is missing or of the wrong type, or names what
	// is not the user's.
	RefusedParams Refusal = "params"
)

// channelConn is one life of a channel on one socket.
type channelConn struct {
	socket  *Socket
	id      string
	rule    *channelRule
	params  object
	topic   topic
	element *list.Element // in Server.topics[topic]
	head    string        // of every frame it sends, up to the wire id
	view    view          // params of a channel of notes
	tags    [][]string    // of hashtag
	sends   []Send
	sent    uint64
}

// topic is what a channelConn listens to. key tells apart what one channel
// publishes to different users or of different things.
type topic struct{ channel, key string }

// connect acts on a `connect`, and remembers what came of it.
func (k *Socket) connect(body object) {
	request := Connect{At: k.server.now()}
	var ok bool
	if request.Channel, ok = body.text("channel"); !ok {
		return
	}
	if request.ID, ok = body.text("id"); !ok {
		return
	}
	request.Params = body["params"]
	request.Refusal = k.tryConnect(&request, body)
	k.connects = append(k.connects, request)
	if request.Refusal != Accepted {
		return
	}
	if pong, _ := toBoolean(body["pong"]); pong {
		k.sendText(join(`{"type":"connected","body":{"id":`, string(marshal(request.ID)), `}}`))
	}
}

func (k *Socket) tryConnect(request *Connect, body object) Refusal {
	params := object{}
	if raw, given := body["params"]; given {
		var ok bool
		if params, ok = toObject(raw); !ok {
			return RefusedMalformed
		}
	}
	if raw, given := body["pong"]; given && string(raw) != "null" {
		if _, ok := toBoolean(raw); !ok {
			return RefusedMalformed
		}
	}
	if k.server.ignored[request.Channel] > 0 {
		k.server.ignored[request.Channel]--
		return RefusedByTest
	}
	if limit := k.server.facts.channelLimit; limit > 0 && len(k.live) >= limit {
		return RefusedLimit
	}
	rule, ok := k.server.rule(request.Channel)
	switch {
	case !ok:
		return RefusedUnknownChannel
	case rule.credential && k.who.user == nil:
		return RefusedCredential
	case !k.who.permits(rule.permission):
		return RefusedPermission
	case rule.shared && k.has(rule):
		return RefusedShared
	}
	c := &channelConn{
		socket: k,
		id:     request.ID,
		rule:   rule,
		params: params,
		head:   `{"type":"channel","body":{"id":` + string(marshal(request.ID)),
	}
	key, ok := rule.open(c)
	if !ok {
		return RefusedParams
	}
	c.topic = topic{rule.name, key}
	k.drop(request.ID) // a used id's old channel makes room for the new one
	k.live[request.ID] = c
	k.server.listenTo(c)
	return Accepted
}

func (k *Socket) has(rule *channelRule) bool {
	for c := range maps.Values(k.live) {
		if c.rule == rule {
			return true
		}
	}
	return false
}

func (k *Socket) disconnect(body object) {
	if id, ok := body.text("id"); ok {
		k.drop(id)
	}
}

// drop ends a channel. The three that leak go on sending under their old id
// until the socket ends, although the socket has forgotten them.
func (k *Socket) drop(id string) {
	c, ok := k.live[id]
	if !ok {
		return
	}
	delete(k.live, id)
	if c.rule.leaks {
		k.stray = append(k.stray, c)
		return
	}
	k.server.unlisten(c)
}

func (s *Server) listenTo(c *channelConn) {
	l, ok := s.topics[c.topic]
	if !ok {
		l = list.New()
		s.topics[c.topic] = l
	}
	c.element = l.PushBack(c)
}

func (s *Server) unlisten(c *channelConn) {
	l, ok := s.topics[c.topic]
	if !ok || c.element == nil {
		return
	}
	l.Remove(c.element)
	c.element = nil
	if l.Len() == 0 {
		delete(s.topics, c.topic)
	}
}

// listeners calls f for everyone who listens to t, in the order they came.
func (s *Server) listeners(t topic, f func(*channelConn)) {
	l, ok := s.topics[t]
	if !ok {
		return
	}
	for e := l.Front(); e != nil; {
		next := e.Next()
		f(e.Value.(*channelConn))
		e = next
	}
}

// publish sends an event to everyone who listens to t, and returns to how many
// connections.
func (s *Server) publish(t topic, typ string, body any) int {
	if _, ok := s.topics[t]; !ok {
		return 0
	}
	n, rest := 0, eventTail(typ, marshal(body))
	s.listeners(t, func(c *channelConn) {
		c.emit(rest)
		n++
	})
	return n
}

// eventTail is what an event's frame has after the wire id, the same for
// everyone.
func eventTail(typ string, payload json.RawMessage) string {
	return `,"type":` + string(marshal(typ)) + `,"body":` + string(payload) + `}}`
}

// emit sends one event under the connection's id.
func (c *channelConn) emit(tail string) {
	c.sent++
	c.socket.sendText(join(c.head, tail))
}
