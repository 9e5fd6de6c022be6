package spec

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// patch makes the patches of an overlay in the tree of what it extends.
func (l *loader) patch(roots []*value) {
	for _, root := range roots {
		section := root.entry("patch")
		if section == nil || !l.want(section.value, Quote("patch"), mappingValue) {
			continue
		}
		if len(section.value.entries) == 0 {
			l.report(section.value.Pos, CodeEmpty, "there are no patches", "Write one, as in socket.auth: query, or remove the key.")
		}
		first := map[string]Pos{}
		for _, e := range section.value.entries {
			if e.odd {
				continue
			}
			if at, taken := first[e.key]; taken {
				l.reportDuplicate(e.Pos, "the patch of "+Quote(e.key), at)
				continue
			}
			first[e.key] = e.Pos
			l.notePatched(e.value)
			l.patchAt(e)
		}
	}
}

// listMark behind a key path says that items are added to the list there.
const listMark = "[]"

// patchAt makes one patch: the key is a path to what is there, the value what
// it gets.
func (l *loader) patchAt(e entry) {
	text, adds := strings.CutSuffix(e.key, listMark)
	t := l.target(e, text)
	if t == nil {
		return
	}
	was, is := t.entry().value, e.value
	if is.kind == nullValue {
		is = nil
	}
	l.noteMade(e.Pos, t.keys)
	holder := t.parent
	switch {
	case adds:
		if !l.addItems(e, t) {
			return
		}
	case is == nil:
		t.remove(e.Pos)
		if holder != nil {
			l.settle(holder, e.Pos)
		}
	default:
		l.merge(t, e)
	}
	if holder != nil && holder.form.fact() && holder.form.shape().says(t.keys[len(t.keys)-1], was, is) {
		l.restate(holder, e.Pos, nil)
	}
}

// target follows a key path. A name may have dots itself, and the question
// mark of a field may be left out.
func (l *loader) target(e entry, text string) *target {
	path := pathText{at: l.inner(e), text: text, rest: text}
	if text == "" || strings.HasSuffix(text, ".") {
		path.rest = ""
		l.report(path.pos(), CodePatch, Quote(e.key)+" is no path: a key is missing at its end",
			"Write the keys that lead to what is patched with dots between them, as in channels.main.overflow.")
		return nil
	}
	var t *target
	var keys []string
	at := mapping(rootShape)
	for v := l.facts; ; v = t.entry().value {
		if t != nil {
			t.lengthen()
			v, at = t.entry().value, t.form
		}
		if v.kind != mappingValue {
			l.report(path.pos(), CodePatch, Quote(strings.Join(keys, "."))+" is "+v.kind.String()+" and has no keys",
				"Patch it as a whole: let the path end there.")
			return nil
		}
		i, name := path.step(v)
		if i < 0 {
			l.reportNoEntry(path.pos(), v, keys, name)
			return nil
		}
		key := v.entries[i].key
		keys = append(keys, key)
		t = &target{holder: v, index: i, keys: slices.Clone(keys), form: at.inside(key), parent: t}
		if path.rest == "" {
			return t
		}
	}
}

// inner returns where the text of a key begins.
func (l *loader) inner(e entry) Pos {
	if src := l.sources[e.File]; src != nil {
		return src.inner(e.Pos, e.key)
	}
	return e.Pos
}

// pathText is a key path that is being followed.
type pathText struct {
	at   Pos
	text string
	rest string // what is still to be followed
}

// pos is where the rest stands.
func (p *pathText) pos() Pos {
	pos := p.at
	pos.Column += utf8.RuneCountInString(p.text[:len(p.text)-len(p.rest)])
	return pos
}

// step takes the next name off the path and finds its entry, the longest name
// that is there first. When there is none it takes nothing and returns what
// stands up to the next dot.
func (p *pathText) step(v *value) (index int, name string) {
	for end := len(p.rest); end >= 0; end = strings.LastIndexByte(p.rest[:end], '.') {
		if i := v.find(p.rest[:end]); i >= 0 {
			p.rest = p.rest[min(end+1, len(p.rest)):]
			return i, ""
		}
	}
	name, _, _ = strings.Cut(p.rest, ".")
	return -1, name
}

