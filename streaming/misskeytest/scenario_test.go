package misskeytest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// people: a bot whose main channel is watched, and two who talk to it.
func people(t *testing.T, options ...misskeytest.Option) (srv *misskeytest.Server, bot, alice, bob *misskeytest.User, c *testClient) {
	srv = newServer(t, options...)
	bot, alice, bob = srv.AddUser("bot", misskeytest.AsBot()), srv.AddUser("alice"), srv.AddUser("bob")
	c = dial(t, srv, bot.Token())
	c.connect("main", "m", "{}")
	return srv, bot, alice, bob, c
}

// mainEvents returns the types of the events on main so far; of notifications
// also their kind.
func (c *testClient) mainEvents() []string {
	var types []string
	for _, f := range c.all(event("m", "")) {
		i := f.inner()
		name := i.Type
		if name == "notification" || name == "unreadNotification" {
			var n struct{ Type string }
			_ = json.Unmarshal(i.Body, &n)
			name += ":" + n.Type
		}
		types = append(types, name)
	}
	return types
}

// What each deed gives on main of the one it concerns. The order of mention,
// reply and notification is not promised by the real server; here it is fixed.
func TestMainEvents(t *testing.T) {
	tests := []struct {
		name string
		do   func(srv *misskeytest.Server, bot, alice, bob *misskeytest.User)
		want []string
	}{
		{"mention", func(_ *misskeytest.Server, bot, alice, _ *misskeytest.User) {
			alice.Post("hello @bot, and @nobody")
		}, []string{"mention", "notification:mention"}},
		{"a reply also sends mention", func(_ *misskeytest.Server, bot, alice, _ *misskeytest.User) {
			alice.Reply(bot.Post("x").ID, "answer")
		}, []string{"mention", "reply", "notification:reply"}},
		{"reply also fires for self-replies", func(_ *misskeytest.Server, bot, _, _ *misskeytest.User) {
			bot.Reply(bot.Post("x").ID, "to myself")
		}, []string{"reply"}},
		{"renote", func(_ *misskeytest.Server, bot, alice, _ *misskeytest.User) {
			alice.Renote(bot.Post("x").ID)
		}, []string{"renote", "notification:renote"}},
		{"renote also fires for quotes", func(_ *misskeytest.Server, bot, alice, _ *misskeytest.User) {
			alice.Quote(bot.Post("x").ID, "look")
		}, []string{"renote", "notification:quote"}},
		{"reaction", func(_ *misskeytest.Server, bot, alice, _ *misskeytest.User) {
			alice.React(bot.Post("x").ID, "👍")
		}, []string{"notification:reaction"}},
		{"own reaction", func(_ *misskeytest.Server, bot, _, _ *misskeytest.User) {
			bot.React(bot.Post("x").ID, "👍")
		}, nil},
		{"vote", func(_ *misskeytest.Server, bot, alice, _ *misskeytest.User) {
			alice.Vote(bot.Post("x", misskeytest.WithPoll("a", "b")).ID, 0)
		}, nil},
		{"specified to the bot", func(_ *misskeytest.Server, bot, alice, _ *misskeytest.User) {
			alice.Post("psst", misskeytest.To(bot))
		}, []string{"mention", "notification:mention"}},
		{"the followee gets followed", func(_ *misskeytest.Server, bot, alice, _ *misskeytest.User) {
			alice.Follow(bot)
			alice.Unfollow(bot)
		}, []string{"followed", "notification:follow"}},
		{"the follower gets follow", func(_ *misskeytest.Server, bot, alice, _ *misskeytest.User) {
			bot.Follow(alice)
			bot.Unfollow(alice)
		}, []string{"notification:followRequestAccepted", "follow", "unfollow"}},
		{"role", func(srv *misskeytest.Server, bot, _, _ *misskeytest.User) {
			srv.AddRole("r").Assign(bot)
		}, []string{"notification:roleAssigned"}},
		{"file", func(_ *misskeytest.Server, bot, _, _ *misskeytest.User) {
			bot.UploadFile(misskey.DriveFile{Name: "x.png"})
		}, []string{"driveFileCreated"}},
		{"announcement to one", func(_ *misskeytest.Server, bot, alice, _ *misskeytest.User) {
			alice.Announce("t", "not for the bot")
			bot.Announce("t", "for the bot")
		}, []string{"announcementCreated"}},
		{"made by the test", func(_ *misskeytest.Server, bot, _, _ *misskeytest.User) {
			bot.Notify(&misskey.NotificationTest{})
			bot.PublishMain("pageEvent", map[string]any{"pageId": "p"})
		}, []string{"notification:test", "pageEvent"}},
		{"not concerned", func(_ *misskeytest.Server, _, alice, bob *misskeytest.User) {
			bob.Renote(alice.Post("@bob").ID)
		}, nil},
	}
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				srv, bot, alice, bob, c := people(t, misskeytest.WithRelease(release))
				tt.do(srv, bot, alice, bob)
				c.sync()
				if got := c.mainEvents(); !slices.Equal(got, tt.want) {
					t.Errorf("main events %q, want %q", got, tt.want)
				}
			})
		}
	})
}

