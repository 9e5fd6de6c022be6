package misskeytest

import (
	"cmp"
	"slices"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// packUser writes a user out as they appear in notes.
func (s *Server) packUser(u *User) misskey.UserLite {
	m := misskey.UserLite{
		ID:           u.ID,
		Name:         textOrNull(u.profile.Name),
		Username:     u.Username,
		AvatarURL:    s.URL + "/identicon/" + u.Username + "@" + s.addr,
		IsBot:        u.profile.Bot,
		IsCat:        u.profile.Cat,
		Emojis:       map[string]string{},
		OnlineStatus: u.onlineStatus(),
		BadgeRoles:   []misskey.BadgeRole{},
	}
	for _, r := range s.rolesOf(u) {
		if r.badge {
			m.BadgeRoles = append(m.BadgeRoles, misskey.BadgeRole{Name: r.name, IconURL: textOrNull(r.iconURL), DisplayOrder: r.order})
		}
	}
	slices.SortStableFunc(m.BadgeRoles, func(a, b misskey.BadgeRole) int { return cmp.Compare(b.DisplayOrder, a.DisplayOrder) })
	return m
}

// onlineStatus: a user with an open socket is online, unless they hide it; of
// the others the server does not know.
func (u *User) onlineStatus() misskey.OnlineStatus {
	if u.open > 0 && !u.profile.HideOnlineStatus {
		return misskey.OnlineStatusOnline
	}
	return misskey.OnlineStatusUnknown
}

func (s *Server) packProfile(u *User) misskey.UserProfile {
	p := misskey.UserProfile{
		CreatedAt:           u.created,
		UpdatedAt:           timeOrNull(u.updated),
		IsLocked:            u.profile.Locked,
		IsSuspended:         u.suspended,
		Description:         textOrNull(u.profile.Description),
		Location:            textOrNull(u.profile.Location),
		Birthday:            textOrNull(u.profile.Birthday),
		Lang:                textOrNull(u.profile.Lang),
		Fields:              u.profile.Fields,
		FollowersCount:      int64(len(u.followers)),
		FollowingCount:      int64(len(u.relations.following)),
		NotesCount:          int64(s.notes.countBy(u)),
		PublicReactions:     u.profile.PublicReactions,
		FollowersVisibility: u.profile.FollowersVisibility,
		FollowingVisibility: u.profile.FollowingVisibility,
		ChatScope:           u.profile.ChatScope,
		CanChat:             s.policiesOf(u).ChatAvailability == misskey.ChatAvailabilityAvailable,
	}
	for _, r := range s.rolesOf(u) {
		if r.public {
			p.Roles = append(p.Roles, packRoleLite(r))
		}
	}
	slices.SortStableFunc(p.Roles, func(a, b misskey.RoleLite) int { return cmp.Compare(b.DisplayOrder, a.DisplayOrder) })
	return p
}

// packUserFor writes a user out for another one, with what is between them.
func (s *Server) packUserFor(u, me *User) misskey.UserDetailedNotMe {
	m := misskey.UserDetailedNotMe{UserLite: s.packUser(u), UserProfile: s.packProfile(u)}
	if me == nil {
		return m
	}
	r := relationBetween(me, u)
	m.IsFollowing, m.IsFollowed = opt.Of(r.IsFollowing), opt.Of(r.IsFollowed)
	m.HasPendingFollowRequestFromYou = opt.Of(r.HasPendingFollowRequestFromYou)
	m.HasPendingFollowRequestToYou = opt.Of(r.HasPendingFollowRequestToYou)
	m.IsBlocking, m.IsBlocked = opt.Of(r.IsBlocking), opt.Of(r.IsBlocked)
	m.IsMuted, m.IsRenoteMuted = opt.Of(r.IsMuted), opt.Of(r.IsRenoteMuted)
	m.Notify, m.WithReplies = opt.Of(misskey.FollowNotifyNone), opt.Of(false)
	if f := me.relations.following[u.ID]; f != nil {
		m.Notify, m.WithReplies = opt.Of(f.notify), opt.Of(f.withReplies)
		m.FollowedMessage = textOrNull(u.profile.FollowedMessage)
	}
	return m
}

// userRelation is what is between the caller and somebody.
type userRelation struct {
	ID                             misskey.UserID `json:"id"`
	IsFollowing                    bool           `json:"isFollowing"`
	HasPendingFollowRequestFromYou bool           `json:"hasPendingFollowRequestFromYou"`
	HasPendingFollowRequestToYou   bool           `json:"hasPendingFollowRequestToYou"`
	IsFollowed                     bool           `json:"isFollowed"`
	IsBlocking                     bool           `json:"isBlocking"`
	IsBlocked                      bool           `json:"isBlocked"`
	IsMuted                        bool           `json:"isMuted"`
	IsRenoteMuted                  bool           `json:"isRenoteMuted"`
}

func relationBetween(me, u *User) userRelation {
	return userRelation{
		ID:                             u.ID,
		IsFollowing:                    me.relations.following[u.ID] != nil,
		HasPendingFollowRequestFromYou: u.requests[me.ID] != nil,
		HasPendingFollowRequestToYou:   me.requests[u.ID] != nil,
		IsFollowed:                     u.relations.following[me.ID] != nil,
		IsBlocking:                     u.blockedBy(me),
		IsBlocked:                      me.blockedBy(u),
		IsMuted:                        me.relations.muted[u.ID] != nil,
		IsRenoteMuted:                  me.relations.renoteMuted[u.ID] != nil,
	}
}

// packMeWithSecrets writes a user out for themselves, with what is shown to
// nobody else, apps included.
func (s *Server) packMeWithSecrets(u *User) misskey.MeDetailed {
	m := s.packMe(u)
	m.Email, m.EmailVerified = opt.Null[string](), opt.Of(false)
	m.SecurityKeysList = []misskey.SecurityKey{}
	return m
}

// packMe writes a user out for themselves.
func (s *Server) packMe(u *User) misskey.MeDetailed {
	return misskey.MeDetailed{
		UserLite:                  s.packUser(u),
		UserProfile:               s.packProfile(u),
		FollowedMessage:           textOrNull(u.profile.FollowedMessage),
		IsModerator:               s.isModerator(u),
		IsAdmin:                   s.isAdministrator(u),
		InjectFeaturedNote:        u.profile.InjectFeaturedNote,
		ReceiveAnnouncementEmail:  u.profile.ReceiveAnnouncementEmail,
		AlwaysMarkNsfw:            u.profile.AlwaysMarkNsfw,
		AutoSensitive:             u.profile.AutoSensitive,
		CarefulBot:                u.profile.CarefulBot,
		AutoAcceptFollowed:        u.profile.AutoAcceptFollowed,
		NoCrawl:                   u.profile.NoCrawl,
		PreventAiLearning:         u.profile.PreventAiLearning,
		IsExplorable:              u.profile.Explorable,
		TwoFactorBackupCodesStock: misskey.BackupCodeStockNone,
		HideOnlineStatus:          u.profile.HideOnlineStatus,
		HasUnreadNotification:     u.unread() > 0,
		UnreadNotificationsCount:  int64(u.unread()),
		HasUnreadAnnouncement:     len(s.unreadAnnouncements(u)) > 0,
		UnreadAnnouncements:       s.unreadAnnouncements(u),
		HasUnreadChatMessages:     s.hasUnreadChats(u),
		Achievements:              u.achievements,

		HasPendingReceivedFollowRequest: len(u.requests) > 0,

		MutedWords:             u.profile.MutedWords,
		HardMutedWords:         u.profile.HardMutedWords,
		MutedInstances:         u.profile.MutedInstances,
		EmailNotificationTypes: []string{"follow", "receiveFollowRequest"},
		LoggedInDays:           1,
		Policies:               s.policiesOf(u),
	}
}

// Lite returns the user as bodies of events have them: for a body that a test
// makes itself, as one of a fork's channel.
func (u *User) Lite() misskey.UserLite {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	return u.server.packUser(u)
}
