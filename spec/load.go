package spec

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Load reads a dialect and checks it. The dialect is the *.yaml files of the
// directory name, or the one file of that name; a section may be spread over
// several files. When one of them says `extends`, the dialect it names is read
// first, and this one is what it makes of that.
//
// When anything is wrong, Load returns no Spec and an error of type
// Diagnostics with every fault it can tell apart: one fault does not hide
// another, nor is reported twice in other words.
func Load(fsys fs.FS, name string) (*Spec, error) {
	l := loadAt(place{fsys: fsys, name: path.Clean(name)}, nil)
	if len(l.diagnostics) > 0 {
		l.diagnostics.Sort()
		return nil, l.diagnostics
	}
	return l.spec, nil
}

// loadAt reads the dialect at a place. below are the overlays that led to it.
func loadAt(at place, below []place) *loader {
	l := newLoader()
	l.at = at
	roots := l.parseFiles()
	if base := l.loadBase(roots, below); base != nil {
		l.adopt(base)
		l.patch(roots)
		l.walkFile(l.facts)
	}
	for _, root := range roots {
		l.walkFile(root)
	}
	l.finishRoot()
	l.resolve()
	l.check()
	l.reportLeftovers()
	l.blame()
	if len(l.diagnostics) > 0 {
		return l
	}
	l.spec.sources = l.sources
	l.spec.BuiltIn = at.fsys == fs.FS(dialectFiles)
	l.inheritEvidence()
	l.graft(roots)
	l.trim(roots)
	return l
}

// parseFiles reads every file of the dialect into its tree.
func (l *loader) parseFiles() []*value {
	var roots []*value
	for _, name := range l.files() {
		l.layers[l.at.shown(name)] = l.at.String()
		src, text, ok := l.readSource(name)
		if !ok {
			l.incomplete = true
			continue
		}
		root, ok := l.parse(src, text)
		if !ok {
			l.incomplete = true
			continue
		}
		roots = append(roots, root)
	}
	return roots
}

// loader is the state of one Load: the walk over the files fills the spec and
// notes what names are used where; resolve and check look at the whole.
type loader struct {
	spec        *Spec
	at          place
	sources     map[string]*source
	diagnostics Diagnostics
	// incomplete is set once a part of the spec could not be read. What is
	// absent may then stand in that part, so nothing is reported as absent.
	incomplete bool

	names      map[string]map[string]Pos // per name space: where each name was first given
	types      map[string]*Type
	sets       map[string]*EventSet
	setClaims  map[string]setClaim // by name
	requests   map[string]*Request
	inlineSets []*EventSet // those that channels declare for themselves
	uses       []use
	defaults   []fieldDefault
	tokens     []tokenEvent
	rootKeys   map[string]Pos // keys of the root that were given
	base       Pos            // where faults of the spec as a whole are reported

	// The layers: this dialect and those it extends, one below the other.
	layers  map[string]string   // per file: the dialect it belongs to, by its place
	roots   map[string]Evidence // per dialect: the evidence at its root
	facts   *value              // what an overlay of this dialect has to patch
	only    []*value            // channels to keep; nil for all
	without []*value            // channels to leave out

	// What the patches did, to tell of faults where they can be mended.
	patched   map[Pos]bool // where the values of patches stand
	made      []made
	leftovers []leftover
}

func newLoader() *loader {
	return &loader{
		spec:      &Spec{},
		sources:   map[string]*source{},
		names:     map[string]map[string]Pos{},
		types:     map[string]*Type{},
		sets:      map[string]*EventSet{},
		setClaims: map[string]setClaim{},
		requests:  map[string]*Request{},
		rootKeys:  map[string]Pos{},
		layers:    map[string]string{},
		roots:     map[string]Evidence{},
		facts:     &value{kind: mappingValue},
		patched:   map[Pos]bool{},
	}
}

// files lists the YAML files of the dialect, sorted by name.
func (l *loader) files() []string {
	at := l.at
	l.base = Pos{File: at.shown(at.name), Line: 1, Column: 1}
	if isFile(at.name) {
		return []string{at.name}
	}
	if info, err := fs.Stat(at.fsys, at.name); err == nil && !info.IsDir() {
		l.incomplete = true
		l.report(l.base, CodeUnreadable, Quote(at.String())+otherFile, otherFileHint)
		return nil
	}
	list, err := fs.ReadDir(at.fsys, at.name)
	if err != nil {
		l.incomplete = true
		l.reportCause(err, l.base, CodeUnreadable, "the directory cannot be read: "+reason(err),
			"Name a directory that holds the YAML files of one dialect, or one such file.")
		return nil
	}
	var names []string
	hint := "Name a directory that holds the YAML files of one dialect."
	for _, e := range list {
		if !e.IsDir() && path.Ext(e.Name()) == ".yaml" {
			names = append(names, path.Join(at.name, e.Name()))
		}
		if path.Ext(e.Name()) == ".yml" {
			hint = "Have the names of its files end with .yaml, as in " + strings.TrimSuffix(e.Name(), ".yml") + ".yaml."
		}
	}
	if len(names) == 0 {
		l.incomplete = true
		l.report(l.base, CodeEmpty, "the directory holds no *.yaml file", hint)
		return nil
	}
	l.base.File = at.shown(names[0])
	return names
}

// What is said of a file that is no part of a spec by its name.
const (
	otherFile     = " is a file whose name does not end with .yaml"
	otherFileHint = "End it with .yaml: that is how files of a spec are known."
)

// isFile reports whether a dialect of this name is one file.
func isFile(name string) bool { return path.Ext(name) == ".yaml" }

func (l *loader) report(pos Pos, code Code, message, hint string) {
	l.reportCause(nil, pos, code, message, hint)
}

func (l *loader) reportCause(cause error, pos Pos, code Code, message, hint string) {
	d := &Diagnostic{Pos: pos, Code: code, Message: message, Hint: hint, cause: cause}
	if src := l.sources[pos.File]; src != nil {
		d.Source = src.line(pos.Line)
	}
	l.diagnostics = append(l.diagnostics, d)
}

// declare notes a name in a name space and tells whether it is new there. A
// name that is not new is reported.
func (l *loader) declare(space, name string, pos Pos) bool {
	if l.names[space] == nil {
		l.names[space] = map[string]Pos{}
	}
	if first, taken := l.names[space][name]; taken {
		l.reportDuplicate(pos, "the "+space+" "+Quote(name), first)
		return false
	}
	l.names[space][name] = pos
	return true
}

func (l *loader) reportDuplicate(pos Pos, what string, first Pos) {
	at, other, ordered := l.hereOf(pos, first)
	which := "first"
	if !ordered {
		which = "also"
	}
	hint := "Remove one of the two, or rename it."
	switch {
	case l.layer(pos) == l.layer(first):
	case l.patched[at]:
		hint = "The dialect that this one extends has it: what a patch adds must be new."
	default:
		hint = "The dialect that this one extends has it. To change it, name it in a patch; what stands here must be new."
	}
	l.report(at, CodeDuplicate, fmt.Sprintf("%s is given twice, %s at %s", what, which, other), hint)
}
