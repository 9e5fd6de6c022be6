package misskeytest_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// The protocol's table of channels, and its notes.

// channelLine is a line of the table.
type channelLine struct {
	name       string
	credential bool
	kind       string
	shared     bool
	params     string // good ones for the user who asks
}

// channelLines are the table; list, antenna and so on are ids of the user's.
func channelLines(list *misskeytest.List, antenna *misskeytest.Antenna, room *misskeytest.Room, other *misskeytest.User) []channelLine {
	with := func(param, id string) string { return fmt.Sprintf(`{%q:%q}`, param, id) }
	return []channelLine{
		{"main", true, "read:account", true, `{}`},
		{"homeTimeline", true, "read:account", false, `{}`},
		{"localTimeline", false, "", false, `{}`},
		{"hybridTimeline", true, "read:account", false, `{}`},
		{"globalTimeline", false, "", false, `{}`},
		{"userList", false, "", false, with("listId", string(list.ID))},
		{"hashtag", false, "", false, `{"q":[["tag"]]}`},
		{"roleTimeline", false, "", false, with("roleId", "r")},
		{"antenna", true, "read:account", false, with("antennaId", string(antenna.ID))},
		{"channel", false, "", false, with("channelId", "c")},
		{"drive", true, "read:account", true, `{}`},
		{"serverStats", false, "", true, `{}`},
		{"queueStats", false, "", true, `{}`},
		{"admin", true, "read:admin:stream", true, `{}`},
		{"chatUser", true, "read:chat", false, with("otherId", string(other.ID))},
		{"chatRoom", true, "read:chat", false, with("roomId", string(room.ID))},
		{"reversi", true, "read:account", true, `{}`},
		{"reversiGame", false, "", false, with("gameId", "g")},
	}
}

func TestChannelTable(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
		lines := channelLines(alice.AddList(), alice.AddAntenna(nil), alice.AddRoom("r"), bob)
		if len(lines) != 18 {
			t.Fatalf("%d channels, want 18", len(lines))
		}
		var kinds []string
		for _, line := range lines {
			if line.kind != "" {
				kinds = append(kinds, line.kind)
			}
		}
		// ask reports whether a second connect is acknowledged, or the only one.
		ask := func(t *testing.T, token string, line channelLine, ids ...string) bool {
			t.Helper()
			c := dial(t, srv, token)
			for _, id := range ids {
				c.send(`{"type":"connect","body":{"channel":%q,"id":%q,"params":%s,"pong":true}}`, line.name, id, line.params)
			}
			c.sync()
			return len(c.all(ackOf(ids[len(ids)-1]))) == 1
		}
		for _, line := range lines {
			t.Run(line.name, func(t *testing.T) {
				if !ask(t, alice.Token(), line, "1") {
					t.Error("refused to its user")
				}
				anonymous := !line.credential
				if line.name == "userList" { // nobody owns a list
					anonymous = release == misskeytest.Release2025
				}
				if got := ask(t, "", line, "1"); got != anonymous {
					t.Errorf("acknowledged to nobody: %v, want %v", got, anonymous)
				}
				if !ask(t, alice.AppToken("read:account", line.kind), line, "1") {
					t.Error("refused to an app with the permission")
				}
				others := slices.DeleteFunc(slices.Clone(kinds), func(k string) bool { return k == line.kind && k != "read:account" })
				free := line.kind == "" || line.kind == "read:account" // without that there is no socket
				if got := ask(t, alice.AppToken(others...), line, "1"); got != free {
					t.Errorf("acknowledged to an app with every other permission: %v, want %v", got, free)
				}
				if got := ask(t, alice.Token(), line, "1", "2"); got == line.shared {
					t.Errorf("acknowledged a second time: %v, want %v", got, !line.shared)
				}
			})
		}
		t.Run("what is shared can be had again after disconnect", func(t *testing.T) {
			for _, line := range lines {
				c := dial(t, srv, alice.Token())
				c.connect(line.name, "1", line.params)
				c.send(`{"type":"disconnect","body":{"id":"1"}}`)
				c.connect(line.name, "2", line.params)
			}
		})
	})
}

