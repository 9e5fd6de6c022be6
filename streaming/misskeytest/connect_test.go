package misskeytest_test

import (
	"fmt"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// Who may connect to what with which params: the table of channels, line by
// line, and the refusals, all of them silent.
func TestConnectRules(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	list := alice.AddList()
	antenna := alice.AddAntenna([]string{"word"})
	room := alice.AddRoom("room")
	hidden := srv.AddRole("hidden", misskeytest.Unexplorable())

	nobody, full := "", alice.Token()
	stranger := bob.Token()
	reader := alice.AppToken("read:account")
	chatter := alice.AppToken("read:account", "read:chat")
	moderator := alice.AppToken("read:account", "read:admin:stream")

	const (
		ok         = misskeytest.Accepted
		malformed  = misskeytest.RefusedMalformed
		credential = misskeytest.RefusedCredential
		permission = misskeytest.RefusedPermission
		params     = misskeytest.RefusedParams
		unknown    = misskeytest.RefusedUnknownChannel
	)
	tests := []struct {
		name, token, channel, params string
		want                         misskeytest.Refusal
	}{
		{"main", full, "main", `{}`, ok},
		{"main anonymous", nobody, "main", `{}`, credential},
		{"main by app", reader, "main", `{}`, ok},
		{"homeTimeline", full, "homeTimeline", `{}`, ok},
		{"homeTimeline anonymous", nobody, "homeTimeline", `{}`, credential},
		{"localTimeline anonymous", nobody, "localTimeline", `{}`, ok},
		{"hybridTimeline", full, "hybridTimeline", `{"withReplies":true}`, ok},
		{"hybridTimeline anonymous", nobody, "hybridTimeline", `{}`, credential},
		{"globalTimeline anonymous", nobody, "globalTimeline", `{}`, ok},
		{"userList of mine", full, "userList", fmt.Sprintf(`{"listId":%q}`, list.ID), ok},
		{"userList of another", stranger, "userList", fmt.Sprintf(`{"listId":%q}`, list.ID), params},
		{"userList anonymous", nobody, "userList", fmt.Sprintf(`{"listId":%q}`, list.ID), params},
		{"userList without listId", full, "userList", `{}`, params},
		{"userList with a number", full, "userList", `{"listId":5}`, params},
		{"hashtag anonymous", nobody, "hashtag", `{"q":[["a","b"],["c"]]}`, ok},
		{"hashtag without groups", nobody, "hashtag", `{"q":[]}`, ok},
		{"hashtag with an empty group", nobody, "hashtag", `{"q":[["a"],[]]}`, params},
		{"hashtag without q", nobody, "hashtag", `{}`, params},
		{"hashtag flat", nobody, "hashtag", `{"q":["a"]}`, params},
		{"hashtag of numbers", nobody, "hashtag", `{"q":[[1]]}`, params},
		{"hashtag with null", nobody, "hashtag", `{"q":[[null]]}`, params},
		{"roleTimeline anonymous", nobody, "roleTimeline", `{"roleId":"x"}`, ok},
		{"roleTimeline not explorable", nobody, "roleTimeline", fmt.Sprintf(`{"roleId":%q}`, hidden.ID), ok},
		{"roleTimeline without roleId", nobody, "roleTimeline", `{}`, ok},
		{"antenna of mine", full, "antenna", fmt.Sprintf(`{"antennaId":%q}`, antenna.ID), ok},
		{"antenna of another", stranger, "antenna", fmt.Sprintf(`{"antennaId":%q}`, antenna.ID), params},
		{"antenna anonymous", nobody, "antenna", fmt.Sprintf(`{"antennaId":%q}`, antenna.ID), credential},
		{"antenna without antennaId", full, "antenna", `{}`, params},
		{"channel anonymous and missing", nobody, "channel", `{"channelId":"x"}`, ok},
		{"channel without channelId", nobody, "channel", `{}`, ok},
		{"drive", reader, "drive", `{}`, ok},
		{"drive anonymous", nobody, "drive", `{}`, credential},
		{"serverStats anonymous", nobody, "serverStats", `{}`, ok},
		{"queueStats anonymous", nobody, "queueStats", `{}`, ok},
		{"admin by anyone", stranger, "admin", `{}`, ok},
		{"admin by app", moderator, "admin", `{}`, ok},
		{"admin by app without permission", reader, "admin", `{}`, permission},
		{"admin anonymous", nobody, "admin", `{}`, credential},
		{"chatUser", chatter, "chatUser", fmt.Sprintf(`{"otherId":%q}`, bob.ID), ok},
		{"chatUser with myself", full, "chatUser", fmt.Sprintf(`{"otherId":%q}`, alice.ID), params},
		{"chatUser without otherId", full, "chatUser", `{}`, params},
		{"chatUser by app without permission", reader, "chatUser", fmt.Sprintf(`{"otherId":%q}`, bob.ID), permission},
		{"chatRoom of a member", full, "chatRoom", fmt.Sprintf(`{"roomId":%q}`, room.ID), ok},
		{"chatRoom of others", stranger, "chatRoom", fmt.Sprintf(`{"roomId":%q}`, room.ID), params},
		{"chatRoom without roomId", full, "chatRoom", `{}`, params},
		{"reversi", reader, "reversi", `{}`, ok},
		{"reversi anonymous", nobody, "reversi", `{}`, credential},
		{"reversiGame anonymous and missing", nobody, "reversiGame", `{"gameId":"x"}`, ok},
		{"reversiGame without gameId", nobody, "reversiGame", `{}`, ok},
		{"unknown channel", full, "noSuchChannel", `{}`, unknown},
		{"unknown params are ignored", nobody, "localTimeline", `{"minimize":true}`, ok},
		{"boolean params are coerced", nobody, "localTimeline", `{"withFiles":"yes","withRenotes":null}`, ok},
		{"params null", nobody, "localTimeline", `null`, malformed},
		{"params array", nobody, "localTimeline", `[]`, malformed},
		{"params string", nobody, "localTimeline", `"x"`, malformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := dial(t, srv, tt.token)
			c.send(`{"type":"connect","body":{"channel":%q,"id":"x","params":%s,"pong":true}}`, tt.channel, tt.params)
			c.sync()
			sockets := srv.Sockets()
			connects := sockets[len(sockets)-1].Connects()
			if got := connects[0].Refusal; got != tt.want {
				t.Errorf("refusal %q, want %q", got, tt.want)
			}
			acked := len(c.all(ackOf("x"))) == 1
			if acked != (tt.want == ok) {
				t.Errorf("acknowledged: %v, want the contrary", acked)
			}
		})
	}
}

