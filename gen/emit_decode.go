package gen

import "github.com/dave/jennifer/jen"

// codecsFile prints how entities are read and written.
func (p *printer) codecsFile() {
	if len(p.types) == 0 {
		return
	}
	s := p.entity("entities_json.go")
	for _, o := range p.objects {
		p.decode(s, o)
		p.encode(s, o)
		p.jsonMethods(s, o.name)
	}
	for _, u := range p.unions {
		p.unionCodec(s, u)
	}
	p.done(s)
}

// jsonMethods prints the methods that encoding/json calls.
func (p *printer) jsonMethods(s *source, name string) {
	s.declare(doc{"MarshalJSON returns v as JSON."},
		method("v", name, "MarshalJSON").Params().Params(jen.Index().Byte(), jen.Error()).Block(
			jen.Return(codecName("Marshal").Call(jen.Id("v").Dot("Encode")))))
	s.declare(doc{"UnmarshalJSON reads v from JSON."},
		method("v", "*"+name, "UnmarshalJSON").Params(jen.Id("data").Index().Byte()).Error().Block(
			jen.Return(codecName("Unmarshal").Call(jen.Id("data"), jen.Id("v").Dot("Decode")))))
}

// decode prints an object's Decode method.
func (p *printer) decode(s *source, o *object) {
	s.declare(doc{"Decode reads v from JSON; what v held before is gone."},
		method("v", "*"+o.name, "Decode").Params(decoderParam()).Error().BlockFunc(func(g *jen.Group) {
			g.Op("*").Id("v").Op("=").Id(o.name).Values()
			p.decodeFields(g, o, "v")
			g.Return(jen.Nil())
		}))
	p.decodeField(s, o, "v")
	if o.embedded && o.union == nil {
		p.decodeFieldFunc(s, o)
	}
}

// part is an object whose own fields are read into some place inside another.
type part struct {
	object *object
	place  *jen.Statement
	seen   string
}

// parts lists an object and all that it embeds, however deep, in the order of
// their fields.
func parts(o *object, place *jen.Statement) []part {
	var out []part
	for _, e := range o.embeds {
		out = append(out, parts(e, place.Clone().Dot(e.name))...)
	}
	if o.hasKeys() || len(o.embeds) == 0 {
		out = append(out, part{object: o, place: place, seen: seenPrefix + o.name})
	}
	return out
}

