package misskeytest

import (
	"slices"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Room is a chat room.
type Room struct {
	ID misskey.ChatRoomID

	server  *Server
	created time.Time
	owner   *User

	// Guarded by Server.mu.
	name        string
	description string
	members     []*roomEntry // in the order they joined, the owner not among them
	invited     []*roomEntry // those who have not answered
}

// roomEntry is a member of a room, or somebody invited to it.
type roomEntry struct {
	id      string
	created time.Time
	user    *User
	room    *Room
	muted   bool // of a member: no newChatMessage
	ignored bool // of an invitation: not in the inbox
}

func (e *roomEntry) key() string { return e.id }

// AddRoom makes a chat room of u's, in which u is alone.
func (u *User) AddRoom(name string, options ...IDOption) *Room {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	defer u.server.touch()
	return u.server.addRoom(u, name, "", options)
}

func (s *Server) addRoom(owner *User, name, description string, options []IDOption) *Room {
	id := s.pickID(options)
	r := &Room{
		ID:          misskey.ChatRoomID(id),
		server:      s,
		created:     s.madeAt(id),
		owner:       owner,
		name:        name,
		description: description,
	}
	s.rooms.add(r.ID, r)
	return r
}

// Join makes users members of the room, invited or not: they may connect to it
// and are told of its messages.
func (r *Room) Join(users ...*User) {
	r.server.mustOwnAll("Join", users)
	r.server.locked(func() {
		for _, u := range users {
			if !r.has(u.ID) {
				r.admit(u)
			}
		}
	})
}

// Leave ends the membership of users. What they are connected to goes on.
func (r *Room) Leave(users ...*User) {
	r.server.mustOwnAll("Leave", users)
	r.server.locked(func() {
		for _, u := range users {
			r.expel(u)
		}
	})
}

// Mute sets whether a member is told nothing of new messages on main.
func (r *Room) Mute(u *User, muted bool) {
	r.server.mustOwn("Room.Mute", "u", u)
	r.server.locked(func() { r.mute(u, muted) })
}

// Invite makes the room's owner invite a user, who gets a notification of kind
// chatRoomInvitationReceived. It panics when they are invited already.
func (r *Room) Invite(u *User) misskey.ChatRoomInvitation {
	r.server.mustOwn("Room.Invite", "u", u)
	return act(r.owner, "Invite", func() (misskey.ChatRoomInvitation, *apiError) {
		e, refused := r.invite(u)
		if refused != nil {
			return misskey.ChatRoomInvitation{}, refused
		}
		return r.server.packInvitation(e, r.owner), nil
	})
}

// Delete deletes the room and what has been said in it. No event tells of it.
func (r *Room) Delete() { r.server.locked(r.delete) }

func (r *Room) has(id misskey.UserID) bool { return r.owner.ID == id || r.member(id) != nil }

func (r *Room) member(id misskey.UserID) *roomEntry { return findEntry(r.members, id) }

func findEntry(all []*roomEntry, id misskey.UserID) *roomEntry {
	if i := slices.IndexFunc(all, func(e *roomEntry) bool { return e.user.ID == id }); i >= 0 {
		return all[i]
	}
	return nil
}

// audience are those who are told of new messages.
func (r *Room) audience() []*User {
	all := []*User{r.owner}
	for _, e := range r.members {
		if !e.muted {
			all = append(all, e.user)
		}
	}
	return all
}

func (r *Room) entry(u *User) *roomEntry {
	id := r.server.nextID()
	return &roomEntry{id: id, created: r.server.madeAt(id), user: u, room: r}
}

func (r *Room) admit(u *User) {
	r.members = append(r.members, r.entry(u))
	r.forget(u)
}

// forget takes an invitation back.
func (r *Room) forget(u *User) {
	r.invited = slices.DeleteFunc(r.invited, func(e *roomEntry) bool { return e.user == u })
}

func (r *Room) expel(u *User) {
	r.members = slices.DeleteFunc(r.members, func(e *roomEntry) bool { return e.user == u })
}

func (r *Room) mute(u *User, muted bool) {
	if e := r.member(u.ID); e != nil {
		e.muted = muted
	}
}

func (r *Room) invite(u *User) (*roomEntry, *apiError) {
	switch {
	case u == r.owner:
		return nil, internalError("yourself")
	case findEntry(r.invited, u.ID) != nil:
		return nil, internalError("already invited")
	case r.has(u.ID):
		return nil, internalError("already member")
	}
	e := r.entry(u)
	r.invited = append(r.invited, e)
	r.server.notify(u, notificationContent{
		kind: misskey.NotificationKindChatRoomInvitationReceived, from: r.owner, invitation: e,
	})
	return e, nil
}

func (r *Room) delete() {
	r.server.rooms.remove(r.ID)
	r.server.chat.messages = slices.DeleteFunc(r.server.chat.messages, func(m *chatMessage) bool { return m.room == r })
}