func TestConnectEnvelope(t *testing.T) {
	srv := newServer(t)
	long := make([]byte, 2000)
	for i := range long {
		long[i] = 'x'
	}
	tests := []struct {
		name, body      string
		connected, live bool
	}{
		{"pong true", `{"channel":"localTimeline","id":"x","pong":true}`, true, true},
		{"pong false", `{"channel":"localTimeline","id":"x","pong":false}`, false, true},
		{"pong null", `{"channel":"localTimeline","id":"x","pong":null}`, false, true},
		{"pong absent", `{"channel":"localTimeline","id":"x"}`, false, true},
		{"pong a number", `{"channel":"localTimeline","id":"x","pong":1}`, false, false},
		{"pong a string", `{"channel":"localTimeline","id":"x","pong":"true"}`, false, false},
		{"id a number", `{"channel":"localTimeline","id":5,"pong":true}`, false, false},
		{"id absent", `{"channel":"localTimeline","pong":true}`, false, false},
		{"id empty", `{"channel":"localTimeline","id":"","pong":true}`, true, true},
		{"id of 2000 characters", `{"channel":"localTimeline","id":"` + string(long) + `","pong":true}`, true, true},
		{"channel a number", `{"channel":5,"id":"x","pong":true}`, false, false},
		{"keys in another case", `{"Channel":"localTimeline","ID":"x","pong":true}`, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := dial(t, srv, "")
			c.send(`{"type":"connect","body":%s}`, tt.body)
			c.sync()
			if got := len(c.all(ofType("connected"))) == 2; got != tt.connected {
				t.Errorf("connected sent: %v, want %v", got, tt.connected)
			}
			sockets := srv.Sockets()
			if got := sockets[len(sockets)-1].Connected("localTimeline"); got != tt.live {
				t.Errorf("channel connected: %v, want %v", got, tt.live)
			}
		})
	}
}

// The 33rd channel of a socket is ignored; a disconnect makes room.
func TestThirtyTwoChannelsPerSocket(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	for i := range 32 {
		c.connect("localTimeline", fmt.Sprint("c", i), "{}")
	}
	connect := func(id string) {
		c.send(`{"type":"connect","body":{"channel":"localTimeline","id":%q,"pong":true}}`, id)
	}
	connect("c32")
	c.send(`{"type":"disconnect","body":{"id":"c7"}}`)
	connect("c33")
	c.waitFor("the freed place to be taken", ackOf("c33"))
	if len(c.all(ackOf("c32"))) != 0 {
		t.Error("the 33rd channel was acknowledged")
	}
	connects := srv.Sockets()[0].Connects()
	if got := connects[32].Refusal; got != misskeytest.RefusedLimit {
		t.Errorf("refusal %q, want the limit", got)
	}
	if n := len(srv.Sockets()[0].Connections()); n != 32 {
		t.Errorf("%d channels, want 32", n)
	}
}

