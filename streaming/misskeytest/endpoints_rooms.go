package misskeytest

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// roomPage is how many rooms, members and invitations come at once.
const roomPage = 30

var roomEndpoints = []*endpoint{
	{name: "chat/rooms/create", credential: true, permission: "write:chat",
		params: schema{
			{name: "name", kind: aText, required: true, max: 256},
			{name: "description", kind: aText, max: 1024},
		}, run: createRoom},
	{name: "chat/rooms/update", credential: true, permission: "write:chat",
		params: append(oneRoom[:1:1],
			param{name: "name", kind: aText, max: 256},
			param{name: "description", kind: aText, max: 1024},
		), run: updateRoom},
	{name: "chat/rooms/delete", credential: true, permission: "write:chat", params: oneRoom, run: deleteRoom},
	{name: "chat/rooms/show", credential: true, permission: "read:chat", params: oneRoom, run: showRoom},
	{name: "chat/rooms/join", credential: true, permission: "write:chat", params: oneRoom, run: joinRoom},
	{name: "chat/rooms/leave", credential: true, permission: "write:chat", params: oneRoom, run: leaveRoom},
	{name: "chat/rooms/mute", credential: true, permission: "write:chat",
		params: append(oneRoom[:1:1], param{name: "mute", kind: aBoolean, required: true}), run: muteRoom},
	{name: "chat/rooms/members", credential: true, permission: "write:chat",
		params: paged(oneRoom...), run: listMembers},
	{name: "chat/rooms/owned", credential: true, permission: "read:chat", params: paging, run: listOwnRooms},
	{name: "chat/rooms/joining", credential: true, permission: "read:chat", params: paging, run: listJoinedRooms},
	{name: "chat/rooms/invitations/create", credential: true, permission: "write:chat",
		params: slices.Concat(oneRoom, oneUser), run: createInvitation},
	{name: "chat/rooms/invitations/ignore", credential: true, permission: "write:chat", params: oneRoom, run: ignoreInvitation},
	{name: "chat/rooms/invitations/inbox", credential: true, permission: "read:chat", params: paging, run: listInbox},
	{name: "chat/rooms/invitations/outbox", credential: true, permission: "read:chat",
		params: paged(oneRoom...), run: listOutbox},
}

var oneRoom = schema{{name: "roomId", kind: anID, required: true}}

var (
	errNoSuchRoomUpdate  = refusal("NO_SUCH_ROOM", "fcdb0f92-bda6-47f9-bd05-343e0e020932", "No such room.")
	errNoSuchRoomDelete  = refusal("NO_SUCH_ROOM", "d4e3753d-97bf-4a19-ab8e-21080fbc0f4b", "No such room.")
	errNoSuchRoomShow    = refusal("NO_SUCH_ROOM", "857ae02f-8759-4d20-9adb-6e95fffe4fd7", "No such room.")
	errNoSuchRoomJoin    = refusal("NO_SUCH_ROOM", "84416476-5ce8-4a2c-b568-9569f1b10733", "No such room.")
	errNoSuchRoomLeave   = refusal("NO_SUCH_ROOM", "cb7f3179-50e8-4389-8c30-dbe2650a67c9", "No such room.")
	errNoSuchRoomMute    = refusal("NO_SUCH_ROOM", "c2cde4eb-8d0f-42f1-8f2f-c4d6bfc8e5df", "No such room.")
	errNoSuchRoomMembers = refusal("NO_SUCH_ROOM", "7b9fe84c-eafc-4d21-bf89-485458ed2c18", "No such room.")
	errNoSuchRoomInvite  = refusal("NO_SUCH_ROOM", "916f9507-49ba-4e90-b57f-1fd4deaa47a5", "No such room.")
	errNoSuchRoomIgnore  = refusal("NO_SUCH_ROOM", "5130557e-5a11-4cfb-9cc5-fe60cda5de0d", "No such room.")
	errNoSuchRoomOutbox  = refusal("NO_SUCH_ROOM", "a3c6b309-9717-4316-ae94-a69b53437237", "No such room.")
)

func (r *Room) key() string { return string(r.ID) }

func (r *request) room() (*Room, bool) {
	return r.server.rooms.get(misskey.ChatRoomID(r.text("roomId")))
}

// ownRoom finds a room that the caller owns.
func (r *request) ownRoom() (*Room, bool) {
	room, ok := r.room()
	return room, ok && room.owner == r.user
}

func (r *request) packRoom(room *Room) misskey.ChatRoom { return r.server.packRoom(room, r.user) }

func createRoom(r *request) (any, *apiError) {
	return r.packRoom(r.server.addRoom(r.user, r.text("name"), r.text("description"), nil)), nil
}

