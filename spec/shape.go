package spec

import "slices"

// shape is a kind of mapping whose keys are ours to say, as a channel's. The
// loader takes from it which keys there are, which must be there and which
// words they take; Schema tells editors all of it.
type shape struct {
	name  string // of its definition in the schema
	doc   string
	keys  []key
	anyOf []string // keys of which at least one must be there
}

// key is one key of a shape. Its doc is what an editor shows, in a sentence or
// two.
type key struct {
	name     string
	doc      string
	takes    form
	need     string   // what to do when it is absent; "" when it need not be there
	excludes []string // keys that cannot stand beside it
	with     []string // keys that must stand beside it; the loader asks for them in its own words
	aside    bool     // says nothing of the server: words for people and for Go, and evidence

	// Of the root alone:
	spread    bool // may be given in several files
	inherited bool // speaks of what an overlay gets, and not of this dialect alone
}

// key returns the key of a name, nil when the shape has none.
func (s *shape) key(name string) *key {
	i := slices.IndexFunc(s.keys, func(k key) bool { return k.name == name })
	if i < 0 {
		return nil
	}
	return &s.keys[i]
}

func (s *shape) names() []string {
	names := make([]string, len(s.keys))
	for i, k := range s.keys {
		names[i] = k.name
	}
	return names
}

// says reports whether a key that gets another value makes the fact another:
// not when it is only in other words, nor when something else is said of a
// fact inside, which has a place of its own. A nil value is an absent one.
func (s *shape) says(name string, was, is *value) bool {
	k := s.key(name)
	switch {
	case k == nil || k.aside:
		return false
	case k.takes.facts() == nil:
		return true
	case was == nil || is == nil: // it matters where such a key says what the fact is
		return slices.Contains(s.anyOf, name) || len(k.excludes) > 0
	default:
		return was.kind != is.kind || was.kind.scalar()
	}
}

// words returns the words that a key takes, nil when it takes any.
func (s *shape) words(name string) []string {
	for _, a := range s.key(name).takes {
		if a.words != nil {
			return a.words
		}
	}
	return nil
}

// form is what a value may be: one of several alternatives.
type form []alternative

// alternative is one kind of value, and what holds for it besides. What does
// not concern its kind stays zero. Patterns are written in what regular
// expressions of Go and of JavaScript have in common.
type alternative struct {
	kind valueKind
	name string // of its definition in the schema, for what stands in many places

	words   []string // strings: one of these
	pattern string   // strings: of this form ...
	but     string   // ... and not of this one
	hint    string   // what to write instead of a string of another form
	yes     bool     // booleans: true alone
	most    int      // integers: from 1 to this; mappings: no more entries than this

	notEmpty bool   // lists and mappings: at least one item or entry
	unique   bool   // lists: no item twice
	items    form   // lists: of these
	shape    *shape // mappings: with these keys
	names    string // mappings with the author's own names: the form of those ...
	values   form   // ... and of their values; nil when anything goes
}

// shape returns the shape that mappings of the form have, nil when they have
// names of the author's.
func (f form) shape() *shape {
	for _, a := range f {
		if a.shape != nil {
			return a.shape
		}
	}
	return nil
}

// inside returns the form of what stands under a key of a mapping of the form.
func (f form) inside(key string) form {
	for _, a := range f {
		if a.shape == nil && a.values != nil {
			return a.values
		}
	}
	if sh := f.shape(); sh != nil {
		if k := sh.key(key); k != nil {
			return k.takes
		}
	}
	return nil
}

// fact reports whether what is of the form is a fact, with evidence of its own.
func (f form) fact() bool { return f.shape() != nil && f.shape().key("seen") != nil }

// facts returns the form of the facts that a mapping or list of the form holds,
// nil when it holds none.
func (f form) facts() form {
	for _, a := range f {
		for _, inner := range []form{a.values, a.items} {
			if inner.fact() {
				return inner
			}
		}
	}
	return nil
}

// either joins alternatives.
func either(forms ...form) form { return slices.Concat(forms...) }

// listOf takes a list of at least one item.
func listOf(items form) form { return form{{kind: listValue, items: items, notEmpty: true}} }

// mapOf takes a mapping from names of the author's to values of one form.
func mapOf(names string, values form) form {
	return form{{kind: mappingValue, names: names, values: values}}
}

// someOf is mapOf with at least one entry.
func someOf(names string, values form) form {
	return form{{kind: mappingValue, names: names, values: values, notEmpty: true}}
}

// mapping takes a mapping of a shape.
func mapping(s *shape) form { return form{{kind: mappingValue, shape: s}} }

// word takes one of these strings.
func word(words ...string) form { return form{{kind: stringValue, words: words}} }
