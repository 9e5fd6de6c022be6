package upstream

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/spec"
)

// Schema is an entity as a publication declares it.
type Schema struct {
	spec.Pos
	Name  string
	Shape *Shape
	// Cases are the objects that the entity is, or is a choice of; empty when
	// it is none.
	Cases []*Shape
}

const (
	anEntity = "an entity"
	aVariant = "a variant"
)

func entityPath(name string) string { return "types." + name }

// AddSchema notes what an entity is made of, in the terms of the type of that
// name in a spec: where that is a union, the cases are told apart as it tells
// its variants apart. An entity that the spec does not have is passed over: a
// spec holds those that its messages carry.
func (f *Facts) AddSchema(schema *Schema, of *spec.Spec) {
	i := slices.IndexFunc(of.Types, func(t *spec.Type) bool { return t.Name == schema.Name })
	if i < 0 {
		return
	}
	t := of.Types[i]
	if t.Kind != spec.KindUnion || len(schema.Cases) == 0 {
		f.AddShape("", entityPath(schema.Name), anEntity, schema.Pos, schema.Shape, false)
		return
	}
	path := f.Add("", entityPath(schema.Name), anEntity, schema.Pos)
	for _, v := range variants(schema.Cases, t.Discriminator) {
		f.AddShape(path, "variants."+v.Name, aVariant, v.Pos, v.Shape, false)
	}
}

// AddVariant notes a variant of an entity of which no more is known than that
// it is there, unless that is known already.
func (f *Facts) AddVariant(entity, tag string, pos spec.Pos) {
	if path := entityPath(entity); f.byPath[path] != nil {
		f.Add(path, "variants."+tag, aVariant, pos)
	}
}

// variants sorts cases by the values of the field that tells them apart, and
// joins those of one value. The field itself is left out.
func variants(cases []*Shape, discriminator string) []*Schema {
	var all []*Schema
	objects := map[string][]*Shape{}
	for _, c := range cases {
		i := slices.IndexFunc(c.Fields, func(field Field) bool { return field.Name == discriminator })
		if i < 0 {
			continue
		}
		rest := &Shape{Form: Object, Fields: slices.Delete(slices.Clone(c.Fields), i, i+1)}
		for _, tag := range c.Fields[i].Shape.Values {
			if objects[tag.Word] == nil {
				all = append(all, &Schema{Pos: tag.Pos, Name: tag.Word})
			}
			objects[tag.Word] = append(objects[tag.Word], rest)
		}
	}
	for _, v := range all {
		v.Shape = JoinObjects(objects[v.Name])
	}
	return all
}
