package misskeytest

import (
	"encoding/json"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// ownPage is a page as everybody is shown it, and whose it is.
type ownPage struct {
	misskey.Page
	owner *User
}

func (p *ownPage) key() string { return string(p.ID) }

// AddPage makes an empty page of u's. name is the last part of its address, and
// must be no other's of u's.
func (u *User) AddPage(title, name string, options ...IDOption) misskey.Page {
	return act(u, "AddPage", func() (misskey.Page, *apiError) {
		p, refused := u.server.addPage(u, misskey.Page{Title: title, Name: name, Font: misskey.PageFontSansSerif}, options)
		if refused != nil {
			return misskey.Page{}, refused
		}
		return u.server.packPage(p, u), nil
	})
}

// PushToPage makes u press something on a page: `pageEvent` with the event and
// the value on its owner's main channels. value is encoded as JSON.
func (u *User) PushToPage(id misskey.PageID, event string, value any) {
	raw := marshal(value)
	act(u, "PushToPage", func() (struct{}, *apiError) { return struct{}{}, u.server.pushToPage(u, id, event, raw) })
}

func (s *Server) pageNamed(owner *User, name string) *ownPage {
	for _, p := range s.pages.all {
		if p.owner == owner && p.Name == name {
			return p
		}
	}
	return nil
}

func (s *Server) addPage(u *User, p misskey.Page, options []IDOption) (*ownPage, *apiError) {
	if s.pageNamed(u, p.Name) != nil {
		return nil, errPageNameExists
	}
	p.ID = misskey.PageID(s.pickID(options))
	p.CreatedAt = s.madeAt(string(p.ID))
	p.UpdatedAt = p.CreatedAt
	p.UserID = u.ID
	own := &ownPage{Page: p, owner: u}
	s.pages.add(p.ID, own)
	return own, nil
}

// packPage writes a page out for somebody, nil being nobody.
func (s *Server) packPage(p *ownPage, me *User) misskey.Page {
	m := p.Page
	m.User = s.packUser(p.owner)
	if f, ok := s.drive.files.get(p.EyeCatchingImageID.OrZero()); ok {
		m.EyeCatchingImage = &f.DriveFile
	}
	if me != nil {
		m.IsLiked = opt.Of(false)
	}
	return m
}

func (s *Server) pushToPage(u *User, id misskey.PageID, event string, value json.RawMessage) *apiError {
	p, ok := s.pages.get(id)
	if !ok {
		return errNoSuchPagePush
	}
	p.owner.toMain("pageEvent", pageEvent{
		PageID: id, Event: event, Var: value, UserID: u.ID, User: s.packUserFor(u, p.owner),
	})
	return nil
}

type pageEvent struct {
	PageID misskey.PageID            `json:"pageId"`
	Event  string                    `json:"event"`
	Var    json.RawMessage           `json:"var"`
	UserID misskey.UserID            `json:"userId"`
	User   misskey.UserDetailedNotMe `json:"user"`
}