// decodeFields prints the body of a Decode method: read an object, then report
// what was missing. It leaves the final return to the caller.
func (p *printer) decodeFields(g *jen.Group, o *object, receiver string) {
	all := parts(o, jen.Id(receiver))
	if len(all) == 1 {
		all[0].seen = "seen"
	}
	for _, part := range all {
		if part.object.needsSeen() {
			g.Var().Id(part.seen).Add(codecName("Seen"))
		}
	}
	read := p.fieldFunc(func(g *jen.Group) {
		for _, part := range all {
			call := part.place.Clone().Dot("decodeField").Call(part.arguments()...)
			if part.object.shared {
				call = p.entityName(part.object.decodeFieldName(), true).Call(append(part.arguments(), address(part.place))...)
			}
			if !part.object.embedded {
				g.Return(call) // the object itself, always the last one
				return
			}
			g.If(jen.List(jen.Id("known"), jen.Err()).Op(":=").Add(call), jen.Id("known").Op("||").Err().Op("!=").Nil()).Block(
				jen.Return(jen.Err()))
		}
		g.Return(jen.Id("d").Dot("Unknown").Call(jen.Lit(o.label), jen.Id("key")))
	})
	g.If(jen.Err().Op(":=").Id("d").Dot("Object").Call(read), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
	for _, part := range all {
		n := part.object.required()
		if n == 0 {
			continue
		}
		seen := jen.Id(part.seen)
		g.If(jen.Op("!").Add(seen).Dot("All").Call(jen.Lit(n))).Block(
			jen.Add(seen).Dot("Missing").Add(literals("(", ")", part.object.requiredKeys(), jen.Id("d"), jen.Lit(part.object.label))))
	}
}

// hasKeys reports whether the object has keys of its own, beside those of what
// it embeds: a variant has at least the one that tells its kind.
func (o *object) hasKeys() bool { return len(o.fields) > 0 || o.tag != "" }

// needsSeen reports whether reading the object keeps track of its keys. An
// embedded one always does, so that all those who embed it call it alike.
func (o *object) needsSeen() bool { return o.embedded || o.required() > 0 }

func (x part) arguments() []jen.Code {
	args := []jen.Code{jen.Id("d"), jen.Id("key")}
	if x.object.needsSeen() {
		args = append(args, address(jen.Id(x.seen)))
	}
	return args
}

// fieldFunc prints a function to call for each key of an object.
func (p *printer) fieldFunc(body func(*jen.Group)) *jen.Statement {
	return jen.Func().Params(decoderParam(), jen.Id("key").String()).Error().BlockFunc(body)
}

// decodeField prints the method that reads one field of an object. For an
// object that others embed it says whether the key was one of its own; else an
// unknown key ends here.
func (p *printer) decodeField(s *source, o *object, receiver string) {
	if !o.hasKeys() && len(o.embeds) > 0 && !o.embedded {
		return
	}
	params := []jen.Code{decoderParam(), jen.Id("key").String()}
	if o.needsSeen() {
		params = append(params, jen.Id("seen").Op("*").Add(codecName("Seen")))
	}
	decl := method(receiver, "*"+o.name, "decodeField").Params(params...)
	result := func(results ...jen.Code) jen.Code { return jen.Return(results[len(results)-1]) }
	unknown := jen.Return(jen.Id("d").Dot("Unknown").Call(jen.Lit(o.label), jen.Id("key")))
	if o.embedded {
		decl = decl.Params(jen.Id("known").Bool(), jen.Err().Error())
		result = func(results ...jen.Code) jen.Code { return jen.Return(results...) }
		unknown = jen.Return(jen.False(), jen.Nil())
	} else {
		decl = decl.Params(jen.Err().Error())
	}
	if !o.hasKeys() {
		s.Add(decl.Block(unknown))
		s.Line()
		return
	}
	s.Add(decl.Block(
		jen.Switch(jen.Id("key")).BlockFunc(func(g *jen.Group) {
			if o.tag != "" {
				g.Case(jen.Lit(o.union.key)).Block(jen.Err().Op("=").Id("d").Dot("Skip").Call())
			}
			place := 0
			for _, f := range o.fields {
				g.Case(jen.Lit(f.key)).BlockFunc(func(g *jen.Group) {
					if !f.optional {
						g.Id("seen").Dot("Mark").Call(jen.Lit(place))
						place++
					}
					for _, statement := range p.read(jen.Id(receiver).Dot(f.name), f.typ, f.form, f.nullable, f.optional) {
						g.Add(statement)
					}
				})
			}
			g.Default().Block(unknown)
		}),
		result(jen.True(), jen.Id("d").Dot("Settle").Call(jen.Err(), jen.Lit(o.label), jen.Id("key"))),
	))
	s.Line()
}

// The functions by which an object of another package reads and writes the
// fields of one that it embeds.
func (o *object) decodeFieldName() string  { return "Decode" + o.name + "Field" }
func (o *object) encodeFieldsName() string { return "Encode" + o.name + "Fields" }

// decodeFieldFunc prints the first of these.
func (p *printer) decodeFieldFunc(s *source, o *object) {
	s.declare(doc{
		o.decodeFieldName() + " reads one field of v, for an object of another package that embeds it. It reports whether the key is one of v's.",
	}, jen.Func().Id(o.decodeFieldName()).Params(
		decoderParam(), jen.Id("key").String(), jen.Id("seen").Op("*").Add(codecName("Seen")), jen.Id("v").Op("*").Id(o.name)).
		Params(jen.Id("known").Bool(), jen.Err().Error()).Block(
		jen.Return(jen.Id("v").Dot("decodeField").Call(jen.Id("d"), jen.Id("key"), jen.Id("seen")))))
}

// read returns the statements that read a value into target and leave what
// went wrong in err.
func (p *printer) read(target *jen.Statement, t *typ, form form, nullable, optional bool) []jen.Code {
	var into *jen.Statement // a call that returns the error alone
	switch {
	case form == wrapped && nullable:
		return []jen.Code{assignErr(codecName("Opt").Call(jen.Id("d"), address(target), p.reader(t)))}
	case form == wrapped:
		return []jen.Code{assignErr(codecName("Optional").Call(jen.Id("d"), address(target), p.reader(t)))}
	case form == pointer:
		into = codecName("Pointer").Call(jen.Id("d"), address(target))
	case t.kind == kindObject:
		into = target.Clone().Dot("Decode").Call(jen.Id("d"))
	case t.kind == kindList && t.elem.kind == kindObject && !t.elem.nullable:
		into = codecName("Objects").Call(jen.Id("d"), address(target))
	case t.kind == kindList:
		into = codecName("List").Call(jen.Id("d"), address(target), p.elemReader(t.elem))
	case t.kind == kindMap && (nullable || optional): // where nil says that there is none
		into = codecName("OptionalMap").Call(jen.Id("d"), address(target), p.elemReader(t.elem))
	case t.kind == kindMap:
		into = codecName("Map").Call(jen.Id("d"), address(target), p.elemReader(t.elem))
	default:
		statements := []jen.Code{jen.List(target, jen.Err()).Op("=").Add(p.readCall(t))}
		if nullable && t.kind == kindUnion {
			statements = append(statements, assignErr(codecName("OrNull").Call(jen.Err())))
		}
		return statements
	}
	if nullable {
		into = codecName("OrNull").Call(into)
	}
	return []jen.Code{assignErr(into)}
}

func assignErr(call jen.Code) jen.Code { return jen.Err().Op("=").Add(call) }

// decoderMethods are the methods of a decoder that read one basic value.
var decoderMethods = map[kind]string{
	kindString:    "String",
	kindInteger:   "Int64",
	kindNumber:    "Float64",
	kindBoolean:   "Bool",
	kindTimestamp: "Timestamp",
	kindAny:       "Raw",
}

// readCall is a call that reads a basic value or a union and returns it with
// an error.
func (p *printer) readCall(t *typ) *jen.Statement {
	switch {
	case t.kind == kindUnion:
		return p.unionName("Decode", t.union).Call(jen.Id("d"))
	case t.kind == kindString && t.name != "":
		return codecName("String").Types(p.goType(t)).Call(jen.Id("d"))
	default:
		return jen.Id("d").Dot(decoderMethods[t.kind]).Call()
	}
}

// reader is a function that reads a value that is there.
func (p *printer) reader(t *typ) *jen.Statement {
	switch t.kind {
	case kindString:
		return codecName("String") // its type parameter is inferred
	case kindUnion:
		return p.unionName("Decode", t.union)
	case kindObject:
		return codecName("Value").Types(p.goType(t))
	case kindList, kindMap:
		return p.readerLiteral(t, plain)
	default:
		return jen.Parens(jen.Op("*").Add(codecName("Decoder"))).Dot(decoderMethods[t.kind])
	}
}

// elemReader is a function that reads an element.
func (p *printer) elemReader(t *typ) *jen.Statement {
	if !t.nullable || t.kind == kindAny {
		return p.reader(t)
	}
	return p.readerLiteral(t, formOf(t, true))
}

// readerLiteral is a function literal around the statements that read a value.
func (p *printer) readerLiteral(t *typ, form form) *jen.Statement {
	return jen.Func().Params(decoderParam()).Params(jen.Id("v").Add(p.elemType(t)), jen.Err().Error()).BlockFunc(func(g *jen.Group) {
		for _, statement := range p.read(jen.Id("v"), t, form, t.nullable, false) {
			g.Add(statement)
		}
		g.Return(jen.Id("v"), jen.Err())
	})
}
