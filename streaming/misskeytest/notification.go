package misskeytest

import (
	"slices"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// notification is one that a user has got.
type notification struct {
	id      misskey.NotificationID
	created time.Time
	read    bool // by itself, and not with all before it
	notificationContent
}

// notificationContent is what the kinds that the server makes by itself are
// made of; ready is one that a test has made.
type notificationContent struct {
	kind       misskey.NotificationKind
	from       *User
	note       *note
	reaction   string
	role       *Role
	invitation *roomEntry
	ready      misskey.Notification
}

// notify gives u a notification: `notification` at once, `unreadNotification`
// after the delay unless u has read it by then. What users do to themselves, and
// what those do whom they mute, is not worth one.
func (s *Server) notify(u *User, content notificationContent) {
	if content.from == u || content.from != nil && u.relations.muted[content.from.ID] != nil {
		return
	}
	n := &notification{
		id:                  misskey.NotificationID(s.nextID()),
		created:             s.now(),
		notificationContent: content,
	}
	u.notifications = latestNotifications(append(u.notifications, n))
	body := marshal(s.packNotification(n, u)) // as it is now, later as well
	u.toMainFrom(content.from, "notification", body)
	s.after(s.config.unreadDelay, func() {
		if u.read < n.id && !n.read {
			u.toMain("unreadNotification", body)
		}
	})
}

// Notify gives u a notification of any kind, those included that the server
// does not make by itself. Its id and time are the server's. n must not change
// afterwards.
func (u *User) Notify(n misskey.Notification) {
	u.server.locked(func() {
		u.server.notifyReady(u, n)
	})
}

// obsolete reports whether a notification is shown no more: its note is gone, or
// the request it is about, or its sender has been muted or suspended since.
func (n *notification) obsolete(u *User) bool {
	switch {
	case n.note != nil && n.note.deleted:
		return true
	case n.from == nil:
		return false
	case n.kind == misskey.NotificationKindReceiveFollowRequest && u.requests[n.from.ID] == nil:
		return true
	}
	return n.from.suspended || u.relations.muted[n.from.ID] != nil
}

// NotifyApp makes an app that u uses notify u: a notification of the kind app.
// An empty header or icon is null.
func (u *User) NotifyApp(body, header, icon string) {
	u.Notify(&misskey.NotificationApp{Body: body, Header: textOrNull(header), Icon: textOrNull(icon)})
}

// TestNotification gives u a notification of the kind test, as the settings of
// the web client do.
func (u *User) TestNotification() { u.Notify(&misskey.NotificationTest{}) }

// FlushNotifications takes all notifications from u: `notificationFlushed` on u's
// main channels.
func (u *User) FlushNotifications() {
	u.server.locked(func() { u.server.flushNotifications(u) })
}

func (*Server) flushNotifications(u *User) {
	u.notifications = nil
	u.toMain("notificationFlushed", nil)
}

func (s *Server) notifyReady(u *User, n misskey.Notification) {
	s.notify(u, notificationContent{kind: n.Kind(), ready: n})
}

// readAllNotifications marks everything read, and tells all main channels of
// the user's if anything was not.
func (s *Server) readAllNotifications(u *User) {
	if len(u.notifications) == 0 {
		return
	}
	none := u.unread() == 0
	u.read = u.notifications[len(u.notifications)-1].id
	if !none {
		u.toMain("readAllNotifications", nil)
	}
}

// readNotification acts on the message of that name where it names the one
// that it is about: `readNotifications`, or `readAllNotifications` when it was
// the last.
func (k *Socket) readNotification(body object) {
	u := k.who.user
	id, ok := body.text("id")
	if u == nil || !ok || id == "" {
		return
	}
	for _, n := range u.notifications {
		if n.key() == id {
			n.read = true
		}
	}
	if u.unread() == 0 {
		u.toMain("readAllNotifications", nil)
	} else {
		u.toMain("readNotifications", []string{id})
	}
}

func (u *User) unread() int {
	i, _ := slices.BinarySearchFunc(u.notifications, u.read, func(n *notification, id misskey.NotificationID) int {
		return strings.Compare(string(n.id), string(id))
	})
	if i < len(u.notifications) && u.notifications[i].id == u.read {
		i++
	}
	count := 0
	for _, n := range u.notifications[i:] {
		if !n.read {
			count++
		}
	}
	return count
}

// ReadNotifications makes u read all notifications, as the web client does:
// `readAllNotifications` on u's main channels if any was unread.
func (u *User) ReadNotifications() {
	u.server.locked(func() { u.server.readAllNotifications(u) })
}
