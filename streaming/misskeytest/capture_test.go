package misskeytest_test

import (
	"encoding/json"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// subNote and unsubNote count per note, under all their names.
func TestCapturesAreCounted(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	note := alice.Post("note")
	c := dial(t, srv, "")
	k := srv.Sockets()[0]

	count := func(want int) {
		t.Helper()
		c.sync()
		if got := k.Captures()[note.ID]; got != want {
			t.Fatalf("captured %d times, want %d", got, want)
		}
	}
	for i, typ := range []string{"subNote", "s", "sr"} {
		c.send(`{"type":%q,"body":{"id":%q}}`, typ, note.ID)
		count(i + 1)
	}
	for _, bad := range []string{`{"type":"sn","body":{"id":"x"}}`, `{"type":"s","body":{"id":5}}`, `{"type":"s","body":{"id":""}}`, `{"type":"s"}`} {
		c.send("%s", bad)
	}
	count(3)
	if n := len(k.Captures()); n != 1 {
		t.Errorf("%d notes captured, want 1", n)
	}
	c.send(`{"type":"unsubNote","body":{"id":%q}}`, note.ID)
	c.send(`{"type":"un","body":{"id":%q}}`, note.ID)
	count(1)
	bob.React(note.ID, "👍")
	c.waitFor("reacted", update(string(note.ID), "reacted"))
	c.send(`{"type":"un","body":{"id":%q}}`, note.ID)
	c.send(`{"type":"un","body":{"id":%q}}`, note.ID)
	count(0)
	bob.Unreact(note.ID)
	c.sync()
	if len(c.all(update(string(note.ID), "unreacted"))) != 0 {
		t.Error("updates go on after the last unsubNote")
	}
}

// A note's updates come once per socket, however often it is captured.
func TestUpdatesComeOncePerSocket(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	note := alice.Post("note")
	c := dial(t, srv, "")
	for range 3 {
		c.send(`{"type":"subNote","body":{"id":%q}}`, note.ID)
	}
	c.sync()
	bob.React(note.ID, "👍")
	c.sync()
	if n := len(c.all(update(string(note.ID), "reacted"))); n != 1 {
		t.Errorf("%d updates, want 1", n)
	}
}

// Updates of notes for followers, or for some, reach only those who may see
// the note.
func TestUpdatesOfNotesThatNotAllMaySee(t *testing.T) {
	srv := newServer(t)
	author, follower, other := srv.AddUser("author"), srv.AddUser("follower"), srv.AddUser("other")
	follower.Follow(author)
	notes := map[string]misskey.NoteID{
		"public":    author.Post("x").ID,
		"home":      author.Post("x", misskeytest.WithVisibility(misskey.NoteVisibilityHome)).ID,
		"followers": author.Post("x", misskeytest.WithVisibility(misskey.NoteVisibilityFollowers)).ID,
		"specified": author.Post("x", misskeytest.To(other)).ID,
	}
	sees := map[string][]string{
		"author":   {"public", "home", "followers", "specified"},
		"follower": {"public", "home", "followers"},
		"other":    {"public", "home", "specified"},
		"nobody":   {"public", "home"},
	}
	clients := map[string]*testClient{"nobody": dial(t, srv, "")}
	for _, u := range []*misskeytest.User{author, follower, other} {
		clients[u.Username] = dial(t, srv, u.Token())
	}
	for _, c := range clients {
		for _, id := range notes {
			c.send(`{"type":"subNote","body":{"id":%q}}`, id)
		}
		c.sync()
	}
	for _, id := range notes {
		author.React(id, "🎉")
	}
	for who, c := range clients {
		c.sync()
		if got := len(c.all(ofType("noteUpdated"))); got != len(sees[who]) {
			t.Errorf("%s got %d updates, want %d", who, got, len(sees[who]))
		}
		for _, visibility := range sees[who] {
			if len(c.all(update(string(notes[visibility]), "reacted"))) != 1 {
				t.Errorf("%s got no update of the %s note", who, visibility)
			}
		}
	}
}

// What the updates say.
func TestUpdateBodies(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	srv.AddEmoji("blobcat")
	note := alice.Post("vote", misskeytest.WithPoll("yes", "no"))
	c := dial(t, srv, "")
	c.send(`{"type":"subNote","body":{"id":%q}}`, note.ID)
	c.sync()

	bob.React(note.ID, "👍")
	bob.React(note.ID, ":blobcat:")
	bob.Unreact(note.ID)
	bob.React(note.ID, ":nowhere:")
	bob.Vote(note.ID, 1)
	alice.Delete(note.ID)
	c.waitFor("deleted", update(string(note.ID), "deleted"))

	want := []struct{ typ, body string }{
		{"reacted", `{"reaction":"👍","emoji":null,"userId":"` + string(bob.ID) + `"}`},
		{"unreacted", `{"reaction":"👍","userId":"` + string(bob.ID) + `"}`},
		{"reacted", `{"reaction":":blobcat@.:","emoji":{"name":"blobcat@.","url":"` + srv.URL + `/files/emoji-blobcat.png"},"userId":"` + string(bob.ID) + `"}`},
		{"unreacted", `{"reaction":":blobcat@.:","userId":"` + string(bob.ID) + `"}`},
		{"reacted", `{"reaction":"❤","emoji":null,"userId":"` + string(bob.ID) + `"}`},
		{"pollVoted", `{"choice":1,"userId":"` + string(bob.ID) + `"}`},
		{"deleted", ""},
	}
	got := c.all(ofType("noteUpdated"))
	if len(got) != len(want) {
		t.Fatalf("%d updates, want %d: %s", len(got), len(want), got)
	}
	for i, w := range want {
		u := got[i].inner()
		if u.Type != w.typ || w.body != "" && string(u.Body) != w.body {
			t.Errorf("update %d: %s %s, want %s %s", i, u.Type, u.Body, w.typ, w.body)
		}
	}
	var deleted struct{ DeletedAt string }
	if err := json.Unmarshal(got[len(got)-1].inner().Body, &deleted); err != nil || len(deleted.DeletedAt) != len("2026-11-21T02:12:30.435Z") {
		t.Errorf("deletedAt %q, want a time with milliseconds", deleted.DeletedAt)
	}
}

func TestPublishUpdateReachesCaptures(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	c.send(`{"type":"subNote","body":{"id":"made-up"}}`)
	c.sync()
	if n := srv.PublishUpdate("made-up", "updated", map[string]any{"cw": nil, "text": "x"}); n != 1 {
		t.Errorf("reached %d sockets, want 1", n)
	}
	c.waitFor("updated", update("made-up", "updated"))
}
