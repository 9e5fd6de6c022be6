package spec

import (
	"strconv"
	"strings"
)

// fieldDefault is a default that waits until its field's type is known.
type fieldDefault struct {
	field *Field
	value *value
}

func (l *loader) checkDefault(d fieldDefault) {
	f, v := d.field, d.value
	if f.Type == nil {
		return
	}
	if !f.Optional {
		l.report(l.here(v.Pos, f.Pos), CodeBadDefault, "the field "+Quote(f.Name)+" has a default, and yet must be there",
			"Write a question mark behind its name, or remove the default.")
		return
	}
	if v.kind == nullValue && f.Type.Nullable {
		return
	}
	what, none := "", ""
	switch t := f.Type; {
	case t.Basic == Boolean && v.kind != booleanValue:
		what = "true or false"
	case t.Basic == Integer && !isInteger(v):
		what = "a whole number, in digits"
	case t.Basic == Number && !isNumber(v):
		what = "a number, in digits"
	case t.Basic == String && v.kind != stringValue:
		what = "a string, in quotes"
	case t.Basic == Timestamp:
		none = "a timestamp has"
	case t.Basic == Any && !v.kind.scalar():
		what = "a scalar"
	case t.List != nil || t.Map != nil:
		none = "lists and maps have"
	case t.Named == nil:
		return
	case t.Named.Kind == KindID && v.kind != stringValue:
		what = "a string, in quotes"
	case t.Named.Kind == KindEnum:
		values := map[string]bool{}
		for _, e := range t.Named.Values {
			values[e.Value] = true
		}
		if v.kind == stringValue && values[v.text] || len(values) == 0 {
			return
		}
		what = list(sortedNames(values))
	case t.Named.Kind == KindObject || t.Named.Kind == KindUnion:
		none = "objects have"
	}
	hint := "Write " + what + "."
	if none != "" {
		hint = "Remove it: " + none + " no default."
	}
	if what+none != "" {
		at := l.here(v.Pos, f.Pos)
		if t := f.Type.Named; t != nil && !l.own(at) {
			if patch, found := l.culprit([]string{"types", t.Name}); found {
				at = patch
			}
		}
		l.report(at, CodeBadDefault, "the default does not fit the type of the field "+Quote(f.Name), hint)
	}
}

func isInteger(v *value) bool {
	_, err := strconv.ParseInt(v.text, 10, 64)
	return v.kind == integerValue && err == nil
}

func isNumber(v *value) bool {
	if v.kind != integerValue && v.kind != numberValue {
		return false
	}
	_, err := strconv.ParseFloat(v.text, 64)
	return err == nil && !strings.ContainsAny(v.text, "_xXnN")
}
