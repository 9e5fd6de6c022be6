package misskeytest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// Notes and reactions: each row of what a bot needs of them.
func TestRESTNotes(t *testing.T) {
	srv := newServer(t, misskeytest.WithoutRateLimits())
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	token := alice.Token()
	create := func(t *testing.T, body string) map[string]json.RawMessage {
		t.Helper()
		r := ask(t, srv, token, "notes/create", body)
		r.want(t, 200, "")
		return object(t, object(t, json.RawMessage(r.body))["createdNote"])
	}
	id := func(t *testing.T, n map[string]json.RawMessage) (id string) {
		t.Helper()
		mustDecode(t, n["id"], &id)
		return id
	}

	t.Run("notes/create: packed for me, without reactionAndUserPairCache", func(t *testing.T) {
		n := create(t, `{"text":"x","cw":"c","visibility":"specified","visibleUserIds":["`+string(bob.ID)+`"],
			"localOnly":true,"reactionAcceptance":"likeOnly","poll":{"choices":["a","b"],"multiple":true,"expiredAfter":60000}}`)
		for key, want := range map[string]string{
			"text": `"x"`, "cw": `"c"`, "visibility": `"specified"`, "visibleUserIds": `["` + string(bob.ID) + `"]`,
			"localOnly": "true", "reactionAcceptance": `"likeOnly"`, "hasPoll": "true",
		} {
			if got := string(n[key]); got != want {
				t.Errorf("%s is %s, want %s", key, got, want)
			}
		}
		if _, there := n["reactionAndUserPairCache"]; there {
			t.Error("reactionAndUserPairCache is there")
		}
		if !strings.Contains(string(n["poll"]), `"expiresAt":"`) {
			t.Errorf("poll %s", n["poll"])
		}
	})
	t.Run("text 1..3000, cw 1..100, fileIds 1..16, choices 2..10 of 1..50", func(t *testing.T) {
		list := func(n int, item string) string {
			var all []string
			for i := range n {
				all = append(all, fmt.Sprintf(item, i))
			}
			return "[" + strings.Join(all, ",") + "]"
		}
		create(t, `{"text":"`+strings.Repeat("あ", 3000)+`"}`)
		create(t, `{"text":"x","cw":"`+strings.Repeat("x", 100)+`"}`)
		create(t, `{"poll":{"choices":`+list(10, `"%d"`)+`}}`)
		create(t, `{"poll":{"choices":["a","`+strings.Repeat("x", 50)+`"]}}`)
		for _, body := range []string{
			`{"text":""}`,
			`{"text":"` + strings.Repeat("x", 3001) + `"}`,
			`{"text":"x","cw":"` + strings.Repeat("x", 101) + `"}`,
			`{"fileIds":` + list(17, `"f%d"`) + `}`,
			`{"poll":{"choices":` + list(11, `"%d"`) + `}}`,
			`{"poll":{"choices":["a","` + strings.Repeat("x", 51) + `"]}}`,
		} {
			ask(t, srv, token, "notes/create", body).want(t, 400, "INVALID_PARAM")
		}
	})
	t.Run("without text: a renote, a file or a poll will do", func(t *testing.T) {
		f := alice.UploadFile(misskey.DriveFile{Name: "x.png", Type: "image/png"})
		other := string(bob.Post("x").ID)
		create(t, `{"renoteId":"`+other+`"}`)
		create(t, `{"fileIds":["`+string(f.ID)+`"]}`)
		create(t, `{"mediaIds":["`+string(f.ID)+`"]}`)
		create(t, `{"text":null,"poll":{"choices":["a","b"]}}`)
		ask(t, srv, token, "notes/create", `{"replyId":"`+other+`"}`).want(t, 400, "INVALID_PARAM")
		ask(t, srv, token, "notes/create", `{"text":"  ","renoteId":null}`).want(t, 400, "INVALID_PARAM")
	})
	t.Run("errors, all 400", func(t *testing.T) {
		for body, code := range map[string]string{
			`{"renoteId":"nothing"}`:                                        "NO_SUCH_RENOTE_TARGET",
			`{"text":"x","replyId":"nothing"}`:                              "NO_SUCH_REPLY_TARGET",
			`{"fileIds":["nothing"]}`:                                       "NO_SUCH_FILE",
			`{"text":"x","channelId":"nothing"}`:                            "NO_SUCH_CHANNEL",
			`{"text":"x","poll":{"choices":["a","b"],"expiresAt":1000}}`:    "CANNOT_CREATE_ALREADY_EXPIRED_POLL",
			`{"text":"` + strings.Repeat("@bob @alice ", 20) + `"}`:         "",
			`{"text":"x","replyId":"nothing","poll":{"choices":["a","a"]}}`: "INVALID_PARAM",
		} {
			if code == "" {
				ask(t, srv, token, "notes/create", body).want(t, 200, "")
				continue
			}
			ask(t, srv, token, "notes/create", body).want(t, 400, code)
		}
	})
	t.Run("more than 20 mentions", func(t *testing.T) {
		text := ""
		for i := range 21 {
			text += "@" + srv.AddUser(fmt.Sprint("m", i)).Username + " "
		}
		ask(t, srv, token, "notes/create", `{"text":"`+text+`"}`).want(t, 400, "CONTAINS_TOO_MANY_MENTIONS")
	})
	t.Run("idempotency none: the same renote twice = two notes; unrenote takes both", func(t *testing.T) {
		of := string(bob.Post("x").ID)
		body := `{"renoteId":"` + of + `"}`
		if one, two := id(t, create(t, body)), id(t, create(t, body)); one == two {
			t.Error("one note")
		}
		renotes := func() int { return len(ids(t, srv, "", "notes/renotes", map[string]any{"noteId": of})) }
		if n := renotes(); n != 2 {
			t.Errorf("%d renotes, want 2", n)
		}
		ask(t, srv, token, "notes/unrenote", `{"noteId":"`+of+`"}`).want(t, 204, "")
		if n := renotes(); n != 0 {
			t.Errorf("%d renotes after unrenote, want 0", n)
		}
		ask(t, srv, token, "notes/unrenote", `{"noteId":"nothing"}`).want(t, 400, "NO_SUCH_NOTE")
	})
	t.Run("reactions/create", func(t *testing.T) {
		note := string(alice.Post("mine").ID) // one's own is allowed
		react := func(emoji string) reply {
			return ask(t, srv, token, "notes/reactions/create", `{"noteId":"`+note+`","reaction":"`+emoji+`"}`)
		}
		shown := func() misskey.Note {
			var n misskey.Note
			mustDecode(t, json.RawMessage(ask(t, srv, token, "notes/show", `{"noteId":"`+note+`"}`).body), &n)
			return n
		}
		react("👍").want(t, 204, "")
		if got := shown().MyReaction.OrZero(); got != "👍" {
			t.Errorf("visible at once: %q", got)
		}
		react("👍").want(t, 400, "ALREADY_REACTED")
		react("🎉").want(t, 204, "")
		if n := shown(); n.Reactions["🎉"] != 1 || n.Reactions["👍"] != 0 {
			t.Errorf("replaced: %v", n.Reactions)
		}
		react(":unknown:").want(t, 204, "")
		if n := shown(); n.Reactions["❤"] != 1 {
			t.Errorf("unknown emoji: %v", n.Reactions)
		}
		ask(t, srv, token, "notes/reactions/delete", `{"noteId":"`+note+`"}`).want(t, 204, "")
		ask(t, srv, token, "notes/reactions/delete", `{"noteId":"`+note+`"}`).want(t, 400, "NOT_REACTED")
	})
	t.Run("notes/reactions", func(t *testing.T) {
		srv.AddEmoji("cat")
		note := bob.Post("x")
		alice.React(note.ID, ":cat:")
		bob.React(note.ID, "👍")
		for kind, want := range map[string]int{"": 2, "👍": 1, ":cat@.:": 1, ":cat:": 1, "🎉": 0} {
			params := map[string]any{"noteId": note.ID, "type": kind}
			if kind == "" {
				params["type"] = nil
			}
			if got := ids(t, srv, "", "notes/reactions", params); len(got) != want {
				t.Errorf("%q: %d, want %d", kind, len(got), want)
			}
		}
		var list []struct {
			Type      string
			CreatedAt time.Time
			User      misskey.UserLite
		}
		mustDecode(t, json.RawMessage(ask(t, srv, "", "notes/reactions", fmt.Sprintf(`{"noteId":%q}`, note.ID)).body), &list)
		if list[0].Type != "👍" || list[0].User.ID != bob.ID || list[1].Type != ":cat@.:" || list[1].CreatedAt.IsZero() {
			t.Errorf("%+v", list)
		}
	})
	t.Run("notes/delete", func(t *testing.T) {
		mine, theirs := `{"noteId":"`+string(alice.Post("x").ID)+`"}`, `{"noteId":"`+string(bob.Post("x").ID)+`"}`
		ask(t, srv, token, "notes/delete", theirs).want(t, 400, "ACCESS_DENIED")
		ask(t, srv, token, "notes/delete", mine).want(t, 204, "")
		ask(t, srv, token, "notes/delete", mine).want(t, 400, "NO_SUCH_NOTE")
		ask(t, srv, "", "notes/show", mine).want(t, 400, "NO_SUCH_NOTE")
		if r := ask(t, srv, "", "notes/show-partial-bulk", `{"noteIds":["nothing"]}`); r.body != "[]" {
			t.Errorf("partial: %s", r.body)
		}
	})
	t.Run("notes/show: followers-only for an outsider = 200, empty", func(t *testing.T) {
		secret := bob.Post("x", misskeytest.WithCW("c"), misskeytest.WithVisibility(misskey.NoteVisibilityFollowers))
		r := ask(t, srv, token, "notes/show", fmt.Sprintf(`{"noteId":%q}`, secret.ID))
		r.want(t, 200, "")
		n := object(t, json.RawMessage(r.body))
		if string(n["text"]) != "null" || string(n["cw"]) != "null" || string(n["isHidden"]) != "true" {
			t.Error(r.body)
		}
	})
	t.Run("show-partial-bulk: no visibility check, no myReaction", func(t *testing.T) {
		secret := bob.Post("x", misskeytest.WithVisibility(misskey.NoteVisibilityFollowers))
		bob.React(secret.ID, "👍")
		r := ask(t, srv, "", "notes/show-partial-bulk", fmt.Sprintf(`{"noteIds":["nothing",%q]}`, secret.ID))
		if want := fmt.Sprintf(`[{"id":%q,"reactions":{"👍":1},"reactionEmojis":{}}]`, secret.ID); r.body != want {
			t.Errorf("%s, want %s", r.body, want)
		}
		ask(t, srv, "", "notes/show-partial-bulk", `{"noteIds":[]}`).want(t, 400, "INVALID_PARAM")
	})
	t.Run("notes/state", func(t *testing.T) {
		r := ask(t, srv, token, "notes/state", fmt.Sprintf(`{"noteId":%q}`, bob.Post("x").ID))
		if r.body != `{"isFavorited":false,"isMutedThread":false}` {
			t.Error(r.body)
		}
	})
	t.Run("children, replies, conversation", func(t *testing.T) {
		top := bob.Post("x")
		answer := alice.Reply(top.ID, "y")
		quote := alice.Quote(top.ID, "z")
		alice.Renote(top.ID)
		below := bob.Reply(answer.ID, "z")
		about := func(n misskey.Note, more map[string]any) map[string]any {
			return with(map[string]any{"noteId": n.ID}, more)
		}
		wantIDs(t, "children", ids(t, srv, "", "notes/children", about(top, nil)), string(quote.ID), string(answer.ID))
		wantIDs(t, "replies", ids(t, srv, "", "notes/replies", about(top, nil)), string(answer.ID))
		wantIDs(t, "conversation", ids(t, srv, "", "notes/conversation", about(below, nil)), string(answer.ID), string(top.ID))
		wantIDs(t, "conversation, further up", ids(t, srv, "", "notes/conversation", about(below, map[string]any{"offset": 1})), string(top.ID))
		wantIDs(t, "conversation, one", ids(t, srv, "", "notes/conversation", about(below, map[string]any{"limit": 1})), string(answer.ID))
	})
	t.Run("polls/recommendation", func(t *testing.T) {
		open := bob.Post("open", misskeytest.WithPoll("a", "b"))
		voted := bob.Post("voted", misskeytest.WithPoll("a", "b"))
		alice.Vote(voted.ID, 0)
		alice.Post("mine", misskeytest.WithPoll("a", "b"))
		wantIDs(t, "polls", ids(t, srv, token, "notes/polls/recommendation", nil), string(open.ID))
		wantIDs(t, "polls after the first", ids(t, srv, token, "notes/polls/recommendation", map[string]any{"offset": 1}))
	})
}

