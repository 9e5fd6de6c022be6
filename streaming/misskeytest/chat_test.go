package misskeytest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// Who may write to whom first is the scope of the one written to; an answer is
// always welcome.
func TestChatScope(t *testing.T) {
	const refused = "INTERNAL_ERROR"
	for _, tt := range []struct {
		scope                  misskey.ChatScope
		nobody, follower, both bool // is welcome
		followee               bool
	}{
		{misskey.ChatScopeEveryone, true, true, true, true},
		{misskey.ChatScopeFollowers, false, true, true, false},
		{misskey.ChatScopeFollowing, false, false, true, true},
		{misskey.ChatScopeMutual, false, false, true, false},
		{misskey.ChatScopeNone, false, false, false, false},
	} {
		srv := newServer(t)
		host := srv.AddUser("host", misskeytest.WithChatScope(tt.scope))
		write := func(name string, welcome bool, befriend func(*misskeytest.User)) {
			t.Helper()
			guest := srv.AddUser(name)
			befriend(guest)
			c := restClient{t, srv, guest}
			params := map[string]any{"toUserId": host.ID, "text": "hello"}
			if welcome {
				c.get("chat/messages/create-to-user", params, nil)
				return
			}
			body := c.refused("chat/messages/create-to-user", params, 500, refused)
			if want := fmt.Sprintf("recipient is cannot chat (%s)", tt.scope); body.Error.Info.E.Message != want || body.Error.Kind != "server" {
				t.Errorf("%s: %+v, want %q", name, body.Error, want)
			}
		}
		write("stranger", tt.nobody, func(*misskeytest.User) {})
		write("follower", tt.follower, func(u *misskeytest.User) { u.Follow(host) })
		write("followee", tt.followee, func(u *misskeytest.User) { host.Follow(u) })
		write("friend", tt.both, func(u *misskeytest.User) { u.Follow(host); host.Follow(u) })
	}
}

func TestChatAnswerIsWelcome(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice", misskeytest.WithChatScope(misskey.ChatScopeNone))
	bob := srv.AddUser("bob", misskeytest.WithChatScope(misskey.ChatScopeEveryone))
	alice.Chat(bob, "hello")
	bob.Chat(alice, "hello yourself")
}

func TestChatByREST(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	alice.Follow(bob)
	bob.Follow(alice)
	srv.AddEmoji("cat")
	a, b := restClient{t, srv, alice}, restClient{t, srv, bob}
	c := dial(t, srv, bob.Token())
	c.connect("main", "m", "{}")
	c.connect("chatUser", "c", fmt.Sprintf(`{"otherId":%q}`, alice.ID))
	file := alice.Upload("words.txt", []byte("words"))

	var sent misskey.ChatMessageLite
	a.get("chat/messages/create-to-user", map[string]any{"toUserId": bob.ID, "fileId": file.ID}, &sent)
	if sent.FileID.OrZero() != file.ID || sent.File == nil || sent.Text.IsSet() {
		t.Errorf("sent %+v", sent)
	}
	a.get("chat/messages/create-to-user", map[string]any{"toUserId": bob.ID, "text": "Hello"}, &sent)
	c.waitFor("the message", event("c", "message"))
	id := map[string]any{"messageId": sent.ID}
	with := func(reaction string) map[string]any {
		return map[string]any{"messageId": sent.ID, "reaction": reaction}
	}
	for _, reaction := range []string{"👍", ":cat:", "👍"} {
		b.do("chat/messages/react", with(reaction))
	}
	var whole misskey.ChatMessage
	b.get("chat/messages/show", id, &whole)
	if len(whole.Reactions) != 2 || whole.Reactions[1].Reaction != ":cat:" || whole.ToUser == nil || whole.ToUser.ID != bob.ID {
		t.Errorf("shown %+v", whole)
	}
	b.do("chat/messages/unreact", with("👍"))
	b.do("chat/messages/unreact", with("👍"))
	if n := c.count("c", "unreact"); n != 1 {
		t.Errorf("%d unreact, want 1", n)
	}
	for _, wrong := range []struct {
		c        restClient
		reaction string
	}{{a, "👍"}, {b, ":nothing:"}, {b, "plain"}, {restClient{t, srv, srv.AddUser("eve")}, "👍"}} {
		wrong.c.refused("chat/messages/react", with(wrong.reaction), 500, "INTERNAL_ERROR")
	}

	var history []misskey.ChatMessage
	b.get("chat/history", nil, &history)
	if len(history) != 1 || history[0].ID != sent.ID || history[0].IsRead.Or(true) {
		t.Errorf("history %+v, want the last message, unread", history)
	}
	var lines []misskey.ChatMessageLite
	b.get("chat/messages/user-timeline", map[string]any{"userId": alice.ID}, &lines)
	if len(lines) != 2 || lines[0].ID != sent.ID {
		t.Errorf("timeline %+v", lines)
	}
	b.get("chat/history", nil, &history)
	if !history[0].IsRead.OrZero() {
		t.Error("the timeline did not mark the messages as read")
	}
	clock.Advance(3 * time.Second)
	if n := c.count("m", "newChatMessage"); n != 0 {
		t.Errorf("%d newChatMessage of what has been read", n)
	}
	a.get("chat/messages/search", map[string]any{"query": "hell"}, &history)
	if len(history) != 1 || history[0].ID != sent.ID {
		t.Errorf("found %+v", history)
	}

	a.get("chat/messages/create-to-user", map[string]any{"toUserId": bob.ID, "text": "again"}, nil)
	b.do("chat/read-all", nil)
	clock.Advance(3 * time.Second)
	if n := c.count("m", "newChatMessage"); n != 0 {
		t.Errorf("%d newChatMessage after read-all", n)
	}
	b.refused("chat/messages/delete", id, 400, "NO_SUCH_MESSAGE")
	a.do("chat/messages/delete", id)
	c.waitFor("deleted", event("c", "deleted"))
	a.refused("chat/messages/show", id, 400, "NO_SUCH_MESSAGE")
}

