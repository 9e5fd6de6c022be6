package misskeytest

import (
	"math"
	"slices"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var timelineEndpoints = []*endpoint{
	{name: "notes/timeline", credential: true, permission: "read:account", params: timelineParams(), run: homeTimeline},
	{name: "notes/local-timeline", params: timelineParams(param{name: "withReplies", kind: aBoolean}), run: localTimeline},
	{name: "notes/hybrid-timeline", credential: true, permission: "read:account",
		params: timelineParams(param{name: "withReplies", kind: aBoolean}), run: hybridTimeline},
	{name: "notes/global-timeline", params: timelineParams(), run: globalTimeline},
	{name: "notes/user-list-timeline", credential: true, permission: "read:account",
		params: timelineParams(param{name: "listId", kind: anID, required: true}), run: listTimeline},
	{name: "channels/timeline",
		params: paged(param{name: "channelId", kind: anID, required: true}, param{name: "allowPartial", kind: aBoolean}), run: channelTimeline},
	{name: "antennas/notes", credential: true, permission: "read:account",
		params: paged(param{name: "antennaId", kind: anID, required: true}), run: antennaNotes},
	{name: "roles/notes", credential: true, permission: "read:account",
		params: paged(param{name: "roleId", kind: anID, required: true}), run: roleNotes},
	{name: "notes/search-by-tag", params: tagParams, valid: wantsTags, run: searchByTag},
	{name: "users/notes", params: timelineParams(
		param{name: "userId", kind: anID, required: true},
		param{name: "withReplies", kind: aBoolean},
		param{name: "withChannelNotes", kind: aBoolean},
	), run: userNotes},
	{name: "notes/mentions", credential: true, permission: "read:account",
		params: paged(param{name: "following", kind: aBoolean}, param{name: "visibility", kind: aText}), run: mentions},
}

var (
	errFilesAndReplies       = refusal("BOTH_WITH_REPLIES_AND_WITH_FILES", "dd9c8400-1cb5-4eef-8a31-200c5f933793", bothMessage)
	errFilesAndRepliesHybrid = refusal("BOTH_WITH_REPLIES_AND_WITH_FILES", "dfaa3eb7-8002-4cb7-bcc4-1095df46656f", bothMessage)
	errFilesAndRepliesUser   = refusal("BOTH_WITH_REPLIES_AND_WITH_FILES", "91c8cb9f-36ed-46e7-9ca2-7df96ed6e222", bothMessage)
	errLocalDisabled         = refusal("LTL_DISABLED", "45a6eb02-7695-4393-b023-dd3be9aaaefd", "Local timeline has been disabled.")
	errHybridDisabled        = refusal("STL_DISABLED", "620763f4-f621-4533-ab33-0577a1a3c342", "Hybrid timeline has been disabled.")
	errGlobalDisabled        = refusal("GTL_DISABLED", "0332fc13-6ab2-4427-ae80-a9fadffd1a6b", "Global timeline has been disabled.")
	errNoSuchList            = refusal("NO_SUCH_LIST", "8fb1fbd5-e476-4c37-9fb0-43d55b63a2ff", "No such list.")
	errNoSuchChannelTimeline = refusal("NO_SUCH_CHANNEL", "4d0eeeba-a02c-4c3c-9966-ef60d38d2e7f", "No such channel.")
	errNoSuchAntenna         = refusal("NO_SUCH_ANTENNA", "850926e0-fd3b-49b6-b69a-b28a5dbd82fe", "No such antenna.")
	errNoSuchRole            = refusal("NO_SUCH_ROLE", "eb70323a-df61-4dd4-ad90-89c83c7cf26e", "No such role.")
	errNoSuchUserNotes       = refusal("NO_SUCH_USER", "27e494ba-2ac2-48e8-893b-10d4d8c2387b", "No such user.")
)

const bothMessage = "Specifying both withReplies and withFiles is not supported"

func timelineParams(more ...param) schema {
	return append(paged(
		param{name: "allowPartial", kind: aBoolean},
		param{name: "withFiles", kind: aBoolean},
		param{name: "withRenotes", kind: aBoolean},
	), more...)
}

// view is whose eyes look, and through which params.
func (r *request) view() view {
	return view{
		server:      r.server,
		me:          r.me(),
		withRenotes: r.boolean("withRenotes", true),
		withReplies: r.boolean("withReplies", false),
		withFiles:   r.boolean("withFiles", false),
	}
}

// kept decides about a note that a list of latest notes has: whether it belongs
// there was decided when it was posted.
func (v view) kept(n *note) bool {
	return !n.deleted && v.passes(n) && v.server.visible(n, v.me) && (v.wantsReply(n, false) || v.wantsReply(n, true))
}

// timeline is where a timeline's notes come from.
type timeline struct {
	fans []fan
	// kept decides about a note from the lists, stored about any other.
	kept, stored func(*note) bool
	fallback     bool // goes on with all notes where the lists end
}

// notes picks a page of a timeline: from the lists of latest notes as far as
// they go, and then from all notes. With a since it is all notes at once,
// because the server cannot tell whether the lists reach back that far. They do
// not hold the same: where one of the lists reaches further back than another,
// what lies between their ends is skipped.
func (r *request) notes(t timeline) []*note {
	all := r.span()
	held := r.server.fans.latest(t.fans, all)
	if len(held) == 0 || all.since != "" {
		return r.storedNotes(t, all)
	}
	partial := r.boolean("allowPartial", false)
	found, rate := []*note{}, 1.0
	for read := 0; read < len(held); {
		// It reads a few more than are missing, the more of them the fewer were
		// wanted so far.
		size := float64(all.limit-len(found)) * min(1.1/rate, 3)
		batch := held[read:min(len(held), read+int(math.Ceil(size)))]
		read += len(batch)
		before := len(found)
		for _, n := range batch {
			if t.kept(n) {
				found = append(found, n)
			}
		}
		rate = float64(len(found)-before) / float64(len(batch))
		if len(found) >= all.limit || partial && len(found) > 0 {
			return found[:min(len(found), all.limit)]
		}
	}
	rest := span{until: held[len(held)-1].key(), limit: all.limit - len(found)}
	return append(found, r.storedNotes(t, rest)...)
}

func (r *request) storedNotes(t timeline, s span) []*note {
	if !t.fallback {
		return nil
	}
	return cut(s, r.server.notes.ordered, (*note).key, t.stored)
}

// packed writes notes out for the caller.
func (r *request) packed(notes []*note) []misskey.Note {
	list := []misskey.Note{}
	for _, n := range notes {
		list = append(list, r.server.packNote(n, packing{me: r.me()}))
	}
	return list
}

// search picks a page of all notes that are wanted.
func (r *request) search(wanted func(*note) bool) []misskey.Note {
	return r.packed(page(r, r.server.notes.ordered, (*note).key, wanted))
}

// fallback reports whether timelines go on with all notes.
func (r *request) fallback() bool { return !r.server.config.noFallback }

func homeTimeline(r *request) (any, *apiError) {
	v := r.view()
	kind := homeFan
	if v.withFiles {
		kind = homeFilesFan
	}
	return r.packed(r.notes(timeline{
		fans:     []fan{{kind, string(v.me)}},
		kept:     v.kept,
		stored:   func(n *note) bool { return !n.conversation() && v.home(n) },
		fallback: r.fallback(),
	})), nil
}

func localTimeline(r *request) (any, *apiError) {
	v := r.view()
	switch {
	case !r.policies().LtlAvailable:
		return nil, errLocalDisabled
	case v.withReplies && v.withFiles:
		return nil, errFilesAndReplies
	}
	return r.packed(r.notes(timeline{
		fans:     v.localFans(),
		kept:     v.kept,
		stored:   func(n *note) bool { return (v.withReplies || !n.conversation()) && v.local(n) },
		fallback: r.fallback(),
	})), nil
}

// localFans: replies to the reader have a list of their own, a short one.
func (v view) localFans() []fan {
	switch {
	case v.withFiles:
		return []fan{{localFilesFan, ""}}
	case v.withReplies:
		return []fan{{localFan, ""}, {localRepliesFan, ""}}
	case v.me != "":
		return []fan{{localFan, ""}, {repliesToMeFan, string(v.me)}}
	}
	return []fan{{localFan, ""}}
}

func hybridTimeline(r *request) (any, *apiError) {
	v := r.view()
	switch {
	case !r.policies().LtlAvailable:
		return nil, errHybridDisabled
	case v.withReplies && v.withFiles:
		return nil, errFilesAndRepliesHybrid
	}
	home := homeFan
	if v.withFiles {
		home = homeFilesFan
	}
	return r.packed(r.notes(timeline{
		fans:     append(v.localFans(), fan{home, string(v.me)}),
		kept:     v.kept,
		stored:   func(n *note) bool { return (v.withReplies || !n.conversation()) && v.hybrid(n) },
		fallback: r.fallback(),
	})), nil
}

func globalTimeline(r *request) (any, *apiError) {
	if !r.policies().GtlAvailable {
		return nil, errGlobalDisabled
	}
	return r.search(r.view().global), nil
}

func listTimeline(r *request) (any, *apiError) {
	l, ok := r.server.lists.get(misskey.UserListID(r.text("listId")))
	if !ok || l.owner != r.user {
		return nil, errNoSuchList
	}
	v := r.view()
	kind := listFan
	if v.withFiles {
		kind = listFilesFan
	}
	return r.packed(r.notes(timeline{
		fans:     []fan{{kind, string(l.ID)}},
		kept:     v.kept,
		stored:   func(n *note) bool { return v.list(l, n) },
		fallback: r.fallback(),
	})), nil
}

// channelTimeline goes on with all notes whatever the server is told.
func channelTimeline(r *request) (any, *apiError) {
	c, ok := r.server.channels.get(misskey.ChannelID(r.text("channelId")))
	if !ok {
		return nil, errNoSuchChannelTimeline
	}
	v := r.view()
	return r.packed(r.notes(timeline{
		fans:     []fan{{channelFan, string(c.ID)}},
		kept:     v.kept,
		stored:   func(n *note) bool { return n.channel == c && v.kept(n) },
		fallback: true,
	})), nil
}

// collected picks a page of a list that nothing stands behind. What is not kept
// is left out afterwards: the page gets shorter.
func (r *request) collected(kind fanKind, owner string, kept func(*note) bool) []*note {
	s := r.span()
	notes := r.server.fans.latest([]fan{{kind, owner}}, s)
	notes = notes[:min(len(notes), s.limit)]
	return slices.DeleteFunc(notes, func(n *note) bool { return !kept(n) })
}

func antennaNotes(r *request) (any, *apiError) {
	a, ok := r.server.antennas.get(misskey.AntennaID(r.text("antennaId")))
	if !ok || a.owner != r.user {
		return nil, errNoSuchAntenna
	}
	return r.packed(r.collected(antennaFan, string(a.ID), r.view().kept)), nil
}

// roleNotes: newest first inside the page, even where the page is the oldest
// there is.
func roleNotes(r *request) (any, *apiError) {
	role, ok := r.server.roles.get(misskey.RoleID(r.text("roleId")))
	switch {
	case !ok:
		return nil, errNoSuchRole
	case !role.explorable:
		return []misskey.Note{}, nil
	}
	v := r.view()
	notes := r.collected(roleFan, string(role.ID), func(n *note) bool {
		return n.visibility == misskey.NoteVisibilityPublic && v.kept(n)
	})
	if r.span().ascending() {
		slices.Reverse(notes)
	}
	return r.packed(notes), nil
}

var tagParams = paged(
	param{name: "tag", kind: aText, min: 1},
	param{name: "query", kind: aList, min: 1, each: &param{kind: aList, min: 1, each: &param{kind: aText, min: 1}}},
	param{name: "reply", kind: aBoolean, nullable: true},
	param{name: "renote", kind: aBoolean, nullable: true},
	param{name: "withFiles", kind: aBoolean},
	param{name: "poll", kind: aBoolean, nullable: true},
)

func wantsTags(params object) *apiError {
	if params["tag"] == nil && params["query"] == nil {
		return invalidParam("#/allOf/0/anyOf/0/required", "must have required property 'tag'")
	}
	return nil
}

// searchByTag finds the notes with a tag, or with all the tags of a group.
func searchByTag(r *request) (any, *apiError) {
	groups := [][]string{{r.text("tag")}}
	if _, one := r.params["tag"]; !one {
		groups = r.groups("query")
	}
	for _, group := range groups {
		for i, tag := range group {
			group[i] = normalizeTag(tag)
		}
	}
	v := r.view()
	return r.search(func(n *note) bool {
		return v.kept(n) && hasTags(n, groups) &&
			r.agrees("reply", n.reply != nil) && r.agrees("renote", n.renote != nil) && r.agrees("poll", n.poll != nil)
	}), nil
}

func hasTags(n *note, groups [][]string) bool {
	return slices.ContainsFunc(groups, func(all []string) bool {
		return !slices.ContainsFunc(all, func(tag string) bool { return !slices.Contains(n.tags, tag) })
	})
}

// agrees reports whether a boolean param is what it should be, or not there.
func (r *request) agrees(name string, fact bool) bool { return r.boolean(name, fact) == fact }

func userNotes(r *request) (any, *apiError) {
	u, ok := r.server.users.get(misskey.UserID(r.text("userId")))
	v := r.view()
	switch {
	case !ok:
		return nil, errNoSuchUserNotes
	case v.withReplies && v.withFiles:
		return nil, errFilesAndRepliesUser
	}
	inChannels := r.boolean("withChannelNotes", false)
	return r.search(func(n *note) bool {
		return n.user == u && v.kept(n) && (inChannels || n.channel == nil) && (v.withReplies || !n.conversation())
	}), nil
}

// mentions lists the notes that name the caller or are specified to them. With
// a since it is the oldest after it, oldest first, even with an until.
func mentions(r *request) (any, *apiError) {
	v := r.view()
	visibility := misskey.NoteVisibility(r.text("visibility"))
	following := r.boolean("following", false)
	wanted := func(n *note) bool {
		return (hasUser(n.mentions, v.me) || hasUser(n.visibleUsers, v.me)) && v.kept(n) &&
			(visibility == "" || n.visibility == visibility) && (!following || v.mine(n) || v.follow(n.user))
	}
	s := r.span()
	if s.since == "" {
		return r.search(wanted), nil
	}
	found := cut(span{since: s.since, limit: s.limit}, r.server.notes.ordered, (*note).key, func(n *note) bool {
		return s.contains(n.key()) && wanted(n)
	})
	return r.packed(found), nil
}