func updateRoom(r *request) (any, *apiError) {
	room, ok := r.ownRoom()
	if !ok {
		return nil, errNoSuchRoomUpdate
	}
	if name, given := r.params.text("name"); given {
		room.name = name
	}
	if description, given := r.params.text("description"); given {
		room.description = description
	}
	return r.packRoom(room), nil
}

func deleteRoom(r *request) (any, *apiError) {
	room, ok := r.ownRoom()
	if !ok {
		return nil, errNoSuchRoomDelete
	}
	room.delete()
	return nil, nil
}

func showRoom(r *request) (any, *apiError) {
	room, ok := r.room()
	if !ok {
		return nil, errNoSuchRoomShow
	}
	return r.packRoom(room), nil
}

// joinRoom takes an invitation up; without one the server fails.
func joinRoom(r *request) (any, *apiError) {
	room, ok := r.room()
	switch {
	case !ok:
		return nil, errNoSuchRoomJoin
	case findEntry(room.invited, r.user.ID) == nil:
		return nil, internalError("not invited")
	}
	room.admit(r.user)
	return nil, nil
}

func leaveRoom(r *request) (any, *apiError) {
	room, ok := r.room()
	if !ok {
		return nil, errNoSuchRoomLeave
	}
	room.expel(r.user)
	return nil, nil
}

func muteRoom(r *request) (any, *apiError) {
	room, ok := r.room()
	if !ok {
		return nil, errNoSuchRoomMute
	}
	room.mute(r.user, r.boolean("mute", false))
	return nil, nil
}

// roomsPage reads a page of what comes thirty at a time.
func roomsPage[T any](r *request, all []T, id func(T) string, wanted func(T) bool) []T {
	s := r.span()
	s.limit = r.integer("limit", roomPage)
	return cut(s, sortedByID(all, id), id, wanted)
}

func listMembers(r *request) (any, *apiError) {
	room, ok := r.room()
	if !ok || !room.has(r.user.ID) {
		return nil, errNoSuchRoomMembers
	}
	all := []roomMembership{}
	for _, e := range roomsPage(r, room.members, (*roomEntry).key, takeAll) {
		m := packMembership(e)
		m.User = pointer(r.server.packUser(e.user))
		all = append(all, m)
	}
	return all, nil
}

func takeAll[T any](T) bool { return true }

func listOwnRooms(r *request) (any, *apiError) {
	all := []misskey.ChatRoom{}
	for _, room := range roomsPage(r, r.server.rooms.all, (*Room).key, func(room *Room) bool { return room.owner == r.user }) {
		all = append(all, r.packRoom(room))
	}
	return all, nil
}

func listJoinedRooms(r *request) (any, *apiError) {
	mine := r.entries(func(room *Room) []*roomEntry { return room.members })
	all := []roomMembership{}
	for _, e := range roomsPage(r, mine, (*roomEntry).key, takeAll) {
		m := packMembership(e)
		m.Room = pointer(r.packRoom(e.room))
		all = append(all, m)
	}
	return all, nil
}

// entries collects the caller's memberships or invitations.
func (r *request) entries(of func(*Room) []*roomEntry) []*roomEntry {
	var mine []*roomEntry
	for _, room := range r.server.rooms.all {
		if e := findEntry(of(room), r.user.ID); e != nil {
			mine = append(mine, e)
		}
	}
	return mine
}

func createInvitation(r *request) (any, *apiError) {
	room, ok := r.ownRoom()
	if !ok {
		return nil, errNoSuchRoomInvite
	}
	invitee, ok := r.server.users.get(misskey.UserID(r.text("userId")))
	if !ok {
		return nil, internalError("no such user")
	}
	e, refused := room.invite(invitee)
	if refused != nil {
		return nil, refused
	}
	return r.server.packInvitation(e, r.user), nil
}

func ignoreInvitation(r *request) (any, *apiError) {
	room, ok := r.room()
	if !ok {
		return nil, errNoSuchRoomIgnore
	}
	if e := findEntry(room.invited, r.user.ID); e != nil {
		e.ignored = true
	}
	return nil, nil
}

func listInbox(r *request) (any, *apiError) {
	mine := r.entries(func(room *Room) []*roomEntry { return room.invited })
	return r.invitations(mine, func(e *roomEntry) bool { return !e.ignored }), nil
}

func listOutbox(r *request) (any, *apiError) {
	room, ok := r.ownRoom()
	if !ok {
		return nil, errNoSuchRoomOutbox
	}
	return r.invitations(room.invited, takeAll), nil
}

func (r *request) invitations(all []*roomEntry, wanted func(*roomEntry) bool) []misskey.ChatRoomInvitation {
	packed := []misskey.ChatRoomInvitation{}
	for _, e := range roomsPage(r, all, (*roomEntry).key, wanted) {
		packed = append(packed, r.server.packInvitation(e, r.user))
	}
	return packed
}
