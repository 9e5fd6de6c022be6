package misskeytest_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// limited is a server on whose clock only the test moves.
func limited(t *testing.T) (*misskeytest.Server, *misskeytest.ManualClock) {
	clock := misskeytest.NewManualClock(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	return newServer(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0)), clock
}

// Errors: each line of what was measured about them.
func TestRESTErrors(t *testing.T) {
	const login = `Bearer realm="Misskey"`
	challenge := func(t *testing.T, r reply, want string) {
		t.Helper()
		if got := r.header.Get("WWW-Authenticate"); got != want {
			t.Errorf("WWW-Authenticate %q, want %q", got, want)
		}
	}
	srv := newServer(t)
	alice, banned := srv.AddUser("alice"), srv.AddUser("banned")
	banned.Suspend()
	reader := alice.AppToken("read:account")

	t.Run("no token: 401 CREDENTIAL_REQUIRED", func(t *testing.T) {
		r := ask(t, srv, "", "notes/create", `{"text":"x"}`)
		r.want(t, 401, "CREDENTIAL_REQUIRED")
		challenge(t, r, login)
	})
	t.Run("bad token (any endpoint): 401 AUTHENTICATION_FAILED", func(t *testing.T) {
		for _, endpoint := range []string{"notes/create", "ping", "notes/show"} {
			r := ask(t, srv, "nonsense", endpoint, `{}`)
			r.want(t, 401, "AUTHENTICATION_FAILED")
			challenge(t, r, login+`, error="invalid_token", error_description="Failed to authenticate"`)
		}
	})
	t.Run("app token lacks kind: 403 PERMISSION_DENIED", func(t *testing.T) {
		r := ask(t, srv, reader, "notes/create", `{"text":"x"}`)
		r.want(t, 403, "PERMISSION_DENIED")
		challenge(t, r, login+`, error="insufficient_scope"`)
		if !strings.Contains(r.body, `"kind":"permission"`) {
			t.Error(r.body)
		}
		ask(t, srv, reader, "notes/timeline", `{}`).want(t, 200, "")
	})
	t.Run("suspended: 403, and still 200 on public endpoints", func(t *testing.T) {
		r := ask(t, srv, banned.Token(), "notes/create", `{"text":"x"}`)
		r.want(t, 403, "YOUR_ACCOUNT_SUSPENDED")
		challenge(t, r, "")
		ask(t, srv, banned.Token(), "notes/local-timeline", `{}`).want(t, 200, "")
	})
	t.Run("role missing: 403 ROLE_PERMISSION_DENIED", func(t *testing.T) {
		r := ask(t, srv, alice.Token(), "admin/suspend-user", `{"userId":"x"}`)
		r.want(t, 403, "ROLE_PERMISSION_DENIED")
		challenge(t, r, "")
	})
	t.Run("app token on secure endpoint: 400 ACCESS_DENIED", func(t *testing.T) {
		r := ask(t, srv, reader, "i/regenerate-token", `{"password":"x"}`)
		r.want(t, 400, "ACCESS_DENIED")
		challenge(t, r, "")
	})
	t.Run("bad params: 400 INVALID_PARAM with param and reason, first error only", func(t *testing.T) {
		poll := func(poll string) string { return `{"text":"x","poll":` + poll + `}` }
		for _, tt := range []struct{ endpoint, body, param, reason string }{
			{"notes/create", `{}`, "#/then/required", "must have required property 'text'"},
			{"notes/create", `{"text":null}`, "#/then/properties/text/type", "must be string"},
			{"notes/create", `{"text":" \n"}`, "#/then/properties/text/pattern", `must match pattern "[^\s]+"`},
			{"notes/create", `{"text":"x","cw":""}`, "#/properties/cw/minLength", "must NOT have fewer than 1 characters"},
			{"notes/create", `{"text":"x","cw":5,"localOnly":5}`, "#/properties/cw/type", "must be string,null"},
			{"notes/create", `{"text":"x","localOnly":"yes"}`, "#/properties/localOnly/type", "must be boolean"},
			{"notes/create", `{"text":"x","visibility":"all"}`, "#/properties/visibility/enum", "must be equal to one of the allowed values"},
			{"notes/create", `{"fileIds":[]}`, "#/properties/fileIds/minItems", "must NOT have fewer than 1 items"},
			{"notes/create", `{"fileIds":["a","a"]}`, "#/properties/fileIds/uniqueItems", "must NOT have duplicate items (items ## 0 and 1 are identical)"},
			{"notes/create", `{"fileIds":["a",5]}`, "#/properties/fileIds/items/type", "must be string"},
			{"notes/create", `{"replyId":"a-b","text":"x"}`, "#/properties/replyId/format", `must match format "misskey:id"`},
			{"notes/create", poll(`{}`), "#/properties/poll/required", "must have required property 'choices'"},
			{"notes/create", poll(`[]`), "#/properties/poll/type", "must be object,null"},
			{"notes/create", poll(`{"choices":["a"]}`), "#/properties/poll/properties/choices/minItems", "must NOT have fewer than 2 items"},
			{"notes/create", poll(`{"choices":["a","a"]}`), "#/properties/poll/properties/choices/uniqueItems", "must NOT have duplicate items (items ## 0 and 1 are identical)"},
			{"notes/create", poll(`{"choices":["a",""]}`), "#/properties/poll/properties/choices/items/minLength", "must NOT have fewer than 1 characters"},
			{"notes/create", poll(`{"choices":["a","b"],"expiredAfter":0}`), "#/properties/poll/properties/expiredAfter/minimum", "must be >= 1"},
			{"notes/show", `{}`, "#/required", "must have required property 'noteId'"},
			{"notes/polls/vote", `{"noteId":"x","choice":1.5}`, "#/properties/choice/type", "must be integer"},
			{"notes/search-by-tag", `{"query":[[]]}`, "#/properties/query/items/minItems", "must NOT have fewer than 1 items"},
			{"i/notifications", `{"includeTypes":["nonsense"]}`, "#/properties/includeTypes/items/enum", "must be equal to one of the allowed values"},
		} {
			r := ask(t, srv, alice.Token(), tt.endpoint, tt.body)
			r.want(t, 400, "INVALID_PARAM")
			var e struct {
				Error struct {
					Info struct{ Param, Reason string }
				}
			}
			if err := json.Unmarshal([]byte(r.body), &e); err != nil || e.Error.Info.Param != tt.param || e.Error.Info.Reason != tt.reason {
				t.Errorf("%s %s: %+v, want %s: %s", tt.endpoint, tt.body, e.Error.Info, tt.param, tt.reason)
			}
		}
	})
	t.Run("any domain error: 400, never 404", func(t *testing.T) {
		token := alice.Token()
		for _, tt := range []struct{ endpoint, body, code string }{
			{"notes/show", `{"noteId":"nothing"}`, "NO_SUCH_NOTE"},
			{"notes/reactions", `{"noteId":"nothing"}`, "NO_SUCH_NOTE"},
			{"notes/renotes", `{"noteId":"nothing"}`, "NO_SUCH_NOTE"},
			{"notes/conversation", `{"noteId":"nothing"}`, "NO_SUCH_NOTE"},
			{"users/notes", `{"userId":"nobody"}`, "NO_SUCH_USER"},
			{"notes/user-list-timeline", `{"listId":"none"}`, "NO_SUCH_LIST"},
			{"channels/timeline", `{"channelId":"none"}`, "NO_SUCH_CHANNEL"},
			{"antennas/notes", `{"antennaId":"none"}`, "NO_SUCH_ANTENNA"},
			{"roles/notes", `{"roleId":"none"}`, "NO_SUCH_ROLE"},
			{"notes/drafts/delete", `{"draftId":"none"}`, "NO_SUCH_NOTE_DRAFT"},
			{"notes/local-timeline", `{"withReplies":true,"withFiles":true}`, "BOTH_WITH_REPLIES_AND_WITH_FILES"},
			{"notes/hybrid-timeline", `{"withReplies":true,"withFiles":true}`, "BOTH_WITH_REPLIES_AND_WITH_FILES"},
		} {
			ask(t, srv, token, tt.endpoint, tt.body).want(t, 400, tt.code)
		}
	})
	t.Run("no such endpoint: POST Fastify's 404, whose error is a string; GET UNKNOWN_API_ENDPOINT", func(t *testing.T) {
		wantFramework(t, ask(t, srv, "", "notes/nonsense", `{}`), 404, "Not Found")
		askWith(t, srv, "GET", "notes/nonsense", nil, "").want(t, 404, "UNKNOWN_API_ENDPOINT")
	})
	t.Run("uncaught: 500 INTERNAL_ERROR with info.e", func(t *testing.T) {
		r := ask(t, srv, alice.Token(), "notes/state", `{"noteId":"nothing"}`)
		r.want(t, 500, "INTERNAL_ERROR")
		var e struct {
			Error struct {
				Kind string
				Info struct {
					E struct{ Message, Code, ID string }
				}
			}
		}
		if err := json.Unmarshal([]byte(r.body), &e); err != nil {
			t.Fatal(err)
		}
		if i := e.Error.Info.E; e.Error.Kind != "server" || i.Message == "" || i.Code == "" || len(i.ID) != 36 {
			t.Errorf("%+v", e)
		}
	})
}

