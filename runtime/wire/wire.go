// Package wire reads and builds the frames of Misskey's streaming protocol:
// JSON objects with a type and a body. It knows their shape and nothing of
// what they carry.
package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/go-faster/jx"
)

// Span is a range of bytes in a frame, [Start, End).
type Span struct{ Start, End int }

// Of returns the bytes of s in frame.
func (s Span) Of(frame []byte) []byte { return frame[s.Start:s.End] }

// In returns the part of frame that s covers.
func (s Span) In(frame string) string { return frame[s.Start:s.End] }

// Envelope is what a frame says of itself: {type, body}, and where the body
// is {id, type, body}, as in `channel` and `noteUpdated` frames, that too.
type Envelope struct {
	// Type is the frame's type. Like ID and Event it points into the frame
	// or into memory of its own; either way it is read-only and valid as
	// long as the frame's bytes are.
	Type []byte
	// Body is where the frame's body stands; an empty span when it has none.
	Body Span

	// ID is the body's id, nil when the body is no object or its id no
	// string.
	ID []byte
	// Event is the body's type, nil likewise.
	Event []byte
	// Payload is where the body's body stands; an empty span when there is
	// none.
	Payload Span

	// Whole is set when the whole frame was read and found to be JSON in
	// UTF-8. When it is not set, Payload was found by its surroundings: if it
	// turns out not to be one JSON value in UTF-8, [Full] tells what the frame
	// really is.
	Whole bool
}

var (
	// ErrNotUTF8 is returned for a frame that is not UTF-8.
	ErrNotUTF8 = errors.New("frame is not UTF-8")
	// ErrNotJSON is returned, wrapped, for a frame that is not one JSON
	// value, or one nested more than 10,000 levels deep.
	ErrNotJSON = errors.New("frame is not JSON")
	// ErrNoType is returned for JSON that is not an object with a string
	// under "type".
	ErrNoType = errors.New(`frame has no "type"`)
)

// Scan reads frame's envelope. Frames of the literal shape in which the
// server writes its channel events and capture updates cost a comparison of
// their prefix; all others a pass over the whole frame. It does not allocate
// on the fast path, does not keep frame and is safe for concurrent use. It
// returns ErrNotUTF8, ErrNotJSON or ErrNoType for what [Full] does, unless the
// frame has that shape: see Envelope.Whole.
func Scan(frame []byte) (Envelope, error) {
	if env, ok := Fast(frame); ok {
		return env, nil
	}
	return Full(frame)
}

// Fast reads the envelope of a frame that begins
//
//	{"type":"T","body":{"id":"I","type":"E","body":
//
// to the letter and ends in }}. ok is false for any other. It does not look
// at what stands between: see Envelope.Whole.
func Fast(frame []byte) (env Envelope, ok bool) {
	rest, ok := bytes.CutPrefix(frame, []byte(`{"type":"`))
	if !ok {
		return Envelope{}, false
	}
	if env.Type, rest, ok = plain(rest, `,"body":{"id":"`); !ok {
		return Envelope{}, false
	}
	if env.ID, rest, ok = plain(rest, `,"type":"`); !ok {
		return Envelope{}, false
	}
	if env.Event, rest, ok = plain(rest, `,"body":`); !ok {
		return Envelope{}, false
	}
	if len(rest) < len("0}}") || !bytes.HasSuffix(rest, []byte("}}")) {
		return Envelope{}, false
	}
	start := len(frame) - len(rest)
	env.Payload = Span{start, len(frame) - len("}}")}
	env.Body = Span{start - len(`{"id":"`) - len(env.ID) - len(`","type":"`) - len(env.Event) - len(`","body":`), len(frame) - len("}")}
	return env, true
}

// Type reads the type of a frame of which only the beginning is known, when
// that is {"type":"T" to the letter.
func Type(begin []byte) (typ []byte, ok bool) {
	rest, ok := bytes.CutPrefix(begin, []byte(`{"type":"`))
	if !ok {
		return nil, false
	}
	typ, _, ok = plain(rest, "")
	return typ, ok
}

