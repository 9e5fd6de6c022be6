package gen

import "github.com/misskeyactor/misskeyactor/spec"

// GoNames are the names under which a program that uses the bindings of a spec
// meets what the spec declares. They are for texts about the bindings, such as
// a reference; what is printed into the bindings has the same names. All maps
// are keyed by the facts of the spec they were made of.
type GoNames struct {
	Types    map[*spec.Type]string       // the entity, as in NoteID
	Handlers map[*spec.EventSet]string   // the interface, as in TimelineHandler
	Events   map[*spec.Message]EventName // by the events of every set
	Channels map[*spec.Channel]ChannelName
	Sends    map[*spec.Message]CallName // methods of the channel's subscription
	Captures map[*spec.Capture]CaptureName
	Requests map[*spec.Request]CallName // methods of the client, for RoleRequest
	// Broadcasts is the client's method for them; "" when the spec has none.
	Broadcasts string
}

// EventName has the names of an event.
type EventName struct {
	Type   string // its struct, as in TimelineNote
	Method string // of the handler, as in OnNote
	Field  string // of Type, for a body of one type, as in Note; else ""
}

// ChannelName has the names of a channel.
type ChannelName struct {
	Method       string // of the client, as in HomeTimeline
	Params       string // its struct, as in HomeTimelineParams; "" when the channel has none
	Subscription string // what Method returns, as in HomeTimelineSubscription
}

// CaptureName has the names of a capture.
type CaptureName struct {
	Method       string // of the client, as in Capture
	Key          string // the method's parameter for what is captured, as in id
	Subscription string // what Method returns, as in NoteCapture
}

// CallName has the names of a message that a method sends.
type CallName struct {
	Method  string // as in PutStone
	Param   string // of Method, for its body; "" for a message without one
	Message string // the parameter's struct, for a body of fields, as in ReversiGamePutStone; else ""
}

// GoNamesOf fixes the Go names of a spec as Generate does, and returns the same
// spec.Diagnostics where the spec cannot be made into Go.
func GoNamesOf(s *spec.Spec) (*GoNames, error) {
	f := newFaults(s)
	b := newBuilder(s, Options{}, f)
	b.build()
	if len(f.found) > 0 {
		return nil, f.sorted()
	}
	n := &GoNames{
		Types:    map[*spec.Type]string{},
		Handlers: map[*spec.EventSet]string{},
		Events:   map[*spec.Message]EventName{},
		Channels: map[*spec.Channel]ChannelName{},
		Sends:    map[*spec.Message]CallName{},
		Captures: map[*spec.Capture]CaptureName{},
		Requests: map[*spec.Request]CallName{},
	}
	b.nameTypes(n)
	for from, set := range b.sets {
		n.Handlers[from] = set.handler()
		for i, e := range set.own {
			n.Events[from.Events[i]] = e.names()
		}
	}
	for _, c := range b.out.channels {
		names := ChannelName{Method: c.name, Subscription: c.subscription()}
		if c.params != nil {
			names.Params = c.params.name
		}
		n.Channels[c.spec] = names
		for i, m := range c.sends {
			n.Sends[c.spec.Sends[i]] = callName(m.name, m.param, m.body, m.object)
		}
	}
	for _, c := range b.out.captures {
		n.Captures[c.spec] = CaptureName{Method: c.method, Key: c.param, Subscription: c.subscription()}
	}
	for _, r := range b.out.requests {
		n.Requests[r.spec] = callName(r.method, r.param, r.body, r.object)
	}
	if b.out.broadcasts != nil {
		n.Broadcasts = broadcastsMethod
	}
	return n, nil
}

func (b *builder) nameTypes(n *GoNames) {
	for t, o := range b.objects {
		n.Types[t] = o.name
	}
	for t, u := range b.unions {
		n.Types[t] = u.name
	}
	for t, name := range b.strings {
		n.Types[t] = name
	}
}

func (e *event) names() EventName {
	names := EventName{Type: e.object.name, Method: "On" + e.name}
	if e.body == bodyValue {
		names.Field = e.object.fields[0].name
	}
	return names
}

func callName(method, param string, b body, o *object) CallName {
	names := CallName{Method: method, Param: param}
	if b == bodyFields {
		names.Message = o.name
	}
	return names
}
