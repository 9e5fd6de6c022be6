package gen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/misskeyactor/misskeyactor/spec"
)

// channel prints a channel: its parameters, the client's method, the
// subscription with its sends, and the descriptor.
func (p *printer) channel(c *channel) {
	s := p.binding(c.file)
	if c.params != nil {
		p.params(s, c)
	}
	p.subscribe(s, c)
	p.subscription(s, c.subscription(), c.events, doc{
		c.subscription() + " is the handle on a subscription to " + quoted(c.spec.Name) + ". It outlives sockets.",
	})
	for _, m := range c.sends {
		p.send(s, c, m)
	}
	s.Add(jen.Var().Id(c.descriptor()).Op("=").Add(runtimeName("Channel")).Add(block(c.entries()...)))
	s.Line()
	p.done(s)
}

// entries are the fields of a channel's descriptor that are not zero.
func (c *channel) entries() []jen.Code {
	entries := []jen.Code{entry("Name", jen.Lit(c.spec.Name))}
	flag := func(name string, on bool) {
		if on {
			entries = append(entries, entry(name, jen.True()))
		}
	}
	flag("Credential", c.spec.Credential)
	if c.spec.Permission != "" {
		entries = append(entries, entry("Permission", jen.Lit(c.spec.Permission)))
	}
	flag("Shared", c.spec.Shared)
	flag("Leaks", c.spec.Leaks)
	if name, ok := policies[c.spec.Overflow]; ok {
		entries = append(entries, entry("Overflow", runtimeName(name)))
	}
	if c.spec.TokenEvent != "" {
		entries = append(entries, entry("TokenEvent", jen.Lit(c.spec.TokenEvent)))
	}
	return append(entries, entry("Events", address(jen.Id(c.events.descriptor()))))
}

// policies are the overflow policies other than the runtime's default.
var policies = map[spec.Overflow]string{
	spec.DropNewest: "OverflowDropNewest",
	spec.End:        "OverflowEnd",
}

// subscribeDoc is the doc comment of the client's method for a channel.
func (c *channel) subscribeDoc() doc {
	var facts []string
	if c.spec.Credential {
		facts = append(facts, "It needs an account; an anonymous client gets ErrCredentialRequired.")
	}
	if c.spec.Permission != "" {
		facts = append(facts, "An app's token needs the permission "+c.spec.Permission+".")
	}
	if c.spec.Shared {
		facts = append(facts, "The server connects it once per socket; further subscriptions share that connection.")
	}
	if c.spec.Leaks {
		facts = append(facts, "The server goes on sending after a disconnect, which the client hides.")
	}
	if c.spec.Overflow == spec.End {
		facts = append(facts, "Unless an option says otherwise, a full inbox ends the subscription with ErrSlowConsumer.")
	}
	var quirks []string
	for _, q := range c.spec.Quirks {
		quirks = append(quirks, sentence(strings.Join(strings.Fields(q), " ")))
	}
	handler := "The handler gets the events; with nil they are read from the subscription's Events. " +
		"The call returns once the subscription is registered, and ctx bounds only that: WaitLive waits for the server."
	if c.params != nil {
		handler += " Parameters the server would refuse are a *ParamError."
	}
	return c.doc.with(strings.Join(facts, " "), strings.Join(quirks, " "), handler,
		provenance(c.spec.Pos, c.spec.Name, c.spec.Evidence))
}

func (p *printer) subscribe(s *source, c *channel) {
	params := []jen.Code{ctxParam()}
	encode := jen.Nil()
	if c.params != nil {
		params = append(params, jen.Id("params").Id(c.params.name))
		encode = jen.Id("params").Dot("Encode")
	}
	s.declare(c.subscribeDoc(), method("c", "*Client", c.name).Params(append(params, subscribeParams(c.events)...)...).
		Params(ptr(jen.Id(c.subscription())), jen.Error()).BlockFunc(func(g *jen.Group) {
		if c.params != nil {
			g.If(jen.Err().Op(":=").Id("params").Dot("Validate").Call(), jen.Err().Op("!=").Nil()).Block(
				jen.Return(jen.Nil(), jen.Err()))
		}
		returnSubscription(g, c.subscription(), jen.Id("c").Dot("session").Dot("Subscribe").Call(
			jen.Id("ctx"), address(jen.Id(c.descriptor())), encode, dispatch(c.events), jen.Id("opts").Op("...")))
	}))
}

// subscribeParams are the parameters that every subscribing method ends with.
func subscribeParams(set *eventSet) []jen.Code {
	return []jen.Code{jen.Id("handler").Id(set.handler()), jen.Id("opts").Op("...").Id("SubscribeOption")}
}

func dispatch(set *eventSet) jen.Code { return jen.Id(set.dispatcher()).Call(jen.Id("handler")) }

// returnSubscription prints the end of a subscribing method.
func returnSubscription(g *jen.Group, typ string, call jen.Code) {
	g.List(jen.Id("sub"), jen.Err()).Op(":=").Add(call)
	g.Add(returnIfErr(jen.Nil()))
	g.Return(address(jen.Id(typ)).Values(jen.Id("sub")), jen.Nil())
}

// subscription prints a subscription's type with its iterator.
func (p *printer) subscription(s *source, name string, set *eventSet, d doc) {
	event := set.name + "Event"
	s.declare(d, jen.Type().Id(name).Struct(ptr(runtimeName("Subscription"))))
	s.declare(doc{
		"Events ranges over the events of a subscription without a handler, in the order the server sent them. There is one reader at a time." +
			" The loop ends when the subscription was closed or its last event has come; any other end is yielded as an error.",
	}, method("s", "*"+name, "Events").Params(ctxParam()).Qual("iter", "Seq2").Types(jen.Id(event), jen.Error()).Block(
		jen.Return(runtimeName("Events").Types(jen.Id(event)).Call(jen.Id("ctx"), jen.Id("s").Dot("Subscription")))))
}

// send prints a channel's send and the struct of its message.
func (p *printer) send(s *source, c *channel, m *send) {
	if m.body == bodyFields {
		p.message(s, m.object)
	}
	body, params := p.messageBody(m.body, m.object, m.param)
	s.declare(m.doc, method("s", "*"+c.subscription(), m.name).Params(append([]jen.Code{ctxParam()}, params...)...).Error().BlockFunc(func(g *jen.Group) {
		p.validateBody(g, m.body, m.object, m.param)
		g.Return(jen.Id("s").Dot("Send").Call(jen.Id("ctx"), jen.Lit(m.wire), body))
	}))
}

// message prints a struct that is only ever written, with its check.
func (p *printer) message(s *source, o *object) {
	p.structure(s, o)
	p.validateMessage(s, o)
	s.declare(doc{"Encode writes m as JSON."},
		method("m", o.name, "Encode").Params(encoderParam("e")).BlockFunc(func(g *jen.Group) {
			p.encodeObject(g, o, "m", "e")
		}))
}

// messageBody returns what writes a message's body, and the parameters of the
// method that sends it.
func (p *printer) messageBody(b body, o *object, param string) (encode jen.Code, params []jen.Code) {
	switch b {
	case bodyValue:
		f := o.fields[0]
		encode = jen.Func().Params(encoderParam("e")).BlockFunc(func(g *jen.Group) {
			p.write(g, jen.Id(param), f.typ, f.form, f.nullable, "e")
		})
		return encode, []jen.Code{jen.Id(param).Add(p.fieldType(f))}
	case bodyFields:
		return jen.Id(param).Dot("Encode"), []jen.Code{jen.Id(param).Id(o.name)}
	default:
		return jen.Nil(), nil
	}
}
