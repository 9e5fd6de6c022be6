package misskeytest

import (
	"encoding/json"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Room is a chat room.
type Room struct {
	ID   misskey.ChatRoomID
	Name string

	server  *Server
	created time.Time
	owner   *User
	members map[misskey.UserID]*User
}

// AddRoom makes a chat room of u's, with u as its only member.
func (u *User) AddRoom(name string, options ...IDOption) *Room {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	id := u.server.pickID(options)
	r := &Room{
		ID:      misskey.ChatRoomID(id),
		Name:    name,
		server:  u.server,
		created: u.server.madeAt(id),
		owner:   u,
		members: map[misskey.UserID]*User{u.ID: u},
	}
	u.server.rooms.add(r.ID, r)
	return r
}

// Join makes users members of the room: they may connect to it and are told of
// its messages.
func (r *Room) Join(users ...*User) {
	r.server.locked(func() {
		for _, u := range users {
			r.members[u.ID] = u
		}
	})
}

// chatKey names the messages between two users as one of them sees them, to
// tell apart what each has read.
func chatKey(me, other misskey.UserID) string { return string(me) + "-" + string(other) }

// Chat makes u send another user a message: `message` on the chatUser channels
// of both, and `newChatMessage` on the other's main channels unless they read
// it within three seconds.
func (u *User) Chat(other *User, text string) misskey.ChatMessageLite {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	defer u.server.touch()
	s := u.server
	m := s.newChatMessage(u, text)
	m.ToUserID = opt.Of(other.ID)
	s.publish(topic{"chatUser", chatKey(u.ID, other.ID)}, "message", m)
	s.publish(topic{"chatUser", chatKey(other.ID, u.ID)}, "message", m)

	whole := s.wholeChatMessage(m, u)
	whole.ToUserID = opt.Of(other.ID)
	whole.ToUser = pointer(s.packUser(other))
	s.announceChat(chatKey(other.ID, u.ID), other, whole)
	return m
}

// Send makes u send a message to the room: `message` on its chatRoom channels,
// and `newChatMessage` to every other member who does not read it within three
// seconds.
func (r *Room) Send(u *User, text string) misskey.ChatMessageLite {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	defer r.server.touch()
	s := r.server
	m := s.newChatMessage(u, text)
	m.ToRoomID = opt.Of(r.ID)
	m.FromUser = pointer(s.packUser(u))
	s.publish(topic{"chatRoom", string(r.ID)}, "message", m)

	whole := s.wholeChatMessage(m, u)
	whole.ToRoomID = opt.Of(r.ID)
	whole.ToRoom = pointer(s.packRoom(r))
	for _, member := range s.users.all {
		if r.members[member.ID] != nil && member != u {
			s.announceChat(roomKey(member.ID, r.ID), member, whole)
		}
	}
	return m
}

func roomKey(me misskey.UserID, room misskey.ChatRoomID) string {
	return string(me) + "@" + string(room)
}

func (s *Server) newChatMessage(from *User, text string) misskey.ChatMessageLite {
	return misskey.ChatMessageLite{
		ID:         misskey.ChatMessageID(s.nextID()),
		CreatedAt:  s.now(),
		FromUserID: from.ID,
		Text:       opt.Of(text),
	}
}

func (s *Server) wholeChatMessage(m misskey.ChatMessageLite, from *User) misskey.ChatMessage {
	return misskey.ChatMessage{
		ID:         m.ID,
		CreatedAt:  m.CreatedAt,
		FromUserID: m.FromUserID,
		FromUser:   s.packUser(from),
		Text:       m.Text,
	}
}

// announceChat sends `newChatMessage` after the delay unless the conversation
// named by key is read first.
func (s *Server) announceChat(key string, to *User, m misskey.ChatMessage) {
	var c *call
	c = s.after(chatUnreadDelay, func() {
		delete(s.unreadChat[key], c)
		to.toMain("newChatMessage", m)
	})
	if s.unreadChat[key] == nil {
		s.unreadChat[key] = map[*call]struct{}{}
	}
	s.unreadChat[key][c] = struct{}{}
}

func (s *Server) readChat(key string) {
	for c := range s.unreadChat[key] {
		s.stop(c)
	}
	delete(s.unreadChat, key)
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

func pointer[T any](v T) *T { return &v }
