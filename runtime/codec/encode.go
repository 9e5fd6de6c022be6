package codec

import (
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/go-faster/jx"
)

// timestampLayout is how Misskey writes a time: UTC, with milliseconds, none
// of them left out.
const timestampLayout = "2006-01-02T15:04:05.000Z"

// EncodeTimestamp writes t as Misskey does. What is finer than a millisecond
// is cut off.
func EncodeTimestamp(e *jx.Encoder, t time.Time) {
	var text [len(timestampLayout) + 8]byte // room for years that have more digits
	e.ByteStr(t.UTC().AppendFormat(text[:0], timestampLayout))
}

// EncodeAny writes a raw JSON value, or null for an empty one.
func EncodeAny(e *jx.Encoder, raw json.RawMessage) {
	if len(raw) == 0 {
		e.Null()
		return
	}
	e.Raw(raw)
}

// Marshal returns what encode writes. It is the body of generated
// MarshalJSON methods. A string that is not UTF-8 is an error: servers ignore a
// message that has one, and decoders refuse it.
func Marshal(encode func(*jx.Encoder)) ([]byte, error) {
	e := jx.GetEncoder()
	defer jx.PutEncoder(e)
	encode(e)
	if !utf8.Valid(e.Bytes()) {
		return nil, errUTF8
	}
	return slices.Clone(e.Bytes()), nil
}

// Unmarshal reads data as one value. It is the body of generated
// UnmarshalJSON methods; drift is not reported there.
// As with encoding/json, a null changes nothing.
func Unmarshal(data []byte, decode func(*Decoder) error) error {
	if string(data) == "null" {
		return nil
	}
	d := NewDecoder(string(data), nil)
	if err := decode(d); err != nil {
		return err
	}
	return d.End()
}
