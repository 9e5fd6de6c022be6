package misskeytest

import "time"

const defaultPage = 10

// paging are the params of everything that is read in pages.
var paging = schema{
	{name: "limit", kind: anInteger, min: 1, max: 100},
	{name: "sinceId", kind: anID},
	{name: "untilId", kind: anID},
	{name: "sinceDate", kind: anInteger},
	{name: "untilDate", kind: anInteger},
}

// page picks one page out of things ordered by id, ascending. With a sinceId
// alone the page is the oldest after it, in ascending order; otherwise it is
// the newest, in descending order. The ids need not be anybody's: they are
// compared, no more. A date counts where there is no id.
func page[T any](r *request, all []T, id func(T) string, wanted func(T) bool) []T {
	since, until := r.bound("sinceId", "sinceDate"), r.bound("untilId", "untilDate")
	limit := r.integer("limit", defaultPage)
	inside := func(t T) bool {
		k := id(t)
		return (since == "" || k > since) && (until == "" || k < until) && wanted(t)
	}
	found := []T{}
	if since != "" && until == "" {
		for i := 0; i < len(all) && len(found) < limit; i++ {
			if inside(all[i]) {
				found = append(found, all[i])
			}
		}
		return found
	}
	for i := len(all) - 1; i >= 0 && len(found) < limit; i-- {
		if inside(all[i]) {
			found = append(found, all[i])
		}
	}
	return found
}

// bound returns an end of a page as an id, "" when it is open.
func (r *request) bound(idParam, dateParam string) string {
	if id, ok := r.params.text(idParam); ok {
		return id
	}
	if ms, ok := r.params.number(dateParam); ok {
		return idPrefix(time.UnixMilli(int64(ms))) + "00000000"
	}
	return ""
}
