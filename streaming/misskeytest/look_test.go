package misskeytest_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// A user's chats are what they have sent and got, between two and in their rooms.
func TestChatsOfAUser(t *testing.T) {
	srv := newServer(t)
	everyone := misskeytest.WithChatScope(misskey.ChatScopeEveryone)
	bot, alice, bob := srv.AddUser("bot", everyone), srv.AddUser("alice", everyone), srv.AddUser("bob", everyone)
	room := alice.AddRoom("room")
	room.Join(bot)
	alice.Chat(bot, "hello")
	bot.Chat(alice, "hello, alice")
	alice.Chat(bob, "not the bot's")
	room.Send(alice, "to the room")
	bot.DeleteChat(bot.Chat(alice, "never mind").ID)
	said := func(u *misskeytest.User) (all []string) {
		for _, m := range u.Chats() {
			all = append(all, m.FromUser.Username+": "+m.Text.OrZero())
		}
		return all
	}
	if got := said(bot); !slices.Equal(got, []string{"alice: hello", "bot: hello, alice", "alice: to the room"}) {
		t.Errorf("the bot's chats: %q", got)
	}
	if got := said(bob); !slices.Equal(got, []string{"alice: not the bot's"}) {
		t.Errorf("bob's chats: %q", got)
	}
}

// Misskey 12 has messages instead.
func TestMessagesOfAUser(t *testing.T) {
	srv := newServer(t, misskeytest.WithRelease(misskeytest.Release12))
	bot, alice, bob := srv.AddUser("bot"), srv.AddUser("alice"), srv.AddUser("bob")
	group := alice.AddGroup("group")
	group.Add(bot)
	alice.Message(bot, "hello")
	bot.Message(alice, "hello, alice")
	alice.Message(bob, "not the bot's")
	group.Message(alice, "to the group")
	var got []string
	for _, m := range bot.Messages() {
		got = append(got, m.User.Username+": "+*m.Text)
	}
	if !slices.Equal(got, []string{"alice: hello", "bot: hello, alice", "alice: to the group"}) {
		t.Errorf("the bot's messages: %q", got)
	}
}

// What a client did can be read in the message of a test that fails.
func TestWhatAClientDidIsReadable(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	c := dial(t, srv, alice.Token())
	c.connect("main", "1", `{"a":[1]}`)
	c.send(`{"type":"connect","body":{"channel":"main","id":"2"}}`)
	c.connect("reversiGame", "7", "{}")
	c.send(`{"type":"ch","body":{"id":"7","type":"ready","body":true}}`)
	alice.PublishMain("x", []int{1})
	c.sync()
	k := srv.Sockets()[0]
	for _, tt := range []struct {
		thing any
		want  string
	}{
		{k.Connects()[:2], `[connect "main" as "1", params {"a":[1]}: accepted, acknowledged connect "main" as "2": shared]`},
		{k.Connects()[0].Refusal, "accepted"},
		{k.Connections(), `["main" under "1", params {"a":[1]}, sent 1 events, got [] "reversiGame" under "7", params {}, sent 0 events, got [ready true]]`},
		{k.Received()[1:2], `[{"type":"connect","body":{"channel":"main","id":"2"}}]`},
		{k.Deliveries(), `[event 1, "main" under "1", x [1]]`},
	} {
		if got := fmt.Sprintf("%+v", tt.thing); got != tt.want {
			t.Errorf("%T reads\n %s, want\n %s", tt.thing, got, tt.want)
		}
	}
}

// A dead channel is accepted, there and silent, and nobody listens to it.
func TestDeadChannelLooksAlive(t *testing.T) {
	srv := newServer(t)
	srv.Inject(misskeytest.DeadChannel())
	c := dial(t, srv, "")
	c.connect("localTimeline", "x", "{}")
	k := srv.Sockets()[0]
	connects, connections := k.Connects(), k.Connections()
	if len(connects) != 1 || connects[0].Refusal != misskeytest.Accepted || !connects[0].Acknowledged {
		t.Errorf("connects %+v", connects)
	}
	if len(connections) != 1 || !connections[0].Silent {
		t.Errorf("connections %+v", connections)
	}
	if n := srv.Listening("localTimeline"); n != 0 {
		t.Errorf("%d listen", n)
	}
}
