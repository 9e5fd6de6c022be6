package observe

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
)

var (
	errTrailing = errors.New("something follows the JSON")
	errNoObject = errors.New("it is no object")
	errNoType   = errors.New(`it has no string under "type"`)
)

// decode reads a frame, which has a string under "type".
func decode(text string) (map[string]any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errTrailing
	}
	frame, ok := v.(map[string]any)
	if !ok {
		return nil, errNoObject
	}
	if _, ok := frame["type"].(string); !ok {
		return nil, errNoType
	}
	return frame, nil
}

// unknownKeys finds the keys of a part of the protocol that it does not have.
func (r *recording) unknownKeys(at address, o map[string]any, known ...string) {
	for _, key := range slices.Sorted(maps.Keys(o)) {
		if !slices.Contains(known, key) {
			r.find(departure{code: CodeUnknownField, path: at.at(shorten(key)).String(), value: o[key], text: "is not in the protocol"})
		}
	}
}

// text takes a string out of a part of the protocol.
func (r *recording) text(at address, o map[string]any, key string) (string, bool) {
	v, there := o[key]
	s, ok := v.(string)
	switch {
	case ok:
	case !there:
		r.find(departure{code: CodeMissing, path: at.at(key).String(), value: o, text: "is absent"})
	default:
		r.find(departure{code: kindCode(v), path: at.at(key).String(), value: o, text: "is " + kindOf(v) + ", where a string belongs"})
	}
	return s, ok
}

// object takes the body of a frame that has an object for it.
func (r *recording) object(at address, body any) (map[string]any, bool) {
	o, ok := body.(map[string]any)
	if !ok {
		r.find(departure{code: kindCode(body), path: at.String(), value: body, text: "is " + kindOf(body) + ", where an object belongs"})
	}
	return o, ok
}
