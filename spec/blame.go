package spec

import (
	"fmt"
	"slices"
	"strings"
)

// What a dialect extends is in order, so whatever is wrong with an overlay is
// of its own making. Its faults are told where it can mend them: at its patches
// and declarations, and not where the dialect below was right.

// own reports whether a position is in the dialect that is being read, and not
// in one that it extends.
func (l *loader) own(pos Pos) bool { return l.layer(pos) == l.at.String() }

// here returns the first position that is the dialect's own, and pos when none
// is.
func (l *loader) here(pos Pos, others ...Pos) Pos {
	for _, p := range append([]Pos{pos}, others...) {
		if l.own(p) {
			return p
		}
	}
	return pos
}

// hereOf is here for two positions of which a message names the other. first
// reports whether they keep their order.
func (l *loader) hereOf(pos, other Pos) (at, also Pos, first bool) {
	if l.here(pos, other) == pos {
		return pos, other, true
	}
	return other, pos, false
}

// removal returns what a patch of this dialect has removed from a mapping, nil
// when it has not.
func (l *loader) removal(v *value, key string) *entry {
	if v == nil {
		return nil
	}
	for i := range slices.Backward(v.gone) {
		if g := &v.gone[i]; strings.TrimSuffix(g.key, "?") == key {
			return g
		}
	}
	return nil
}

// emptied returns where the last entry was removed from a mapping, or where the
// mapping stands when it has been empty all along.
func (l *loader) emptied(v *value) Pos {
	if n := len(v.gone); n > 0 {
		return l.here(v.Pos, v.gone[n-1].Pos)
	}
	return v.Pos
}

// factAt follows keys to a value of what is extended, nil when there is none.
func (l *loader) factAt(keys ...string) *value {
	v := l.facts
	for _, key := range keys {
		e := v.entry(key)
		if e == nil {
			return nil
		}
		v = e.value
	}
	return v
}

// sections are where the things stand that other facts name.
var sections = map[string]string{
	"type": "types", "event set": "eventSets", "request": "requests", "channel": "channels",
}

// leftover is what still uses a thing that a patch has removed.
type leftover struct {
	removed    Pos // by this patch
	code       Code
	what, name string
	first      Pos
	uses       int
}

// reportRemoved reports a name that nothing bears since a patch has removed what
// bore it. It returns false when that is not the reason.
func (l *loader) reportRemoved(u use, code Code, what string) bool {
	g := l.removal(l.factAt(sections[what]), u.name)
	if g == nil {
		g = l.removal(l.facts, sections[what]) // with all the others
	}
	switch {
	case g == nil:
		return false
	case l.own(u.pos):
		l.report(u.pos, code, fmt.Sprintf("there is no %s %s: the patch at %s removes it", what, Quote(u.name), g.Pos),
			"Name another, or do not remove it.")
	default:
		i := slices.IndexFunc(l.leftovers, func(left leftover) bool { return left.what == what && left.name == u.name })
		if i < 0 {
			i = len(l.leftovers)
			l.leftovers = append(l.leftovers, leftover{removed: g.Pos, code: code, what: what, name: u.name, first: u.pos})
		}
		l.leftovers[i].uses++
	}
	return true
}

// reportLeftovers reports each thing that was removed and is used below.
func (l *loader) reportLeftovers() {
	for _, left := range l.leftovers {
		uses := fmt.Sprintf("it is used %d times, first", left.uses)
		if left.uses == 1 {
			uses = "it is used"
		}
		l.report(left.removed, left.code, fmt.Sprintf("there is no %s %s: this patch removes it, and %s at %s", left.what, Quote(left.name), uses, left.first),
			"Patch or remove what uses it as well, or do not remove it.")
	}
}

// notePatched notes where a value of a patch stands, with all that it holds.
func (l *loader) notePatched(v *value) {
	l.patched[v.Pos] = true
	for _, item := range v.items {
		l.notePatched(item)
	}
	for _, e := range v.entries {
		l.patched[e.Pos] = true
		l.notePatched(e.value)
	}
}

// made is a change that a patch has made.
type made struct {
	pos  Pos
	keys []string // the way to what was changed
}

func (l *loader) noteMade(pos Pos, keys []string) { l.made = append(l.made, made{pos, keys}) }

// blame moves what is still told of the dialect below to the patch that changed
// most nearly what it is told of.
func (l *loader) blame() {
	for _, d := range l.diagnostics {
		if l.own(d.Pos) || l.namesOwn(d.Message) {
			continue
		}
		if pos, ok := l.culprit(wayTo(l.facts, d.Pos)); ok {
			d.Message += ", see " + d.Pos.String()
			d.Pos, d.Source = pos, l.sources[pos.File].line(pos.Line)
		}
	}
}

// namesOwn reports whether a message names a place in the dialect's own files.
func (l *loader) namesOwn(message string) bool {
	for file, layer := range l.layers {
		if layer == l.at.String() && strings.Contains(message, " "+file+":") {
			return true
		}
	}
	return false
}

// culprit returns the patch that changed the most of what stands at the end of
// a way: that or the nearest thing around it, but nothing as large as a section.
func (l *loader) culprit(way []string) (at Pos, found bool) {
	most := 2
	for _, m := range l.made {
		n := 0
		for n < min(len(way), len(m.keys)) && strings.TrimSuffix(way[n], "?") == strings.TrimSuffix(m.keys[n], "?") {
			n++
		}
		if n >= most {
			most, at, found = n, m.pos, true
		}
	}
	return at, found
}

// wayTo returns the keys that lead to what stands at a position, or nearest
// before it on its line.
func wayTo(root *value, pos Pos) []string {
	var way []string
	var best Pos
	consider := func(p Pos, keys []string) {
		if p.File == pos.File && p.Line == pos.Line && p.Column <= pos.Column && p.Column >= best.Column {
			best, way = p, slices.Clone(keys)
		}
	}
	var walk func(v *value, keys []string)
	walk = func(v *value, keys []string) {
		consider(v.Pos, keys)
		for _, item := range v.items {
			walk(item, keys)
		}
		for _, e := range v.entries {
			inner := append(slices.Clip(keys), e.key)
			consider(e.Pos, inner)
			walk(e.value, inner)
		}
	}
	walk(root, nil)
	return way
}
