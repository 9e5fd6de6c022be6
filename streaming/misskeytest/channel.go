package misskeytest

import (
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Channel is a channel in the other sense of Misskey's: a place to post notes
// in, whose timeline the streaming channel named "channel" carries.
type Channel struct {
	ID   misskey.ChannelID
	Name string // as it was made; channels/update changes what the server says

	server  *Server
	created time.Time
	owner   *User

	// Guarded by Server.mu.
	name        string
	description string
	color       string
	sensitive   bool
	allowRenote bool // to outside the channel
	archived    bool
	pinned      []misskey.NoteID
	followers   map[misskey.UserID]*channelFollow
	favorites   map[misskey.UserID]*channelFollow
}

// channelFollow is that a user follows a channel, or has it among their
// favorites.
type channelFollow struct {
	tie
	channel *Channel
}

// AddChannel makes a channel of u's; post into it with [InChannel].
func (u *User) AddChannel(name string, options ...IDOption) *Channel {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	defer u.server.touch()
	return u.server.addChannel(u, name, u.server.pickID(options))
}

func (s *Server) addChannel(u *User, name, id string) *Channel {
	c := &Channel{
		ID:          misskey.ChannelID(id),
		Name:        name,
		server:      s,
		created:     s.madeAt(id),
		owner:       u,
		name:        name,
		color:       "#86b300",
		allowRenote: true,
	}
	s.channels.add(c.ID, c)
	return c
}

// FollowChannel makes the channel's notes appear in u's home and hybrid
// timelines.
func (u *User) FollowChannel(c *Channel) {
	u.server.mustOwn("FollowChannel", "c", c)
	u.server.locked(func() { u.server.followChannel(u, c) })
}

// UnfollowChannel takes a FollowChannel back.
func (u *User) UnfollowChannel(c *Channel) {
	u.server.mustOwn("UnfollowChannel", "c", c)
	u.server.locked(func() { u.server.unfollowChannel(u, c) })
}

func (s *Server) followChannel(u *User, c *Channel) {
	if c.followers[u.ID] != nil {
		return
	}
	f := &channelFollow{tie: s.newTie(u, nil), channel: c}
	put(&c.followers, u.ID, f)
	put(&u.relations.channels, c.ID, f)
}

func (*Server) unfollowChannel(u *User, c *Channel) {
	delete(c.followers, u.ID)
	delete(u.relations.channels, c.ID)
}

// usage says how much has been posted into the channel and is still there.
func (s *Server) usage(c *Channel) (notes, users int, last time.Time) {
	posters := map[*User]bool{}
	for _, n := range s.notes.ordered {
		if n.channel == c {
			notes++
			posters[n.user] = true
			last = n.created
		}
	}
	return notes, len(posters), last
}

// packedChannel is a channel as channels/show has it.
type packedChannel struct {
	ID                    misskey.ChannelID `json:"id"`
	CreatedAt             timestamp         `json:"createdAt"`
	LastNotedAt           *timestamp        `json:"lastNotedAt"`
	Name                  string            `json:"name"`
	Description           *string           `json:"description"`
	UserID                misskey.UserID    `json:"userId"`
	BannerURL             *string           `json:"bannerUrl"`
	BannerID              *string           `json:"bannerId"`
	PinnedNoteIDs         []misskey.NoteID  `json:"pinnedNoteIds"`
	Color                 string            `json:"color"`
	IsArchived            bool              `json:"isArchived"`
	UsersCount            int               `json:"usersCount"`
	NotesCount            int               `json:"notesCount"`
	IsSensitive           bool              `json:"isSensitive"`
	AllowRenoteToExternal bool              `json:"allowRenoteToExternal"`

	// For who is logged in.
	IsFollowing *bool `json:"isFollowing,omitempty"`
	IsFavorited *bool `json:"isFavorited,omitempty"`

	// In channels/show only.
	PinnedNotes *[]misskey.Note `json:"pinnedNotes,omitempty"`
}

// packWholeChannel writes a channel out for a user, nil being nobody.
func (s *Server) packWholeChannel(c *Channel, me *User) packedChannel {
	notes, users, last := s.usage(c)
	m := packedChannel{
		ID:                    c.ID,
		CreatedAt:             timestamp(c.created),
		Name:                  c.name,
		UserID:                c.owner.ID,
		PinnedNoteIDs:         append([]misskey.NoteID{}, c.pinned...),
		Color:                 c.color,
		IsArchived:            c.archived,
		UsersCount:            users,
		NotesCount:            notes,
		IsSensitive:           c.sensitive,
		AllowRenoteToExternal: c.allowRenote,
	}
	if !last.IsZero() {
		m.LastNotedAt = pointer(timestamp(last))
	}
	if c.description != "" {
		m.Description = &c.description
	}
	if me != nil {
		m.IsFollowing = pointer(c.followers[me.ID] != nil)
		m.IsFavorited = pointer(c.favorites[me.ID] != nil)
	}
	return m
}

func (s *Server) favorChannel(u *User, c *Channel) {
	if c.favorites[u.ID] == nil {
		put(&c.favorites, u.ID, &channelFollow{tie: s.newTie(u, nil), channel: c})
	}
}

func (*Server) unfavorChannel(u *User, c *Channel) { delete(c.favorites, u.ID) }
