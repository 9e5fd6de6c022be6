package spec

import "slices"

// target is an entry of the tree that a patch changes.
type target struct {
	holder *value   // the mapping the entry stands in
	index  int      // where
	keys   []string // the way to it
	form   form     // what its value may be
	parent *target  // the entry whose value the mapping is; nil at the root
}

func (t *target) entry() *entry { return &t.holder.entries[t.index] }

// message reports whether the entry is a message, which has a body, fields, or
// null for a body.
func (t *target) message() bool {
	switch t.form.shape() {
	case eventShape, sendShape:
		return true
	case requestShape:
		role := t.entry().value.entry("role") // what the others carry is the runtime's business
		return role != nil && role.value.text == string(RoleRequest)
	}
	return false
}

// lengthen turns the short form of a field into the long one, which has room
// for what a patch says besides.
func (t *target) lengthen() {
	if e := t.entry(); e.value.kind == stringValue && t.form.fact() {
		e.value = long(e.value, e.Pos, t.form.shape())
	}
}

// long is the long form of a fact that was given by one word: the shape's first
// key has that word.
func long(short *value, pos Pos, of *shape) *value {
	return &value{Pos: pos, kind: mappingValue, entries: []entry{{Pos: short.Pos, key: of.keys[0].name, value: short}}}
}

// remove takes the entry away, at the word of a patch that stands at pos.
func (t *target) remove(pos Pos) {
	e := *t.entry()
	t.holder.gone = append(t.holder.gone, entry{Pos: pos, key: e.key, value: e.value})
	t.holder.entries = slices.Delete(t.holder.entries, t.index, t.index+1)
}

// drop takes keys away that a patch does not speak of and leaves no room for.
func (t *target) drop(pos Pos, spoken *value, keys ...string) {
	for _, key := range keys {
		v := t.entry().value
		i := slices.IndexFunc(v.entries, func(e entry) bool { return e.key == key })
		if i >= 0 && spoken.entry(key) == nil {
			(&target{holder: v, index: i}).remove(pos)
		}
	}
}

// makeRoom readies a message for a patch: fields take the place of a body with
// its name, and a body that of fields.
func (t *target) makeRoom(patch *value, pos Pos) {
	if t.form.shape() == nil || !t.message() {
		return
	}
	gives := func(key string) bool {
		e := patch.entry(key)
		return e != nil && e.value.kind != nullValue
	}
	if gives("fields") {
		t.drop(pos, patch, "body", "as")
	}
	if gives("body") {
		t.drop(pos, patch, "fields")
	}
}

// settle gives a message that has lost what it carried null for a body, and
// takes the name away that the body had below.
func (l *loader) settle(t *target, pos Pos) {
	v := t.entry().value
	if v.kind != mappingValue || !t.message() || v.entry("body") != nil || v.entry("fields") != nil {
		return
	}
	if as := v.entry("as"); as != nil && !l.own(as.Pos) {
		t.drop(pos, nil, "as")
	}
	v.entries = append(v.entries, entry{Pos: pos, key: "body", value: &value{Pos: pos, kind: nullValue}})
}
