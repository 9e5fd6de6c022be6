package misskeytest

import (
	"encoding/json"
	"slices"
	"time"

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

// typingLasts is for how long somebody counts as typing, and how often a
// channel says who does.
const typingLasts = 5 * time.Second

// typists are those who are typing, as one channel has heard.
type typists struct {
	conn *channelConn
	all  []typist // in the order they began
	next *call    // when the channel says so again
}

type typist struct {
	user *User
	last time.Time
}

// awaitTypists makes the channel say again and again who is typing, even if it
// is nobody.
func awaitTypists(c *channelConn) {
	t := &typists{conn: c}
	c.typists = t
	t.again()
}

func (t *typists) again() {
	s := t.conn.socket.server
	t.next = s.after(typingLasts, func() {
		t.again()
		t.tell()
		s.touch()
	})
}

// heard tells the channel at once of somebody who was not typing before.
func (t *typists) heard(u *User) {
	now := t.conn.socket.server.now()
	i := slices.IndexFunc(t.all, func(o typist) bool { return o.user == u })
	if i >= 0 {
		t.all[i].last = now
		return
	}
	t.all = append(t.all, typist{user: u, last: now})
	t.tell()
}

func (t *typists) tell() {
	s := t.conn.socket.server
	t.all = slices.DeleteFunc(t.all, func(o typist) bool { return s.now().Sub(o.last) > typingLasts })
	users := []misskey.UserLite{}
	for _, o := range t.all {
		users = append(users, s.packUser(o.user))
	}
	t.conn.emit(s.newEvent("typers", users))
}

// Type makes u start a message to another user: `typers` on the other's
// messaging channels about u. It panics unless the server is [Release12].
func (u *User) Type(to *User) {
	act(u, "Type", func() (struct{}, *apiError) {
		return struct{}{}, u.server.startTyping(u, messagingKey(to.ID, u.ID))
	})
}

// Type makes u start a message to the group: `typers` on its messaging channels.
func (g *Group) Type(u *User) {
	act(u, "Type", func() (struct{}, *apiError) { return struct{}{}, u.server.startTyping(u, groupKey(g.ID)) })
}

// typing acts on typingOnMessaging, which names the user or the group that the
// message is going to be for.
func (k *Socket) typing(body object) {
	if k.who.user == nil {
		return
	}
	key := ""
	if partner, ok := body.text("partner"); ok && partner != "" {
		key = messagingKey(misskey.UserID(partner), k.me())
	} else if group, ok := body.text("group"); ok && group != "" {
		key = groupKey(group)
	} else {
		return
	}
	k.server.startTyping(k.who.user, key)
}

func (s *Server) startTyping(u *User, key string) *apiError {
	if !s.facts.messaging {
		return errNoSuchEndpoint
	}
	s.listeners(topic{"messaging", key}, func(c *channelConn) { c.typists.heard(u) })
	return nil
}
