package observe

import (
	"cmp"
	"maps"
	"slices"

	"github.com/misskeyactor/misskeyactor/spec"
)

// Report is what recordings are, held against a spec.
type Report struct {
	Counts   Counts
	Findings []Finding // the server's before the client's, then by code and path
	Unseen   []Unseen  // in the order of the spec
	// Stale are accepted findings that were not made.
	Stale []*spec.AcceptedFinding
}

// Open counts the findings that are not accepted.
func (r *Report) Open() (n int) {
	for _, f := range r.Findings {
		if f.Reason == "" {
			n++
		}
	}
	return n
}

// Report returns what has been found so far.
func (o *Observer) Report() *Report {
	p := o.patches(o.offering, nil)
	r := &Report{Counts: o.counts, Unseen: o.unseen()}
	made := map[string]bool{}
	for _, f := range o.findings() {
		finding := f.Finding
		finding.Offered, finding.Unfit = p.offers(f), o.unfit[f.key()]
		r.Findings = append(r.Findings, finding)
		made[f.Name()] = true
	}
	for _, a := range o.opts.Accepted {
		if !made[a.Finding] {
			r.Stale = append(r.Stale, a)
		}
	}
	return r
}

// findings returns all findings with their reasons.
func (o *Observer) findings() []*found {
	all := slices.Clone(o.ledger.order)
	for _, name := range slices.Sorted(maps.Keys(o.strays)) {
		if o.strays[name].stray.connects > 0 {
			all = append(all, o.strays[name].finding())
		}
	}
	for _, f := range all {
		if i := slices.IndexFunc(o.opts.Accepted, func(a *spec.AcceptedFinding) bool { return a.Finding == f.Name() }); i >= 0 {
			f.Reason = o.opts.Accepted[i].Reason
		}
	}
	slices.SortStableFunc(all, func(a, b *found) int {
		return cmp.Or(-cmp.Compare(a.Side, b.Side), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Path, b.Path))
	})
	return all
}
