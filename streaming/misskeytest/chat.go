package misskeytest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// chatUnreadDelay is how long a message may stay unread before `newChatMessage`
// says so.
const chatUnreadDelay = 3 * time.Second

// chatStore is what has been said, and what of it is unread.
type chatStore struct {
	messages []*chatMessage // by id
	// unread are the conversations, as their readers see them, that have
	// something new.
	unread map[string]bool
	// approved are the pairs of which the first has written to the second, who
	// may answer from then on whatever the first one's scope.
	approved map[string]bool
}

func newChatStore() chatStore {
	return chatStore{unread: map[string]bool{}, approved: map[string]bool{}}
}

// chatMessage goes either to a user or to a room.
type chatMessage struct {
	id        misskey.ChatMessageID
	created   time.Time
	from      *User
	to        *User
	room      *Room
	text      string
	file      *misskey.DriveFile
	reactions []reaction
}

func (m *chatMessage) key() string { return string(m.id) }

// ChatOption says something about a chat message being sent.
type ChatOption interface{ applyToChat(*chatMessage) }

type chatOption func(*chatMessage)

func (o chatOption) applyToChat(m *chatMessage) { o(m) }

func (o IDOption) applyToChat(m *chatMessage) { m.id = misskey.ChatMessageID(o) }

// WithFile attaches a file to a chat message, as it is to appear in it.
func WithFile(f misskey.DriveFile) ChatOption {
	return chatOption(func(m *chatMessage) { m.file = &f })
}

// WithChatScope sets from whom the user takes chat messages: without it only
// from those whom they follow and who follow them. Whoever the user has written
// to may always answer.
func WithChatScope(scope misskey.ChatScope) UserOption {
	return userOption(func(u *User) { u.profile.ChatScope = scope })
}

// chatKey names the messages between two users as one of them sees them, to
// tell apart what each has read.
func chatKey(me, other misskey.UserID) string { return string(me) + "-" + string(other) }

func roomKey(me misskey.UserID, room misskey.ChatRoomID) string {
	return string(me) + "@" + string(room)
}

// reader names the conversation of a message as u sees it.
func (m *chatMessage) reader(u *User) string {
	switch {
	case m.room != nil:
		return roomKey(u.ID, m.room.ID)
	case m.from == u:
		return chatKey(u.ID, m.to.ID)
	default:
		return chatKey(u.ID, m.from.ID)
	}
}

// Chat makes u send another user a message: `message` on the chatUser channels
// of both, and `newChatMessage` on the other's main channels unless they have
// read it when three seconds have passed. It panics over a text that is too long,
// over none without a file, and when the other does not take messages from u, see
// [WithChatScope].
func (u *User) Chat(other *User, text string, options ...ChatOption) misskey.ChatMessageLite {
	u.server.mustOwn("Chat", "other", other)
	return u.say("Chat", &chatMessage{from: u, to: other, text: text}, options)
}

// Send makes u send a message to the room: `message` on its chatRoom channels,
// and `newChatMessage` to every other member who has not muted the room or read
// it when three seconds have passed. It panics when u is no member.
func (r *Room) Send(u *User, text string, options ...ChatOption) misskey.ChatMessageLite {
	r.server.mustOwn("Send", "u", u)
	return u.say("Send", &chatMessage{from: u, room: r, text: text}, options)
}

func (u *User) say(what string, m *chatMessage, options []ChatOption) misskey.ChatMessageLite {
	mustGive(what, "option", options...)
	return act(u, what, func() (misskey.ChatMessageLite, *apiError) {
		for _, o := range options {
			o.applyToChat(m)
		}
		if refused := m.check(); refused != nil {
			return misskey.ChatMessageLite{}, refused
		}
		if refused := u.server.say(m); refused != nil {
			return misskey.ChatMessageLite{}, refused
		}
		return u.server.packChatLite(m), nil
	})
}

// DeleteChat makes u delete a chat message of theirs: `deleted` on the channels
// of its conversation.
func (u *User) DeleteChat(id misskey.ChatMessageID) {
	act(u, "DeleteChat", func() (struct{}, *apiError) { return struct{}{}, u.server.unsay(u, id) })
}

