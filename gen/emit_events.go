package gen

import (
	"github.com/dave/jennifer/jen"
)

// eventsFile prints what all sets have in common.
func (p *printer) eventsFile() {
	s := p.binding("events.go")
	s.declare(doc{
		"UnknownEvent is a message that these bindings have no type for, or whose body does not decode into its type." +
			" Its EventType says what it is, its Raw is the body as received, and its Err why it is unknown.",
	}, jen.Type().Id("UnknownEvent").Struct(runtimeName("Meta"), runtimeName("Unknown")))
	s.declare(doc{"MarshalJSON returns the body as received."},
		method("e", "UnknownEvent", "MarshalJSON").Params().Params(jen.Index().Byte(), jen.Error()).Block(
			jen.Return(jen.Id("e").Dot("Raw").Dot("MarshalJSON").Call())))
	s.declare(doc{
		"Gap stands among the events where some may be missing, and says why.",
	}, jen.Type().Id("Gap").Struct(runtimeName("Meta"), runtimeName("GapInfo")))
	s.Add(jen.Func().Id("newUnknownEvent").Params(
		jen.Id("m").Add(runtimeName("Meta")), jen.Id("u").Add(runtimeName("Unknown")),
	).Any().Block(jen.Return(address(jen.Id("UnknownEvent")).Values(jen.Id("m"), jen.Id("u")))))
	s.Line()
	s.Add(jen.Func().Id("newGap").Params(
		jen.Id("m").Add(runtimeName("Meta")), jen.Id("g").Add(runtimeName("GapInfo")),
	).Any().Block(jen.Return(address(jen.Id("Gap")).Values(jen.Id("m"), jen.Id("g")))))
	s.Line()
	p.done(s)
}

// eventSet prints a set: its interface and handler first, then its events.
func (p *printer) eventSet(set *eventSet) {
	s := p.binding(set.file)
	p.eventInterface(s, set)
	p.handler(s, set)
	p.unimplemented(s, set)
	p.funcs(s, set)
	for _, e := range set.own {
		p.event(s, e)
	}
	p.markers(s, set)
	p.setDescriptor(s, set)
	p.setDecoder(s, set)
	p.dispatcher(s, set)
	p.done(s)
}

func (s *eventSet) marker() string { return "is" + s.name + "Event" }

func (p *printer) eventInterface(s *source, set *eventSet) {
	name := set.name + "Event"
	members := ""
	for _, e := range set.all {
		members += "*" + e.object.name + ", "
	}
	s.declare(doc{name + " is one of " + members + "*UnknownEvent or *Gap."}.with(set.doc...),
		jen.Type().Id(name).Interface(
			jen.Comment("// Metadata returns what every event has."),
			jen.Id("Metadata").Params().Add(runtimeName("Meta")),
			jen.Id(set.marker()).Params(),
		))
}

// handlerMethod is the method of a handler for one event.
func handlerMethod(name, event string) *jen.Statement {
	return jen.Id("On"+name).Params(ctxParam(), jen.Id("e").Op("*").Id(event)).Error()
}

func (p *printer) handler(s *source, set *eventSet) {
	name := set.handler()
	s.declare(doc{
		name + " takes the events of a " + set.wire + " subscription, one at a time and in order. An error it returns is counted and" +
			" reported, and the next event follows; so is a panic. ctx ends when the subscription or its client closes." +
			" Embed [Unimplemented" + name + "], so that events of a later spec do not break the program.",
	}, jen.Type().Id(name).InterfaceFunc(func(g *jen.Group) {
		for _, i := range set.includes {
			g.Id(i.handler())
		}
		for _, e := range set.own {
			g.Add(e.handlerDoc.comment(1))
			g.Add(handlerMethod(e.name, e.object.name))
		}
		if len(set.includes) > 0 {
			return // they have the two
		}
		g.Add(doc{"OnUnknown takes what these bindings have no type for."}.comment(1))
		g.Add(handlerMethod("Unknown", "UnknownEvent"))
		g.Add(doc{"OnGap is called where events may be missing."}.comment(1))
		g.Add(handlerMethod("Gap", "Gap"))
	}))
}

