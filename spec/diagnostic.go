package spec

import (
	"cmp"
	"fmt"
	"slices"
)

// Diagnostic is one fault of a spec: what is wrong, where, and what to do.
type Diagnostic struct {
	Pos
	Code    Code
	Message string // what is wrong, without a full stop
	Hint    string // what to do about it, a sentence
	Source  string // the line Pos points into; "" when there is none

	cause error
}

// Error returns the diagnostic as a person reads it: the position, the
// message and the code, then the line with a caret under the fault, then what
// to do. It has no newline at its end.
func (d *Diagnostic) Error() string { return d.print(uncoloured) }

// Unwrap returns the error below, such as fs.ErrNotExist, or nil.
func (d *Diagnostic) Unwrap() error { return d.cause }

// Diagnostics are all faults of a spec, sorted by file, line and column. Load
// returns no other error.
type Diagnostics []*Diagnostic

// Error returns every diagnostic, one below the other.
func (ds Diagnostics) Error() string { return ds.print(uncoloured) }

// Unwrap returns the diagnostics one by one, for errors.Is and errors.As.
func (ds Diagnostics) Unwrap() []error {
	errs := make([]error, len(ds))
	for i, d := range ds {
		errs[i] = d
	}
	return errs
}

// Sort orders the diagnostics as a reader meets their places in the files.
func (ds Diagnostics) Sort() {
	slices.SortStableFunc(ds, func(a, b *Diagnostic) int {
		return cmp.Or(
			a.Pos.compare(b.Pos),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message),
		)
	})
}

// String returns the position as compilers write it, file:line:column.
func (p Pos) String() string {
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

func (p Pos) compare(q Pos) int {
	return cmp.Or(
		cmp.Compare(p.File, q.File),
		cmp.Compare(p.Line, q.Line),
		cmp.Compare(p.Column, q.Column),
	)
}