func TestChatRoomsByREST(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	a, b := restClient{t, srv, alice}, restClient{t, srv, bob}
	c := dial(t, srv, bob.Token())
	c.connect("main", "m", "{}")

	var room misskey.ChatRoom
	a.get("chat/rooms/create", map[string]any{"name": "room", "description": "of ours"}, &room)
	in := map[string]any{"roomId": room.ID}
	with := func(key string, value any) map[string]any { return map[string]any{"roomId": room.ID, key: value} }
	to := map[string]any{"toRoomId": room.ID, "text": "hello"}
	b.refused("chat/rooms/join", in, 500, "INTERNAL_ERROR")
	b.refused("chat/messages/create-to-room", to, 500, "INTERNAL_ERROR")
	b.refused("chat/rooms/update", in, 400, "NO_SUCH_ROOM")
	b.refused("chat/rooms/invitations/create", with("userId", alice.ID), 400, "NO_SUCH_ROOM")
	b.refused("chat/messages/room-timeline", in, 400, "NO_SUCH_ROOM")

	var invitation misskey.ChatRoomInvitation
	a.get("chat/rooms/invitations/create", with("userId", bob.ID), &invitation)
	f := c.waitFor("the invitation", event("m", "notification"))
	var n misskey.NotificationChatRoomInvitationReceived
	mustDecode(t, f.inner().Body, &n)
	if n.UserID != alice.ID || n.Invitation.ID != invitation.ID || n.Invitation.UserID != bob.ID || !n.Invitation.Room.InvitationExists.OrZero() {
		t.Errorf("notification %+v", n)
	}
	a.refused("chat/rooms/invitations/create", with("userId", bob.ID), 500, "INTERNAL_ERROR")
	var invitations []misskey.ChatRoomInvitation
	b.get("chat/rooms/invitations/inbox", nil, &invitations)
	if len(invitations) != 1 {
		t.Errorf("inbox %+v", invitations)
	}
	b.do("chat/rooms/invitations/ignore", in)
	b.get("chat/rooms/invitations/inbox", nil, &invitations)
	if len(invitations) != 0 {
		t.Errorf("inbox %+v after it was ignored", invitations)
	}
	a.get("chat/rooms/invitations/outbox", in, &invitations)
	if len(invitations) != 1 {
		t.Errorf("outbox %+v", invitations)
	}

	b.do("chat/rooms/join", in)
	var members []struct {
		UserID misskey.UserID
		User   *misskey.UserLite
		Room   *misskey.ChatRoom
	}
	a.get("chat/rooms/members", in, &members)
	if len(members) != 1 || members[0].UserID != bob.ID || members[0].User == nil || members[0].Room != nil {
		t.Errorf("members %+v, want bob without the owner", members)
	}
	b.get("chat/rooms/joining", nil, &members)
	if len(members) != 1 || members[0].Room == nil {
		t.Errorf("joining %+v", members)
	}
	var rooms []misskey.ChatRoom
	a.get("chat/rooms/owned", nil, &rooms)
	if len(rooms) != 1 || rooms[0].ID != room.ID {
		t.Errorf("owned %+v", rooms)
	}

	a.get("chat/messages/create-to-room", to, nil)
	clock.Advance(3 * time.Second)
	if n := c.count("m", "newChatMessage"); n != 1 {
		t.Errorf("%d newChatMessage, want 1", n)
	}
	b.do("chat/rooms/mute", with("mute", true))
	b.get("chat/rooms/show", in, &room)
	a.get("chat/messages/create-to-room", to, nil)
	clock.Advance(3 * time.Second)
	if n := c.count("m", "newChatMessage"); n != 1 || !room.IsMuted.OrZero() {
		t.Errorf("%d newChatMessage of a muted room, %+v", n-1, room)
	}
	var lines []misskey.ChatMessageLite
	b.get("chat/messages/room-timeline", in, &lines)
	if len(lines) != 2 || lines[0].FromUser == nil {
		t.Errorf("timeline %+v", lines)
	}
	a.get("chat/rooms/update", with("name", "another"), &room)
	if room.Name != "another" || room.Description != "of ours" {
		t.Errorf("updated %+v", room)
	}
	b.do("chat/rooms/leave", in)
	b.refused("chat/messages/create-to-room", to, 500, "INTERNAL_ERROR")
	b.refused("chat/rooms/delete", in, 400, "NO_SUCH_ROOM")
	a.do("chat/rooms/delete", in)
	a.refused("chat/rooms/show", in, 400, "NO_SUCH_ROOM")
}
