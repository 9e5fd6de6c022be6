package misskeytest

import "slices"

// Restart is Stop and Start at once: every socket is cut off without a close
// frame, as when the server is sent SIGTERM, and new ones are welcome at once.
// HTTP connections that a client has kept alive end too.
// With history everything is as it was. Without, everything that was said is
// gone, as on a server set up anew from an old copy: notes with their reactions
// and votes, drafts, hashtags, notifications, messages, statistics. Accounts,
// tokens, relations, files, lists and other things that were made stay, and so
// do ids: none comes twice. For the loss in between, of Redis alone, see
// [Server.FlushTimelines].
func (s *Server) Restart(history bool) {
	s.Stop()
	if !history {
		s.locked(s.forget)
	}
	s.Start()
}

// forget loses what was said.
func (s *Server) forget() {
	for _, n := range s.notes.ordered {
		n.deleted = true // for polls that have still to end
	}
	s.notes = noteStore{}
	s.hashtags = hashtagStore{}
	for _, d := range slices.Clone(s.drafts) {
		s.dropDraft(d)
	}
	clear(s.fans)
	s.chat = newChatStore()
	s.messaging.messages = nil
	s.serverStats.forget()
	s.queueStats.forget()
	for _, u := range s.users.all {
		u.notifications = nil
	}
}
