package misskeytest

import (
	"container/list"
	"slices"
)

// Refusal says why the server ignored a `connect`. The client is never told.
type Refusal string

// The reasons there are, in the order they are looked for.
const (
	// Accepted is no refusal.
	Accepted Refusal = ""
	// Opening is none yet: the channel is still getting ready.
	Opening Refusal = "opening"
	// RefusedMalformed: pong is neither boolean nor null, or params are there and
	// no object. Misskey 12 does not mind.
	RefusedMalformed Refusal = "malformed"
	// RefusedByFault: the test asked for it with [SilentRefusal].
	RefusedByFault Refusal = "fault"
	// RefusedLimit: the socket has 32 channels. Misskey 12 has no limit.
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
	// is not the user's. Releases before 2026.3.2 acknowledge such a connect
	// and send nothing.
	RefusedParams Refusal = "params"
)

// channelConn is one life of a channel on one socket.
type channelConn struct {
	socket  *Socket
	id      string
	rule    *channelRule
	params  object
	topic   topic
	element *list.Element // in Server.topics[topic]; nil = hears nothing
	head    string        // of every frame it sends, up to the wire id
	view    view          // whose eyes, and the params of a channel of notes
	tags    [][]string    // of hashtag
	silent  bool          // open, and deaf to its topic
	left    bool          // disconnected; whatever it still sends is stray
	typists *typists      // of channels that tell who is typing
	sends   []Send
	sent    uint64
}

// topic is what a channelConn listens to. key tells apart what one channel
// publishes to different users or of different things.
type topic struct{ channel, key string }

// connect acts on a `connect`, and remembers what came of it.
func (k *Socket) connect(body object) {
	asked := &Connect{At: k.server.now()}
	var ok bool
	if asked.Channel, ok = body.text("channel"); !ok {
		return
	}
	if asked.ID, ok = body.text("id"); !ok {
		return
	}
	asked.Params = body["params"]
	k.connects = append(k.connects, asked)

	o := &opening{asked: asked, conn: &channelConn{
		socket: k,
		id:     asked.ID,
		params: object{},
		view:   view{server: k.server, me: k.me(), known: k.known},
		head:   `{"type":"channel","body":{"id":` + string(marshal(asked.ID)),
	}}
	if asked.Refusal = k.admit(o, body); asked.Refusal != Accepted {
		return
	}
	k.begin(o)
}

// admit makes the checks that come before a channel starts to open.
func (k *Socket) admit(o *opening, body object) Refusal {
	if raw, given := body["params"]; given {
		params, ok := toObject(raw)
		switch {
		case ok:
			o.conn.params = params
		case k.server.facts.checksTypes:
			return RefusedMalformed
		}
	}
	if raw, given := body["pong"]; !k.server.facts.checksTypes {
		o.pong = body.truthy("pong", false)
	} else if given && string(raw) != "null" {
		var ok bool
		if o.pong, ok = toBoolean(raw); !ok {
			return RefusedMalformed
		}
	}
	o.faults = k.server.faults.connecting(k, o.conn, o.asked)
	if o.faults.refuse {
		return RefusedByFault
	}
	if limit := k.server.facts.channelLimit; limit > 0 && len(k.live) >= limit {
		return RefusedLimit
	}
	rule, ok := k.server.rule(o.asked.Channel)
	switch {
	case !ok:
		return RefusedUnknownChannel
	case rule.credential && k.who.user == nil:
		return RefusedCredential
	case !k.who.permits(rule.permission):
		return RefusedPermission
	case rule.shared && slices.ContainsFunc(k.live, func(c *channelConn) bool { return c.rule == rule }):
		return RefusedShared
	}
	o.conn.rule = rule
	return Accepted
}

// find returns the channel that has the wire id, the oldest of several.
func (k *Socket) find(id string) *channelConn {
	for _, c := range k.live {
		if c.id == id {
			return c
		}
	}
	return nil
}

func (k *Socket) disconnect(body object) {
	id, ok := body.text("id")
	if !ok {
		return
	}
	k.leaveOpening(id)
	k.leave(id)
}

// leave ends the channel that has the wire id. Those that leak go on sending
// under it until the socket ends, and so does a second one of the same id: the
// socket forgets both and stops the first.
func (k *Socket) leave(id string) {
	first := k.find(id)
	if first == nil {
		return
	}
	k.live = slices.DeleteFunc(k.live, func(c *channelConn) bool {
		if c.id != id {
			return false
		}
		c.left = true
		if c == first && !c.rule.leaks && !k.server.faults.leaving(c) {
			k.server.unlisten(c)
		} else {
			k.stray = append(k.stray, c)
		}
		return true
	})
}

func (s *Server) listenTo(c *channelConn) {
	l, ok := s.topics[c.topic]
	if !ok {
		l = list.New()
		s.topics[c.topic] = l
	}
	c.element = l.PushBack(c)
	c.wakeStats()
	if c.rule.listens != nil {
		c.rule.listens(c)
	}
}

func (s *Server) unlisten(c *channelConn) {
	if c.element == nil {
		return
	}
	l := s.topics[c.topic]
	l.Remove(c.element)
	c.element = nil
	if c.typists != nil {
		s.stop(c.typists.next)
	}
	if l.Len() == 0 {
		delete(s.topics, c.topic)
	}
}
