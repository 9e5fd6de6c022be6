package spec

import "slices"

// A fact that a patch makes another stands where the patch says so: that is
// where a reader finds it, and whose evidence it has. What is only said of it in
// other words leaves it where it was, and so does what becomes of the facts
// inside it.

// restatedBy reports whether a mapping that is merged into a fact makes it
// another.
func (t *target) restatedBy(patch *value) bool {
	return slices.ContainsFunc(patch.entries, func(e entry) bool {
		var was, is *value
		if present := t.entry().value.entry(e.key); present != nil {
			was = present.value
		}
		if e.value.kind != nullValue {
			is = e.value
		}
		return t.form.shape().says(e.key, was, is)
	})
}

// restate has a fact stand at a patch. The evidence that the fact has from below
// is no longer its own, unless the patch speaks of it; the facts inside, which
// are as they were, keep it. patch is the mapping that is merged into the fact,
// nil when it is none.
func (l *loader) restate(t *target, pos Pos, patch *value) {
	for _, key := range []string{seenKey.name, sinceKey.name} {
		if stated := l.stated(t, key); stated != nil {
			l.handDown(t, *stated)
		}
		if own := t.entry().value.entry(key); own != nil && !l.own(own.Pos) {
			t.forget(key, patch)
		}
	}
	t.entry().Pos = pos
}

// stated returns what is said under a key of evidence of a fact, or of those
// that it belongs to.
func (l *loader) stated(t *target, key string) *entry {
	layer := l.layer(t.entry().Pos)
	for ; t != nil && l.layer(t.entry().Pos) == layer; t = t.parent {
		if e := t.entry().value.entry(key); t.form.fact() && e != nil {
			return e
		}
	}
	return nil
}

// handDown gives the facts inside a fact what they have had from it.
func (l *loader) handDown(t *target, stated entry) {
	give := func(v *value, pos Pos, of *shape) *value {
		if l.layer(pos) != l.layer(stated.Pos) || v.entry(stated.key) != nil {
			return v
		}
		if v.kind == stringValue {
			v = long(v, pos, of)
		}
		if v.kind == mappingValue {
			v.entries = append(v.entries, stated)
		}
		return v
	}
	for _, e := range t.entry().value.entries {
		facts := t.form.inside(e.key).facts()
		if facts == nil {
			continue
		}
		for i, inner := range e.value.entries {
			e.value.entries[i].value = give(inner.value, inner.Pos, facts.shape())
		}
		for i, item := range e.value.items {
			e.value.items[i] = give(item, item.Pos, facts.shape())
		}
	}
}

// forget takes evidence away, unless a patch speaks of it.
func (t *target) forget(key string, patch *value) {
	if v := t.entry().value; patch.entry(key) == nil {
		v.entries = slices.DeleteFunc(v.entries, func(e entry) bool { return e.key == key })
	}
}
