package misskeytest

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// DefaultRelationRefresh is how often the real server looks again at whom the
// user of a socket follows, mutes and is blocked by. Pass it to
// [WithRelationRefresh] to have it so here.
const DefaultRelationRefresh = 10 * time.Second

// WithRelationRefresh makes every socket learn of follows, mutes, blocks and
// followed channels only every d after it was opened, as the real server does
// every [DefaultRelationRefresh]. The default is 0: they count for open sockets
// at once, so that a test need not wait for what it has just set up. REST always
// goes by what is the case.
func WithRelationRefresh(d time.Duration) Option {
	return func(cfg *config) { cfg.relationRefresh = d }
}

// tie is one thing between two accounts: a follow, a mute, a block.
type tie struct {
	id       string
	created  time.Time
	from, to *User
}

func (s *Server) newTie(from, to *User) tie {
	id := s.nextID()
	return tie{id: id, created: s.madeAt(id), from: from, to: to}
}

func (t tie) key() string { return t.id }

type keyed interface{ key() string }

func compareKeys[T keyed](a, b T) int { return strings.Compare(a.key(), b.key()) }

// oldestFirst returns what is in a map by id, the oldest first.
func oldestFirst[K comparable, T keyed](m map[K]T) []T {
	return slices.SortedFunc(maps.Values(m), compareKeys[T])
}

// put adds to a map that may not be there yet.
func put[K comparable, T any](m *map[K]T, k K, t T) {
	if *m == nil {
		*m = map[K]T{}
	}
	(*m)[k] = t
}

// relations are what decides which notes and notifications an account gets to
// see. What is in the maps is never changed, only replaced: sockets keep copies.
type relations struct {
	following   map[misskey.UserID]*follow
	muted       map[misskey.UserID]*mute
	renoteMuted map[misskey.UserID]*mute
	blockers    map[misskey.UserID]*block // those who block the account
	channels    map[misskey.ChannelID]*channelFollow
}

func (r *relations) clone() relations {
	return relations{
		following:   maps.Clone(r.following),
		muted:       maps.Clone(r.muted),
		renoteMuted: maps.Clone(r.renoteMuted),
		blockers:    maps.Clone(r.blockers),
		channels:    maps.Clone(r.channels),
	}
}

// relationsOf returns a user's relations as they are; nobody has none.
func (s *Server) relationsOf(me misskey.UserID) *relations {
	if u, ok := s.users.get(me); ok {
		return &u.relations
	}
	return &relations{}
}

// drop reports whether a note is kept from the account: those it mutes, and
// those who block it, wrote it, or what it answers or passes on. Whom the
// account itself blocks does not matter.
func (r *relations) drop(n *note) bool {
	if len(r.muted) == 0 && len(r.blockers) == 0 && len(r.renoteMuted) == 0 {
		return false
	}
	if n.pureRenote() && r.renoteMuted[n.user.ID] != nil {
		return true
	}
	concerned := []*User{n.user}
	if to := n.replyTo(); to != nil {
		concerned = append(concerned, to.user)
	}
	if of := n.renoteOf(); of != nil {
		concerned = append(concerned, of.user)
	}
	return slices.ContainsFunc(concerned, func(u *User) bool {
		return r.muted[u.ID] != nil || r.blockers[u.ID] != nil
	})
}

// learnRelations tells a new socket what its user's relations are: for good, or
// until it looks again.
func (k *Socket) learnRelations() {
	every := k.server.config.relationRefresh
	switch {
	case k.who.user == nil:
		k.known = &relations{}
	case every <= 0:
		k.known = &k.who.user.relations
	default:
		k.known = &relations{}
		k.refreshRelations(every)
	}
}

func (k *Socket) refreshRelations(every time.Duration) {
	*k.known = k.who.user.relations.clone()
	k.refresh = k.server.after(every, func() { k.refreshRelations(every) })
}
