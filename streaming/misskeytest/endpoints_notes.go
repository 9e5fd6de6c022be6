package misskeytest

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

const maxNoteText = 3000

var noteEndpoints = []*endpoint{
	{name: "notes/create", credential: true, permission: "write:notes", params: noteParams, valid: hasContent, run: createNote},
	{name: "notes/delete", credential: true, permission: "write:notes", params: oneNote, run: deleteNote},
	{name: "notes/unrenote", credential: true, permission: "write:notes", params: oneNote, run: unrenote},
	{name: "notes/show", params: oneNote, run: showNote},
	{name: "notes/show-partial-bulk", params: schema{
		{name: "noteIds", kind: someIDs, required: true, min: 1, max: 100},
	}, run: showNotesPartially},
	{name: "notes/state", credential: true, permission: "read:account", params: oneNote, run: noteState},
	{name: "notes/reactions", get: true, params: slices.Concat(oneNote, paged(
		param{name: "type", kind: aText, nullable: true},
	)), run: listReactions},
	{name: "notes/reactions/create", credential: true, permission: "write:reactions",
		params: append(oneNote[:1:1], param{name: "reaction", kind: aText, required: true}), run: createReaction},
	{name: "notes/reactions/delete", credential: true, permission: "write:reactions", params: oneNote, run: deleteReaction},
	{name: "notes/polls/vote", credential: true, permission: "write:votes",
		params: append(oneNote[:1:1], param{name: "choice", kind: anInteger, required: true}), run: votePoll},
	{name: "notes/polls/recommendation", credential: true, permission: "read:account", params: schema{
		{name: "limit", kind: anInteger, min: 1, max: 100},
		{name: "offset", kind: anInteger},
		{name: "excludeChannels", kind: aBoolean},
	}, run: recommendPolls},
}

var noteParams = schema{
	{name: "visibility", kind: aText, oneOf: []string{"public", "home", "followers", "specified"}},
	{name: "visibleUserIds", kind: someIDs, unique: true},
	{name: "cw", kind: aText, nullable: true, min: 1, max: 100},
	{name: "localOnly", kind: aBoolean},
	{name: "reactionAcceptance", kind: aText, nullable: true, oneOf: []string{
		"likeOnly", "likeOnlyForRemote", "nonSensitiveOnly", "nonSensitiveOnlyForLocalLikeOnlyForRemote",
	}},
	{name: "noExtractMentions", kind: aBoolean},
	{name: "noExtractHashtags", kind: aBoolean},
	{name: "noExtractEmojis", kind: aBoolean},
	{name: "replyId", kind: anID, nullable: true},
	{name: "renoteId", kind: anID, nullable: true},
	{name: "channelId", kind: anID, nullable: true},
	{name: "text", kind: aText, nullable: true, min: 1, max: maxNoteText},
	{name: "fileIds", kind: someIDs, min: 1, max: 16, unique: true},
	{name: "mediaIds", kind: someIDs, min: 1, max: 16, unique: true},
	{name: "poll", kind: anObject, nullable: true, fields: pollParams(2)},
}

func pollParams(fewest int) schema {
	return schema{
		{name: "choices", kind: aList, required: true, min: fewest, max: 10, unique: true, each: &param{kind: aText, min: 1, max: 50}},
		{name: "multiple", kind: aBoolean},
		{name: "expiresAt", kind: anInteger, nullable: true},
		{name: "expiredAfter", kind: anInteger, nullable: true, min: 1},
	}
}

