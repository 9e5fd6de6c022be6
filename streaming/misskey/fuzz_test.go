package misskey_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-faster/jx"

	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/runtime/wire"
	"github.com/misskeyactor/misskeyactor/spec"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// The generated decoders agree with encoding/json on what is JSON, with the
// spec on what is a note, and hold every value that a map of the same text
// does. Agreed exceptions, and why:
//
//   - A text that is not UTF-8 is refused, where encoding/json repairs it.
//   - The text null is no object. A decoder says codec.ErrNull, and
//     encoding/json makes a nil map of it.
//   - Of a duplicate key the last one counts for both, but a decoder also
//     refuses a text for an earlier one that is of another type.
//   - A time whose year in UTC has not four digits can be read, as one with
//     an offset, but not written.
//
// Numbers out of range are no exception: in a field of the spec they are
// refused, elsewhere both pass over them. Nor is depth: both stop at 10,000
// levels.

func FuzzNote(f *testing.F) {
	for i, note := range payloads(f, "note") {
		if i%40 == 0 {
			f.Add(note, uint16(0), "")
		}
	}
	for _, text := range crafted {
		f.Add(strings.ReplaceAll(text, "TYPE", "note"), uint16(0), "")
	}
	addSplices(f, payloads(f, "mention")[0], 100)
	o := newOracle(f)
	f.Fuzz(func(t *testing.T, text string, at uint16, value string) {
		hold(t, o, o.named("Note"), splice(text, at, value), func(d *codec.Decoder) (encoder, error) {
			n := new(misskey.Note)
			return n, n.Decode(d)
		})
	})
}

func FuzzNotification(f *testing.F) {
	kinds := map[string]bool{}
	for _, text := range payloads(f, "notification") {
		object, err := parse(text)
		if err != nil {
			f.Fatal(err)
		}
		if kind := object["type"].(string); !kinds[kind] {
			kinds[kind] = true
			addSplices(f, text, 15) // far enough for the notification's own keys
		}
	}
	if len(kinds) != 20 {
		f.Errorf("%d kinds", len(kinds))
	}
	for _, text := range crafted {
		f.Add(strings.ReplaceAll(text, "TYPE", "roleAssigned"), uint16(0), "")
		f.Add(strings.ReplaceAll(text, "TYPE", "raffleWon"), uint16(0), "")
	}
	o := newOracle(f)
	f.Fuzz(func(t *testing.T, text string, at uint16, value string) {
		hold(t, o, o.named("Notification"), splice(text, at, value), func(d *codec.Decoder) (encoder, error) {
			return misskey.DecodeNotification(d)
		})
	})
}

type encoder interface{ Encode(*jx.Encoder) }

// hold holds a decoder to what encoding/json makes of a text.
func hold(t *testing.T, o *oracle, typ *spec.TypeExpr, text string, decode func(*codec.Decoder) (encoder, error)) {
	d := codec.NewDecoder(text, nil)
	got, err := decode(d)
	if err == nil {
		err = d.End()
	}
	if !utf8.ValidString(text) {
		if err == nil {
			t.Fatalf("taken, and is not UTF-8: %q", text)
		}
		return
	}
	object, jsonErr := parse(text)
	if jsonErr != nil || object == nil {
		if err == nil {
			t.Fatalf("taken, and encoding/json says %v: %q", jsonErr, text)
		}
		return
	}
	switch takes := o.takes(typ, object); {
	case err == nil && !takes:
		t.Fatalf("taken, and should be refused: %q", text)
	case err != nil && takes && !hasDuplicates(text):
		t.Fatalf("refused (%v), and should be taken: %q", err, text)
	case err != nil:
		return
	}
	if err := o.holds(reflect.ValueOf(got), typ, object); err != nil {
		t.Fatalf("decoded wrongly: %v: %q", err, text)
	}

	if hasOddYear(reflect.ValueOf(got)) {
		return
	}
	first := encode(got)
	d.Reset(first)
	again, err := decode(d)
	if err == nil {
		err = d.End()
	}
	if err != nil {
		t.Fatalf("what was encoded does not decode: %v: %q becomes %q", err, text, first)
	}
	if object, err = parse(first); err != nil {
		t.Fatalf("what was encoded is no JSON: %v: %q becomes %q", err, text, first)
	}
	if err := o.holds(reflect.ValueOf(again), typ, object); err != nil {
		t.Fatalf("decoded wrongly the second time: %v: %q", err, first)
	}
	if second := encode(again); second != first {
		t.Fatalf("encoded as %q, then as %q", first, second)
	}
}

func encode(v encoder) string {
	var e jx.Encoder
	v.Encode(&e)
	return e.String()
}

// hasDuplicates reports whether an object in a text has a key twice.
func hasDuplicates(text string) bool {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	type level struct {
		keys  map[string]bool // nil for a list
		value bool            // a value comes next, and no key
	}
	var levels []level
	for {
		tok, err := d.Token()
		if err != nil {
			return false
		}
		var top *level
		if len(levels) > 0 {
			top = &levels[len(levels)-1]
		}
		if key, ok := tok.(string); ok && top != nil && top.keys != nil && !top.value {
			if top.keys[key] {
				return true
			}
			top.keys[key], top.value = true, true
			continue
		}
		if tok == json.Delim('}') || tok == json.Delim(']') {
			levels = levels[:len(levels)-1]
			continue
		}
		if top != nil {
			top.value = false
		}
		switch tok {
		case json.Delim('{'):
			levels = append(levels, level{keys: map[string]bool{}})
		case json.Delim('['):
			levels = append(levels, level{})
		}
	}
}

