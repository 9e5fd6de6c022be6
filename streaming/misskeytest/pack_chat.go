package misskeytest

import (
	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// packChatLite writes a message out as the chat channels have it: between two,
// without its users; in a room, with its sender and who reacted.
func (s *Server) packChatLite(m *chatMessage) misskey.ChatMessageLite {
	lite := misskey.ChatMessageLite{
		ID:         m.id,
		CreatedAt:  m.created,
		FromUserID: m.from.ID,
		Text:       textOrNull(m.text),
		File:       m.file,
	}
	if m.file != nil {
		lite.FileID = opt.Of(m.file.ID)
	}
	if m.room == nil {
		lite.ToUserID = opt.Of(m.to.ID)
	} else {
		lite.ToRoomID = opt.Of(m.room.ID)
		lite.FromUser = pointer(s.packUser(m.from))
	}
	lite.Reactions = s.packChatReactions(m, m.room != nil)
	return lite
}

// packChat writes a message out with everybody concerned, as `newChatMessage`
// has it.
func (s *Server) packChat(m *chatMessage, me *User) misskey.ChatMessage {
	whole := misskey.ChatMessage{
		ID:         m.id,
		CreatedAt:  m.created,
		FromUserID: m.from.ID,
		FromUser:   s.packUser(m.from),
		Text:       textOrNull(m.text),
		File:       m.file,
		Reactions:  s.packChatReactions(m, true),
	}
	if m.file != nil {
		whole.FileID = opt.Of(m.file.ID)
	}
	if m.room == nil {
		whole.ToUserID = opt.Of(m.to.ID)
		whole.ToUser = pointer(s.packUser(m.to))
	} else {
		whole.ToRoomID = opt.Of(m.room.ID)
		whole.ToRoom = pointer(s.packRoom(m.room, me))
	}
	return whole
}

func (s *Server) packChatReactions(m *chatMessage, named bool) []misskey.ChatReaction {
	all := []misskey.ChatReaction{}
	for _, r := range m.reactions {
		packed := misskey.ChatReaction{Reaction: r.name}
		if named {
			packed.User = pointer(s.packUser(r.user))
		}
		all = append(all, packed)
	}
	return all
}

// chatReacted is the body of `react` and `unreact`. Between two there is no
// user in it.
type chatReacted struct {
	MessageID misskey.ChatMessageID `json:"messageId"`
	User      *misskey.UserLite     `json:"user,omitempty"`
	Reaction  string                `json:"reaction"`
}

func (s *Server) packReacted(m *chatMessage, r reaction) chatReacted {
	body := chatReacted{MessageID: m.id, Reaction: r.name}
	if m.room != nil {
		body.User = pointer(s.packUser(r.user))
	}
	return body
}

// packRoom writes a room out for somebody, with what is between them.
func (s *Server) packRoom(r *Room, me *User) misskey.ChatRoom {
	member := r.member(me.ID)
	return misskey.ChatRoom{
		ID:               r.ID,
		CreatedAt:        r.created,
		OwnerID:          r.owner.ID,
		Owner:            s.packUser(r.owner),
		Name:             r.name,
		Description:      r.description,
		IsMuted:          opt.Of(member != nil && member.muted),
		InvitationExists: opt.Of(findEntry(r.invited, me.ID) != nil),
	}
}

func (s *Server) packInvitation(e *roomEntry, me *User) misskey.ChatRoomInvitation {
	return misskey.ChatRoomInvitation{
		ID:        misskey.ChatRoomInvitationID(e.id),
		CreatedAt: e.created,
		UserID:    e.user.ID,
		User:      s.packUser(e.user),
		RoomID:    e.room.ID,
		Room:      s.packRoom(e.room, me),
	}
}

// roomMembership is a member of a room, with either the user or the room
// written out.
type roomMembership struct {
	ID        string             `json:"id"`
	CreatedAt timestamp          `json:"createdAt"`
	UserID    misskey.UserID     `json:"userId"`
	User      *misskey.UserLite  `json:"user,omitempty"`
	RoomID    misskey.ChatRoomID `json:"roomId"`
	Room      *misskey.ChatRoom  `json:"room,omitempty"`
}

func packMembership(e *roomEntry) roomMembership {
	return roomMembership{ID: e.id, CreatedAt: timestamp(e.created), UserID: e.user.ID, RoomID: e.room.ID}
}
