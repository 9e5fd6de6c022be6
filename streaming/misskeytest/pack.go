package misskeytest

import (
	"slices"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// packing says for whom and for what a note is written out.
type packing struct {
	// me is the reader, "" for nobody in particular.
	me misskey.UserID
	// stream notes carry reactionAndUserPairCache; those in mentions,
	// notifications, antennas and REST responses do not.
	stream bool
	// renoteFor is the reader whose reaction the renoted note of a stream note
	// shows.
	renoteFor misskey.UserID
	// brief leaves the details out, as in the answered note inside a reply.
	brief bool
}

// packNote writes a note out as the server does.
func (s *Server) packNote(n *note, p packing) misskey.Note {
	m := misskey.Note{
		ID:             n.id,
		CreatedAt:      n.created,
		UserID:         n.user.ID,
		User:           s.packUser(n.user),
		Text:           textOrNull(n.text),
		CW:             textOrNull(n.cw),
		Visibility:     n.visibility,
		LocalOnly:      n.localOnly,
		RenoteCount:    int64(n.renotes),
		RepliesCount:   int64(n.replies),
		ReactionCount:  int64(len(n.reactions)),
		Reactions:      map[string]int64{},
		ReactionEmojis: map[string]string{},
		Tags:           n.tags,
		Mentions:       userIDs(n.mentions),
		FileIDs:        []misskey.DriveFileID{},
		Files:          n.files,
	}
	if n.acceptance != "" {
		m.ReactionAcceptance = opt.Of(n.acceptance)
	}
	if n.visibility == misskey.NoteVisibilitySpecified {
		m.VisibleUserIDs = userIDs(n.visibleUsers)
	}
	for _, r := range n.reactions {
		m.Reactions[r.name]++
	}
	if p.stream {
		m.ReactionAndUserPairCache = n.pairCache()
	}
	for _, f := range n.files {
		m.FileIDs = append(m.FileIDs, f.ID)
	}
	if n.channel != nil {
		m.ChannelID = opt.Of(n.channel.ID)
		m.Channel = packChannel(n.channel)
	}
	if n.reply != nil {
		m.ReplyID = opt.Of(n.reply.id)
	}
	if n.renote != nil {
		m.RenoteID = opt.Of(n.renote.id)
	}
	if n.poll != nil {
		m.HasPoll = opt.Of(true)
	}
	if !p.brief {
		s.packDetails(&m, n, p)
	}
	s.hide(&m, n, p)
	return m
}

// packDetails adds what a brief note lacks: the poll, the reader's reaction,
// the answered note, briefly, and the renoted one, with details of its own.
func (s *Server) packDetails(m *misskey.Note, n *note, p packing) {
	m.ClippedCount = opt.Of[int64](0)
	if n.poll != nil {
		m.Poll = s.packPoll(n.poll, p.me)
	}
	if r := n.reactionOf(p.me); p.me != "" && r != "" {
		m.MyReaction = opt.Of(r)
	}
	inside := packing{me: p.me, stream: p.stream}
	if to := n.replyTo(); to != nil {
		inside.brief = true
		m.Reply = pointer(s.packNote(to, inside))
		inside.brief = false
	}
	if of := n.renoteOf(); of != nil {
		if n.pureRenote() && p.renoteFor != "" {
			inside.me = p.renoteFor
		}
		m.Renote = pointer(s.packNote(of, inside))
	}
}

// hide blanks a note that the reader may not see. Streams never offer one, but
// REST shows it, empty, to whoever knows its id.
func (s *Server) hide(m *misskey.Note, n *note, p packing) {
	if p.stream || s.visible(n, p.me) {
		return
	}
	m.Text, m.CW = opt.Null[string](), opt.Null[string]()
	m.VisibleUserIDs = nil
	m.FileIDs, m.Files = []misskey.DriveFileID{}, nil
	m.Poll = nil
	m.IsHidden = opt.Of(true)
}

// pairCache lists the first reactions with their users.
func (n *note) pairCache() []string {
	pairs := []string{}
	for i, r := range n.reactions {
		if i == reactionCacheUsers {
			break
		}
		pairs = append(pairs, string(r.user.ID)+"/"+shortReaction(r.name))
	}
	return pairs
}

// shortReaction drops the host of a local custom emoji: ":name@.:" is ":name:".
func shortReaction(name string) string {
	const local = "@.:"
	if len(name) > len(local) && name[len(name)-len(local):] == local {
		return name[:len(name)-len(local)] + ":"
	}
	return name
}

func (s *Server) packPoll(p *poll, me misskey.UserID) *misskey.NotePoll {
	m := &misskey.NotePoll{Multiple: p.multiple}
	if !p.expires.IsZero() {
		m.ExpiresAt = opt.Of(p.expires)
	}
	for _, c := range p.choices {
		m.Choices = append(m.Choices, misskey.NotePollChoice{
			Text:    c.text,
			Votes:   int64(len(c.voters)),
			IsVoted: me != "" && hasUser(c.voters, me),
		})
	}
	return m
}

func packChannel(c *Channel) *misskey.NoteChannel {
	return &misskey.NoteChannel{
		ID:                    c.ID,
		Name:                  c.Name,
		Color:                 "#86b300",
		AllowRenoteToExternal: true,
		UserID:                opt.Of(c.owner.ID),
	}
}

// packUser writes a user out as they appear in notes.
func (s *Server) packUser(u *User) misskey.UserLite {
	m := misskey.UserLite{
		ID:           u.ID,
		Name:         textOrNull(u.name),
		Username:     u.Username,
		AvatarURL:    s.URL + "/identicon/" + u.Username + "@" + s.addr,
		IsBot:        u.bot,
		IsCat:        u.cat,
		Emojis:       map[string]string{},
		OnlineStatus: u.onlineStatus(),
		BadgeRoles:   []misskey.BadgeRole{},
	}
	for _, r := range s.rolesOf(u) {
		if r.badge {
			m.BadgeRoles = append(m.BadgeRoles, misskey.BadgeRole{Name: r.Name})
		}
	}
	return m
}

// onlineStatus: a user with an open socket is online; of the others the server
// does not know.
func (u *User) onlineStatus() misskey.OnlineStatus {
	if u.open > 0 {
		return misskey.OnlineStatusOnline
	}
	return misskey.OnlineStatusUnknown
}

func (s *Server) packProfile(u *User) misskey.UserProfile {
	followers, following := s.countFollows(u.ID)
	p := misskey.UserProfile{
		CreatedAt:           u.created,
		IsSuspended:         u.suspended,
		FollowersCount:      int64(followers),
		FollowingCount:      int64(following),
		NotesCount:          int64(s.notes.countBy(u)),
		PublicReactions:     true,
		FollowersVisibility: misskey.FollowVisibilityPublic,
		FollowingVisibility: misskey.FollowVisibilityPublic,
		ChatScope:           misskey.ChatScopeMutual,
		CanChat:             true,
	}
	for _, r := range s.rolesOf(u) {
		p.Roles = append(p.Roles, packRoleLite(r))
	}
	return p
}

// packUserFor writes a user out for another one, with what is between them.
func (s *Server) packUserFor(u, me *User) misskey.UserDetailedNotMe {
	m := misskey.UserDetailedNotMe{UserLite: s.packUser(u), UserProfile: s.packProfile(u)}
	if me == nil {
		return m
	}
	to, from := s.follows(me.ID, u.ID), s.follows(u.ID, me.ID)
	m.IsFollowing, m.IsFollowed = opt.Of(to != nil), opt.Of(from != nil)
	m.HasPendingFollowRequestFromYou, m.HasPendingFollowRequestToYou = opt.Of(false), opt.Of(false)
	m.IsBlocking, m.IsBlocked = opt.Of(false), opt.Of(false)
	m.IsMuted, m.IsRenoteMuted = opt.Of(false), opt.Of(false)
	m.Notify = opt.Of(misskey.FollowNotifyNone)
	m.WithReplies = opt.Of(to != nil && to.withReplies)
	if to != nil {
		m.FollowedMessage = opt.Null[string]()
	}
	return m
}

// packMe writes a user out for themselves.
func (s *Server) packMe(u *User) misskey.MeDetailed {
	return misskey.MeDetailed{
		UserLite:                  s.packUser(u),
		UserProfile:               s.packProfile(u),
		IsModerator:               slices.Contains(s.moderators(), u),
		InjectFeaturedNote:        true,
		ReceiveAnnouncementEmail:  true,
		AutoAcceptFollowed:        true,
		PreventAiLearning:         true,
		IsExplorable:              true,
		TwoFactorBackupCodesStock: misskey.BackupCodeStockNone,
		HasUnreadNotification:     u.unread() > 0,
		UnreadNotificationsCount:  int64(u.unread()),
		EmailNotificationTypes:    []string{"follow", "receiveFollowRequest"},
		LoggedInDays:              1,
		Policies:                  s.policies(),
	}
}

// policies are what the server's base role allows.
func (*Server) policies() misskey.RolePolicies {
	return misskey.RolePolicies{
		GtlAvailable:        true,
		LtlAvailable:        true,
		CanPublicNote:       true,
		MentionLimit:        20,
		InviteLimitCycle:    10080,
		CanSearchUsers:      true,
		CanUseTranslator:    true,
		DriveCapacityMb:     100,
		MaxFileSizeMb:       30,
		UploadableFileTypes: []string{"text/*", "application/json", "image/*", "video/*", "audio/*"},
		CanUpdateBioMedia:   true,
		PinLimit:            5,
		AntennaLimit:        5,
		WordMuteLimit:       200,
		WebhookLimit:        3,
		ClipLimit:           10,

		NoteEachClipsLimit:     200,
		UserListLimit:          10,
		UserEachUserListsLimit: 50,
		RateLimitFactor:        1,
		AvatarDecorationLimit:  1,
		ChatAvailability:       misskey.ChatAvailabilityAvailable,
		NoteDraftLimit:         10,
		ScheduledNoteLimit:     1,
		WatermarkAvailable:     true,
	}
}

func packRoleLite(r *Role) misskey.RoleLite {
	return misskey.RoleLite{ID: r.ID, Name: r.Name, IsModerator: r.moderator}
}

func (s *Server) packRole(r *Role) misskey.Role {
	return misskey.Role{
		RoleLite:     packRoleLite(r),
		CreatedAt:    r.created,
		UpdatedAt:    r.created,
		Target:       misskey.RoleTargetManual,
		IsPublic:     true,
		IsExplorable: r.explorable,
		AsBadge:      r.badge,
		Policies:     map[string]misskey.RolePolicy{},
		UsersCount:   int64(len(r.members)),
	}
}

func (s *Server) packRoom(r *Room) misskey.ChatRoom {
	return misskey.ChatRoom{
		ID:        r.ID,
		CreatedAt: r.created,
		OwnerID:   r.owner.ID,
		Owner:     s.packUser(r.owner),
		Name:      r.Name,
	}
}

func (s *Server) packGame(g *Game) misskey.ReversiGameDetailed {
	m := misskey.ReversiGameDetailed{
		ID:                   g.ID,
		CreatedAt:            g.created,
		StartedAt:            timeOrNull(g.started),
		EndedAt:              timeOrNull(g.ended),
		IsStarted:            !g.started.IsZero(),
		IsEnded:              !g.ended.IsZero(),
		User1Ready:           g.ready[0],
		User2Ready:           g.ready[1],
		User1ID:              g.players[0].ID,
		User1:                s.packUser(g.players[0]),
		User2ID:              g.players[1].ID,
		User2:                s.packUser(g.players[1]),
		Bw:                   g.first,
		IsLlotheo:            g.llotheo,
		CanPutEverywhere:     g.everywhere,
		LoopedBoard:          g.looped,
		TimeLimitForEachTurn: int64(g.turnLimit / time.Second),
		Logs:                 [][]int64{},
		Map:                  g.rows,
	}
	if g.winner != nil {
		m.WinnerID = opt.Of(g.winner.ID)
		m.Winner = pointer(s.packUser(g.winner))
	}
	if g.surrendered != nil {
		m.SurrenderedUserID = opt.Of(g.surrendered.ID)
	}
	if g.timedOut != nil {
		m.TimeoutUserID = opt.Of(g.timedOut.ID)
	}
	if m.IsStarted {
		m.Black = opt.Of(int64(g.black + 1))
	}
	// Each move is [time, color, 0 = put, position]; the first time is
	// milliseconds since 1970, the others are since the move before.
	var before int64
	for _, mv := range g.moves {
		at, color := mv.at.UnixMilli(), int64(0)
		if mv.color {
			color = 1
		}
		m.Logs = append(m.Logs, []int64{at - before, color, 0, int64(mv.pos)})
		before = at
	}
	return m
}

func userIDs(users []*User) []misskey.UserID {
	var ids []misskey.UserID
	for _, u := range users {
		ids = append(ids, u.ID)
	}
	return ids
}

func textOrNull(text string) opt.Opt[string] {
	if text == "" {
		return opt.Null[string]()
	}
	return opt.Of(text)
}

func timeOrNull(t time.Time) opt.Opt[time.Time] {
	if t.IsZero() {
		return opt.Null[time.Time]()
	}
	return opt.Of(t)
}
