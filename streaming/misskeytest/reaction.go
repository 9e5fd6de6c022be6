package misskeytest

import (
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// fallbackReaction is what an unknown emoji becomes.
const fallbackReaction = "❤"

// reaction is one user's. name is a Unicode emoji, or ":name@.:" for an emoji
// of this server.
type reaction struct {
	id   string
	user *User
	name string
}

// reactionOf returns the user's reaction, "" when there is none.
func (n *note) reactionOf(id misskey.UserID) string {
	for _, r := range n.reactions {
		if r.user.ID == id {
			return r.name
		}
	}
	return ""
}

// React makes u react with a Unicode emoji or a custom one (":name:"), in place
// of an earlier reaction. An emoji that the server does not have becomes a ❤.
func (u *User) React(id misskey.NoteID, emoji string) {
	act(u, "React", func() (struct{}, *apiError) { return struct{}{}, u.server.react(u, id, emoji) })
}

// Unreact takes u's reaction back.
func (u *User) Unreact(id misskey.NoteID) {
	act(u, "Unreact", func() (struct{}, *apiError) { return struct{}{}, u.server.unreact(u, id) })
}

func (s *Server) react(u *User, id misskey.NoteID, emoji string) *apiError {
	n := s.notes.get(id)
	if n == nil || !s.visible(n, u.ID) {
		return errNoSuchNoteReact
	}
	if u.blockedBy(n.user) {
		return errBlockedReact
	}
	if n.pureRenote() {
		return errReactToRenote
	}
	name := s.normalizeReaction(n, emoji)
	if before := n.reactionOf(u.ID); before != "" {
		if before == name {
			return errAlreadyReacted
		}
		s.removeReaction(n, u)
	}
	n.reactions = append(n.reactions, reaction{id: s.nextID(), user: u, name: name})
	s.updateNote(n, "reacted", reactedBody{Reaction: name, Emoji: s.reactionEmoji(name), UserID: u.ID})
	if n.user != u {
		s.notify(n.user, notificationContent{kind: misskey.NotificationKindReaction, from: u, note: n, reaction: name})
	}
	return nil
}

func (s *Server) unreact(u *User, id misskey.NoteID) *apiError {
	n := s.notes.get(id)
	switch {
	case n == nil:
		return errNoSuchNoteUnreact
	case n.reactionOf(u.ID) == "":
		return errNotReacted
	}
	s.removeReaction(n, u)
	return nil
}

func (s *Server) removeReaction(n *note, u *User) {
	i := slices.IndexFunc(n.reactions, func(r reaction) bool { return r.user == u })
	name := n.reactions[i].name
	n.reactions = slices.Delete(n.reactions, i, i+1)
	s.updateNote(n, "unreacted", unreactedBody{Reaction: name, UserID: u.ID})
}

// normalizeReaction turns what a client sends into what is stored.
func (s *Server) normalizeReaction(n *note, emoji string) string {
	if n.acceptance == misskey.ReactionAcceptanceLikeOnly {
		return fallbackReaction
	}
	if custom, ok := strings.CutPrefix(emoji, ":"); ok {
		custom, _ = strings.CutSuffix(custom, ":")
		custom, _ = strings.CutSuffix(custom, "@.")
		if s.emojis[custom] == nil {
			return fallbackReaction
		}
		return ":" + custom + "@.:"
	}
	if emoji == "" || strings.IndexFunc(emoji, func(r rune) bool { return r > 0x7f }) < 0 {
		return fallbackReaction
	}
	return strings.TrimSuffix(emoji, "\ufe0f")
}

// reactionEmoji describes a custom emoji of this server; nil for a Unicode one.
func (s *Server) reactionEmoji(name string) *reactedEmoji {
	short, ok := strings.CutPrefix(name, ":")
	if !ok {
		return nil
	}
	short = strings.TrimSuffix(short, ":")
	e := s.emojis[strings.TrimSuffix(short, "@.")]
	if e == nil {
		return nil
	}
	return &reactedEmoji{Name: short, URL: e.URL}
}

type reactedBody struct {
	Reaction string         `json:"reaction"`
	Emoji    *reactedEmoji  `json:"emoji"`
	UserID   misskey.UserID `json:"userId"`
}

type reactedEmoji struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type unreactedBody struct {
	Reaction string         `json:"reaction"`
	UserID   misskey.UserID `json:"userId"`
}