func (p *printer) unimplemented(s *source, set *eventSet) {
	name := "Unimplemented" + set.handler()
	s.declare(doc{name + " ignores every event. Embed it and write the methods you need."},
		jen.Type().Id(name).StructFunc(func(g *jen.Group) {
			if len(set.includes) == 1 {
				g.Id("Unimplemented" + set.includes[0].handler())
			}
		}))
	ignore := func(event, typ string) {
		s.Add(jen.Comment("// On" + event + " does nothing."))
		s.Add(jen.Func().Params(jen.Id(name)).Id("On"+event).Params(
			jen.Qual("context", "Context"), jen.Op("*").Id(typ)).Error().Block(jen.Return(jen.Nil())))
		s.Line()
	}
	events := set.all
	if len(set.includes) == 1 {
		events = set.own
	}
	for _, e := range events {
		ignore(e.name, e.object.name)
	}
	if len(set.includes) != 1 {
		ignore("Unknown", "UnknownEvent")
		ignore("Gap", "Gap")
	}
}

func (p *printer) funcs(s *source, set *eventSet) {
	name := set.name + "Funcs"
	type entry struct{ name, typ string }
	var entries []entry
	for _, e := range set.all {
		entries = append(entries, entry{e.name, e.object.name})
	}
	entries = append(entries, entry{"Unknown", "UnknownEvent"}, entry{"Gap", "Gap"})
	s.declare(doc{name + " is a " + set.name + "Handler made of functions, for small programs. What is nil is ignored."},
		jen.Type().Id(name).StructFunc(func(g *jen.Group) {
			for _, e := range entries {
				g.Id(e.name).Func().Params(jen.Qual("context", "Context"), jen.Op("*").Id(e.typ)).Error()
			}
		}))
	for _, e := range entries {
		s.Add(jen.Comment("// On" + e.name + " calls f." + e.name + "."))
		s.Add(jen.Func().Params(jen.Id("f").Id(name)).Add(handlerMethod(e.name, e.typ)).Block(
			jen.If(jen.Id("f").Dot(e.name).Op("==").Nil()).Block(jen.Return(jen.Nil())),
			jen.Return(jen.Id("f").Dot(e.name).Call(jen.Id("ctx"), jen.Id("e"))),
		))
		s.Line()
	}
}

// event prints one event and its codec.
func (p *printer) event(s *source, e *event) {
	o := e.object
	s.declare(o.doc, jen.Type().Id(o.name).StructFunc(func(g *jen.Group) {
		g.Add(runtimeName("Meta"))
		if len(o.fields) > 0 {
			g.Line()
		}
		p.structFields(g, o)
	}))
	p.decodeBody(s, e)
	s.declare(doc{"EncodeBody writes the event's body."},
		method("e", "*"+o.name, "EncodeBody").Params(encoderParam("enc")).BlockFunc(func(g *jen.Group) {
			p.encodeBody(g, e.body, o, "e", "enc")
		}))
	s.declare(doc{"MarshalJSON returns the event's body as JSON."},
		method("e", o.name, "MarshalJSON").Params().Params(jen.Index().Byte(), jen.Error()).Block(
			jen.Return(codecName("Marshal").Call(jen.Id("e").Dot("EncodeBody")))))
}

// decodeBody prints how an event reads its body.
func (p *printer) decodeBody(s *source, e *event) {
	o := e.object
	begin := func() *jen.Statement { return method("e", "*"+o.name, "DecodeBody").Params(decoderParam()) }
	d := doc{"DecodeBody reads the event's body into e, which is new."}
	switch e.body {
	case bodyNull:
		s.declare(d, begin().Error().Block(jen.Return(jen.Id("d").Dot("NoBody").Call(jen.Lit(o.label)))))
	case bodyValue:
		f := o.fields[0]
		s.declare(d, begin().Params(jen.Err().Error()).BlockFunc(func(g *jen.Group) {
			for _, statement := range p.read(jen.Id("e").Dot(f.name), f.typ, f.form, f.nullable, f.optional) {
				g.Add(statement)
			}
			g.Return(jen.Id("d").Dot("SettleBody").Call(jen.Err(), jen.Lit(o.label)))
		}))
	case bodyFields:
		s.declare(d, begin().Error().Block(
			jen.Return(jen.Id("d").Dot("SettleBody").Call(jen.Id("e").Dot("decodeBody").Call(jen.Id("d")), jen.Lit(o.label)))))
		s.Add(method("e", "*"+o.name, "decodeBody").Params(decoderParam()).Error().BlockFunc(func(g *jen.Group) {
			p.decodeFields(g, o, "e")
			g.Return(jen.Nil())
		}))
		s.Line()
		p.decodeField(s, o, "e")
	}
}

