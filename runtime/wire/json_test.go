package wire_test

import "github.com/go-faster/jx"

// json reports whether b is one JSON value, surrounded by nothing.
func json(b []byte) bool {
	d := jx.DecodeBytes(b)
	raw, err := d.Raw()
	return err == nil && len(raw) == len(b)
}
