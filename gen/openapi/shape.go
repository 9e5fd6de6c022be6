package openapi

import (
	"slices"
	"strings"
	"unicode"

	"github.com/misskeyactor/misskeyactor/spec"
)

// form tells what a schema comes to in the words of a spec.
type form int

const (
	basicForm form = iota
	idForm
	refForm
	listForm
	mapForm
	enumForm // from here on the forms that have a name of their own
	objectForm
	unionForm
)

// shape is a schema, read: its keywords are checked and their many spellings
// of the same thing brought down to one. What lies below is not read yet.
type shape struct {
	form     form
	nullable bool
	basic    spec.Basic
	ref      *definition
	item     *node // of a list or map; nil is any value
	values   []string
	embeds   []*definition // objects that allOf names
	fields   []property    // own, in the document's order
	tag      string        // the property that tells a union's cases apart
	cases    []unionCase
}

type property struct {
	name     string
	schema   *node
	optional bool
}

// prose are the keywords that say nothing about values.
var prose = []string{
	"description", "title", "example", "examples", "$comment", "deprecated", "readOnly", "writeOnly",
	"externalDocs", "xml", "discriminator",
}

// read are the keywords that shape looks at.
var read = []string{
	"$ref", "type", "format", "enum", "const", "properties", "required", "items",
	"additionalProperties", "allOf", "oneOf", "anyOf",
}

// shape reads one schema. It returns a shape in any case: any value, where it
// noted that no other would do or reported a fault.
func (b *builder) shape(n *node) *shape {
	if s, known := b.shapes[n]; known {
		if s == nil { // being read
			b.fault(n.pointer, "is defined by itself")
			return &shape{basic: spec.Any}
		}
		return s
	}
	b.shapes[n] = nil
	s := b.readShape(n)
	if s.basic == spec.Any {
		s.nullable = false // any includes null
	}
	b.shapes[n] = s
	return s
}

func (b *builder) readShape(n *node) *shape {
	switch {
	case n.is(true):
		return &shape{basic: spec.Any}
	case n.kind() != object:
		b.fault(n.pointer, "is no schema")
		return &shape{basic: spec.Any}
	}
	b.noteUnread(n)
	if ref := n.get("$ref"); ref != nil {
		return b.reference(n, ref)
	}
	types, null := b.typesOf(n)
	if null && len(types) == 0 {
		b.note(n.pointer, "a value that is always null is taken as any")
	}
	s := b.byKeywords(n, types)
	s.nullable = s.nullable || null
	return s
}

func (b *builder) noteUnread(n *node) {
	for _, key := range n.keys {
		if !slices.Contains(read, key) && !slices.Contains(prose, key) && !strings.HasPrefix(key, "x-") {
			b.note(n.at(key), "the keyword %q is not taken over", key)
		}
	}
}

func (b *builder) reference(n, ref *node) *shape {
	for _, key := range n.keys {
		if key != "$ref" && slices.Contains(read, key) {
			b.note(n.at(key), "the keyword %q beside $ref is not taken over", key)
		}
	}
	name, local := strings.CutPrefix(ref.text(), "#/components/schemas/")
	d := b.schemas[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]
	if !local || d == nil {
		b.fault(ref.pointer, "refers to %s, which is no schema of this document", quoteOr(ref.text(), "nothing"))
		return &shape{basic: spec.Any}
	}
	return &shape{form: refForm, ref: d}
}

// typesOf returns the type keyword's words but null, and whether that was
// among them.
func (b *builder) typesOf(n *node) (types []string, null bool) {
	t := n.get("type")
	for _, w := range t.list() {
		switch word := w.text(); word {
		case "null":
			null = true
		case "string", "integer", "number", "boolean", "object", "array":
			types = append(types, word)
		default:
			if t != nil {
				b.fault(w.pointer, "is no type of JSON Schema")
			}
		}
	}
	return types, null
}

func (b *builder) byKeywords(n *node, types []string) *shape {
	for _, key := range []string{"oneOf", "anyOf"} {
		if choice := n.get(key); choice != nil {
			if n.get("properties") == nil && n.get("allOf") == nil {
				return b.choice(n, choice)
			}
			b.note(choice.pointer, "%s beside an object's own properties is not taken over", key)
		}
	}
	if n.get("allOf") != nil {
		return b.all(n)
	}
	if n.get("enum") != nil || n.get("const") != nil {
		return b.enum(n, types)
	}
	switch {
	case len(types) == 1:
		return b.byType(n, types[0])
	case len(types) == 0 && n.get("properties") != nil:
		return b.byType(n, "object")
	case len(types) == 0 && n.get("items") != nil:
		return b.byType(n, "array")
	case len(types) == 2 && slices.Contains(types, "integer") && slices.Contains(types, "number"):
		return b.byType(n, "number")
	case len(types) > 0:
		b.note(n.at("type"), "a choice of %s is taken as any", strings.Join(types, " and "))
	}
	return &shape{basic: spec.Any}
}

