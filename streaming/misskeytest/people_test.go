package misskeytest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// i/update changes what it names, answers with the whole account and tells the
// main channels.
func TestUpdateProfile(t *testing.T) {
	srv, bot, _, _, c := people(t)
	p := bot.Profile()
	p.Description, p.Cat = "I am a #bot", true
	bot.Update(p)
	var me, told misskey.MeDetailed
	if status := call(t, srv, bot.Token(), "i/update", map[string]any{
		"name": "Robot", "isCat": false, "followedMessage": nil, "birthday": "2001-02-03",
		"fields":              []map[string]string{{"name": "a", "value": "b"}},
		"followersVisibility": "private", "chatScope": "none", "mutedWords": []any{[]string{"x"}, "/y/"},
	}, &me); status != 200 {
		t.Fatalf("i/update: %d", status)
	}
	c.sync()
	updates := c.all(event("m", "meUpdated"))
	if len(updates) != 2 {
		t.Fatalf("%d meUpdated, want 2", len(updates))
	}
	if err := json.Unmarshal(updates[1].inner().Body, &told); err != nil {
		t.Fatal(err)
	}
	for _, m := range []misskey.MeDetailed{me, told} {
		if m.Name.OrZero() != "Robot" || m.Description.OrZero() != "I am a #bot" || m.IsCat || !m.IsBot ||
			m.Birthday.OrZero() != "2001-02-03" || len(m.Fields) != 1 || len(m.MutedWords) != 2 || !m.UpdatedAt.IsSet() ||
			m.FollowersVisibility != misskey.FollowVisibilityPrivate || m.ChatScope != misskey.ChatScopeNone {
			t.Errorf("updated to %+v", m)
		}
	}
	for _, params := range []map[string]any{
		{"name": strings.Repeat("x", 51)}, {"name": ""}, {"isBot": "yes"}, {"fields": []any{map[string]any{"name": "a"}}}, {"chatScope": "all"},
	} {
		if got := refusalOf(t, srv, bot, "i/update", params); got != "INVALID_PARAM" {
			t.Errorf("%v: %q", params, got)
		}
	}
}

// Users are found by id, by name in any case, by search and in lists, and not
// where they are suspended or do not want to be.
func TestFindUsers(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("Alice", misskeytest.WithName("Wonder Land"))
	alan, bob := srv.AddUser("alan"), srv.AddUser("bob", misskeytest.WithName("alice's friend"))
	hidden, banned := srv.AddUser("alhidden"), srv.AddUser("albanned")
	banned.Suspend()
	p := hidden.Profile()
	p.Explorable = false
	hidden.Update(p)
	alan.Follow(bob)
	bob.Follow(alan)
	alice.Follow(alan)

	if srv.User("aLICE") != alice {
		t.Error("User does not find a name in another case")
	}
	tests := []struct {
		by       *misskeytest.User
		endpoint string
		params   map[string]any
		want     string
	}{
		{nil, "users/show", map[string]any{"username": "ALICE", "host": nil}, "Alice"},
		{nil, "users/search", map[string]any{"query": "al"}, "Alice alan bob alhidden"},
		{nil, "users/search", map[string]any{"query": "@al"}, "Alice alan alhidden"},
		{nil, "users/search", map[string]any{"query": "wonder"}, "Alice"},
		{nil, "users/search", map[string]any{"query": "al", "offset": 1, "limit": 1}, "alan"},
		{nil, "users/search", map[string]any{"query": "al", "origin": "remote"}, ""},
		{nil, "users/search-by-username-and-host", map[string]any{"username": "a"}, "Alice alan alhidden"},
		{alice, "users/search-by-username-and-host", map[string]any{"username": "A"}, "alan Alice alhidden"},
		{nil, "users/search-by-username-and-host", map[string]any{"username": "a", "host": "example.com"}, ""},
		{nil, "users", map[string]any{}, "Alice alan bob"},
		{nil, "users", map[string]any{"sort": "-createdAt", "limit": 2}, "Alice alan"},
		{nil, "users", map[string]any{"sort": "+follower", "limit": 1}, "alan"},
		{nil, "users", map[string]any{"origin": "remote"}, ""},
	}
	for _, tt := range tests {
		token := ""
		if tt.by != nil {
			token = tt.by.Token()
		}
		var raw json.RawMessage
		if status := call(t, srv, token, tt.endpoint, tt.params, &raw); status != 200 {
			t.Errorf("%s %v: %d %s", tt.endpoint, tt.params, status, raw)
			continue
		}
		if raw[0] == '{' {
			raw = slices.Concat(json.RawMessage("["), raw, json.RawMessage("]"))
		}
		var found []struct{ Username string }
		if err := json.Unmarshal(raw, &found); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, u := range found {
			names = append(names, u.Username)
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%s %v: %q, want %q", tt.endpoint, tt.params, got, tt.want)
		}
	}
	var brief []map[string]json.RawMessage
	call(t, srv, "", "users/search", map[string]any{"query": "bob", "detail": false}, &brief)
	if len(brief) != 1 || brief[0]["createdAt"] != nil {
		t.Errorf("without detail: %v", brief)
	}
}

