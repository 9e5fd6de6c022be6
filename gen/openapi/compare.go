package openapi

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/misskeyactor/misskeyactor/gen/upstream"
	"github.com/misskeyactor/misskeyactor/spec"
)

// API is what a document says of a server's API, as far as a spec can be held
// against it.
type API struct {
	Version  string // of the server, as in 2026.3.2; "" when it does not say
	Entities []*upstream.Schema
}

// Read reads an OpenAPI 3.1 document in JSON. Its faults come as *Error, all
// that were found joined into one error. An error of the reader is returned as
// it is.
func Read(document io.Reader) (*API, error) {
	data, err := io.ReadAll(document)
	if err != nil {
		return nil, fmt.Errorf("read OpenAPI document: %w", err)
	}
	root, err := parse(data)
	if err != nil {
		return nil, err
	}
	r := reader{builder: newBuilder(), open: map[*node]bool{}}
	api := &API{Version: root.get("info").get("version").text()}
	if schemas := r.declareAll(root); schemas != nil {
		api.Entities = r.all(schemas)
	}
	if len(r.faults) > 0 {
		return nil, errors.Join(r.faults...)
	}
	return api, nil
}

// Compare returns where the document's schemas and the types of a spec differ,
// of those that both have: a spec holds the ones that its messages carry.
func Compare(a *API, s *spec.Spec) []upstream.Difference {
	theirs := &upstream.Facts{}
	for _, e := range a.Entities {
		theirs.AddSchema(e, s)
	}
	ours := upstream.FromTypes(s, func(name string) bool {
		return slices.ContainsFunc(a.Entities, func(e *upstream.Schema) bool { return e.Name == name })
	})
	return upstream.Compare(theirs, ours)
}

// maxSteps bounds how many schemas are looked at, those that others have as
// parts once for each of these; a server's document takes 3,500.
const maxSteps = 1 << 18

// reader brings schemas to shapes.
type reader struct {
	*builder
	open  map[*node]bool // being read
	steps int
}

// all reads the schemas in the document's order.
func (r *reader) all(schemas *node) []*upstream.Schema {
	var all []*upstream.Schema
	for _, key := range schemas.keys {
		d := r.schemas[key]
		if d == nil {
			continue // a fault of its name
		}
		all = append(all, &upstream.Schema{
			Name: d.name, Shape: r.read(d.schema), Cases: r.casesOf(d.schema, map[*node]bool{}),
		})
	}
	return all
}

// casesOf returns the objects that a schema is, or is a choice of. seen are the
// schemas that were asked.
func (r *reader) casesOf(n *node, seen map[*node]bool) []*upstream.Shape {
	if seen[n] {
		return nil
	}
	seen[n] = true
	var cases []*upstream.Shape
	members := choiceOf(n)
	for _, m := range members {
		if to := r.shape(m); to.form == refForm {
			m = r.end(to.ref).schema
		}
		cases = append(cases, r.casesOf(m, seen)...)
	}
	if members != nil {
		return cases
	}
	if s := r.read(n); s.Form == upstream.Object {
		return []*upstream.Shape{s}
	}
	return nil
}

// choiceOf returns the members of a choice, nil when a schema is none.
func choiceOf(n *node) []*node {
	for _, key := range []string{"oneOf", "anyOf"} {
		if list := n.get(key); list.kind() == array && n.get("properties") == nil && n.get("allOf") == nil {
			return list.items
		}
	}
	return nil
}

var upstreamForms = map[spec.Basic]upstream.Form{
	spec.String: upstream.String, spec.Timestamp: upstream.String, spec.Integer: upstream.Number,
	spec.Number: upstream.Number, spec.Boolean: upstream.Boolean, spec.Any: upstream.Any,
}

// read says what a schema comes to. A nil schema is any value. Unlike the types
// of a seed, which have to be generated, a comparison takes a choice of
// anything. An object inside of itself is an object, and no more is said of it.
func (r *reader) read(n *node) *upstream.Shape {
	if n == nil {
		return &upstream.Shape{Form: upstream.Any}
	}
	if r.steps++; r.steps > maxSteps {
		r.fault("/components/schemas", "are made of too many others")
		return &upstream.Shape{Form: upstream.Any}
	}
	if r.open[n] {
		return &upstream.Shape{Form: upstream.Object}
	}
	r.open[n] = true
	defer delete(r.open, n)
	s := r.shape(n)
	if members := choiceOf(n); members != nil {
		return r.choiceShape(members, s.nullable)
	}
	if n.get("type").text() == "null" {
		return &upstream.Shape{Form: upstream.Null}
	}
	out := &upstream.Shape{Nullable: s.nullable}
	switch s.form {
	case basicForm:
		out.Form = upstreamForms[s.basic]
		if s.basic == spec.Any && isPlainObject(n) {
			out.Form, out.Nullable = upstream.Object, allowsNull(n)
		}
	case idForm:
		out.Form = upstream.String
	case refForm:
		out.Form, out.Name = upstream.Entity, s.ref.name
	case listForm:
		out.Form, out.Of = upstream.List, r.read(s.item)
	case mapForm:
		out.Form, out.Of = upstream.Map, r.read(s.item)
	case enumForm:
		out.Form = upstream.Enum
		for _, v := range s.values {
			out.Values = append(out.Values, upstream.Value{Word: v})
		}
	case objectForm:
		out.Form = upstream.Object
		r.addFields(out, s)
	}
	return out
}

func (r *reader) choiceShape(members []*node, nullable bool) *upstream.Shape {
	var shapes []*upstream.Shape
	for _, m := range members {
		shapes = append(shapes, r.read(m))
	}
	s := upstream.Join(shapes)
	if s == nil {
		return &upstream.Shape{Form: upstream.Any}
	}
	s.Nullable = s.Form != upstream.Any && (s.Nullable || nullable)
	return s
}

// addFields gives an object the fields of all its parts. Of a key that several
// have the last counts, and it must be there if one of them says so.
func (r *reader) addFields(out *upstream.Shape, s *shape) {
	for _, e := range s.embeds {
		r.addFields(out, r.shape(e.schema))
	}
	for _, p := range s.fields {
		f := upstream.Field{Name: p.name, Optional: p.optional, Shape: r.read(p.schema)}
		i := slices.IndexFunc(out.Fields, func(other upstream.Field) bool { return other.Name == p.name })
		if i < 0 {
			out.Fields = append(out.Fields, f)
			continue
		}
		f.Optional = f.Optional && out.Fields[i].Optional
		out.Fields[i] = f
	}
}

// isPlainObject reports whether a schema says of a value that it is an object,
// and nothing else.
func isPlainObject(n *node) bool {
	words := n.get("type").list()
	return slices.ContainsFunc(words, func(w *node) bool { return w.text() == "object" }) &&
		!slices.ContainsFunc(words, func(w *node) bool { return w.text() != "object" && w.text() != "null" })
}

func allowsNull(n *node) bool {
	return slices.ContainsFunc(n.get("type").list(), func(w *node) bool { return w.text() == "null" })
}