var (
	errNoSuchNoteShow   = refusal("NO_SUCH_NOTE", "24fcbfc6-2e37-42b6-8388-c29b3861a08d", "No such note.")
	errNoSuchNoteDelete = refusal("NO_SUCH_NOTE", "490be23f-8c1f-4796-819f-94cb4f9d1630", "No such note.")
	errDeleteOfOthers   = refusal("ACCESS_DENIED", "fe8d7103-0ea8-4ec3-814d-f8b401dc69e9", "Access denied.")

	errNoSuchRenoteTarget     = refusal("NO_SUCH_RENOTE_TARGET", "b5c90186-4ab0-49c8-9bba-a1f76c282ba4", "No such renote target.")
	errRenoteOfRenote         = refusal("CANNOT_RENOTE_TO_A_PURE_RENOTE", "fd4cc33e-2a37-48dd-99cc-9b806eb2031a", "You can not Renote a pure Renote.")
	errRenoteVisibility       = refusal("CANNOT_RENOTE_DUE_TO_VISIBILITY", "be9529e9-fe72-4de0-ae43-0b363c4938af", "You can not Renote due to target visibility.")
	errNoSuchReplyTarget      = refusal("NO_SUCH_REPLY_TARGET", "749ee0f6-d3da-459a-bf02-282e2da4292c", "No such reply target.")
	errReplyToInvisible       = refusal("CANNOT_REPLY_TO_AN_INVISIBLE_NOTE", "b98980fa-3780-406c-a935-b6d0eeee10d1", "You cannot reply to an invisible Note.")
	errReplyToRenote          = refusal("CANNOT_REPLY_TO_A_PURE_RENOTE", "3ac74a84-8fd5-4bb0-870f-01804f82ce15", "You can not reply to a pure Renote.")
	errReplyExtendsVisibility = refusal("CANNOT_REPLY_TO_SPECIFIED_VISIBILITY_NOTE_WITH_EXTENDED_VISIBILITY", "ed940410-535c-4d5e-bfa3-af798671e93c", "You cannot reply to a specified visibility note with extended visibility.")
	errPollAlreadyExpired     = refusal("CANNOT_CREATE_ALREADY_EXPIRED_POLL", "04da457d-b083-4055-9082-955525eda5a5", "Poll is already expired.")
	errNoSuchChannel          = refusal("NO_SUCH_CHANNEL", "b1653923-5453-4edc-b786-7c4f39bb0bbb", "No such channel.")
	errNoSuchFile             = refusal("NO_SUCH_FILE", "b6992544-63e7-67f0-fa7f-32444b1b5306", "Some files are not found.")

	errNoSuchNoteUnrenote = refusal("NO_SUCH_NOTE", "efd4a259-2442-496b-8dd7-b255aa1a160f", "No such note.")

	errNoSuchNoteReact   = refusal("NO_SUCH_NOTE", "033d0620-5bfe-4027-965d-980b0c85a3ea", "No such note.")
	errAlreadyReacted    = refusal("ALREADY_REACTED", "71efcf98-86d6-4e2b-b2ad-9d032369366b", "You are already reacting to that note.")
	errReactToRenote     = refusal("CANNOT_REACT_TO_RENOTE", "eaccdc08-ddef-43fe-908f-d108faad57f5", "You cannot react to Renote.")
	errNoSuchNoteUnreact = refusal("NO_SUCH_NOTE", "764d9fce-f9f2-4a0e-92b1-6ceac9a7ad37", "No such note.")
	errNotReacted        = refusal("NOT_REACTED", "92f4426d-4196-4125-aa5b-02943e2ec8fc", "You are not reacting to that note.")

	errNoSuchNoteVote = refusal("NO_SUCH_NOTE", "ecafbd2e-c283-4d6d-aecb-1a0a33b75396", "No such note.")
	errNoPoll         = refusal("NO_POLL", "5f979967-52d9-4314-a911-1c673727f92f", "The note does not attach a poll.")
	errInvalidChoice  = refusal("INVALID_CHOICE", "e0cc9a04-f2e8-41e4-a5f1-4127293260cc", "Choice ID is invalid.")
	errAlreadyVoted   = refusal("ALREADY_VOTED", "0963fc77-efac-419b-9424-b391608dc6d8", "You have already voted.")
	errPollExpired    = refusal("ALREADY_EXPIRED", "1022a357-b085-4054-9083-8f8de358337e", "The poll is already expired.")

	errNoSuchNoteReactions = refusal("NO_SUCH_NOTE", "263fff3d-d0e1-4af4-bea7-8408059b451a", "No such note.")
	errTooManyMentions     = refusal("CONTAINS_TOO_MANY_MENTIONS", "4de0363a-3046-481b-9b0f-feff3e211025", "Cannot post because it exceeds the allowed number of mentions.")
)

