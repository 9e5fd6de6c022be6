package misskeytest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

func newServer12(t testing.TB, options ...misskeytest.Option) *misskeytest.Server {
	t.Helper()
	return newServer(t, append([]misskeytest.Option{misskeytest.WithRelease(misskeytest.Release12)}, options...)...)
}

// dial12 opens a socket with the token where that release reads it.
func dial12(t testing.TB, srv *misskeytest.Server, token string) *testClient {
	t.Helper()
	url := srv.StreamURL()
	if token != "" {
		url += "?i=" + token
	}
	ws, _, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	return serve(t, ws)
}

// call12 makes a REST call with the token where that release reads it.
func call12(t testing.TB, srv *misskeytest.Server, token, endpoint string, params map[string]any, response any) int {
	t.Helper()
	body := map[string]any{"i": token}
	for k, v := range params {
		body[k] = v
	}
	return call(t, srv, "", endpoint, body, response)
}

// answer is the body of `api:<id>`.
type answer struct {
	Res   json.RawMessage
	Error *struct {
		Message, Code, ID, Kind string
		Info                    struct{ Param string }
	}
}

// api sends a call as it stands and returns the answer to its id.
func (c *testClient) api(id, body string) answer {
	c.t.Helper()
	c.send(`{"type":"api","body":%s}`, body)
	f := c.waitFor("an answer to "+id, ofType("api:"+id))
	var a answer
	if err := json.Unmarshal(f.Body, &a); err != nil {
		c.t.Fatal(err)
	}
	return a
}

// Who is let in, and what becomes of the others: the header is not read, a bad
// token is never answered, the suspended get 400.
func TestOlderHandshake(t *testing.T) {
	srv := newServer12(t)
	alice, banned := srv.AddUser("alice"), srv.AddUser("banned")
	banned.Suspend()
	const bad = "0123456789abcdef"
	tests := []struct {
		name, query, header string
		status              int // 0 = no answer
		user                *misskeytest.User
	}{
		{"no token", "", "", 101, nil},
		{"query", "?i=" + alice.Token(), "", 101, alice},
		{"header alone is nobody's", "", "Bearer " + alice.Token(), 101, nil},
		{"bad header is not looked at", "?i=" + alice.Token(), "Bearer " + bad, 101, alice},
		{"app without read:account", "?i=" + alice.AppToken("write:notes"), "", 101, alice},
		{"bad token", "?i=" + bad, "", 0, nil},
		{"empty token", "?i=", "", 0, nil},
		{"suspended", "?i=" + banned.Token(), "", 400, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			header := http.Header{}
			if tt.header != "" {
				header.Set("Authorization", tt.header)
			}
			dialer := websocket.Dialer{HandshakeTimeout: patience}
			if tt.status == 0 {
				dialer.HandshakeTimeout = 100 * time.Millisecond
			}
			ws, resp, err := dialer.Dial(srv.StreamURL()+tt.query, header)
			if tt.status == 0 {
				if err == nil || resp != nil {
					t.Fatalf("answered: %v", resp)
				}
				return
			}
			if resp == nil || resp.StatusCode != tt.status {
				t.Fatalf("%v, %v, want %d", resp, err, tt.status)
			}
			if err == nil {
				defer ws.Close()
				all := srv.Sockets()
				if u := all[len(all)-1].User(); u != tt.user {
					t.Errorf("let in as %v, want %v", u, tt.user)
				}
			}
		})
	}
}

func TestOlderServerReadsTextFramesOnly(t *testing.T) {
	srv := newServer12(t)
	c := dial12(t, srv, "")
	frame := []byte(`{"type":"connect","body":{"channel":"localTimeline","id":"b","pong":true}}`)
	for _, data := range [][]byte{frame, []byte("ping")} {
		if err := c.ws.WriteMessage(websocket.BinaryMessage, data); err != nil {
			t.Fatal(err)
		}
	}
	c.sync()
	if got := c.all(anyFrame); len(got) != 0 {
		t.Errorf("answers to binary frames: %s", got)
	}
}

func TestOlderServerAnswersTextPing(t *testing.T) {
	srv := newServer12(t)
	c := dial12(t, srv, "")
	c.send("ping")
	f := c.waitFor("pong", ofType("not JSON"))
	if string(f.Body) != "pong" {
		t.Errorf("%q, want pong", f.Body)
	}
	for _, other := range []string{`"ping"`, " ping", "PING", `{"type":"ping"}`, "h"} {
		c.send("%s", other)
	}
	c.sync()
	if n := len(c.all(ofType("not JSON"))); n != 1 {
		t.Errorf("%d pongs, want 1", n)
	}
}

