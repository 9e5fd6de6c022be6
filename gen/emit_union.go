package gen

import "github.com/dave/jennifer/jen"

// union prints a union's interface and the structs of its variants.
func (p *printer) union(s *source, u *union) {
	s.declare(u.doc, jen.Type().Id(u.name).InterfaceFunc(func(g *jen.Group) {
		if u.common != nil {
			g.Comment("// Common returns the fields that every " + u.name + " has.")
			g.Id("Common").Params().Op("*").Id(u.common.name)
		}
		g.Comment("// Kind tells which one it is.")
		g.Id("Kind").Params().Id(u.kinds.name)
		g.Comment("// Encode writes it as JSON.")
		g.Id("Encode").Params(encoderParam("e"))
		g.Id(u.marker()).Params()
	}))
	if u.common != nil {
		p.structure(s, u.common)
		s.declare(doc{"Common returns c. Every " + u.name + " has it."},
			method("c", "*"+u.common.name, "Common").Params().Op("*").Id(u.common.name).Block(jen.Return(jen.Id("c"))))
	}
	for _, v := range u.variants {
		p.structure(s, v)
	}
	s.declare(doc{
		u.unknown() + " is a " + u.name + " of a kind that these bindings do not have. It keeps the whole value.",
	}, jen.Type().Id(u.unknown()).StructFunc(func(g *jen.Group) {
		if u.common != nil {
			g.Id(u.common.name).Comment("// as far as they could be read")
			g.Line()
		}
		g.Comment("// Type is the " + u.key + `; "" where it is no string.`)
		g.Id("Type").String()
		g.Comment("// Raw is the value as received.")
		g.Id("Raw").Qual("encoding/json", "RawMessage")
	}))
	for _, v := range u.variants {
		s.declare(doc{"Kind returns " + v.kind + "."},
			bare(v.name, "Kind").Params().Id(u.kinds.name).Block(jen.Return(jen.Id(v.kind))))
	}
	s.declare(doc{"Kind returns the " + u.key + " as received."},
		method("v", "*"+u.unknown(), "Kind").Params().Id(u.kinds.name).Block(
			jen.Return(jen.Id(u.kinds.name).Parens(jen.Id("v").Dot("Type")))))
	for _, v := range u.variants {
		s.Add(bare(v.name, u.marker()).Params().Block())
	}
	s.Add(bare(u.unknown(), u.marker()).Params().Block())
	s.Line()
}

func (u *union) marker() string { return "is" + u.name }

// unionCodec prints how a union and its unknown member are read and written.
func (p *printer) unionCodec(s *source, u *union) {
	p.decodeUnion(s, u)
	p.encodeUnion(s, u)
	p.unknownCodec(s, u)
}

func (p *printer) decodeUnion(s *source, u *union) {
	name := "Decode" + u.name
	d := doc{name + " reads a " + u.name + " of any kind, wherever its " + u.key + " stands."}
	empty := jen.Id("_")
	if u.empty {
		d[0] += " It returns nil for {}."
		empty = jen.Id("empty")
	}
	s.declare(d, jen.Func().Id(name).Params(decoderParam()).Params(jen.Id(u.name), jen.Error()).BlockFunc(func(g *jen.Group) {
		g.List(jen.Id("tag"), empty, jen.Id("_"), jen.Err()).Op(":=").Id("d").Dot("Tag").Call(jen.Lit(u.key))
		g.Add(returnIfErr(jen.Nil()))
		g.Defer().Id("d").Dot("EndUnion").Call()
		if u.empty {
			g.If(jen.Id("empty")).Block(jen.Return(jen.Nil(), jen.Id("d").Dot("Skip").Call()))
		}
		g.Var().Id("v").Interface(
			jen.Id(u.name),
			jen.Id("Decode").Params(ptr(codecName("Decoder"))).Error(),
		)
		g.Switch(jen.Id(u.kinds.name).Parens(jen.Id("tag"))).BlockFunc(func(g *jen.Group) {
			for _, v := range u.variants {
				g.Case(jen.Id(v.kind)).Block(jen.Id("v").Op("=").New(jen.Id(v.name)))
			}
			g.Default().Block(
				jen.Id("d").Dot("Variant").Call(jen.Lit(u.label), jen.Lit(u.key), jen.Id("tag")),
				jen.Id("v").Op("=").New(jen.Id(u.unknown())))
		})
		g.If(jen.Err().Op(":=").Id("v").Dot("Decode").Call(jen.Id("d")), jen.Err().Op("!=").Nil()).Block(
			jen.Return(jen.Nil(), jen.Err()))
		g.Return(jen.Id("v"), jen.Nil())
	}))
}

