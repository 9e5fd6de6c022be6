package gen

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/spec"
)

const maxRequired = codec.MaxRequired

// declareTypes names every type, so that types can use each other whatever
// their order.
func (b *builder) declareTypes(types []*spec.Type) {
	for _, t := range types {
		what := "type " + quoted(t.Name)
		name := b.goName(t.GoName, t.Name, t.Pos, what)
		b.entities.claim(name, t.Pos, what)
		switch t.Kind {
		case spec.KindObject:
			b.objects[t] = &object{name: name, label: t.Name, pos: t.Pos, shared: b.shared[t] != nil}
		case spec.KindUnion:
			b.unions[t] = &union{name: name, label: t.Name, shared: b.shared[t] != nil}
		default:
			b.strings[t] = name
		}
	}
}

// defineTypes fills in what declareTypes named.
func (b *builder) defineTypes(types []*spec.Type) {
	for _, t := range types {
		switch t.Kind {
		case spec.KindID:
			name := b.strings[t]
			b.out.ids = append(b.out.ids, &stringType{
				name:   name,
				doc:    describe(name, t.Doc, "is an id.").with(typeSource(t)),
				shared: b.shared[t] != nil,
			})
		case spec.KindEnum:
			b.enum(t)
		case spec.KindObject:
			b.object(t)
		case spec.KindUnion:
			b.union(t)
		}
	}
}

func typeSource(t *spec.Type) string { return provenance(t.Pos, t.Name, t.Evidence) }

const openSet = "An open set: a server may send a value that is not listed here."

func (b *builder) enum(t *spec.Type) {
	e := &enum{name: b.strings[t], shared: b.shared[t] != nil}
	e.doc = describe(e.name, t.Doc, "is one of a few words.").with(openSet, typeSource(t))
	for _, v := range t.Values {
		what := "value " + quoted(v.Value)
		name := e.name + b.suffix(v.GoName, v.Value, v.Pos, what)
		b.entities.claim(name, v.Pos, what)
		d := paragraphs(v.Doc)
		if extra := differs(v.Evidence, t.Evidence); extra != "" {
			d = d.with(extra)
		}
		e.values = append(e.values, enumValue{name: name, value: v.Value, doc: d})
	}
	b.out.enums = append(b.out.enums, e)
	if e.shared {
		b.addedValues(e, newValues(t, b.shared[t]))
	}
}

// addedValues keeps the values that a shared enum has besides.
func (b *builder) addedValues(e *enum, values []*spec.EnumValue) {
	if len(values) == 0 {
		return
	}
	added := &enum{name: e.name}
	for _, v := range e.values {
		if slices.ContainsFunc(values, func(n *spec.EnumValue) bool { return n.Value == v.value }) {
			added.values = append(added.values, v)
		}
	}
	b.out.added = append(b.out.added, added)
}

func (b *builder) object(t *spec.Type) {
	o := b.objects[t]
	o.doc = describe(o.name, t.Doc, "is an object of the server.").with(typeSource(t))
	in := b.newScope()
	in.reserve("a method of every entity", entityNames...)
	for _, ref := range t.Embeds {
		e := b.objects[ref.Type]
		if !e.embedded {
			e.embedded = true
			what := "the fields of the embedded " + e.name
			b.entities.claim(e.decodeFieldName(), ref.Type.Pos, what)
			b.entities.claim(e.encodeFieldsName(), ref.Type.Pos, what)
		}
		o.embeds = append(o.embeds, e)
		in.claim(e.name, ref.Pos, "the embedded "+e.name)
		b.claimPromoted(in, ref.Type, ref.Pos)
	}
	o.fields = b.typeFields(t.Fields, in, t.Evidence)
	b.tooMany(o, embedSome)
	b.addObject(o)
}

// claimPromoted takes the names that an embedded type lends.
func (b *builder) claimPromoted(in *scope, t *spec.Type, pos spec.Pos) {
	for _, ref := range t.Embeds {
		b.claimPromoted(in, ref.Type, pos)
	}
	for _, f := range t.Fields {
		name := f.GoName
		if name == "" {
			name = exported(f.Name)
		}
		in.claim(name, f.Pos, "field "+quoted(f.Name)+" of "+t.Name)
	}
}

func (b *builder) addObject(o *object) {
	b.out.objects = append(b.out.objects, o)
	b.out.types = append(b.out.types, o)
}