func TestReactionsOfUser(t *testing.T) {
	srv := newServer(t)
	me, alice, foe := srv.AddUser("me"), srv.AddUser("alice"), srv.AddUser("foe")
	shown, muted := alice.Post("shown"), foe.Post("muted")
	secret := foe.Post("secret", misskeytest.To(alice))
	for _, n := range []misskey.Note{shown, muted, secret} {
		alice.React(n.ID, "👍")
	}
	me.Mute(foe)
	for by, want := range map[*misskeytest.User]int{me: 1, alice: 3} {
		var list []struct {
			Type string
			Note misskey.Note
		}
		if status := call(t, srv, by.Token(), "users/reactions", userID(alice), &list); status != 200 || len(list) != want {
			t.Errorf("%s sees %d reactions (%d), want %d", by.Username, len(list), status, want)
		}
	}
	p := alice.Profile()
	p.PublicReactions = false
	alice.Update(p)
	if got := refusalOf(t, srv, me, "users/reactions", userID(alice)); got != "REACTIONS_NOT_PUBLIC" {
		t.Errorf("not public: %q", got)
	}
	do(t, srv, alice, "users/reactions", userID(alice))
}

// The life of tokens: sockets outlive theirs.
func TestTokens(t *testing.T) {
	srv, bot, _, _, c := people(t)
	old := bot.Token()
	var raw json.RawMessage
	if status := call(t, srv, old, "i/regenerate-token", map[string]any{"password": "wrong"}, &raw); status != 500 {
		t.Errorf("wrong password: %d %s", status, raw)
	}
	app := bot.AppToken("read:account")
	if status := call(t, srv, app, "i/regenerate-token", map[string]any{"password": misskeytest.DefaultPassword}, &raw); status != 400 || !strings.Contains(string(raw), "ACCESS_DENIED") {
		t.Errorf("by an app: %d %s", status, raw)
	}
	if status := call(t, srv, old, "i/regenerate-token", map[string]any{"password": misskeytest.DefaultPassword}, nil); status != 204 {
		t.Errorf("i/regenerate-token: %d", status)
	}
	c.waitFor("myTokenRegenerated", event("m", "myTokenRegenerated"))
	if status := call(t, srv, old, "i", map[string]any{}, nil); status != 401 {
		t.Errorf("old token: %d", status)
	}

	var made struct{ Token string }
	call(t, srv, bot.Token(), "miauth/gen-token", map[string]any{"session": nil, "permission": []string{"read:account"}}, &made)
	if status := call(t, srv, made.Token, "i", map[string]any{}, nil); status != 200 {
		t.Errorf("new app token: %d", status)
	}
	socket := dial(t, srv, made.Token)
	socket.connect("main", "m", "{}")
	do(t, srv, bot, "i/revoke-token", map[string]any{"token": made.Token})
	bot.RevokeToken(app)
	for _, token := range []string{made.Token, app} {
		if status := call(t, srv, token, "i", map[string]any{}, nil); status != 401 {
			t.Errorf("revoked token: %d", status)
		}
	}
	bot.SignIn()
	socket.waitFor("signin", event("m", "signin"))
	c.sync()
	want := []string{"notification:createToken", "myTokenRegenerated", "notification:createToken", "notification:login", "signin"}
	if got := c.mainEvents(); !slices.Equal(got, want) {
		t.Errorf("main events %q, want %q", got, want)
	}
	if code := refusalOf(t, srv, bot, "i/revoke-token", map[string]any{"token": "nonsense"}); code != "" {
		t.Errorf("a token that is not there: %q", code)
	}
}

