package misskeytest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// A message reaches the conversation on both sides, the index and main of both,
// and main once more when it stays unread.
func TestMessageBetweenTwo(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Date(2022, 4, 3, 12, 0, 0, 120e6, time.UTC))
	srv := newServer12(t, misskeytest.WithClock(clock))
	alice, bob, carol := srv.AddUser("alice"), srv.AddUser("bob"), srv.AddUser("carol")
	a, b := dial12(t, srv, alice.Token()), dial12(t, srv, bob.Token())
	for _, side := range []struct {
		client *testClient
		other  *misskeytest.User
	}{{a, bob}, {b, alice}} {
		side.client.connect("messaging", "talk", fmt.Sprintf(`{"otherparty":%q}`, side.other.ID))
		side.client.connect("messaging", "carol", fmt.Sprintf(`{"otherparty":%q}`, carol.ID))
		side.client.connect("messagingIndex", "index", "{}")
		side.client.connect("main", "main", "{}")
	}

	m := alice.Message(bob, " hello ")
	for name, c := range map[string]*testClient{"alice": a, "bob": b} {
		for _, want := range []func(testFrame) bool{event("talk", "message"), event("index", "message"), event("main", "messagingMessage")} {
			f := c.waitFor("the message at "+name, want)
			var got misskeytest.MessagingMessage
			if err := json.Unmarshal(f.inner().Body, &got); err != nil || got.ID != m.ID || *got.Text != "hello" ||
				got.User.ID != alice.ID || *got.RecipientID != bob.ID || got.Recipient.ID != bob.ID || got.GroupID != nil || got.IsRead {
				t.Errorf("at %s: %v: %s", name, err, f.inner().Body)
			}
			if !strings.Contains(string(f.inner().Body), `"createdAt":"2022-04-03T12:00:00.120Z"`) {
				t.Errorf("at %s: %s", name, f.inner().Body)
			}
		}
	}
	clock.Advance(2 * time.Second)
	b.waitFor("unreadMessagingMessage", event("main", "unreadMessagingMessage"))
	a.sync()
	if n := len(a.all(event("main", "unreadMessagingMessage"))) + len(a.all(event("carol", "message"))); n != 0 {
		t.Errorf("%d events at the wrong one", n)
	}
}

// `read` by id tells the other side, the reader's index, and main when nothing
// is left unread.
func TestMessagingRead(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer12(t, misskeytest.WithClock(clock))
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	a, b := dial12(t, srv, alice.Token()), dial12(t, srv, bob.Token())
	a.connect("messaging", "talk", fmt.Sprintf(`{"otherparty":%q}`, bob.ID))
	b.connect("messaging", "talk", fmt.Sprintf(`{"otherparty":%q}`, alice.ID))
	b.connect("messagingIndex", "index", "{}")
	b.connect("main", "main", "{}")
	first, second := alice.Message(bob, "1"), alice.Message(bob, "2")

	// Not to alice, so not hers to read.
	a.send(`{"type":"ch","body":{"id":"talk","type":"read","body":{"id":%q}}}`, first.ID)
	for _, useless := range []string{`null`, `{}`, `{"id":5}`, `"x"`} {
		b.send(`{"type":"ch","body":{"id":"talk","type":"read","body":%s}}`, useless)
	}
	a.sync()
	b.sync()
	if n := len(a.all(event("talk", "read"))) + len(b.all(event("index", "read"))); n != 0 {
		t.Fatalf("%d reads of nothing", n)
	}

	b.send(`{"type":"ch","body":{"id":"talk","type":"read","body":{"id":%q}}}`, first.ID)
	want := fmt.Sprintf("[%q]", first.ID)
	if f := a.waitFor("read", event("talk", "read")); string(f.inner().Body) != want {
		t.Errorf("read %s, want %s", f.inner().Body, want)
	}
	if f := b.waitFor("read", event("index", "read")); string(f.inner().Body) != want {
		t.Errorf("index read %s, want %s", f.inner().Body, want)
	}
	if len(b.all(event("main", "readAllMessagingMessages"))) > 0 {
		t.Error("readAllMessagingMessages with one unread")
	}
	clock.Advance(2 * time.Second)
	b.sync()
	late := b.all(event("main", "unreadMessagingMessage"))
	if len(late) != 1 || !strings.Contains(string(late[0].inner().Body), second.ID) {
		t.Errorf("unread: %s, want the second only", late)
	}
	bob.ReadMessage(second.ID)
	b.waitFor("readAllMessagingMessages", event("main", "readAllMessagingMessages"))
}

