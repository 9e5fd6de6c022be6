package gen

import "github.com/dave/jennifer/jen"

// clonesFile prints the deep copies of the entities.
func (p *printer) clonesFile() {
	if len(p.types) == 0 {
		return
	}
	s := p.entity("entities_clone.go")
	for _, o := range p.objects {
		p.clone(s, o)
	}
	for _, u := range p.unions {
		p.cloneUnion(s, u)
	}
	p.done(s)
}

func (p *printer) clone(s *source, o *object) {
	s.declare(doc{"Clone returns a deep copy that keeps no frame in memory."},
		method("v", o.name, "Clone").Params().Id(o.name).BlockFunc(func(g *jen.Group) {
			for _, e := range o.embeds {
				value := jen.Id("v").Dot(e.name)
				g.Add(value.Clone().Op("=").Add(value).Dot("Clone").Call())
			}
			for _, f := range o.fields {
				value := jen.Id("v").Dot(f.name)
				if copied := p.cloned(value, f.typ, f.form); copied != nil {
					g.Add(value.Clone().Op("=").Add(copied))
				}
			}
			g.Return(jen.Id("v"))
		}))
}

// cloned is an expression for the clone of a value, or nil for one that holds
// no memory.
func (p *printer) cloned(value *jen.Statement, t *typ, form form) *jen.Statement {
	switch {
	case form == wrapped && t.kind == kindString:
		return codecName("CloneOpt").Call(value, codecName("Clone"))
	case form == wrapped:
		return nil
	case form == pointer:
		return codecName("ClonePointer").Call(value)
	}
	switch t.kind {
	case kindString:
		return codecName("Clone").Call(value)
	case kindAny:
		return codecName("CloneRaw").Call(value)
	case kindObject:
		return value.Clone().Dot("Clone").Call()
	case kindUnion:
		return p.unionName("Clone", t.union).Call(value)
	case kindList:
		return codecName("CloneList").Call(value, p.elemCloner(t.elem))
	case kindMap:
		return codecName("CloneMap").Call(value, p.elemCloner(t.elem))
	default:
		return nil
	}
}

// elemCloner is a function that clones an element.
func (p *printer) elemCloner(t *typ) *jen.Statement {
	if t.nullable && t.kind == kindObject {
		return codecName("ClonePointer").Types(p.goType(t))
	}
	if t.nullable && t.kind == kindString {
		return jen.Func().Params(jen.Id("v").Add(p.elemType(t))).Add(p.elemType(t)).Block(
			jen.Return(p.cloned(jen.Id("v"), t, wrapped)))
	}
	switch t.kind {
	case kindString:
		return codecName("Clone")
	case kindAny:
		return codecName("CloneRaw")
	case kindObject:
		return p.goType(t).Dot("Clone")
	case kindUnion:
		return p.unionName("Clone", t.union)
	case kindList, kindMap:
		return jen.Func().Params(jen.Id("v").Add(p.elemType(t))).Add(p.elemType(t)).Block(
			jen.Return(p.cloned(jen.Id("v"), t, plain)))
	default:
		return codecName("Same")
	}
}
