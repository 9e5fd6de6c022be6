package codec

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/go-faster/jx"
)

func TestEnd(t *testing.T) {
	for _, tt := range []struct {
		text string
		good bool
	}{
		{`1`, true},
		{"1 \t\r\n", true},
		{`"a"`, true},
		{`{}`, true},
		{`1 2`, false},
		{`{}{}`, false},
		{`{},`, false},
		{`{}}`, false},
		{`"a"x`, false},
		{"{}\v", false},
		{"{}\x00", false},
	} {
		d := NewDecoder(tt.text, nil)
		if err := d.Skip(); err != nil {
			t.Fatalf("%q: %v", tt.text, err)
		}
		if err := d.End(); (err == nil) != tt.good {
			t.Errorf("%q: %v", tt.text, err)
		}
	}
}

// within reports whether s is a part of src, and not only equal to one.
func within(s, src string) bool {
	begin, at := uintptr(unsafe.Pointer(unsafe.StringData(src))), uintptr(unsafe.Pointer(unsafe.StringData(s)))
	return at >= begin && at+uintptr(len(s)) <= begin+uintptr(len(src))
}

func TestStringsArePartsOfTheSource(t *testing.T) {
	for _, tt := range []struct {
		text, want string
		shared     bool
	}{
		{`"plain"`, "plain", true},
		{` "日本語" `, "日本語", true},
		{`"a\nb"`, "a\nb", false},
		{`"\u00e9"`, "é", false},
		{`"\ud83d\ude00"`, "😀", false},
		{`""`, "", true},
	} {
		src := strings.Clone(tt.text)
		d := NewDecoder(src, nil)
		s, err := d.String()
		if err != nil || s != tt.want {
			t.Fatalf("%s: %q, %v", tt.text, s, err)
		}
		if s != "" && within(s, src) != tt.shared {
			t.Errorf("%s: shared %v, want %v", tt.text, !tt.shared, tt.shared)
		}
	}
}

