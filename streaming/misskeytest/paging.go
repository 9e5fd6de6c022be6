package misskeytest

import (
	"slices"
	"sort"
)

const defaultPage = 10

// paging are the params of everything that is read in pages.
var paging = schema{
	{name: "limit", kind: anInteger, min: 1, max: 100},
	{name: "sinceId", kind: anID},
	{name: "untilId", kind: anID},
	{name: "sinceDate", kind: anInteger},
	{name: "untilDate", kind: anInteger},
}

// paged are the params of an endpoint that answers in pages, besides these.
func paged(more ...param) schema { return slices.Concat(paging, more) }

// span is what a page is asked of. Its ends, "" for an open one, need not be
// anybody's ids: they are compared, no more.
type span struct {
	since, until string // both exclusive
	limit        int
}

// ascending: with a since alone the page is the oldest after it, oldest first;
// otherwise it is the newest, newest first.
func (s span) ascending() bool { return s.since != "" && s.until == "" }

func (s span) contains(id string) bool {
	return (s.since == "" || id > s.since) && (s.until == "" || id < s.until)
}

// span reads the params of a page. A date counts where there is no id.
func (r *request) span() span {
	return span{
		since: r.bound("sinceId", "sinceDate"),
		until: r.bound("untilId", "untilDate"),
		limit: r.integer("limit", defaultPage),
	}
}

// bound returns an end of a page as an id, "" when it is open. The server makes
// a new id out of a date, which is later than all those made before in that
// millisecond.
func (r *request) bound(idParam, dateParam string) string {
	if id, ok := r.params.text(idParam); ok {
		return id
	}
	if at, ok := r.params.moment(dateParam); ok {
		return r.server.idAt(at)
	}
	return ""
}

// page picks the page that is asked for out of things ordered by id, ascending.
func page[T any](r *request, all []T, id func(T) string, wanted func(T) bool) []T {
	return cut(r.span(), all, id, wanted)
}

// cut picks a page out of things ordered by id, ascending.
func cut[T any](s span, all []T, id func(T) string, wanted func(T) bool) []T {
	from := 0
	if s.since != "" {
		from = sort.Search(len(all), func(i int) bool { return id(all[i]) > s.since })
	}
	to := len(all)
	if s.until != "" {
		to = sort.Search(len(all), func(i int) bool { return id(all[i]) >= s.until })
	}
	return take(s, all[min(from, to):to], wanted)
}

// take takes as many wanted things as the page holds, from the end of all at
// which it begins.
func take[T any](s span, all []T, wanted func(T) bool) []T {
	found := []T{}
	add := func(t T) bool {
		if wanted(t) {
			found = append(found, t)
		}
		return len(found) < s.limit
	}
	if s.ascending() {
		for _, t := range all {
			if !add(t) {
				break
			}
		}
		return found
	}
	for _, t := range slices.Backward(all) {
		if !add(t) {
			break
		}
	}
	return found
}
