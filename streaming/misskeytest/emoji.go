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
	return s.addEmoji(misskey.EmojiDetailed{
		Name:    name,
		Aliases: aliases,
		URL:     s.URL + filesPath + "emoji-" + name + ".png",
	})
}

// UpdateEmojis replaces emojis, found by name, and broadcasts one
// `emojiUpdated` for all of them. An emoji without an id keeps the one it has.
// It panics when there is none of a name.
func (s *Server) UpdateEmojis(emojis ...misskey.EmojiDetailed) {
	s.locked(func() { s.updateEmojis(emojis...) })
}

// DeleteEmojis deletes emojis by name and broadcasts one `emojiDeleted` for all
// of them. It panics when there is none of a name.
func (s *Server) DeleteEmojis(names ...string) {
	s.locked(func() { s.deleteEmojis(names...) })
}

func (s *Server) addEmoji(e misskey.EmojiDetailed) misskey.EmojiDetailed {
	e.ID = misskey.EmojiID(s.nextID())
	s.emojis[e.Name] = &e
	s.broadcast("emojiAdded", map[string]any{"emoji": e})
	return e
}

func (s *Server) updateEmojis(emojis ...misskey.EmojiDetailed) {
	var updated []misskey.EmojiDetailed
	for _, e := range emojis {
		before := s.mustEmoji(e.Name)
		if e.ID == "" {
			e.ID = before.ID
		}
		s.emojis[e.Name] = &e
		updated = append(updated, e)
	}
	s.broadcast("emojiUpdated", map[string]any{"emojis": updated})
}

// renameEmoji is to clients the end of one emoji and the start of another.
func (s *Server) renameEmoji(before, after misskey.EmojiDetailed) {
	delete(s.emojis, before.Name)
	s.emojis[after.Name] = &after
	s.broadcast("emojiDeleted", map[string]any{"emojis": []misskey.EmojiDetailed{before}})
	s.broadcast("emojiAdded", map[string]any{"emoji": after})
}

func (s *Server) deleteEmojis(names ...string) {
	var deleted []misskey.EmojiDetailed
	for _, name := range names {
		deleted = append(deleted, *s.mustEmoji(name))
		delete(s.emojis, name)
	}
	s.broadcast("emojiDeleted", map[string]any{"emojis": deleted})
}

func (s *Server) mustEmoji(name string) *misskey.EmojiDetailed {
	e := s.emojis[name]
	if e == nil {
		panic(fmt.Sprintf("misskeytest: there is no emoji %q", name))
	}
	return e
}
