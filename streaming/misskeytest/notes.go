package misskeytest

import "github.com/misskeyactor/misskeyactor/streaming/misskey"

// Notes returns what u has posted and not deleted, oldest first, as u sees it:
// what a test of a bot looks at to see what the bot has done.
func (u *User) Notes() []misskey.Note {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	var notes []misskey.Note
	for _, n := range u.server.notes.ordered {
		if n.user == u {
			notes = append(notes, u.server.packNote(n, packing{me: u.ID}))
		}
	}
	return notes
}
