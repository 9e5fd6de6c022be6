package dts

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/spec"
)

// part is a member of an object, and what the names in its type mean.
type part struct {
	spec.Pos
	name     string
	optional bool
	typ      located
}

// alternatives returns the members of an object type; of a choice of objects
// those of each. Null and undefined are no alternatives. Of a key that several
// parts of an intersection have the last counts, and it may be absent if it
// may in all.
func (r *resolver) alternatives(l located) [][]part {
	defer r.deeper(l.pos())()
	to := r.resolve(l)
	switch n := to.node.(type) {
	case *object:
		return [][]part{r.own(n, to.scope)}
	case *union:
		var all [][]part
		for _, of := range n.of {
			if !r.isNothing(located{of, to.scope}) {
				all = append(all, r.alternatives(located{of, to.scope})...)
			}
		}
		return all
	case *intersection:
		all := [][]part{nil}
		for _, of := range n.of {
			all = r.product(l.pos(), all, r.alternatives(located{of, to.scope}))
		}
		return all
	case *name:
		if all, ok := r.utility(n, to.scope); ok {
			return all
		}
	}
	r.fail(l.pos(), CodeType, "Only objects have members, and choices of objects.", "this is no object")
	return nil
}

func (r *resolver) own(o *object, s *scope) []part {
	parts := make([]part, len(o.members))
	for i, m := range o.members {
		r.step(m.Pos)
		parts[i] = part{m.Pos, m.name, m.optional, located{m.typ, s}}
	}
	return parts
}

// product joins each of some alternatives with each of others.
func (r *resolver) product(pos spec.Pos, some, others [][]part) [][]part {
	var all [][]part
	for _, a := range some {
		for _, b := range others {
			joined := slices.Clone(a)
			for _, p := range b {
				r.step(pos)
				i := slices.IndexFunc(joined, func(q part) bool { return q.name == p.name })
				if i < 0 {
					joined = append(joined, p)
					continue
				}
				p.optional = p.optional && joined[i].optional
				joined[i] = p
			}
			all = append(all, joined)
		}
	}
	return all
}

// utility applies the utility types that make objects of objects.
func (r *resolver) utility(n *name, s *scope) (all [][]part, ok bool) {
	arg := func(i int) located { return located{n.args[i], s} }
	change := func(f func([]part) []part) {
		for _, parts := range r.alternatives(arg(0)) {
			all = append(all, f(parts))
		}
	}
	each := func(f func(*part)) {
		change(func(parts []part) []part {
			for i := range parts {
				f(&parts[i])
			}
			return parts
		})
	}
	switch n.text {
	case "Partial":
		each(func(p *part) { p.optional = true })
	case "Required":
		each(func(p *part) { p.optional = false })
	case "NonNullable":
		return r.alternatives(arg(0)), true
	case "Omit", "Pick":
		keys := r.keys(arg(1))
		change(func(parts []part) []part {
			return slices.DeleteFunc(parts, func(p part) bool { return slices.Contains(keys, p.name) == (n.text == "Omit") })
		})
	case "Record":
		var parts []part
		if !r.isString(arg(0)) {
			for _, key := range r.keys(arg(0)) {
				parts = append(parts, part{Pos: n.pos(), name: key, typ: arg(1)})
			}
		}
		all = [][]part{parts}
	case "object":
		all = [][]part{nil}
	default:
		return nil, false
	}
	return all, true
}

// access finds a member of a type, or the choice of several when the type or
// the key is a choice.
func (r *resolver) access(a *access, s *scope) located {
	of, key := located{a.of, s}, located{a.key, s}
	if r.isName(key, "number") {
		return r.item(of)
	}
	var found []node
	for _, word := range r.keys(key) {
		if direct, ok := r.resolve(of).node.(*object); ok { // the common case, without copying all members
			i := slices.IndexFunc(direct.members, func(m *member) bool { return m.name == word })
			if i >= 0 {
				found = append(found, &closure{located{direct.members[i].typ, r.resolve(of).scope}})
				continue
			}
		}
		for _, parts := range r.alternatives(of) {
			i := slices.IndexFunc(parts, func(p part) bool { return p.name == word })
			if i < 0 {
				r.fail(key.pos(), CodeMember, "See whether the files belong to one version of the package.",
					"there is no member %s in this type", spec.Quote(word))
			}
			found = append(found, &closure{parts[i].typ})
		}
	}
	return choiceOf(found, a.pos(), s)
}

// item returns the type of the items of a list.
func (r *resolver) item(of located) located {
	to := r.resolve(of)
	switch n := to.node.(type) {
	case *array:
		return located{n.of, to.scope}
	case *tuple:
		return choiceOf(n.of, n.pos(), to.scope)
	}
	r.fail(of.pos(), CodeType, "Only lists have members with numbers.", "this is no list")
	return located{}
}

// choiceOf makes a union, or what takes its place when there are not several.
func choiceOf(of []node, pos spec.Pos, s *scope) located {
	switch len(of) {
	case 0:
		return located{&name{at: at(pos), text: "never"}, s}
	case 1:
		return located{of[0], s}
	default:
		return located{&union{of}, s}
	}
}

// keys returns the strings that a type is a choice of.
func (r *resolver) keys(l located) []string {
	defer r.deeper(l.pos())()
	to := r.resolve(l)
	switch n := to.node.(type) {
	case *literal:
		return []string{n.text}
	case *union:
		var all []string
		for _, of := range n.of {
			all = append(all, r.keys(located{of, to.scope})...)
		}
		return all
	case *keyof:
		var all []string
		for _, parts := range r.alternatives(located{n.of, to.scope}) {
			for _, p := range parts {
				all = append(all, p.name)
			}
		}
		return all
	}
	r.fail(l.pos(), CodeType, "A string in quotes belongs here, or a choice of such.", "this names no member")
	return nil
}

// isName reports whether a type is the built-in type of one of the names.
func (r *resolver) isName(l located, texts ...string) bool {
	n, ok := r.resolve(l).node.(*name)
	return ok && slices.Contains(texts, n.text)
}

func (r *resolver) isString(l located) bool { return r.isName(l, "string") }

// isNothing reports whether a type is that of no value, or of null.
func (r *resolver) isNothing(l located) bool {
	return r.isName(l, "null", "undefined", "void", "never")
}