// hasContent: a note that has nothing else has to have a text, and that is
// looked at before everything else.
func hasContent(params object) *apiError {
	for _, other := range []string{"renoteId", "fileIds", "mediaIds", "poll"} {
		if raw, given := params[other]; given && string(raw) != "null" {
			return nil
		}
	}
	text, given := params["text"]
	if !given {
		return invalidParam("#/then/required", "must have required property 'text'")
	}
	if keyword, reason := (param{kind: aText, min: 1, max: maxNoteText}).fault(text); keyword != "" {
		return invalidParam("#/then/properties/text/"+keyword, reason)
	}
	if t, _ := toText(text); blank(t) {
		return invalidParam("#/then/properties/text/pattern", `must match pattern "[^\s]+"`)
	}
	return nil
}

// createNote answers with the note as its author sees it. There is no guard
// against doing it twice: two calls make two notes.
func createNote(r *request) (any, *apiError) {
	d, refused := r.draft()
	if refused != nil {
		return nil, refused
	}
	n, refused := r.server.create(r.user, d)
	if refused != nil {
		return nil, refused
	}
	return map[string]any{"createdNote": r.server.packNote(n, packing{me: r.user.ID})}, nil
}

// draft turns the params of notes/create into a note to be made.
func (r *request) draft() (draft, *apiError) {
	s := r.server
	d := draft{
		text:        r.text("text"),
		cw:          r.text("cw"),
		visibility:  misskey.NoteVisibility(r.text("visibility")),
		localOnly:   r.boolean("localOnly", false),
		acceptance:  misskey.ReactionAcceptance(r.text("reactionAcceptance")),
		ignoreNames: r.boolean("noExtractMentions", false),
		ignoreTags:  r.boolean("noExtractHashtags", false),
	}
	if d.visibility == "" {
		d.visibility = misskey.NoteVisibilityPublic
	}
	for _, id := range r.texts("visibleUserIds") {
		if u, ok := s.users.get(misskey.UserID(id)); ok {
			d.to = append(d.to, u)
		}
	}
	files := r.texts("fileIds")
	if files == nil {
		files = r.texts("mediaIds")
	}
	for _, id := range files {
		f, ok := s.fileOf(r.user, misskey.DriveFileID(id))
		if !ok {
			return d, errNoSuchFile
		}
		d.files = append(d.files, f)
	}
	if id, ok := r.params.text("channelId"); ok {
		if d.channel, ok = s.channels.get(misskey.ChannelID(id)); !ok || d.channel.archived {
			return d, errNoSuchChannel
		}
	}
	if id, ok := r.params.text("renoteId"); ok {
		if d.renote = s.notes.get(misskey.NoteID(id)); d.renote == nil {
			return d, errNoSuchRenoteTarget
		}
	}
	if id, ok := r.params.text("replyId"); ok {
		if d.reply = s.notes.get(misskey.NoteID(id)); d.reply == nil {
			return d, errNoSuchReplyTarget
		}
	}
	return d, r.draftPoll(&d)
}

func (r *request) draftPoll(d *draft) *apiError {
	raw, ok := toObject(r.params["poll"])
	if !ok {
		return nil
	}
	var choices []string
	_ = json.Unmarshal(raw["choices"], &choices) // checked
	d.poll = newPoll(choices)
	d.multiple, _ = toBoolean(raw["multiple"])
	if at, ok := raw.moment("expiresAt"); ok {
		if d.expire = at.Sub(r.server.now()); d.expire <= 0 {
			return errPollAlreadyExpired
		}
	} else if after, ok := raw.span("expiredAfter", time.Millisecond); ok {
		d.expire = after
	}
	return nil
}

func (r *request) note() *note { return r.server.notes.get(misskey.NoteID(r.text("noteId"))) }

func (r *request) noteID() misskey.NoteID { return misskey.NoteID(r.text("noteId")) }

