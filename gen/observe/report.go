package observe

import (
	"cmp"
	"maps"
	"slices"
)

// Report is what recordings are, held against a spec.
type Report struct {
	Counts   Counts
	Findings []Finding // the server's before the client's, then by code and path
	Unseen   []Unseen  // in the order of the spec
	// Needless are explanations of what was not found.
	Needless []Explained
}

// Unexplained counts the findings that nobody has explained.
func (r *Report) Unexplained() (n int) {
	for _, f := range r.Findings {
		if f.Reason == "" {
			n++
		}
	}
	return n
}

// Report returns what has been found so far.
func (o *Observer) Report() *Report {
	p := o.patches()
	r := &Report{Counts: o.counts, Unseen: o.unseen()}
	explained := map[string]bool{}
	for _, f := range o.findings() {
		finding := f.Finding
		finding.Offered = p.offers(f)
		r.Findings = append(r.Findings, finding)
		explained[f.Name()] = true
	}
	for _, e := range o.opts.Explained {
		if !explained[e.Finding] {
			r.Needless = append(r.Needless, e)
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
		if i := slices.IndexFunc(o.opts.Explained, func(e Explained) bool { return e.Finding == f.Name() }); i >= 0 {
			f.Reason = o.opts.Explained[i].Reason
		}
	}
	slices.SortStableFunc(all, func(a, b *found) int {
		return cmp.Or(-cmp.Compare(a.Side, b.Side), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Path, b.Path))
	})
	return all
}
