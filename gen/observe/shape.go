package observe

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/spec"
)

// Bounds on what is kept of the values of one place.
const (
	maxShapeDepth = 6
	maxShapeKeys  = 64
)

// shape is what the values of one place have in common, for the type that is
// offered for it.
type shape struct {
	seen, nulls                                     uint64
	strings, times, integers, numbers, bools, lists uint64
	objects                                         uint64
	elem                                            *shape            // of lists
	fields                                          map[string]*shape // of objects
	wide                                            bool              // they had more keys than are kept
	fitting                                         []*spec.Type      // types that all objects are of
}

// add takes a value.
func (s *shape) add(v any, x *index, depth int) {
	s.seen++
	switch v := v.(type) {
	case nil:
		s.nulls++
	case bool:
		s.bools++
	case string:
		s.strings++
		if isTimestamp(v) {
			s.times++
		}
	case json.Number:
		s.numbers++
		if isInteger(v) {
			s.integers++
		}
	case []any:
		s.lists++
		if s.elem == nil {
			s.elem = &shape{}
		}
		for _, item := range v {
			if depth < maxShapeDepth {
				s.elem.add(item, x, depth+1)
			}
		}
	case map[string]any:
		s.addObject(v, x, depth)
	}
}

func (s *shape) addObject(o map[string]any, x *index, depth int) {
	s.objects++
	if depth >= maxShapeDepth {
		s.wide = true
		return
	}
	switch {
	case s.objects == 1:
		s.fitting = x.typesOf(o, x.objects)
	case len(s.fitting) > 0:
		s.fitting = x.typesOf(o, s.fitting)
	}
	if s.fields == nil {
		s.fields = map[string]*shape{}
	}
	for _, key := range slices.Sorted(maps.Keys(o)) {
		f := s.fields[key]
		if f == nil {
			if len(s.fields) >= maxShapeKeys {
				s.wide = true
				continue
			}
			f = &shape{}
			s.fields[key] = f
		}
		f.add(o[key], x, depth+1)
	}
}

// expression is the type that all values are of; key is what they stand under,
// "" for nothing.
func (s *shape) expression(x *index, key string) string {
	text := s.element(x)
	if id := x.ids[key]; id != nil && text == string(spec.String) {
		text = id.Name
	}
	if s.nulls > 0 && text != string(spec.Any) {
		text += " | null"
	}
	return text
}

// element is the type of those that are not null.
func (s *shape) element(x *index) string {
	switch s.seen - s.nulls {
	case 0:
		return string(spec.Any)
	case s.times:
		return string(spec.Timestamp)
	case s.strings:
		return string(spec.String)
	case s.integers:
		return string(spec.Integer)
	case s.numbers:
		return string(spec.Number)
	case s.bools:
		return string(spec.Boolean)
	case s.lists:
		if s.elem.seen == 0 {
			return string(spec.Any) + "[]"
		}
		return listOf(s.elem.expression(x, ""))
	case s.objects:
		return s.object(x)
	}
	return string(spec.Any)
}

// object is the type of objects: a declared one, or a map if what they have
// under different keys is of one kind.
func (s *shape) object(x *index) string {
	if t := s.declared(); t != nil {
		return t.Name
	}
	values, varied := &shape{}, s.wide
	for _, f := range s.fields {
		values.join(f)
		varied = varied || f.seen < s.objects
	}
	if !varied || values.objects+values.lists > 0 || values.element(x) == string(spec.Any) {
		return string(spec.Any)
	}
	return "map<" + values.expression(x, "") + ">"
}

// join takes what another shape has seen, as far as it is scalars.
func (s *shape) join(other *shape) {
	s.seen += other.seen
	s.nulls += other.nulls
	s.strings += other.strings
	s.times += other.times
	s.integers += other.integers
	s.numbers += other.numbers
	s.bools += other.bools
	s.lists += other.lists
	s.objects += other.objects
}

// declared is the declared type that all objects are of: the one that asks for
// the most, nil if there is none.
func (s *shape) declared() *spec.Type {
	if len(s.fitting) == 0 {
		return nil
	}
	return slices.MaxFunc(s.fitting, func(a, b *spec.Type) int { return required(a) - required(b) })
}

// required counts the keys that an object must have.
func required(t *spec.Type) (n int) {
	for _, f := range t.AllFields() {
		if !f.Optional {
			n++
		}
	}
	return n
}

// minRequired is how many required keys a declared type must have for an object
// to be taken for one of it: fewer are had by chance.
const minRequired = 3

// typesOf returns those of the types that an object is of.
func (x *index) typesOf(o map[string]any, types []*spec.Type) []*spec.Type {
	var found []*spec.Type
	for _, t := range types {
		ok := true
		w := &walker{index: x, find: func(departure) { ok = false }}
		if w.object(x.types[t], o, ""); ok {
			found = append(found, t)
		}
	}
	return found
}

// listOf is the type of lists of what is of a type.
func listOf(element string) string {
	if strings.Contains(element, "|") {
		element = "(" + element + ")"
	}
	return element + "[]"
}
