package misskeytest

import "github.com/misskeyactor/misskeyactor/streaming/misskey"

// Chats returns the chat messages that u has sent or got and that nobody has
// deleted, those of rooms included that u is in now, oldest first: what a test of a
// bot looks at to see what the bot has said, by FromUserID.
func (u *User) Chats() []misskey.ChatMessage {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	var all []misskey.ChatMessage
	for _, m := range u.server.chat.messages {
		if m.concerns(u) {
			all = append(all, u.server.packChat(m, u))
		}
	}
	return all
}

// Messages is the same for Misskey 12: what [User.Message] and [Group.Message]
// have sent.
func (u *User) Messages() []MessagingMessage {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	var all []MessagingMessage
	for _, m := range u.server.messaging.messages {
		if m.from == u || m.to == u || m.group != nil && m.group.member(u) != nil {
			all = append(all, u.server.packMessage(m))
		}
	}
	return all
}