// ReactToChat makes u react to another's chat message, with a Unicode emoji or a
// custom one (":name:"): `react` on the channels of its conversation. There may
// be several reactions by one user.
func (u *User) ReactToChat(id misskey.ChatMessageID, emoji string) {
	act(u, "ReactToChat", func() (struct{}, *apiError) { return struct{}{}, u.server.reactToChat(u, id, emoji) })
}

// UnreactToChat takes one of u's reactions back: `unreact`.
func (u *User) UnreactToChat(id misskey.ChatMessageID, emoji string) {
	act(u, "UnreactToChat", func() (struct{}, *apiError) { return struct{}{}, u.server.unreactToChat(u, id, emoji) })
}

// ReadChats makes u read all chat messages, so that no `newChatMessage` comes of
// those sent so far.
func (u *User) ReadChats() { u.server.locked(func() { u.server.readChats(u) }) }

// check holds a message that a test has made against what the endpoints ask of
// their params.
func (m *chatMessage) check() *apiError {
	if refused := (schema{chatText}).check(object{chatText.name: marshal(m.text)}); refused != nil {
		return refused
	}
	switch {
	case !m.empty():
		return nil
	case m.room != nil:
		return errContentRequiredToRoom
	default:
		return errContentRequiredToUser
	}
}

func (m *chatMessage) empty() bool { return m.text == "" && m.file == nil }

// say stores the message and tells everyone.
func (s *Server) say(m *chatMessage) *apiError {
	switch {
	case m.room == nil && m.to == m.from:
		return errChatWithYourself
	case m.room == nil && m.from.blockedBy(m.to):
		return errChatBlocked
	case m.room == nil:
		if refused := s.mayChat(m.from, m.to); refused != nil {
			return refused
		}
		s.chat.approved[chatKey(m.from.ID, m.to.ID)] = true
	case !m.room.has(m.from.ID):
		return internalError("you are not a member of the room")
	}
	if m.id == "" {
		m.id = misskey.ChatMessageID(s.nextID())
	}
	m.created = s.madeAt(string(m.id))
	i, taken := s.chat.position(m.id)
	if taken {
		panic("misskeytest: there is a chat message " + string(m.id) + " already")
	}
	s.chat.messages = slices.Insert(s.chat.messages, i, m)
	s.toChat(m, "message", s.packChatLite(m))
	if m.room == nil {
		s.announceChat(m, m.to)
		return nil
	}
	for _, member := range m.room.audience() {
		if member != m.from {
			s.announceChat(m, member)
		}
	}
	return nil
}

// mayChat refuses a first message to somebody who does not want it, the way the
// server does: as an error of its own.
func (s *Server) mayChat(from, to *User) *apiError {
	if s.chat.approved[chatKey(to.ID, from.ID)] {
		return nil
	}
	heFollows, iFollow := s.follows(to.ID, from.ID) != nil, s.follows(from.ID, to.ID) != nil
	wanted := map[misskey.ChatScope]bool{
		misskey.ChatScopeEveryone:  true,
		misskey.ChatScopeFollowers: iFollow,
		misskey.ChatScopeFollowing: heFollows,
		misskey.ChatScopeMutual:    heFollows && iFollow,
	}
	if scope := to.profile.ChatScope; !wanted[scope] {
		return internalError("recipient is cannot chat (" + string(scope) + ")")
	}
	return nil
}

// toChat sends an event to everyone connected to the message's conversation.
func (s *Server) toChat(m *chatMessage, typ string, body any) {
	if m.room != nil {
		s.publish(topic{"chatRoom", string(m.room.ID)}, typ, body)
		return
	}
	s.publish(topic{"chatUser", chatKey(m.from.ID, m.to.ID)}, typ, body)
	s.publish(topic{"chatUser", chatKey(m.to.ID, m.from.ID)}, typ, body)
}

// announceChat sends `newChatMessage` after the delay if there is anything
// unread in the conversation then.
func (s *Server) announceChat(m *chatMessage, to *User) {
	key := m.reader(to)
	s.chat.unread[key] = true
	s.after(chatUnreadDelay, func() {
		if s.chat.unread[key] {
			to.toMain("newChatMessage", s.packChat(m, to))
		}
	})
}

