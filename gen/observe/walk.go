package observe

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/spec"
)

// walker holds values against the types that the spec has for them.
type walker struct {
	*index
	find func(departure)
	met  func(fact any) // a fact of the spec was met; nil if nobody wants to know
}

func (w *walker) meet(fact any) {
	if w.met != nil {
		w.met(fact)
	}
}

// message holds the body of a message against what the spec has for it; body is
// nil for null.
func (w *walker) message(m *message, body any) {
	switch {
	case m.body != nil:
		w.value(m.body, "", m.body.expr, body)
	case len(m.Fields) > 0:
		if o, ok := body.(map[string]any); ok {
			w.object(m.fields, o, "")
			return
		}
		w.find(departure{code: kindCode(body), path: m.fields.String(), value: body, text: "is " + kindOf(body) + ", where an object belongs"})
	case body != nil:
		w.find(departure{code: CodeBody, path: m.String(), value: body, fix: newBody{m}, text: "has a body, " + kindOf(body)})
	}
}

// object holds an object against its fields. skip is a key that is none of
// them, as a union's discriminator; "" for none.
func (w *walker) object(m *members, o map[string]any, skip string) {
	w.meet(m)
	for _, key := range slices.Sorted(maps.Keys(o)) {
		s := m.byKey[key]
		switch {
		case s != nil:
			w.meet(s.field)
			w.value(s, "", s.expr, o[key])
		case key != skip || skip == "":
			w.find(departure{code: CodeUnknownField, path: m.at(key).String(), value: o[key], fix: newField{m, key}, text: "is not in the spec"})
		}
	}
	for _, s := range m.all {
		if _, there := o[s.field.Name]; !there && !s.field.Optional {
			w.find(departure{code: CodeMissing, path: s.String(), value: o, fix: lostField{s}, text: "is absent"})
		}
	}
}

// value holds a value against a type, which stands in a slot: suffix leads to it
// there.
func (w *walker) value(s *slot, suffix string, e *spec.TypeExpr, v any) {
	if v == nil {
		if !e.Nullable && e.Basic != spec.Any {
			w.find(departure{code: CodeNull, path: s.String() + suffix, value: v, fix: retype{s, e}, text: "is null"})
		}
		return
	}
	if !fits(e, v) {
		w.find(departure{code: CodeKind, path: s.String() + suffix, value: v, fix: retype{s, e}, text: "is " + kindOf(v) + ", where " + kindWanted(e) + " belongs"})
		return
	}
	w.meet(e)
	switch {
	case e.List != nil:
		for _, item := range v.([]any) {
			w.value(s, suffix+"[]", e.List, item)
		}
	case e.Map != nil:
		o := v.(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(o)) {
			w.value(s, suffix+"{}", e.Map, o[key])
		}
	case e.Named != nil:
		w.named(e.Named, v)
	}
}

// named holds a value of the right kind against a declared type.
func (w *walker) named(t *spec.Type, v any) {
	w.meet(t)
	switch t.Kind {
	case spec.KindEnum:
		word := v.(string)
		i := slices.IndexFunc(t.Values, func(known *spec.EnumValue) bool { return known.Value == word })
		if i < 0 {
			w.find(departure{code: CodeEnum, path: fmt.Sprintf("types.%s.enum %s", t.Name, shorten(word)), value: v, fix: newValue{t, word}, text: "is not in the spec"})
			return
		}
		w.meet(t.Values[i])
	case spec.KindObject:
		w.object(w.types[t], v.(map[string]any), "")
	case spec.KindUnion:
		w.union(t, v.(map[string]any))
	}
}

func (w *walker) union(t *spec.Type, o map[string]any) {
	if t.Empty && len(o) == 0 {
		return
	}
	here := address{"types", t.Name, "variants"}
	tag, ok := o[t.Discriminator].(string)
	if !ok {
		w.find(departure{code: CodeVariant, path: here.String(), value: o, text: "has no string under " + strconv.Quote(t.Discriminator) + ", which tells the variants apart"})
		return
	}
	i := slices.IndexFunc(t.Variants, func(v *spec.Variant) bool { return v.Tag == tag })
	if i < 0 {
		w.find(departure{code: CodeVariant, path: here.at(shorten(tag)).String(), value: o, fix: newVariant{t, tag}, text: "is not in the spec"})
		return
	}
	w.meet(t.Variants[i])
	w.object(w.variants[t.Variants[i]], o, t.Discriminator)
}

// fits reports whether a value is of the kind that a type has, whatever it
// holds.
func fits(e *spec.TypeExpr, v any) bool {
	switch {
	case e.List != nil:
		_, ok := v.([]any)
		return ok
	case e.Map != nil:
		_, ok := v.(map[string]any)
		return ok
	case e.Named != nil:
		switch e.Named.Kind {
		case spec.KindObject, spec.KindUnion:
			_, ok := v.(map[string]any)
			return ok
		}
		_, ok := v.(string)
		return ok
	}
	switch e.Basic {
	case spec.Any:
		return true
	case spec.Boolean:
		_, ok := v.(bool)
		return ok
	case spec.Number:
		_, ok := v.(json.Number)
		return ok
	case spec.Integer:
		n, ok := v.(json.Number)
		return ok && isInteger(n)
	case spec.Timestamp:
		s, ok := v.(string)
		return ok && isTimestamp(s)
	default:
		_, ok := v.(string)
		return ok
	}
}

// isInteger reports whether a number is whole, however it is written, and fits
// into 64 bits.
func isInteger(n json.Number) bool {
	if _, err := n.Int64(); err == nil {
		return true
	}
	f, err := n.Float64()
	return err == nil && strings.ContainsAny(n.String(), ".eE") && f == math.Trunc(f) && f >= math.MinInt64 && f < math.MaxInt64
}

func isTimestamp(s string) bool {
	_, err := time.Parse(time.RFC3339Nano, s)
	return err == nil
}

// kindOf says what a value of JSON is.
func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a string"
	case json.Number:
		if isInteger(v) {
			return "an integer"
		}
		return "a number"
	case []any:
		return "a list"
	default:
		return "an object"
	}
}

// kindWanted says what a type wants.
func kindWanted(e *spec.TypeExpr) string {
	switch {
	case e.List != nil:
		return "a list"
	case e.Map != nil, e.Named != nil && (e.Named.Kind == spec.KindObject || e.Named.Kind == spec.KindUnion):
		return "an object"
	case e.Named != nil:
		return "a string"
	case e.Basic == spec.Integer:
		return "an integer"
	default:
		return "a " + string(e.Basic)
	}
}

// kindCode is the code of a value that is not an object.
func kindCode(v any) spec.Code {
	if v == nil {
		return CodeNull
	}
	return CodeKind
}
