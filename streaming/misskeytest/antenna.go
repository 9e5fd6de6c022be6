package misskeytest

import (
	"slices"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Antenna collects notes by who wrote them and what they say.
type Antenna struct {
	ID misskey.AntennaID

	server  *Server
	created time.Time
	owner   *User
	setting antennaSetting // guarded by Server.mu
}

// antennaSetting is what an antenna listens for.
type antennaSetting struct {
	name             string
	source           misskey.AntennaSource
	list             *List    // of the source list
	users            []string // of the sources users and users_blacklist: "name", "@name" or "@name@host"
	keywords         [][]string
	excluded         [][]string
	caseSensitive    bool
	localOnly        bool
	withoutBots      bool
	withReplies      bool
	withFile         bool
	withoutSensitive bool // channels
}

// AntennaOption says something about an antenna being added.
type AntennaOption interface{ applyToAntenna(*Antenna) }

type antennaOption func(*antennaSetting)

func (o antennaOption) applyToAntenna(a *Antenna) { o(&a.setting) }

func (o IDOption) applyToAntenna(a *Antenna) { a.ID = misskey.AntennaID(o) }

func (RepliesOption) applyToAntenna(a *Antenna) { a.setting.withReplies = true }

// OnlyFrom makes the antenna hear these users only.
func OnlyFrom(users ...*User) AntennaOption {
	mustGive("OnlyFrom", "user", users...)
	return antennaUsers{"OnlyFrom", misskey.AntennaSourceUsers, users}
}

// NotFrom makes the antenna deaf to these users.
func NotFrom(users ...*User) AntennaOption {
	mustGive("NotFrom", "user", users...)
	return antennaUsers{"NotFrom", misskey.AntennaSourceUsersBlacklist, users}
}

// antennaUsers is an option that names users.
type antennaUsers struct {
	name   string
	source misskey.AntennaSource
	users  []*User
}

func (o antennaUsers) applyToAntenna(a *Antenna) {
	a.owner.server.mustOwnAll(o.name, o.users)
	a.setting.source, a.setting.users = o.source, usernames(o.users)
}

// OnlyFromList makes the antenna hear the members of a list only.
func OnlyFromList(l *List) AntennaOption {
	mustGive("OnlyFromList", "list", l)
	return antennaList{l}
}

// antennaList is the option that names a list.
type antennaList struct{ list *List }

func (o antennaList) applyToAntenna(a *Antenna) {
	a.owner.server.mustOwn("OnlyFromList", "list", o.list)
	a.setting.source, a.setting.list = misskey.AntennaSourceList, o.list
}

// WithoutWords makes the antenna deaf to notes that have all the words of one of the
// groups.
func WithoutWords(groups ...string) AntennaOption {
	return antennaOption(func(a *antennaSetting) { a.excluded = wordGroups(groups) })
}

// CaseSensitive makes upper and lower case count for the antenna.
func CaseSensitive() AntennaOption {
	return antennaOption(func(a *antennaSetting) { a.caseSensitive = true })
}

// WithoutBots makes the antenna deaf to bots.
func WithoutBots() AntennaOption {
	return antennaOption(func(a *antennaSetting) { a.withoutBots = true })
}

// OnlyWithFile makes the antenna hear notes with a file only.
func OnlyWithFile() AntennaOption {
	return antennaOption(func(a *antennaSetting) { a.withFile = true })
}

// AddAntenna makes an antenna of u's that hears every note that u may see,
// answers nothing and has all the words of one of the groups, in upper or lower
// case; options change that. Words are separated by spaces: "go actor" and
// "misskey" together hear notes with "go" and "actor", and notes with "misskey".
// Without groups every note is heard.
func (u *User) AddAntenna(groups []string, options ...AntennaOption) *Antenna {
	mustGive("AddAntenna", "option", options...)
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	defer u.server.touch()
	a := &Antenna{owner: u, setting: antennaSetting{
		name:     "antenna",
		source:   misskey.AntennaSourceAll,
		keywords: wordGroups(groups),
	}}
	for _, o := range options {
		o.applyToAntenna(a)
	}
	u.server.addAntenna(a)
	return a
}

func (s *Server) addAntenna(a *Antenna) {
	if a.ID == "" {
		a.ID = misskey.AntennaID(s.nextID())
	}
	a.server, a.created = s, s.madeAt(string(a.ID))
	s.antennas.add(a.ID, a)
}

// Delete deletes the antenna. Channels that are connected to it stay silent.
func (a *Antenna) Delete() {
	a.server.locked(func() { a.server.antennas.remove(a.ID) })
}

func usernames(users []*User) []string {
	var names []string
	for _, u := range users {
		names = append(names, u.Username)
	}
	return names
}

func wordGroups(groups []string) [][]string {
	var all [][]string
	for _, g := range groups {
		all = append(all, strings.Fields(g))
	}
	return all
}

// hears reports whether the antenna takes a note up. Mutes and blocks are the
// business of whoever reads it.
func (a *Antenna) hears(n *note) bool {
	set := &a.setting
	switch {
	case set.withoutSensitive && n.channel != nil && n.channel.sensitive,
		set.withoutBots && n.user.profile.Bot,
		!set.withReplies && n.reply != nil,
		set.withFile && len(n.files) == 0,
		!a.mayHear(n), !set.hearsUser(n.user):
		return false
	}
	said := n.text != "" || n.cw != ""
	text := n.text + "\n" + n.cw
	wanted, unwanted := meaningful(set.keywords), meaningful(set.excluded)
	if len(wanted) > 0 && (!said || !set.anyOf(wanted, text)) {
		return false
	}
	return len(unwanted) == 0 || said && !set.anyOf(unwanted, text)
}

// mayHear asks for less than visible does: being mentioned in a note for
// followers does not let an antenna hear it.
func (a *Antenna) mayHear(n *note) bool {
	switch {
	case n.user == a.owner:
		return true
	case n.visibility == misskey.NoteVisibilityFollowers:
		return a.owner.relations.following[n.user.ID] != nil
	case n.visibility == misskey.NoteVisibilitySpecified:
		return hasUser(n.visibleUsers, a.owner.ID)
	}
	return true
}

func (set *antennaSetting) hearsUser(u *User) bool {
	named := func(name string) bool {
		local, _, _ := strings.Cut(strings.TrimPrefix(name, "@"), "@")
		return strings.EqualFold(local, u.Username)
	}
	switch set.source {
	case misskey.AntennaSourceList:
		return set.list != nil && set.list.members[u.ID] != nil
	case misskey.AntennaSourceUsers:
		return slices.ContainsFunc(set.users, named)
	case misskey.AntennaSourceUsersBlacklist:
		return !slices.ContainsFunc(set.users, named)
	default: // home is as good as all, in the real server too
		return true
	}
}

// anyOf reports whether the text has all the words of one of the groups.
func (set *antennaSetting) anyOf(groups [][]string, text string) bool {
	fold := strings.ToLower
	if set.caseSensitive {
		fold = func(s string) string { return s }
	}
	text = fold(text)
	return slices.ContainsFunc(groups, func(words []string) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, fold(w)) })
	})
}

// meaningful drops empty words, and groups that have no other.
func meaningful(groups [][]string) [][]string {
	var all [][]string
	for _, g := range groups {
		words := slices.DeleteFunc(slices.Clone(g), func(w string) bool { return w == "" })
		if len(words) > 0 {
			all = append(all, words)
		}
	}
	return all
}

// publishToAntenna sends the note to those who listen to the antenna, as its
// owner sees it.
func (s *Server) publishToAntenna(a *Antenna, n *note) {
	t := topic{"antenna", string(a.ID)}
	if _, heard := s.topics[t]; !heard {
		return
	}
	e := s.newEvent("note", s.packNote(n, packing{me: a.owner.ID}))
	s.listeners(t, func(c *channelConn) {
		if c.rule.shows(c, n) {
			c.emit(e)
		}
	})
}
