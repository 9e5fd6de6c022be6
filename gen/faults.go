package gen

import (
	"fmt"
	"strings"

	"github.com/misskeyactor/misskeyactor/spec"
)

// The kinds of fault that only show when Go is made of a spec. They continue
// the codes of package spec.
const (
	CodeCollision  spec.Code = "GN001" // two things of the spec get the same Go name
	CodeGoName     spec.Code = "GN002" // a name cannot be made into a Go identifier
	CodeAs         spec.Code = "GN003" // a name cannot be that of a body's field or parameter
	CodeTooMany    spec.Code = "GN004" // an object has more required fields than can be tracked
	CodeKey        spec.Code = "GN005" // a capture's key is not a string
	CodeEmptyUnion spec.Code = "GN006" // a union that {} belongs to may be null or absent as well
	CodeNoRule     spec.Code = "GN007" // what a spec accepts to break is under no rule
)

// faults collects what is wrong with a spec.
type faults struct {
	spec  *spec.Spec
	found spec.Diagnostics
	pairs map[[2]spec.Pos]bool
}

func newFaults(s *spec.Spec) *faults {
	return &faults{spec: s, pairs: map[[2]spec.Pos]bool{}}
}

func (f *faults) report(pos spec.Pos, code spec.Code, hint, format string, args ...any) {
	f.found = append(f.found, &spec.Diagnostic{
		Pos:     pos,
		Code:    code,
		Message: fmt.Sprintf(format, args...),
		Hint:    hint,
		Source:  f.spec.Line(pos),
	})
}

// collision reports that a name is claimed twice. Two things that have one
// name in several guises, such as a set's handler and its events, are
// reported once.
func (f *faults) collision(name string, first, second claim) {
	pair := [2]spec.Pos{first.pos, second.pos}
	if f.pairs[pair] {
		return
	}
	f.pairs[pair] = true
	f.report(second.pos, CodeCollision, otherName(first, second),
		"%s gets the Go name %s, which belongs to %s", second.what, name, first)
}

// otherName says how one of two things gets another name.
func otherName(first, second claim) string {
	mine := fmt.Sprintf("`%s:`", second.key)
	if second.key == "goName" {
		mine += longForm(second.what)
	}
	switch {
	case first.pos == (spec.Pos{}):
		return "Give it another Go name with " + mine + "."
	case first.key == second.key:
		return "Give one of them another Go name with " + mine + "."
	}
	return fmt.Sprintf("Give one of them another Go name: %s with `%s:`, or %s with %s.", first.what, first.key, second.what, mine)
}

// longForm goes on from "with goName" for what is most often written without
// room for one. what is what is at fault, as in `field "id"`.
func longForm(what string) string {
	switch kind, _, _ := strings.Cut(what, " "); kind {
	case "field":
		return ", as in `{type: string, goName: Name}`"
	case "value":
		return ", as in `{value: x, goName: Name}`"
	default:
		return ""
	}
}

// sorted returns what was found as a reader meets it in the files.
func (f *faults) sorted() spec.Diagnostics {
	f.found.Sort()
	return f.found
}