// showNote shows a note to everybody; to those who may not see it, without its
// contents.
func showNote(r *request) (any, *apiError) {
	n := r.note()
	if n == nil {
		return nil, errNoSuchNoteShow
	}
	return r.server.packNote(n, packing{me: r.me()}), nil
}

// partialNote is what changes about a note without anybody editing it.
type partialNote struct {
	ID             misskey.NoteID    `json:"id"`
	Reactions      map[string]int64  `json:"reactions"`
	ReactionEmojis map[string]string `json:"reactionEmojis"`
}

// showNotesPartially leaves out the notes that there are none of, and does not
// ask whether the caller may see the others.
func showNotesPartially(r *request) (any, *apiError) {
	found := []partialNote{}
	for _, id := range r.texts("noteIds") {
		if n := r.server.notes.get(misskey.NoteID(id)); n != nil {
			m := r.server.packNote(n, packing{me: n.user.ID, brief: true})
			found = append(found, partialNote{ID: m.ID, Reactions: m.Reactions, ReactionEmojis: m.ReactionEmojis})
		}
	}
	return found, nil
}

func deleteNote(r *request) (any, *apiError) {
	return nil, r.server.deleteNote(r.user, r.noteID())
}

// unrenote deletes all the caller's renotes of a note.
func unrenote(r *request) (any, *apiError) {
	of := r.note()
	if of == nil {
		return nil, errNoSuchNoteUnrenote
	}
	var mine []*note
	for _, n := range r.server.notes.ordered {
		if n.user == r.user && n.renote == of && n.pureRenote() {
			mine = append(mine, n)
		}
	}
	for _, n := range mine {
		r.server.discard(n)
	}
	return nil, nil
}

// noteState says what the caller has done with a note apart from writing: there
// are neither favorites nor muted threads.
func noteState(r *request) (any, *apiError) {
	if r.note() == nil {
		return nil, unexpected("EntityNotFoundError",
			`Could not find any entity of type "MiNote" matching: {"where":{"id":"`+r.text("noteId")+`"}}`)
	}
	return map[string]bool{"isFavorited": false, "isMutedThread": false}, nil
}

// packedReaction is one user's reaction, in a list of them.
type packedReaction struct {
	ID        string           `json:"id"`
	CreatedAt timestamp        `json:"createdAt"`
	User      misskey.UserLite `json:"user"`
	Type      string           `json:"type"`
}

func listReactions(r *request) (any, *apiError) {
	n := r.note()
	if n == nil {
		return nil, errNoSuchNoteReactions
	}
	kind, one := r.params.text("type")
	list := []packedReaction{}
	for _, x := range page(r, n.reactions, reaction.key, func(x reaction) bool {
		return !one || shortReaction(x.name) == shortReaction(kind)
	}) {
		list = append(list, packedReaction{x.id, timestamp(r.server.madeAt(x.id)), r.server.packUser(x.user), x.name})
	}
	return list, nil
}

func (x reaction) key() string { return x.id }

func createReaction(r *request) (any, *apiError) {
	return nil, r.server.react(r.user, r.noteID(), r.text("reaction"))
}

func deleteReaction(r *request) (any, *apiError) {
	return nil, r.server.unreact(r.user, r.noteID())
}

func votePoll(r *request) (any, *apiError) {
	return nil, r.server.vote(r.user, r.noteID(), r.integer("choice", -1))
}

func (n *note) key() string { return string(n.id) }

// recommendPolls shows the newest public polls of others in which the caller
// may still vote and has not.
func recommendPolls(r *request) (any, *apiError) {
	v := r.view()
	skip := r.integer("offset", 0)
	all := span{limit: skip + r.integer("limit", defaultPage)}
	found := take(all, r.server.notes.ordered, func(n *note) bool {
		return n.poll != nil && n.user != r.user && n.visibility == misskey.NoteVisibilityPublic && v.kept(n) &&
			(n.channel == nil || !r.boolean("excludeChannels", false)) &&
			(n.poll.expires.IsZero() || n.poll.expires.After(r.server.now())) && !n.poll.votedBy(r.user)
	})
	return r.packed(found[min(max(skip, 0), len(found)):]), nil
}
