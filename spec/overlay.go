package spec

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// A dialect may extend another one. What it extends is kept as a tree, until
// the patches of the overlay are made; only then is it read as a spec, with
// what the overlay declares of its own.

// maxExtends bounds how many dialects may stand on top of one another.
const maxExtends = 8

// place is where a dialect is read: a directory, or one file.
type place struct {
	fsys fs.FS
	name string
	root string // stands before names in positions
}

// builtin is what stands before the names of the files that come with the
// package, where they could be mistaken for files of the user's.
const builtin = "builtin"

// shown returns a file's name for positions.
func (p place) shown(name string) string { return path.Join(p.root, name) }

func (p place) String() string { return p.shown(p.name) }

// layer names the dialect that a position lies in.
func (l *loader) layer(pos Pos) string { return l.layers[pos.File] }

// loadBase reads the dialect that this one extends; it returns nil when there
// is none, or none that is in order.
func (l *loader) loadBase(roots []*value, below []place) *loader {
	v := rootValue(roots, "extends")
	if v == nil {
		l.needsBase(roots)
		return nil
	}
	at, ok := l.basePlace(v)
	if !ok || !l.mayExtend(v, at, append(below, l.at)) {
		l.incomplete = true
		return nil
	}
	base := loadAt(at, append(slices.Clip(below), l.at))
	if len(base.diagnostics) > 0 {
		l.diagnostics = append(l.diagnostics, base.diagnostics...)
		l.incomplete = true
		return nil
	}
	return base
}

// needsBase reports patches of nothing.
func (l *loader) needsBase(roots []*value) {
	for _, root := range roots {
		if e := root.entry("patch"); e != nil {
			l.report(e.Pos, CodeMissingKey, `the spec has patches, and lacks the key "extends"`,
				"Name the dialect that is patched, as in extends: misskey.")
		}
	}
}

// basePlace reads what extends says: the name of a dialect that comes with the
// package, or a path.
func (l *loader) basePlace(v *value) (place, bool) {
	const hint = "Name a dialect that comes with the package, or a directory or file by a path that begins with ./ or ../"
	if !l.want(v, Quote("extends"), stringValue) {
		return place{}, false
	}
	if strings.HasPrefix(v.text, "./") || strings.HasPrefix(v.text, "../") {
		dir := l.at.name
		if isFile(dir) {
			dir = path.Dir(dir)
		}
		return place{fsys: l.at.fsys, name: path.Join(dir, v.text), root: l.at.root}, true
	}
	if name, ok := dialectFile(v.text); ok {
		at := place{fsys: dialectFiles, name: name, root: builtin}
		if l.at.fsys == fs.FS(dialectFiles) {
			at.root = l.at.root
		}
		return at, true
	}
	message := "there is no dialect " + Quote(v.text) + DidYouMean(v.text, slices.Values(Dialects()))
	l.report(v.Pos, CodeExtends, message, hint+". With the package come "+Enumerate(Dialects(), "and")+".")
	return place{}, false
}

// mayExtend reports a base that cannot be read, and one that is above itself.
func (l *loader) mayExtend(v *value, at place, below []place) bool {
	if i := slices.IndexFunc(below, func(p place) bool { return p.String() == at.String() }); i >= 0 {
		round := []string{}
		for _, p := range append(slices.Clip(below[i:]), at) {
			round = append(round, p.String())
		}
		l.report(v.Pos, CodeExtends, "a dialect extends itself: "+strings.Join(round, ", "), "Remove one of these extends.")
		return false
	}
	if len(below) > maxExtends {
		l.report(v.Pos, CodeExtends, fmt.Sprintf("more than %d dialects stand on top of one another", maxExtends), "Write some of them as one.")
		return false
	}
	info, err := fs.Stat(at.fsys, at.name)
	if err != nil {
		l.reportCause(err, v.Pos, CodeExtends, "the dialect "+Quote(at.String())+" cannot be read: "+reason(err),
			"The path leads from the directory of this file to a directory of YAML files, or to one such file.")
		return false
	}
	if !info.IsDir() && !isFile(at.name) {
		l.report(v.Pos, CodeExtends, Quote(at.String())+otherFile, otherFileHint)
		return false
	}
	return true
}

// adopt takes over what a base has: its facts as a tree to be patched, and
// where they come from.
func (l *loader) adopt(base *loader) {
	l.facts = base.facts
	l.spec.Extends = base.spec
	maps.Copy(l.sources, base.sources)
	maps.Copy(l.layers, base.layers)
	maps.Copy(l.roots, base.roots)
}

// graft adds the facts of these files to the tree, for overlays of this
// dialect.
func (l *loader) graft(roots []*value) {
	for _, root := range roots {
		for _, e := range root.entries {
			if k := rootShape.key(e.key); k == nil || !k.inherited {
				continue
			}
			if present := l.facts.entry(e.key); present != nil {
				present.value.entries = append(present.value.entries, e.value.entries...)
				continue
			}
			l.facts.entries = append(l.facts.entries, e)
		}
	}
}

// rootValue returns the value of a key of the root, from whichever file has
// it.
func rootValue(roots []*value, key string) *value {
	for _, root := range roots {
		if e := root.entry(key); e != nil {
			return e.value
		}
	}
	return nil
}

// entry returns the entry of a mapping with this key, or nil.
func (v *value) entry(key string) *entry {
	if v == nil {
		return nil
	}
	for i := range v.entries {
		if v.entries[i].key == key {
			return &v.entries[i]
		}
	}
	return nil
}