func (b *builder) byType(n *node, word string) *shape {
	switch word {
	case "object":
		return b.object(n)
	case "array":
		if n.get("items") == nil {
			b.note(n.pointer, "a list does not say of what; taken as any[]")
		}
		return &shape{form: listForm, item: n.get("items")}
	case "string":
		return b.byFormat(n)
	}
	if format := n.get("format").text(); format != "" {
		b.note(n.at("format"), "the format %q is not taken over", format)
	}
	return &shape{basic: spec.Basic(word)}
}

func (b *builder) byFormat(n *node) *shape {
	switch format := n.get("format").text(); format {
	case "":
	case "id", "misskey:id":
		return &shape{form: idForm}
	case "date-time":
		return &shape{basic: spec.Timestamp}
	default:
		b.note(n.at("format"), "the format %q is not taken over", format)
	}
	return &shape{basic: spec.String}
}

func (b *builder) object(n *node) *shape {
	own := b.properties(n)
	extra := n.get("additionalProperties")
	open := extra.is(true) || extra.kind() == object
	switch {
	case own != nil && open:
		b.note(extra.pointer, "keys beyond an object's properties are not taken over")
	case own != nil:
	case open && extra.kind() == object:
		return &shape{form: mapForm, item: extra}
	case open:
		return &shape{form: mapForm}
	case n.get("properties") == nil:
		return &shape{basic: spec.Any}
	}
	return &shape{form: objectForm, fields: own}
}

// properties reads an object's own fields; nil when it names none.
func (b *builder) properties(n *node) []property {
	given, required := n.get("properties"), n.get("required")
	needed := map[string]bool{}
	if required != nil && required.kind() != array {
		b.fault(required.pointer, "is no list")
	} else if required != nil {
		for _, r := range required.items {
			needed[r.text()] = true
			if given.get(r.text()) == nil {
				b.note(r.pointer, "a required key without a property is not taken over")
			}
		}
	}
	if given == nil {
		return nil
	}
	if given.kind() != object {
		b.fault(given.pointer, "is no object")
		return nil
	}
	var own []property
	for _, name := range given.keys {
		if name == "" || strings.HasSuffix(name, "?") || strings.ContainsFunc(name, invisible) {
			b.fault(given.at(name), "is a key that a spec has no way to write")
			continue
		}
		own = append(own, property{name, given.members[name], !needed[name]})
	}
	return own
}

func invisible(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' }

// all reads allOf: named objects become embeds, nameless ones give their
// fields.
func (b *builder) all(n *node) *shape {
	parts := n.get("allOf")
	if parts.kind() != array || len(parts.items) == 0 {
		b.fault(parts.pointer, "is no list of schemas")
		return &shape{basic: spec.Any}
	}
	if len(parts.items) == 1 && n.get("properties") == nil {
		s := *b.shape(parts.items[0])
		return &s
	}
	s := &shape{form: objectForm}
	for _, part := range parts.items {
		p := b.shape(part)
		switch {
		case p.form == refForm && b.target(p).form == objectForm:
			s.embeds = append(s.embeds, b.end(p.ref))
		case p.form == objectForm:
			s.embeds = append(s.embeds, p.embeds...)
			s.fields = append(s.fields, p.fields...)
		default:
			b.note(part.pointer, "a part of allOf that is no object is not taken over")
		}
	}
	s.fields = append(s.fields, b.properties(n)...)
	return s
}

// enum reads enum and const.
func (b *builder) enum(n *node, types []string) *shape {
	s := &shape{form: enumForm}
	given := n.get("enum")
	items := []*node{n.get("const")}
	if given != nil {
		items = nil
		if given.kind() == array {
			items = given.items
		}
	}
	others := 0
	for _, v := range items {
		word, isString := v.value.(string)
		switch {
		case v.is(nil):
			s.nullable = true
		case !isString:
			others++
		case !slices.Contains(s.values, word):
			s.values = append(s.values, word)
		}
	}
	switch {
	case given != nil && len(items) == 0:
		b.fault(given.pointer, "is no list of values")
	case others == 0 && len(s.values) > 0:
		return s
	case len(types) == 1:
		b.note(n.pointer, "the values of an enum that are no strings are not taken over")
		plain := b.byType(n, types[0])
		plain.nullable = s.nullable
		return plain
	default:
		b.note(n.pointer, "an enum of more than strings is taken as any")
	}
	return &shape{basic: spec.Any}
}

// target follows a reference to a shape that is none.
func (b *builder) target(s *shape) *shape {
	if s.form != refForm {
		return s
	}
	if end := b.shape(b.end(s.ref).schema); end.form != refForm {
		return end
	}
	return &shape{basic: spec.Any}
}

// end follows a schema that is but a reference to another, and so on. In a
// circle it stops where it began.
func (b *builder) end(d *definition) *definition {
	for seen := map[*definition]bool{}; !seen[d]; {
		seen[d] = true
		if s := b.shape(d.schema); s.form == refForm {
			d = s.ref
		}
	}
	return d
}