func TestChannelParams(t *testing.T) {
	both := []misskeytest.Release{misskeytest.Release2025, misskeytest.Release2026}
	old, none := both[:1], both[:0]
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
		hidden := srv.AddRole("hidden", misskeytest.Unexplorable())
		list := bob.AddList()
		for _, tt := range []struct {
			name, token, channel, params string
			hears                        []misskeytest.Release // in these it hears what is sent on the channel
			connected                    []misskeytest.Release // and these acknowledge it
		}{
			{"userList: listId a number", alice.Token(), "userList", `{"listId":5}`, none, old},
			{"userList: anonymous", "", "userList", fmt.Sprintf(`{"listId":%q}`, list.ID), none, old},
			{"hashtag: an OR of nothing", "", "hashtag", `{"q":[]}`, both, both},
			{"hashtag: an OR of ANDs", "", "hashtag", `{"q":[["a","b"],["c"]]}`, both, both},
			{"hashtag: an AND of nothing", "", "hashtag", `{"q":[["a"],[]]}`, old, old},
			{"hashtag: flat", "", "hashtag", `{"q":["a"]}`, none, old},
			{"hashtag: of numbers", "", "hashtag", `{"q":[[1]]}`, none, old},
			{"hashtag: of null", "", "hashtag", `{"q":[[null]]}`, none, old},
			{"hashtag: null", "", "hashtag", `{"q":null}`, none, old},
			{"roleTimeline: not explorable", "", "roleTimeline", fmt.Sprintf(`{"roleId":%q}`, hidden.ID), both, both},
			{"roleTimeline: missing", "", "roleTimeline", `{}`, both, both},
			{"channel: missing", "", "channel", `{}`, both, both},
			{"reversiGame: missing", "", "reversiGame", `{}`, both, both},
			{"chatUser: not self", alice.Token(), "chatUser", fmt.Sprintf(`{"otherId":%q}`, alice.ID), old, old},
			{"chatUser: otherId a number", alice.Token(), "chatUser", `{"otherId":5}`, none, old},
			{"unknown params are ignored", "", "localTimeline", `{"minimize":true,"idOnly":true}`, both, both},
			{"boolean params of another type", "", "localTimeline", `{"withFiles":{},"withRenotes":[]}`, both, both},
		} {
			t.Run(tt.name, func(t *testing.T) {
				connected, hears := slices.Contains(tt.connected, release), slices.Contains(tt.hears, release)
				c := dial(t, srv, tt.token)
				c.send(`{"type":"connect","body":{"channel":%q,"id":"x","params":%s,"pong":true}}`, tt.channel, tt.params)
				c.sync()
				if got := len(c.all(ackOf("x"))) == 1; got != connected {
					t.Errorf("connected: %v, want %v", got, connected)
				}
				srv.Publish(tt.channel, "novelty", nil)
				c.sync()
				if got := len(c.all(event("x", "novelty"))) == 1; got != hears {
					t.Errorf("hears: %v, want %v", got, hears)
				}
			})
		}
	})
}

// Boolean params are coerced with !!; null counts as absent.
func TestChannelBooleanParams(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		alice := srv.AddUser("alice")
		note := alice.Post("x")
		for value, on := range map[string]bool{
			`true`: true, `1`: true, `"no"`: true, `[]`: true, `{}`: true, `-0.5`: true,
			`false`: false, `0`: false, `""`: false, `null`: true, // withRenotes=true
		} {
			t.Run("withRenotes "+value, func(t *testing.T) {
				c := dial(t, srv, "")
				c.connect("localTimeline", "x", `{"withRenotes":`+value+`}`)
				alice.Renote(note.ID)
				c.sync()
				if got := len(c.all(event("x", "note"))) == 1; got != on {
					t.Errorf("renotes come: %v, want %v", got, on)
				}
			})
		}
	})
}

// Both releases deliver notes for home on hashtag; 2025.11.1 also delivers other
// people's followers-only and specified ones.
func TestChannelHashtagVisibility(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		alice, bob, me := srv.AddUser("alice"), srv.AddUser("bob"), srv.AddUser("me")
		old := release == misskeytest.Release2025
		for _, tt := range []struct {
			name   string
			option misskeytest.NoteOption
			want   bool
		}{
			{"public", misskeytest.WithVisibility(misskey.NoteVisibilityPublic), true},
			{"home", misskeytest.WithVisibility(misskey.NoteVisibilityHome), true},
			{"followers", misskeytest.WithVisibility(misskey.NoteVisibilityFollowers), old},
			{"specified to somebody else", misskeytest.To(bob), old},
			{"specified to me", misskeytest.To(me), true},
		} {
			t.Run(tt.name, func(t *testing.T) {
				c := dial(t, srv, me.Token())
				c.connect("hashtag", "x", `{"q":[["tag"]]}`)
				alice.Post("#Tag", tt.option)
				c.sync()
				if got := len(c.all(event("x", "note"))) == 1; got != tt.want {
					t.Errorf("delivered: %v, want %v", got, tt.want)
				}
			})
		}
	})
}

