package misskeytest

import (
	"encoding/json"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// messagingKey names the messages between two users as one of them hears them.
func messagingKey(me, other misskey.UserID) string { return string(me) + "-" + string(other) }

func groupKey(id string) string { return "@" + id }

// toMessaging sends an event to everyone connected to the message's
// conversation.
func (s *Server) toMessaging(m *message, typ string, body any) {
	if m.group != nil {
		s.publish(topic{"messaging", groupKey(m.group.ID)}, typ, body)
		return
	}
	s.publish(topic{"messaging", messagingKey(m.from.ID, m.to.ID)}, typ, body)
	s.publish(topic{"messaging", messagingKey(m.to.ID, m.from.ID)}, typ, body)
}

// openMessaging: another user counts for more than a group, and of a group one
// has to be a member. Without either the channel is open, and silent.
func openMessaging(c *channelConn) (string, bool) {
	s := c.socket.server
	if other, ok := c.params.text("otherparty"); ok && other != "" {
		_, there := s.users.get(misskey.UserID(other))
		return messagingKey(c.me(), misskey.UserID(other)), there
	}
	group, ok := c.params.text("group")
	if !ok || group == "" {
		return "", true
	}
	g, there := s.messaging.groups.get(group)
	return groupKey(group), there && g.member(c.socket.who.user) != nil
}

// messagingReceive acts on `read` {id}.
func messagingReceive(c *channelConn, typ string, body json.RawMessage) {
	o, ok := toObject(body)
	if typ != "read" || !ok {
		return
	}
	id, ok := o.text("id")
	if !ok {
		return
	}
	s, me := c.socket.server, c.socket.who.user
	if other, ok := c.params.text("otherparty"); ok && other != "" {
		if u, there := s.users.get(misskey.UserID(other)); there {
			s.readFrom(me, u, []string{id})
		}
		return
	}
	group, _ := c.params.text("group")
	if g, there := s.messaging.groups.get(group); there {
		s.readInGroup(me, g, []string{id})
	}
}
