package misskeytest

import (
	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Announce broadcasts an announcement to every socket.
func (s *Server) Announce(title, text string) misskey.Announcement {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	a := s.newAnnouncement(title, text)
	s.broadcast("announcementCreated", announcementBody{a})
	return a
}

// Announce sends an announcement to this user only, on their main channels.
func (u *User) Announce(title, text string) misskey.Announcement {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	defer u.server.touch()
	a := u.server.newAnnouncement(title, text)
	u.toMain("announcementCreated", announcementBody{a})
	return a
}

type announcementBody struct {
	Announcement misskey.Announcement `json:"announcement"`
}

func (s *Server) newAnnouncement(title, text string) misskey.Announcement {
	return misskey.Announcement{
		ID:        misskey.AnnouncementID(s.nextID()),
		CreatedAt: s.now(),
		Title:     title,
		Text:      text,
		Icon:      misskey.AnnouncementIconInfo,
		Display:   misskey.AnnouncementDisplayNormal,
		ForYou:    opt.Of(false), // the real server says so even to the one it is for
	}
}
