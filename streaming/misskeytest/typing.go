package misskeytest

import (
	"slices"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

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
	u.server.mustOwn("Type", "to", to)
	act(u, "Type", func() (struct{}, *apiError) {
		return struct{}{}, u.server.startTyping(u, topic{"messaging", messagingKey(to.ID, u.ID)})
	})
}

// Type makes u start a message to the group: `typers` on its messaging channels.
func (g *Group) Type(u *User) {
	g.server.mustOwn("Type", "u", u)
	act(u, "Type", func() (struct{}, *apiError) {
		return struct{}{}, u.server.startTyping(u, topic{"messaging", groupKey(g.ID)})
	})
}

// Type makes u start a note in the channel: `typers` on the streaming channels
// that carry its timeline. It panics unless the server is [Release12].
func (c *Channel) Type(u *User) {
	c.server.mustOwn("Type", "u", u)
	act(u, "Type", func() (struct{}, *apiError) {
		return struct{}{}, u.server.startTyping(u, topic{"channel", string(c.ID)})
	})
}

// typing acts on typingOnMessaging, which names the user or the group that the
// message is going to be for, and on typingOnChannel.
func (k *Socket) typing(typ string, body object) {
	u := k.who.user
	if u == nil {
		return
	}
	if typ == "typingOnChannel" {
		if id, ok := body.text("channel"); ok {
			k.server.startTyping(u, topic{"channel", id})
		}
		return
	}
	if partner, ok := body.text("partner"); ok && partner != "" {
		k.server.startTyping(u, topic{"messaging", messagingKey(misskey.UserID(partner), u.ID)})
	} else if group, ok := body.text("group"); ok && group != "" {
		k.server.startTyping(u, topic{"messaging", groupKey(group)})
	}
}

func (s *Server) startTyping(u *User, where topic) *apiError {
	if !s.facts.messaging {
		return errNoSuchEndpoint
	}
	s.listeners(where, func(c *channelConn) { c.typists.heard(u) })
	return nil
}
