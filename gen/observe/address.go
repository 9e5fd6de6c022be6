package observe

import (
	"slices"
	"strings"
)

// address leads to a fact in the files of a spec: the keys from the root, as in
// types, Note, fields, text.
type address []string

// at returns the address of what stands below.
func (a address) at(keys ...string) address { return slices.Concat(a, keys) }

// String returns the address as a key path, as patches have it.
func (a address) String() string { return strings.Join(a, ".") }

// place is where something stands in a recording.
type place struct {
	File string
	Line int
}