func TestMessageDeleted(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer12(t, misskeytest.WithClock(clock))
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	b := dial12(t, srv, bob.Token())
	b.connect("messaging", "talk", fmt.Sprintf(`{"otherparty":%q}`, alice.ID))
	b.connect("main", "main", "{}")
	m := alice.Message(bob, "oops")
	alice.DeleteMessage(m.ID)
	if f := b.waitFor("deleted", event("talk", "deleted")); string(f.inner().Body) != fmt.Sprintf("%q", m.ID) {
		t.Errorf("deleted %s", f.inner().Body)
	}
	clock.Advance(2 * time.Second)
	b.sync()
	if len(b.all(event("main", "unreadMessagingMessage"))) > 0 {
		t.Error("a deleted message is unread")
	}
}

// Who is muted still reaches the conversation, and is not announced; who is
// blocked is refused.
func TestMessagesOfUnwantedUsers(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer12(t, misskeytest.WithClock(clock))
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	b := dial12(t, srv, bob.Token())
	b.connect("main", "main", "{}")
	bob.Mute(alice)
	alice.Message(bob, "psst")
	b.waitFor("the message", event("main", "messagingMessage"))
	clock.Advance(2 * time.Second)
	b.sync()
	if len(b.all(event("main", "unreadMessagingMessage"))) > 0 {
		t.Error("announced")
	}
	bob.Block(alice)
	var refused struct{ Error struct{ Code string } }
	call12(t, srv, alice.Token(), "messaging/messages/create", map[string]any{"userId": bob.ID, "text": "hey"}, &refused)
	if refused.Error.Code != "YOU_HAVE_BEEN_BLOCKED" {
		t.Errorf("%+v", refused)
	}
}

func TestGroupMessages(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer12(t, misskeytest.WithClock(clock))
	alice, bob, carol := srv.AddUser("alice"), srv.AddUser("bob"), srv.AddUser("carol")
	group := alice.AddGroup("tea", misskeytest.WithID("g1"))
	group.Add(bob, bob)
	group.Message(alice, "before carol")
	group.Add(carol)
	clients := map[*misskeytest.User]*testClient{}
	for _, u := range []*misskeytest.User{alice, bob, carol} {
		clients[u] = dial12(t, srv, u.Token())
		clients[u].connect("messaging", "talk", `{"group":"g1"}`)
		clients[u].connect("main", "main", "{}")
	}
	m := group.Message(alice, "hello")
	if *m.GroupID != "g1" || m.RecipientID != nil || !slices.Equal(m.Group.UserIDs, []misskey.UserID{alice.ID, bob.ID, carol.ID}) {
		t.Errorf("%+v", m)
	}
	for _, c := range clients {
		c.waitFor("message", event("talk", "message"))
		c.waitFor("messagingMessage", event("main", "messagingMessage"))
	}
	// What was said before carol joined is not unread for her.
	clients[carol].send(`{"type":"ch","body":{"id":"talk","type":"read","body":{"id":%q}}}`, m.ID)
	clients[carol].waitFor("readAllMessagingMessages", event("main", "readAllMessagingMessages"))
	f := clients[alice].waitFor("read", event("talk", "read"))
	if want := fmt.Sprintf(`{"ids":[%q],"userId":%q}`, m.ID, carol.ID); string(f.inner().Body) != want {
		t.Errorf("read %s, want %s", f.inner().Body, want)
	}
	clock.Advance(2 * time.Second)
	clients[bob].waitFor("unreadMessagingMessage", func(f testFrame) bool {
		return event("main", "unreadMessagingMessage")(f) && strings.Contains(string(f.inner().Body), m.ID)
	})
	clients[carol].sync()
	if len(clients[carol].all(event("main", "unreadMessagingMessage"))) > 0 {
		t.Error("unread by carol, who has read it")
	}
}

