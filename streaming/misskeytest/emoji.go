package misskeytest

import (
	"fmt"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// AddEmoji makes a custom emoji that users can react with as ":name:", and
// broadcasts `emojiAdded`. It panics when there is one of that name.
func (s *Server) AddEmoji(name string, aliases ...string) misskey.EmojiDetailed {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	if s.emojis[name] != nil {
		panic(fmt.Sprintf("misskeytest: there is an emoji %q already", name))
	}
	e := &misskey.EmojiDetailed{
		ID:      misskey.EmojiID(s.nextID()),
		Name:    name,
		Aliases: aliases,
		URL:     s.URL + "/files/emoji-" + name + ".png",
	}
	s.emojis[name] = e
	s.broadcast("emojiAdded", map[string]any{"emoji": *e})
	return *e
}

// UpdateEmojis replaces emojis, found by name, and broadcasts one
// `emojiUpdated` for all of them. It panics when there is none of a name.
func (s *Server) UpdateEmojis(emojis ...misskey.EmojiDetailed) {
	s.locked(func() {
		for _, e := range emojis {
			s.mustEmoji(e.Name)
			s.emojis[e.Name] = &e
		}
		s.broadcast("emojiUpdated", map[string]any{"emojis": emojis})
	})
}

// DeleteEmojis deletes emojis by name and broadcasts one `emojiDeleted` for all
// of them. It panics when there is none of a name.
func (s *Server) DeleteEmojis(names ...string) {
	s.locked(func() {
		var deleted []misskey.EmojiDetailed
		for _, name := range names {
			deleted = append(deleted, *s.mustEmoji(name))
			delete(s.emojis, name)
		}
		s.broadcast("emojiDeleted", map[string]any{"emojis": deleted})
	})
}

func (s *Server) mustEmoji(name string) *misskey.EmojiDetailed {
	e := s.emojis[name]
	if e == nil {
		panic(fmt.Sprintf("misskeytest: there is no emoji %q", name))
	}
	return e
}
