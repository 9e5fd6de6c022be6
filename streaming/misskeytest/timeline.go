package misskeytest

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// view is whose eyes look at a timeline, and through which params. The stream
// and REST decide by the same rules.
type view struct {
	server      *Server
	me          misskey.UserID // "" for nobody
	known       *relations     // as a socket knows them; nil = as they are
	withRenotes bool
	withReplies bool
	withFiles   bool
}

// The channels that choose among notes. A note that is published is offered to
// every connection to them.

func homeShows(c *channelConn, n *note) bool   { return c.view.home(n) }
func localShows(c *channelConn, n *note) bool  { return c.view.local(n) }
func hybridShows(c *channelConn, n *note) bool { return c.view.hybrid(n) }
func globalShows(c *channelConn, n *note) bool { return c.view.global(n) }
func userListShows(c *channelConn, n *note) bool {
	l, ok := c.view.server.lists.get(misskey.UserListID(c.topic.key))
	return ok && c.view.list(l, n)
}

// undropped shows what is not muted or blocked.
func undropped(c *channelConn, n *note) bool { return !c.view.drop(n) }

func hashtagShows(c *channelConn, n *note) bool {
	if c.view.drop(n) || c.view.server.facts.filtersHashtag && !c.view.sees(n) {
		return false
	}
	return slices.ContainsFunc(c.tags, func(all []string) bool {
		return !slices.ContainsFunc(all, func(tag string) bool { return !slices.Contains(n.tags, tag) })
	})
}

// home: what I and those I follow write, to nobody in particular or to me, and
// what anybody writes in the channels I follow.
func (v view) home(n *note) bool {
	if !v.atHome(n) {
		return false
	}
	return v.passes(n) && v.sees(n) && v.wantsReply(n, v.repliesOf(n.user))
}

func (v view) atHome(n *note) bool {
	if n.channel != nil {
		return v.relations().channels[n.channel.ID] != nil
	}
	return v.mine(n) || v.follow(n.user)
}

// local: public notes of this server. Who is not logged in sees all replies.
func (v view) local(n *note) bool {
	if n.visibility != misskey.NoteVisibilityPublic || n.channel != nil || !v.passes(n) {
		return false
	}
	return v.me == "" || v.wantsReply(n, v.withReplies || v.repliesOf(n.user))
}

// hybrid: home and local together.
func (v view) hybrid(n *note) bool {
	if !v.atHome(n) && (n.channel != nil || n.visibility != misskey.NoteVisibilityPublic) {
		return false
	}
	return v.passes(n) && v.sees(n) && v.wantsReply(n, v.withReplies || v.repliesOf(n.user))
}

// global: every public note.
func (v view) global(n *note) bool {
	return n.visibility == misskey.NoteVisibilityPublic && n.channel == nil && v.passes(n)
}

// list: notes of the list's members, as far as its owner may see them.
func (v view) list(l *List, n *note) bool {
	m := l.members[n.user.ID]
	return m != nil && n.channel == nil && v.passes(n) && v.sees(n) && v.wantsReply(n, m.withReplies)
}

// passes applies mutes, blocks, withFiles and withRenotes. A quote is no renote.
func (v view) passes(n *note) bool {
	return (!v.withFiles || len(n.files) > 0) && (v.withRenotes || !n.pureRenote()) && !v.drop(n)
}

// relations are mine as far as this view knows them.
func (v view) relations() *relations {
	if v.known != nil {
		return v.known
	}
	return v.server.relationsOf(v.me)
}

// drop reports whether mutes and blocks keep the note from me.
func (v view) drop(n *note) bool { return v.relations().drop(n) }

// sees reports whether I may see the note.
func (v view) sees(n *note) bool { return visibleTo(n, v.me, v.relations()) }

func (v view) mine(n *note) bool { return v.me != "" && n.user.ID == v.me }

func (v view) follow(u *User) bool { return v.relations().following[u.ID] != nil }

// repliesOf reports whether I follow u with all their replies.
func (v view) repliesOf(u *User) bool {
	f := v.relations().following[u.ID]
	return f != nil && f.withReplies
}

// wantsReply keeps a conversation of others out: without all, only replies to
// me, by me, and of somebody to themselves are shown.
func (v view) wantsReply(n *note, all bool) bool {
	to := n.replyTo()
	switch {
	case to == nil:
		return true
	case all:
		return v.sees(to)
	}
	return to.user.ID == v.me || v.mine(n) || to.user == n.user
}

// visible reports whether a user, "" for nobody, may see a note.
func (s *Server) visible(n *note, me misskey.UserID) bool {
	if n.visibility != misskey.NoteVisibilityFollowers {
		return visibleTo(n, me, nil) // does not depend on relations
	}
	return visibleTo(n, me, s.relationsOf(me))
}

func visibleTo(n *note, me misskey.UserID, r *relations) bool {
	switch n.visibility {
	case misskey.NoteVisibilityFollowers:
		if me == "" {
			return false
		}
		to := n.replyTo()
		return n.user.ID == me || r.following[n.user.ID] != nil ||
			to != nil && to.user.ID == me || hasUser(n.mentions, me)
	case misskey.NoteVisibilitySpecified:
		return me != "" && (n.user.ID == me || hasUser(n.visibleUsers, me))
	default:
		return true
	}
}

func hasUser(users []*User, id misskey.UserID) bool {
	return slices.ContainsFunc(users, func(u *User) bool { return u.ID == id })
}

// timelines are the channels whose connections are offered every note.
var timelines = []string{"homeTimeline", "localTimeline", "hybridTimeline", "globalTimeline", "hashtag"}

// publishNote sends a new note to everyone it is for.
func (s *Server) publishNote(n *note) {
	body := newNoteBody(s, n)
	offer := func(t topic) {
		s.listeners(t, func(c *channelConn) {
			if c.rule.shows == nil || c.rule.shows(c, n) {
				c.emit(body.event(c.me()))
			}
		})
	}
	for _, name := range timelines {
		offer(topic{name, ""})
	}
	for _, l := range s.lists.all {
		if l.members[n.user.ID] != nil {
			offer(topic{"userList", string(l.ID)})
		}
	}
	if n.visibility == misskey.NoteVisibilityPublic { // those in channels too
		for _, r := range s.roles.all {
			if r.explorable && r.members[n.user.ID] != nil {
				offer(topic{"roleTimeline", string(r.ID)})
			}
		}
	}
	for _, a := range s.antennas.all {
		if a.hears(n) {
			s.publishToAntenna(a, n)
		}
	}
	if n.channel != nil {
		offer(topic{"channel", string(n.channel.ID)})
	}
}

// noteBody is a note's event, encoded once for everyone. It differs from one
// reader to the next only in a renote of something they have reacted to.
type noteBody struct {
	server *Server
	note   *note
	number uint64
	common *event
	own    map[misskey.UserID]*event
}

func newNoteBody(s *Server, n *note) *noteBody {
	s.eventCount++
	return &noteBody{server: s, note: n, number: s.eventCount}
}

func (b *noteBody) event(me misskey.UserID) *event {
	if me != "" && b.note.pureRenote() && b.note.renote.reactionOf(me) != "" {
		if _, ok := b.own[me]; !ok {
			if b.own == nil {
				b.own = map[misskey.UserID]*event{}
			}
			b.own[me] = b.encode(me)
		}
		return b.own[me]
	}
	if b.common == nil {
		b.common = b.encode("")
	}
	return b.common
}

func (b *noteBody) encode(me misskey.UserID) *event {
	return b.server.sameEvent(b.number, "note", b.server.packNote(b.note, packing{stream: true, renoteFor: me}))
}
