package misskeytest

import (
	"slices"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// fanKind is a kind of list of latest notes that the server keeps at hand,
// beside all the notes: the real one keeps them in Redis. Timelines are read
// from there as far as that goes, which is not everywhere the same as what a
// search of all notes finds.
type fanKind struct {
	name string
	max  int
}

var (
	homeFan         = fanKind{"home", 300}
	homeFilesFan    = fanKind{"home with files", 150}
	localFan        = fanKind{"local", 1000}
	localFilesFan   = fanKind{"local with files", 500}
	localRepliesFan = fanKind{"local replies", 300}
	repliesToMeFan  = fanKind{"local replies to", 30}
	listFan         = fanKind{"user list", 300}
	listFilesFan    = fanKind{"user list with files", 150}
	channelFan      = fanKind{"channel", 1000}
	antennaFan      = fanKind{"antenna", 200}
	roleFan         = fanKind{"role", 1000}
)

const (
	// fanSlack is how far a list grows over its maximum before it is cut back
	// to it. The real server cuts at one note in ten, by chance; so far over
	// they were seen.
	fanSlack = 22
	// fanAge: a note older than that comes into a list only if it is newer than
	// the oldest one there.
	fanAge = 3 * time.Minute
)

// fan names one list; owner is "" where there is one for all.
type fan struct {
	kind  fanKind
	owner string
}

// fanOut are the lists, each in the order in which the notes came.
type fanOut map[fan][]*note

func (o fanOut) push(kind fanKind, owner string, n *note, now time.Time) {
	f := fan{kind, owner}
	held := o[f]
	if len(held) > 0 && n.created.Before(now.Add(-fanAge)) && !n.created.After(held[0].created) {
		return
	}
	held = append(held, n)
	if len(held) > kind.max+fanSlack {
		held = slices.Clone(held[len(held)-kind.max:])
	}
	o[f] = held
}

// latest returns what several lists hold inside a span, each note once, in the
// order of the span.
func (o fanOut) latest(fans []fan, s span) []*note {
	var found []*note
	for _, f := range fans {
		for _, n := range o[f] {
			if s.contains(n.key()) {
				found = append(found, n)
			}
		}
	}
	slices.SortFunc(found, func(a, b *note) int {
		if s.ascending() {
			return strings.Compare(a.key(), b.key())
		}
		return strings.Compare(b.key(), a.key())
	})
	return slices.Compact(found)
}

// fanNote puts a new note into every list it belongs to. Who may see it in the
// end is decided when the list is read.
func (s *Server) fanNote(n *note) {
	now := s.now()
	push := func(kind fanKind, owner string) { s.fans.push(kind, owner, n, now) }
	pushBoth := func(kind, files fanKind, owner string) {
		push(kind, owner)
		if len(n.files) > 0 {
			push(files, owner)
		}
	}
	for _, r := range s.rolesOf(n.user) {
		push(roleFan, string(r.ID))
	}
	for _, a := range s.antennas.all {
		if a.hears(n) {
			push(antennaFan, string(a.ID))
		}
	}
	if n.channel != nil {
		push(channelFan, string(n.channel.ID))
		for id := range n.channel.followers {
			pushBoth(homeFan, homeFilesFan, string(id))
		}
		return
	}
	pushBoth(homeFan, homeFilesFan, string(n.user.ID))
	for id, f := range n.user.followers {
		if n.goesTo(id, f.withReplies) {
			pushBoth(homeFan, homeFilesFan, string(id))
		}
	}
	for _, l := range s.lists.all {
		if m := l.members[n.user.ID]; m != nil && n.goesTo(l.owner.ID, m.withReplies) {
			pushBoth(listFan, listFilesFan, string(l.ID))
		}
	}
	switch {
	case n.visibility != misskey.NoteVisibilityPublic:
	case n.conversation():
		push(localRepliesFan, "")
		push(repliesToMeFan, string(n.reply.user.ID))
	default:
		pushBoth(localFan, localFilesFan, "")
	}
}

// conversation reports whether the note answers somebody else than its author.
func (n *note) conversation() bool { return n.reply != nil && n.reply.user != n.user }

// goesTo reports whether a note goes to somebody who has its author among those
// they read: not one specified to others, and, without replies, not one that
// answers others.
func (n *note) goesTo(reader misskey.UserID, replies bool) bool {
	switch {
	case n.user.ID == reader:
		return true
	case n.visibility == misskey.NoteVisibilitySpecified && !hasUser(n.visibleUsers, reader):
		return false
	case n.conversation() && n.reply.user.ID != reader:
		return replies
	}
	return true
}

// FlushTimelines loses what the real server keeps in Redis, as it does when
// that is restarted without its data: what antennas and roles have collected
// and all notifications are gone for good, and the other timelines are read
// from the database, where home, local and hybrid lack replies to the reader and
// the reader's replies to others. Nobody is told.
func (s *Server) FlushTimelines() {
	s.locked(func() {
		clear(s.fans)
		for _, u := range s.users.all {
			u.notifications = nil
		}
	})
}

// WithoutDatabaseFallback makes home, local, hybrid and list timelines end where
// the lists of latest notes that the server keeps at hand end, as
// `enableFanoutTimelineDbFallback: false` does: a page with a sinceId or a
// sinceDate is always empty then, whatever there is.
func WithoutDatabaseFallback() Option { return func(cfg *config) { cfg.noFallback = true } }
