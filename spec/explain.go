package spec

import (
	"maps"
	"slices"
)

// Explanation is what there is to say of a kind of fault to somebody who meets
// it for the first time.
type Explanation struct {
	Code  Code
	Title string // what the fault is, in one line without a full stop
	Text  string // why it is a fault and what to do, in paragraphs with an empty line between
	// Wrong is a snippet that has the fault, Right the same without it. Both
	// are empty where the fault cannot stand in a text.
	Wrong, Right string
}

// Explanations returns the explanation of every code of this package, sorted
// by code. The slice is the caller's.
func Explanations() []Explanation {
	var all []Explanation
	for _, code := range slices.Sorted(maps.Keys(meanings)) {
		e := explained[code]
		e.Code, e.Title = code, code.Meaning()
		all = append(all, e)
	}
	return all
}
