package misskeytest_test

import (
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

func TestAnnouncementsByREST(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	admin := restClient{t, srv, srv.AddUser("admin", misskeytest.AsAdmin())}
	a := restClient{t, srv, alice}
	c, anybody := dial(t, srv, alice.Token()), dial(t, srv, "")
	c.connect("main", "m", "{}")
	params := map[string]any{"title": "t", "text": "x", "imageUrl": nil, "icon": "warning"}
	a.refused("admin/announcements/create", params, 403, "ROLE_PERMISSION_DENIED")

	var one, other misskey.Announcement
	admin.get("admin/announcements/create", params, &one)
	anybody.waitFor("announcementCreated", ofType("announcementCreated"))
	params["userId"] = alice.ID
	admin.get("admin/announcements/create", params, &other)
	c.waitFor("announcementCreated on main", event("m", "announcementCreated"))
	anybody.sync()
	if n := len(anybody.all(ofType("announcementCreated"))); n != 1 {
		t.Errorf("%d announcementCreated for everybody, want 1", n)
	}

	list := func(u *misskeytest.User) []misskey.Announcement {
		t.Helper()
		var all []misskey.Announcement
		restClient{t, srv, u}.get("announcements", nil, &all)
		return all
	}
	mine := list(alice)
	if len(mine) != 2 || !mine[0].ForYou.OrZero() || mine[0].IsRead.Or(true) || mine[1].Icon != misskey.AnnouncementIconWarning {
		t.Errorf("alice's %+v", mine)
	}
	if got := list(bob); len(got) != 1 || got[0].ID != one.ID {
		t.Errorf("bob's %+v", got)
	}
	if got := list(nil); len(got) != 1 || !got[0].IsRead.IsZero() {
		t.Errorf("nobody's %+v", got)
	}
	var me misskey.MeDetailed
	if a.get("i", nil, &me); len(me.UnreadAnnouncements) != 2 || !me.HasUnreadAnnouncement {
		t.Errorf("unread %+v", me.UnreadAnnouncements)
	}
	for i, id := range []misskey.AnnouncementID{one.ID, one.ID, other.ID, other.ID, "nothing"} {
		a.do("i/read-announcement", map[string]any{"announcementId": id})
		want := 0
		if i >= 2 {
			want = 1
		}
		if n := c.count("m", "readAllAnnouncements"); n != want {
			t.Errorf("%d readAllAnnouncements after the %d. call, want %d", n, i+1, want)
		}
	}
	restClient{t, srv, bob}.refused("announcements/show", map[string]any{"announcementId": other.ID}, 400, "NO_SUCH_ANNOUNCEMENT")
	if a.get("announcements/show", map[string]any{"announcementId": other.ID}, &other); !other.IsRead.OrZero() {
		t.Errorf("shown %+v", other)
	}
	admin.do("admin/announcements/delete", map[string]any{"id": one.ID})
	admin.refused("admin/announcements/delete", map[string]any{"id": one.ID}, 400, "NO_SUCH_ANNOUNCEMENT")
}
