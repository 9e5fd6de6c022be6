package codec

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/go-faster/jx"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
)

// EncodeString writes a string of any string type.
func EncodeString[S ~string](e *jx.Encoder, s S) { e.Str(string(s)) }

// EncodeInt64 writes a whole number.
func EncodeInt64(e *jx.Encoder, i int64) { e.Int64(i) }

// EncodeFloat64 writes a number.
func EncodeFloat64(e *jx.Encoder, f float64) { e.Float64(f) }

// EncodeBool writes a boolean.
func EncodeBool(e *jx.Encoder, b bool) { e.Bool(b) }

// EncodeOpt writes a value, or null where there is none.
func EncodeOpt[T any](e *jx.Encoder, v opt.Opt[T], write func(*jx.Encoder, T)) {
	if x, ok := v.Get(); ok {
		write(e, x)
		return
	}
	e.Null()
}

// EncodeOptField writes a key and its value, or nothing where the value is
// absent.
func EncodeOptField[T any](e *jx.Encoder, key string, v opt.Opt[T], write func(*jx.Encoder, T)) {
	if v.IsZero() {
		return
	}
	e.FieldStart(key)
	EncodeOpt(e, v, write)
}

// encodes is a pointer to a T that can be written.
type encodes[T any] interface {
	*T
	Encode(*jx.Encoder)
}

// EncodeValue writes an object that has an Encode method.
func EncodeValue[T any, P encodes[T]](e *jx.Encoder, v T) { P(&v).Encode(e) }

// EncodePointer writes an object, or null for nil.
func EncodePointer[T any, P encodes[T]](e *jx.Encoder, v *T) {
	if v == nil {
		e.Null()
		return
	}
	P(v).Encode(e)
}

// EncodeList writes a list; nil is an empty one.
func EncodeList[T any](e *jx.Encoder, list []T, write func(*jx.Encoder, T)) {
	e.ArrStart()
	for _, v := range list {
		write(e, v)
	}
	e.ArrEnd()
}

// EncodeObjects is EncodeList for objects.
func EncodeObjects[T any, P encodes[T]](e *jx.Encoder, list []T) {
	e.ArrStart()
	for i := range list {
		P(&list[i]).Encode(e)
	}
	e.ArrEnd()
}

// EncodeMap writes a map as an object, keys sorted; nil is an empty one.
func EncodeMap[T any](e *jx.Encoder, m map[string]T, write func(*jx.Encoder, T)) {
	e.ObjStart()
	for _, key := range slices.Sorted(maps.Keys(m)) {
		e.FieldStart(key)
		write(e, m[key])
	}
	e.ObjEnd()
}

// CloneOpt returns v with its value cloned.
func CloneOpt[T any](v opt.Opt[T], clone func(T) T) opt.Opt[T] {
	if x, ok := v.Get(); ok {
		return opt.Of(clone(x))
	}
	return v
}

// ClonePointer returns a pointer to a clone of what v points to; nil for nil.
func ClonePointer[T interface{ Clone() T }](v *T) *T {
	if v == nil {
		return nil
	}
	c := (*v).Clone()
	return &c
}

// CloneList returns a list of clones; nil for nil.
func CloneList[T any](list []T, clone func(T) T) []T {
	list = slices.Clone(list)
	for i, v := range list {
		list[i] = clone(v)
	}
	return list
}

// CloneMap returns a map of clones, its keys cloned as well; nil for nil.
func CloneMap[T any](m map[string]T, clone func(T) T) map[string]T {
	if m == nil {
		return nil
	}
	c := make(map[string]T, len(m))
	for key, v := range m {
		c[Clone(key)] = clone(v)
	}
	return c
}

// CloneRaw returns a copy of a raw value; nil for nil.
func CloneRaw(raw json.RawMessage) json.RawMessage { return slices.Clone(raw) }

// Same returns v: the clone of a value that holds no memory.
func Same[T any](v T) T { return v }
