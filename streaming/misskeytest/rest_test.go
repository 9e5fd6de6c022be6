package misskeytest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// call makes a REST call and decodes the response, if there is one.
func call(t testing.TB, srv *misskeytest.Server, token, endpoint string, params, response any) int {
	t.Helper()
	body, err := json.Marshal(params)
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Content-Type": {"application/json"}}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	resp, data := request(t, srv, "POST", endpoint, header, string(body))
	if len(data) > 0 && response != nil {
		if err := json.Unmarshal(data, response); err != nil {
			t.Fatalf("%s: %v: %s", endpoint, err, data)
		}
	}
	return resp.StatusCode
}

func request(t testing.TB, srv *misskeytest.Server, method, endpoint string, header http.Header, body string) (*http.Response, []byte) {
	t.Helper()
	url := srv.URL + "/api/" + endpoint
	if strings.HasPrefix(endpoint, "/") {
		url = srv.URL + endpoint
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, data
}

// Statuses, codes and headers of refused calls, each a line of the measured
// table.
func TestRESTRefusals(t *testing.T) {
	srv := newServer(t, misskeytest.WithoutRateLimits())
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	banned := srv.AddUser("banned")
	banned.Suspend()
	note := alice.Post("note", misskeytest.WithPoll("a", "b"))
	plain := alice.Post("plain")
	renote := alice.Renote(plain.ID)
	bob.React(note.ID, "👍")
	bob.Vote(note.ID, 0)
	reader := bob.AppToken("read:account")
	token := bob.Token()
	const bad = "0123456789abcdef"
	id := func(n misskey.Note) string { return `"noteId":"` + string(n.ID) + `"` }

	tests := []struct {
		name, token, endpoint, body string
		status                      int
		code, info                  string // info is a part of the body
		challenge                   string
	}{
		{"no token", "", "i", `{}`, 401, "CREDENTIAL_REQUIRED", "", `Bearer realm="Misskey"`},
		{"null token is none", "", "i", `{"i":null}`, 401, "CREDENTIAL_REQUIRED", "", `Bearer realm="Misskey"`},
		{"bad token", bad, "i", `{}`, 401, "AUTHENTICATION_FAILED", "", `Bearer realm="Misskey", error="invalid_token", error_description="Failed to authenticate"`},
		{"bad token on a public endpoint", bad, "meta", `{}`, 401, "AUTHENTICATION_FAILED", "", `Bearer realm="Misskey", error="invalid_token", error_description="Failed to authenticate"`},
		{"empty token in the body", "", "meta", `{"i":""}`, 401, "AUTHENTICATION_FAILED", "", `Bearer realm="Misskey", error="invalid_token", error_description="Failed to authenticate"`},
		{"header wins over body", bad, "i", `{"i":"` + token + `"}`, 401, "AUTHENTICATION_FAILED", "", `Bearer realm="Misskey", error="invalid_token", error_description="Failed to authenticate"`},
		{"app token without permission", reader, "notes/create", `{"text":"x"}`, 403, "PERMISSION_DENIED", `"kind":"permission"`, `Bearer realm="Misskey", error="insufficient_scope"`},
		{"suspended", banned.Token(), "i", `{}`, 403, "YOUR_ACCOUNT_SUSPENDED", "", ""},
		{"body null", token, "i", `null`, 400, "INVALID_PARAM", `"param":"#/type"`, ""},
		{"body array", token, "i", `[]`, 400, "INVALID_PARAM", `"param":"#/type"`, ""},
		{"missing param", token, "notes/show", `{}`, 400, "INVALID_PARAM", `"param":"#/required"`, ""},
		{"param of wrong type", token, "notes/show", `{"noteId":5}`, 400, "INVALID_PARAM", `"param":"#/properties/noteId/type"`, ""},
		{"param of wrong format", token, "notes/show", `{"noteId":"a-b"}`, 400, "INVALID_PARAM", `"param":"#/properties/noteId/format"`, ""},
		{"limit 0", token, "notes/timeline", `{"limit":0}`, 400, "INVALID_PARAM", `"param":"#/properties/limit/minimum"`, ""},
		{"limit 101", token, "notes/timeline", `{"limit":101}`, 400, "INVALID_PARAM", `"param":"#/properties/limit/maximum"`, ""},
		{"null sinceId", token, "notes/timeline", `{"sinceId":null}`, 400, "INVALID_PARAM", `"param":"#/properties/sinceId/type"`, ""},
		{"note without text", token, "notes/create", `{}`, 400, "INVALID_PARAM", "", ""},
		{"blank note", token, "notes/create", `{"text":"  "}`, 400, "INVALID_PARAM", "", ""},
		{"text too long", token, "notes/create", `{"text":"` + strings.Repeat("x", 3001) + `"}`, 400, "INVALID_PARAM", `properties/text/maxLength"`, ""},
		{"unknown visibility", token, "notes/create", `{"text":"x","visibility":"secret"}`, 400, "INVALID_PARAM", `"param":"#/properties/visibility/enum"`, ""},
		{"poll of one choice", token, "notes/create", `{"text":"x","poll":{"choices":["a"]}}`, 400, "INVALID_PARAM", "choices/minItems", ""},
		{"poll expired already", token, "notes/create", `{"text":"x","poll":{"choices":["a","b"],"expiresAt":1}}`, 400, "CANNOT_CREATE_ALREADY_EXPIRED_POLL", "", ""},
		{"reply to nothing", token, "notes/create", `{"text":"x","replyId":"nothing"}`, 400, "NO_SUCH_REPLY_TARGET", "", ""},
		{"renote of nothing", token, "notes/create", `{"renoteId":"nothing"}`, 400, "NO_SUCH_RENOTE_TARGET", "", ""},
		{"renote of a renote", token, "notes/create", `{"renoteId":"` + string(renote.ID) + `"}`, 400, "CANNOT_RENOTE_TO_A_PURE_RENOTE", "", ""},
		{"no such file", token, "notes/create", `{"text":"x","fileIds":["nothing"]}`, 400, "NO_SUCH_FILE", "", ""},
		{"no such channel", token, "notes/create", `{"text":"x","channelId":"nothing"}`, 400, "NO_SUCH_CHANNEL", "", ""},
		{"no such note", "", "notes/show", `{"noteId":"nothing"}`, 400, "NO_SUCH_NOTE", "24fcbfc6-2e37-42b6-8388-c29b3861a08d", ""},
		{"react to nothing", token, "notes/reactions/create", `{"noteId":"nothing","reaction":"👍"}`, 400, "NO_SUCH_NOTE", "033d0620-5bfe-4027-965d-980b0c85a3ea", ""},
		{"react again", token, "notes/reactions/create", `{` + id(note) + `,"reaction":"👍"}`, 400, "ALREADY_REACTED", "", ""},
		{"react to a renote", token, "notes/reactions/create", `{` + id(renote) + `,"reaction":"👍"}`, 400, "CANNOT_REACT_TO_RENOTE", "", ""},
		{"take back no reaction", token, "notes/reactions/delete", `{` + id(plain) + `}`, 400, "NOT_REACTED", "", ""},
		{"vote again", token, "notes/polls/vote", `{` + id(note) + `,"choice":1}`, 400, "ALREADY_VOTED", "", ""},
		{"vote for nothing", token, "notes/polls/vote", `{` + id(note) + `,"choice":9}`, 400, "INVALID_CHOICE", "", ""},
		{"vote without poll", token, "notes/polls/vote", `{` + id(plain) + `,"choice":0}`, 400, "NO_POLL", "", ""},
		{"delete another's", token, "notes/delete", `{` + id(note) + `}`, 400, "ACCESS_DENIED", "", ""},
		{"delete nothing", token, "notes/delete", `{"noteId":"nothing"}`, 400, "NO_SUCH_NOTE", "", ""},
		{"follow myself", token, "following/create", `{"userId":"` + string(bob.ID) + `"}`, 400, "FOLLOWEE_IS_YOURSELF", "", ""},
		{"unfollow whom I do not follow", token, "following/delete", `{"userId":"` + string(alice.ID) + `"}`, 400, "NOT_FOLLOWING", "", ""},
		{"no such user", "", "users/show", `{"username":"nobody"}`, 400, "NO_SUCH_USER", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			header := http.Header{"Content-Type": {"application/json"}}
			if tt.token != "" {
				header.Set("Authorization", "Bearer "+tt.token)
			}
			resp, data := request(t, srv, "POST", tt.endpoint, header, tt.body)
			var body struct {
				Error struct{ Message, Code, ID, Kind string }
			}
			if err := json.Unmarshal(data, &body); err != nil {
				t.Fatalf("%v: %s", err, data)
			}
			e := body.Error
			if resp.StatusCode != tt.status || e.Code != tt.code {
				t.Errorf("%d %s, want %d %s: %s", resp.StatusCode, e.Code, tt.status, tt.code, data)
			}
			if e.Message == "" || len(e.ID) != 36 || e.Kind == "" {
				t.Errorf("incomplete error: %s", data)
			}
			if !strings.Contains(string(data), tt.info) {
				t.Errorf("%s lacks %s", data, tt.info)
			}
			if got := resp.Header.Get("WWW-Authenticate"); got != tt.challenge {
				t.Errorf("WWW-Authenticate %q, want %q", got, tt.challenge)
			}
		})
	}
}