func TestChannelRoleTimeline(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		alice := srv.AddUser("alice")
		roles := map[string]*misskeytest.Role{
			"role must be explorable": srv.AddRole("hidden", misskeytest.Unexplorable()), "public only": srv.AddRole("open"),
		}
		for name, role := range roles {
			t.Run(name, func(t *testing.T) {
				role.Assign(alice)
				c := dial(t, srv, alice.Token())
				c.connect("roleTimeline", "x", fmt.Sprintf(`{"roleId":%q}`, role.ID))
				alice.Post("home", misskeytest.WithVisibility(misskey.NoteVisibilityHome))
				alice.Post("followers", misskeytest.WithVisibility(misskey.NoteVisibilityFollowers))
				alice.Post("public")
				c.sync()
				var got, want []string
				for _, f := range c.all(event("x", "note")) {
					got = append(got, string(object(t, f.inner().Body)["text"]))
				}
				if name == "public only" {
					want = []string{`"public"`}
				}
				if !slices.Equal(got, want) {
					t.Errorf("got %s, want %s", got, want)
				}
			})
		}
	})
}

func TestChannelStats(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		clock := misskeytest.NewManualClock(time.Now())
		srv := newServer(t, misskeytest.WithRelease(release), misskeytest.WithClock(clock))
		c, other := dial(t, srv, ""), dial(t, srv, "")
		for _, c := range []*testClient{c, other} {
			c.connect("serverStats", "s", "{}")
			c.connect("queueStats", "q", "{}")
		}
		t.Run("serverStats: stats every 2 s, queueStats: every 10 s", func(t *testing.T) {
			clock.Advance(20 * time.Second)
			c.sync()
			for id, want := range map[string]struct {
				n    int
				body string // with N for every number
			}{
				"s": {10, `{"cpu":N,"mem":{"used":N,"active":N},"net":{"rx":N,"tx":N},"fs":{"r":N,"w":N}}`},
				"q": {2, `{"deliver":{"activeSincePrevTick":N,"active":N,"waiting":N,"delayed":N},` +
					`"inbox":{"activeSincePrevTick":N,"active":N,"waiting":N,"delayed":N}}`},
			} {
				stats := c.all(event(id, "stats"))
				if len(stats) != want.n {
					t.Fatalf("%s: %d in 20 s, want %d", id, len(stats), want.n)
				}
				if got := regexp.MustCompile(`[\d.]+`).ReplaceAllString(string(stats[0].inner().Body), "N"); got != want.body {
					t.Errorf("%s: %s, want %s", id, got, want.body)
				}
			}
		})
		for _, tt := range []struct {
			name, channel, body string
			entries             int // -1 = no answer
		}{
			{"serverStats: requestLog {id: any}: a number", "s", `{"id":9,"length":4}`, 4},
			{"serverStats: requestLog {id: any}: a string", "s", `{"id":"x","length":4}`, 4},
			{"serverStats: requestLog {id: any}: absent", "s", `{"length":4}`, 4},
			{"queueStats: requestLog {id: string}", "q", `{"id":"x","length":1}`, 1},
			{"queueStats: no more than there are", "q", `{"id":"x","length":50}`, 2},
			{"queueStats: numeric id ignored", "q", `{"id":9,"length":1}`, -1},
		} {
			t.Run(tt.name, func(t *testing.T) {
				before := len(c.all(event(tt.channel, "statsLog")))
				c.send(`{"type":"channel","body":{"id":%q,"type":"requestLog","body":%s}}`, tt.channel, tt.body)
				c.sync()
				logs := c.all(event(tt.channel, "statsLog"))[before:]
				if tt.entries < 0 {
					if len(logs) > 0 {
						t.Errorf("answered by %s", logs)
					}
					return
				}
				var entries []json.RawMessage
				if len(logs) != 1 || json.Unmarshal(logs[0].inner().Body, &entries) != nil || len(entries) != tt.entries {
					t.Errorf("logs %s, want one of %d entries", logs, tt.entries)
				}
			})
		}
		t.Run("statsLog comes to the one who asked", func(t *testing.T) {
			other.sync()
			if got := other.all(func(f testFrame) bool { return f.inner().Type == "statsLog" }); len(got) > 0 {
				t.Errorf("somebody else got %s", got)
			}
		})
	})
}

// Any user may connect to admin; events go to holders of a moderator's role.
func TestChannelAdmin(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		alice, mod := srv.AddUser("alice"), srv.AddUser("mod")
		srv.AddRole("mods", misskeytest.ForModerators()).Assign(mod)
		a, m := dial(t, srv, alice.Token()), dial(t, srv, mod.Token())
		a.connect("admin", "a", "{}")
		m.connect("admin", "a", "{}")
		alice.Report(mod, "spam")
		f := m.waitFor("the report", event("a", "newAbuseUserReport"))
		want := fmt.Sprintf(`"targetUserId":%q,"reporterId":%q,"comment":"spam"}`, mod.ID, alice.ID)
		if got := string(f.inner().Body); len(got) < len(want) || got[len(got)-len(want):] != want {
			t.Errorf("report %s, want an id and %s", got, want)
		}
		a.sync()
		if len(a.all(event("a", ""))) != 0 {
			t.Error("a report came to somebody who is no moderator")
		}
	})
}
