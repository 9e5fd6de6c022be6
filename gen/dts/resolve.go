package dts

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/misskeyactor/misskeyactor/spec"
)

// Bounds on what a type may be made of, far above what the package needs:
// reading all of it takes 38,000 steps.
const (
	maxSteps   = 1 << 20
	maxAliases = 200 // names that stand for one another, in a row
	maxFiles   = 32  // files, of which six are needed
)

// resolver finds out what types mean.
type resolver struct {
	files
	steps int
	depth int
	err   error // of reading a file; ends everything
}

// typeFault ends the reading of one type.
type typeFault struct{}

// try reports whether f found no fault in the types that it looked at.
func (r *resolver) try(f func()) (ok bool) {
	depth := r.depth
	defer func() {
		r.depth = depth
		if fault := recover(); fault != nil {
			if _, ours := fault.(typeFault); !ours {
				panic(fault)
			}
			ok = false
		}
	}()
	if r.err != nil {
		return false
	}
	f()
	return true
}

// probe is try for what may well not be so: faults are forgotten. f looks at
// nothing that was not looked at before.
func (r *resolver) probe(f func()) {
	known := len(r.faults)
	if !r.try(f) {
		r.faults = r.faults[:known]
	}
}

// fail reports a fault once and gives the type up.
func (r *resolver) fail(pos spec.Pos, code spec.Code, hint, format string, args ...any) {
	d := diagnostic(r.lines[pos.File], pos, code, hint, fmt.Sprintf(format, args...))
	if !slices.ContainsFunc(r.faults, func(f *spec.Diagnostic) bool { return f.Pos == pos && f.Code == code }) {
		r.faults = append(r.faults, d)
	}
	panic(typeFault{})
}

// step counts one step of the work.
func (r *resolver) step(pos spec.Pos) {
	if r.steps++; r.steps > maxSteps {
		r.fail(pos, CodeDeep, "Nothing in the package is: see whether the file is whole.",
			"the types are made of too many others")
	}
}

// deeper bounds the recursion; the caller defers what it returns.
func (r *resolver) deeper(pos spec.Pos) func() {
	r.step(pos)
	if r.depth++; r.depth > maxDepth {
		r.fail(pos, CodeDeep, "Nothing in the package nests like this: see whether the file is whole.",
			"the type is nested more than %d deep, or defined by itself", maxDepth)
	}
	return func() { r.depth-- }
}

// resolved is a type that stands for no other, and what was met on the way to
// it.
type resolved struct {
	located
	entity string // the first entity, or ""
	alias  string // the first name that was declared and takes no arguments, or ""
	idOf   string // the entity whose member id it is, or ""
}

// resolve follows names, members and constants to a type that stands for no
// other: an object, a union, a literal, a built-in name.
func (r *resolver) resolve(l located) resolved {
	begin := l
	to := resolved{located: l}
	for range maxAliases {
		r.step(begin.pos())
		var next located
		switch n := to.node.(type) {
		case *closure:
			next = n.located
		case *name:
			var ok bool
			if next, ok = r.named(n, to.scope); !ok {
				return to
			}
			if _, bound := to.bound[n.text]; to.alias == "" && !bound && len(n.args) == 0 {
				to.alias = n.text
			}
		case *typeof:
			next = r.constant(n, to.scope)
		case *access:
			if to.entity == "" {
				to.entity = entityName(n)
			}
			if key, ok := n.key.(*literal); ok && to.idOf == "" && key.text == "id" {
				to.idOf = r.resolve(located{n.of, to.scope}).entity
			}
			next = r.access(n, to.scope)
		default:
			return to
		}
		to.located = next
	}
	r.fail(begin.pos(), CodeCircle, "See whether the file is whole: no type can be read that is but itself.",
		"the type is defined by itself")
	return to
}

// entityName returns X for components['schemas'][X], else "".
func entityName(a *access) string {
	schemas, ok := a.of.(*access)
	if !ok {
		return ""
	}
	components, ok := schemas.of.(*name)
	section, isLiteral := schemas.key.(*literal)
	key, named := a.key.(*literal)
	if !ok || !isLiteral || !named || components.text != "components" || section.text != "schemas" {
		return ""
	}
	return key.text
}