// Notes that are not posted yet.
func TestRESTDrafts(t *testing.T) {
	type draft struct {
		ID, Text            string
		ScheduledAt         int64
		IsActuallyScheduled bool
	}
	start := func(t *testing.T) (*misskeytest.ManualClock, *misskeytest.User, *testClient, func(endpoint, params string) reply) {
		clock := misskeytest.NewManualClock(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
		srv, bot, _, _, c := people(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
		return clock, bot, c, func(endpoint, params string) reply {
			t.Helper()
			return ask(t, srv, bot.Token(), "notes/drafts/"+endpoint, params)
		}
	}
	at := func(clock misskeytest.Clock, d time.Duration) string {
		return fmt.Sprintf(`"isActuallyScheduled":true,"scheduledAt":%d`, clock.Now().Add(d).UnixMilli())
	}
	created := func(t *testing.T, r reply) draft {
		t.Helper()
		r.want(t, 200, "")
		var body map[string]draft
		mustDecode(t, json.RawMessage(r.body), &body)
		for _, d := range body {
			return d
		}
		return draft{}
	}
	kinds := func(c *testClient) string { c.sync(); return strings.Join(c.mainEvents(), " ") }

	t.Run("one with an hour is posted then: scheduledNotePosted", func(t *testing.T) {
		clock, _, c, drafts := start(t)
		d := created(t, drafts("create", `{"text":"later",`+at(clock, time.Minute)+`}`))
		if d.Text != "later" || !d.IsActuallyScheduled || d.ScheduledAt != clock.Now().Add(time.Minute).UnixMilli() {
			t.Errorf("%+v", d)
		}
		drafts("create", `{"text":"another",`+at(clock, time.Minute)+`}`).want(t, 400, "TOO_MANY_SCHEDULED_NOTES")
		clock.Advance(time.Minute)
		if got := kinds(c); got != "notification:scheduledNotePosted" {
			t.Errorf("main got %q", got)
		}
		if r := drafts("count", `{}`); r.body != "0" {
			t.Errorf("%s drafts left", r.body)
		}
	})
	t.Run("what cannot be posted stays: scheduledNotePostFailed", func(t *testing.T) {
		clock, bot, c, drafts := start(t)
		of := bot.Post("x")
		created(t, drafts("create", fmt.Sprintf(`{"text":"reply","replyId":%q,%s}`, of.ID, at(clock, time.Minute))))
		bot.Delete(of.ID)
		clock.Advance(time.Minute)
		if got := kinds(c); got != "notification:scheduledNotePostFailed" {
			t.Errorf("main got %q", got)
		}
		if r := drafts("count", `{}`); r.body != "1" {
			t.Errorf("%s drafts left, want 1", r.body)
		}
	})
	t.Run("a changed hour counts, a deleted draft is not posted", func(t *testing.T) {
		clock, _, c, drafts := start(t)
		d := created(t, drafts("create", `{"text":"later",`+at(clock, time.Minute)+`}`))
		created(t, drafts("update", `{"draftId":"`+d.ID+`","text":"much later",`+at(clock, time.Hour)+`}`))
		clock.Advance(time.Minute)
		if got := kinds(c); got != "" {
			t.Errorf("main got %q", got)
		}
		drafts("delete", `{"draftId":"`+d.ID+`"}`).want(t, 204, "")
		drafts("delete", `{"draftId":"`+d.ID+`"}`).want(t, 400, "NO_SUCH_NOTE_DRAFT")
		clock.Advance(time.Hour)
		if got := kinds(c); got != "" {
			t.Errorf("main got %q", got)
		}
	})
	t.Run("refusals and lists", func(t *testing.T) {
		clock, _, _, drafts := start(t)
		drafts("create", `{"isActuallyScheduled":true}`).want(t, 400, "SCHEDULED_AT_REQUIRED")
		drafts("create", `{`+at(clock, 0)+`}`).want(t, 400, "SCHEDULED_AT_MUST_BE_IN_FUTURE")
		drafts("create", `{"renoteId":"nothing"}`).want(t, 400, "NO_SUCH_RENOTE_TARGET")
		created(t, drafts("create", `{"text":"now",`+at(clock, time.Hour)+`}`))
		for range 9 {
			created(t, drafts("create", `{"text":"x","poll":{"choices":[]}}`))
		}
		drafts("create", `{}`).want(t, 400, "TOO_MANY_DRAFTS")
		for params, want := range map[string]int{`{}`: 10, `{"scheduled":true}`: 1, `{"scheduled":false}`: 9, `{"limit":3}`: 3} {
			var list []draft
			mustDecode(t, json.RawMessage(drafts("list", params).body), &list)
			if len(list) != want {
				t.Errorf("%s: %d, want %d", params, len(list), want)
			}
		}
	})
}
