package gen

import "github.com/dave/jennifer/jen"

// entities prints the package of entities, if it is to be printed.
func (p *printer) entities() {
	if p.opts.TypesDir == "" || !p.hasEntities() {
		return
	}
	p.idsFile()
	p.enumsFile()
	p.entitiesFile()
	p.codecsFile()
	p.clonesFile()
}

func (p *printer) idsFile() {
	if len(p.ids) == 0 {
		return
	}
	s := p.entity("ids.go")
	for _, id := range p.ids {
		s.declare(id.doc, jen.Type().Id(id.name).String())
	}
	p.done(s)
}

func (p *printer) enumsFile() {
	if len(p.enums)+len(p.added) == 0 {
		return
	}
	s := p.entity("enums.go")
	for _, e := range p.added {
		s.declare(doc{"Values of " + e.name + " that " + p.title() + " has besides."}, p.constants(e, p.entityName(e.name, true)))
	}
	for _, e := range p.enums {
		p.enum(s, e)
	}
	p.done(s)
}

func (p *printer) enum(s *source, e *enum) {
	s.declare(e.doc, jen.Type().Id(e.name).String())
	if len(e.values) > 0 {
		s.declare(doc{"The known values of " + e.name + "."}, p.constants(e, jen.Id(e.name)))
	}
	known := method("v", e.name, "Known").Params().Bool()
	knownDoc := doc{"Known reports whether v is one of the values above."}
	if len(e.values) == 0 {
		s.declare(knownDoc, known.Block(jen.Return(jen.False())))
		return
	}
	s.declare(knownDoc, known.Block(
		jen.Switch(jen.Id("v")).Block(
			jen.CaseFunc(func(g *jen.Group) {
				for i, v := range e.values {
					if i == 0 {
						g.Id(v.name)
					} else {
						g.Line().Id(v.name)
					}
				}
			}).Block(jen.Return(jen.True())),
		),
		jen.Return(jen.False()),
	))
}

// constants prints the values of an enum of this type.
func (p *printer) constants(e *enum, typ *jen.Statement) *jen.Statement {
	return jen.Const().DefsFunc(func(g *jen.Group) {
		for _, v := range e.values {
			if len(v.doc) > 0 {
				g.Add(v.doc.comment(1))
			}
			g.Id(v.name).Add(typ.Clone()).Op("=").Lit(v.value)
		}
	})
}

func (p *printer) entitiesFile() {
	s := p.entity("entities.go")
	which := "the entities of " + p.title()
	if p.opts.Shared.Import != "" {
		which = "those entities of " + p.title() + " that package " + p.opts.Shared.Name + " does not have"
	}
	s.packageDoc(doc{
		"Package " + p.opts.TypesPackage + " has " + which + ": what its messages carry, as Go types.",
		"A value that JSON may leave out or null is an opt.Opt; an object that may be missing is a pointer, and" +
			" a list or map that is missing is nil, and so is a map that is always there and has nothing. Every type reads and writes the server's JSON, by encoding/json" +
			" as well.",
		"Decoded strings are parts of the frame they came in, and keep it in memory. Call Clone on what is kept for long.",
		"As JSON, a key counts only if it is written exactly so, of a duplicate key the last one counts, a null where there should be a value leaves it zero, and a string that is not UTF-8 is an error. What a value held before it is unmarshaled into is gone.",
	})
	for _, t := range p.types {
		switch t := t.(type) {
		case *object:
			p.structure(s, t)
		case *union:
			p.union(s, t)
		}
	}
	p.done(s)
}

func (p *printer) title() string {
	if p.spec.Title != "" {
		return p.spec.Title
	}
	return p.spec.Name
}

// structure prints an object's type.
func (p *printer) structure(s *source, o *object) {
	s.declare(o.doc, jen.Type().Id(o.name).StructFunc(func(g *jen.Group) {
		for _, e := range o.embeds {
			g.Add(p.entityName(e.name, e.shared))
		}
		if len(o.embeds) > 0 && len(o.fields) > 0 {
			g.Line()
		}
		p.structFields(g, o)
	}))
}

func (p *printer) structFields(g *jen.Group, o *object) {
	for _, f := range o.fields {
		if len(f.doc) > 0 {
			g.Add(f.doc.comment(1))
		}
		g.Id(f.name).Add(p.fieldType(f))
	}
}

// fieldType is the Go type of a field.
func (p *printer) fieldType(f *field) *jen.Statement {
	switch f.form {
	case wrapped:
		return p.optOf(f.typ)
	case pointer:
		return ptr(p.goType(f.typ))
	default:
		return p.goType(f.typ)
	}
}

func (p *printer) optOf(t *typ) *jen.Statement { return jen.Qual(optPath, "Opt").Types(p.goType(t)) }

// elemType is the Go type of an element.
func (p *printer) elemType(t *typ) *jen.Statement {
	switch formOf(t, t.nullable) {
	case wrapped:
		return p.optOf(t)
	case pointer:
		return ptr(p.goType(t))
	default:
		return p.goType(t)
	}
}

// goType is the Go type of a value that is there.
func (p *printer) goType(t *typ) *jen.Statement {
	switch t.kind {
	case kindString:
		if t.name == "" {
			return jen.String()
		}
		return p.entityName(t.name, t.shared)
	case kindInteger:
		return jen.Int64()
	case kindNumber:
		return jen.Float64()
	case kindBoolean:
		return jen.Bool()
	case kindTimestamp:
		return jen.Qual("time", "Time")
	case kindAny:
		return jen.Qual("encoding/json", "RawMessage")
	case kindObject:
		return p.entityName(t.object.name, t.object.shared)
	case kindUnion:
		return p.unionName("", t.union)
	case kindList:
		return jen.Index().Add(p.elemType(t.elem))
	default:
		return jen.Map(jen.String()).Add(p.elemType(t.elem))
	}
}

// entityName is the name of something in the package of entities, or in that
// of the shared ones.
func (p *printer) entityName(name string, shared bool) *jen.Statement {
	if shared {
		return jen.Qual(p.opts.Shared.Import, name)
	}
	return jen.Qual(p.opts.TypesImport, name)
}

// unionName is the name of a union, or of a function that is called after what
// it does to one.
func (p *printer) unionName(verb string, u *union) *jen.Statement {
	return p.entityName(verb+u.name, u.shared)
}