// plain reads an unescaped string up to its quote, and what must follow.
func plain(b []byte, next string) (s, rest []byte, ok bool) {
	for i, c := range b {
		switch {
		case c == '"':
			rest, ok = bytes.CutPrefix(b[i+1:], []byte(next))
			return b[:i], rest, ok
		case c == '\\' || c < ' ':
			return nil, nil, false
		}
	}
	return nil, nil, false
}

// Full reads the envelope of any frame and checks that the frame is one JSON
// value from end to end. Keys may come in any order; of a duplicate key the
// last one counts.
func Full(frame []byte) (Envelope, error) {
	if !utf8.Valid(frame) {
		return Envelope{}, ErrNotUTF8
	}
	env := Envelope{Whole: true}
	d := jx.DecodeBytes(frame)
	if d.Next() != jx.Object {
		if err := d.Skip(); err != nil {
			return Envelope{}, notJSON(err)
		}
		return Envelope{}, ErrNoType
	}
	var body []byte
	err := object(d, func(d *jx.Decoder, key []byte) (err error) {
		switch string(key) {
		case "type":
			env.Type, err = str(d)
		case "body":
			body, env.Body, err = part(d, frame)
		default:
			err = d.Skip()
		}
		return err
	})
	if err != nil {
		return Envelope{}, notJSON(err)
	}
	if env.Type == nil {
		return Envelope{}, ErrNoType
	}
	if len(body) > 0 && body[0] == '{' {
		// It was read once, so it is JSON: nothing here can fail.
		d := jx.DecodeBytes(body)
		err = object(d, func(d *jx.Decoder, key []byte) (err error) {
			switch string(key) {
			case "id":
				env.ID, err = str(d)
			case "type":
				env.Event, err = str(d)
			case "body":
				_, env.Payload, err = part(d, frame)
			default:
				err = d.Skip()
			}
			return err
		})
		if err != nil {
			return Envelope{}, notJSON(err)
		}
	}
	return env, nil
}

// notJSON wraps what jx found. Of a deep frame its error has a word for every
// level, of which the last is the one that counts.
func notJSON(err error) error {
	if len(err.Error()) > 200 {
		for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
			err = inner
		}
	}
	return fmt.Errorf("%w: %w", ErrNotJSON, err)
}

// String returns the string under key in the object that obj covers, for
// bodies that name what they are about by another key than id. It returns nil
// when there is none.
func String(frame []byte, obj Span, key string) []byte {
	var found []byte
	d := jx.DecodeBytes(obj.Of(frame))
	if obj == (Span{}) || d.Next() != jx.Object {
		return nil
	}
	err := object(d, func(d *jx.Decoder, k []byte) (err error) {
		if string(k) != key {
			return d.Skip()
		}
		found, err = str(d)
		return err
	})
	if err != nil {
		return nil
	}
	return found
}

// object reads one object that is all d has left.
func object(d *jx.Decoder, field func(d *jx.Decoder, key []byte) error) error {
	it, err := d.ObjIter()
	if err != nil {
		return err
	}
	for it.Next() {
		if err := field(d, it.Key()); err != nil {
			return err
		}
	}
	if err := it.Err(); err != nil {
		return err
	}
	if d.Next() != jx.Invalid {
		return errors.New("more than one value")
	}
	if err := d.Skip(); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("stray bytes after the value")
	}
	return nil
}

// str reads a string in memory of its own; nil for a value that is none.
func str(d *jx.Decoder) ([]byte, error) {
	if d.Next() != jx.String {
		return nil, d.Skip()
	}
	return d.StrAppend([]byte{})
}

// part reads a value that stands in frame's memory, and tells where.
func part(d *jx.Decoder, frame []byte) ([]byte, Span, error) {
	raw, err := d.Raw()
	if err != nil {
		return nil, Span{}, err
	}
	start := cap(frame) - cap(raw)
	if start < 0 || start+len(raw) > len(frame) || &frame[start] != &raw[0] {
		// A decoder of bytes hands out parts of its input; were that to change,
		// this finds it in the first test.
		panic("wire: a value is not a part of its frame")
	}
	return raw, Span{start, start + len(raw)}, nil
}