func (s *Server) readChat(key string) { delete(s.chat.unread, key) }

func (s *Server) readChats(u *User) {
	maps.DeleteFunc(s.chat.unread, func(key string, _ bool) bool { return isReader(u, key) })
}

func (s *Server) hasUnreadChats(u *User) bool {
	for key := range s.chat.unread {
		if isReader(u, key) {
			return true
		}
	}
	return false
}

// isReader reports whether a conversation is one as u sees it.
func isReader(u *User, key string) bool {
	return strings.HasPrefix(key, chatKey(u.ID, "")) || strings.HasPrefix(key, roomKey(u.ID, ""))
}

// chatUserReceive acts on `read`; what its body says does not matter.
func chatUserReceive(c *channelConn, typ string, _ json.RawMessage) {
	if typ == "read" {
		c.socket.server.readChat(c.topic.key)
	}
}

func chatRoomReceive(c *channelConn, typ string, _ json.RawMessage) {
	if typ == "read" {
		c.socket.server.readChat(roomKey(c.me(), misskey.ChatRoomID(c.topic.key)))
	}
}

func (c *chatStore) position(id misskey.ChatMessageID) (int, bool) {
	return slices.BinarySearchFunc(c.messages, id, func(m *chatMessage, id misskey.ChatMessageID) int {
		return strings.Compare(string(m.id), string(id))
	})
}

func (c *chatStore) get(id misskey.ChatMessageID) *chatMessage {
	if i, ok := c.position(id); ok {
		return c.messages[i]
	}
	return nil
}

func (s *Server) unsay(u *User, id misskey.ChatMessageID) *apiError {
	m := s.chat.get(id)
	if m == nil || m.from != u {
		return errNoSuchMessageDelete
	}
	s.chat.messages = slices.DeleteFunc(s.chat.messages, func(o *chatMessage) bool { return o == m })
	s.toChat(m, "deleted", m.id)
	return nil
}

func (s *Server) reactToChat(u *User, id misskey.ChatMessageID, emoji string) *apiError {
	m := s.chat.get(id)
	switch {
	case m == nil:
		return errNoSuchMessageReact
	case m.from == u:
		return internalError("cannot react to own message")
	case !m.reaches(u):
		return internalError("cannot react to others message")
	}
	name, ok := s.chatReaction(emoji)
	if !ok {
		return internalError("no such emoji")
	}
	r := reaction{user: u, name: name}
	if !slices.Contains(m.reactions, r) {
		m.reactions = append(m.reactions, r)
	}
	s.toChat(m, "react", s.packReacted(m, r))
	return nil
}

func (s *Server) unreactToChat(u *User, id misskey.ChatMessageID, emoji string) *apiError {
	m := s.chat.get(id)
	if m == nil {
		return errNoSuchMessageUnreact
	}
	name, _ := s.chatReaction(emoji)
	i := slices.Index(m.reactions, reaction{user: u, name: name})
	if i < 0 {
		return nil
	}
	r := m.reactions[i]
	m.reactions = slices.Delete(m.reactions, i, i+1)
	s.toChat(m, "unreact", s.packReacted(m, r))
	return nil
}

// reaches reports whether the message was sent to u.
func (m *chatMessage) reaches(u *User) bool {
	if m.room != nil {
		return m.room.has(u.ID)
	}
	return m.to == u
}

// concerns reports whether u can read the message.
func (m *chatMessage) concerns(u *User) bool { return m.from == u || m.reaches(u) }

// chatReaction turns what a client sends into what is stored. Chat keeps the
// name of a custom emoji without the server's mark, and has no ❤ to fall back
// on.
func (s *Server) chatReaction(emoji string) (name string, ok bool) {
	if custom, isCustom := strings.CutPrefix(emoji, ":"); isCustom {
		custom = strings.TrimSuffix(strings.TrimSuffix(custom, ":"), "@.")
		return ":" + custom + ":", s.emojis[custom] != nil
	}
	return strings.TrimSuffix(emoji, "\ufe0f"), hasEmoji(emoji)
}

// hasEmoji tells a Unicode emoji from plain text, as far as it is looked at.
func hasEmoji(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r > 0x7f }) >= 0
}

func pointer[T any](v T) *T { return &v }
