package misskeytest

import (
	"cmp"
	"slices"
	"strings"
)

var hashtagEndpoints = []*endpoint{
	{name: "hashtags/list", params: schema{
		{name: "limit", kind: anInteger, min: 1, max: 100},
		{name: "attachedToUserOnly", kind: aBoolean},
		{name: "attachedToLocalUserOnly", kind: aBoolean},
		{name: "attachedToRemoteUserOnly", kind: aBoolean},
		{name: "sort", kind: aText, required: true, oneOf: hashtagOrders},
	}, run: listHashtags},
	{name: "hashtags/search", params: schema{
		{name: "limit", kind: anInteger, min: 1, max: 100},
		{name: "query", kind: aText, required: true},
		{name: "offset", kind: anInteger},
	}, run: searchHashtags},
	{name: "hashtags/show", params: schema{{name: "tag", kind: aText, required: true}}, run: showHashtag},
	{name: "hashtags/trend", get: true, run: hashtagTrend},
}

var hashtagOrders = []string{
	"+mentionedUsers", "-mentionedUsers", "+mentionedLocalUsers", "-mentionedLocalUsers",
	"+mentionedRemoteUsers", "-mentionedRemoteUsers", "+attachedUsers", "-attachedUsers",
	"+attachedLocalUsers", "-attachedLocalUsers", "+attachedRemoteUsers", "-attachedRemoteUsers",
}

var errNoSuchHashtag = refusal("NO_SUCH_HASHTAG", "110ee688-193e-4a3a-9ecf-c167b2e6981e", "No such hashtag.")

// packedHashtag is a tag and who uses it; there are no remote users.
type packedHashtag struct {
	Tag                       string `json:"tag"`
	MentionedUsersCount       int    `json:"mentionedUsersCount"`
	MentionedLocalUsersCount  int    `json:"mentionedLocalUsersCount"`
	MentionedRemoteUsersCount int    `json:"mentionedRemoteUsersCount"`
	AttachedUsersCount        int    `json:"attachedUsersCount"`
	AttachedLocalUsersCount   int    `json:"attachedLocalUsersCount"`
	AttachedRemoteUsersCount  int    `json:"attachedRemoteUsersCount"`
}

func packHashtag(h *hashtag) packedHashtag {
	return packedHashtag{
		Tag:                      h.name,
		MentionedUsersCount:      len(h.mentioned),
		MentionedLocalUsersCount: len(h.mentioned),
		AttachedUsersCount:       len(h.attached),
		AttachedLocalUsersCount:  len(h.attached),
	}
}

func listHashtags(r *request) (any, *apiError) {
	onlyAttached := r.boolean("attachedToUserOnly", false) || r.boolean("attachedToLocalUserOnly", false)
	found := slices.DeleteFunc(r.server.hashtags.sorted(), func(h *hashtag) bool {
		return onlyAttached && len(h.attached) == 0 || r.boolean("attachedToRemoteUserOnly", false)
	})
	order := r.text("sort")
	count := func(h *hashtag) int {
		switch {
		case strings.Contains(order, "Remote"):
			return 0
		case strings.Contains(order, "attached"):
			return len(h.attached)
		}
		return len(h.mentioned)
	}
	slices.SortStableFunc(found, func(a, b *hashtag) int {
		if order[0] == '+' {
			return cmp.Compare(count(b), count(a))
		}
		return cmp.Compare(count(a), count(b))
	})
	list := []packedHashtag{}
	for _, h := range found[:min(len(found), r.integer("limit", defaultPage))] {
		list = append(list, packHashtag(h))
	}
	return list, nil
}

// searchHashtags completes a tag.
func searchHashtags(r *request) (any, *apiError) {
	query := normalizeTag(r.text("query"))
	names := []string{}
	for _, h := range r.server.hashtags.sorted() {
		if strings.HasPrefix(h.name, query) {
			names = append(names, h.name)
		}
	}
	names = names[min(max(0, r.integer("offset", 0)), len(names)):]
	return names[:min(len(names), r.integer("limit", defaultPage))], nil
}

func showHashtag(r *request) (any, *apiError) {
	h := r.server.hashtags.get(r.text("tag"))
	if h == nil {
		return nil, errNoSuchHashtag
	}
	return packHashtag(h), nil
}

type packedTrend struct {
	Tag        string `json:"tag"`
	Chart      []int  `json:"chart"`
	UsersCount int    `json:"usersCount"`
}

// hashtagTrend lists the ten tags that most have used lately.
func hashtagTrend(r *request) (any, *apiError) {
	trends := []packedTrend{}
	for _, h := range r.server.hashtags.sorted() {
		if chart, users := h.trend(r.server.now()); users > 0 {
			trends = append(trends, packedTrend{h.name, chart, users})
		}
	}
	slices.SortStableFunc(trends, func(a, b packedTrend) int { return cmp.Compare(b.UsersCount, a.UsersCount) })
	return trends[:min(len(trends), defaultPage)], nil
}