// The server sends no websocket pings and cuts nobody off, but answers a
// client's.
func TestOlderServerDoesNotPing(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer12(t, misskeytest.WithClock(clock))
	ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	pinged := make(chan struct{}, 8)
	ws.SetPingHandler(func(string) error { pinged <- struct{}{}; return nil })
	c := serve(t, ws)
	for range 5 {
		clock.Advance(misskeytest.DefaultPingInterval)
	}
	c.sync() // by a ping, which is answered
	if len(pinged) > 0 {
		t.Error("pinged")
	}
}

// readNotification marks the one that it names, and is ignored without a name.
func TestOlderReadNotification(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer12(t, misskeytest.WithClock(clock))
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	c, anonymous := dial12(t, srv, alice.Token()), dial12(t, srv, "")
	c.connect("main", "m", "{}")
	note := alice.Post("x")
	bob.React(note.ID, "👍")
	bob.Reply(note.ID, "y")
	second := c.waitFor("a reply", func(f testFrame) bool {
		return event("m", "notification")(f) && strings.Contains(string(f.inner().Body), `"reply"`)
	})
	first := c.waitFor("a reaction", event("m", "notification"))
	id := func(f testFrame) string { return string(object(t, f.inner().Body)["id"]) }

	anonymous.send(`{"type":"readNotification","body":{"id":%s}}`, id(first))
	for _, useless := range []string{``, `,"body":null`, `,"body":{}`, `,"body":{"id":""}`, `,"body":{"id":5}`} {
		c.send(`{"type":"readNotification"%s}`, useless)
	}
	anonymous.sync()
	c.sync()
	if n := unread(t, srv, alice); n != 2 {
		t.Fatalf("%d unread, want 2", n)
	}

	c.send(`{"type":"readNotification","body":{"id":%s}}`, id(first))
	some := c.waitFor("readNotifications", event("m", "readNotifications"))
	if got, want := string(some.inner().Body), "["+id(first)+"]"; got != want {
		t.Errorf("readNotifications %s, want %s", got, want)
	}
	if n := unread(t, srv, alice); n != 1 {
		t.Errorf("%d unread, want 1", n)
	}
	if len(c.all(event("m", "readAllNotifications"))) > 0 {
		t.Error("readAllNotifications with one unread")
	}
	clock.Advance(misskeytest.DefaultUnreadDelay)
	c.sync()
	late := c.all(event("m", "unreadNotification"))
	if len(late) != 1 || id(late[0]) != id(second) {
		t.Errorf("unreadNotification %s, want the one not read", late)
	}

	c.send(`{"type":"readNotification","body":{"id":%s}}`, id(second))
	c.waitFor("readAllNotifications", event("m", "readAllNotifications"))
	if n := unread(t, srv, alice); n != 0 {
		t.Errorf("%d unread, want 0", n)
	}
}

func unread(t *testing.T, srv *misskeytest.Server, u *misskeytest.User) int {
	t.Helper()
	var me struct{ UnreadNotificationsCount int }
	if status := call(t, srv, "", "i", map[string]any{"i": u.Token()}, &me); status != 200 {
		t.Fatalf("i: %d", status)
	}
	return me.UnreadNotificationsCount
}

// `sr` captures like `s`.
func TestOlderSubNoteAliases(t *testing.T) {
	srv := newServer12(t)
	alice := srv.AddUser("alice")
	note := alice.Post("x")
	c := dial12(t, srv, alice.Token())
	for _, alias := range []string{"subNote", "s", "sr"} {
		c.send(`{"type":%q,"body":{"id":%q}}`, alias, note.ID)
	}
	c.sync()
	if n := alice.Sockets()[0].Captures()[note.ID]; n != 3 {
		t.Errorf("captured %d times, want 3", n)
	}
}