func TestRateLimit(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer(t, misskeytest.WithClock(clock))
	alice := srv.AddUser("alice")
	srv.LimitRate("notes/create", 90*time.Second)
	header := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + alice.Token()}}
	resp, data := request(t, srv, "POST", "notes/create", header, `{"text":"x"}`)
	if resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "90" || !bytes.Contains(data, []byte(`"code":"RATE_LIMIT_EXCEEDED"`)) {
		t.Errorf("%d, Retry-After %q: %s", resp.StatusCode, resp.Header.Get("Retry-After"), data)
	}
	if resp, _ := request(t, srv, "POST", "i", header, `{}`); resp.StatusCode != 200 {
		t.Errorf("another endpoint: %d, want 200", resp.StatusCode)
	}
	clock.Advance(90 * time.Second)
	if resp, data := request(t, srv, "POST", "notes/create", header, `{"text":"x"}`); resp.StatusCode != 200 {
		t.Errorf("after the limit: %d %s", resp.StatusCode, data)
	}
}

// A bot's calls, done by REST and seen on the stream.
func TestRESTCalls(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	c := dial(t, srv, bob.Token())
	c.connect("main", "m", "{}")
	token := alice.Token()

	var created struct{ CreatedNote misskey.Note }
	if status := call(t, srv, token, "notes/create", map[string]any{
		"text": "@bob #tag", "visibility": "home", "poll": map[string]any{"choices": []string{"a", "b"}, "expiredAfter": 60000},
	}, &created); status != 200 {
		t.Fatalf("notes/create: %d", status)
	}
	note := created.CreatedNote
	if note.Visibility != misskey.NoteVisibilityHome || note.Poll == nil || !note.Poll.ExpiresAt.IsSet() || len(note.Mentions) != 1 {
		t.Errorf("created %+v", note)
	}
	c.waitFor("the mention", event("m", "mention"))

	c.send(`{"type":"subNote","body":{"id":%q}}`, note.ID)
	c.sync()
	id := map[string]any{"noteId": note.ID}
	with := func(key string, value any) map[string]any { return map[string]any{"noteId": note.ID, key: value} }
	for _, do := range []struct {
		endpoint string
		params   map[string]any
		update   string
	}{
		{"notes/reactions/create", with("reaction", "👍"), "reacted"},
		{"notes/reactions/delete", id, "unreacted"},
		{"notes/polls/vote", with("choice", 1), "pollVoted"},
	} {
		if status := call(t, srv, token, do.endpoint, do.params, nil); status != 204 {
			t.Errorf("%s: %d, want 204", do.endpoint, status)
		}
		c.waitFor(do.update, update(string(note.ID), do.update))
	}

	alice.React(note.ID, "🎉")
	var shown misskey.Note
	call(t, srv, token, "notes/show", id, &shown)
	if shown.MyReaction.OrZero() != "🎉" || shown.Reactions["🎉"] != 1 || shown.ReactionAndUserPairCache != nil {
		t.Errorf("shown %+v", shown)
	}
	var partial []struct {
		ID        misskey.NoteID
		Reactions map[string]int
	}
	call(t, srv, "", "notes/show-partial-bulk", map[string]any{"noteIds": []string{"nothing", string(note.ID)}}, &partial)
	if len(partial) != 1 || partial[0].ID != note.ID || partial[0].Reactions["🎉"] != 1 {
		t.Errorf("partial %+v", partial)
	}

	call(t, srv, token, "notes/create", map[string]any{"renoteId": note.ID}, &created)
	if status := call(t, srv, token, "notes/unrenote", id, nil); status != 204 {
		t.Errorf("notes/unrenote: %d", status)
	}
	if status := call(t, srv, token, "notes/show", map[string]any{"noteId": created.CreatedNote.ID}, nil); status != 400 {
		t.Errorf("the renote is still there: %d", status)
	}

	if status := call(t, srv, token, "following/create", map[string]any{"userId": bob.ID}, nil); status != 200 {
		t.Errorf("following/create: %d", status)
	}
	c.waitFor("followed", event("m", "followed"))
	if status := call(t, srv, token, "following/delete", map[string]any{"userId": bob.ID}, nil); status != 200 {
		t.Errorf("following/delete: %d", status)
	}

	if status := call(t, srv, token, "notes/delete", id, nil); status != 204 {
		t.Errorf("notes/delete: %d", status)
	}
	c.waitFor("deleted", update(string(note.ID), "deleted"))

	var me misskey.MeDetailed
	call(t, srv, "", "i", map[string]any{"i": token}, &me)
	if me.ID != alice.ID {
		t.Errorf("i: %+v", me)
	}
	var users []misskey.UserDetailedNotMe
	call(t, srv, token, "users/show", map[string]any{"userIds": []string{string(bob.ID), "nothing"}}, &users)
	if len(users) != 1 || users[0].ID != bob.ID || !users[0].IsFollowing.IsSet() {
		t.Errorf("users/show: %+v", users)
	}
	var meta map[string]any
	call(t, srv, "", "meta", map[string]any{}, &meta)
	if meta["version"] != string(misskeytest.Release2026) {
		t.Errorf("meta: %v", meta)
	}
}
