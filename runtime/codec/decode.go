// Package codec is what generated decoders and encoders share: reading JSON
// values out of one frame without copying its strings, timestamps as the
// server writes them, and the account of drift, which is where a server's
// JSON departs from the spec the bindings were generated from.
//
// A decoded string is a part of the frame it came in, so keeping one string
// keeps its whole frame in memory (1.7 KB for a median note). Programs that
// keep a few strings for long should strings.Clone them, or use an entity's
// Clone method.
package codec

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// DriftKind says how JSON departed from the spec.
type DriftKind string

const (
	// DriftNull is a null where the spec allows none; the field is left zero.
	DriftNull DriftKind = "null"
	// DriftMissing is a required key that was absent; the field is left zero.
	DriftMissing DriftKind = "missing"
	// DriftUnknown is a key the spec does not have; its value is skipped.
	DriftUnknown DriftKind = "unknown"
	// DriftVariant is a union of a kind the spec does not have, as a
	// notification may be; it is kept whole as the union's unknown member.
	DriftVariant DriftKind = "variant"
	// DriftEvent is a message of a type the spec does not have, as is DriftBody
	// one whose body is of another kind than the spec says. Decoders do not
	// report these, but what reads messages with them does.
	DriftEvent DriftKind = "event"
	DriftBody  DriftKind = "body"
)

// Drift is one departure from the spec.
type Drift struct {
	Kind DriftKind
	// Type is the type's name in the spec, as in "Note"; of a message, that of
	// its channel, as in "main".
	Type string
	// Field is the JSON key, cut off after 256 bytes; for DriftVariant the one that
	// tells the kind, for DriftBody the path to what does not decode, "" for
	// DriftEvent.
	Field string
	// Value is the kind of a DriftVariant, at most 64 bytes of it; "" where it is
	// no string, and for all else.
	Value string
}

// maxDriftValue is how much of a value drift shows.
const maxDriftValue = 64

// Decoder reads one JSON text. Its methods that read one kind of value return
// [ErrNull] for a null, which they read. It is used by one goroutine at a
// time and may be Reset and used again; what was decoded stays valid.
type Decoder struct {
	scan    scanner
	unions  int // how many the decoder is inside of
	onDrift func(Drift)
}

// NewDecoder returns a decoder that reads src and reports drift to onDrift,
// which may be nil.
func NewDecoder(src string, onDrift func(Drift)) *Decoder {
	d := &Decoder{onDrift: onDrift}
	d.Reset(src)
	return d
}

// Reset makes d read src from its start.
func (d *Decoder) Reset(src string) { d.scan, d.unions = scanner{src: src, buf: d.scan.buf}, 0 }

// OnDrift sets who is told of drift from now on; nil for nobody.
func (d *Decoder) OnDrift(f func(Drift)) { d.onDrift = f }

// Skip reads and drops the next value.
func (d *Decoder) Skip() error { return d.scan.skip() }

// End returns an error unless nothing but white space is left.
func (d *Decoder) End() error {
	d.scan.next()
	if d.scan.pos < len(d.scan.src) {
		return d.scan.unexpected("nothing more")
	}
	return nil
}

// Object reads an object and calls field for each key, with the decoder at
// the key's value. field must read or skip the value. A duplicate key is
// passed again: the last one wins. It returns [ErrNull] for null.
func (d *Decoder) Object(field func(d *Decoder, key string) error) error {
	s := &d.scan
	if s.next() == 'n' {
		return d.null()
	}
	more, err := s.enter('{', '}', "an object")
	for more && err == nil {
		var key string
		if key, err = s.key(); err == nil {
			err = field(d, key)
		}
		if err == nil {
			if s.pos < len(s.src) && s.src[s.pos] == ',' { // as another finds, without a call
				s.pos++
				continue
			}
			more, err = s.another('}')
		}
	}
	return err
}

// Array reads an array and calls elem for each element, with the decoder at
// it.
func (d *Decoder) Array(elem func(d *Decoder) error) error {
	s := &d.scan
	more, err := s.enter('[', ']', "an array")
	for i := 0; more && err == nil; i++ {
		if err := elem(d); err != nil {
			return At(err, fmt.Sprintf("[%d]", i))
		}
		more, err = s.another(']')
	}
	return err
}

// Null reads the next value if it is null, and reports whether it was.
func (d *Decoder) Null() (bool, error) {
	if d.scan.next() != 'n' {
		return false, nil
	}
	return true, d.scan.literal("null")
}

// Missing reports that a required key was absent.
func (d *Decoder) Missing(typ, field string) {
	if d.onDrift != nil {
		d.onDrift(Drift{Kind: DriftMissing, Type: typ, Field: field})
	}
}

// Unknown skips the value of a key that the spec does not have, and reports
// the drift.
func (d *Decoder) Unknown(typ, key string) error {
	if d.onDrift != nil {
		d.onDrift(Drift{Kind: DriftUnknown, Type: typ, Field: Clone(shorten(key))})
	}
	return d.Skip()
}