// Calls over the socket are made as the socket's user, and answered by their
// ids whatever is wrong with them.
func TestOlderCalls(t *testing.T) {
	srv := newServer12(t)
	alice := srv.AddUser("alice")
	c := dial12(t, srv, alice.Token())
	app := dial12(t, srv, alice.AppToken("read:account"))
	anonymous := dial12(t, srv, "")

	tests := []struct {
		name   string
		client *testClient
		id     string
		body   string
		code   string // "" = answered with a result, or without any
		info   string
	}{
		{"endpoint", c, "1", `{"id":"1","endpoint":"i","data":{}}`, "", ""},
		{"ep", c, "2", `{"id":"2","ep":"i","data":{}}`, "", ""},
		{"endpoint counts for more than ep", c, "3", `{"id":"3","endpoint":"i","ep":"nonsense","data":{}}`, "", ""},
		{"an empty endpoint does not", c, "4", `{"id":"4","endpoint":"","ep":"i","data":{}}`, "", ""},
		{"unknown endpoint", c, "5", `{"id":"5","ep":"nonsense","data":{}}`, "NO_SUCH_ENDPOINT", ""},
		{"no endpoint", c, "6", `{"id":"6","data":{}}`, "NO_SUCH_ENDPOINT", ""},
		{"endpoint that is no text", c, "7", `{"id":"7","ep":7,"data":{}}`, "NO_SUCH_ENDPOINT", ""},
		{"endpoint of a later release", c, "8", `{"id":"8","ep":"notes/show-partial-bulk","data":{"noteIds":["x"]}}`, "NO_SUCH_ENDPOINT", ""},
		{"no data", c, "9", `{"id":"9","ep":"ping"}`, "INVALID_PARAM", "#/type"},
		{"data that is no object", c, "10", `{"id":"10","ep":"ping","data":[]}`, "INVALID_PARAM", "#/type"},
		{"a missing param", c, "11", `{"id":"11","ep":"notes/show","data":{}}`, "INVALID_PARAM", "#/required"},
		{"no such note", c, "12", `{"id":"12","ep":"notes/show","data":{"noteId":"x"}}`, "NO_SUCH_NOTE", ""},
		{"no id", c, "undefined", `{"ep":"ping","data":{}}`, "", ""},
		{"id that is null", c, "null", `{"id":null,"ep":"ping","data":{}}`, "", ""},
		{"id that is a number", c, "1.5", `{"id":1.50,"ep":"ping","data":{}}`, "", ""},
		{"id that is a list", c, "1,a,", `{"id":[1,"a",null],"ep":"ping","data":{}}`, "", ""},
		{"id that is an object", c, "[object Object]", `{"id":{},"ep":"ping","data":{}}`, "", ""},
		{"id that is a boolean", c, "true", `{"id":true,"ep":"ping","data":{}}`, "", ""},
		{"a token of its own is not looked at", c, "13", `{"id":"13","ep":"i","data":{"i":"nonsense"}}`, "", ""},
		{"anonymous", anonymous, "1", `{"id":"1","ep":"i","data":{}}`, "CREDENTIAL_REQUIRED", ""},
		{"anonymous, with a token in the data", anonymous, "2", fmt.Sprintf(`{"id":"2","ep":"i","data":{"i":%q}}`, alice.Token()), "CREDENTIAL_REQUIRED", ""},
		{"anonymous where anybody may", anonymous, "3", `{"id":"3","ep":"ping","data":{}}`, "", ""},
		{"app with the permission", app, "1", `{"id":"1","ep":"i","data":{}}`, "", ""},
		{"app without", app, "2", `{"id":"2","ep":"notes/create","data":{"text":"x"}}`, "PERMISSION_DENIED", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := tt.client.api(tt.id, tt.body)
			switch {
			case tt.code == "" && (a.Error != nil || len(a.Res) == 0):
				t.Errorf("%+v, want a result", a)
			case tt.code != "" && (a.Error == nil || a.Error.Code != tt.code || a.Error.Info.Param != tt.info || len(a.Res) > 0):
				t.Errorf("%s %+v, want %s %s", a.Res, a.Error, tt.code, tt.info)
			case tt.code != "" && (a.Error.ID == "" || a.Error.Kind == "" || a.Error.Message == ""):
				t.Errorf("%+v lacks something", a.Error)
			}
		})
	}
	for _, nothing := range []string{`null`, `[]`, `"i"`, `5`} {
		c.send(`{"type":"api","body":%s}`, nothing)
	}
	c.send(`{"type":"api"}`)
	before := len(c.all(anyFrame))
	c.sync()
	if after := len(c.all(anyFrame)); after != before {
		t.Errorf("%d answers to calls without a body", after-before)
	}
}

// A call does what REST does, and one without a result gets an empty answer.
func TestOlderCallActs(t *testing.T) {
	srv := newServer12(t)
	alice := srv.AddUser("alice")
	c := dial12(t, srv, alice.Token())
	c.connect("homeTimeline", "h", "{}")
	a := c.api("n", `{"id":"n","ep":"notes/create","data":{"text":"over the socket"}}`)
	c.waitFor("the note", event("h", "note"))
	var made struct{ CreatedNote struct{ ID, Text string } }
	if err := json.Unmarshal(a.Res, &made); err != nil || made.CreatedNote.Text != "over the socket" {
		t.Fatalf("%s: %v", a.Res, err)
	}
	c.send(`{"type":"api","body":{"id":"d","ep":"notes/delete","data":{"noteId":%q}}}`, made.CreatedNote.ID)
	if f := c.waitFor("an answer", ofType("api:d")); string(f.Body) != "{}" {
		t.Errorf("answer without a result: %s, want {}", f.Body)
	}
}

