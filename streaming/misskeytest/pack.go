package misskeytest

import (
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
		m.Files = append(m.Files, s.packAttached(f, n.user))
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

// reactionCacheUsers is how many reactions to a note the stream names the users of.
const reactionCacheUsers = 16

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
		Name:                  c.name,
		Color:                 c.color,
		IsSensitive:           c.sensitive,
		AllowRenoteToExternal: c.allowRenote,
		UserID:                opt.Of(c.owner.ID),
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
