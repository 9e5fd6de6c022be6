package codec

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/go-faster/jx"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
)

func TestSeenTellsEveryKey(t *testing.T) {
	for _, n := range []int{0, 1, 63, 64, 65, 128, 200, MaxRequired} {
		keys := make([]string, n)
		for i := range keys {
			keys[i] = fmt.Sprint(i)
		}
		var all Seen
		for i := range n {
			all.Mark(i)
		}
		if !all.All(n) {
			t.Errorf("of %d keys, not all were seen", n)
		}
		for left := range n {
			var s Seen
			for i := range n {
				if i != left {
					s.Mark(i)
				}
			}
			var got []string
			s.Missing(NewDecoder("", func(d Drift) { got = append(got, d.Field) }), "T", keys...)
			if s.All(n) || !slices.Equal(got, keys[left:left+1]) {
				t.Errorf("of %d keys without %d, %q are missing", n, left, got)
			}
		}
	}
}

type thing struct{ N int64 }

func (v *thing) Decode(d *Decoder) error {
	return d.Object(func(d *Decoder, _ string) (err error) {
		v.N, err = d.Int64()
		return err
	})
}

func (v *thing) Encode(e *jx.Encoder) {
	e.ObjStart()
	e.FieldStart("n")
	e.Int64(v.N)
	e.ObjEnd()
}