func TestLostAndLateAnswers(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer12(t, misskeytest.WithClock(clock))
	alice := srv.AddUser("alice")
	c := dial12(t, srv, alice.Token())
	late := srv.Inject(misskeytest.LateAnswer(time.Second), misskeytest.OnEndpoint("meta"))
	lost := srv.Inject(misskeytest.LostAnswer().On(2), misskeytest.OnEndpoint("notes/create"))

	c.send(`{"type":"api","body":{"id":"late","ep":"meta","data":{}}}`)
	for _, id := range []string{"first", "lost", "third"} {
		c.send(`{"type":"api","body":{"id":%q,"ep":"notes/create","data":{"text":%q}}}`, id, id)
	}
	c.waitFor("the third answer", ofType("api:third"))
	if n := len(c.all(ofType("api:late"))); n != 0 {
		t.Error("the late answer was not late")
	}
	clock.Advance(time.Second)
	c.waitFor("the late answer", ofType("api:late"))
	if n := len(c.all(ofType("api:lost"))); n != 0 {
		t.Error("the lost answer was not lost")
	}
	var notes []struct{ Text string }
	call12(t, srv, alice.Token(), "notes/timeline", nil, &notes)
	if len(notes) != 3 {
		t.Errorf("%d notes, want 3: a lost answer does not undo the call", len(notes))
	}
	if i := lost.Incidents(); len(i) != 1 || i[0].Endpoint != "notes/create" || i[0].Socket == nil || late.Struck() != 1 {
		t.Errorf("incidents %+v", i)
	}
}

// The modern releases answer none of it.
func TestModernReleasesIgnoreOlderMessages(t *testing.T) {
	for _, release := range []misskeytest.Release{misskeytest.Release2025, misskeytest.Release2026} {
		t.Run(string(release), func(t *testing.T) {
			srv := newServer(t, misskeytest.WithRelease(release))
			alice := srv.AddUser("alice")
			c := dial(t, srv, alice.Token())
			for _, frame := range []string{
				"ping",
				`{"type":"api","body":{"id":"1","ep":"ping","data":{}}}`,
				fmt.Sprintf(`{"type":"typingOnMessaging","body":{"partner":%q}}`, alice.ID),
				fmt.Sprintf(`{"type":"connect","body":{"channel":"messaging","id":"m","params":{"otherparty":%q},"pong":true}}`, alice.ID),
				`{"type":"connect","body":{"channel":"messagingIndex","id":"i","pong":true}}`,
			} {
				c.send("%s", frame)
			}
			c.sync()
			if got := c.all(anyFrame); len(got) != 0 {
				t.Errorf("answered: %s", got)
			}
			for _, gone := range []string{"messaging/messages", "users/groups/owned"} {
				if status := call(t, srv, alice.Token(), gone, map[string]any{}, nil); status != 404 {
					t.Errorf("%s: %d, want 404", gone, status)
				}
			}
		})
	}
}

