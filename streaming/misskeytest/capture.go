package misskeytest

import (
	"encoding/json"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// updateNote sends `noteUpdated` to everyone who has captured the note and may
// see it.
func (s *Server) updateNote(n *note, typ string, body any) {
	frame := noteUpdatedFrame(n.id, typ, marshal(body))
	for _, k := range s.sockets {
		if k.captures[n.id] > 0 && (!s.facts.filtersUpdates || s.visible(n, k.me())) {
			k.sendText(frame)
		}
	}
}

func noteUpdatedFrame(id misskey.NoteID, typ string, body json.RawMessage) []byte {
	return join(`{"type":"noteUpdated","body":{"id":`, string(marshal(id)),
		`,"type":`, string(marshal(typ)), `,"body":`, string(body), `}}`)
}

// PublishUpdate sends `noteUpdated` of any type to every socket that has
// captured the note, and returns to how many. It does not look at visibility,
// and the note need not exist. body is encoded as JSON.
func (s *Server) PublishUpdate(id misskey.NoteID, typ string, body any) int {
	frame := noteUpdatedFrame(id, typ, marshal(body))
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, k := range s.sockets {
		if k.captures[id] > 0 {
			k.sendText(frame)
			n++
		}
	}
	return n
}