// TestNullsAreReadByEveryReader reads a null with each reader and then a
// value behind it, which only works when the null is gone.
func TestNullsAreReadByEveryReader(t *testing.T) {
	readers := map[string]func(*Decoder) error{
		"String":    func(d *Decoder) error { _, err := d.String(); return err },
		"Bool":      func(d *Decoder) error { _, err := d.Bool(); return err },
		"Int64":     func(d *Decoder) error { _, err := d.Int64(); return err },
		"Float64":   func(d *Decoder) error { _, err := d.Float64(); return err },
		"Timestamp": func(d *Decoder) error { _, err := d.Timestamp(); return err },
		"Object":    func(d *Decoder) error { return new(thing).Decode(d) },
		"Value":     func(d *Decoder) error { _, err := Value[thing](d); return err },
		"Tag":       func(d *Decoder) error { _, _, _, err := d.Tag("type"); return err },
		"Optional":  func(d *Decoder) error { var v opt.Opt[string]; return Optional(d, &v, String) },
		"Pointer":   func(d *Decoder) error { var v *thing; return Pointer(d, &v) },
		"List":      func(d *Decoder) error { var v []string; return List(d, &v, String) },
		"Objects":   func(d *Decoder) error { var v []thing; return Objects(d, &v) },
		"Map":       func(d *Decoder) error { var v map[string]string; return Map(d, &v, String) },
	}
	for name, read := range readers {
		d := NewDecoder(`[null,7]`, nil)
		first := true
		err := d.Array(func(d *Decoder) error {
			if !first {
				n, err := d.Int64()
				if n != 7 {
					t.Errorf("%s leaves the decoder at %d", name, n)
				}
				return err
			}
			first = false
			if err := read(d); err != ErrNull {
				t.Errorf("%s returns %v, want ErrNull", name, err)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSettle(t *testing.T) {
	cause := errors.New("cause")
	for _, tt := range []struct {
		err, want error
		drift     bool
	}{
		{nil, nil, false},
		{ErrNull, nil, true},
		{errNullElement, nil, true},
		{cause, cause, false},
	} {
		var drift []Drift
		d := NewDecoder("", func(x Drift) { drift = append(drift, x) })
		got := d.Settle(tt.err, "T", "k")
		body := d.SettleBody(tt.err, "T")
		if !errors.Is(got, tt.want) || !errors.Is(body, tt.want) {
			t.Errorf("%v becomes %v and %v", tt.err, got, body)
		}
		var want []Drift
		if tt.drift {
			want = []Drift{{Kind: DriftNull, Type: "T", Field: "k"}, {Kind: DriftNull, Type: "T"}}
		}
		if !slices.Equal(drift, want) {
			t.Errorf("%v is reported as %v, want %v", tt.err, drift, want)
		}
		var at *Error
		if tt.want != nil && (!errors.As(got, &at) || at.Path != "k") {
			t.Errorf("%v does not name the key", got)
		}
	}
}

func TestNullElementsAreNotWhatOrNullForgives(t *testing.T) {
	var list []string
	err := OrNull(List(NewDecoder(`["a",null,"b"]`, nil), &list, String))
	if err != errNullElement || !slices.Equal(list, []string{"a", "", "b"}) {
		t.Errorf("list %q, error %v", list, err)
	}
	if err := OrNull(List(NewDecoder(`null`, nil), &list, String)); err != nil || list != nil {
		t.Errorf("list %q, error %v", list, err)
	}
}

func TestFieldsGoesOnAfterWhatItCannotRead(t *testing.T) {
	got := map[string]string{}
	Fields(json.RawMessage(`{"a":"1","b":{"c":[}`), func(d *Decoder, key string) error {
		s, err := d.String()
		got[key] = s
		return err
	})
	if len(got) != 1 || got["a"] != "1" {
		t.Errorf("fields of a broken object: %q", got)
	}
	clear(got)
	Fields(json.RawMessage(`{"a":7,"b":null,"c":"3"}`), func(d *Decoder, key string) error {
		s, err := d.String()
		if err == nil {
			got[key] = s
		}
		return err
	})
	if len(got) != 1 || got["c"] != "3" {
		t.Errorf("fields: %q", got)
	}
}

func TestUnmarshal(t *testing.T) {
	v := thing{N: 1}
	if err := Unmarshal([]byte(`null`), v.Decode); err != nil || v.N != 1 {
		t.Errorf("null: %+v, %v", v, err)
	}
	if err := Unmarshal([]byte(`{"n":2}`), v.Decode); err != nil || v.N != 2 {
		t.Errorf("object: %+v, %v", v, err)
	}
	for _, text := range []string{``, `{"n":2}x`, `{"n":2}{}`, `[]`, `{"n":"2"}`} {
		if err := Unmarshal([]byte(text), v.Decode); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestEncodeHelpers(t *testing.T) {
	for _, tt := range []struct {
		write func(*jx.Encoder)
		want  string
	}{
		{func(e *jx.Encoder) { EncodeOpt(e, opt.Of("x"), EncodeString) }, `"x"`},
		{func(e *jx.Encoder) { EncodeOpt(e, opt.Opt[string]{}, EncodeString) }, `null`},
		{func(e *jx.Encoder) { EncodeList[string](e, nil, EncodeString) }, `[]`},
		{func(e *jx.Encoder) { EncodeList(e, []bool{true, false}, EncodeBool) }, `[true,false]`},
		{func(e *jx.Encoder) { EncodeObjects(e, []thing{{1}, {2}}) }, `[{"n":1},{"n":2}]`},
		{func(e *jx.Encoder) { EncodePointer[thing](e, nil) }, `null`},
		{func(e *jx.Encoder) { EncodePointer(e, &thing{3}) }, `{"n":3}`},
		{func(e *jx.Encoder) { EncodeMap[int64](e, nil, EncodeInt64) }, `{}`},
		{func(e *jx.Encoder) { EncodeMap(e, map[string]float64{"b": 1.5, "a": 2}, EncodeFloat64) }, `{"a":2,"b":1.5}`},
		{func(e *jx.Encoder) { EncodeMap(e, map[string]thing{"a": {1}}, EncodeValue[thing]) }, `{"a":{"n":1}}`},
		{func(e *jx.Encoder) {
			e.ObjStart()
			EncodeOptField(e, "absent", opt.Opt[string]{}, EncodeString)
			EncodeOptField(e, "null", opt.Null[string](), EncodeString)
			EncodeOptField(e, "set", opt.Of(""), EncodeString)
			e.ObjEnd()
		}, `{"null":null,"set":""}`},
	} {
		var e jx.Encoder
		if tt.write(&e); e.String() != tt.want {
			t.Errorf("written %s, want %s", e.String(), tt.want)
		}
	}
}

func TestOnlyNullIsNull(t *testing.T) {
	for _, text := range []string{`nope`, `nul`, `n`, `nulL`, `NULL`} {
		var v opt.Opt[string]
		if err := Opt(NewDecoder(text, nil), &v, String); err == nil {
			t.Errorf("Opt takes %s for %v", text, v)
		}
		if err := Optional(NewDecoder(text, nil), &v, String); err == nil || err == ErrNull {
			t.Errorf("Optional takes %s for %v", text, v)
		}
	}
}

func TestMapIsNilWithoutKeys(t *testing.T) {
	for _, tt := range []struct {
		text          string
		nil, optional bool // Map's and OptionalMap's is nil
	}{
		{`{}`, true, false},
		{` { } `, true, false},
		{`null`, true, true},
		{`{"a":"b"}`, false, false},
	} {
		for _, f := range []struct {
			name string
			read func(*Decoder, *map[string]string, func(*Decoder) (string, error)) error
			nil  bool
		}{{"Map", Map[string], tt.nil}, {"OptionalMap", OptionalMap[string], tt.optional}} {
			got := map[string]string{"of": "before"}
			err := f.read(NewDecoder(tt.text, nil), &got, String)
			if err != nil && err != ErrNull || (got == nil) != f.nil || got["of"] != "" {
				t.Errorf("%s of %s is %#v, %v", f.name, tt.text, got, err)
			}
		}
	}
}
