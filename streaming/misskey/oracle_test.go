package misskey_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/spec"
)

// oracle says what the generated decoders should make of a text, from the
// spec and from what encoding/json makes of it. It shares no code with them.
type oracle struct {
	types map[string]*spec.Type
}

func newOracle(t testing.TB) *oracle {
	t.Helper()
	s, err := spec.Misskey()
	if err != nil {
		t.Fatal(err)
	}
	o := &oracle{types: map[string]*spec.Type{}}
	for _, typ := range s.Types {
		o.types[typ.Name] = typ
	}
	return o
}

// named returns the use of a type.
func (o *oracle) named(name string) *spec.TypeExpr { return &spec.TypeExpr{Named: o.types[name]} }

// parse decodes a text that holds one object. Keys are exact, of a duplicate
// key the last one counts, and numbers stay text.
func parse(text string) (object map[string]any, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&object); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	return object, nil
}

// takes reports whether a value is one of type t. A null always is: where the
// spec has none it is drift, and no error.
func (o *oracle) takes(t *spec.TypeExpr, v any) bool {
	if v == nil {
		return true
	}
	switch {
	case t.List != nil:
		list, ok := v.([]any)
		for _, elem := range list {
			ok = ok && o.takes(t.List, elem)
		}
		return ok
	case t.Map != nil:
		m, ok := v.(map[string]any)
		for _, elem := range m {
			ok = ok && o.takes(t.Map, elem)
		}
		return ok
	case t.Named != nil:
		return o.takesNamed(t.Named, v)
	}
	switch t.Basic {
	case spec.String:
		_, ok := v.(string)
		return ok
	case spec.Boolean:
		_, ok := v.(bool)
		return ok
	case spec.Integer:
		_, ok := integer(v)
		return ok
	case spec.Number:
		_, ok := number(v)
		return ok
	case spec.Timestamp:
		_, ok := timestamp(v)
		return ok
	case spec.Any:
		return true
	}
	panic("no such type")
}

func (o *oracle) takesNamed(t *spec.Type, v any) bool {
	switch t.Kind {
	case spec.KindID, spec.KindEnum:
		_, ok := v.(string)
		return ok
	}
	m, ok := v.(map[string]any)
	if !ok {
		return false
	}
	fields, known := o.fields(t, m)
	if !known {
		return true
	}
	for key, f := range fields {
		if !o.takes(f.Type, m[key]) {
			return false
		}
	}
	return true
}

// fields returns the fields of an object of type t; known is false for a
// union's member that the spec does not have.
func (o *oracle) fields(t *spec.Type, object map[string]any) (fields map[string]*spec.Field, known bool) {
	fields = map[string]*spec.Field{}
	add := func(list []*spec.Field) {
		for _, f := range list {
			fields[f.Name] = f
		}
	}
	for _, embedded := range t.Embeds {
		inner, _ := o.fields(embedded.Type, object)
		for name, f := range inner {
			fields[name] = f
		}
	}
	add(t.Fields)
	known = t.Kind == spec.KindObject
	for _, v := range t.Variants {
		if object[t.Discriminator] == v.Tag {
			add(v.Fields)
			known = true
		}
	}
	return fields, known
}

func number(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := strconv.ParseFloat(n.String(), 64)
	return f, err == nil
}

func integer(v any) (int64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	if !strings.ContainsAny(n.String(), ".eE") {
		i, err := strconv.ParseInt(n.String(), 10, 64)
		return i, err == nil
	}
	f, ok := number(v)
	ok = ok && f == math.Trunc(f) && f >= -1<<63 && f < 1<<63
	return int64(f), ok
}

func timestamp(v any) (time.Time, bool) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}

