package misskeytest

import (
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

const maxChatText = 2000

var chatEndpoints = []*endpoint{
	{name: "chat/messages/create-to-user", credential: true, permission: "write:chat",
		params: schema{
			chatText,
			{name: "fileId", kind: anID},
			{name: "toUserId", kind: anID, required: true},
		}, run: chatToUser},
	{name: "chat/messages/create-to-room", credential: true, permission: "write:chat",
		params: schema{
			chatText,
			{name: "fileId", kind: anID},
			{name: "toRoomId", kind: anID, required: true},
		}, run: chatToRoom},
	{name: "chat/messages/delete", credential: true, permission: "write:chat", params: oneChat, run: deleteChat},
	{name: "chat/messages/react", credential: true, permission: "write:chat", params: oneChatReaction, run: createChatReaction},
	{name: "chat/messages/unreact", credential: true, permission: "write:chat", params: oneChatReaction, run: deleteChatReaction},
	{name: "chat/messages/show", credential: true, permission: "read:chat", params: oneChat, run: showChat},
	{name: "chat/messages/user-timeline", credential: true, permission: "read:chat",
		params: paged(oneUser...), run: userChatTimeline},
	{name: "chat/messages/room-timeline", credential: true, permission: "read:chat",
		params: paged(oneRoom...), run: roomChatTimeline},
	{name: "chat/messages/search", credential: true, permission: "read:chat",
		params: schema{
			{name: "query", kind: aText, required: true, min: 1, max: 256},
			{name: "limit", kind: anInteger, min: 1, max: 100},
			{name: "userId", kind: anID, nullable: true},
			{name: "roomId", kind: anID, nullable: true},
		}, run: searchChat},
	{name: "chat/history", credential: true, permission: "read:chat",
		params: schema{
			{name: "limit", kind: anInteger, min: 1, max: 100},
			{name: "room", kind: aBoolean},
		}, run: chatHistory},
	{name: "chat/read-all", credential: true, permission: "write:chat", run: readAllChats},
}

var (
	oneChat         = schema{{name: "messageId", kind: anID, required: true}}
	oneChatReaction = append(oneChat[:1:1], param{name: "reaction", kind: aText, required: true})
)

var (
	errNoSuchChatUser        = refusal("NO_SUCH_USER", "11795c64-40ea-4198-b06e-3c873ed9039d", "No such user.")
	errChatWithYourself      = refusal("RECIPIENT_IS_YOURSELF", "17e2ba79-e22a-4cbc-bf91-d327643f4a7e", "You can not send a message to yourself.")
	errChatBlocked           = refusal("YOU_HAVE_BEEN_BLOCKED", "c15a5199-7422-4968-941a-2a462c478f7d", "You cannot send a message because you have been blocked by this user.")
	errNoSuchFileToUser      = refusal("NO_SUCH_FILE", "4372b8e2-185d-4146-8749-2f68864a3e5f", "No such file.")
	errContentRequiredToUser = refusal("CONTENT_REQUIRED", "25587321-b0e6-449c-9239-f8925092942c", "Content required. You need to set text or fileId.")
	errNoSuchRoomToPost      = refusal("NO_SUCH_ROOM", "8098520d-2da5-4e8f-8ee1-df78b55a4ec6", "No such room.")
	errNoSuchFileToRoom      = refusal("NO_SUCH_FILE", "b6accbd3-1d7b-4d9f-bdb7-eb185bac06db", "No such file.")
	errContentRequiredToRoom = refusal("CONTENT_REQUIRED", "340517b7-6d04-42c0-bac1-37ee804e3594", "Content required. You need to set text or fileId.")
	errNoSuchMessageDelete   = refusal("NO_SUCH_MESSAGE", "36b67f0e-66a6-414b-83df-992a55294f17", "No such message.")
	errNoSuchMessageReact    = refusal("NO_SUCH_MESSAGE", "9b5839b9-0ba0-4351-8c35-37082093d200", "No such message.")
	errNoSuchMessageUnreact  = refusal("NO_SUCH_MESSAGE", "c39ea42f-e3ca-428a-ad57-390e0a711595", "No such message.")
	errNoSuchMessageShow     = refusal("NO_SUCH_MESSAGE", "3710865b-1848-4da9-8d61-cfed15510b93", "No such message.")
	errNoSuchRoomTimeline    = refusal("NO_SUCH_ROOM", "c4d9f88c-9270-4632-b032-6ed8cee36f7f", "No such room.")
	errNoSuchRoomSearch      = refusal("NO_SUCH_ROOM", "460b3669-81b0-4dc9-a997-44442141bf83", "No such room.")
)

// chatText is what a message may say.
var chatText = param{name: "text", kind: aText, nullable: true, max: maxChatText}

// chatDraft reads what both kinds of messages have.
func (r *request) chatDraft(noSuchFile, contentRequired *apiError) (*chatMessage, *apiError) {
	m := &chatMessage{from: r.user, text: r.text("text")}
	if id, given := r.params.text("fileId"); given {
		f, ok := r.server.fileOf(r.user, misskey.DriveFileID(id))
		if !ok {
			return nil, noSuchFile
		}
		m.file = &f
	}
	if m.empty() {
		return nil, contentRequired
	}
	return m, nil
}

func chatToUser(r *request) (any, *apiError) {
	m, refused := r.chatDraft(errNoSuchFileToUser, errContentRequiredToUser)
	if refused != nil {
		return nil, refused
	}
	if misskey.UserID(r.text("toUserId")) == r.user.ID {
		return nil, errChatWithYourself
	}
	var ok bool
	if m.to, ok = r.server.users.get(misskey.UserID(r.text("toUserId"))); !ok {
		return nil, errNoSuchChatUser
	}
	return r.say(m)
}

func chatToRoom(r *request) (any, *apiError) {
	var ok bool
	room, ok := r.server.rooms.get(misskey.ChatRoomID(r.text("toRoomId")))
	if !ok {
		return nil, errNoSuchRoomToPost
	}
	m, refused := r.chatDraft(errNoSuchFileToRoom, errContentRequiredToRoom)
	if refused != nil {
		return nil, refused
	}
	m.room = room
	return r.say(m)
}

func (r *request) say(m *chatMessage) (any, *apiError) {
	if refused := r.server.say(m); refused != nil {
		return nil, refused
	}
	return r.server.packChatLite(m), nil
}

func (r *request) messageID() misskey.ChatMessageID {
	return misskey.ChatMessageID(r.text("messageId"))
}

func deleteChat(r *request) (any, *apiError) {
	return nil, r.server.unsay(r.user, r.messageID())
}

func createChatReaction(r *request) (any, *apiError) {
	return nil, r.server.reactToChat(r.user, r.messageID(), r.text("reaction"))
}

func deleteChatReaction(r *request) (any, *apiError) {
	return nil, r.server.unreactToChat(r.user, r.messageID(), r.text("reaction"))
}

// showChat shows what the caller has sent or got. What is said in a room counts
// for its sender only.
func showChat(r *request) (any, *apiError) {
	m := r.server.chat.get(r.messageID())
	if m == nil || m.from != r.user && m.to != r.user {
		return nil, errNoSuchMessageShow
	}
	return r.server.packChat(m, r.user), nil
}

// userChatTimeline marks the conversation as read.
func userChatTimeline(r *request) (any, *apiError) {
	other, ok := r.server.users.get(misskey.UserID(r.text("userId")))
	if !ok {
		return nil, errNoSuchChatUser
	}
	between := func(m *chatMessage) bool {
		return m.from == r.user && m.to == other || m.from == other && m.to == r.user
	}
	r.server.readChat(chatKey(r.user.ID, other.ID))
	return r.chatTimeline(between), nil
}

// roomChatTimeline marks the room as read.
func roomChatTimeline(r *request) (any, *apiError) {
	room, ok := r.room()
	if !ok || !room.has(r.user.ID) {
		return nil, errNoSuchRoomTimeline
	}
	r.server.readChat(roomKey(r.user.ID, room.ID))
	return r.chatTimeline(func(m *chatMessage) bool { return m.room == room }), nil
}

func (r *request) chatTimeline(wanted func(*chatMessage) bool) []misskey.ChatMessageLite {
	all := []misskey.ChatMessageLite{}
	for _, m := range page(r, r.server.chat.messages, (*chatMessage).key, wanted) {
		all = append(all, r.server.packChatLite(m))
	}
	return all
}

func searchChat(r *request) (any, *apiError) {
	query := strings.ToLower(r.text("query"))
	if id, given := r.params.text("roomId"); given {
		if room, ok := r.server.rooms.get(misskey.ChatRoomID(id)); !ok || !room.has(r.user.ID) {
			return nil, errNoSuchRoomSearch
		}
	}
	with, room := r.text("userId"), r.text("roomId")
	found := page(r, r.server.chat.messages, (*chatMessage).key, func(m *chatMessage) bool {
		switch {
		case !m.concerns(r.user) || !strings.Contains(strings.ToLower(m.text), query):
			return false
		case room != "":
			return m.room != nil && string(m.room.ID) == room
		case with != "":
			return m.room == nil && (string(m.from.ID) == with || string(m.to.ID) == with)
		}
		return true
	})
	all := []misskey.ChatMessage{}
	for _, m := range found {
		all = append(all, r.server.packChat(m, r.user))
	}
	return all, nil
}

// chatHistory lists the conversations by their last message, the latest first.
func chatHistory(r *request) (any, *apiError) {
	rooms, limit := r.boolean("room", false), r.integer("limit", defaultPage)
	seen := map[string]bool{}
	all := []misskey.ChatMessage{}
	for _, m := range slices.Backward(r.server.chat.messages) {
		if (m.room != nil) != rooms || !m.concerns(r.user) || seen[m.reader(r.user)] || len(all) == limit {
			continue
		}
		seen[m.reader(r.user)] = true
		whole := r.server.packChat(m, r.user)
		whole.IsRead = opt.Of(!r.server.chat.unread[m.reader(r.user)])
		all = append(all, whole)
	}
	return all, nil
}

func readAllChats(r *request) (any, *apiError) {
	r.server.readChats(r.user)
	return nil, nil
}
