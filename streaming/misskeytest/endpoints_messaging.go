package misskeytest

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// messagingEndpoints are those of Misskey 12, about messages to a user or to a
// group.
var messagingEndpoints = []*endpoint{
	{name: "messaging/messages", credential: true, permission: "read:messaging", params: schema{
		{name: "userId", kind: anID},
		{name: "groupId", kind: anID},
		{name: "limit", kind: anInteger, min: 1, max: 100},
		{name: "sinceId", kind: anID},
		{name: "untilId", kind: anID},
		{name: "markAsRead", kind: aBoolean},
	}, valid: toUserOrGroup, run: listMessages},
	{name: "messaging/history", credential: true, permission: "read:messaging", params: schema{
		{name: "limit", kind: anInteger, min: 1, max: 100},
		{name: "group", kind: aBoolean},
	}, run: messageHistory},
	{name: "messaging/messages/create", credential: true, permission: "write:messaging", params: schema{
		{name: "userId", kind: anID},
		{name: "groupId", kind: anID},
		{name: "text", kind: aText, nullable: true, max: 3000},
		{name: "fileId", kind: anID},
	}, valid: toUserOrGroup, run: createMessage},
	{name: "messaging/messages/delete", credential: true, permission: "write:messaging", params: oneMessage, run: deleteMessage},
	{name: "messaging/messages/read", credential: true, permission: "write:messaging", params: oneMessage, run: readMessage},
}

var oneMessage = schema{{name: "messageId", kind: anID, required: true}}

var (
	errNoSuchUserMessages  = refusal("NO_SUCH_USER", "11795c64-40ea-4198-b06e-3c873ed9039d", "No such user.")
	errNoSuchGroupMessages = refusal("NO_SUCH_GROUP", "c4d9f88c-9270-4632-b032-6ed8cee36f7f", "No such group.")
	errNotInGroupToRead    = refusal("GROUP_ACCESS_DENIED", "a053a8dd-a491-4718-8f87-50775aad9284", "You can not read messages of groups that you have not joined.")

	errMessageToYourself      = refusal("RECIPIENT_IS_YOURSELF", "17e2ba79-e22a-4cbc-bf91-d327643f4a7e", "You can not send a message to yourself.")
	errMessageBlocked         = refusal("YOU_HAVE_BEEN_BLOCKED", "c15a5199-7422-4968-941a-2a462c478f7d", "You cannot send a message because you have been blocked by this user.")
	errNoSuchUserMessage      = refusal("NO_SUCH_USER", "11795c64-40ea-4198-b06e-3c873ed9039d", "No such user.")
	errNoSuchGroupMessage     = refusal("NO_SUCH_GROUP", "c94e2a5d-06aa-4914-8fa6-6a42e73d6537", "No such group.")
	errNotInGroupToSend       = refusal("GROUP_ACCESS_DENIED", "d96b3cca-5ad1-438b-ad8b-02f931308fbd", "You can not send messages to groups that you have not joined.")
	errNoSuchFileMessage      = refusal("NO_SUCH_FILE", "4372b8e2-185d-4146-8749-2f68864a3e5f", "No such file.")
	errMessageContentRequired = refusal("CONTENT_REQUIRED", "25587321-b0e6-449c-9239-f8925092942c", "Content required. You need to set text or fileId.")

	errNoSuchMessagingMessageDelete = refusal("NO_SUCH_MESSAGE", "54b5b326-7925-42cf-8019-130fda8b56af", "No such message.")
	errNoSuchMessagingMessageRead   = refusal("NO_SUCH_MESSAGE", "86d56a2f-a9c3-4afb-b13c-3e9bfef9aa14", "No such message.")
)

// toUserOrGroup: one of the two has to be there.
func toUserOrGroup(params object) *apiError {
	_, user := params["userId"]
	if _, group := params["groupId"]; !user && !group {
		return invalidParam("#/anyOf/0/required", "must have required property 'userId'")
	}
	return nil
}

