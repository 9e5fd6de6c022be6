package gen

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Difference is a file that is not as the spec makes it.
type Difference struct {
	Path string
	Kind DifferenceKind
	Diff string // for Changed: the first place where the two differ, as diff -u shows it
}

// DifferenceKind says how a file is not as the spec makes it.
type DifferenceKind string

const (
	Changed DifferenceKind = "differs"  // it has other contents
	Missing DifferenceKind = "missing"  // it is not there
	Stale   DifferenceKind = "is stale" // it is generated, and the spec makes no such file
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
			found = append(found, Difference{Path: name, Kind: Changed, Diff: firstHunk(old, t.files[name])})
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

// firstHunk shows where two texts begin to differ: the lines that are there
// with a minus, those that should be with a plus.
func firstHunk(have, want []byte) string {
	const context, most = 3, 8
	a, b := strings.Split(string(have), "\n"), strings.Split(string(want), "\n")
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
	}
	var out strings.Builder
	fmt.Fprintf(&out, "@@ line %d @@\n", start+1)
	show := func(sign string, lines []string) {
		for i, line := range lines {
			if i == most {
				fmt.Fprintf(&out, "%s… %d lines more\n", sign, len(lines)-most)
				return
			}
			fmt.Fprintf(&out, "%s%s\n", sign, line)
		}
	}
	show(" ", a[max(0, start-context):start])
	show("-", a[start:endA])
	show("+", b[start:endB])
	return out.String()
}