// hasOddYear reports whether v holds a time whose year has not four digits.
func hasOddYear(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return !v.IsNil() && hasOddYear(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			if hasOddYear(v.Index(i)) {
				return true
			}
		}
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			year := t.UTC().Year()
			return year < 0 || year > 9999
		}
		if isOpt(v.Type()) {
			return hasOddYear(v.MethodByName("OrZero").Call(nil)[0])
		}
		for i := range v.NumField() {
			if hasOddYear(v.Field(i)) {
				return true
			}
		}
	}
	return false
}

// splice puts value in place of the one that may stand behind one of the
// colons of a text. Much of what results is no JSON, which is as well.
func splice(text string, at uint16, value string) string {
	colons := strings.Count(text, ":")
	if value == "" || colons == 0 {
		return text
	}
	begin := 0
	for range int(at)%colons + 1 {
		begin += strings.IndexByte(text[begin:], ':') + 1
	}
	end := strings.IndexAny(text[begin:], ",]}")
	if end < 0 {
		end = len(text) - begin
	}
	return text[:begin] + value + text[begin+end:]
}

// addSplices adds a text with each of many values at each of its first places.
func addSplices(f *testing.F, text string, places int) {
	f.Add(text, uint16(0), "")
	for at := range min(strings.Count(text, ":"), places) {
		for _, value := range []string{
			`null`, `true`, `"x"`, `"\u0041\n"`, `5`, `1.0`, `1.5`, `-1e3`, `9223372036854775808`, `1e400`,
			`[]`, `[null]`, `["a"]`, `[{}]`, `{}`, `{"a":"b"}`, `{"a":null}`, `{"a":1}`, `"2026-03-02T01:02:03.7+09:00"`,
		} {
			f.Add(text, uint16(at), value)
		}
	}
}

// crafted are texts that the recording does not have.
var crafted = []string{
	``, `null`, ` null `, `{}`, `[]`, `"x"`, `{"type":"TYPE"}`, `{"type":"TYPE"} `, `{"type":"TYPE"}x`, `{"type":"TYPE"}{}`,
	`{"type":null}`, `{"type":5}`, `{"id":"i","type":"TYPE"}`, `{"type":"x","type":"TYPE"}`, `{"type":"TYPE","type":5}`,
	`{"ID":"i","Type":"TYPE"}`, `{"id":"a","id":"b"}`, `{"id":5,"id":"b"}`, `{"id":"b","id":null}`,
	`{"type":"TYPE","id":5,"createdAt":"never"}`,
	`{"text":"\ud83d\ude00","cw":"\ud83d"}`, `{"text":"\ud800\ud83d\ude00"}`, `{"text":"\u0000\/\b\f\n\r\t\"\\"}`, `{"text":"\x"}`, "{\"text\":\"\t\"}",
	`{"renoteCount":1e3,"repliesCount":1.0,"reactionCount":-0}`, `{"renoteCount":01}`, `{"renoteCount":1.}`, `{"renoteCount":"1"}`, `{"renoteCount":45977580822859775808}`,
	`{"unknown":1e999,"more":{"deep":[1,{"x":null}]}}`, `{"unknown":tru}`, `{"unknown":[1,]}`, `{"unknown":{"a":1,}}`,
	`{"createdAt":"9999-12-31T23:59:59-23:59"}`, `{"createdAt":"0000-01-01T00:00:00+23:59"}`, `{"createdAt":"2026-03-02T01:02:03,5Z"}`,
	`{"reactions":{"a":1,"a":2,"b":null}}`, `{"reply":{"reply":{"reply":null,"renote":{}}}}`, `{"files":[null,{"id":"x"}]}`,
	`{"type":"TYPE","role":{"condFormula":{}}}`,
	strings.Repeat(`{"reply":`, 500) + `{}` + strings.Repeat(`}`, 500),
	strings.Repeat(`{"reply":`, 10_001) + `{}` + strings.Repeat(`}`, 10_001),
	`{"unknown":` + strings.Repeat(`[`, 9_999) + strings.Repeat(`]`, 9_999) + `}`,
	`{"unknown":` + strings.Repeat(`[`, 10_000) + strings.Repeat(`]`, 10_000) + `}`,
}

// payloads returns the bodies of the recorded events of a type.
func payloads(t testing.TB, event string) []string {
	t.Helper()
	f, err := os.Open("../testdata/misskey-2026.3.2.ndjson.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	var found []string
	for lines.Scan() {
		var recorded struct{ Dir, Frame string }
		if err := json.Unmarshal(lines.Bytes(), &recorded); err != nil {
			t.Fatal(err)
		}
		if recorded.Dir != "in" {
			continue
		}
		env, err := wire.Full([]byte(recorded.Frame))
		if err != nil {
			t.Fatal(err)
		}
		if string(env.Event) == event {
			found = append(found, env.Payload.In(recorded.Frame))
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatalf("no event %s", event)
	}
	return found
}
