package gen

import "github.com/misskeyactor/misskeyactor/spec"

// reader tells whether who expects a value of one type can read what is of
// another. Types of one name, or that were only renamed, read each other: how
// they differ is told where they are declared.
type reader struct {
	same func(want, is *spec.Type) bool
	// strict is set for the server's side: it may refuse words that it does
	// not know, where bindings take any.
	strict  bool
	visited map[[2]*spec.Type]bool
}

func newReader(strict bool, same func(want, is *spec.Type) bool) *reader {
	return &reader{same: same, strict: strict, visited: map[[2]*spec.Type]bool{}}
}

// reads compares two types, apart from whether the value may be null.
func (r *reader) reads(want, is *spec.TypeExpr) bool {
	switch {
	case want == nil || is == nil:
		return want == is
	case want.Basic == spec.Any:
		return true
	case want.List != nil:
		return is.List != nil && r.element(want.List, is.List)
	case want.Map != nil:
		return is.Map != nil && r.element(want.Map, is.Map)
	case want.Named != nil && is.Named != nil && r.same(want.Named, is.Named):
		return true
	case isStringLike(want):
		return isStringLike(is) && r.readsString(want, is)
	case want.Named != nil:
		return is.Named != nil && r.readsNamed(want.Named, is.Named)
	case want.Basic == spec.Number:
		return is.Basic == spec.Number || is.Basic == spec.Integer
	default:
		return want.Basic == is.Basic
	}
}

func (r *reader) element(want, is *spec.TypeExpr) bool {
	return (want.Nullable || !is.Nullable) && r.reads(want, is)
}

// isStringLike reports whether a value is a string in JSON.
func isStringLike(t *spec.TypeExpr) bool {
	if t.Named != nil {
		return t.Named.Kind == spec.KindID || t.Named.Kind == spec.KindEnum
	}
	return t.Basic == spec.String || t.Basic == spec.Timestamp
}

func (r *reader) readsString(want, is *spec.TypeExpr) bool {
	switch {
	case want.Basic == spec.Timestamp:
		return is.Basic == spec.Timestamp
	case !r.strict || want.Named == nil || want.Named.Kind != spec.KindEnum:
		return true
	case is.Named == nil || is.Named.Kind != spec.KindEnum:
		return false
	}
	known := map[string]bool{}
	for _, v := range want.Named.Values {
		known[v.Value] = true
	}
	for _, v := range is.Named.Values {
		if !known[v.Value] {
			return false
		}
	}
	return true
}

// readsNamed compares objects by their fields. Unions of different names are
// different.
func (r *reader) readsNamed(want, is *spec.Type) bool {
	pair := [2]*spec.Type{want, is}
	if r.visited[pair] {
		return true // as far as what lies between shows
	}
	r.visited[pair] = true
	return want.Kind == spec.KindObject && is.Kind == spec.KindObject && r.readsFields(want.AllFields(), is.AllFields())
}

func (r *reader) readsFields(want, is []*spec.Field) bool {
	given := map[string]*spec.Field{}
	for _, f := range is {
		given[f.Name] = f
	}
	for _, w := range want {
		f := given[w.Name]
		switch {
		case f == nil:
			if !w.Optional {
				return false
			}
		case f.Optional && !w.Optional, f.Type.Nullable && !w.Type.Nullable, !r.reads(w.Type, f.Type):
			return false
		}
	}
	return true
}

// readsMessage compares the bodies of two messages, apart from whether one may
// be null. Who wants no body reads any.
func (r *reader) readsMessage(want, is *spec.Message) bool {
	switch {
	case want.Body == nil && len(want.Fields) == 0:
		return true
	case want.Body != nil && is.Body != nil:
		return r.reads(want.Body, is.Body)
	}
	w, wantsObject := bodyFieldsOf(want)
	i, isObject := bodyFieldsOf(is)
	return wantsObject && isObject && r.readsFields(w, i)
}

// bodyFieldsOf are the fields of a body that is an object.
func bodyFieldsOf(m *spec.Message) ([]*spec.Field, bool) {
	switch {
	case m.Body == nil:
		return m.Fields, len(m.Fields) > 0
	case m.Body.Named != nil && m.Body.Named.Kind == spec.KindObject && !m.Body.Nullable:
		return m.Body.Named.AllFields(), true
	default:
		return nil, false
	}
}
