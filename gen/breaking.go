package gen

import (
	"cmp"
	"slices"

	"github.com/misskeyactor/misskeyactor/spec"
)

// Finding is one way in which a spec breaks what was made from an older one.
type Finding struct {
	Rule     spec.Code
	Category Category
	At       string // the keys that lead to it, as in "channels.main.events.mention"
	Message  string // what happened, without a full stop
	// Old and New are where it stands in either spec; where it does not, what
	// it belongs to, and zero where that is the whole spec.
	Old, New spec.Pos
	// Accepted is the reason that the new spec gives for it under breaks; ""
	// for one that nobody has accepted.
	Accepted string
}

// Category says whom a finding concerns.
type Category string

const (
	// Wire: a bot that runs with bindings of the old spec misses or misreads
	// something, or is no longer heeded, by a server that is as the new one
	// says.
	Wire Category = "wire"
	// GoAPI: a program that was written for bindings of the old spec does not
	// compile with those of the new one, or does something else.
	GoAPI Category = "goAPI"
)

// BreakingOptions are what Breaking may be told besides.
type BreakingOptions struct {
	// Strict finds as well what only breaks programs that do not do as the
	// documentation of bindings says.
	Strict bool
}

// Breaking finds what in a new spec breaks bots that were made from an old
// one, sorted by At and rule. What the new spec accepts under breaks is found
// as well, and has its reason.
//
// The error is spec.Diagnostics. When one of the specs cannot be made into Go,
// nothing is found. When the new one accepts what does not happen, the findings
// are all there.
func Breaking(old, new *spec.Spec, opts BreakingOptions) ([]Finding, error) {
	was, is := newBuilder(old, Options{}, newFaults(old)), newBuilder(new, Options{}, newFaults(new))
	was.build()
	is.build()
	if faults := append(was.sorted(), is.sorted()...); len(faults) > 0 {
		return nil, faults
	}
	b := &breaking{comparison: newComparison(old, new), at: map[string][]*Finding{}}
	b.wire(opts.Strict)
	b.goAPI(surfaceOf(old, was, b.renamed), surfaceOf(new, is, nil))
	b.sharing(old, new)
	b.accept(new.Breaks, is.faults)
	slices.SortStableFunc(b.found, func(x, y *Finding) int {
		return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Message, y.Message))
	})
	out := make([]Finding, len(b.found))
	for i, f := range b.found {
		out[i] = *f
	}
	if len(is.found) > 0 {
		return out, is.sorted()
	}
	return out, nil
}

// breaking collects findings.
type breaking struct {
	*comparison
	found []*Finding
	at    map[string][]*Finding // by the key of the fact
}

// wire applies the rules that look at what the specs say.
func (b *breaking) wire(strict bool) {
	for _, c := range b.changes() {
		for _, r := range breakingRules {
			if r.strict && !strict || !r.on(c) {
				continue
			}
			if message := r.message(b, c); message != "" {
				b.report(r.code, c.old, c.new, message)
			}
		}
		b.heirs(c)
	}
}

// report adds a finding about a fact, which stands in one of the specs or in
// both.
func (b *breaking) report(rule spec.Code, old, new *fact, message string) {
	about := new
	if about == nil {
		about = old
	}
	b.add(rule, about.key, about.path, b.place(old, new, b.old), b.place(new, old, b.new), message)
}

// place is where a fact stands, or what it belongs to where it does not.
func (b *breaking) place(here, there *fact, in *collector) spec.Pos {
	if here != nil {
		return here.pos
	}
	for f := there.parent; f != nil; f = f.parent {
		if same := in.byKey[f.key]; same != nil {
			return same.pos
		}
	}
	return spec.Pos{}
}

func (b *breaking) add(rule spec.Code, key, path string, old, new spec.Pos, message string) {
	for _, f := range b.found {
		if f.Rule == rule && f.At == path && f.Message == message {
			return // a channel and its own event set are two facts, and one to a reader
		}
	}
	f := &Finding{Rule: rule, Category: categoryOf(rule), At: path, Message: message, Old: old, New: new}
	b.found = append(b.found, f)
	b.at[key] = append(b.at[key], f)
}

// categoryOf tells a rule's category by its number.
func categoryOf(rule spec.Code) Category {
	if rule >= CodeTypeGone {
		return GoAPI
	}
	return Wire
}

// accept gives the findings that a spec accepts their reasons, and reports
// what it accepts without need.
func (b *breaking) accept(breaks []*spec.Break, f *faults) {
	for _, accepted := range breaks {
		used := false
		for _, finding := range b.found {
			if finding.Rule == accepted.Rule && finding.At == accepted.At {
				finding.Accepted, used = accepted.Reason, true
			}
		}
		if !used {
			f.report(accepted.Pos, CodeStaleBreak, "Remove it: nothing of that kind breaks there any more.",
				"%s is accepted at %s, and is not found", accepted.Rule, quoted(accepted.At))
		}
	}
}