func (p *printer) encodeUnion(s *source, u *union) {
	name := "Encode" + u.name
	nothing, text := jen.Id("e").Dot("Null").Call(), "null"
	if u.empty {
		nothing, text = jen.Id("e").Dot("ObjEmpty").Call(), "{}"
	}
	s.declare(doc{name + " writes v, or " + text + " for nil."},
		jen.Func().Id(name).Params(encoderParam("e"), jen.Id("v").Id(u.name)).Block(
			jen.If(jen.Id("v").Op("==").Nil()).Block(nothing, jen.Return()),
			jen.Id("v").Dot("Encode").Call(jen.Id("e")),
		))
}

func (p *printer) unknownCodec(s *source, u *union) {
	name := u.unknown()
	s.declare(doc{"Decode keeps the value as it is, and reads of it what every " + u.name + " has."},
		method("v", "*"+name, "Decode").Params(decoderParam()).Error().BlockFunc(func(g *jen.Group) {
			g.List(jen.Id("raw"), jen.Err()).Op(":=").Id("d").Dot("Raw").Call()
			g.Add(returnIfErr())
			g.Op("*").Id("v").Op("=").Id(name).Values(jen.Dict{jen.Id("Raw"): jen.Id("raw")})
			if u.common != nil {
				g.Var().Id("seen").Add(codecName("Seen"))
			}
			g.Add(codecName("Fields")).Call(jen.Id("raw"), p.fieldFunc(func(g *jen.Group) {
				g.If(jen.Id("key").Op("==").Lit(u.key)).Block(
					jen.List(jen.Id("tag"), jen.Err()).Op(":=").Id("d").Dot("String").Call(),
					jen.Id("v").Dot("Type").Op("=").Id("tag"),
					jen.Return(jen.Err()),
				)
				if u.common == nil {
					g.Return(jen.Nil())
					return
				}
				g.List(jen.Id("_"), jen.Err()).Op(":=").Id("v").Dot(u.common.name).Dot("decodeField").Call(
					jen.Id("d"), jen.Id("key"), address(jen.Id("seen")))
				g.Return(jen.Err())
			}))
			g.Return(jen.Nil())
		}))
	s.declare(doc{"Encode writes the value as it was received."},
		method("v", "*"+name, "Encode").Params(encoderParam("e")).Block(
			codecName("EncodeAny").Call(jen.Id("e"), jen.Id("v").Dot("Raw"))))
	p.jsonMethods(s, name)
}

// cloneUnion prints the deep copy of a union.
func (p *printer) cloneUnion(s *source, u *union) {
	name := "Clone" + u.name
	s.declare(doc{name + " returns a deep copy of v that keeps no frame in memory; nil for nil."},
		jen.Func().Id(name).Params(jen.Id("v").Id(u.name)).Id(u.name).Block(
			jen.Switch(jen.Id("v").Op(":=").Id("v").Assert(jen.Type())).BlockFunc(func(g *jen.Group) {
				for _, variant := range append(u.variantNames(), u.unknown()) {
					g.Case(ptr(jen.Id(variant))).Block(
						jen.Return(codecName("ClonePointer").Call(jen.Id("v"))))
				}
			}),
			jen.Return(jen.Nil()),
		))
	s.declare(doc{"Clone returns a deep copy that keeps no frame in memory."},
		method("v", u.unknown(), "Clone").Params().Id(u.unknown()).BlockFunc(func(g *jen.Group) {
			if u.common != nil {
				common := jen.Id("v").Dot(u.common.name)
				g.Add(common.Clone().Op("=").Add(common).Dot("Clone").Call())
			}
			g.Id("v").Dot("Type").Op("=").Add(codecName("Clone")).Call(jen.Id("v").Dot("Type"))
			g.Id("v").Dot("Raw").Op("=").Add(codecName("CloneRaw")).Call(jen.Id("v").Dot("Raw"))
			g.Return(jen.Id("v"))
		}))
}

func (u *union) variantNames() []string {
	var names []string
	for _, v := range u.variants {
		names = append(names, v.name)
	}
	return names
}