// Moderators suspend; who is suspended gets 403 at the handshake.
func TestSuspensionByModerator(t *testing.T) {
	srv := newServer(t)
	root, alice, bob := srv.AddUser("root", misskeytest.AsAdmin()), srv.AddUser("alice"), srv.AddUser("bob")
	if got := refusalOf(t, srv, alice, "admin/suspend-user", userID(bob)); got != "ROLE_PERMISSION_DENIED" {
		t.Errorf("by anybody: %q", got)
	}
	srv.AddRole("mods", misskeytest.ForModerators()).Assign(alice)
	do(t, srv, alice, "admin/suspend-user", userID(bob))
	for u, want := range map[*misskeytest.User]string{nil: "NO_SUCH_USER", root: "", alice: ""} {
		if got := refusalOf(t, srv, u, "users/show", userID(bob)); got != want {
			t.Errorf("users/show of a suspended user: %q, want %q", got, want)
		}
	}
	handshake := func() int {
		t.Helper()
		ws, resp, err := websocket.DefaultDialer.Dial(srv.StreamURL(), http.Header{"Authorization": {"Bearer " + bob.Token()}})
		if err == nil {
			ws.Close()
			return 101
		}
		if resp == nil {
			t.Fatal(err)
		}
		return resp.StatusCode
	}
	if got := handshake(); got != 403 {
		t.Errorf("suspended: %d", got)
	}
	do(t, srv, root, "admin/unsuspend-user", userID(bob))
	if got := handshake(); got != 101 {
		t.Errorf("unsuspended: %d", got)
	}
	for _, u := range []*misskeytest.User{root, alice} {
		if got := refusalOf(t, srv, root, "admin/suspend-user", userID(u)); got != "INTERNAL_ERROR" {
			t.Errorf("suspending %s: %q", u.Username, got)
		}
	}
}

func TestReportByREST(t *testing.T) {
	srv := newServer(t)
	root, mod, alice := srv.AddUser("root", misskeytest.AsAdmin()), srv.AddUser("mod"), srv.AddUser("alice")
	srv.AddRole("admins", misskeytest.ForAdministrators()).Assign(mod)
	c := dial(t, srv, mod.Token())
	c.connect("admin", "a", "{}")
	bare := dial(t, srv, root.Token())
	bare.connect("admin", "a", "{}")
	report := func(u *misskeytest.User) map[string]any { return map[string]any{"userId": u.ID, "comment": "spam"} }
	for u, want := range map[*misskeytest.User]string{mod: "CANNOT_REPORT_THE_ADMIN", root: "CANNOT_REPORT_THE_ADMIN", alice: "CANNOT_REPORT_YOURSELF"} {
		if got := refusalOf(t, srv, alice, "users/report-abuse", report(u)); got != want {
			t.Errorf("reporting %s: %q, want %q", u.Username, got, want)
		}
	}
	do(t, srv, mod, "users/report-abuse", report(alice))
	c.waitFor("the report", event("a", "newAbuseUserReport"))
	bare.sync()
	if len(bare.all(event("a", ""))) != 0 {
		t.Error("a report came to the root user, who has no role")
	}
}

// What the server tells of people has the keys of recorded bodies.
func TestBodiesAboutPeopleHaveTheRecordedKeys(t *testing.T) {
	srv, bot, alice, bob, c := people(t)
	bot.Follow(alice, misskeytest.WithNotes())
	alice.Post("x")
	p := bot.Profile()
	p.Locked = true
	bot.Update(p)
	bob.Follow(bot)
	bot.AcceptFollow(bob)
	bob.Block(bot)
	bot.Unfollow(alice)
	bot.AppToken("read:account")
	bot.SignIn()
	srv.AddRole("r").Assign(bot)
	c.sync()

	recorded, here := seeRecording(t, readRecording(t)), shapes{}
	for _, f := range c.all(event("m", "")) {
		here.see(t, f, map[string]string{"m": "main"})
	}
	for _, want := range []string{
		"main follow", "main followed", "main unfollow", "main meUpdated", "main receiveFollowRequest", "main signin",
		"main notification note", "main notification follow", "main notification followRequestAccepted",
		"main notification receiveFollowRequest", "main notification createToken", "main notification login",
		"main notification roleAssigned",
	} {
		if here[want] == nil {
			t.Errorf("%s did not come", want)
		}
	}
	for _, d := range compare(here, recorded) {
		if d.what == "never recorded" || d.what == "absent here, always recorded" {
			t.Errorf("%v", d)
		}
	}
}