// Channels that may be connected once per socket are, whatever the id; the
// others as often as one likes.
func TestSharedChannels(t *testing.T) {
	shared := map[string]bool{
		"main": true, "drive": true, "admin": true, "serverStats": true, "queueStats": true, "reversi": true,
		"homeTimeline": false, "localTimeline": false, "hybridTimeline": false, "globalTimeline": false,
	}
	srv := newServer(t)
	alice := srv.AddUser("alice")
	for channel, once := range shared {
		c := dial(t, srv, alice.Token())
		c.connect(channel, "1", "{}")
		c.send(`{"type":"connect","body":{"channel":%q,"id":"2","pong":true}}`, channel)
		c.sync()
		if got := len(c.all(ackOf("2"))) == 0; got != once {
			t.Errorf("%s: second connect refused: %v, want %v", channel, got, once)
		}
		c.send(`{"type":"disconnect","body":{"id":"1"}}`)
		c.connect(channel, "3", "{}")
	}
}

// main, drive and admin go on under their old id after a disconnect, and give
// every event twice after another connect.
func TestLeakingChannels(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	srv.AddRole("moderators", misskeytest.ForModerators()).Assign(alice)
	provoke := map[string]struct {
		event string
		do    func()
	}{
		"main":  {"mention", func() { bob.Post("@alice") }},
		"drive": {"fileCreated", func() { alice.UploadFile(misskey.DriveFile{Name: "x.png"}) }},
		"admin": {"newAbuseUserReport", func() { bob.Report(alice, "spam") }},
	}
	for channel, p := range provoke {
		c := dial(t, srv, alice.Token())
		c.connect(channel, "old", "{}")
		c.send(`{"type":"disconnect","body":{"id":"old"}}`)
		c.sync()
		p.do()
		c.waitFor(channel+" under its old id", event("old", p.event))
		c.connect(channel, "new", "{}")
		p.do()
		c.waitFor(channel+" under its new id", event("new", p.event))
		c.sync()
		if n := len(c.all(event("old", p.event))); n != 2 {
			t.Errorf("%s: %d events under the old id, want 2", channel, n)
		}
		k := alice.Sockets()[0]
		stray := 0
		for _, conn := range k.Connections() {
			if conn.Stray {
				stray++
			}
		}
		if stray != 1 {
			t.Errorf("%s: %d stray connections, want 1", channel, stray)
		}
		k.Drop()
		_ = c.end()
	}
}

func TestDisconnectStopsTheOthers(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	c := dial(t, srv, alice.Token())
	channels := []string{"homeTimeline", "localTimeline", "hybridTimeline", "globalTimeline"}
	for _, channel := range channels {
		c.connect(channel, channel, "{}")
		c.send(`{"type":"disconnect","body":{"id":%q}}`, channel)
	}
	c.send(`{"type":"disconnect","body":{"id":"never there"}}`)
	c.sync()
	alice.Post("nobody hears this")
	c.sync()
	for _, channel := range channels {
		if len(c.all(event(channel, ""))) != 0 {
			t.Errorf("%s goes on after disconnect", channel)
		}
		if srv.Listening(channel) != 0 {
			t.Errorf("%s is still connected", channel)
		}
	}
}

// An id that is used again stands for the new channel only.
func TestReusedIDReplacesTheChannel(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	c := dial(t, srv, alice.Token())
	c.connect("localTimeline", "x", "{}")
	c.send(`{"type":"connect","body":{"channel":"hashtag","id":"x","params":{"q":[["tag"]]},"pong":true}}`)
	c.sync()
	alice.Post("untagged")
	alice.Post("#tag")
	c.sync()
	if n := len(c.all(event("x", "note"))); n != 1 {
		t.Errorf("%d notes, want the tagged one", n)
	}
	if srv.Listening("localTimeline") != 0 {
		t.Error("the old channel is still there")
	}
}

// A message without a body, or to an id that nobody has, is dropped.
func TestMessagesToChannels(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	c.connect("serverStats", "s", "{}")
	c.send(`{"type":"channel","body":{"id":"s","type":"requestLog"}}`)
	c.send(`{"type":"channel","body":{"id":"t","type":"requestLog","body":{"id":1}}}`)
	c.send(`{"type":"channel","body":{"id":"s","type":5,"body":{"id":1}}}`)
	c.send(`{"type":"ch","body":{"id":"s","type":"nonsense","body":null}}`)
	c.sync()
	if got := c.all(event("s", "statsLog")); len(got) != 0 {
		t.Errorf("answers: %s", got)
	}
	for _, conn := range srv.Sockets()[0].Connections() {
		if conn.Channel == "serverStats" && (len(conn.Sends) != 1 || conn.Sends[0].Type != "nonsense") {
			t.Errorf("the channel got %v, want the last message only", conn.Sends)
		}
	}
}
