package gen

import "github.com/dave/jennifer/jen"

// params prints a channel's parameters and their check.
func (p *printer) params(s *source, c *channel) {
	o := c.params
	p.structure(s, o)
	s.declare(doc{"Validate returns a *ParamError for what the server would ignore without a word, and nil otherwise."},
		method("p", o.name, "Validate").Params().Error().BlockFunc(func(g *jen.Group) {
			for _, f := range o.fields {
				p.validate(g, c, f)
			}
			g.Return(jen.Nil())
		}))
	s.declare(doc{"Encode writes p as JSON."},
		method("p", o.name, "Encode").Params(encoderParam("e")).BlockFunc(func(g *jen.Group) {
			p.encodeObject(g, o, "p", "e")
		}))
}

// validate prints the checks of one parameter.
func (p *printer) validate(g *jen.Group, c *channel, f *field) {
	value := jen.Id("p").Dot(f.name)
	refuse := func(condition jen.Code, reason string) {
		g.If(condition).Block(jen.Return(paramError(c, f, reason)))
	}
	if f.form == wrapped && !f.nullable {
		refuse(value.Clone().Dot("IsNull").Call(), "must not be null: leave it out")
	}
	if !f.optional && !f.nullable {
		switch f.typ.kind {
		case kindString:
			refuse(value.Clone().Op("==").Lit(""), "is required")
		case kindList, kindMap, kindAny:
			refuse(jen.Len(value.Clone()).Op("==").Lit(0), "is required")
		case kindUnion:
			refuse(value.Clone().Op("==").Nil(), "is required")
		}
	}
	if f.noEmptyItems {
		inner := "list"
		if f.typ.elem.kind == kindMap {
			inner = "map"
		}
		g.For(jen.List(jen.Id("_"), jen.Id("inner")).Op(":=").Range().Add(value)).Block(
			jen.If(jen.Len(jen.Id("inner")).Op("==").Lit(0)).Block(
				jen.Return(paramError(c, f, "must not hold an empty "+inner))))
	}
}

func paramError(c *channel, f *field, reason string) jen.Code {
	return address(runtimeName("ParamError")).Values(
		entry("Channel", jen.Lit(c.spec.Name)),
		entry("Param", jen.Lit(f.key)),
		entry("Reason", jen.Lit(reason)),
	)
}
