package codec

import (
	"encoding/json"
	"errors"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
)

// ErrNull is what reading a value returns when JSON holds null in its place.
// The null is read and the value left zero, so decoding can go on: a field
// that may be null drops the error ([OrNull]), any other reports it as drift
// ([Decoder.Settle]).
var ErrNull = errors.New("null where a value is required")

// errNullElement is ErrNull for an element of a list or a map: drift of the
// field that holds them, even where that field itself may be null.
var errNullElement = errors.New("null where an element is required")

// OrNull returns err unless it is ErrNull.
func OrNull(err error) error {
	if err == ErrNull {
		return nil
	}
	return err
}

// Settle ends the reading of a field: it returns nil for a null, which it
// reports as drift of typ, and says of any other error that it happened under
// key.
func (d *Decoder) Settle(err error, typ, key string) error {
	if err == nil { // nearly always, and without a call
		return nil
	}
	return d.settle(err, typ, key)
}

func (d *Decoder) settle(err error, typ, key string) error {
	switch err {
	case ErrNull, errNullElement:
		d.drift(DriftNull, typ, key)
		return nil
	default:
		return At(err, key)
	}
}

// SettleBody is Settle for the body of a message, which has no key.
func (d *Decoder) SettleBody(err error, typ string) error {
	switch err {
	case ErrNull, errNullElement:
		d.drift(DriftNull, typ, "")
		return nil
	default:
		return err
	}
}

// NoBody reads the body of a message that has none, which is null. Anything
// else is skipped and reported as drift.
func (d *Decoder) NoBody(typ string) error {
	null, err := d.Null()
	if null || err != nil {
		return err
	}
	d.drift(DriftUnknown, typ, "")
	return d.Skip()
}

func (d *Decoder) drift(kind DriftKind, typ, field string) {
	if d.onDrift != nil {
		d.onDrift(Drift{Kind: kind, Type: typ, Field: field})
	}
}

// null reads a null and returns ErrNull, where there is one.
func (d *Decoder) null() error {
	if d.scan.next() != 'n' {
		return nil
	}
	if d.scan.passes("null") {
		return ErrNull
	}
	return d.scan.unexpected("null")
}

// MaxRequired is how many required keys of one object Seen can tell apart.
const MaxRequired = 256

// Seen remembers which of an object's required keys were there, by their
// place among them. The zero Seen has seen none.
type Seen [MaxRequired / 64]uint64

// Mark says that the i-th required key was there.
func (s *Seen) Mark(i int) { s[i/64] |= 1 << (i % 64) }

// All reports whether all of n required keys were there.
func (s *Seen) All(n int) bool {
	for _, word := range s {
		if n < 64 {
			return word == 1<<n-1
		}
		if word != 1<<64-1 {
			return false
		}
		n -= 64
	}
	return true
}

// Missing reports the required keys that were not there as drift of typ.
func (s *Seen) Missing(d *Decoder, typ string, required ...string) {
	for i, key := range required {
		if s[i/64]&(1<<(i%64)) == 0 {
			d.Missing(typ, key)
		}
	}
}

// String reads a string of any string type, as [Decoder.String] does.
func String[S ~string](d *Decoder) (S, error) {
	s, err := d.String()
	return S(s), err
}

// Value reads an object that has a Decode method.
func Value[T any, P decodes[T]](d *Decoder) (T, error) {
	var v T
	err := P(&v).Decode(d)
	return v, err
}

// decodes is a pointer to a T that can be read.
type decodes[T any] interface {
	*T
	Decode(*Decoder) error
}

// Opt reads a value that may be null.
func Opt[T any](d *Decoder, v *opt.Opt[T], read func(*Decoder) (T, error)) error {
	if d.scan.next() == 'n' {
		*v = opt.Null[T]()
		return d.scan.literal("null")
	}
	x, err := read(d)
	if err == nil {
		*v = opt.Of(x)
	}
	return err
}

// Optional reads a value that may be absent and may not be null. A null is
// kept all the same, and reported by ErrNull.
func Optional[T any](d *Decoder, v *opt.Opt[T], read func(*Decoder) (T, error)) error {
	if err := d.null(); err != nil {
		if err == ErrNull {
			*v = opt.Null[T]()
		}
		return err
	}
	x, err := read(d)
	if err == nil {
		*v = opt.Of(x)
	}
	return err
}

// Pointer reads an object into a new T.
func Pointer[T any, P decodes[T]](d *Decoder, v **T) error {
	*v = nil
	if err := d.null(); err != nil {
		return err
	}
	*v = new(T)
	return P(*v).Decode(d)
}

// List reads a list. The result is nil for null only: an empty list is not.
func List[T any](d *Decoder, v *[]T, read func(*Decoder) (T, error)) error {
	*v = nil
	if err := d.null(); err != nil {
		return err
	}
	list := []T{}
	if d.scan.passes("[]") {
		*v = list
		return nil
	}
	nulls := false
	err := d.Array(func(d *Decoder) error {
		x, err := read(d)
		if err == ErrNull || err == errNullElement {
			nulls, err = true, nil
		}
		list = append(list, x)
		return err
	})
	*v = list
	return elements(err, nulls)
}

// Objects is List for objects, which it reads in place.
func Objects[T any, P decodes[T]](d *Decoder, v *[]T) error {
	*v = nil
	if err := d.null(); err != nil {
		return err
	}
	list := []T{}
	if d.scan.passes("[]") {
		*v = list
		return nil
	}
	nulls := false
	err := d.Array(func(d *Decoder) error {
		var zero T
		list = append(list, zero)
		err := P(&list[len(list)-1]).Decode(d)
		if err == ErrNull {
			nulls, err = true, nil
		}
		return err
	})
	*v = list
	return elements(err, nulls)
}

// Map reads an object as a map. The result is nil for null, and for an object
// without keys: most maps of a note have none, and would be half of its
// allocations.
func Map[T any](d *Decoder, v *map[string]T, read func(*Decoder) (T, error)) error {
	if d.scan.passes("{}") {
		*v = nil
		return nil
	}
	err := OptionalMap(d, v, read)
	if len(*v) == 0 {
		*v = nil
	}
	return err
}

// OptionalMap is Map for one that may be absent or null, which nil stands for:
// without keys it is empty and not nil.
func OptionalMap[T any](d *Decoder, v *map[string]T, read func(*Decoder) (T, error)) error {
	*v = nil
	if err := d.null(); err != nil {
		return err
	}
	m := map[string]T{}
	nulls := false
	err := d.Object(func(d *Decoder, key string) error {
		x, err := read(d)
		if err == ErrNull || err == errNullElement {
			nulls, err = true, nil
		}
		m[key] = x
		if err != nil {
			return At(err, key)
		}
		return nil
	})
	*v = m
	return elements(err, nulls)
}

func elements(err error, nulls bool) error {
	if err == nil && nulls {
		return errNullElement
	}
	return err
}

// Fields reads an object of which nothing is certain, key by key: each value
// is read on its own, and what cannot be read is left out. It is how the
// known parts of an unknown union member are found.
func Fields(raw json.RawMessage, field func(d *Decoder, key string) error) {
	outer := NewDecoder(string(raw), nil)
	_ = outer.Object(func(d *Decoder, key string) error {
		value, err := d.Raw()
		if err == nil {
			_ = field(NewDecoder(string(value), nil), key)
		}
		return err
	})
}