// encodeBody prints the statements that write a message's body.
func (p *printer) encodeBody(g *jen.Group, b body, o *object, receiver, encoder string) {
	switch b {
	case bodyNull:
		g.Id(encoder).Dot("Null").Call()
	case bodyValue:
		f := o.fields[0]
		p.write(g, jen.Id(receiver).Dot(f.name), f.typ, f.form, f.nullable, encoder)
	case bodyFields:
		p.encodeObject(g, o, receiver, encoder)
	}
}

// markers prints what makes each event a member of the set.
func (p *printer) markers(s *source, set *eventSet) {
	for _, e := range set.all {
		s.Add(bare(e.object.name, set.marker()).Params().Block())
	}
	for _, name := range []string{"UnknownEvent", "Gap"} {
		s.Add(bare(name, set.marker()).Params().Block())
	}
	s.Line()
}

func (p *printer) setDescriptor(s *source, set *eventSet) {
	s.Add(jen.Var().Id(set.descriptor()).Op("=").Add(runtimeName("EventSet")).Add(block(
		entry("Name", jen.Lit(set.wire)),
		entry("Types", jen.Index().String().Add(literals("{", "}", set.types()))),
		entry("Decode", jen.Id(set.decoder())),
		entry("Unknown", jen.Id("newUnknownEvent")),
		entry("Gap", jen.Id("newGap")),
	)))
	s.Line()
}

// types are the wire types of a set's events.
func (s *eventSet) types() []string {
	var types []string
	for _, e := range s.all {
		types = append(types, e.wire)
	}
	return types
}

func (p *printer) setDecoder(s *source, set *eventSet) {
	s.Add(jen.Func().Id(set.decoder()).Params(
		jen.Id("m").Add(runtimeName("Meta")), jen.Id("typ").String(), decoderParam(),
	).Params(jen.Any(), jen.Error()).Block(
		jen.Var().Id("e").Interface(jen.Id("DecodeBody").Params(ptr(codecName("Decoder"))).Error()),
		jen.Switch(jen.Id("typ")).BlockFunc(func(g *jen.Group) {
			for _, e := range set.all {
				g.Case(jen.Lit(e.wire)).Block(
					jen.Id("e").Op("=").Op("&").Id(e.object.name).Values(jen.Id("Meta").Op(":").Id("m")))
			}
			g.Default().Block(jen.Return(jen.Nil(), runtimeName("ErrUnknownType")))
		}),
		jen.If(jen.Err().Op(":=").Id("e").Dot("DecodeBody").Call(jen.Id("d")), jen.Err().Op("!=").Nil()).Block(
			jen.Return(jen.Nil(), jen.Err())),
		jen.Return(jen.Id("e"), jen.Nil()),
	))
	s.Line()
}

func (p *printer) dispatcher(s *source, set *eventSet) {
	s.Add(jen.Func().Id(set.dispatcher()).Params(jen.Id("h").Id(set.handler())).Add(runtimeName("HandlerFunc")).Block(
		jen.If(jen.Id("h").Op("==").Nil()).Block(jen.Return(jen.Nil())),
		jen.Return(jen.Func().Params(ctxParam(), jen.Id("event").Any()).Error().Block(
			jen.Switch(jen.Id("e").Op(":=").Id("event").Assert(jen.Type())).BlockFunc(func(g *jen.Group) {
				call := func(typ, event string) {
					g.Case(ptr(jen.Id(typ))).Block(
						jen.Return(jen.Id("h").Dot("On"+event).Call(jen.Id("ctx"), jen.Id("e"))))
				}
				for _, e := range set.all {
					call(e.object.name, e.name)
				}
				call("UnknownEvent", "Unknown")
				call("Gap", "Gap")
			}),
			jen.Return(jen.Nil()),
		)),
	))
	s.Line()
}
