package misskeytest

import (
	"fmt"
	"slices"
	"strings"
)

// registry keeps things by id, and in the order they were added.
type registry[ID ~string, T any] struct {
	byID map[ID]T
	all  []T
}

func (r *registry[ID, T]) get(id ID) (T, bool) {
	t, ok := r.byID[id]
	return t, ok
}

func (r *registry[ID, T]) remove(id ID) {
	t, ok := r.byID[id]
	if !ok {
		return
	}
	delete(r.byID, id)
	r.all = slices.DeleteFunc(r.all, func(o T) bool { return any(o) == any(t) })
}

// add panics when the id is taken: the test has given it twice.
func (r *registry[ID, T]) add(id ID, t T) {
	if _, taken := r.byID[id]; taken {
		panic(fmt.Sprintf("misskeytest: the id %q is given to a second %T", id, t))
	}
	if r.byID == nil {
		r.byID = map[ID]T{}
	}
	r.byID[id] = t
	r.all = append(r.all, t)
}

// sortedByID puts things in the order of their ids, which those are not in whose
// id a test has chosen.
func sortedByID[T any](all []T, id func(T) string) []T {
	return slices.SortedFunc(slices.Values(all), func(a, b T) int { return strings.Compare(id(a), id(b)) })
}