// find returns the index of the entry of this name, with or without the
// question mark of a field that may be absent; -1 when there is none.
func (v *value) find(name string) int {
	bare := strings.TrimSuffix(name, "?")
	return slices.IndexFunc(v.entries, func(e entry) bool { return strings.TrimSuffix(e.key, "?") == bare })
}

func (l *loader) reportNoEntry(pos Pos, v *value, keys []string, name string) {
	where := "what the dialect extends"
	if len(keys) > 0 {
		where = Quote(strings.Join(keys, "."))
	}
	known := map[string]bool{}
	for _, e := range v.entries {
		known[strings.TrimSuffix(e.key, "?")] = true
	}
	message := where + " has no " + Quote(name) + " to patch" + DidYouMean(strings.TrimSuffix(name, "?"), maps.Keys(known))
	hint := "A patch changes what is there. To add to a mapping, let the path end at the mapping and write the new key below it."
	if len(keys) == 0 {
		hint = "A path begins with " + list(sortedNames(known)) + "; what a dialect says of itself is written at the root."
	} else if len(known) > 0 && len(known) <= 12 {
		hint += " It has " + list(sortedNames(known)) + "."
	}
	l.report(pos, CodePatch, message, hint)
}

// addItems adds to a list and tells whether it is one.
func (l *loader) addItems(e entry, t *target) bool {
	if !l.want(e.value, "what is added to a list", listValue) {
		return false
	}
	if len(e.value.items) == 0 {
		l.report(e.value.Pos, CodeEmpty, "nothing is added to the list", "List something, or remove the patch.")
	}
	present := t.entry()
	if present.value.kind != listValue {
		l.report(l.inner(e), CodePatch, Quote(strings.Join(t.keys, "."))+" is "+present.value.kind.String()+" and no list",
			"Remove the brackets from the path to replace or merge what is there.")
		return false
	}
	list := *present.value
	list.items = slices.Concat(list.items, e.value.items)
	present.value = &list
	return true
}

// merge gives an entry what a patch has for it: mappings merge key by key,
// everything else replaces what was there.
func (l *loader) merge(t *target, patch entry) {
	v := patch.value
	if v.kind == mappingValue {
		t.lengthen()
	}
	into := t.entry().value
	if v.kind != mappingValue || into.kind != mappingValue {
		t.entry().value, t.entry().Pos = v, patch.Pos
		return
	}
	if t.form.fact() && t.restatedBy(v) {
		l.restate(t, patch.Pos, v)
	}
	t.makeRoom(v, patch.Pos)
	first := map[string]Pos{}
	for _, e := range v.entries {
		if e.odd {
			continue
		}
		bare := strings.TrimSuffix(e.key, "?")
		if at, taken := first[bare]; taken {
			l.reportDuplicate(e.Pos, "the key "+Quote(e.key), at)
			continue
		}
		first[bare] = e.Pos
		l.mergeKey(t, e)
	}
	l.settle(t, patch.Pos)
}

// mergeKey merges one key into the mapping that an entry has.
func (l *loader) mergeKey(t *target, e entry) {
	into := t.entry().value
	keys := append(slices.Clone(t.keys), e.key)
	i := into.find(e.key)
	switch {
	case i < 0 && e.value.kind != nullValue:
		into.entries = append(into.entries, e)
		l.noteMade(e.Pos, keys)
		return
	case i < 0:
		l.reportNoEntry(e.Pos, into, t.keys, e.key)
		return
	}
	inner := &target{holder: into, index: i, keys: keys, form: t.form.inside(into.entries[i].key), parent: t}
	l.noteMade(e.Pos, keys)
	if e.value.kind == nullValue {
		inner.remove(e.Pos)
		return
	}
	if present := inner.entry(); present.key != e.key { // whether it may be absent is said here
		present.key = e.key
		l.restate(inner, e.Pos, nil)
	}
	l.merge(inner, e)
}
