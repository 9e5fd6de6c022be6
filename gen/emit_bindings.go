package gen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/misskeyactor/misskeyactor/spec"
)

// bindings prints the package of bindings.
func (p *printer) bindings() {
	p.clientFile()
	p.aliasFile()
	p.eventsFile()
	for _, set := range p.sets {
		p.eventSet(set)
	}
	for _, c := range p.channels {
		p.channel(c)
	}
	p.capturesFile()
	p.broadcastsFile()
	p.requestsFile()
	p.dialectFile()
}

func (p *printer) capturesFile() {
	if len(p.captures) == 0 {
		return
	}
	s := p.binding("captures.go")
	for _, c := range p.captures {
		p.capture(s, c)
	}
	p.done(s)
}

func (p *printer) capture(s *source, c *capture) {
	params := append([]jen.Code{ctxParam(), jen.Id(c.param).Add(p.goType(c.key.typ))}, subscribeParams(c.events)...)
	var key jen.Code = jen.Id(c.param)
	if c.key.typ.name != "" {
		key = jen.String().Parens(jen.Id(c.param))
	}
	d := c.doc.with("The handler gets the events; with nil they are read from the capture's Events. Several captures of one " +
		c.spec.Name + " share one place on the server.")
	if c.spec.EndsWith != "" {
		d = d.with("It ends by itself after the event " + quoted(c.spec.EndsWith) + ".")
	}
	s.declare(d.with(provenance(c.spec.Pos, c.spec.Name, c.spec.Evidence)),
		method("c", "*Client", c.method).Params(params...).Params(ptr(jen.Id(c.subscription())), jen.Error()).BlockFunc(func(g *jen.Group) {
			returnSubscription(g, c.subscription(), jen.Id("c").Dot("session").Dot("Capture").Call(
				jen.Id("ctx"), address(jen.Id(c.descriptor())), key, dispatch(c.events), jen.Id("opts").Op("...")))
		}))
	p.subscription(s, c.subscription(), c.events, doc{
		c.subscription() + " is the handle on one captured " + c.spec.Name + ". It outlives sockets.",
	})
	entries := []jen.Code{
		entry("Name", jen.Lit(c.spec.Name)),
		entry("Subscribe", jen.Lit(c.spec.Subscribe)),
		entry("Unsubscribe", jen.Lit(c.spec.Unsubscribe)),
		entry("Update", jen.Lit(c.spec.Update)),
		entry("Key", jen.Lit(c.key.key)),
	}
	if c.spec.EndsWith != "" {
		entries = append(entries, entry("EndsWith", jen.Lit(c.spec.EndsWith)))
	}
	entries = append(entries, entry("Events", address(jen.Id(c.events.descriptor()))))
	s.Add(jen.Var().Id(c.descriptor()).Op("=").Add(runtimeName("CaptureKind")).Add(block(entries...)))
	s.Line()
}

func (p *printer) broadcastsFile() {
	set := p.program.broadcasts
	if set == nil {
		return
	}
	s := p.binding("broadcasts.go")
	s.declare(doc{
		"Broadcasts subscribes to what the server sends to every socket. The handler gets the events; with nil they are read" +
			" from the subscription's Events. They come over one of the client's sockets. When that is lost another takes over: a Gap stands where that happened," +
			" and a broadcast from around then may be missing or come twice.",
	}.with(set.doc...),
		method("c", "*Client", broadcastsMethod).Params(append([]jen.Code{ctxParam()}, subscribeParams(set)...)...).
			Params(ptr(jen.Id("BroadcastSubscription")), jen.Error()).BlockFunc(func(g *jen.Group) {
			returnSubscription(g, "BroadcastSubscription", jen.Id("c").Dot("session").Dot("Broadcasts").Call(
				jen.Id("ctx"), address(jen.Id(set.descriptor())), dispatch(set), jen.Id("opts").Op("...")))
		}))
	p.subscription(s, "BroadcastSubscription", set, doc{"BroadcastSubscription is the handle on the broadcasts. It outlives sockets."})
	p.done(s)
}

func (p *printer) requestsFile() {
	if len(p.requests) == 0 {
		return
	}
	s := p.binding("requests.go")
	for _, r := range p.requests {
		p.request(s, r)
	}
	p.done(s)
}

func (p *printer) request(s *source, r *request) {
	if r.body == bodyFields {
		p.message(s, r.object)
	}
	encode, params := p.messageBody(r.body, r.object, r.param)
	s.declare(r.doc, method("c", "*Client", r.method).Params(append([]jen.Code{ctxParam()}, params...)...).Error().BlockFunc(func(g *jen.Group) {
		p.validateBody(g, r.body, r.object, r.param)
		if absent := p.absent(r); absent != nil {
			g.If(absent).Block(jen.Return(p.requestCall(r, jen.Nil())))
		}
		g.Return(p.requestCall(r, encode))
	}))
}

func (p *printer) requestCall(r *request, encode jen.Code) jen.Code {
	descriptor := []jen.Code{jen.Id("Type").Op(":").Lit(r.spec.Name)}
	if r.spec.Credential {
		descriptor = append(descriptor, jen.Id("Credential").Op(":").True())
	}
	return jen.Id("c").Dot("session").Dot("Request").Call(jen.Id("ctx"), runtimeName("Request").Values(descriptor...), encode)
}

// absent is the condition under which a body that may be left out is, or nil
// for one that never is.
func (p *printer) absent(r *request) *jen.Statement {
	if !r.spec.BodyOptional || r.body != bodyFields || r.object.required() > 0 {
		return nil
	}
	condition := jen.Null()
	for i, f := range r.object.fields {
		if i > 0 {
			condition.Op("&&")
		}
		value := jen.Id(r.param).Dot(f.name)
		switch {
		case f.form == wrapped:
			condition.Add(value).Dot("IsZero").Call()
		case f.typ.kind == kindAny:
			condition.Len(value).Op("==").Lit(0)
		default:
			condition.Add(value).Op("==").Nil()
		}
	}
	return condition
}