// holds returns an error unless got is what a decoder should make of v.
func (o *oracle) holds(got reflect.Value, t *spec.TypeExpr, v any) error {
	if isOpt(got.Type()) {
		null := got.MethodByName("IsNull").Call(nil)[0].Bool()
		if null != (v == nil) {
			return fmt.Errorf("null is %v", null)
		}
		value := got.MethodByName("Get").Call(nil)
		if value[1].Bool() == null {
			return fmt.Errorf("set is %v", !null)
		}
		got = value[0]
	}
	if v == nil && t.Basic != spec.Any {
		if !got.IsZero() {
			return fmt.Errorf("%v for null", got)
		}
		return nil
	}
	switch {
	case t.List != nil:
		return o.holdsList(got, t.List, v.([]any))
	case t.Map != nil:
		return o.holdsMap(got, t.Map, v.(map[string]any))
	case t.Named != nil && (t.Named.Kind == spec.KindObject || t.Named.Kind == spec.KindUnion):
		return o.holdsObject(got, t.Named, v.(map[string]any))
	}
	good := false
	switch t.Basic {
	case spec.Boolean:
		good = got.Bool() == v
	case spec.Integer:
		want, _ := integer(v)
		good = got.Int() == want
	case spec.Number:
		want, _ := number(v)
		good = got.Float() == want
	case spec.Timestamp:
		want, _ := timestamp(v)
		good = got.Interface().(time.Time).Equal(want)
	case spec.Any:
		good = sameJSON(got.Bytes(), v)
	default: // a string, an id or an enum
		good = got.String() == v
	}
	if !good {
		return fmt.Errorf("%v for %v", got, v)
	}
	return nil
}

func (o *oracle) holdsList(got reflect.Value, t *spec.TypeExpr, list []any) error {
	if got.IsNil() || got.Len() != len(list) {
		return fmt.Errorf("%v for a list of %d", got, len(list))
	}
	for i, v := range list {
		if err := o.holds(got.Index(i), t, v); err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
	}
	return nil
}

func (o *oracle) holdsMap(got reflect.Value, t *spec.TypeExpr, m map[string]any) error {
	if got.Len() != len(m) { // one that is empty may be nil: which, TestNullRules of the fork knows
		return fmt.Errorf("%v for a map of %d", got, len(m))
	}
	for key, v := range m {
		elem := got.MapIndex(reflect.ValueOf(key))
		if !elem.IsValid() {
			return fmt.Errorf("no key %q", key)
		}
		if err := o.holds(elem, t, v); err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
	}
	return nil
}

func (o *oracle) holdsObject(got reflect.Value, t *spec.Type, object map[string]any) error {
	if t.Empty && len(object) == 0 {
		if !got.IsNil() {
			return fmt.Errorf("%v for {}", got)
		}
		return nil
	}
	for got.Kind() == reflect.Pointer || got.Kind() == reflect.Interface {
		if got.IsNil() {
			return errors.New("nil for an object")
		}
		got = got.Elem()
	}
	fields, known := o.fields(t, object)
	if unknown := strings.HasPrefix(got.Type().Name(), "Unknown"); unknown == known {
		return fmt.Errorf("a %v for type %v", got.Type(), object[t.Discriminator])
	}
	if !known {
		tag, _ := object[t.Discriminator].(string)
		if got.FieldByName("Type").String() != tag || !sameJSON(got.FieldByName("Raw").Bytes(), object) {
			return fmt.Errorf("%v for %v", got, object)
		}
	}
	for key, f := range fields {
		field := got.FieldByNameFunc(func(name string) bool { return name == f.GoName || strings.EqualFold(name, key) })
		if !field.IsValid() {
			return fmt.Errorf("no field for %s", key)
		}
		v, there := object[key]
		if !there || !known && !o.takes(f.Type, v) { // of what is unknown, what can be read is read
			if !field.IsZero() {
				return fmt.Errorf("%s: %v for nothing", key, field)
			}
			continue
		}
		if err := o.holds(field, f.Type, v); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

func isOpt(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && strings.HasPrefix(t.Name(), "Opt[")
}

// sameJSON reports whether raw is the text of v.
func sameJSON(raw []byte, v any) bool {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var got any
	return d.Decode(&got) == nil && reflect.DeepEqual(got, v)
}