// named returns what a name stands for; ok is false when it is built in and
// stands for itself.
func (r *resolver) named(n *name, s *scope) (l located, ok bool) {
	if l, bound := s.bound[n.text]; bound {
		return l, true
	}
	if !keywords[n.text] {
		if d, m := r.find(s.module, n.text, n.pos(), typesOf); d != nil {
			return r.apply(d, m, n, s), true
		}
	}
	want, builtIn := utilities[n.text]
	builtIn = builtIn || keywords[n.text]
	switch {
	case !builtIn:
		r.fail(n.pos(), CodeName, "See whether the file is whole: names are declared in it, imported, or built into the language.",
			"there is no type %s", spec.Quote(n.text))
	case len(n.args) != want:
		r.fail(n.pos(), CodeType, "See whether the file is whole.",
			"%s has %d types between < and > here, and takes %d", n.text, len(n.args), want)
	}
	switch n.text {
	case "Array", "ReadonlyArray":
		return located{&array{at(n.pos()), n.args[0]}, s}, true
	case "Readonly":
		return located{n.args[0], s}, true
	}
	return l, false
}

// keywords are the types of the language that are words of its own, so that no
// file declares others of their names.
var keywords = map[string]bool{
	"string": true, "number": true, "boolean": true, "true": true, "false": true, "any": true, "unknown": true,
	"object": true, "null": true, "undefined": true, "void": true, "never": true,
}

// utilities are the generic types of the language that are understood, with
// the number of types that each takes.
var utilities = map[string]int{
	"Array": 1, "ReadonlyArray": 1, "Readonly": 1, "Partial": 1, "Required": 1, "NonNullable": 1,
	"Record": 2, "Omit": 2, "Pick": 2,
}

// apply puts the arguments of a generic type in the place of its parameters.
func (r *resolver) apply(d *declaration, m *module, n *name, s *scope) located {
	if len(n.args) != len(d.params) {
		r.fail(n.pos(), CodeType, "See whether the file is whole.",
			"%s has %d types between < and > here, and takes %d", n.text, len(n.args), len(d.params))
	}
	inner := &scope{module: m, bound: map[string]located{}}
	for i, param := range d.params {
		inner.bound[param.name] = located{n.args[i], s}
	}
	return located{d.typ, inner}
}

func (r *resolver) constant(n *typeof, s *scope) located {
	d, m := r.find(s.module, n.constant, n.pos(), constantsOf)
	if d == nil {
		r.fail(n.pos(), CodeName, "See whether the file is whole: constants are declared in it or imported.",
			"there is no constant %s", spec.Quote(n.constant))
	}
	return located{d.typ, &scope{module: m}}
}

func typesOf(m *module) map[string]*declaration     { return m.types }
func constantsOf(m *module) map[string]*declaration { return m.constants }

// find looks up what a name means in a file: what the file declares or imports.
func (r *resolver) find(m *module, text string, use spec.Pos, of func(*module) map[string]*declaration) (*declaration, *module) {
	r.step(use)
	if d := of(m)[text]; d != nil {
		return d, m
	}
	if i, ok := m.imports[text]; ok {
		return r.exported(r.imported(m, i), text, use, of, map[*module]bool{})
	}
	return nil, nil
}

// exported looks up what a file exports under a name: what it declares
// or has others export for it. The latter is no meaning of the name in
// the file itself. seen are the files that were asked.
func (r *resolver) exported(m *module, text string, use spec.Pos, of func(*module) map[string]*declaration, seen map[*module]bool) (*declaration, *module) {
	if seen[m] {
		return nil, nil
	}
	seen[m] = true
	r.step(use)
	if d := of(m)[text]; d != nil {
		return d, m
	}
	for _, e := range m.exports {
		if d, in := r.exported(r.imported(m, e), text, use, of, seen); d != nil {
			return d, in
		}
	}
	return nil, nil
}

// imported returns the file that an import names.
func (r *resolver) imported(m *module, i imported) *module {
	file, ok := beside(m.file, i.from)
	if !ok {
		r.fail(i.Pos, CodeName, "What the streaming API sends has been declared in the package itself so far.",
			"%s is imported from another package, %s", i.name, spec.Quote(i.from))
	}
	if _, known := r.modules[file]; !known && len(r.modules) == maxFiles {
		r.fail(i.Pos, CodeDeep, "The package needs six: see whether the files are its own.",
			"the types are made of those of more than %d files", maxFiles)
	}
	other, err := r.module(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid):
		r.fail(i.Pos, CodeFile, "Give the package as it is published, with all of its files.",
			"the file %s, which is imported here, is not there", spec.Quote(file))
	case err != nil:
		r.err = err
		panic(typeFault{})
	case other == nil:
		panic(typeFault{}) // its faults are known
	}
	return other
}
