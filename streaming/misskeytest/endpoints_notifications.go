package misskeytest

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var notificationEndpoints = []*endpoint{
	&endpoint{name: "i/notifications", credential: true, permission: "read:notifications",
		params: append(paging[:len(paging):len(paging)], param{name: "markAsRead", kind: aBoolean}), run: listNotifications},
	&endpoint{name: "notifications/mark-all-as-read", credential: true, permission: "write:notifications", run: markAllAsRead},
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
