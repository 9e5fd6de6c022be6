package gen

import (
	"bytes"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// Difference is a file that is not as the spec makes it.
type Difference struct {
	Path string
	Kind DifferenceKind
	Diff string // for Changed: what generating would change, as a unified diff
}

// DifferenceKind says how a file is not as the spec makes it.
type DifferenceKind string

const (
	Changed DifferenceKind = "different" // it has other contents
	Missing DifferenceKind = "missing"   // it is not there
	Stale   DifferenceKind = "stale"     // it is generated, and the spec makes no such file
)

// Check compares the tree with what stands under root, and changes nothing.
// The differences are sorted by path.
func (t *Tree) Check(root string) ([]Difference, error) {
	present, err := t.present(root)
	if err != nil {
		return nil, err
	}
	var found []Difference
	for _, name := range t.Paths() {
		old, ok := present[name]
		switch {
		case !ok:
			found = append(found, Difference{Path: name, Kind: Missing})
		case !bytes.Equal(old, t.files[name]):
			found = append(found, Difference{Path: name, Kind: Changed, Diff: unified(name, old, t.files[name])})
		}
	}
	for name := range present {
		if _, ok := t.files[name]; !ok {
			found = append(found, Difference{Path: name, Kind: Stale})
		}
	}
	slices.SortFunc(found, func(a, b Difference) int { return strings.Compare(a.Path, b.Path) })
	return found, nil
}

// unified shows the edits that make a file what the spec makes, as git does.
func unified(name string, have, want []byte) string {
	return udiff.Unified("a/"+name, "b/"+name, string(have), string(want))
}