// Acknowledged at once whatever the params, no limit of 32, both channels of an
// id used twice alive.
func TestOlderConnect(t *testing.T) {
	srv := newServer12(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	group := bob.AddGroup("bob's")
	tests := []struct {
		name, channel, rest string
		ack, silent         bool
	}{
		{"params null", "main", `"params":null,"pong":true`, true, false},
		{"params a list", "homeTimeline", `"params":[],"pong":true`, true, false},
		{"pong a number", "localTimeline", `"pong":1`, true, false},
		{"pong an empty text", "localTimeline", `"pong":""`, false, false},
		{"no listId", "userList", `"pong":true`, true, true},
		{"messaging without params", "messaging", `"pong":true`, true, false},
		{"messaging with nobody", "messaging", `"params":{"otherparty":"nobody"},"pong":true`, true, true},
		{"messaging in another's group", "messaging", `"params":{"group":"` + group.ID + `"},"pong":true`, true, true},
		{"messagingIndex", "messagingIndex", `"pong":true`, true, false},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := dial12(t, srv, alice.Token())
			id := fmt.Sprint("c", i)
			c.send(`{"type":"connect","body":{"channel":%q,"id":%q,%s}}`, tt.channel, id, tt.rest)
			c.sync()
			if got := len(c.all(ackOf(id))) > 0; got != tt.ack {
				t.Errorf("acknowledged %t, want %t", got, tt.ack)
			}
			sockets := alice.Sockets()
			live := slices.DeleteFunc(sockets[len(sockets)-1].Connections(), func(k misskeytest.Connection) bool { return k.ID != id })
			if len(live) != 1 || live[0].Silent != tt.silent {
				t.Errorf("connections %+v, want one, silent %t", live, tt.silent)
			}
		})
	}
	t.Run("channels of later releases", func(t *testing.T) {
		c := dial12(t, srv, alice.Token())
		for _, channel := range []string{"chatUser", "chatRoom", "reversi", "reversiGame", "roleTimeline"} {
			c.send(`{"type":"connect","body":{"channel":%q,"id":%q,"params":{},"pong":true}}`, channel, channel)
		}
		c.sync()
		if n := len(c.all(anyFrame)); n != 0 {
			t.Errorf("%d acknowledged, want none", n)
		}
	})
	t.Run("no limit", func(t *testing.T) {
		c := dial12(t, srv, alice.Token())
		for i := range 100 {
			c.send(`{"type":"connect","body":{"channel":"homeTimeline","id":"%d","pong":true}}`, i)
		}
		c.waitFor("the hundredth", ackOf("99"))
	})
	t.Run("an app needs no permission", func(t *testing.T) {
		c := dial12(t, srv, alice.AppToken())
		c.connect("main", "m", "{}")
		c.connect("admin", "a", "{}")
	})
	t.Run("an id used twice", func(t *testing.T) {
		c := dial12(t, srv, alice.Token())
		c.connect("homeTimeline", "x", "{}")
		c.connect("homeTimeline", "x", "{}")
		c.sync() // behind the second connect, whose answer looks like the first
		alice.Post("both")
		c.sync()
		if n := len(c.all(event("x", "note"))); n != 2 {
			t.Errorf("%d events, want 2", n)
		}
		c.send(`{"type":"disconnect","body":{"id":"x"}}`)
		c.sync()
		alice.Post("one leaks")
		c.sync()
		if n := len(c.all(event("x", "note"))); n != 3 {
			t.Errorf("%d events, want 3: one disconnect stops one of two", n)
		}
	})
}

// `i` in the body is the only token, and what came later is unknown.
func TestOlderREST(t *testing.T) {
	srv := newServer12(t)
	alice := srv.AddUser("alice")
	if status := call(t, srv, alice.Token(), "i", map[string]any{}, nil); status != 401 {
		t.Errorf("token in the header: %d, want 401", status)
	}
	if status := call(t, srv, "nonsense", "i", map[string]any{"i": alice.Token()}, nil); status != 200 {
		t.Errorf("bad header, good i: %d, want 200", status)
	}
	srv.LimitRate("notes/create", time.Minute)
	for _, tt := range []struct {
		name, token, endpoint string
		status                int
		code                  string
	}{
		{"bad token", "0123456789abcdef", "meta", 403, "AUTHENTICATION_FAILED"},
		{"app without the permission", alice.AppToken(), "notes/delete", 400, "PERMISSION_DENIED"},
		{"limited", alice.Token(), "notes/create", 429, "RATE_LIMIT_EXCEEDED"},
	} {
		header := http.Header{"Content-Type": {"application/json"}}
		resp, data := request(t, srv, "POST", tt.endpoint, header, fmt.Sprintf(`{"i":%q}`, tt.token))
		var a answer
		if err := json.Unmarshal(data, &a); err != nil || resp.StatusCode != tt.status || a.Error.Code != tt.code || a.Error.Kind != "client" {
			t.Errorf("%s: %d %s", tt.name, resp.StatusCode, data)
		}
		if resp.Header.Get("WWW-Authenticate")+resp.Header.Get("Retry-After") != "" || strings.Contains(string(data), "info") {
			t.Errorf("%s: says more than it did: %v %s", tt.name, resp.Header, data)
		}
	}
	var meta struct{ Version string }
	call(t, srv, "", "meta", map[string]any{}, &meta)
	if meta.Version != "12.109.2" {
		t.Errorf("version %q", meta.Version)
	}
	for _, later := range []string{"chat/history", "reversi/games", "notes/show-partial-bulk", "roles/notes", "i/notifications-grouped", "emojis"} {
		if status := call12(t, srv, alice.Token(), later, nil, nil); status != 404 {
			t.Errorf("%s: %d, want 404", later, status)
		}
	}
}
