package spec

import (
	"maps"
	"slices"
	"strings"
)

// object reads a mapping with fixed keys.
type object struct {
	l       *loader
	what    string // what the mapping describes, as in "a channel"
	pos     Pos    // where a missing key is reported
	values  map[string]*value
	meant   map[string]bool // keys that an unknown key was probably meant to be
	unknown bool            // there was an unknown key
}

// object checks the keys of v. It returns nil, having reported it, when v is
// no mapping; every method of a nil object finds nothing and stays silent.
func (l *loader) object(v *value, at Pos, what string, keys ...string) *object {
	if !l.want(v, what, mappingValue) {
		return nil
	}
	o := &object{l: l, what: what, pos: at, values: map[string]*value{}, meant: map[string]bool{}}
	first := map[string]Pos{}
	for _, e := range v.entries {
		if e.odd {
			o.unknown = true
			continue
		}
		if !slices.Contains(keys, e.key) {
			o.reject(e, keys)
			continue
		}
		if at, taken := first[e.key]; taken {
			l.reportDuplicate(e.Pos, "the key "+quote(e.key), at)
			continue
		}
		first[e.key] = e.Pos
		o.values[e.key] = e.value
	}
	return o
}

func (o *object) reject(e entry, keys []string) {
	o.unknown = true
	message := quote(e.key) + " is no key of " + o.what
	if near := nearest(e.key, slices.Values(keys)); near != "" {
		o.meant[near] = true
		message += "; did you mean " + quote(near) + "?"
	}
	hint := "Remove it: this mapping has no keys."
	if len(keys) > 0 {
		hint = "Known keys are " + strings.Join(slices.Sorted(slices.Values(keys)), ", ") + "."
	}
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
		o.l.report(o.pos, CodeMissingKey, o.what+" lacks the key "+quote(key), hint)
	}
	return o.get(key)
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

// exclude reports the keys that are there although key excludes them.
func (o *object) exclude(key string, others ...string) {
	for _, other := range o.given(others...) {
		o.l.report(o.get(other).Pos, CodeConflict,
			o.what+" has both "+quote(key)+" and "+quote(other),
			"Remove one of the two: they exclude each other.")
	}
}