// listMessages shows a conversation and, unless markAsRead is false, marks what
// it shows as read.
func listMessages(r *request) (any, *apiError) {
	s := r.server
	if id, ok := r.params.text("userId"); ok {
		other, there := s.users.get(misskey.UserID(id))
		if !there {
			return nil, errNoSuchUserMessages
		}
		found := r.messages(func(m *message) bool {
			return m.from == r.user && m.to == other || m.from == other && m.to == r.user
		})
		if r.boolean("markAsRead", true) {
			s.readFrom(r.user, other, messageIDs(found, func(m *message) bool { return m.to == r.user }))
		}
		return s.packMessages(found), nil
	}
	g, there := s.messaging.groups.get(r.text("groupId"))
	switch {
	case !there:
		return nil, errNoSuchGroupMessages
	case g.member(r.user) == nil:
		return nil, errNotInGroupToRead
	}
	found := r.messages(func(m *message) bool { return m.group == g })
	if r.boolean("markAsRead", true) {
		s.readInGroup(r.user, g, messageIDs(found, func(*message) bool { return true }))
	}
	return s.packMessages(found), nil
}

func (r *request) messages(wanted func(*message) bool) []*message {
	return page(r, r.server.messaging.messages, (*message).key, wanted)
}

func messageIDs(all []*message, wanted func(*message) bool) []string {
	var ids []string
	for _, m := range all {
		if wanted(m) {
			ids = append(ids, m.id)
		}
	}
	return ids
}

// packMessages writes messages out for a reader who knows whose they are.
func (s *Server) packMessages(all []*message) []MessagingMessage {
	list := []MessagingMessage{}
	for _, m := range all {
		packed := s.packMessage(m)
		packed.Recipient, packed.Group = nil, nil
		list = append(list, packed)
	}
	return list
}

// messageHistory shows the last message of each conversation, newest first:
// those with users, or those in groups.
func messageHistory(r *request) (any, *apiError) {
	inGroups := r.boolean("group", false)
	seen := map[any]bool{}
	list := []MessagingMessage{}
	for _, m := range slices.Backward(r.server.messaging.messages) {
		if len(list) >= r.integer("limit", defaultPage) {
			break
		}
		var with any
		switch {
		case inGroups && m.group != nil && m.group.member(r.user) != nil:
			with = m.group
		case !inGroups && m.to == r.user:
			with = m.from
		case !inGroups && m.to != nil && m.from == r.user:
			with = m.to
		default:
			continue
		}
		if !seen[with] {
			seen[with] = true
			list = append(list, r.server.packMessage(m))
		}
	}
	return list, nil
}

func createMessage(r *request) (any, *apiError) {
	s := r.server
	m := &message{from: r.user, text: r.text("text")}
	if id, ok := r.params.text("userId"); ok {
		if m.to, ok = s.users.get(misskey.UserID(id)); !ok {
			return nil, errNoSuchUserMessage
		}
	} else if m.group, ok = s.messaging.groups.get(r.text("groupId")); !ok {
		return nil, errNoSuchGroupMessage
	}
	if id, ok := r.params.text("fileId"); ok {
		f, there := s.fileOf(r.user, misskey.DriveFileID(id))
		if !there {
			return nil, errNoSuchFileMessage
		}
		m.file = &f
	}
	if m.file == nil {
		if _, given := r.params.text("text"); !given {
			return nil, errMessageContentRequired
		}
	}
	return orRefuse(s.sendMessage(m))
}

// orRefuse makes the result of an endpoint out of something and a refusal.
func orRefuse[T any](result T, refused *apiError) (any, *apiError) {
	if refused != nil {
		return nil, refused
	}
	return result, nil
}

func deleteMessage(r *request) (any, *apiError) {
	return nil, r.server.deleteMessage(r.user, r.text("messageId"))
}

func readMessage(r *request) (any, *apiError) {
	return nil, r.server.readMessage(r.user, r.text("messageId"))
}
