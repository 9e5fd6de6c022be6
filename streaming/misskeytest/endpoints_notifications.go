package misskeytest

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var notificationEndpoints = []*endpoint{
	{name: "i/notifications", credential: true, permission: "read:notifications",
		params: notificationParams, run: listNotifications},
	{name: "i/notifications-grouped", credential: true, permission: "read:notifications",
		params: notificationParams, run: listGroupedNotifications},
	{name: "notifications/create", credential: true, permission: "write:notifications", params: schema{
		{name: "body", kind: aText, required: true},
		{name: "header", kind: aText, nullable: true},
		{name: "icon", kind: aText, nullable: true},
	}, run: createNotification},
	{name: "notifications/flush", credential: true, permission: "write:notifications", run: flushNotifications},
	{name: "notifications/mark-all-as-read", credential: true, permission: "write:notifications", run: markAllAsRead},
	{name: "notifications/test-notification", credential: true, permission: "write:notifications", run: testNotification},
}

var notificationParams = paged(
	param{name: "markAsRead", kind: aBoolean},
	param{name: "includeTypes", kind: someTexts, oneOf: notificationTypes},
	param{name: "excludeTypes", kind: someTexts, oneOf: notificationTypes},
)

// notificationTypes are those that can be asked for, two among them that are
// made no more.
var notificationTypes = []string{
	"note", "follow", "mention", "reply", "renote", "quote", "reaction", "pollEnded", "scheduledNotePosted",
	"scheduledNotePostFailed", "receiveFollowRequest", "followRequestAccepted", "roleAssigned",
	"chatRoomInvitationReceived", "achievementEarned", "exportCompleted", "login", "createToken", "app", "test",
	"pollVote", "groupInvited",
}

// How many notifications of a user are kept. The real server cuts a hundred off
// at once, when there are that many too many.
const (
	maxNotifications    = 500
	excessNotifications = 100
)

func latestNotifications(all []*notification) []*notification {
	if len(all) >= maxNotifications+excessNotifications {
		return slices.Clone(all[len(all)-maxNotifications:])
	}
	return all
}

func listNotifications(r *request) (any, *apiError) {
	list := []any{}
	for _, n := range r.readNotifications() {
		list = append(list, r.server.packNotification(n, r.user))
	}
	return list, nil
}

// readNotifications picks a page of the caller's notifications, and marks all as
// read unless markAsRead is false or the page is empty.
func (r *request) readNotifications() []*notification {
	found := r.notificationPage()
	if len(found) > 0 && r.boolean("markAsRead", true) {
		r.server.readAllNotifications(r.user)
	}
	return slices.DeleteFunc(found, func(n *notification) bool { return n.obsolete(r.user) })
}

// notificationPage cuts the page out first and leaves out the types that are not
// wanted then: it gets shorter. Only if nothing is left it takes the next one.
func (r *request) notificationPage() []*notification {
	include, exclude := r.texts("includeTypes"), r.texts("excludeTypes")
	if r.params["includeTypes"] != nil && len(include) == 0 {
		return nil
	}
	unwanted := func(n *notification) bool {
		if len(include) > 0 {
			return !slices.Contains(include, string(n.kind))
		}
		return slices.Contains(exclude, string(n.kind))
	}
	for s := r.span(); ; {
		whole := cut(s, r.user.notifications, (*notification).key, func(*notification) bool { return true })
		if len(whole) == 0 {
			return nil
		}
		last := whole[len(whole)-1].key()
		if s.ascending() {
			s.since = last
		} else {
			s.until = last
		}
		if found := slices.DeleteFunc(whole, unwanted); len(found) > 0 {
			return found
		}
	}
}

func (n *notification) key() string { return string(n.id) }

// grouped is several notifications in a row of reactions to one note, or of
// renotes of one note.
type grouped struct {
	ID        misskey.NotificationID `json:"id"`        // of the last in the row
	CreatedAt timestamp              `json:"createdAt"` // of the first
	Type      string                 `json:"type"`
	Note      misskey.Note           `json:"note"`
	Reactions []groupedReaction      `json:"reactions,omitempty"`
	Users     []misskey.UserLite     `json:"users,omitempty"`
}

type groupedReaction struct {
	User     misskey.UserLite `json:"user"`
	Reaction string           `json:"reaction"`
}

func listGroupedNotifications(r *request) (any, *apiError) {
	list := []any{}
	all := r.readNotifications()
	for len(all) > 0 {
		row := 1
		for row < len(all) && all[row].groupsWith(all[0]) {
			row++
		}
		if row == 1 {
			list = append(list, r.server.packNotification(all[0], r.user))
		} else {
			list = append(list, r.group(all[:row]))
		}
		all = all[row:]
	}
	return list, nil
}

func (n *notification) groupsWith(first *notification) bool {
	if n.kind != first.kind || n.note == nil || first.note == nil {
		return false
	}
	switch n.kind {
	case misskey.NotificationKindReaction:
		return n.note == first.note
	case misskey.NotificationKindRenote:
		return n.note.renote == first.note.renote
	}
	return false
}

func (r *request) group(row []*notification) grouped {
	g := grouped{
		ID:        row[len(row)-1].id,
		CreatedAt: timestamp(row[0].created),
		Type:      string(row[0].kind) + ":grouped",
		Note:      r.server.packNote(row[0].note, packing{me: r.me()}),
	}
	for _, n := range row {
		from := r.server.packUser(n.from)
		if n.kind == misskey.NotificationKindReaction {
			g.Reactions = append(g.Reactions, groupedReaction{from, n.reaction})
		} else {
			g.Users = append(g.Users, from)
		}
	}
	return g
}

// createNotification makes the caller's program speak to the caller.
func createNotification(r *request) (any, *apiError) {
	n := &misskey.NotificationApp{Body: r.text("body"), Header: opt.Null[string](), Icon: opt.Null[string]()}
	if header, ok := r.params.text("header"); ok {
		n.Header = opt.Of(header)
	}
	if icon, ok := r.params.text("icon"); ok {
		n.Icon = opt.Of(icon)
	}
	r.server.notify(r.user, notificationContent{kind: n.Kind(), ready: n})
	return nil, nil
}

func testNotification(r *request) (any, *apiError) {
	n := &misskey.NotificationTest{}
	r.server.notify(r.user, notificationContent{kind: n.Kind(), ready: n})
	return nil, nil
}

func flushNotifications(r *request) (any, *apiError) {
	r.server.flushNotifications(r.user)
	return nil, nil
}

func markAllAsRead(r *request) (any, *apiError) {
	r.server.readAllNotifications(r.user)
	return nil, nil
}
