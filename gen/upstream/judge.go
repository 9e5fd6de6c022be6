package upstream

import "github.com/misskeyactor/misskeyactor/spec"

// Verdict sorts differences by whether they were known.
type Verdict struct {
	New      []Difference               // nobody has looked into these
	Accepted []Accepted                 // these were looked into
	Stale    []*spec.AcceptedDifference // accepted, and no longer there
}

// Accepted is a difference and why it is let stand.
type Accepted struct {
	Difference
	Reason string
}

// Clean reports whether there is nothing to do: no new difference, and no
// accepted one that is gone.
func (v Verdict) Clean() bool { return len(v.New) == 0 && len(v.Stale) == 0 }

// Judge sorts differences. One is accepted when an accepted difference has its
// path and what both sides say: when a side changes its word, that is new.
// Stale differences come in the order of their file.
func Judge(differences []Difference, accepted []*spec.AcceptedDifference) Verdict {
	type words struct{ path, upstream, spec string }
	reasons := map[words]*spec.AcceptedDifference{}
	for _, a := range accepted {
		reasons[words{a.Path, a.Upstream, a.Spec}] = a
	}
	var v Verdict
	used := map[*spec.AcceptedDifference]bool{}
	for _, d := range differences {
		a := reasons[words{d.Path, d.Upstream, d.Spec}]
		if a == nil {
			v.New = append(v.New, d)
			continue
		}
		used[a] = true
		v.Accepted = append(v.Accepted, Accepted{d, a.Reason})
	}
	for _, a := range accepted {
		if !used[a] {
			v.Stale = append(v.Stale, a)
		}
	}
	return v
}
