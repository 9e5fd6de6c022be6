package gen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/spec"
)

// An overlay changes few of the entities of the dialect below it. The others
// are imported from where that dialect's are, so that they are one type to a
// program that speaks to both kinds of server.

// bottom returns the dialect that a spec extends in the end, or nil for one
// that stands alone.
func bottom(s *spec.Spec) *spec.Spec {
	if s.Extends == nil {
		return nil
	}
	for s.Extends != nil {
		s = s.Extends
	}
	return s
}

// unchanged finds the types of an overlay that are in Go what they are in the
// dialect below: the same by themselves, and by all that they hold. The result
// leads to the types there. Words of documentation make no difference, nor do
// values that an enum has besides or lacks: it is an open set.
func unchanged(s, below *spec.Spec) map[*spec.Type]*spec.Type {
	there := map[string]*spec.Type{}
	embedded := map[string]bool{} // those that can be embedded from another package
	for _, t := range below.Types {
		there[t.Name] = t
		for _, ref := range t.Embeds {
			embedded[ref.Type.Name] = true
		}
	}
	same := map[*spec.Type]*spec.Type{}
	for _, t := range s.Types {
		if other := there[t.Name]; other != nil && signature(t) == signature(other) {
			same[t] = other
		}
	}
	for changed := true; changed; {
		changed = false
		for _, t := range s.Types {
			for _, ref := range t.Embeds {
				if same[t] == nil && same[ref.Type] != nil && !embedded[ref.Type.Name] {
					delete(same, ref.Type)
					changed = true
				}
			}
			if same[t] != nil && slices.ContainsFunc(held(t), func(inner *spec.Type) bool { return same[inner] == nil }) {
				delete(same, t)
				changed = true
			}
		}
	}
	return same
}

// signature says what a type is by itself, for comparison.
func signature(t *spec.Type) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s %s %t", t.Kind, t.GoName, t.Discriminator, t.Empty)
	for _, ref := range t.Embeds {
		fmt.Fprintf(&b, "\nembed %s", ref.Type.Name)
	}
	fields := func(list []*spec.Field) {
		for _, f := range list {
			fmt.Fprintf(&b, "\nfield %q %s %s %t", f.Name, f.GoName, f.Type, f.Optional)
		}
	}
	fields(t.Fields)
	for _, v := range t.Variants {
		fmt.Fprintf(&b, "\nvariant %q %s", v.Tag, v.GoName)
		fields(v.Fields)
	}
	return b.String()
}

// held lists the types that a type has inside, without those inside these.
func held(t *spec.Type) []*spec.Type {
	var out []*spec.Type
	for _, ref := range t.Embeds {
		out = append(out, ref.Type)
	}
	fields := func(list []*spec.Field) {
		for _, f := range list {
			if inner := f.Type.Declared(); inner != nil {
				out = append(out, inner)
			}
		}
	}
	fields(t.Fields)
	for _, v := range t.Variants {
		fields(v.Fields)
	}
	return out
}

// newValues are the values of an enum that it does not have below.
func newValues(t, below *spec.Type) []*spec.EnumValue {
	var out []*spec.EnumValue
	for _, v := range t.Values {
		if !slices.ContainsFunc(below.Values, func(b *spec.EnumValue) bool { return b.Value == v.Value && b.GoName == v.GoName }) {
			out = append(out, v)
		}
	}
	return out
}

// dropShared leaves out what is imported, now that all that refers to it knows
// what it is like.
func (p *program) dropShared() {
	p.ids = slices.DeleteFunc(p.ids, func(t *stringType) bool { return t.shared })
	p.enums = slices.DeleteFunc(p.enums, func(e *enum) bool { return e.shared })
	p.objects = slices.DeleteFunc(p.objects, func(o *object) bool { return o.shared })
	p.unions = slices.DeleteFunc(p.unions, func(u *union) bool { return u.shared })
	p.types = slices.DeleteFunc(p.types, func(t any) bool {
		switch t := t.(type) {
		case *object:
			return t.shared
		case *union:
			return t.shared
		}
		return false
	})
}

// hasEntities reports whether there are entities to print.
func (p *program) hasEntities() bool {
	return len(p.ids)+len(p.enums)+len(p.added)+len(p.types) > 0
}
