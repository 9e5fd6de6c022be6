package gen

import (
	"github.com/misskeyactor/misskeyactor/spec"
)

// otherAs is the cure for a body whose name cannot be a parameter's.
const otherAs = "Choose another name with `as:`, in lower camel case, as in `as: kind`."

func (b *builder) channel(s *spec.Channel, client *scope) {
	what := "channel " + quoted(s.Name)
	c := &channel{spec: s, name: b.goName(s.GoName, s.Name, s.Pos, what), events: b.eventSet(s.Events)}
	client.claim(c.name, s.Pos, what)
	b.bindings.claim(c.name+"Subscription", s.Pos, what)
	b.bindings.claim(c.descriptor(), s.Pos, what)
	c.doc = introduce(c.name+" subscribes to the channel "+quoted(s.Name)+".", s.Doc)
	if len(s.Params) > 0 {
		b.params(c)
	}
	methods := b.newScope()
	methods.reserve("a method of every subscription", subscriptionNames...)
	for _, m := range s.Sends {
		c.sends = append(c.sends, b.send(c, m, methods))
	}
	b.out.channels = append(b.out.channels, c)
}

func (c *channel) descriptor() string   { return unexported(c.name) + "Channel" }
func (c *channel) subscription() string { return c.name + "Subscription" }

func (b *builder) params(c *channel) {
	o := &object{name: c.name + "Params", label: c.spec.Name, pos: c.spec.Pos}
	o.doc = doc{o.name + " are the parameters of [Client." + c.name + "]. What is optional and left zero is not sent."}
	b.bindings.claim(o.name, c.spec.Pos, "channel "+quoted(c.spec.Name))
	in := b.newScope()
	in.reserve("a method of every params type", paramsNames...)
	o.fields = b.fields(c.spec.Params, in, c.spec.Evidence)
	c.params = o
}

func (b *builder) send(c *channel, m *spec.Message, methods *scope) *send {
	what := "message " + quoted(m.Name)
	s := &send{wire: m.Name, name: b.goName(m.GoName, m.Name, m.Pos, what)}
	methods.claim(s.name, m.Pos, what)
	s.object = &object{name: c.name + s.name, label: c.spec.Name + "." + m.Name, pos: m.Pos}
	in := b.newScope()
	in.reserve("a method of every message", messageNames...)
	s.body = b.bodyObject(m, s.object, in)
	switch s.body {
	case bodyNull:
		s.object = nil
	case bodyValue:
		s.param = b.parameter(s.object.fields[0].name, m.Pos, "the body of "+quoted(m.Name), otherAs)
	case bodyFields:
		s.param = "m"
		s.object.doc = doc{s.object.name + " is the message of [" + c.subscription() + "." + s.name + "]."}
		b.bindings.claim(s.object.name, m.Pos, what)
	}
	s.doc = does(s.name, m.Doc, "sends "+quoted(m.Name)+".").with(
		"It returns ErrNotLive while the server does not serve the channel: nothing is queued or sent twice."+
			" Nil means written to the socket."+refusal(s.object), provenance(m.Pos, c.spec.Name+"."+m.Name, m.Evidence))
	return s
}

func (b *builder) capture(s *spec.Capture, client *scope) {
	what := "capture " + quoted(s.Name)
	c := &capture{spec: s, name: b.goName(s.GoName, s.Name, s.Pos, what), events: b.eventSet(s.Events)}
	c.method = b.goName(s.Method, "Capture", s.Pos, what)
	client.claimBy("method", c.method, s.Pos, what)
	b.bindings.claim(c.name+"Capture", s.Pos, what)
	b.bindings.claim(c.descriptor(), s.Pos, what)
	c.doc = introduce(c.method+" subscribes to one "+s.Name+".", s.Doc)
	c.key = &field{key: s.Key.Name, typ: b.typ(s.Key.Type)}
	if c.key.typ.kind != kindString || s.Key.Type.Nullable || s.Key.Optional {
		b.report(s.Key.Pos, CodeKey, "Make it a string or an id, always there and never null.",
			"the key of %s is not a string", what)
	}
	param := s.Key.GoName
	if param == "" {
		param = s.Key.Name
	}
	c.param = b.parameter(param, s.Key.Pos, "the key of "+what, "Choose another with `goName:`"+longForm("field")+".")
	b.out.captures = append(b.out.captures, c)
}

func (c *capture) descriptor() string   { return unexported(c.name) + "Capture" }
func (c *capture) subscription() string { return c.name + "Capture" }

func (b *builder) request(s *spec.Request, client *scope) {
	what := "request " + quoted(s.Name)
	given := s.Method
	if given == "" {
		given = s.GoName
	}
	r := &request{spec: s, method: b.goName(given, s.Name, s.Pos, what)}
	client.claimBy("method", r.method, s.Pos, what)
	r.doc = does(r.method, s.Doc, "sends "+quoted(s.Name)+".")
	if s.Credential {
		r.doc = r.doc.append("An anonymous client gets ErrCredentialRequired.")
	}
	r.object = &object{name: r.method + "Request", label: s.Name, pos: s.Pos}
	in := b.newScope()
	in.reserve("a method of every request", messageNames...)
	r.body = b.bodyObject(&s.Message, r.object, in)
	switch r.body {
	case bodyNull:
		r.object = nil
	case bodyValue:
		r.param = b.parameter(r.object.fields[0].name, s.Pos, "the body of "+quoted(s.Name), otherAs)
	case bodyFields:
		r.param = "body"
		r.object.doc = doc{r.object.name + " is the body of [Client." + r.method + "]. What is optional and left zero is not sent."}
		b.bindings.claimBy("method", r.object.name, s.Pos, what)
	}
	r.doc = r.doc.with("It returns ErrNotLive while no connection is up. Nil means written to the socket."+refusal(r.object),
		provenance(s.Pos, s.Name, s.Evidence))
	b.out.requests = append(b.out.requests, r)
}

// refusal says of a method that sends that it checks what it is given, where it
// does. o is nil for a message without a body.
func refusal(o *object) string {
	if o == nil || !o.checked() {
		return ""
	}
	return " What is missing and has to be there is a *MessageError, and nothing is sent."
}
