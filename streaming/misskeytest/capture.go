package misskeytest

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// capture adds a reference to a note: subNote.
func (k *Socket) capture(id misskey.NoteID) {
	if k.captures[id] == 0 {
		k.server.captors[id] = append(k.server.captors[id], k)
	}
	k.captures[id]++
}

// release takes one off: unsubNote.
func (k *Socket) release(id misskey.NoteID) {
	switch n := k.captures[id]; n {
	case 0:
	case 1:
		delete(k.captures, id)
		k.server.uncapture(k, id)
	default:
		k.captures[id] = n - 1
	}
}

// uncapture takes the socket from those who hear of the note. The socket's own
// list stays, to be looked at.
func (s *Server) uncapture(k *Socket, id misskey.NoteID) {
	captors := slices.DeleteFunc(s.captors[id], func(o *Socket) bool { return o == k })
	if len(captors) == 0 {
		delete(s.captors, id)
		return
	}
	s.captors[id] = captors
}

// updateNote sends `noteUpdated` to everyone who has captured the note and, in
// a release that looks, may see it.
func (s *Server) updateNote(n *note, typ string, body any) {
	s.update(n.id, typ, body, func(k *Socket) bool {
		return !s.facts.filtersUpdates || s.visible(n, k.me())
	})
}

// PublishUpdate sends `noteUpdated` of any type to every socket that has
// captured the note, and returns to how many. It does not look at visibility,
// and the note need not exist. It takes body as [Server.Publish] does.
func (s *Server) PublishUpdate(id misskey.NoteID, typ string, body any) (n int) {
	raw := marshal(body)
	s.locked(func() { n = s.update(id, typ, raw, nil) })
	return n
}
