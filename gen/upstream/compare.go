package upstream

import (
	"fmt"
	"maps"
	"slices"

	"github.com/misskeyactor/misskeyactor/spec"
)

// Kind tells on which side something is wanting.
type Kind string

const (
	Missing Kind = "missing" // upstream has it, the spec has not
	Extra   Kind = "extra"   // the spec has it, upstream has not
	Differs Kind = "differs" // both have it, and say different things of it
)

// Difference is one place where upstream and the spec do not say the same.
type Difference struct {
	Kind Kind
	Path string // where, by the keys of a spec, as in channels.main.events.follow
	What string // what is there, as in "an event"
	// Upstream and Spec are what the two say; "" on the side that has
	// nothing there.
	Upstream, Spec string
	// UpstreamPos and SpecPos are where they say it. On the side that has
	// nothing there it is where the nearest thing above stands, and the zero
	// Pos when there is none.
	UpstreamPos, SpecPos spec.Pos
}

// String returns the difference as a sentence.
func (d Difference) String() string {
	switch d.Kind {
	case Missing:
		return fmt.Sprintf("%s: %s of upstream's that the spec has not%s", d.Path, d.What, d.aside(d.Upstream))
	case Extra:
		return fmt.Sprintf("%s: %s of the spec's that upstream has not%s", d.Path, d.What, d.aside(d.Spec))
	default:
		return fmt.Sprintf("%s: upstream says %s, the spec says %s", d.Path, d.Upstream, d.Spec)
	}
}

// aside adds the type of what one side alone has.
func (d Difference) aside(says string) string {
	if says == d.What {
		return ""
	}
	return ": " + says
}

// Compare returns where two sides differ, sorted by path. What belongs to
// something that one side lacks, or that the two say to be different things,
// is not told besides.
func Compare(upstream, of *Facts) []Difference {
	paths := map[string]bool{}
	for _, side := range []*Facts{upstream, of} {
		for path := range side.byPath {
			paths[path] = true
		}
	}
	var found []Difference
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		theirs, ours := upstream.byPath[path], of.byPath[path]
		either := theirs
		if either == nil {
			either = ours
		}
		if !alike(upstream.byPath[either.parent], of.byPath[either.parent]) && either.parent != "" {
			continue
		}
		d := Difference{Kind: Differs, Path: path, What: either.what}
		switch {
		case theirs == nil:
			d.Kind = Extra
		case ours == nil:
			d.Kind = Missing
		case theirs.says == ours.says:
			continue
		}
		d.Upstream, d.UpstreamPos = upstream.state(theirs, either.parent)
		d.Spec, d.SpecPos = of.state(ours, either.parent)
		found = append(found, d)
	}
	return found
}

// alike reports whether what lies below two facts can be compared.
func alike(a, b *fact) bool { return a != nil && b != nil && a.base == b.base }

// state returns what a side says, or nothing and the place above.
func (f *Facts) state(own *fact, parent string) (says string, pos spec.Pos) {
	if own != nil {
		return own.says, own.pos
	}
	if above := f.byPath[parent]; above != nil {
		return "", above.pos
	}
	return "", spec.Pos{}
}