// A decoder is used again and again; what it decoded before must stay.
func TestResetLeavesWhatWasDecoded(t *testing.T) {
	var d Decoder
	var got []string
	texts := []string{`["first","\u0066irst"]`, `["second, and longer","x"]`, `["3",""]`, `["` + strings.Repeat("y", 100_000) + `","z"]`, `["after","it"]`}
	for _, text := range texts {
		d.Reset(text)
		if err := d.Array(func(d *Decoder) error {
			s, err := d.String()
			got = append(got, s)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"first", "first", "second, and longer", "x", "3", "", strings.Repeat("y", 100_000), "z", "after", "it"}
	if !slices.Equal(got, want) {
		t.Errorf("decoded %q", got)
	}
}

func TestMapKeysArePartsOfTheSource(t *testing.T) {
	src := `{"plain":"a","esc\u0061ped":"b","plain":"c"}`
	var m map[string]string
	if err := Map(NewDecoder(src, nil), &m, String); err != nil {
		t.Fatal(err)
	}
	if len(m) != 2 || m["plain"] != "c" || m["escaped"] != "b" {
		t.Fatalf("map %q", m)
	}
	for k := range m {
		if within(k, src) != (k == "plain") {
			t.Errorf("key %q: shared %v", k, within(k, src))
		}
	}
}

func TestInt64(t *testing.T) {
	for _, tt := range []struct {
		text string
		want int64
		good bool
	}{
		{`1`, 1, true},
		{`-1`, -1, true},
		{`0`, 0, true},
		{`-0`, 0, true},
		{`1.0`, 1, true},
		{`-3.000`, -3, true},
		{`1e3`, 1000, true},
		{`1E+3`, 1000, true},
		{`15e-1`, 0, false},
		{`20e-1`, 2, true},
		{`9223372036854775807`, math.MaxInt64, true},
		{`-9223372036854775808`, math.MinInt64, true},
		{`-9223372036854775808.0`, math.MinInt64, true},
		{`9223372036854775808`, 0, false},
		{`9223372036854775808.0`, 0, false},
		{`45977580822859775808`, 0, false}, // 9084092675440672576 and twice 2⁶⁴
		{`-45977580822859775808`, 0, false},
		{`9.3e18`, 0, false},
		{`1e400`, 0, false},
		{`-1e400`, 0, false},
		{`1.5`, 0, false},
		{`0.1`, 0, false},
		{`"1"`, 0, false},
		{`true`, 0, false},
		{`[1]`, 0, false},
		{`01`, 0, false},
		{`1.`, 0, false},
		{`.5`, 0, false},
		{`1e`, 0, false},
		{`+1`, 0, false},
		{`-`, 0, false},
		{``, 0, false},
	} {
		d := NewDecoder(tt.text, nil)
		got, err := d.Int64()
		if err == nil {
			err = d.End()
		}
		if (err == nil) != tt.good || tt.good && got != tt.want {
			t.Errorf("%s: %d, %v", tt.text, got, err)
		}
	}
}

func TestFloat64(t *testing.T) {
	for _, tt := range []struct {
		text string
		want float64
		good bool
	}{
		{`0.5`, 0.5, true},
		{`-1e-3`, -0.001, true},
		{`9007199254740993`, 9007199254740992, true},
		{`0.1000000000000000055511151231257827`, 0.1, true},
		{`1e400`, 0, false},
		{`"0.5"`, 0, false},
		{`NaN`, 0, false},
		{`1.`, 0, false},
	} {
		d := NewDecoder(tt.text, nil)
		got, err := d.Float64()
		if err == nil {
			err = d.End()
		}
		if (err == nil) != tt.good || tt.good && got != tt.want {
			t.Errorf("%s: %v, %v", tt.text, got, err)
		}
	}
}

// TestNumbersAreThoseOfStrconv compares both readers with strconv on random
// numbers of every length.
func TestNumbersAreThoseOfStrconv(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	digits := func(n int) string {
		b := []byte{byte('1' + random.IntN(9))}
		for len(b) < n {
			b = append(b, byte('0'+random.IntN(10)))
		}
		return string(b)
	}
	for range 200_000 {
		text := digits(1 + random.IntN(24))
		if random.IntN(2) == 0 {
			text = "-" + text
		}
		whole := text
		if random.IntN(2) == 0 {
			text += "." + digits(1+random.IntN(24))
		}
		if random.IntN(4) == 0 {
			text += fmt.Sprintf("e%d", random.IntN(700)-350)
		}
		want, wantErr := strconv.ParseFloat(text, 64)
		got, err := NewDecoder(text, nil).Float64()
		if (err == nil) != (wantErr == nil) || err == nil && got != want {
			t.Fatalf("%s: %v, %v; strconv says %v, %v", text, got, err, want, wantErr)
		}
		if text != whole {
			continue
		}
		i, wantErr := strconv.ParseInt(text, 10, 64)
		j, err := NewDecoder(text, nil).Int64()
		if (err == nil) != (wantErr == nil) || err == nil && i != j {
			t.Fatalf("%s: %v, %v; strconv says %v, %v", text, j, err, i, wantErr)
		}
	}
}

func TestTimestamp(t *testing.T) {
	for _, tt := range []struct {
		text, want, encoded string
	}{
		{`"2026-03-02T01:02:03.700Z"`, "2026-03-02T01:02:03.7Z", `"2026-03-02T01:02:03.700Z"`},
		{`"2026-03-02T01:02:03Z"`, "2026-03-02T01:02:03Z", `"2026-03-02T01:02:03.000Z"`},
		{`"2026-03-02T01:02:03.123456789Z"`, "2026-03-02T01:02:03.123456789Z", `"2026-03-02T01:02:03.123Z"`},
		{`"2026-03-02T10:02:03.7+09:00"`, "2026-03-02T01:02:03.7Z", `"2026-03-02T01:02:03.700Z"`},
		{`"2026-03\u002d02T01:02:03Z"`, "2026-03-02T01:02:03Z", `"2026-03-02T01:02:03.000Z"`},
		{`"2026-03-02"`, "", ""},
		{`"2026-13-02T01:02:03Z"`, "", ""},
		{`""`, "", ""},
		{`1772413323700`, "", ""},
	} {
		got, err := NewDecoder(tt.text, nil).Timestamp()
		if tt.want == "" {
			if err == nil {
				t.Errorf("%s is taken for %v", tt.text, got)
			}
			continue
		}
		want, _ := time.Parse(time.RFC3339Nano, tt.want)
		if err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, %v", tt.text, got, err)
		}
		var e jx.Encoder
		if EncodeTimestamp(&e, got); e.String() != tt.encoded {
			t.Errorf("%s is written as %s, want %s", tt.text, e.String(), tt.encoded)
		}
	}
}

func TestTag(t *testing.T) {
	for _, tt := range []struct {
		text, tag string
		empty, ok bool
	}{
		{`{"type":"a","x":1}`, "a", false, true},
		{`{"x":{"type":"inner"},"y":[{"type":"b"}],"type":"a"}`, "a", false, true},
		{`{"type":"a","type":"b"}`, "b", false, true},
		{`{"type":"a","type":5}`, "", false, false},
		{`{"t\u0079pe":"\u0061"}`, "a", false, true},
		{`{"Type":"a"}`, "", false, false},
		{`{"type":null}`, "", false, false},
		{`{"x":1}`, "", false, false},
		{`{"type":""}`, "", false, true},
		{`{}`, "", true, false},
	} {
		src := `[` + tt.text + `,"next"]`
		first := true
		err := NewDecoder(src, nil).Array(func(d *Decoder) error {
			if !first {
				s, err := d.String()
				if s != "next" {
					t.Errorf("%s: the decoder has gone on to %q", tt.text, s)
				}
				return err
			}
			first = false
			tag, empty, ok, err := d.Tag("type")
			if err != nil || tag != tt.tag || empty != tt.empty || ok != tt.ok {
				t.Errorf("%s: tag %q, empty %v, ok %v, error %v", tt.text, tag, empty, ok, err)
			}
			raw, err := d.Raw() // the decoder is where it was
			if string(raw) != tt.text {
				t.Errorf("%s: %s is left to read", tt.text, raw)
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
		}
	}
	for _, text := range []string{`[]`, `"type"`, `7`, `{"type":"a"`, `{"type"}`, ``} {
		if _, _, _, err := NewDecoder(text, nil).Tag("type"); err == nil {
			t.Errorf("%s has a tag", text)
		}
	}
}

func TestDriftIsReported(t *testing.T) {
	var got []Drift
	d := NewDecoder(`{"a":null,"b":{"deep":[1,2]},"c":1}`, func(dr Drift) { got = append(got, dr) })
	err := d.Object(func(d *Decoder, key string) error {
		switch key {
		case "a":
			_, err := d.String()
			return d.Settle(err, "T", key)
		case "b":
			return d.Unknown("T", key)
		default:
			n, err := d.Int64()
			if n != 1 {
				t.Errorf("%s holds %d", key, n)
			}
			return d.Settle(err, "T", key)
		}
	})
	d.Missing("T", "d")
	d.Variant("U", "type", "fresh")
	d.Variant("U", "type", strings.Repeat("é", 100))
	if err != nil || d.End() != nil {
		t.Error(err)
	}
	want := []Drift{
		{Kind: DriftNull, Type: "T", Field: "a"}, {Kind: DriftUnknown, Type: "T", Field: "b"}, {Kind: DriftMissing, Type: "T", Field: "d"},
		{Kind: DriftVariant, Type: "U", Field: "type", Value: "fresh"},
		{Kind: DriftVariant, Type: "U", Field: "type", Value: strings.Repeat("é", 32)},
	}
	if !slices.Equal(got, want) {
		t.Errorf("drift %v, want %v", got, want)
	}

	d.OnDrift(nil) // nobody listens, and nothing else changes
	d.Reset(`{"b":[]}`)
	d.Missing("T", "d")
	d.Variant("U", "type", "fresh")
	if err := d.Object(func(d *Decoder, key string) error { return d.Unknown("T", key) }); err != nil {
		t.Error(err)
	}
	if len(got) != len(want) {
		t.Errorf("drift %v after OnDrift(nil)", got[len(want):])
	}
}

func TestNoBody(t *testing.T) {
	for text, want := range map[string][]Drift{
		`null`:       nil,
		`{"a":[1]}`:  {{Kind: DriftUnknown, Type: "set.event"}},
		`"anything"`: {{Kind: DriftUnknown, Type: "set.event"}},
	} {
		var got []Drift
		d := NewDecoder(text, func(dr Drift) { got = append(got, dr) })
		if err := d.NoBody("set.event"); err != nil || d.End() != nil {
			t.Errorf("%s: %v", text, err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: drift %v", text, got)
		}
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	var m map[string][]thing
	err := At(Map(NewDecoder(`{"ok":[],"bad":[{"n":1},{"n":"x"}]}`, nil), &m, func(d *Decoder) (list []thing, err error) {
		err = Objects(d, &list)
		return list, err
	}), "user")
	var at *Error
	if !errors.As(err, &at) || at.Path != "user.bad.[1]" {
		t.Fatalf("error %v", err)
	}
	if !strings.HasPrefix(err.Error(), "user.bad.[1]: ") || errors.Unwrap(err) == nil {
		t.Errorf("error %q has no cause", err)
	}
	if At(nil, "x") != nil {
		t.Error("no error becomes one")
	}
	cause := errors.New("cause")
	if err := At(At(cause, "inner"), "outer"); err.Error() != "outer.inner: cause" || !errors.Is(err, cause) {
		t.Errorf("error %q", err)
	}
}

// nest is a type that holds itself, as a note does.
type nest struct{ Inner *nest }

func (v *nest) Decode(d *Decoder) error {
	return d.Object(func(d *Decoder, key string) error {
		return d.Settle(Pointer(d, &v.Inner), "nest", key)
	})
}

// What is nested a hundred thousand levels deep is an error, however it is
// read, and does not end the process.
func TestDepthIsAnError(t *testing.T) {
	const depth = 100_000
	objects := strings.Repeat(`{"a":`, depth) + `{}` + strings.Repeat(`}`, depth)
	arrays := strings.Repeat(`[`, depth) + strings.Repeat(`]`, depth)
	for name, read := range map[string]func() error{
		"Skip of objects":   func() error { return NewDecoder(objects, nil).Skip() },
		"Skip of arrays":    func() error { return NewDecoder(arrays, nil).Skip() },
		"Raw":               func() error { _, err := NewDecoder(arrays, nil).Raw(); return err },
		"Tag":               func() error { _, _, _, err := NewDecoder(objects, nil).Tag("type"); return err },
		"Decode":            func() error { return new(nest).Decode(NewDecoder(objects, nil)) },
		"Unknown":           func() error { return NewDecoder(arrays, nil).Unknown("T", "k") },
		"NoBody":            func() error { return NewDecoder(objects, nil).NoBody("T") },
		"without an end":    func() error { return new(nest).Decode(NewDecoder(objects[:5*depth], nil)) },
		"Array in an Array": func() error { return arraysOf(NewDecoder(arrays, nil)) },
	} {
		if read() == nil {
			t.Errorf("%s: %d levels are taken", name, depth)
		}
	}
	const allowed = 9_000
	if err := new(nest).Decode(NewDecoder(strings.Repeat(`{"a":`, allowed)+`{}`+strings.Repeat(`}`, allowed), nil)); err != nil {
		t.Errorf("%d levels: %.200v", allowed, err)
	}
}

// The path to what is wrong in a deep text does not grow with every level.
func TestPathsAreCutOff(t *testing.T) {
	text := strings.Repeat(`{"日本":`, 9_000) + `5` + strings.Repeat(`}`, 9_000)
	err := new(nest).Decode(NewDecoder(text, nil))
	var at *Error
	if !errors.As(err, &at) || len(at.Path) > maxPath || !strings.HasPrefix(at.Path, "日本.日本.") || !strings.HasSuffix(at.Path, "…") || !utf8.ValidString(at.Path) {
		t.Errorf("error %.600v", err)
	}
	if err := At(errors.New("cause"), strings.Repeat("k", 1<<20)); len(err.Error()) > 2*maxPath {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
}

func arraysOf(d *Decoder) error { return d.Array(arraysOf) }

func TestCloneHasMemoryOfItsOwn(t *testing.T) {
	src := `"a string in a frame"`
	s, err := NewDecoder(src, nil).String()
	if err != nil || !within(s, src) {
		t.Fatalf("%q is no part of the frame, %v", s, err)
	}
	if c := Clone(s); c != s || within(c, src) {
		t.Errorf("clone %q is still a part of the frame", c)
	}
}
