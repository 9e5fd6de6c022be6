package gen

import "github.com/dave/jennifer/jen"

// encode prints how an object is written: a method for its fields where other
// objects embed it, and one for the whole.
func (p *printer) encode(s *source, o *object) {
	s.declare(doc{"Encode writes v as JSON."},
		method("v", "*"+o.name, "Encode").Params(encoderParam("e")).BlockFunc(func(g *jen.Group) {
			p.encodeObject(g, o, "v", "e")
		}))
	if !o.embedded {
		return
	}
	s.Add(method("v", "*"+o.name, "encodeFields").Params(encoderParam("e")).BlockFunc(func(g *jen.Group) {
		p.encodeFields(g, o, "v", "e")
	}))
	s.Line()
	if o.union == nil {
		s.declare(doc{o.encodeFieldsName() + " writes the fields of v, for an object of another package that embeds it."},
			jen.Func().Id(o.encodeFieldsName()).Params(encoderParam("e"), jen.Id("v").Op("*").Id(o.name)).Block(
				jen.Id("v").Dot("encodeFields").Call(jen.Id("e"))))
	}
}

// encodeObject prints the statements that write an object.
func (p *printer) encodeObject(g *jen.Group, o *object, receiver, encoder string) {
	g.Id(encoder).Dot("ObjStart").Call()
	if o.tag != "" {
		g.Id(encoder).Dot("FieldStart").Call(jen.Lit(o.union.key))
		g.Id(encoder).Dot("Str").Call(jen.Lit(o.tag))
	}
	if o.embedded {
		g.Id(receiver).Dot("encodeFields").Call(jen.Id(encoder))
	} else {
		p.encodeFields(g, o, receiver, encoder)
	}
	g.Id(encoder).Dot("ObjEnd").Call()
}

// encodeFields prints the statements that write an object's fields, those of
// embedded objects first.
func (p *printer) encodeFields(g *jen.Group, o *object, receiver, encoder string) {
	for _, e := range o.embeds {
		place := jen.Id(receiver).Dot(e.name)
		if e.shared {
			g.Add(p.entityName(e.encodeFieldsName(), true)).Call(jen.Id(encoder), address(place))
			continue
		}
		g.Add(place).Dot("encodeFields").Call(jen.Id(encoder))
	}
	for _, f := range o.fields {
		p.encodeField(g, f, jen.Id(receiver).Dot(f.name), encoder)
	}
}

// encodeField prints the statements that write a key and its value, or
// nothing where the key may be absent and is.
func (p *printer) encodeField(g *jen.Group, f *field, value *jen.Statement, encoder string) {
	start := jen.Id(encoder).Dot("FieldStart").Call(jen.Lit(f.key))
	switch {
	case f.optional && f.form == wrapped:
		g.Add(codecName("EncodeOptField")).Call(jen.Id(encoder), jen.Lit(f.key), value, p.writer(f.typ))
	case f.optional:
		g.If(p.present(f, value)).BlockFunc(func(g *jen.Group) {
			g.Add(start)
			p.write(g, value, f.typ, plain, false, encoder)
		})
	default:
		g.Add(start)
		p.write(g, value, f.typ, f.form, f.nullable, encoder)
	}
}

// present is the condition under which an optional field is written.
func (p *printer) present(f *field, value *jen.Statement) *jen.Statement {
	if f.typ.kind == kindAny {
		return jen.Len(value.Clone()).Op(">").Lit(0)
	}
	return value.Clone().Op("!=").Nil()
}

// write prints the statements that write a value.
func (p *printer) write(g *jen.Group, value *jen.Statement, t *typ, form form, nullable bool, encoder string) {
	e := jen.Id(encoder)
	switch {
	case form == wrapped:
		g.Add(codecName("EncodeOpt")).Call(e, value, p.writer(t))
	case form == pointer:
		g.Add(codecName("EncodePointer")).Call(e, value)
	case nullable && (t.kind == kindList || t.kind == kindMap || t.kind == kindUnion):
		g.If(value.Clone().Op("==").Nil()).Block(e.Clone().Dot("Null").Call()).Else().BlockFunc(func(g *jen.Group) {
			p.write(g, value, t, plain, false, encoder)
		})
	case t.kind == kindList && t.elem.kind == kindObject && !t.elem.nullable:
		g.Add(codecName("EncodeObjects")).Call(e, value)
	case t.kind == kindList:
		g.Add(codecName("EncodeList")).Call(e, value, p.elemWriter(t.elem))
	case t.kind == kindMap:
		g.Add(codecName("EncodeMap")).Call(e, value, p.elemWriter(t.elem))
	case t.kind == kindObject:
		g.Add(value.Clone()).Dot("Encode").Call(e)
	case t.kind == kindUnion:
		g.Add(p.unionName("Encode", t.union)).Call(e, value)
	case t.kind == kindString && t.name != "":
		g.Add(e).Dot("Str").Call(jen.String().Parens(value))
	case t.kind == kindTimestamp || t.kind == kindAny:
		g.Add(p.writer(t)).Call(e, value)
	default:
		g.Add(e).Dot(encoderMethods[t.kind]).Call(value)
	}
}

// encoderMethods are the methods of an encoder that write one basic value.
var encoderMethods = map[kind]string{
	kindString:  "Str",
	kindInteger: "Int64",
	kindNumber:  "Float64",
	kindBoolean: "Bool",
}

// writers are the functions of package codec that write one basic value.
var writers = map[kind]string{
	kindString:    "EncodeString",
	kindInteger:   "EncodeInt64",
	kindNumber:    "EncodeFloat64",
	kindBoolean:   "EncodeBool",
	kindTimestamp: "EncodeTimestamp",
	kindAny:       "EncodeAny",
}

// writer is a function that writes a value that is there.
func (p *printer) writer(t *typ) *jen.Statement {
	switch t.kind {
	case kindObject:
		return codecName("EncodeValue").Types(p.goType(t))
	case kindUnion:
		return p.unionName("Encode", t.union)
	case kindList, kindMap:
		return p.writerLiteral(t, plain, false)
	default:
		return codecName(writers[t.kind])
	}
}

// elemWriter is a function that writes an element.
func (p *printer) elemWriter(t *typ) *jen.Statement {
	switch {
	case !t.nullable || t.kind == kindAny:
		return p.writer(t)
	case t.kind == kindObject:
		return codecName("EncodePointer").Types(p.goType(t))
	default:
		return p.writerLiteral(t, formOf(t, true), true)
	}
}

// writerLiteral is a function literal around the statements that write a
// value.
func (p *printer) writerLiteral(t *typ, form form, nullable bool) *jen.Statement {
	return jen.Func().Params(encoderParam("e"), jen.Id("v").Add(p.elemType(t))).BlockFunc(func(g *jen.Group) {
		p.write(g, jen.Id("v"), t, form, nullable, "e")
	})
}