// dialectFile prints what the runtime has to know of the server family.
func (p *printer) dialectFile() {
	s := p.binding("dialect.go")
	d := p.spec
	auth := "AuthHeader"
	if d.Socket.Auth == spec.AuthQuery {
		auth = "AuthQuery"
	}
	entries := []jen.Code{
		entry("Name", jen.Lit(d.Name)),
		entry("Path", jen.Lit(d.Socket.Path)),
		entry("Auth", runtimeName(auth)),
	}
	if n := d.Socket.PingSeconds; n > 0 {
		entries = append(entries, entry("ServerPing", jen.Lit(n).Op("*").Qual("time", "Second")))
	}
	if d.Socket.TextPing {
		entries = append(entries, entry("TextPing", jen.True()))
	}
	if n := d.Limits.ChannelsPerConnection; n > 0 {
		entries = append(entries, entry("ChannelsPerConnection", jen.Lit(n)))
	}
	entries = append(entries, entry("Words", runtimeName("Words").Add(block(p.words()...))))
	if len(p.captures) > 0 {
		entries = append(entries, entry("Captures", jen.Index().Op("*").Add(runtimeName("CaptureKind")).ValuesFunc(func(g *jen.Group) {
			for _, c := range p.captures {
				g.Add(address(jen.Id(c.descriptor())))
			}
		})))
	}
	if set := p.program.broadcasts; set != nil {
		entries = append(entries, entry("Broadcasts", address(jen.Id(set.descriptor()))))
	}
	s.declare(doc{"dialect is " + p.title() + " as the runtime sees it."},
		jen.Var().Id("dialect").Op("=").Add(runtimeName("Dialect")).Add(block(entries...)))
	p.done(s)
}

// words are the frame types that the runtime sends and reads by itself.
func (p *printer) words() []jen.Code {
	var entries []jen.Code
	for _, r := range p.spec.Requests {
		switch r.Role {
		case spec.RoleConnect:
			entries = append(entries, entry("Connect", jen.Lit(r.Name)))
			if r.Reply != "" {
				entries = append(entries, entry("Connected", jen.Lit(r.Reply)))
			}
		case spec.RoleDisconnect:
			entries = append(entries, entry("Disconnect", jen.Lit(r.Name)))
		case spec.RoleSend:
			entries = append(entries, entry("Channel", jen.Lit(r.Name)))
		case spec.RoleCall:
			entries = append(entries, entry("Call", jen.Lit(r.Name)), entry("Answer", jen.Lit(r.Reply)))
		}
	}
	return entries
}

// clientFile prints the client and the package's doc comment.
func (p *printer) clientFile() {
	s := p.binding("client.go")
	s.packageDoc(p.bindingsDoc())
	s.declare(doc{
		"Client is one account, or nobody, on one server. It opens as many sockets as its subscriptions need, and opens them again" +
			" when they are lost. All methods are safe for concurrent use. Close it when you are done.",
	}, jen.Type().Id("Client").Struct(jen.Id("session").Op("*").Add(runtimeName("Session"))))

	s.declare(doc{
		"Connect opens a client on the server at url, as in \"https://misskey.example\". ctx bounds this call only. It returns the" +
			" error of the first dial: a *HandshakeError where the server could be asked; with WithKeepTrying it returns at once" +
			" and dials until it succeeds.",
	}, jen.Func().Id("Connect").Params(ctxParam(), jen.Id("url").String(), jen.Id("opts").Op("...").Id("Option")).
		Params(ptr(jen.Id("Client")), jen.Error()).Block(
		jen.List(jen.Id("session"), jen.Err()).Op(":=").Add(runtimeName("Connect")).Call(
			jen.Id("ctx"), address(jen.Id("dialect")), jen.Id("url"), jen.Id("opts").Op("...")),
		returnIfErr(jen.Nil()),
		jen.Return(address(jen.Id("Client")).Values(jen.Id("session")), jen.Nil()),
	))
	for _, m := range clientMethods {
		call := jen.Id("c").Dot("session").Dot(m.name).CallFunc(func(g *jen.Group) {
			for _, p := range m.params {
				g.Id(p.name)
			}
		})
		decl := method("c", "*Client", m.name).ParamsFunc(func(g *jen.Group) {
			printParams(g, m.params)
		})
		if m.result == nil {
			s.declare(doc{m.doc}, decl.Block(call))
			continue
		}
		s.declare(doc{m.doc}, decl.Add(m.result).Block(jen.Return(call)))
	}
	p.done(s)
}

func (p *printer) bindingsDoc() doc {
	d := doc{"Package " + p.opts.Package + " is a client of " + p.title() + "'s streaming socket, with typed channels, events and captures."}
	d = d.with(
		"[Connect] opens a [Client]. Its methods subscribe to channels: with a handler, which gets the events one at a time and in"+
			" order, or without one, for a program that ranges over the subscription's Events. Subscriptions outlive sockets: when one"+
			" is lost they come back by themselves, and a [Gap] stands where events may be missing.",
		"Generated from the spec of "+p.title()+", checked on "+spec.Enumerate(p.spec.Checked, "and")+".",
	)
	if len(p.spec.Checked) == 0 {
		d[len(d)-1] = "Generated from the spec of " + p.title() + "."
	}
	return append(d, paragraphs(strings.TrimSpace(p.spec.Doc))...)
}
