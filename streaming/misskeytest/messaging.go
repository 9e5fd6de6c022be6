package misskeytest

import (
	"slices"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// messaging is what Misskey 12 has instead of chat: messages from one user to
// another or to a group.
type messaging struct {
	messages []*message // by id
	groups   registry[string, *Group]
}

// message goes either to a user or to a group.
type message struct {
	id      string
	created time.Time
	from    *User
	to      *User
	group   *Group
	text    string
	file    *misskey.DriveFile
	read    bool    // by to
	readers []*User // of the group
}

func (m *message) key() string { return m.id }

// MessagingMessage is a message as the server writes it out. Recipient and Group
// are left out of lists, where everybody knows them.
type MessagingMessage struct {
	ID          string               `json:"id"`
	CreatedAt   time.Time            `json:"createdAt"`
	Text        *string              `json:"text"` // nil for a file alone
	UserID      misskey.UserID       `json:"userId"`
	User        misskey.UserLite     `json:"user"`
	RecipientID *misskey.UserID      `json:"recipientId"` // nil in a group
	Recipient   *misskey.UserLite    `json:"recipient,omitempty"`
	GroupID     *string              `json:"groupId"` // nil between two users
	Group       *UserGroup           `json:"group,omitempty"`
	FileID      *misskey.DriveFileID `json:"fileId"`
	File        *misskey.DriveFile   `json:"file"`
	IsRead      bool                 `json:"isRead"` // by the recipient
	Reads       []misskey.UserID     `json:"reads"`  // those of the group who have read it
}

// MarshalJSON writes the message as the server does.
func (m MessagingMessage) MarshalJSON() ([]byte, error) {
	type plain MessagingMessage
	return marshal(struct {
		plain
		CreatedAt timestamp `json:"createdAt"`
	}{plain(m), timestamp(m.CreatedAt)}), nil
}

// Message makes u send another user a message: `message` on the messaging
// channels of both about each other and on their messagingIndex channels,
// `messagingMessage` on their main channels, and `unreadMessagingMessage` on the
// other's main channels unless they mute u, or read it within the time that
// [WithUnreadDelay] sets. It panics when the other blocks u, and unless the
// server is [Release12]; later releases have [User.Chat].
func (u *User) Message(to *User, text string) MessagingMessage {
	u.server.mustOwn("Message", "to", to)
	return u.sendMessage("Message", &message{from: u, to: to, text: text})
}

// Message makes u send a message to the group: `message` on its messaging
// channels and on the messagingIndex channels of its members, `messagingMessage`
// on the main channels of these, and `unreadMessagingMessage` on those of the
// others who do not read it in time, as in [User.Message]. It panics when u is
// no member.
func (g *Group) Message(u *User, text string) MessagingMessage {
	g.server.mustOwn("Message", "u", u)
	return u.sendMessage("Message", &message{from: u, group: g, text: text})
}

func (u *User) sendMessage(what string, m *message) MessagingMessage {
	return act(u, what, func() (MessagingMessage, *apiError) { return u.server.sendMessage(m) })
}

// DeleteMessage makes u delete a message of theirs: `deleted` on the messaging
// channels that had it.
func (u *User) DeleteMessage(id string) {
	act(u, "DeleteMessage", func() (struct{}, *apiError) { return struct{}{}, u.server.deleteMessage(u, id) })
}

// ReadMessage makes u read a message: `read` on the messaging channels of the
// other user or of the group, and on u's messagingIndex channels, and
// `readAllMessagingMessages` on u's main channels when no message is left
// unread.
func (u *User) ReadMessage(id string) {
	act(u, "ReadMessage", func() (struct{}, *apiError) { return struct{}{}, u.server.readMessage(u, id) })
}

func (s *Server) sendMessage(m *message) (MessagingMessage, *apiError) {
	switch {
	case !s.facts.messaging:
		return MessagingMessage{}, errNoSuchEndpoint
	case m.to == m.from:
		return MessagingMessage{}, errMessageToYourself
	case m.to != nil && m.from.blockedBy(m.to):
		return MessagingMessage{}, errMessageBlocked
	case m.group != nil && m.group.member(m.from) == nil:
		return MessagingMessage{}, errNotInGroupToSend
	}
	m.id, m.created = s.nextID(), s.now()
	m.text = strings.TrimSpace(m.text)
	s.messaging.messages = append(s.messaging.messages, m)

	packed := s.packMessage(m)
	s.toMessaging(m, "message", packed)
	for _, u := range m.audience() {
		s.publish(topic{"messagingIndex", string(u.ID)}, "message", packed)
		u.toMain("messagingMessage", packed)
	}
	s.after(s.config.unreadDelay, func() {
		if s.messaging.get(m.id) == nil {
			return
		}
		for _, u := range m.audience() {
			if m.unreadBy(u) && !(m.group == nil && u.relations.muted[m.from.ID] != nil) {
				u.toMain("unreadMessagingMessage", packed)
			}
		}
	})
	return packed, nil
}

// audience is everybody whom the message concerns, its sender included.
func (m *message) audience() []*User {
	if m.group == nil {
		return []*User{m.from, m.to}
	}
	var users []*User
	for _, member := range m.group.members {
		users = append(users, member.user)
	}
	return users
}

// unreadBy reports whether u has still to read the message. What was said in a
// group before u joined it is not for u.
func (m *message) unreadBy(u *User) bool {
	switch {
	case m.from == u:
		return false
	case m.group == nil:
		return m.to == u && !m.read
	}
	member := m.group.member(u)
	return member != nil && m.id > member.id && !slices.Contains(m.readers, u)
}

func (g *messaging) get(id string) *message {
	i := slices.IndexFunc(g.messages, func(m *message) bool { return m.id == id })
	if i < 0 {
		return nil
	}
	return g.messages[i]
}

func (g *messaging) unreadBy(u *User) bool {
	return slices.ContainsFunc(g.messages, func(m *message) bool { return m.unreadBy(u) })
}

func (s *Server) deleteMessage(u *User, id string) *apiError {
	m := s.messaging.get(id)
	if m == nil || m.from != u {
		return errNoSuchMessagingMessageDelete
	}
	s.messaging.messages = slices.DeleteFunc(s.messaging.messages, func(o *message) bool { return o == m })
	s.toMessaging(m, "deleted", m.id)
	return nil
}

func (s *Server) readMessage(u *User, id string) *apiError {
	m := s.messaging.get(id)
	switch {
	case m == nil:
		return errNoSuchMessagingMessageRead
	case m.group != nil && m.group.member(u) == nil, m.group == nil && m.to != u:
		return errNoSuchMessagingMessageRead
	case m.group != nil:
		s.readInGroup(u, m.group, []string{id})
	default:
		s.readFrom(u, m.from, []string{id})
	}
	return nil
}

// readFrom marks what another user has sent to u as read. It does nothing when
// one of the messages is not to u.
func (s *Server) readFrom(u, other *User, ids []string) {
	if len(ids) == 0 {
		return
	}
	var found []*message
	for _, id := range ids {
		switch m := s.messaging.get(id); {
		case m == nil:
		case m.to != u:
			return
		case m.from == other:
			found = append(found, m)
		}
	}
	for _, m := range found {
		m.read = true
	}
	s.publish(topic{"messaging", messagingKey(other.ID, u.ID)}, "read", ids)
	s.tellRead(u, ids)
}

// groupRead is the body of `read` in a group.
type groupRead struct {
	IDs    []string       `json:"ids"`
	UserID misskey.UserID `json:"userId"`
}

// readInGroup marks what others have sent to a group as read by u.
func (s *Server) readInGroup(u *User, g *Group, ids []string) {
	if len(ids) == 0 || g.member(u) == nil {
		return
	}
	fresh := []string{}
	for _, id := range ids {
		m := s.messaging.get(id)
		if m != nil && m.group == g && m.from != u && !slices.Contains(m.readers, u) {
			m.readers = append(m.readers, u)
			fresh = append(fresh, id)
		}
	}
	s.publish(topic{"messaging", groupKey(g.ID)}, "read", groupRead{IDs: fresh, UserID: u.ID})
	s.tellRead(u, fresh)
}

// tellRead tells the reader's other clients.
func (s *Server) tellRead(u *User, ids []string) {
	s.publish(topic{"messagingIndex", string(u.ID)}, "read", ids)
	if !s.messaging.unreadBy(u) {
		u.toMain("readAllMessagingMessages", nil)
	}
}

func (s *Server) packMessage(m *message) MessagingMessage {
	packed := MessagingMessage{
		ID:        m.id,
		CreatedAt: m.created,
		UserID:    m.from.ID,
		User:      s.packUser(m.from),
		File:      m.file,
		IsRead:    m.read,
		Reads:     []misskey.UserID{},
	}
	if m.text != "" {
		packed.Text = pointer(m.text)
	}
	if m.file != nil {
		packed.FileID = pointer(m.file.ID)
	}
	if m.to != nil {
		packed.RecipientID = pointer(m.to.ID)
		packed.Recipient = pointer(s.packUser(m.to))
	}
	if m.group != nil {
		packed.GroupID = pointer(m.group.ID)
		packed.Group = pointer(m.group.pack())
	}
	for _, u := range m.readers {
		packed.Reads = append(packed.Reads, u.ID)
	}
	return packed
}
