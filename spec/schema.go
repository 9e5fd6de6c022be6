package spec

import (
	"bytes"
	"encoding/json"
	"slices"
)

// SchemaTitle is the title of the JSON Schema, whatever the version.
const SchemaTitle = "Spec of a dialect"

// Schema returns the JSON Schema (draft 7) of a spec file, for completion and
// checks in editors. It refuses what Load refuses for the shape of one file;
// what only the whole spec can show, such as a name that nothing declares, is
// for Load alone. Each call returns the same bytes, the caller's to keep.
func Schema() []byte {
	s := &schemaWriter{defined: map[string]bool{}}
	root := s.shape(rootShape)
	root.Schema = "http://json-schema.org/draft-07/schema#"
	root.Title = SchemaTitle
	slices.SortFunc(s.definitions, property.compare)
	root.Definitions = s.definitions

	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		panic(err) // of our own table, whatever the caller does
	}
	return out.Bytes()
}

// schemaWriter turns the table of shapes into a schema. What has a name is
// defined once and referred to.
type schemaWriter struct {
	definitions properties
	defined     map[string]bool
}

// define writes a definition, unless it is there, and returns a reference.
func (s *schemaWriter) define(name string, write func() *node) *node {
	if !s.defined[name] {
		s.defined[name] = true
		s.definitions = append(s.definitions, property{name, write()})
	}
	return &node{Ref: "#/definitions/" + name}
}

// shape writes a mapping with fixed keys.
func (s *schemaWriter) shape(sh *shape) *node {
	n := &node{Description: sh.doc, Type: types{mappingValue}, Additional: no}
	for _, k := range sh.keys {
		value := s.form(k.takes)
		value.Description = k.doc
		n.Properties = append(n.Properties, property{k.name, value})
		if k.need != "" {
			n.Required = append(n.Required, k.name)
		}
		if len(k.with) > 0 {
			n.Dependencies = append(n.Dependencies, property{k.name, k.with})
		}
		if len(k.excludes) > 0 {
			n.AllOf = append(n.AllOf, when(has(k.name), without(k.excludes...)))
		}
	}
	for _, name := range sh.anyOf {
		n.AnyOf = append(n.AnyOf, has(name))
	}
	n.AllOf = append(n.AllOf, relations[sh]...)
	return n
}

// form writes what a value may be.
func (s *schemaWriter) form(f form) *node {
	if len(f) == 0 {
		return &node{}
	}
	if kinds, plain := f.plain(); plain {
		return &node{Type: kinds}
	}
	if len(f) == 1 {
		return s.alternative(f[0])
	}
	n := &node{}
	for _, a := range f {
		n.AnyOf = append(n.AnyOf, s.alternative(a))
	}
	return n
}

// plain returns the kinds of a form that says no more than these.
func (f form) plain() (types, bool) {
	var kinds types
	for _, a := range f {
		if a.words != nil || a.pattern != "" || a.yes || a.most > 0 || a.kind == listValue || a.kind == mappingValue {
			return nil, false
		}
		kinds = append(kinds, a.kind)
	}
	return kinds, true
}

func (s *schemaWriter) alternative(a alternative) *node {
	switch {
	case a.name != "":
		return s.define(a.name, func() *node { a.name = ""; return s.alternative(a) })
	case a.shape != nil:
		return s.define(a.shape.name, func() *node { return s.shape(a.shape) })
	}
	n := &node{Type: types{a.kind}}
	switch a.kind {
	case stringValue:
		n.Pattern, n.PatternError, n.Enum = a.pattern, a.hint, a.words
		if a.but != "" {
			n.Not = &node{Pattern: a.but}
		}
	case booleanValue:
		if a.yes {
			n.Const = true
		}
	case integerValue:
		n.Minimum, n.Maximum = 1, a.most
	case listValue:
		n.Items, n.UniqueItems = s.form(a.items), a.unique
		if a.notEmpty {
			n.MinItems = 1
		}
	case mappingValue:
		if a.notEmpty {
			n.MinProperties = 1
		}
		n.MaxProperties = a.most
		n.PatternProperties = properties{{a.names, s.form(a.values)}}
		n.Additional = no
	}
	return n
}