func TestPollEnds(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv, bot, alice, bob, c := people(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
	note := bot.Post("?", misskeytest.WithPoll("a", "b", "c"), misskeytest.MultipleChoice(), misskeytest.ExpiresAfter(time.Hour))
	alice.Vote(note.ID, 0)
	alice.Vote(note.ID, 2)
	voter := dial(t, srv, alice.Token())
	voter.connect("main", "m", "{}")
	other := dial(t, srv, bob.Token())
	other.connect("main", "m", "{}")
	clock.Advance(time.Hour)
	for _, c := range []*testClient{c, voter, other} {
		c.sync()
	}
	ended := []string{"notification:pollEnded"}
	if got := c.mainEvents(); !slices.Equal(got, ended) {
		t.Errorf("author: %q, want %q", got, ended)
	}
	if got := voter.mainEvents(); !slices.Equal(got, ended) {
		t.Errorf("voter: %q, want %q", got, ended)
	}
	if got := other.mainEvents(); got != nil {
		t.Errorf("who did not vote: %q, want nothing", got)
	}
}

// The keys of a note are those of the recorded ones: always the same twenty,
// and others where they apply.
func TestNoteKeys(t *testing.T) {
	_, bot, alice, bob, c := people(t)
	channel := alice.AddChannel("c")
	bot.Follow(alice)
	bot.AddAntenna([]string{"antenna"}, misskeytest.WithID("antenna1"))
	c.connect("homeTimeline", "h", "{}")
	c.connect("antenna", "a", `{"antennaId":"antenna1"}`)
	c.connect("channel", "c", fmt.Sprintf(`{"channelId":%q}`, channel.ID))

	base := []string{
		"id", "createdAt", "userId", "user", "text", "cw", "visibility", "localOnly", "reactionAcceptance",
		"renoteCount", "repliesCount", "reactionCount", "reactions", "reactionEmojis", "fileIds", "files",
		"replyId", "renoteId", "clippedCount",
	}
	brief := base[:len(base)-1]
	with := func(base []string, more ...string) []string { return append(slices.Clone(base), more...) }

	check := func(what, id, typ, noteID, path string, want []string) {
		t.Helper()
		f := c.waitFor(what, func(f testFrame) bool {
			if !event(id, typ)(f) {
				return false
			}
			body := object(t, f.inner().Body)
			if typ == "notification" {
				if body["note"] == nil {
					return false
				}
				body = object(t, body["note"])
			}
			return string(body["id"]) == `"`+noteID+`"`
		})
		note := object(t, f.inner().Body)
		if typ == "notification" {
			note = object(t, note["note"])
		}
		if path != "" {
			note = object(t, note[path])
		}
		got := slices.Sorted(maps.Keys(note))
		want = slices.Sorted(slices.Values(want))
		if !slices.Equal(got, want) {
			t.Errorf("%s has the keys\n%q, want\n%q", what, got, want)
		}
	}

	plain := alice.Post("plain")
	check("a plain note", "h", "note", string(plain.ID), "", with(base, "reactionAndUserPairCache"))
	tagged := alice.Post("@bob #Tag", misskeytest.WithPoll("a", "b"))
	check("tags, mentions, poll", "h", "note", string(tagged.ID), "", with(base, "reactionAndUserPairCache", "tags", "mentions", "hasPoll", "poll"))
	direct := alice.Post("psst", misskeytest.To(bot))
	check("a specified note", "h", "note", string(direct.ID), "", with(base, "reactionAndUserPairCache", "visibleUserIds", "mentions"))
	check("its mention", "m", "mention", string(direct.ID), "", with(base, "visibleUserIds", "mentions"))
	check("its notification", "m", "notification", string(direct.ID), "", with(base, "visibleUserIds", "mentions"))
	heard := bob.Post("antenna")
	check("an antenna's note", "a", "note", string(heard.ID), "", base)
	posted := bob.Post("in channel", misskeytest.InChannel(channel))
	check("a channel's note", "c", "note", string(posted.ID), "", with(base, "reactionAndUserPairCache", "channelId", "channel"))

	mine := bot.Post("mine")
	reply := alice.Reply(mine.ID, "answer")
	check("a reply", "m", "reply", string(reply.ID), "", with(base, "reactionAndUserPairCache", "mentions", "reply"))
	check("what it answers", "m", "reply", string(reply.ID), "reply", with(brief, "reactionAndUserPairCache"))
	check("its mention", "m", "mention", string(reply.ID), "", with(base, "mentions", "reply"))
	check("what its mention answers", "m", "mention", string(reply.ID), "reply", brief)
	bot.React(mine.ID, "👍")
	renote := alice.Renote(mine.ID)
	check("a renote", "m", "renote", string(renote.ID), "", with(base, "reactionAndUserPairCache", "renote"))
	check("what it passes on, with my reaction", "h", "note", string(renote.ID), "renote", with(base, "reactionAndUserPairCache", "myReaction"))
}

// A deleted note leaves its replies behind, which then answer nothing.
func TestReplyOutlivesWhatItAnswers(t *testing.T) {
	srv, bot, alice, _, _ := people(t)
	note := bot.Post("x")
	reply := alice.Reply(note.ID, "y")
	bot.Delete(note.ID)
	var shown map[string]json.RawMessage
	if status := call(t, srv, "", "notes/show", map[string]any{"noteId": reply.ID}, &shown); status != 200 {
		t.Fatalf("status %d", status)
	}
	if string(shown["replyId"]) != `"`+string(note.ID)+`"` || shown["reply"] != nil {
		t.Errorf("replyId %s, reply %s; want the id alone", shown["replyId"], shown["reply"])
	}
}

// What a user may not do makes the test panic, with the server's code.
func TestRefusedDeedsPanic(t *testing.T) {
	_, bot, alice, _, _ := people(t)
	note := bot.Post("x")
	for what, do := range map[string]func(){
		"misskeytest: Delete by @alice: ACCESS_DENIED":        func() { alice.Delete(note.ID) },
		"misskeytest: React by @alice: NO_SUCH_NOTE":          func() { alice.React("nowhere", "👍") },
		"misskeytest: Unreact by @alice: NOT_REACTED":         func() { alice.Unreact(note.ID) },
		"misskeytest: Vote by @alice: NO_POLL":                func() { alice.Vote(note.ID, 0) },
		"misskeytest: Reply by @alice: NO_SUCH_REPLY_TARGET":  func() { alice.Reply("nowhere", "x") },
		"misskeytest: Follow by @alice: FOLLOWEE_IS_YOURSELF": func() { alice.Follow(alice) },
	} {
		func() {
			defer func() {
				if got := recover(); got != what {
					t.Errorf("panicked with %v, want %s", got, what)
				}
			}()
			do()
		}()
	}
}
