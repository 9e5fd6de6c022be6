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

	"github.com/go-faster/jx"
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
	jx      jx.Decoder
	src     string
	buf     []byte // src as bytes: what jx reads, so that its slices have offsets in src
	unions  int    // how many the decoder is inside of
	onDrift func(Drift)
}

// NewDecoder returns a decoder that reads src and reports drift to onDrift,
// which may be nil.
func NewDecoder(src string, onDrift func(Drift)) *Decoder {
	d := &Decoder{onDrift: onDrift}
	d.Reset(src)
	return d
}

// maxIdleBuffer is how large a buffer a decoder keeps between two frames.
const maxIdleBuffer = 64 << 10

// Reset makes d read src from its start.
func (d *Decoder) Reset(src string) {
	d.src, d.unions = src, 0
	if cap(d.buf) > maxIdleBuffer {
		d.buf = nil
	}
	d.buf = append(d.buf[:0], src...)
	d.jx.ResetBytes(d.buf)
}

// OnDrift sets who is told of drift from now on; nil for nobody.
func (d *Decoder) OnDrift(f func(Drift)) { d.onDrift = f }

// Next tells the kind of the next value without reading it.
func (d *Decoder) Next() jx.Type { return d.jx.Next() }

// Skip reads and drops the next value.
func (d *Decoder) Skip() error { return d.jx.Skip() }

// End returns an error unless nothing but white space is left.
func (d *Decoder) End() error {
	if t := d.jx.Next(); t != jx.Invalid {
		return fmt.Errorf("%s after the value", t)
	}
	// Next reports both a stray byte and the end as Invalid: only at the end
	// is there nothing to read.
	if err := d.jx.Skip(); !isEOF(err) {
		return errors.New("stray bytes after the value")
	}
	return nil
}

// Object reads an object and calls field for each key, with the decoder at
// the key's value. field must read or skip the value; key is valid until it
// returns. A duplicate key is passed again: the last one wins. It returns
// [ErrNull] for null.
func (d *Decoder) Object(field func(d *Decoder, key []byte) error) error {
	if err := d.null(); err != nil {
		return err
	}
	it, err := d.jx.ObjIter()
	if err != nil {
		return err
	}
	for it.Next() {
		if err := field(d, it.Key()); err != nil {
			return err
		}
	}
	return it.Err()
}

// Array reads an array and calls elem for each element, with the decoder at
// it.
func (d *Decoder) Array(elem func(d *Decoder) error) error {
	it, err := d.jx.ArrIter()
	if err != nil {
		return err
	}
	for i := 0; it.Next(); i++ {
		if err := elem(d); err != nil {
			return At(err, fmt.Sprintf("[%d]", i))
		}
	}
	return it.Err()
}

// Null reads the next value if it is null, and reports whether it was.
func (d *Decoder) Null() (bool, error) {
	if d.jx.Next() != jx.Null {
		return false, nil
	}
	return true, d.jx.Null()
}

// Missing reports that a required key was absent.
func (d *Decoder) Missing(typ, field string) {
	if d.onDrift != nil {
		d.onDrift(Drift{Kind: DriftMissing, Type: typ, Field: field})
	}
}

// Unknown skips the value of a key that the spec does not have, and reports
// the drift.
func (d *Decoder) Unknown(typ string, key []byte) error {
	if d.onDrift != nil {
		d.onDrift(Drift{Kind: DriftUnknown, Type: typ, Field: shorten(string(key))})
	}
	return d.jx.Skip()
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
	if err := d.null(); err != nil {
		return "", err
	}
	b, err := d.jx.StrBytes()
	if err != nil {
		return "", err
	}
	return d.share(b), nil
}

// share returns b as a string, as a part of src where b is one.
func (d *Decoder) share(b []byte) string {
	// jx hands out unescaped strings as slices of the buffer it reads, which
	// is src byte for byte; the capacity left tells where the slice begins.
	// The comparison makes it a fact instead of an assumption about jx.
	if off := cap(d.buf) - cap(b); off >= 0 && off+len(b) <= len(d.src) && d.src[off:off+len(b)] == string(b) {
		return d.src[off : off+len(b)]
	}
	return string(b)
}

// Bool reads a boolean.
func (d *Decoder) Bool() (bool, error) {
	if err := d.null(); err != nil {
		return false, err
	}
	return d.jx.Bool()
}

// Float64 reads a number.
func (d *Decoder) Float64() (float64, error) {
	if err := d.null(); err != nil {
		return 0, err
	}
	return d.jx.Float64()
}

// Int64 reads a whole number, which JSON may write as 1, 1.0 or 1e3.
func (d *Decoder) Int64() (int64, error) {
	if err := d.null(); err != nil {
		return 0, err
	}
	n, err := d.jx.Num()
	if err != nil {
		return 0, err
	}
	if n.Str() {
		return 0, errors.New("a string where a number was expected")
	}
	if n.IsInt() {
		// Not n.Int64: jx does not notice every overflow, and reads
		// 45977580822859775808 as 9084092675440672576.
		return strconv.ParseInt(d.share(n), 10, 64)
	}
	f, err := n.Float64()
	if err != nil {
		return 0, err
	}
	if f != math.Trunc(f) {
		return 0, fmt.Errorf("%s is not a whole number", n)
	}
	// Beyond these, what the conversion does depends on the processor. As a
	// float64 MaxInt64 is 2⁶³, which is one too many.
	if f < math.MinInt64 || f >= math.MaxInt64 {
		return 0, fmt.Errorf("%s does not fit into 64 bits", n)
	}
	return int64(f), nil
}

// Timestamp reads an ISO 8601 time.
func (d *Decoder) Timestamp() (time.Time, error) {
	if err := d.null(); err != nil {
		return time.Time{}, err
	}
	b, err := d.jx.StrBytes()
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339Nano, d.share(b))
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not an ISO 8601 time", b)
	}
	return t, nil
}

// Raw reads any value and returns its text, which is d's caller's own.
func (d *Decoder) Raw() (json.RawMessage, error) {
	return d.RawAppend(nil)
}

// RawAppend is Raw into a buffer the caller has.
func (d *Decoder) RawAppend(buf []byte) (json.RawMessage, error) {
	raw, err := d.jx.RawAppend(buf)
	return json.RawMessage(raw), err
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
	err = d.jx.Capture(func(*jx.Decoder) error {
		return d.Object(func(d *Decoder, k []byte) error {
			empty = false
			if string(k) != key {
				return d.Skip()
			}
			if d.Next() != jx.String {
				tag, ok = "", false
				return d.Skip()
			}
			var err error
			tag, err = d.String()
			ok = err == nil
			return err
		})
	})
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
