package misskeytest_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// The lines of the protocol about what a client sends, but for connect.

func TestClientDisconnect(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		alice := srv.AddUser("alice")
		channels := map[string]string{
			"homeTimeline": "{}", "localTimeline": "{}", "hybridTimeline": "{}", "globalTimeline": "{}",
			"hashtag": `{"q":[["tag"]]}`, "serverStats": "{}", "queueStats": "{}", "reversi": "{}",
		}
		for channel, params := range channels {
			t.Run("disconnect stops "+channel, func(t *testing.T) {
				c := dial(t, srv, alice.Token())
				c.connect(channel, "gone", params)
				c.connect("localTimeline", "kept", "{}")
				c.send(`{"type":"disconnect","body":{"id":"gone"}}`)
				c.sync()
				alice.Post("#tag")
				srv.Publish(channel, "novelty", nil)
				alice.Post("the last")
				c.waitFor("the last note", func(f testFrame) bool { return event("kept", "note")(f) })
				c.sync()
				if got := c.all(event("gone", "")); len(got) > 0 {
					t.Errorf("it goes on: %s", got)
				}
			})
		}
		for _, body := range []string{`{"id":"never there"}`, `{"id":5}`, `{}`} {
			t.Run("an unknown id is ignored, no reply: "+body, func(t *testing.T) {
				c := dial(t, srv, "")
				c.connect("localTimeline", "5", "{}")
				c.send(`{"type":"disconnect","body":%s}`, body)
				c.sync()
				if got := c.all(anyFrame); len(got) != 1 {
					t.Errorf("frames %s, want `connected` alone", got)
				}
				srv.Publish("localTimeline", "novelty", nil)
				c.waitFor("what is still connected", event("5", "novelty"))
			})
		}
	})
}

func TestClientChannel(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		for _, tt := range []struct {
			name, frame string
			answered    bool
		}{
			{"channel goes to that channel", `{"type":"channel","body":{"id":"s","type":"requestLog","body":{"id":1,"length":1}}}`, true},
			{"ch is an alias", `{"type":"ch","body":{"id":"s","type":"requestLog","body":{"id":1,"length":1}}}`, true},
			{"a missing body is ignored", `{"type":"ch","body":{"id":"s","type":"requestLog"}}`, false},
			{"an unknown id is ignored", `{"type":"ch","body":{"id":"t","type":"requestLog","body":{"id":1,"length":1}}}`, false},
			{"an unknown type is ignored", `{"type":"ch","body":{"id":"s","type":"nonsense","body":{"id":1,"length":1}}}`, false},
			{"a type that is no string is ignored", `{"type":"ch","body":{"id":"s","type":5,"body":{"id":1,"length":1}}}`, false},
		} {
			t.Run(tt.name, func(t *testing.T) {
				c := dial(t, srv, "")
				c.connect("serverStats", "s", "{}")
				c.send("%s", tt.frame)
				c.sync()
				if got := len(c.all(event("s", "statsLog"))) == 1; got != tt.answered {
					t.Errorf("answered: %v, want %v", got, tt.answered)
				}
			})
		}
		t.Run("any body that is there will do", func(t *testing.T) {
			c := dial(t, srv, "")
			c.connect("serverStats", "s", "{}")
			k := srv.Sockets()[len(srv.Sockets())-1]
			bodies := []string{"null", "true", "5", `"x"`, "[]", "{}"}
			for _, body := range bodies {
				c.send(`{"type":"ch","body":{"id":"s","type":"noted","body":%s}}`, body)
			}
			c.sync()
			var got []string
			for _, s := range k.Connections()[0].Sends {
				got = append(got, string(s.Body))
			}
			if !slices.Equal(got, bodies) {
				t.Errorf("the channel got %q, want %q", got, bodies)
			}
		})
	})
}