// Variant reports that a union is of a kind that the spec does not have.
func (d *Decoder) Variant(typ, key, tag string) {
	if d.onDrift == nil {
		return
	}
	if len(tag) > maxDriftValue {
		tag = strings.ToValidUTF8(tag[:maxDriftValue], "")
	}
	d.onDrift(Drift{Kind: DriftVariant, Type: typ, Field: key, Value: Clone(tag)})
}

// String reads a string. Where JSON holds it unescaped, the result is a part
// of the source and costs nothing.
func (d *Decoder) String() (string, error) {
	if d.scan.next() == 'n' {
		return "", d.null()
	}
	return d.scan.text("a string")
}

// Bool reads a boolean.
func (d *Decoder) Bool() (bool, error) {
	switch d.scan.next() {
	case 't':
		return true, d.scan.literal("true")
	case 'f':
		return false, d.scan.literal("false")
	case 'n':
		return false, d.null()
	default:
		return false, d.scan.unexpected("true or false")
	}
}

// Float64 reads a number.
func (d *Decoder) Float64() (float64, error) {
	if d.scan.next() == 'n' {
		return 0, d.null()
	}
	text, _, err := d.scan.number()
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(text, 64)
}

// Int64 reads a whole number, which JSON may write as 1, 1.0 or 1e3.
func (d *Decoder) Int64() (int64, error) {
	if d.scan.next() == 'n' {
		return 0, d.null()
	}
	if n, ok := d.scan.digit(); ok {
		return n, nil
	}
	text, whole, err := d.scan.number()
	if err != nil {
		return 0, err
	}
	if whole {
		return wholeNumber(text)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, err
	}
	if f != math.Trunc(f) {
		return 0, fmt.Errorf("%s is not a whole number", text)
	}
	// Beyond these, what the conversion does depends on the processor. As a
	// float64 MaxInt64 is 2⁶³, which is one too many.
	if f < math.MinInt64 || f >= math.MaxInt64 {
		return 0, fmt.Errorf("%s does not fit into 64 bits", text)
	}
	return int64(f), nil
}

// Timestamp reads an ISO 8601 time.
func (d *Decoder) Timestamp() (time.Time, error) {
	text, err := d.String()
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not an ISO 8601 time", text)
	}
	return t, nil
}

// Raw reads any value and returns its text, which is d's caller's own.
func (d *Decoder) Raw() (json.RawMessage, error) { return d.RawAppend(nil) }

// RawAppend is Raw into a buffer the caller has.
func (d *Decoder) RawAppend(buf []byte) (json.RawMessage, error) {
	d.scan.next()
	begin := d.scan.pos
	if err := d.Skip(); err != nil {
		return json.RawMessage(buf), err
	}
	return json.RawMessage(append(buf, d.scan.src[begin:d.scan.pos]...)), nil
}

// Tag reads the object at the decoder far enough to find the string under
// key, wherever it stands, and leaves the decoder where it was. ok is false
// when the key is absent or holds no string; empty tells an object without
// keys. A null is read, and returned as ErrNull.
//
// It begins a union: when it returned no error, EndUnion follows what is read
// of the value. Unions nest 100 levels deep at most, since each level is looked
// through once more.
func (d *Decoder) Tag(key string) (tag string, empty, ok bool, err error) {
	if err := d.null(); err != nil {
		return "", false, false, err
	}
	if d.unions >= maxUnions {
		return "", false, false, errUnions
	}
	defer func() {
		if err == nil {
			d.unions++
		}
	}()
	empty = true
	begin := d.scan
	err = d.Object(func(d *Decoder, k string) error {
		empty = false
		if k != key {
			return d.Skip()
		}
		if d.scan.next() != '"' {
			tag, ok = "", false
			return d.Skip()
		}
		var err error
		tag, err = d.String()
		ok = err == nil
		return err
	})
	d.scan = begin
	return tag, empty, ok, err
}

// EndUnion ends what Tag began.
func (d *Decoder) EndUnion() { d.unions-- }

// maxUnions is how deep unions nest. Real ones are a handful of levels deep.
const maxUnions = 100

var errUnions = errors.New("unions are nested too deep")

// Error is a value that could not be decoded, and where it stands.
type Error struct {
	Path string // as in "user.avatarDecorations.[0].url"; cut off after 256 bytes
	Err  error
}

func (e *Error) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// At says that err happened under key. It returns nil for nil.
func At(err error, key string) error {
	if err == nil {
		return nil
	}
	if inner, ok := err.(*Error); ok { // only ours: a wrapped one keeps its own path
		return &Error{Path: shorten(key + "." + inner.Path), Err: inner.Err}
	}
	return &Error{Path: shorten(key), Err: err}
}

// maxPath is how long a path gets. A text may be nested thousands of levels
// deep, and a key as long as its frame.
const maxPath = 256

// shorten cuts the inner end off a path that is too long.
func shorten(path string) string {
	if len(path) <= maxPath {
		return path
	}
	return strings.ToValidUTF8(path[:maxPath-len("…")], "") + "…"
}

// Clone returns s in memory of its own, so that it no longer keeps the frame
// it came in.
func Clone[S ~string](s S) S { return S(strings.Clone(string(s))) }