// Who types is said at once, and every five seconds from the connect on, even
// when it is nobody.
func TestTypers(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer12(t, misskeytest.WithClock(clock))
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	group := alice.AddGroup("tea")
	group.Add(bob)
	a, b := dial12(t, srv, alice.Token()), dial12(t, srv, bob.Token())
	a.connect("messaging", "talk", fmt.Sprintf(`{"otherparty":%q}`, bob.ID))
	a.connect("messaging", "group", fmt.Sprintf(`{"group":%q}`, group.ID))
	heard := func(id string) (all []string) {
		a.sync()
		for _, f := range a.all(event(id, "typers")) {
			var users []misskey.UserLite
			if err := json.Unmarshal(f.inner().Body, &users); err != nil {
				t.Fatal(err)
			}
			names := ""
			for _, u := range users {
				names += u.Username
			}
			all = append(all, names)
		}
		return all
	}
	expect := func(id string, want ...string) {
		t.Helper()
		if got := heard(id); !slices.Equal(got, want) {
			t.Errorf("%s heard %q, want %q", id, got, want)
		}
	}
	clock.Advance(4 * time.Second)
	b.send(`{"type":"typingOnMessaging","body":{"partner":%q}}`, alice.ID)
	b.send(`{"type":"typingOnMessaging","body":{"partner":%q}}`, alice.ID)
	b.send(`{"type":"typingOnMessaging","body":{"group":%q}}`, group.ID)
	b.send(`{"type":"typingOnMessaging","body":{}}`)
	b.sync()
	expect("talk", "bob")
	expect("group", "bob")
	clock.Advance(5 * time.Second) // at 5 s still, 9 s now
	expect("talk", "bob", "bob")
	clock.Advance(time.Second) // at 10 s no more
	expect("talk", "bob", "bob", "")
	bob.Type(alice)
	group.Type(bob)
	expect("talk", "bob", "bob", "", "bob")
	a.send(`{"type":"disconnect","body":{"id":"talk"}}`)
	a.sync()
	clock.Advance(time.Minute)
	expect("talk", "bob", "bob", "", "bob")

	nobody := dial12(t, srv, "")
	before := len(heard("group"))
	nobody.send(`{"type":"typingOnMessaging","body":{"group":%q}}`, group.ID)
	nobody.sync()
	if after := len(heard("group")); after != before {
		t.Error("nobody is typing")
	}

	place := alice.AddChannel("tea")
	a.connect("channel", "place", fmt.Sprintf(`{"channelId":%q}`, place.ID))
	b.send(`{"type":"typingOnChannel","body":{"channel":%q}}`, place.ID)
	b.sync()
	expect("place", "bob")
	place.Type(alice)
	expect("place", "bob", "bobalice")
}

