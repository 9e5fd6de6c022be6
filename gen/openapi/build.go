package openapi

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/spec"
)

// builder turns schemas into types. It goes on after a fault, to find others.
type builder struct {
	schemas map[string]*definition
	shapes  map[*node]*shape
	queue   []*definition // named types whose content is not read yet

	ids     []*spec.Type
	types   []*spec.Type
	names   map[string]bool // of types, taken
	inlined map[*node]*inlineType
	byID    map[string]*spec.Type // ids by the name they ask for
	shared  map[string]*spec.Type // inline types and enums by their content

	faults []error
	told   map[Error]bool // faults, so that each is told once
	notes  []Note
	noted  map[string]int
}

// definition is a schema with a name.
type definition struct {
	name   string
	schema *node
	typ    *spec.Type // nil until something uses it
	open   bool       // being written out
}

func newBuilder() *builder {
	return &builder{
		schemas: map[string]*definition{},
		shapes:  map[*node]*shape{},
		names:   map[string]bool{},
		inlined: map[*node]*inlineType{},
		byID:    map[string]*spec.Type{},
		shared:  map[string]*spec.Type{},
		told:    map[Error]bool{},
		noted:   map[string]int{},
	}
}

// declare gives every schema its name, before any inline type can take it.
func (b *builder) declare(schemas *node) {
	for _, key := range schemas.keys {
		name := pascal(key)
		switch {
		case name == "" || name[0] < 'A' || name[0] > 'Z':
			b.fault(schemas.at(key), "has a name that no type can have")
			continue
		case b.names[name]:
			b.fault(schemas.at(key), "has the name of another schema, but for its case or its signs")
			continue
		}
		b.names[name] = true
		b.schemas[key] = &definition{name: name, schema: schemas.members[key]}
	}
}

// use declares a schema's type, once. Not all schemas become one.
func (b *builder) use(d *definition) {
	if d.typ != nil {
		return
	}
	if s := b.shape(d.schema); s.form < enumForm {
		b.note(d.schema.pointer, "%s is written out where it is used, for it is no object, union or enum", d.name)
		return
	}
	d.typ = &spec.Type{Name: d.name}
	b.queue = append(b.queue, d)
}

// fill reads the content of a named type.
func (b *builder) fill(d *definition) {
	s := b.shape(d.schema)
	at := len(b.types)
	b.content(d.typ, s)
	b.types = slices.Insert(b.types, at, d.typ)
	if s.form == enumForm {
		if key := content(d.typ); b.shared[key] == nil {
			b.shared[key] = d.typ
		}
	}
}

func (b *builder) content(t *spec.Type, s *shape) {
	switch s.form {
	case enumForm:
		t.Kind = spec.KindEnum
		for _, v := range s.values {
			t.Values = append(t.Values, &spec.EnumValue{Value: v})
		}
	case objectForm:
		t.Kind = spec.KindObject
		own := b.inherit(t, s)
		t.Fields = b.fields(own, t.Name, t.Name)
	case unionForm:
		t.Kind = spec.KindUnion
		t.Discriminator = s.tag
		shared, cases := common(s.cases)
		t.Fields = b.fields(shared, t.Name, t.Name)
		for _, c := range cases {
			for _, tag := range c.tags {
				v := &spec.Variant{Tag: tag, Fields: b.fields(c.fields, t.Name, t.Name+pascal(tag))}
				t.Variants = append(t.Variants, v)
			}
		}
	}
}

// inherit embeds what allOf names and returns the fields that are left. A key
// must come to an object once: an embed that would bring one again gives its
// other fields instead, and a field of its own gives way.
func (b *builder) inherit(t *spec.Type, s *shape) []property {
	from := map[string]string{}
	var own []property
	add := func(p property, owner string) {
		if first := from[p.name]; first != "" {
			b.note(p.schema.pointer, "%s has %s from %s; what %s says of it is not taken over", t.Name, p.name, first, owner)
			return
		}
		from[p.name] = owner
		own = append(own, p)
	}
	embedded := map[*definition]bool{}
	for _, e := range s.embeds {
		if embedded[e] {
			continue
		}
		embedded[e] = true
		all := b.flatten(b.shape(e.schema))
		if slices.ContainsFunc(all, func(p property) bool { return from[p.name] != "" }) {
			for _, p := range all {
				add(p, e.name)
			}
			continue
		}
		for _, p := range all {
			from[p.name] = e.name
		}
		b.use(e)
		t.Embeds = append(t.Embeds, &spec.Ref{Type: e.typ})
	}
	for _, p := range s.fields {
		add(p, t.Name)
	}
	return own
}

// flatten returns all fields of an object, those of its embeds first.
func (b *builder) flatten(s *shape) []property {
	var all []property
	seen := map[string]bool{}
	add := func(properties []property) {
		for _, p := range properties {
			if !seen[p.name] {
				seen[p.name] = true
				all = append(all, p)
			}
		}
	}
	for _, e := range s.embeds {
		add(b.flatten(b.shape(e.schema)))
	}
	add(s.fields)
	return all
}

func (b *builder) fields(properties []property, owner, prefix string) []*spec.Field {
	var fields []*spec.Field
	for _, p := range properties {
		at := place{owner: owner, prefix: prefix, field: p.name, pointer: p.schema.pointer}
		fields = append(fields, &spec.Field{Name: p.name, Optional: p.optional, Type: b.expr(p.schema, at)})
	}
	return fields
}

// expr returns the use of a schema in a field. A nil schema is any value.
func (b *builder) expr(n *node, p place) *spec.TypeExpr {
	if n == nil {
		return &spec.TypeExpr{Basic: spec.Any}
	}
	s := b.shape(n)
	e := &spec.TypeExpr{}
	switch s.form {
	case basicForm:
		e.Basic = s.basic
	case idForm:
		e = b.id(p)
	case refForm:
		e = b.refer(s.ref, p)
	case listForm:
		e.List = b.expr(s.item, p.item())
	case mapForm:
		e.Map = b.expr(s.item, p.item())
	default:
		e.Named = b.inline(n, s, p)
	}
	e.Nullable = (e.Nullable || s.nullable) && e.Basic != spec.Any
	return e
}

// refer uses a schema by its name, or writes it out where it has no type.
func (b *builder) refer(d *definition, p place) *spec.TypeExpr {
	s := b.shape(d.schema)
	if s.form >= enumForm {
		b.use(d)
		return &spec.TypeExpr{Named: d.typ, Nullable: s.nullable}
	}
	if d.open {
		b.note(p.pointer, "%s holds itself; taken as any", d.name)
		return &spec.TypeExpr{Basic: spec.Any}
	}
	d.open = true
	defer func() { d.open = false }()
	return b.expr(d.schema, p)
}
