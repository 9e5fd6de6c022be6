package misskeytest

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Version is what the server says it is, in `meta`.
const Version = "2026.3.2"

var oneNote = schema{{name: "noteId", kind: anID, required: true}}

var oneUser = schema{{name: "userId", kind: anID, required: true}}

// endpoints are the calls the server knows. All others get 404.
var endpoints = byPath(
	&endpoint{name: "ping", run: ping},
	&endpoint{name: "meta", params: schema{{name: "detail", kind: aBoolean}}, run: meta},
	&endpoint{name: "i", credential: true, permission: "read:account", run: showMe},
	&endpoint{name: "users/show", params: schema{
		{name: "userId", kind: anID},
		{name: "userIds", kind: someIDs},
		{name: "username", kind: aText},
		{name: "host", kind: aText, nullable: true},
	}, run: showUser},
	&endpoint{name: "following/create", credential: true, permission: "write:following",
		params: append(oneUser[:1:1], param{name: "withReplies", kind: aBoolean}), run: createFollowing},
	&endpoint{name: "following/delete", credential: true, permission: "write:following", params: oneUser, run: deleteFollowing},
	&endpoint{name: "i/notifications", credential: true, permission: "read:notifications",
		params: append(paging[:len(paging):len(paging)], param{name: "markAsRead", kind: aBoolean}), run: listNotifications},
	&endpoint{name: "notifications/mark-all-as-read", credential: true, permission: "write:notifications", run: markAllAsRead},

	&endpoint{name: "notes/create", credential: true, permission: "write:notes", params: noteParams, run: createNote},
	&endpoint{name: "notes/show", params: oneNote, run: showNote},
	&endpoint{name: "notes/show-partial-bulk", params: schema{
		{name: "noteIds", kind: someIDs, required: true, min: 1, max: 100},
	}, run: showNotesPartially},
	&endpoint{name: "notes/delete", credential: true, permission: "write:notes", params: oneNote, run: deleteNote},
	&endpoint{name: "notes/unrenote", credential: true, permission: "write:notes", params: oneNote, run: unrenote},
	&endpoint{name: "notes/reactions/create", credential: true, permission: "write:reactions",
		params: append(oneNote[:1:1], param{name: "reaction", kind: aText, required: true}), run: createReaction},
	&endpoint{name: "notes/reactions/delete", credential: true, permission: "write:reactions", params: oneNote, run: deleteReaction},
	&endpoint{name: "notes/polls/vote", credential: true, permission: "write:votes",
		params: append(oneNote[:1:1], param{name: "choice", kind: anInteger, required: true}), run: votePoll},
	&endpoint{name: "notes/timeline", credential: true, permission: "read:account", params: timelineParams, run: homeTimeline},
	&endpoint{name: "notes/local-timeline", params: timelineParams, run: localTimeline},
)

func byPath(all ...*endpoint) map[string]*endpoint {
	m := make(map[string]*endpoint, len(all))
	for _, e := range all {
		m[e.name] = e
	}
	return m
}

func ping(r *request) (any, *apiError) {
	return map[string]int64{"pong": r.server.now().UnixMilli()}, nil
}

// meta says the least that clients look at.
func meta(r *request) (any, *apiError) {
	return map[string]any{
		"version":             Version,
		"providesTarball":     false,
		"name":                "misskeytest",
		"shortName":           nil,
		"uri":                 r.server.URL,
		"description":         nil,
		"langs":               []string{},
		"disableRegistration": true,
		"maxNoteTextLength":   maxNoteText,
		"maxFileSize":         262144000,
		"policies":            r.server.policies(),
	}, nil
}

func showMe(r *request) (any, *apiError) { return r.server.packMe(r.user), nil }

// showUser finds one user by id or name, or several by id; of several, those
// that there are none of are left out.
func showUser(r *request) (any, *apiError) {
	s := r.server
	if _, several := r.params["userIds"]; several {
		found := []any{}
		for _, id := range r.texts("userIds") {
			if u, ok := s.users.get(misskey.UserID(id)); ok {
				found = append(found, r.packUser(u))
			}
		}
		return found, nil
	}
	var u *User
	switch id, byID := r.params.text("userId"); {
	case byID:
		u, _ = s.users.get(misskey.UserID(id))
	case r.params["username"] != nil:
		if r.text("host") == "" {
			u = s.usernames[r.text("username")]
		}
	default:
		return nil, invalidParam("#/allOf/0/anyOf/0/required", "must have required property 'userId'")
	}
	if u == nil {
		return nil, errNoSuchUser
	}
	return r.packUser(u), nil
}

func (r *request) packUser(u *User) any {
	if u == r.user {
		return r.server.packMe(u)
	}
	return r.server.packUserFor(u, r.user)
}

func createFollowing(r *request) (any, *apiError) {
	other, ok := r.server.users.get(misskey.UserID(r.text("userId")))
	if !ok {
		return nil, errNoSuchUserFollow
	}
	if refused := r.server.follow(r.user, other, follow{withReplies: r.boolean("withReplies", false)}); refused != nil {
		return nil, refused
	}
	return r.server.packUser(other), nil
}

func deleteFollowing(r *request) (any, *apiError) {
	other, ok := r.server.users.get(misskey.UserID(r.text("userId")))
	if !ok {
		return nil, errNoSuchUserUnfollow
	}
	if refused := r.server.unfollow(r.user, other); refused != nil {
		return nil, refused
	}
	return r.server.packUser(other), nil
}

// listNotifications marks everything as read unless markAsRead is false.
func listNotifications(r *request) (any, *apiError) {
	include, exclude := r.texts("includeTypes"), r.texts("excludeTypes")
	wanted := func(n *notification) bool {
		kind := string(n.kind)
		return (r.params["includeTypes"] == nil || slices.Contains(include, kind)) && !slices.Contains(exclude, kind)
	}
	list := []misskey.Notification{}
	for _, n := range page(r, r.user.notifications, (*notification).key, wanted) {
		list = append(list, r.server.packNotification(n, r.user))
	}
	if r.boolean("markAsRead", true) {
		r.server.readAllNotifications(r.user)
	}
	return list, nil
}

func (n *notification) key() string { return string(n.id) }

func markAllAsRead(r *request) (any, *apiError) {
	r.server.readAllNotifications(r.user)
	return nil, nil
}
