package misskeytest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// A message of a chat comes to both, and is announced to the one who does not
// read it.
func TestChat(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer(t, misskeytest.WithClock(clock))
	alice, bob, eve := srv.AddUser("alice"), srv.AddUser("bob"), srv.AddUser("eve")
	a, b, e := dial(t, srv, alice.Token()), dial(t, srv, bob.Token()), dial(t, srv, eve.Token())
	with := func(u *misskeytest.User) string { return fmt.Sprintf(`{"otherId":%q}`, u.ID) }
	a.connect("chatUser", "c", with(bob))
	b.connect("chatUser", "c", with(alice))
	e.connect("chatUser", "c", with(alice))
	for _, c := range []*testClient{a, b, e} {
		c.connect("main", "m", "{}")
	}
	alice.Follow(bob)
	bob.Follow(alice)
	alice.Chat(bob, "one")
	clock.Advance(3 * time.Second)
	b.waitFor("newChatMessage", event("m", "newChatMessage"))

	alice.Chat(bob, "two")
	b.waitFor("the second message", func(f testFrame) bool {
		return event("c", "message")(f) && string(object(t, f.inner().Body)["text"]) == `"two"`
	})
	b.send(`{"type":"ch","body":{"id":"c","type":"read","body":{}}}`)
	b.sync()
	clock.Advance(3 * time.Second)
	for _, c := range []*testClient{a, b, e} {
		c.sync()
	}
	for _, tt := range []struct {
		who             string
		c               *testClient
		messages, alarm int
	}{{"alice", a, 2, 0}, {"bob", b, 2, 1}, {"eve", e, 0, 0}} {
		if n := len(tt.c.all(event("c", "message"))); n != tt.messages {
			t.Errorf("%s got %d messages, want %d", tt.who, n, tt.messages)
		}
		if n := len(tt.c.all(event("m", "newChatMessage"))); n != tt.alarm {
			t.Errorf("%s got %d newChatMessage, want %d", tt.who, n, tt.alarm)
		}
	}
}

func TestChatRoom(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer(t, misskeytest.WithClock(clock))
	alice, bob, carol := srv.AddUser("alice"), srv.AddUser("bob"), srv.AddUser("carol")
	room := alice.AddRoom("room")
	room.Join(bob, carol)
	b, c := dial(t, srv, bob.Token()), dial(t, srv, carol.Token())
	for _, c := range []*testClient{b, c} {
		c.connect("chatRoom", "r", fmt.Sprintf(`{"roomId":%q}`, room.ID))
		c.connect("main", "m", "{}")
	}
	room.Send(alice, "hello")
	f := b.waitFor("the message", event("r", "message"))
	if object(t, f.inner().Body)["fromUser"] == nil {
		t.Errorf("a room's message has no fromUser: %s", f.Body)
	}
	b.send(`{"type":"channel","body":{"id":"r","type":"read","body":{"id":"x"}}}`)
	b.sync()
	clock.Advance(3 * time.Second)
	c.waitFor("newChatMessage", event("m", "newChatMessage"))
	b.sync()
	if len(b.all(event("m", "newChatMessage"))) != 0 {
		t.Error("announced to the one who has read it")
	}
}

// Publish reaches all 18 channels, those that have no method of their own
// included, and only the connections that are meant.
func TestPublish(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	list, antenna, room := alice.AddList(), alice.AddAntenna(nil), alice.AddRoom("r")
	channels := map[string]string{
		"main": "{}", "homeTimeline": "{}", "localTimeline": "{}", "hybridTimeline": "{}", "globalTimeline": "{}",
		"userList": fmt.Sprintf(`{"listId":%q}`, list.ID), "hashtag": `{"q":[["x"]]}`, "roleTimeline": `{"roleId":"r"}`,
		"antenna": fmt.Sprintf(`{"antennaId":%q}`, antenna.ID), "channel": `{"channelId":"c"}`, "drive": "{}",
		"serverStats": "{}", "queueStats": "{}", "admin": "{}", "chatUser": fmt.Sprintf(`{"otherId":%q}`, bob.ID),
		"chatRoom": fmt.Sprintf(`{"roomId":%q}`, room.ID), "reversi": "{}", "reversiGame": `{"gameId":"g"}`,
	}
	if len(channels) != 18 {
		t.Fatalf("%d channels, want 18", len(channels))
	}
	c := dial(t, srv, alice.Token())
	for name, params := range channels {
		c.connect(name, name, params)
		if n := srv.Publish(name, "novelty", map[string]any{"<&>": nil}); n != 1 {
			t.Errorf("%s: reached %d, want 1", name, n)
		}
		f := c.waitFor("the novelty on "+name, event(name, "novelty"))
		if got := string(f.inner().Body); got != `{"<&>":null}` {
			t.Errorf("%s: body %s", name, got)
		}
	}
	for what, tt := range map[string]struct {
		channel string
		target  misskeytest.Target
		want    int
	}{
		"her":         {"main", misskeytest.OfUser(alice), 1},
		"not him":     {"main", misskeytest.OfUser(bob), 0},
		"her socket":  {"main", misskeytest.OnSocket(alice.Sockets()[0]), 1},
		"that room":   {"chatRoom", misskeytest.WithParam("roomId", room.ID), 1},
		"another one": {"chatRoom", misskeytest.WithParam("roomId", "other"), 0},
	} {
		if n := srv.Publish(tt.channel, "x", nil, tt.target); n != tt.want {
			t.Errorf("%s: reached %d, want %d", what, n, tt.want)
		}
	}
	if n := alice.PublishDrive("folderDeleted", "id"); n != 1 {
		t.Errorf("drive: reached %d, want 1", n)
	}
	k := alice.Sockets()[0]
	k.SendText([]byte("{"))
	c.waitFor("garbage", ofType("not JSON"))
	k.SendBinary([]byte(`{"type":"binary"}`))
	c.waitFor("a binary frame", ofType("binary"))
}
