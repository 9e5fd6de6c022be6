package openapi

import (
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/spec"
)

// unionCase is one object of a choice. Each of its tags becomes a variant.
type unionCase struct {
	tags   []string
	fields []property
}

// choice reads oneOf and anyOf: a nullable schema, a union, or any.
func (b *builder) choice(n, list *node) *shape {
	if list.kind() != array || len(list.items) == 0 {
		b.fault(list.pointer, "is no list of schemas")
		return &shape{basic: spec.Any}
	}
	var members []*node
	null := false
	for _, m := range list.items {
		if m.get("type").text() == "null" {
			null = true
			continue
		}
		members = append(members, m)
	}
	s := &shape{basic: spec.Any}
	switch len(members) {
	case 0:
		b.note(list.pointer, "a value that is always null is taken as any")
	case 1:
		only := *b.shape(members[0])
		s = &only
	default:
		if merged := b.numbers(members); merged != nil {
			s = merged
		} else if union := b.union(n, members); union != nil {
			s = union
		} else {
			b.note(list.pointer, "a choice that no common property with enums decides is taken as any")
		}
	}
	s.nullable = s.nullable || null
	return s
}

// numbers reads a choice of number and integer.
func (b *builder) numbers(members []*node) *shape {
	merged := &shape{basic: spec.Integer}
	for _, m := range members {
		s := b.target(b.shape(m))
		if s.form != basicForm || s.basic != spec.Integer && s.basic != spec.Number {
			return nil
		}
		if s.basic == spec.Number {
			merged.basic = spec.Number
		}
		merged.nullable = merged.nullable || s.nullable
	}
	return merged
}

// union reads a choice of objects that one property tells apart, and returns
// nil for any other.
func (b *builder) union(n *node, members []*node) *shape {
	var objects [][]property
	nullable := false
	for _, m := range members {
		s := b.target(b.shape(m))
		if s.form != objectForm {
			return nil
		}
		nullable = nullable || s.nullable
		objects = append(objects, b.flatten(s))
	}
	// Candidates in this order: what the document calls the discriminator,
	// the customary name, and whatever else there is.
	candidates := []string{n.get("discriminator").get("propertyName").text(), "type"}
	for _, p := range objects[0] {
		candidates = append(candidates, p.name)
	}
	for _, tag := range candidates {
		if cases := b.cases(tag, objects); cases != nil {
			return &shape{form: unionForm, nullable: nullable, tag: tag, cases: cases}
		}
	}
	return nil
}

// cases tells objects apart by a property, which each must require and give
// values of its own; nil when they do not.
func (b *builder) cases(tag string, objects [][]property) []unionCase {
	var cases []unionCase
	taken := map[string]bool{}
	for _, fields := range objects {
		i := slices.IndexFunc(fields, func(p property) bool { return p.name == tag })
		if i < 0 || fields[i].optional {
			return nil
		}
		s := b.target(b.shape(fields[i].schema))
		if s.form != enumForm || s.nullable {
			return nil
		}
		for _, value := range s.values {
			if taken[value] || value == "" || strings.ContainsFunc(value, invisible) {
				return nil
			}
			taken[value] = true
		}
		cases = append(cases, unionCase{s.values, slices.Delete(slices.Clone(fields), i, i+1)})
	}
	return cases
}

// common splits off the fields that all cases have alike, in the first one's
// order.
func common(cases []unionCase) (shared []property, rest []unionCase) {
	everywhere := func(p property) bool {
		for _, c := range cases {
			if !slices.ContainsFunc(c.fields, func(q property) bool {
				return p.name == q.name && p.optional == q.optional && same(p.schema, q.schema)
			}) {
				return false
			}
		}
		return true
	}
	for _, p := range cases[0].fields {
		if everywhere(p) {
			shared = append(shared, p)
		}
	}
	for _, c := range cases {
		own := slices.DeleteFunc(slices.Clone(c.fields), func(p property) bool {
			return slices.ContainsFunc(shared, func(q property) bool { return p.name == q.name })
		})
		rest = append(rest, unionCase{c.tags, own})
	}
	return shared, rest
}

// same tells whether two schemas say the same, prose aside.
func same(a, b *node) bool {
	if a.kind() != b.kind() {
		return false
	}
	switch a.kind() {
	case object:
		facts := func(n *node) []string {
			return slices.DeleteFunc(slices.Clone(n.keys), func(k string) bool { return slices.Contains(prose, k) })
		}
		keys := facts(a)
		return len(keys) == len(facts(b)) &&
			!slices.ContainsFunc(keys, func(k string) bool { return !same(a.get(k), b.get(k)) })
	case array:
		return slices.EqualFunc(a.items, b.items, same)
	}
	return a == b || a != nil && b != nil && a.value == b.value
}
