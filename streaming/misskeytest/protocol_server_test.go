package misskeytest_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// The lines of the protocol about what the server sends.

func TestServerFrames(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		c := dial(t, srv, srv.AddUser("alice").Token())
		frame := func(typ string) string {
			t.Helper()
			f := c.waitFor(typ, ofType(typ))
			return string(f.Body)
		}
		t.Run("connected {id}", func(t *testing.T) {
			c.connect("main", `a "quoted" id`, "{}")
			if got := frame("connected"); got != `{"id":"a \"quoted\" id"}` {
				t.Errorf("body %s", got)
			}
		})
		t.Run("channel {id, type, body}, body may be null", func(t *testing.T) {
			srv.User("alice").RegenerateToken()
			if got := frame("channel"); got != `{"id":"a \"quoted\" id","type":"myTokenRegenerated","body":null}` {
				t.Errorf("body %s", got)
			}
		})
		t.Run("noteUpdated {id, type, body}", func(t *testing.T) {
			c.send(`{"type":"s","body":{"id":"n"}}`)
			c.sync()
			srv.PublishUpdate("n", "updated", map[string]any{"cw": nil, "text": "<&>"})
			if got := frame("noteUpdated"); got != `{"id":"n","type":"updated","body":{"cw":null,"text":"<&>"}}` {
				t.Errorf("body %s", got)
			}
		})
	})
}

func TestServerBroadcasts(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		alice := srv.AddUser("alice")
		clients := []*testClient{dial(t, srv, ""), dial(t, srv, alice.Token()), dial(t, srv, alice.AppToken("read:account"))}
		var e misskey.EmojiDetailed
		for _, tt := range []struct {
			name string
			do   func()
			typ  string
			key  string // of the body, the only one
			list bool
		}{
			{"emojiAdded {emoji}", func() { e = srv.AddEmoji("blobcat", "cat") }, "emojiAdded", "emoji", false},
			{"emojiUpdated {emojis[]}", func() { srv.UpdateEmojis(e) }, "emojiUpdated", "emojis", true},
			{"emojiDeleted {emojis[]}", func() { srv.DeleteEmojis("blobcat") }, "emojiDeleted", "emojis", true},
			{"announcementCreated {announcement}", func() { srv.Announce("title", "text") }, "announcementCreated", "announcement", false},
			{"of a later version", func() { srv.Broadcast("neverHeardOf", map[string]any{"x": 1}) }, "neverHeardOf", "x", false},
		} {
			t.Run("reaches every socket without any connect: "+tt.name, func(t *testing.T) {
				tt.do()
				for _, c := range clients {
					body := object(t, c.waitFor(tt.typ, ofType(tt.typ)).Body)
					if keys := slices.Collect(maps.Keys(body)); !slices.Equal(keys, []string{tt.key}) {
						t.Errorf("keys %q, want %q", keys, tt.key)
					}
					if list := body[tt.key][0] == '['; list != tt.list {
						t.Errorf("%s, want a list: %v", body[tt.key], tt.list)
					}
				}
			})
		}
		t.Run("a user-targeted announcement comes on main instead", func(t *testing.T) {
			anonymous, hers := clients[0], clients[1]
			hers.connect("main", "m", "{}")
			alice.Announce("for you", "text")
			f := hers.waitFor("the announcement", event("m", "announcementCreated"))
			if title := object(t, object(t, f.inner().Body)["announcement"])["title"]; string(title) != `"for you"` {
				t.Errorf("title %s", title)
			}
			for _, c := range []*testClient{anonymous, hers} {
				c.sync()
				if n := len(c.all(ofType("announcementCreated"))); n != 1 {
					t.Errorf("%d announcements for all, want 1", n)
				}
			}
		})
	})
}