func (b *builder) union(t *spec.Type) {
	u := b.unions[t]
	what := "union " + quoted(t.Name)
	u.key, u.empty = t.Discriminator, t.Empty
	for _, name := range []string{u.unknown(), "Decode" + u.name, "Encode" + u.name, "Clone" + u.name} {
		b.entities.claim(name, t.Pos, what)
	}
	u.kinds = &enum{name: u.name + "Kind", shared: u.shared}
	u.kinds.doc = doc{u.kinds.name + " tells the variants of a " + u.name + " apart.", openSet}
	b.entities.claim(u.kinds.name, t.Pos, what)

	if len(t.Fields) > 0 {
		u.common = &object{name: u.name + "Common", label: t.Name, pos: t.Pos, shared: u.shared, embedded: true}
		u.common.doc = doc{u.common.name + " has the fields that every " + u.name + " has."}
		b.entities.claim(u.common.name, t.Pos, what)
		in := b.newScope()
		in.reserve("a method of every member of a union", entityNames...)
		in.reserve("a method of every member of a union", variantNames...)
		in.reserve("a field of "+u.unknown(), "Type", "Raw")
		u.common.fields = b.typeFields(t.Fields, in, t.Evidence)
		u.common.union = u
		b.tooMany(u.common, embedSome)
		b.out.objects = append(b.out.objects, u.common)
	}
	for _, v := range t.Variants {
		b.variant(t, u, v)
	}
	u.doc = describe(u.name, t.Doc, "is one of several objects.").with(
		"It is one of "+u.members()+".", typeSource(t))
	b.out.enums = append(b.out.enums, u.kinds)
	b.out.unions = append(b.out.unions, u)
	b.out.types = append(b.out.types, u)
}

// members lists the variants for the union's doc comment.
func (u *union) members() string {
	var names []string
	for _, v := range u.variants {
		names = append(names, "*"+v.name)
	}
	names = append(names, "*"+u.unknown())
	text := spec.Enumerate(names, "or")
	if u.empty {
		text += "; nil stands for {}"
	}
	return text
}

func (b *builder) variant(t *spec.Type, u *union, v *spec.Variant) {
	what := "variant " + quoted(v.Tag)
	suffix := b.suffix(v.GoName, v.Tag, v.Pos, what)
	o := &object{
		name:   u.name + suffix,
		label:  t.Name + "." + v.Tag,
		shared: u.shared,
		pos:    v.Pos,
		union:  u,
		tag:    v.Tag,
		kind:   u.kinds.name + suffix,
	}
	o.doc = doc{o.name + " is the " + u.name + " with the " + u.key + " " + quoted(v.Tag) + "."}.
		with(paragraphs(v.Doc)...).with(provenance(v.Pos, t.Name+"."+v.Tag, v.Evidence))
	b.entities.claim(o.name, v.Pos, what)
	b.entities.claim(o.kind, v.Pos, what)
	u.kinds.values = append(u.kinds.values, enumValue{name: o.kind, value: v.Tag})

	in := b.newScope()
	in.reserve("a method of every member of a union", entityNames...)
	in.reserve("a method of every member of a union", variantNames...)
	if u.common != nil {
		o.embeds = []*object{u.common}
		in.reserve("the embedded "+u.common.name, u.common.name)
		b.claimPromoted(in, t, t.Pos)
	}
	o.fields = b.typeFields(v.Fields, in, v.Evidence)
	b.tooMany(o, embedSome)
	u.variants = append(u.variants, o)
	b.out.objects = append(b.out.objects, o)
}

// breakValueCycles puts required objects behind a pointer where they would
// hold themselves by value.
func breakValueCycles(objects []*object) {
	for _, o := range objects {
		for _, f := range o.fields {
			if f.typ.kind == kindObject && f.form == plain && f.typ.object.holds(o, map[*object]bool{}) {
				f.form = pointer
			}
		}
	}
}

// holds reports whether a value of o has a value of target inside it.
func (o *object) holds(target *object, visited map[*object]bool) bool {
	if o == target {
		return true
	}
	if visited[o] {
		return false
	}
	visited[o] = true
	for _, e := range o.embeds {
		if e.holds(target, visited) {
			return true
		}
	}
	for _, f := range o.fields {
		if f.typ.kind == kindObject && f.form == plain && f.typ.object.holds(target, visited) {
			return true
		}
	}
	return false
}
