package dts

import (
	"github.com/misskeyactor/misskeyactor/gen/upstream"
	"github.com/misskeyactor/misskeyactor/spec"
)

// shape says what a type comes to. absent is set when undefined is among its
// values.
func (r *resolver) shape(l located) (s *upstream.Shape, absent bool) {
	defer r.deeper(l.pos())()
	to := r.resolve(l)
	if to.entity != "" {
		return &upstream.Shape{Form: upstream.Entity, Name: to.entity}, false
	}
	s, absent = r.apart(l.pos(), to)
	switch {
	case s.Form == upstream.String && s.Name == "":
		s.Name = to.idOf
	case s.Name == "" && (s.Form == upstream.Object || s.Form == upstream.Enum):
		s.Name = to.alias
	}
	return s, absent
}

// apart is shape for a type that is to be taken apart even if it is an entity.
func (r *resolver) apart(pos spec.Pos, to resolved) (s *upstream.Shape, absent bool) {
	switch n := to.node.(type) {
	case *literal:
		if n.number {
			return &upstream.Shape{Form: upstream.Number}, false
		}
		return &upstream.Shape{Form: upstream.Enum, Values: []upstream.Value{{Pos: n.pos(), Word: n.text}}}, false
	case *array:
		of, _ := r.shape(located{n.of, to.scope})
		return &upstream.Shape{Form: upstream.List, Of: of}, false
	case *tuple:
		of, _ := r.shape(choiceOf(n.of, n.pos(), to.scope))
		return &upstream.Shape{Form: upstream.List, Of: of}, false
	case *union:
		return r.choice(pos, n.of, to.scope)
	case *keyof:
		s := &upstream.Shape{Form: upstream.Enum}
		for _, word := range r.keys(to.located) {
			s.Values = append(s.Values, upstream.Value{Pos: n.pos(), Word: word})
		}
		return s, false
	case *object:
		if len(n.members) == 0 && n.index != nil {
			of, _ := r.shape(located{n.index, to.scope})
			return &upstream.Shape{Form: upstream.Map, Of: of}, false
		}
		return r.objectOf(to.located), false
	case *intersection:
		return r.objectOf(to.located), false
	case *name:
		return r.builtIn(n, to.scope)
	case *function:
		r.fail(pos, CodeType, "A function cannot be sent. Is this the event of a channel in another form than before?",
			"this is a function")
	default:
		r.fail(pos, CodeType, "The importer does not apply such types: what the streaming API sends has done without them so far.",
			"this is a type made from the keys of another")
	}
	return nil, false
}

var builtInForms = map[string]upstream.Form{
	"string": upstream.String, "number": upstream.Number, "boolean": upstream.Boolean, "true": upstream.Boolean,
	"false": upstream.Boolean, "any": upstream.Any, "unknown": upstream.Any, "null": upstream.Null,
	"undefined": upstream.Null, "void": upstream.Null,
}

func (r *resolver) builtIn(n *name, s *scope) (shape *upstream.Shape, absent bool) {
	if form, ok := builtInForms[n.text]; ok {
		return &upstream.Shape{Form: form}, n.text == "undefined" || n.text == "void"
	}
	switch n.text {
	case "never":
		r.fail(n.pos(), CodeType, "See whether the file is whole.", "no value is of this type")
	case "NonNullable":
		shape, _ = r.shape(located{n.args[0], s})
		shape.Nullable = false
		return shape, false
	case "Record":
		if r.isString(located{n.args[0], s}) && !r.isName(located{n.args[1], s}, "never") {
			of, _ := r.shape(located{n.args[1], s})
			return &upstream.Shape{Form: upstream.Map, Of: of}, false
		}
	}
	return r.objectOf(located{n, s}), false
}

// objectOf takes an object apart; of a choice of objects it takes all members.
func (r *resolver) objectOf(l located) *upstream.Shape {
	var objects []*upstream.Shape
	for _, parts := range r.alternatives(l) {
		objects = append(objects, r.objectFrom(parts))
	}
	return upstream.JoinObjects(objects)
}

func (r *resolver) objectFrom(parts []part) *upstream.Shape {
	o := &upstream.Shape{Form: upstream.Object}
	for _, p := range parts {
		o.Fields = append(o.Fields, r.field(p))
	}
	return o
}

func (r *resolver) field(p part) upstream.Field {
	s, absent := r.shape(p.typ)
	return upstream.Field{Pos: p.Pos, Name: p.name, Optional: p.optional || absent, Shape: s}
}

// choice brings a union down to what its members come to together.
func (r *resolver) choice(pos spec.Pos, of []node, s *scope) (shape *upstream.Shape, absent bool) {
	var members []*upstream.Shape
	for _, n := range of {
		l := located{n, s}
		if r.isName(l, "never") {
			continue
		}
		m, a := r.shape(l)
		absent = absent || a
		if !a {
			members = append(members, m)
		}
	}
	shape = upstream.Join(members)
	if shape == nil && absent {
		return &upstream.Shape{Form: upstream.Null}, true
	}
	if shape == nil {
		r.fail(pos, CodeType, "See whether the file is whole.", "no value is of this type")
	}
	return shape, absent
}
