package misskeytest

import (
	"encoding/json"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// channelRule is what the server knows of a channel before anybody connects.
type channelRule struct {
	name       string
	credential bool   // an account is needed
	permission string // an app token needs it
	shared     bool   // once per socket
	leaks      bool   // disconnect does not stop it
	// slow: it has to ask the database before it listens, so that a disconnect
	// that comes before is lost on it.
	slow bool
	// open checks the params. It returns the key of the topic to listen to,
	// and false for params that the server ignores.
	open func(c *channelConn) (key string, ok bool)
	// shows decides whether a note published to the topic is sent. Only
	// channels that choose among notes have it.
	shows func(c *channelConn, n *note) bool
	// listens is told when the channel has begun to listen. Most need not know.
	listens func(c *channelConn)
	// stats are the statistics that the channel sends.
	stats func(*Server) *statistics
	// receive acts on a client's message. Channels without it ignore all.
	receive func(c *channelConn, typ string, body json.RawMessage)
}

// rules are all the channels of Misskey 2026.3.2. They are written by hand from
// measurements, not generated from the bindings' spec, so that they can catch
// its mistakes.
var rules = byName(
	&channelRule{name: "main", credential: true, permission: "read:account", shared: true, leaks: true, open: openForUser},
	&channelRule{name: "homeTimeline", credential: true, permission: "read:account", open: openTimeline, shows: homeShows},
	&channelRule{name: "localTimeline", slow: true, open: openLocal, shows: localShows},
	&channelRule{name: "hybridTimeline", credential: true, permission: "read:account", slow: true, open: openLocal, shows: hybridShows},
	&channelRule{name: "globalTimeline", slow: true, open: openGlobal, shows: globalShows},
	&channelRule{name: "userList", slow: true, open: openUserList, shows: userListShows},
	&channelRule{name: "hashtag", open: openHashtag, shows: hashtagShows},
	&channelRule{name: "roleTimeline", open: openNamed("roleId"), shows: undropped},
	&channelRule{name: "antenna", credential: true, permission: "read:account", open: openAntenna, shows: undropped},
	&channelRule{name: "channel", open: openNamed("channelId"), shows: undropped},
	&channelRule{name: "drive", credential: true, permission: "read:account", shared: true, leaks: true, open: openForUser},
	&channelRule{name: "serverStats", shared: true, open: openPublic, stats: serverStatsOf, receive: serverStatsReceive},
	&channelRule{name: "queueStats", shared: true, open: openPublic, stats: queueStatsOf, receive: queueStatsReceive},
	&channelRule{name: "admin", credential: true, permission: "read:admin:stream", shared: true, leaks: true, open: openForUser},
	&channelRule{name: "chatUser", credential: true, permission: "read:chat", open: openChatUser, receive: chatUserReceive},
	&channelRule{name: "chatRoom", credential: true, permission: "read:chat", open: openChatRoom, receive: chatRoomReceive},
	&channelRule{name: "reversi", credential: true, permission: "read:account", shared: true, open: openForUser},
	&channelRule{name: "reversiGame", open: openNamed("gameId"), receive: reversiReceive},
)

// olderRules are the channels of Misskey 12, which does not ask what an app's
// token may do.
var olderRules = older(
	[]string{"main", "homeTimeline", "localTimeline", "hybridTimeline", "globalTimeline", "userList", "hashtag",
		"antenna", "drive", "serverStats", "queueStats", "admin"},
	typed(rules["channel"]),
	&channelRule{name: "messaging", credential: true, slow: true, open: openMessaging, listens: awaitTypists, receive: messagingReceive},
	&channelRule{name: "messagingIndex", credential: true, shared: true, leaks: true, open: openForUser},
)

// typed is a channel on which is said who is typing.
func typed(rule *channelRule) *channelRule {
	r := *rule
	r.listens = awaitTypists
	return &r
}

// older adds to rules of its own those that are the same today.
func older(same []string, own ...*channelRule) map[string]*channelRule {
	m := byName(own...)
	for _, name := range same {
		r := *rules[name]
		r.permission = ""
		m[name] = &r
	}
	return m
}

// rule returns the rule of a channel of the release, or of WithChannel.
func (s *Server) rule(name string) (*channelRule, bool) {
	if r, ok := s.facts.channels[name]; ok {
		return r, true
	}
	r := s.config.channel(name)
	return r, r != nil
}

func byName(all ...*channelRule) map[string]*channelRule {
	m := make(map[string]*channelRule, len(all))
	for _, r := range all {
		m[r.name] = r
	}
	return m
}

// me is the id of the connection's user, "" for nobody.
func (c *channelConn) me() misskey.UserID { return c.socket.me() }

func (k *Socket) me() misskey.UserID {
	if k.who.user == nil {
		return ""
	}
	return k.who.user.ID
}

func openPublic(*channelConn) (string, bool) { return "", true }

// openForUser: what is published to the user goes to all their connections.
func openForUser(c *channelConn) (string, bool) { return string(c.me()), true }

// openNamed: the param has to be a string if it is there; whether anything has
// that id is not looked at, and without one the channel is connected and
// silent.
func openNamed(param string) func(*channelConn) (string, bool) {
	return func(c *channelConn) (string, bool) {
		if _, there := c.params[param]; !there {
			return "", true
		}
		return c.params.text(param)
	}
}

func openTimeline(c *channelConn) (string, bool) {
	c.view.withRenotes = c.params.truthy("withRenotes", true)
	c.view.withReplies = c.params.truthy("withReplies", false)
	c.view.withFiles = c.params.truthy("withFiles", false)
	return "", true
}

// unavailable is the key of timelines that their user's policies do not allow:
// connected, and nothing is ever published there. What the policies become
// later does not matter.
const unavailable = "unavailable"

func openLocal(c *channelConn) (string, bool) {
	if !c.socket.server.policiesOf(c.socket.who.user).LtlAvailable {
		return unavailable, true
	}
	return openTimeline(c)
}

func openGlobal(c *channelConn) (string, bool) {
	if !c.socket.server.policiesOf(c.socket.who.user).GtlAvailable {
		return unavailable, true
	}
	return openTimeline(c)
}

func openUserList(c *channelConn) (string, bool) {
	id, ok := c.params.text("listId")
	if !ok {
		return "", false
	}
	list, ok := c.socket.server.lists.get(misskey.UserListID(id))
	if !ok || list.owner.ID != c.me() {
		return "", false
	}
	openTimeline(c)
	return id, true
}

// openHashtag reads q, an OR of ANDs: a list of lists of strings. An empty AND,
// where the release bears it, is true of every note.
func openHashtag(c *channelConn) (string, bool) {
	var q [][]*string // pointers, because null is no string
	if err := json.Unmarshal(c.params["q"], &q); err != nil || q == nil {
		return "", false
	}
	for _, all := range q {
		if len(all) == 0 && c.socket.server.facts.wantsTags {
			return "", false
		}
		tags := make([]string, len(all))
		for i, tag := range all {
			if tag == nil {
				return "", false
			}
			tags[i] = normalizeTag(*tag)
		}
		c.tags = append(c.tags, tags)
	}
	openTimeline(c)
	return "", true
}

func openAntenna(c *channelConn) (string, bool) {
	id, ok := c.params.text("antennaId")
	if !ok {
		return "", false
	}
	if !c.socket.server.facts.antennaOwner {
		return id, true
	}
	antenna, ok := c.socket.server.antennas.get(misskey.AntennaID(id))
	return id, ok && antenna.owner.ID == c.me()
}

func openChatUser(c *channelConn) (string, bool) {
	other, ok := c.params.text("otherId")
	if !ok || misskey.UserID(other) == c.me() && !c.socket.server.facts.chatWithSelf {
		return "", false
	}
	return chatKey(c.me(), misskey.UserID(other)), true
}

func openChatRoom(c *channelConn) (string, bool) {
	id, ok := c.params.text("roomId")
	if !ok {
		return "", false
	}
	if !c.socket.server.facts.roomMembers {
		return id, true
	}
	room, ok := c.socket.server.rooms.get(misskey.ChatRoomID(id))
	return id, ok && room.has(c.me())
}
