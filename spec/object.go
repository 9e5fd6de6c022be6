package spec

import (
	"maps"
	"slices"
	"strings"
)

// object reads a mapping with fixed keys.
type object struct {
	l       *loader
	shape   *shape
	what    string // what the mapping describes, as in "a channel"
	pos     Pos    // where a missing key is reported
	from    *value
	values  map[string]*value
	meant   map[string]bool // keys that an unknown key was probably meant to be
	unknown bool            // there was an unknown key
}

// object holds v to the keys of a shape: those that it has, that must be there
// and that exclude each other. It returns nil, having reported it, when v is
// no mapping; every method of a nil object finds nothing and stays silent.
func (l *loader) object(v *value, at Pos, what string, shape *shape) *object {
	if !l.want(v, what, mappingValue) {
		return nil
	}
	o := &object{l: l, shape: shape, what: what, pos: at, from: v, values: map[string]*value{}, meant: map[string]bool{}}
	first := map[string]Pos{}
	for _, e := range v.entries {
		if e.odd {
			o.unknown = true
			continue
		}
		if shape.key(e.key) == nil {
			o.reject(e)
			continue
		}
		if at, taken := first[e.key]; taken {
			l.reportDuplicate(e.Pos, "the key "+Quote(e.key), at)
			continue
		}
		first[e.key] = e.Pos
		o.values[e.key] = e.value
	}
	o.checkKeys()
	return o
}

// checkKeys reports keys that must be there and are not, and those that another
// one excludes.
func (o *object) checkKeys() {
	excluded := map[string]bool{}
	for _, k := range o.shape.keys {
		if k.need != "" {
			o.need(k.name, k.need)
		}
		if o.get(k.name) == nil {
			continue
		}
		for _, other := range o.given(k.excludes...) {
			if !excluded[other] {
				excluded[other] = true
				o.l.report(o.l.here(o.get(other).Pos, o.get(k.name).Pos), CodeConflict, o.what+" has both "+Quote(k.name)+" and "+Quote(other),
					"Remove one of the two: they exclude each other.")
			}
		}
	}
}

func (o *object) reject(e entry) {
	o.unknown = true
	keys := o.shape.names()
	message := Quote(e.key) + " is no key of " + o.what
	if near := Nearest(e.key, slices.Values(keys)); near != "" {
		o.meant[near] = true
		message += "; did you mean " + Quote(near) + "?"
	}
	hint := "Known keys are " + strings.Join(slices.Sorted(slices.Values(keys)), ", ") + "."
	if e.bare {
		hint = "The comma before it ended the value there: put a text with commas into quotes."
	}
	o.l.report(e.Pos, CodeUnknownKey, message, hint)
}

// get returns the value of a key, nil when it is absent.
func (o *object) get(key string) *value {
	if o == nil {
		return nil
	}
	return o.values[key]
}

// has tells whether a key is there, or was meant to be there under a name
// that is already reported.
func (o *object) has(key string) bool {
	return o == nil || o.values[key] != nil || o.meant[key]
}

// need returns the value of a required key and reports when it is absent.
func (o *object) need(key, hint string) *value {
	if !o.has(key) {
		o.lacks(key, hint)
	}
	return o.get(key)
}

// lacks reports the absence of a key, and the patch that removed it.
func (o *object) lacks(key, hint string) {
	if g := o.l.removal(o.from, key); g != nil && o.l.own(g.Pos) {
		o.l.report(g.Pos, CodeMissingKey, o.what+" lacks the key "+Quote(key)+": this patch removes it", hint)
		return
	}
	o.l.report(o.pos, CodeMissingKey, o.what+" lacks the key "+Quote(key), hint)
}

// given returns those of the keys that are there, sorted.
func (o *object) given(keys ...string) []string {
	if o == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(o.values)), func(k string) bool {
		return !slices.Contains(keys, k)
	})
}