func TestServerNoteUpdated(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
		srv.AddEmoji("blobcat")
		note := alice.Post("vote", misskeytest.WithPoll("yes", "no"))
		c := dial(t, srv, "")
		for range 3 {
			c.send(`{"type":"subNote","body":{"id":%q}}`, note.ID)
		}
		c.sync()
		by := `"userId":"` + string(bob.ID) + `"`
		for _, tt := range []struct {
			name string
			do   func()
			want []inner // of which the bodies are patterns
		}{
			{"reacted {reaction, emoji: null, userId}", func() { bob.React(note.ID, "👍") }, []inner{
				{Type: "reacted", Body: json.RawMessage(`{"reaction":"👍","emoji":null,` + by + `}`)},
			}},
			{"unreacted {reaction, userId}", func() { bob.Unreact(note.ID) }, []inner{
				{Type: "unreacted", Body: json.RawMessage(`{"reaction":"👍",` + by + `}`)},
			}},
			{"local custom emoji: reaction \":name@.:\", emoji.name \"name@.\"", func() { bob.React(note.ID, ":blobcat:") }, []inner{
				{Type: "reacted", Body: json.RawMessage(`{"reaction":":blobcat@.:","emoji":{"name":"blobcat@.","url":"http[^"]+"},` + by + `}`)},
			}},
			{"another reaction: unreacted and reacted", func() { bob.React(note.ID, "🎉") }, []inner{
				{Type: "unreacted", Body: json.RawMessage(`{"reaction":":blobcat@.:",` + by + `}`)},
				{Type: "reacted", Body: json.RawMessage(`{"reaction":"🎉","emoji":null,` + by + `}`)},
			}},
			{"pollVoted {choice, userId}", func() { bob.Vote(note.ID, 1) }, []inner{
				{Type: "pollVoted", Body: json.RawMessage(`{"choice":1,` + by + `}`)},
			}},
			{"deleted {deletedAt: ISO}", func() { alice.Delete(note.ID) }, []inner{
				{Type: "deleted", Body: json.RawMessage(`{"deletedAt":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"}`)},
			}},
		} {
			t.Run(tt.name+", once per socket", func(t *testing.T) {
				before := len(c.all(ofType("noteUpdated")))
				tt.do()
				c.sync()
				got := c.all(ofType("noteUpdated"))[before:]
				if len(got) != len(tt.want) {
					t.Fatalf("%s, want %d", got, len(tt.want))
				}
				for i, w := range tt.want {
					u := got[i].inner()
					if u.ID != string(note.ID) || u.Type != w.Type || !regexp.MustCompile("^"+string(w.Body)+"$").Match(u.Body) {
						t.Errorf("%s, want %s %s", got[i].Body, w.Type, w.Body)
					}
				}
			})
		}
	})
}

// 2025.11.1 sends noteUpdated to any subscriber, 2026.3.2 to those who may see
// the note.
func TestServerNoteUpdatedVisibility(t *testing.T) {
	all := []string{"author", "follower", "other", "nobody"}
	readers := map[misskeytest.Release]map[string][]string{
		misskeytest.Release2025: {"public": all, "home": all, "followers": all, "specified": all},
		misskeytest.Release2026: {
			"public": all, "home": all, "followers": {"author", "follower"}, "specified": {"author", "other"},
		},
	}
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		author, follower, other := srv.AddUser("author"), srv.AddUser("follower"), srv.AddUser("other")
		follower.Follow(author)
		clients := map[string]*testClient{"nobody": dial(t, srv, "")}
		for _, u := range []*misskeytest.User{author, follower, other} {
			clients[u.Username] = dial(t, srv, u.Token())
		}
		for visibility, option := range map[string]misskeytest.NoteOption{
			"public":    misskeytest.WithVisibility(misskey.NoteVisibilityPublic),
			"home":      misskeytest.WithVisibility(misskey.NoteVisibilityHome),
			"followers": misskeytest.WithVisibility(misskey.NoteVisibilityFollowers),
			"specified": misskeytest.To(other),
		} {
			t.Run(visibility, func(t *testing.T) {
				note := author.Post("x", option)
				for _, c := range clients {
					c.send(`{"type":"subNote","body":{"id":%q}}`, note.ID)
					c.sync()
				}
				author.React(note.ID, "🎉")
				var got []string
				for who, c := range clients {
					c.sync()
					if len(c.all(update(string(note.ID), "reacted"))) > 0 {
						got = append(got, who)
					}
				}
				slices.Sort(got)
				if want := slices.Sorted(slices.Values(readers[release][visibility])); !slices.Equal(got, want) {
					t.Errorf("reached %q, want %q", got, want)
				}
			})
		}
	})
}
