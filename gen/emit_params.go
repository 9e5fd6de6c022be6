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
	printChecks(g, value, f.checks(false), func(reason string) jen.Code { return paramError(c, f, reason) })
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
