package misskeytest

import (
	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// announcement is one for everybody, or for one user.
type announcement struct {
	misskey.Announcement
	to     *User
	active bool // shown to those who come
	read   map[misskey.UserID]bool
}

func (a *announcement) key() string { return string(a.ID) }

func (a *announcement) concerns(u *User) bool { return a.active && (a.to == nil || a.to == u) }

// Announce broadcasts an announcement to every socket.
func (s *Server) Announce(title, text string) misskey.Announcement {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	return s.announce(newAnnouncement(title, text), nil)
}

// Announce sends an announcement to this user only, on their main channels.
func (u *User) Announce(title, text string) misskey.Announcement {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	defer u.server.touch()
	return u.server.announce(newAnnouncement(title, text), u)
}

// ReadAnnouncement makes u read an announcement: `readAllAnnouncements` on u's
// main channels when it was the last unread one.
func (u *User) ReadAnnouncement(id misskey.AnnouncementID) {
	u.server.locked(func() { u.server.readAnnouncement(u, id) })
}

type announcementBody struct {
	Announcement misskey.Announcement `json:"announcement"`
}

func newAnnouncement(title, text string) misskey.Announcement {
	return misskey.Announcement{
		Title:   title,
		Text:    text,
		Icon:    misskey.AnnouncementIconInfo,
		Display: misskey.AnnouncementDisplayNormal,
	}
}

// announce stores an announcement and tells everybody, or the one user.
func (s *Server) announce(a misskey.Announcement, to *User) misskey.Announcement {
	a.ID = misskey.AnnouncementID(s.nextID())
	a.CreatedAt = s.madeAt(string(a.ID))
	a.ForYou = opt.Of(false) // the real server says so even to the one it is for
	s.announcements.add(a.ID, &announcement{Announcement: a, to: to, active: true, read: map[misskey.UserID]bool{}})
	if to != nil {
		to.toMain("announcementCreated", announcementBody{a})
	} else {
		s.broadcast("announcementCreated", announcementBody{a})
	}
	return a
}

func (s *Server) readAnnouncement(u *User, id misskey.AnnouncementID) {
	a, ok := s.announcements.get(id)
	if !ok || a.read[u.ID] {
		return
	}
	a.read[u.ID] = true
	if len(s.unreadAnnouncements(u)) == 0 {
		u.toMain("readAllAnnouncements", nil)
	}
}

// unreadAnnouncements are those that u's client has still to show. Whoever came
// after an announcement has none to read.
func (s *Server) unreadAnnouncements(u *User) []misskey.UnreadAnnouncement {
	all := []misskey.UnreadAnnouncement{}
	for _, a := range s.announcements.all {
		if a.concerns(u) && !a.read[u.ID] && !a.Silence {
			unread := misskey.UnreadAnnouncement{Announcement: a.Announcement, IsActive: a.active}
			unread.ForYou = opt.Opt[bool]{} // not among the profile's
			if a.to != nil {
				unread.UserID = opt.Of(a.to.ID)
			}
			all = append(all, unread)
		}
	}
	return all
}
