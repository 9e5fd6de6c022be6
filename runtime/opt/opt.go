// Package opt has the one small generic type for values that JSON may leave
// out: a key that is absent, a key that is null, and a key that is set are
// three different things on the wire.
package opt

import "fmt"

type state uint8

const (
	absent state = iota
	null
	set
)

// Opt is a value that can be absent, null or set. The zero Opt is absent, so
// `omitzero` leaves it out. It is a plain value, safe to copy; == compares
// state and value where T is comparable.
type Opt[T any] struct {
	value T
	state state
}

// Of returns an Opt that is set to v.
func Of[T any](v T) Opt[T] { return Opt[T]{value: v, state: set} }

// Null returns an Opt that is null: the key is there and holds no value.
func Null[T any]() Opt[T] { return Opt[T]{state: null} }

// Get returns the value, and whether there is one. It returns T's zero value
// and false when o is absent or null.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == set }

// Or returns the value, or fallback when o is absent or null.
func (o Opt[T]) Or(fallback T) T {
	if o.state == set {
		return o.value
	}
	return fallback
}

// OrZero returns the value, or T's zero value when o is absent or null.
func (o Opt[T]) OrZero() T { return o.value }

// IsSet reports whether o holds a value.
func (o Opt[T]) IsSet() bool { return o.state == set }

// IsNull reports whether o is null.
func (o Opt[T]) IsNull() bool { return o.state == null }

// IsZero reports whether o is absent. encoding/json asks it for `omitzero`.
func (o Opt[T]) IsZero() bool { return o.state == absent }

// String returns the value as fmt prints it, "null" or "absent".
func (o Opt[T]) String() string {
	switch o.state {
	case set:
		return fmt.Sprint(o.value)
	case null:
		return "null"
	default:
		return "absent"
	}
}