func TestClientSubNote(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		alice := srv.AddUser("alice")

		// heard reports how many updates of the note the client gets of one.
		heard := func(t *testing.T, c *testClient, id misskey.NoteID) int {
			t.Helper()
			c.sync()
			before := len(c.all(update(string(id), "pollVoted")))
			srv.PublishUpdate(id, "pollVoted", nil)
			c.sync()
			return len(c.all(update(string(id), "pollVoted"))) - before
		}

		for _, typ := range []string{"subNote", "s", "sr"} {
			t.Run(typ+" subscribes", func(t *testing.T) {
				c, note := dial(t, srv, ""), alice.Post("x")
				c.send(`{"type":%q,"body":{"id":%q}}`, typ, note.ID)
				if n := heard(t, c, note.ID); n != 1 {
					t.Errorf("%d updates, want 1", n)
				}
			})
		}
		for _, typ := range []string{"unsubNote", "un"} {
			t.Run(typ+" unsubscribes", func(t *testing.T) {
				c, note := dial(t, srv, ""), alice.Post("x")
				c.send(`{"type":"subNote","body":{"id":%q}}`, note.ID)
				c.send(`{"type":%q,"body":{"id":%q}}`, typ, note.ID)
				if n := heard(t, c, note.ID); n != 0 {
					t.Errorf("%d updates, want none", n)
				}
			})
		}
		for _, frame := range []string{
			`{"type":"sn","body":{"id":"made-up"}}`, `{"type":"unsub","body":{"id":"made-up"}}`, `{"type":"s"}`,
			`{"type":"s","body":{"id":["made-up"]}}`, `{"type":"s","body":{"ID":"made-up"}}`,
		} {
			t.Run("sn is not an alias, and the like: "+frame, func(t *testing.T) {
				c := dial(t, srv, "")
				c.send("%s", frame)
				if n := heard(t, c, "made-up"); n != 0 {
					t.Errorf("%d updates, want none", n)
				}
			})
		}
		t.Run("a note id that is no string is ignored, and so is an empty one", func(t *testing.T) {
			c := dial(t, srv, "")
			c.send(`{"type":"s","body":{"id":5}}`)
			c.send(`{"type":"s","body":{"id":""}}`)
			for _, id := range []misskey.NoteID{"5", ""} {
				if n := heard(t, c, id); n != 0 {
					t.Errorf("%q: %d updates, want none", id, n)
				}
			}
		})
		t.Run("an unknown note id: no error", func(t *testing.T) {
			c := dial(t, srv, "")
			c.send(`{"type":"s","body":{"id":"made-up"}}`)
			c.sync()
			if got := c.all(anyFrame); len(got) > 0 {
				t.Errorf("answered by %s", got)
			}
		})
		t.Run("reference-counted per id, unsubscribes at 0", func(t *testing.T) {
			c, note := dial(t, srv, ""), alice.Post("x")
			for i, step := range []struct {
				typ  string
				want int
			}{
				{"un", 0}, {"s", 1}, {"subNote", 1}, {"sr", 1}, {"un", 1}, {"unsubNote", 1}, {"un", 0}, {"un", 0}, {"s", 1},
			} {
				c.send(`{"type":%q,"body":{"id":%q}}`, step.typ, note.ID)
				if n := heard(t, c, note.ID); n != step.want {
					t.Fatalf("step %d, %s: %d updates, want %d", i, step.typ, n, step.want)
				}
			}
		})
		t.Run("5001 subscriptions are fine, no cap", func(t *testing.T) {
			c := dial(t, srv, "")
			for i := range 5001 {
				c.send(`{"type":"s","body":{"id":"cap%d"}}`, i)
			}
			for _, i := range []int{0, 2500, 5000} {
				if n := heard(t, c, misskey.NoteID(fmt.Sprint("cap", i))); n != 1 {
					t.Errorf("number %d: %d updates, want 1", i, n)
				}
			}
		})
	})
}

func TestClientReadNotification(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		for _, frame := range []string{
			`{"type":"readNotification"}`, `{"type":"readNotification","body":null}`, `{"type":"readNotification","body":{"id":"x"}}`,
		} {
			t.Run("marks all read, and main of every socket hears of it: "+frame, func(t *testing.T) {
				srv := newServer(t, misskeytest.WithRelease(release))
				alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
				c, other := dial(t, srv, alice.Token()), dial(t, srv, alice.Token())
				for _, c := range []*testClient{c, other} {
					c.connect("main", "m", "{}")
				}
				bob.Post("@alice one")
				bob.Post("@alice two")
				c.send("%s", frame)
				for _, c := range []*testClient{c, other} {
					f := c.waitFor("readAllNotifications", event("m", "readAllNotifications"))
					if body := f.inner().Body; string(body) != "null" {
						t.Errorf("body %s, want null", body)
					}
				}
				c.send("%s", frame)
				c.sync()
				if n := len(c.all(event("m", "readAllNotifications"))); n != 1 {
					t.Errorf("%d readAllNotifications, want one: nothing was unread the second time", n)
				}
			})
		}
	})
}

func TestClientAPI(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		for _, typ := range []string{"api", "request"} {
			t.Run(typ+" is ignored", func(t *testing.T) {
				c := dial(t, srv, srv.AddUser(typ).Token())
				c.send(`{"type":%q,"body":{"id":"q","ep":"notes/create","endpoint":"notes/create","data":{"text":"x"}}}`, typ)
				c.sync()
				if got := c.all(anyFrame); len(got) > 0 {
					t.Errorf("answered by %s", got)
				}
			})
		}
	})
}