// Rate limits: each line of what was measured about 429.
func TestRESTRateLimits(t *testing.T) {
	repeat := func(t *testing.T, srv *misskeytest.Server, token, endpoint, body string, n int) {
		t.Helper()
		for i := range n {
			if r := ask(t, srv, token, endpoint, body); r.status >= 300 {
				t.Fatalf("call %d: %d %s", i+1, r.status, r.body)
			}
		}
	}
	refused := func(t *testing.T, r reply, clock misskeytest.Clock, after time.Duration, total int) {
		t.Helper()
		r.want(t, 429, "RATE_LIMIT_EXCEEDED")
		seconds := int((after + time.Second - 1) / time.Second)
		if got := r.header.Get("Retry-After"); got != strconv.Itoa(seconds) {
			t.Errorf("Retry-After %q, want %d", got, seconds)
		}
		var e struct {
			Error struct {
				Info map[string]int64
			}
		}
		if err := json.Unmarshal([]byte(r.body), &e); err != nil {
			t.Fatal(err)
		}
		end := clock.Now().Add(after)
		for key, want := range map[string]int64{
			"remaining": 0, "reset": end.Unix(), "resetMs": end.UnixMilli(), "total": int64(total),
		} {
			if got, ok := e.Error.Info[key]; !ok || got != want {
				t.Errorf("info.%s = %d, want %d", key, got, want)
			}
		}
	}

	t.Run("notes/create 300/h (301st refused)", func(t *testing.T) {
		srv, clock := limited(t)
		alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
		repeat(t, srv, alice.Token(), "notes/create", `{"text":"x"}`, 300)
		clock.Advance(10 * time.Minute)
		refused(t, ask(t, srv, alice.Token(), "notes/create", `{"text":"x"}`), clock, 50*time.Minute, 300)
		ask(t, srv, bob.Token(), "notes/create", `{"text":"x"}`).want(t, 200, "")
		ask(t, srv, alice.Token(), "notes/timeline", `{}`).want(t, 200, "")
		clock.Advance(50*time.Minute - time.Millisecond)
		ask(t, srv, alice.Token(), "notes/create", `{"text":"x"}`).want(t, 429, "RATE_LIMIT_EXCEEDED")
	})
	for _, endpoint := range []string{"i/notifications", "i/notifications-grouped"} {
		t.Run(endpoint+" 30 per 30 s (31st)", func(t *testing.T) {
			srv, clock := limited(t)
			alice := srv.AddUser("alice")
			repeat(t, srv, alice.Token(), endpoint, `{}`, 30)
			refused(t, ask(t, srv, alice.Token(), endpoint, `{}`), clock, 30*time.Second, 30)
			clock.Advance(30 * time.Second)
			ask(t, srv, alice.Token(), endpoint, `{}`).want(t, 200, "")
		})
	}
	t.Run("reactions/delete min interval 3 s (2nd), total:1", func(t *testing.T) {
		srv, clock := limited(t)
		alice := srv.AddUser("alice")
		one, two := alice.Post("x"), alice.Post("y")
		alice.React(one.ID, "👍")
		alice.React(two.ID, "👍")
		body := func(id any) string { return fmt.Sprintf(`{"noteId":%q}`, id) }
		ask(t, srv, alice.Token(), "notes/reactions/delete", body(one.ID)).want(t, 204, "")
		clock.Advance(2 * time.Second)
		// Refused, it begins anew.
		refused(t, ask(t, srv, alice.Token(), "notes/reactions/delete", body(two.ID)), clock, 3*time.Second, 1)
		clock.Advance(3 * time.Second)
		ask(t, srv, alice.Token(), "notes/reactions/delete", body(two.ID)).want(t, 204, "")
	})
	t.Run("reactions/delete 60/h", func(t *testing.T) {
		srv, clock := limited(t)
		alice := srv.AddUser("alice")
		for range 60 {
			ask(t, srv, alice.Token(), "notes/reactions/delete", `{"noteId":"x"}`).want(t, 400, "NO_SUCH_NOTE")
			clock.Advance(3 * time.Second)
		}
		refused(t, ask(t, srv, alice.Token(), "notes/reactions/delete", `{"noteId":"x"}`), clock, time.Hour-177*time.Second, 60)
	})
	t.Run("notes/delete 1 s", func(t *testing.T) {
		srv, clock := limited(t)
		alice := srv.AddUser("alice")
		ask(t, srv, alice.Token(), "notes/delete", `{"noteId":"x"}`).want(t, 400, "NO_SUCH_NOTE")
		refused(t, ask(t, srv, alice.Token(), "notes/delete", `{"noteId":"x"}`), clock, time.Second, 1)
	})
	t.Run("none: all notes/*-timeline, reactions/create, polls/vote, notes/show, bad tokens", func(t *testing.T) {
		srv, _ := limited(t)
		token := srv.AddUser("alice").Token()
		for _, endpoint := range []string{"notes/timeline", "notes/local-timeline", "notes/hybrid-timeline", "notes/global-timeline"} {
			repeat(t, srv, token, endpoint, `{}`, 100)
		}
		for range 60 {
			ask(t, srv, token, "notes/show", `{"noteId":"x"}`).want(t, 400, "NO_SUCH_NOTE")
			ask(t, srv, token, "notes/reactions/create", `{"noteId":"x","reaction":"👍"}`).want(t, 400, "NO_SUCH_NOTE")
			ask(t, srv, token, "notes/polls/vote", `{"noteId":"x","choice":0}`).want(t, 400, "NO_SUCH_NOTE")
			ask(t, srv, "nonsense", "notes/create", `{"text":"x"}`).want(t, 401, "AUTHENTICATION_FAILED")
		}
	})
	t.Run("refused calls count: hammering never recovers, waiting Retry-After does", func(t *testing.T) {
		srv, clock := limited(t)
		token := srv.AddUser("alice").Token()
		ok, last := 0, reply{}
		for range 4 * 45 {
			if last = ask(t, srv, token, "i/notifications", `{}`); last.status == 200 {
				ok++
			}
			clock.Advance(250 * time.Millisecond)
		}
		if ok != 30 {
			t.Errorf("%d calls let in, want 30", ok)
		}
		seconds, err := strconv.Atoi(last.header.Get("Retry-After"))
		if err != nil {
			t.Fatal(err)
		}
		clock.Advance(time.Duration(seconds) * time.Second)
		ask(t, srv, token, "i/notifications", `{}`).want(t, 200, "")
	})
	t.Run("a call that fails counts", func(t *testing.T) {
		srv, _ := limited(t)
		token := srv.AddUser("alice").Token()
		for range 300 {
			ask(t, srv, token, "notes/create", `{}`).want(t, 400, "INVALID_PARAM")
		}
		ask(t, srv, token, "notes/create", `{"text":"x"}`).want(t, 429, "RATE_LIMIT_EXCEEDED")
	})
	t.Run("no X-RateLimit headers, nothing on successes", func(t *testing.T) {
		srv, _ := limited(t)
		r := ask(t, srv, srv.AddUser("alice").Token(), "notes/create", `{"text":"x"}`)
		for name := range r.header {
			if strings.HasPrefix(strings.ToLower(name), "x-") || name == "Retry-After" {
				t.Errorf("header %s: %q", name, r.header[name])
			}
		}
	})
	t.Run("WithoutRateLimits", func(t *testing.T) {
		srv := newServer(t, misskeytest.WithoutRateLimits())
		repeat(t, srv, srv.AddUser("alice").Token(), "i/notifications", `{}`, 40)
	})
}
