package observe

import "github.com/misskeyactor/misskeyactor/spec"

// index finds the facts of a spec by what stands in frames.
type index struct {
	types      map[*spec.Type]*members // objects
	variants   map[*spec.Variant]*members
	channels   map[string]*channel
	captures   map[string]*capture // by the frame type of their updates
	broadcasts *messages
	requests   map[string]*request     // by name and alias
	replies    map[string]bool         // frame types that answer a request
	answer     string                  // what the frame types that answer a call begin with; "" = there are no calls
	connected  string                  // the one that answers a connect
	message    string                  // type of the frames that carry a channel's messages
	objects    []*spec.Type            // those that an object can be taken for
	inline     map[*spec.EventSet]bool // sets that a channel declares for itself
	ids        map[string]*spec.Type   // of fields that are ids of one type wherever they stand; nil for others
}

// members are the fields that an object has, by key.
type members struct {
	address // where a field is added
	byKey   map[string]*slot
	all     []*slot
}

// slot is a place in the spec that has a type: a field, or a message's body.
type slot struct {
	address
	field *spec.Field   // nil for a body
	body  *spec.Message // nil for a field
	expr  *spec.TypeExpr
}

// messages are the events of a set, with those it includes, or what a channel
// takes, by type.
type messages struct {
	address // where a message is added
	byType  map[string]*message
	all     []*message
}

// message is an event, a send or a request.
type message struct {
	address
	*spec.Message
	body   *slot    // nil if there is none of one type
	fields *members // without any if it has none
}

// channel is one that clients connect to.
type channel struct {
	*spec.Channel // nil if the spec has none
	name          string
	params        *members
	events, sends *messages
	stray         *stray // nil unless the spec has none
}

type capture struct {
	*spec.Capture
	events *messages
}

type request struct {
	*spec.Request
	message *message
}

func newIndex(s *spec.Spec) *index {
	x := &index{
		types: map[*spec.Type]*members{}, variants: map[*spec.Variant]*members{},
		channels: map[string]*channel{}, captures: map[string]*capture{},
		requests: map[string]*request{}, replies: map[string]bool{}, inline: map[*spec.EventSet]bool{},
		broadcasts: newMessages(address{"broadcasts", "events"}),
	}
	for _, t := range s.Types {
		x.addType(t)
	}
	for _, c := range s.Channels {
		x.addChannel(c)
	}
	for _, c := range s.Captures {
		events := newMessages(address{"captures", c.Name, "events"})
		events.addSet(c.Events)
		x.captures[c.Update] = &capture{c, events}
	}
	if s.Broadcasts != nil {
		x.broadcasts.addSet(s.Broadcasts)
	}
	for _, r := range s.Requests {
		x.addRequest(r)
	}
	x.learnIDs()
	return x
}

// learnIDs finds the keys under which ids of one type stand wherever they are.
func (x *index) learnIDs() {
	x.ids = map[string]*spec.Type{}
	learn := func(m *members) {
		for _, s := range m.all {
			var id *spec.Type
			if t := s.expr.Named; t != nil && t.Kind == spec.KindID {
				id = t
			}
			if known, there := x.ids[s.field.Name]; there && known != id {
				id = nil
			}
			x.ids[s.field.Name] = id
		}
	}
	for _, m := range x.types {
		learn(m)
	}
	for _, m := range x.variants {
		learn(m)
	}
	for _, c := range x.channels {
		learn(c.params)
		for _, m := range c.events.all {
			learn(m.fields)
		}
	}
}

func (x *index) addType(t *spec.Type) {
	here := address{"types", t.Name}
	m := newMembers(here.at("fields"))
	m.inherit(t)
	x.types[t] = m
	if t.Kind == spec.KindObject && required(t) >= minRequired {
		x.objects = append(x.objects, t)
	}
	for _, v := range t.Variants {
		vm := newMembers(here.at("variants", v.Tag, "fields"))
		vm.add(here.at("fields"), t.Fields)
		vm.add(vm.address, v.Fields)
		x.variants[v] = vm
	}
}

func (x *index) addChannel(c *spec.Channel) {
	here := address{"channels", c.Name}
	ch := &channel{Channel: c, name: c.Name, params: newMembers(here.at("params")), sends: newMessages(here.at("sends"))}
	ch.params.add(ch.params.address, c.Params)
	for _, m := range c.Sends {
		ch.sends.add(ch.sends.address, m)
	}
	ch.events = newMessages(setAddress(c.Events))
	if c.Events.Pos == c.Pos {
		x.inline[c.Events] = true
		ch.events = newMessages(here.at("events"))
	}
	ch.events.addSet(c.Events)
	x.channels[c.Name] = ch
}

func (x *index) addRequest(r *spec.Request) {
	req := &request{r, newMessage(address{"requests", r.Name}, &r.Message)}
	x.requests[r.Name] = req
	for _, name := range r.Aliases {
		x.requests[name] = req
	}
	if r.Reply != "" {
		x.replies[r.Reply] = true
	}
	switch r.Role {
	case spec.RoleCall:
		x.answer = r.Reply
	case spec.RoleConnect:
		x.connected = r.Reply
	case spec.RoleSend:
		x.message = r.Name
	}
}

func newMembers(at address) *members { return &members{address: at, byKey: map[string]*slot{}} }

// add takes fields that are declared at an address.
func (m *members) add(at address, fields []*spec.Field) {
	for _, f := range fields {
		s := &slot{address: at.at(f.Name), field: f, expr: f.Type}
		m.byKey[f.Name] = s
		m.all = append(m.all, s)
	}
}

// inherit takes the fields of an object and of all it embeds.
func (m *members) inherit(t *spec.Type) {
	for _, e := range t.Embeds {
		m.inherit(e.Type)
	}
	m.add(address{"types", t.Name, "fields"}, t.Fields)
}

func newMessages(at address) *messages { return &messages{address: at, byType: map[string]*message{}} }

// setAddress is where the events of a declared set stand.
func setAddress(set *spec.EventSet) address { return address{"eventSets", set.Name, "events"} }

// addSet takes the events of a set and of those it includes.
func (ms *messages) addSet(set *spec.EventSet) { ms.addSetAt(ms.address, set) }

func (ms *messages) addSetAt(at address, set *spec.EventSet) {
	for _, inner := range set.Includes {
		ms.addSetAt(setAddress(inner.Set), inner.Set)
	}
	for _, m := range set.Events {
		ms.add(at, m)
	}
}

// add takes a message that is declared at an address. One may come by two
// includes, and is one.
func (ms *messages) add(at address, m *spec.Message) {
	if known := ms.byType[m.Name]; known != nil && known.Message == m {
		return
	}
	msg := newMessage(at.at(m.Name), m)
	ms.byType[m.Name] = msg
	ms.all = append(ms.all, msg)
}

func newMessage(at address, m *spec.Message) *message {
	msg := &message{address: at, Message: m, fields: newMembers(at.at("fields"))}
	if m.Body != nil {
		msg.body = &slot{address: at.at("body"), body: m, expr: m.Body}
	}
	msg.fields.add(msg.fields.address, m.Fields)
	return msg
}
