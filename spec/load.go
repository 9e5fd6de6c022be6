package spec

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"
)

// Load reads the dialect whose files are the *.yaml of dir and checks it. A
// section may be spread over several files; together they make one Spec.
//
// When anything is wrong, Load returns no Spec and an error of type
// Diagnostics with every fault it can tell apart: one fault does not hide
// another, nor is reported twice in other words.
func Load(fsys fs.FS, dir string) (*Spec, error) {
	l := newLoader()
	for _, name := range l.files(fsys, dir) {
		src, text, ok := l.readSource(fsys, name)
		if !ok {
			l.incomplete = true
			continue
		}
		root, ok := l.parse(src, text)
		if !ok {
			l.incomplete = true
			continue
		}
		l.walkFile(root)
	}
	l.finishRoot()
	l.resolve()
	l.check()
	if len(l.diagnostics) > 0 {
		l.diagnostics.Sort()
		return nil, l.diagnostics
	}
	inheritEvidence(l.spec)
	return l.spec, nil
}

// loader is the state of one Load: the walk over the files fills the spec and
// notes what names are used where; resolve and check look at the whole.
type loader struct {
	spec        *Spec
	sources     map[string]*source
	diagnostics Diagnostics
	// incomplete is set once a part of the spec could not be read. What is
	// absent may then stand in that part, so nothing is reported as absent.
	incomplete bool

	names      map[string]map[string]Pos // per name space: where each name was first given
	types      map[string]*Type
	sets       map[string]*EventSet
	requests   map[string]*Request
	inlineSets []*EventSet // those that channels declare for themselves
	uses       []use
	defaults   []fieldDefault
	tokens     []tokenEvent
	rootKeys   map[string]Pos // keys of the root that were given
	base       Pos            // where faults of the spec as a whole are reported
}

func newLoader() *loader {
	return &loader{
		spec:     &Spec{},
		sources:  map[string]*source{},
		names:    map[string]map[string]Pos{},
		types:    map[string]*Type{},
		sets:     map[string]*EventSet{},
		requests: map[string]*Request{},
		rootKeys: map[string]Pos{},
	}
}

// files lists the YAML files of a directory, sorted by name.
func (l *loader) files(fsys fs.FS, dir string) []string {
	l.base = Pos{File: dir, Line: 1, Column: 1}
	list, err := fs.ReadDir(fsys, dir)
	if err != nil {
		l.incomplete = true
		l.reportCause(err, l.base, CodeUnreadable, "the directory cannot be read: "+reason(err),
			"Name a directory that holds the YAML files of one dialect.")
		return nil
	}
	var names []string
	for _, e := range list {
		if !e.IsDir() && path.Ext(e.Name()) == ".yaml" {
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	if len(names) == 0 {
		l.incomplete = true
		l.report(l.base, CodeEmpty, "the directory holds no *.yaml file",
			"Name a directory that holds the YAML files of one dialect.")
		return nil
	}
	l.base.File = names[0]
	return names
}

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
		l.reportDuplicate(pos, "the "+space+" "+quote(name), first)
		return false
	}
	l.names[space][name] = pos
	return true
}

func (l *loader) reportDuplicate(pos Pos, what string, first Pos) {
	l.report(pos, CodeDuplicate, fmt.Sprintf("%s is given twice, first at %s", what, first),
		"Remove one of the two, or rename it.")
}

// quote puts a name of the file into a message: in quotes, on one line and of
// bearable length.
func quote(name string) string {
	const most = 60
	if utf8.RuneCountInString(name) > most {
		name = string([]rune(name)[:most]) + "…"
	}
	return fmt.Sprintf("%q", name)
}

// list joins words for a hint: "a, b or c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
