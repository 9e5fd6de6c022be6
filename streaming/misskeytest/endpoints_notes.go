package misskeytest

import (
	"encoding/json"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

const maxNoteText = 3000

var noteEndpoints = []*endpoint{
	&endpoint{name: "notes/create", credential: true, permission: "write:notes", params: noteParams, run: createNote},
	&endpoint{name: "notes/show", params: oneNote, run: showNote},
	&endpoint{name: "notes/show-partial-bulk", params: schema{
		{name: "noteIds", kind: someIDs, required: true, min: 1, max: 100},
	}, run: showNotesPartially},
	&endpoint{name: "notes/delete", credential: true, permission: "write:notes", params: oneNote, run: deleteNote},
	&endpoint{name: "notes/unrenote", credential: true, permission: "write:notes", params: oneNote, run: unrenote},
	&endpoint{name: "notes/reactions/create", credential: true, permission: "write:reactions",
		params: append(oneNote[:1:1], param{name: "reaction", kind: aText, required: true}), run: createReaction},
	&endpoint{name: "notes/reactions/delete", credential: true, permission: "write:reactions", params: oneNote, run: deleteReaction},
	&endpoint{name: "notes/polls/vote", credential: true, permission: "write:votes",
		params: append(oneNote[:1:1], param{name: "choice", kind: anInteger, required: true}), run: votePoll},
}

var noteParams = schema{
	{name: "visibility", kind: aText, oneOf: []string{"public", "home", "followers", "specified"}},
	{name: "visibleUserIds", kind: someIDs},
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
	{name: "fileIds", kind: someIDs, min: 1, max: 16},
	{name: "poll", kind: anObject, nullable: true},
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
	for _, id := range r.texts("fileIds") {
		f, ok := s.files[misskey.DriveFileID(id)]
		if !ok {
			return d, errNoSuchFile
		}
		d.files = append(d.files, f)
	}
	if id, ok := r.params.text("channelId"); ok {
		if d.channel, ok = s.channels.get(misskey.ChannelID(id)); !ok {
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
	if refused := r.draftPoll(&d); refused != nil {
		return d, refused
	}
	if d.renote == nil && len(d.files) == 0 && d.poll == nil {
		return d, r.needsText(d.text)
	}
	return d, nil
}

// needsText: a note that has nothing else has to have a text.
func (r *request) needsText(text string) *apiError {
	switch raw, given := r.params["text"]; {
	case !given:
		return invalidParam("#/then/required", "must have required property 'text'")
	case string(raw) == "null":
		return invalidParam("#/then/properties/text/type", "must be string")
	case blank(text):
		return invalidParam("#/then/properties/text/pattern", `must match pattern "[^\s]+"`)
	}
	return nil
}

func (r *request) draftPoll(d *draft) *apiError {
	raw, ok := toObject(r.params["poll"])
	if !ok {
		return nil
	}
	if _, given := raw["choices"]; !given {
		return invalidParam("#/properties/poll/required", "must have required property 'choices'")
	}
	var choices []string
	if err := json.Unmarshal(raw["choices"], &choices); err != nil {
		return invalidParam("#/properties/poll/properties/choices/type", "must be array")
	}
	limits := param{min: 2, max: 10}
	if keyword, reason := limits.lengthFault(len(choices), "Items", "items"); keyword != "" {
		return invalidParam("#/properties/poll/properties/choices/"+keyword, reason)
	}
	d.poll = newPoll(choices)
	d.multiple, _ = toBoolean(raw["multiple"])
	if at, ok := raw.number("expiresAt"); ok {
		if d.expire = time.UnixMilli(int64(at)).Sub(r.server.now()); d.expire <= 0 {
			return errPollAlreadyExpired
		}
	} else if after, ok := raw.number("expiredAfter"); ok {
		d.expire = time.Duration(after) * time.Millisecond
	}
	return nil
}

func (r *request) note() *note { return r.server.notes.get(misskey.NoteID(r.text("noteId"))) }

func (r *request) noteID() misskey.NoteID { return misskey.NoteID(r.text("noteId")) }

// me is the caller's id, "" for nobody.
func (r *request) me() misskey.UserID {
	if r.user == nil {
		return ""
	}
	return r.user.ID
}

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