func TestMessagingREST(t *testing.T) {
	srv := newServer12(t)
	alice, bob, carol := srv.AddUser("alice"), srv.AddUser("bob"), srv.AddUser("carol")
	group := alice.AddGroup("tea")
	group.Add(bob)
	rest := func(u *misskeytest.User, endpoint string, params map[string]any, result any) string {
		t.Helper()
		raw := json.RawMessage{}
		status := call12(t, srv, u.Token(), endpoint, params, &raw)
		var refused struct{ Error struct{ Code string } }
		_ = json.Unmarshal(raw, &refused)
		if refused.Error.Code == "" && result != nil {
			if err := json.Unmarshal(raw, result); err != nil {
				t.Fatalf("%s: %v: %s", endpoint, err, raw)
			}
		}
		return strings.TrimSpace(fmt.Sprint(status, " ", refused.Error.Code))
	}
	type params = map[string]any
	var m, g misskeytest.MessagingMessage
	tests := []struct {
		who      *misskeytest.User
		endpoint string
		params   params
		want     string
		result   any
	}{
		{alice, "messaging/messages/create", params{"userId": bob.ID, "text": "hi"}, "200", &m},
		{alice, "messaging/messages/create", params{"groupId": group.ID, "text": "all"}, "200", &g},
		{alice, "messaging/messages/create", params{"userId": alice.ID, "text": "me"}, "400 RECIPIENT_IS_YOURSELF", nil},
		{alice, "messaging/messages/create", params{"userId": "nobody", "text": "x"}, "400 NO_SUCH_USER", nil},
		{alice, "messaging/messages/create", params{"groupId": "nothing", "text": "x"}, "400 NO_SUCH_GROUP", nil},
		{carol, "messaging/messages/create", params{"groupId": group.ID, "text": "x"}, "400 GROUP_ACCESS_DENIED", nil},
		{alice, "messaging/messages/create", params{"userId": bob.ID}, "400 CONTENT_REQUIRED", nil},
		{alice, "messaging/messages/create", params{"userId": bob.ID, "fileId": "nothing"}, "400 NO_SUCH_FILE", nil},
		{alice, "messaging/messages/create", params{"text": "x"}, "400 INVALID_PARAM", nil},
		{carol, "messaging/messages", params{"groupId": group.ID}, "400 GROUP_ACCESS_DENIED", nil},
		{bob, "users/groups/show", params{"groupId": group.ID}, "200", nil},
		{carol, "users/groups/show", params{"groupId": group.ID}, "400 NO_SUCH_GROUP", nil},
		{alice, "users/groups/leave", params{"groupId": group.ID}, "400 YOU_ARE_OWNER", nil},
		{bob, "users/groups/pull", params{"groupId": group.ID, "userId": bob.ID}, "400 NO_SUCH_GROUP", nil},
		{alice, "users/groups/pull", params{"groupId": group.ID, "userId": alice.ID}, "400 IS_OWNER", nil},
	}
	for _, tt := range tests {
		if got := rest(tt.who, tt.endpoint, tt.params, tt.result); got != tt.want {
			t.Errorf("%s %v: %s, want %s", tt.endpoint, tt.params, got, tt.want)
		}
	}

	var list []misskeytest.MessagingMessage
	if got := rest(bob, "messaging/messages", params{"userId": alice.ID, "markAsRead": false}, &list); got != "200" || len(list) != 1 ||
		list[0].ID != m.ID || list[0].IsRead || list[0].Recipient != nil {
		t.Errorf("%s %+v", got, list)
	}
	rest(bob, "messaging/messages", params{"userId": alice.ID}, nil)
	rest(bob, "messaging/messages", params{"groupId": group.ID}, nil)
	rest(alice, "messaging/messages", params{"userId": bob.ID}, &list)
	if !list[0].IsRead {
		t.Error("reading did not mark as read")
	}
	rest(alice, "messaging/messages", params{"groupId": group.ID}, &list)
	if !slices.Equal(list[0].Reads, []misskey.UserID{bob.ID}) {
		t.Errorf("read by %v, want bob", list[0].Reads)
	}
	for inGroups, want := range map[bool]string{false: m.ID, true: g.ID} {
		if rest(bob, "messaging/history", params{"group": inGroups}, &list); len(list) != 1 || list[0].ID != want {
			t.Errorf("history, groups %t: %+v", inGroups, list)
		}
	}
	for _, step := range []struct {
		who      *misskeytest.User
		endpoint string
		want     string
	}{
		{carol, "messaging/messages/read", "400 NO_SUCH_MESSAGE"},
		{bob, "messaging/messages/read", "204"},
		{bob, "messaging/messages/delete", "400 NO_SUCH_MESSAGE"},
		{alice, "messaging/messages/delete", "204"},
		{alice, "messaging/messages/delete", "400 NO_SUCH_MESSAGE"},
	} {
		if got := rest(step.who, step.endpoint, params{"messageId": m.ID}, nil); got != step.want {
			t.Errorf("%s: %s, want %s", step.endpoint, got, step.want)
		}
	}

	var groups []misskeytest.UserGroup
	for who, lists := range map[*misskeytest.User][2]int{alice: {1, 0}, bob: {0, 1}} {
		for i, endpoint := range []string{"users/groups/owned", "users/groups/joined"} {
			if rest(who, endpoint, nil, &groups); len(groups) != lists[i] {
				t.Errorf("%s of @%s: %+v", endpoint, who.Username, groups)
			}
		}
	}
	if got := rest(bob, "users/groups/leave", params{"groupId": group.ID}, nil); got != "204" {
		t.Errorf("leave: %s", got)
	}
	var made misskeytest.UserGroup
	if got := rest(carol, "users/groups/create", params{"name": "coffee"}, &made); got != "200" || made.OwnerID != carol.ID || made.Name != "coffee" {
		t.Errorf("create: %s %+v", got, made)
	}
}

// Messaging is of Misskey 12 alone.
func TestMessagingNeedsOlderRelease(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	for name, f := range map[string]func(){
		"Message": func() { alice.Message(bob, "x") }, "AddGroup": func() { alice.AddGroup("x") }, "Type": func() { alice.Type(bob) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", name)
				}
			}()
			f()
		}()
	}
}
