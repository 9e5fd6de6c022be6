package misskeytest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Notes by what they have to do with other notes.
var threadEndpoints = []*endpoint{
	{name: "notes", params: paged(
		param{name: "local", kind: aBoolean},
		param{name: "reply", kind: aBoolean},
		param{name: "renote", kind: aBoolean},
		param{name: "withFiles", kind: aBoolean},
		param{name: "poll", kind: aBoolean},
	), run: publicNotes},
	{name: "notes/children", params: slices.Concat(oneNote, paging), run: children},
	{name: "notes/replies", params: slices.Concat(oneNote, paging), run: replies},
	{name: "notes/renotes", params: slices.Concat(oneNote, paging), run: renotes},
	{name: "notes/conversation", params: append(oneNote[:1:1],
		param{name: "limit", kind: anInteger, min: 1, max: 100}, param{name: "offset", kind: anInteger}), run: conversation},
	{name: "notes/featured", get: true, params: schema{
		{name: "limit", kind: anInteger, min: 1, max: 100},
		{name: "untilId", kind: anID},
		{name: "channelId", kind: anID, nullable: true},
	}, run: featured},
}

var (
	errNoSuchNoteRenotes      = refusal("NO_SUCH_NOTE", "12908022-2e21-46cd-ba6a-3edaf6093f46", "No such note.")
	errNoSuchNoteConversation = refusal("NO_SUCH_NOTE", "e1035875-9551-45ec-afa8-1ded1fcb53c8", "No such note.")
)

// publicNotes are those that are on their own, in no channel.
func publicNotes(r *request) (any, *apiError) {
	v := r.view()
	return r.search(func(n *note) bool {
		return n.visibility == misskey.NoteVisibilityPublic && !n.localOnly && v.kept(n) &&
			r.agrees("reply", n.reply != nil) && r.agrees("renote", n.renote != nil) && r.agrees("poll", n.poll != nil)
	}), nil
}

// children are replies and quotes. Like replies, there are none of a note that
// does not exist.
func children(r *request) (any, *apiError) {
	id, v := r.noteID(), r.view()
	return r.search(func(n *note) bool {
		return (n.reply != nil && n.reply.id == id || n.renote != nil && n.renote.id == id && !n.pureRenote()) && v.kept(n)
	}), nil
}

func replies(r *request) (any, *apiError) {
	id, v := r.noteID(), r.view()
	return r.search(func(n *note) bool { return n.reply != nil && n.reply.id == id && v.kept(n) }), nil
}

// renotes are quotes as well.
func renotes(r *request) (any, *apiError) {
	of, v := r.note(), r.view()
	if of == nil {
		return nil, errNoSuchNoteRenotes
	}
	return r.search(func(n *note) bool { return n.renote == of && v.kept(n) }), nil
}

// conversation are the notes that a note answers, the nearest first.
func conversation(r *request) (any, *apiError) {
	n := r.note()
	if n == nil {
		return nil, errNoSuchNoteConversation
	}
	skip, limit := r.integer("offset", 0), r.integer("limit", defaultPage)
	var above []*note
	for to := n.replyTo(); to != nil && len(above) < limit; to = to.replyTo() {
		if skip > 0 {
			skip--
			continue
		}
		above = append(above, to)
	}
	return r.packed(above), nil
}

const featuredNotes = 50

// featured are the public notes with the most reactions and renotes, by id and
// not by their number.
func featured(r *request) (any, *apiError) {
	v := r.view()
	channel, inChannel := r.params.text("channelId")
	var best []*note
	for _, n := range r.server.notes.ordered {
		if n.visibility != misskey.NoteVisibilityPublic || n.popularity() == 0 || n.reply != nil || !v.kept(n) {
			continue
		}
		if !inChannel || n.channel != nil && string(n.channel.ID) == channel {
			best = append(best, n)
		}
	}
	slices.SortStableFunc(best, func(a, b *note) int { return cmp.Compare(b.popularity(), a.popularity()) })
	best = best[:min(len(best), featuredNotes)]
	slices.SortFunc(best, func(a, b *note) int { return strings.Compare(a.key(), b.key()) })
	s := span{until: r.text("untilId"), limit: r.integer("limit", defaultPage)}
	return r.packed(cut(s, best, (*note).key, func(*note) bool { return true })), nil
}

func (n *note) popularity() int { return len(n.reactions) + n.renotes }
