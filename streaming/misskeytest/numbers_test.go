package misskeytest_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// Numbers beyond all dates and counts are taken for the last that there are.
func TestNumbersOutOfRange(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	alice.Post("first")
	alice.Post("second")
	a := restClient{t, srv, alice}
	count := func(params map[string]any) int {
		t.Helper()
		var notes []misskey.Note
		params["userId"] = alice.ID
		a.get("users/notes", params, &notes)
		return len(notes)
	}
	for _, tt := range []struct {
		params map[string]any
		want   int
	}{
		{map[string]any{"sinceDate": 1e30}, 0},
		{map[string]any{"sinceDate": 1e16}, 0},
		{map[string]any{"sinceDate": -1e30}, 2},
		{map[string]any{"untilDate": 1e30}, 2},
		{map[string]any{"untilDate": 1e16}, 2},
		{map[string]any{"untilDate": -1e30}, 0},
		{map[string]any{"sinceDate": -1e30, "untilDate": 1e30}, 2},
	} {
		if got := count(tt.params); got != tt.want {
			t.Errorf("%v: %d notes, want %d", tt.params, got, tt.want)
		}
	}

	for _, end := range []map[string]any{{"expiredAfter": 1e30}, {"expiresAt": 1e30}, {"expiredAfter": 1e13}} {
		end["choices"] = []string{"a", "b"}
		var created struct{ CreatedNote misskey.Note }
		a.get("notes/create", map[string]any{"text": "poll", "poll": end}, &created)
		n := created.CreatedNote
		if at := n.Poll.ExpiresAt.OrZero(); at.Before(n.CreatedAt.AddDate(100, 0, 0)) {
			t.Errorf("a poll with %v ends at %v, want a century and more from now", end, at)
		}
		restClient{t, srv, bob}.do("notes/polls/vote", map[string]any{"noteId": n.ID, "choice": 1})
	}
	if code := refusalOf(t, srv, alice, "notes/create", map[string]any{
		"text": "x", "poll": map[string]any{"choices": []string{"a", "b"}, "expiresAt": -1e30},
	}); code != "CANNOT_CREATE_ALREADY_EXPIRED_POLL" {
		t.Errorf("a poll that ended before all time: %q", code)
	}
	if code := refusalOf(t, srv, bob, "notes/polls/vote", map[string]any{"noteId": alice.Notes()[4].ID, "choice": 1e30}); code == "" {
		t.Error("there is no such choice")
	}
	var muting []struct{ ExpiresAt *time.Time }
	a.do("mute/create", map[string]any{"userId": bob.ID, "expiresAt": 1e30})
	a.get("mute/list", nil, &muting)
	if len(muting) != 1 || muting[0].ExpiresAt == nil || muting[0].ExpiresAt.Year() != 9999 {
		t.Errorf("mutes %+v, want one until the end of time", muting)
	}

	c := dial(t, srv, alice.Token())
	c.connect("serverStats", "s", "{}")
	c.send(`{"type":"ch","body":{"id":"s","type":"requestLog","body":{"length":1e30}}}`)
	c.send(`{"type":"ch","body":{"id":"s","type":"requestLog","body":{"length":-1e30}}}`)
	c.sync()
	if n := len(c.all(event("s", "statsLog"))); n != 2 {
		t.Errorf("%d logs, want 2", n)
	}
}

// A clock leaps over a month at once while nobody listens, and what comes of it
// is what would have come otherwise.
func TestClockLeaps(t *testing.T) {
	start := time.Now().Truncate(time.Second)
	clock := &countingClock{ManualClock: misskeytest.NewManualClock(start)}
	srv := newServer(t, misskeytest.WithClock(clock))
	if n := clock.pending.Load(); n != 0 {
		t.Errorf("%d calls to be made of a server that nobody is at", n)
	}
	clock.Advance(30*24*time.Hour + time.Second)
	if n := clock.pending.Load(); n != 0 {
		t.Errorf("%d calls to be made after a month that nobody was there", n)
	}

	c := dial(t, srv, "")
	c.connect("serverStats", "s", "{}")
	log := func() int {
		t.Helper()
		before := len(c.all(event("s", "statsLog")))
		c.send(`{"type":"ch","body":{"id":"s","type":"requestLog","body":{"length":1000}}}`)
		c.sync()
		var entries []json.RawMessage
		if err := json.Unmarshal(c.all(event("s", "statsLog"))[before].inner().Body, &entries); err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	if n := log(); n != 200 {
		t.Errorf("%d statistics kept of a month, want 200", n)
	}
	// They come every two seconds since the server began, not since the client did.
	for _, tt := range []struct {
		after time.Duration
		want  int
	}{{999 * time.Millisecond, 0}, {time.Millisecond, 1}, {1999 * time.Millisecond, 1}, {time.Millisecond, 2}} {
		clock.Advance(tt.after)
		c.sync()
		if n := len(c.all(event("s", "stats"))); n != tt.want {
			t.Errorf("%d statistics, want %d", n, tt.want)
		}
	}
	_ = c.ws.Close()
	await(t, srv, "the end", func() bool { return len(srv.Sockets()) == 0 })
	clock.Advance(time.Minute)
	if n := clock.pending.Load(); n != 0 {
		t.Errorf("%d calls to be made when the client is gone", n)
	}
	srv.Restart(false)
	c = dial(t, srv, "")
	c.connect("serverStats", "s", "{}")
	if n := log(); n != 0 {
		t.Errorf("%d statistics kept, want them forgotten", n)
	}
	clock.Advance(4 * time.Second)
	c.sync()
	if n := log(); n != 2 {
		t.Errorf("%d statistics kept since, want 2", n)
	}
}
