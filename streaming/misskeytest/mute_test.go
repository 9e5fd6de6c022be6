package misskeytest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// Mutes and blocks keep notes out of the stream and of REST alike, on every
// timeline there is.
func TestMutesAndBlocksDropNotes(t *testing.T) {
	type world struct{ me, friend, foe *misskeytest.User }
	mute := func(w world) { w.me.Mute(w.foe) }
	muteRenotes := func(w world) { w.me.MuteRenotes(w.foe) }
	blocked := func(w world) { w.foe.Block(w.me) }
	block := func(w world) { w.me.Block(w.foe) }
	const text = "word #tag"
	byFoe := func(w world, in misskeytest.NoteOption) misskey.Note { return w.foe.Post(text, in) }

	tests := []struct {
		name    string
		apart   func(world)
		post    func(w world, in misskeytest.NoteOption) misskey.Note
		dropped bool
	}{
		{"muted author", mute, byFoe, true},
		{"author who blocks me", blocked, byFoe, true},
		{"author whom I block", block, byFoe, false},
		{"author whose renotes are muted", muteRenotes, byFoe, false},
		{"quote of a muted user", mute, func(w world, in misskeytest.NoteOption) misskey.Note {
			return w.friend.Quote(w.foe.Post("x").ID, text, in)
		}, true},
		{"quote of one who blocks me", blocked, func(w world, in misskeytest.NoteOption) misskey.Note {
			return w.friend.Quote(w.foe.Post("x").ID, text, in)
		}, true},
		{"reply to a muted user", mute, func(w world, in misskeytest.NoteOption) misskey.Note {
			return w.friend.Reply(w.foe.Post("x").ID, text, in)
		}, true},
		{"quote by one whose renotes are muted", muteRenotes, func(w world, in misskeytest.NoteOption) misskey.Note {
			return w.foe.Quote(w.friend.Post("x").ID, text, in)
		}, false},
		{"naming a muted user", mute, func(w world, in misskeytest.NoteOption) misskey.Note {
			return w.friend.Post("@foe "+text, in)
		}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := newServer(t, misskeytest.WithoutRateLimits())
			w := world{srv.AddUser("me"), srv.AddUser("friend"), srv.AddUser("foe")}
			list, role := w.me.AddList(), srv.AddRole("r")
			role.Assign(w.friend, w.foe)
			list.Add(w.friend, w.foe)
			list.ShowReplies(w.friend, true)
			antenna := w.me.AddAntenna([]string{"word"}, misskeytest.WithReplies())
			channel := w.friend.AddChannel("c")
			nowhere := misskeytest.WithVisibility(misskey.NoteVisibilityPublic)

			// Each with the call that reads what it sends.
			places := []struct{ channel, params, endpoint string }{
				{"homeTimeline", `{}`, "notes/timeline"},
				{"localTimeline", `{"withReplies":true}`, "notes/local-timeline"},
				{"hybridTimeline", `{"withReplies":true}`, "notes/hybrid-timeline"},
				{"globalTimeline", `{}`, "notes/global-timeline"},
				{"userList", fmt.Sprintf(`{"listId":%q}`, list.ID), "notes/user-list-timeline"},
				{"hashtag", `{"q":[["tag"]]}`, "notes/search-by-tag"},
				{"roleTimeline", fmt.Sprintf(`{"roleId":%q}`, role.ID), "roles/notes"},
				{"antenna", fmt.Sprintf(`{"antennaId":%q}`, antenna.ID), "antennas/notes"},
				{"channel", fmt.Sprintf(`{"channelId":%q}`, channel.ID), "channels/timeline"},
			}
			c := dial(t, srv, w.me.Token())
			for _, p := range places {
				c.connect(p.channel, p.channel, p.params)
			}
			stream := func(note misskey.Note) []string {
				c.sync()
				var reached []string
				for _, f := range c.all(func(f testFrame) bool {
					return f.Type == "channel" && strings.Contains(string(f.Body), `"type":"note","body":{"id":"`+string(note.ID)+`"`)
				}) {
					reached = append(reached, f.inner().ID)
				}
				slices.Sort(reached)
				return reached
			}
			rest := func(note misskey.Note) []string {
				var reached []string
				for _, p := range places {
					params := map[string]any{}
					_ = json.Unmarshal([]byte(p.params), &params)
					if p.channel == "hashtag" {
						params = map[string]any{"tag": "tag"}
					}
					var page []misskey.Note
					if status := call(t, srv, w.me.Token(), p.endpoint, params, &page); status != 200 {
						t.Fatalf("%s: %d", p.endpoint, status)
					}
					if slices.ContainsFunc(page, func(n misskey.Note) bool { return n.ID == note.ID }) {
						reached = append(reached, p.channel)
					}
				}
				slices.Sort(reached)
				return reached
			}
			// The same notes before anybody is kept apart, so that nothing is
			// missing for another reason.
			for _, in := range []misskeytest.NoteOption{nowhere, misskeytest.InChannel(channel)} {
				if note := tt.post(w, in); len(stream(note)) < 2 || !slices.Equal(stream(note), rest(note)) {
					t.Fatalf("before: reached %q by stream, %q by REST", stream(note), rest(note))
				}
			}
			tt.apart(w)
			for _, in := range []misskeytest.NoteOption{nowhere, misskeytest.InChannel(channel)} {
				note := tt.post(w, in)
				live, read := stream(note), rest(note)
				if !slices.Equal(live, read) {
					t.Errorf("reached %q by stream, %q by REST", live, read)
				}
				if (len(live) == 0) != tt.dropped {
					t.Errorf("reached %q, dropped should be %v", live, tt.dropped)
				}
			}
		})
	}
}

// Renotes without a word are what MuteRenotes is about.
func TestMutedRenotes(t *testing.T) {
	srv := newServer(t)
	me, foe, other := srv.AddUser("me"), srv.AddUser("foe"), srv.AddUser("other")
	me.MuteRenotes(foe)
	note := other.Post("x")
	c := dial(t, srv, me.Token())
	c.connect("localTimeline", "l", "{}")
	foe.Renote(note.ID)
	foe.Quote(note.ID, "a quote")
	other.Renote(note.ID)
	me.UnmuteRenotes(foe)
	foe.Renote(note.ID)
	c.sync()
	if n := len(c.all(event("l", "note"))); n != 3 {
		t.Errorf("%d notes, want the quote, the other's renote and the last one", n)
	}
}

// A mute keeps mentions and notifications away, but not `reply` and `renote`,
// and it ends in time.
func TestMuteOnMain(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv, bot, alice, _, c := people(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
	note := bot.Post("x")
	bot.MuteFor(alice, time.Hour)
	alice.Post("@bot")
	alice.React(note.ID, "👍")
	alice.Follow(bot)
	alice.Reply(note.ID, "y")
	alice.Renote(note.ID)
	clock.Advance(time.Hour - time.Second)
	c.sync()
	if got, want := c.mainEvents(), []string{"followed", "reply", "renote"}; !slices.Equal(got, want) {
		t.Errorf("main events %q, want %q", got, want)
	}
	var muted []struct {
		MuteeID   misskey.UserID
		ExpiresAt *time.Time
	}
	call(t, srv, bot.Token(), "mute/list", map[string]any{}, &muted)
	if len(muted) != 1 || muted[0].MuteeID != alice.ID || muted[0].ExpiresAt == nil {
		t.Errorf("mute/list %+v", muted)
	}
	clock.Advance(time.Second)
	alice.Post("@bot again")
	c.waitFor("a mention after the mute", event("m", "mention"))
}

// Notifications of whoever is muted or suspended later, and of requests that are
// over, are listed no more.
func TestObsoleteNotifications(t *testing.T) {
	srv := newServer(t)
	me := srv.AddUser("me", misskeytest.AsLocked())
	muted, banned, asker, friend := srv.AddUser("muted"), srv.AddUser("banned"), srv.AddUser("asker"), srv.AddUser("friend")
	for _, u := range []*misskeytest.User{muted, banned, friend} {
		u.Post("@me")
	}
	asker.Follow(me)
	kinds := func() string {
		t.Helper()
		var list []struct{ Type string }
		call(t, srv, me.Token(), "i/notifications", map[string]any{"markAsRead": false}, &list)
		var all []string
		for _, n := range list {
			all = append(all, n.Type)
		}
		return strings.Join(all, " ")
	}
	if got, want := kinds(), "receiveFollowRequest mention mention mention"; got != want {
		t.Fatalf("before: %q, want %q", got, want)
	}
	me.Mute(muted)
	banned.Suspend()
	me.RejectFollow(asker)
	if got := kinds(); got != "mention" {
		t.Errorf("%q, want the friend's mention alone", got)
	}
}

// What a block ends, and what it forbids from then on.
func TestBlock(t *testing.T) {
	srv, bot, alice, bob, c := people(t)
	note := bot.Post("x", misskeytest.WithPoll("a", "b"))
	bot.Follow(alice)
	alice.Follow(bot)
	list := bot.AddList()
	list.Add(alice)
	c.connect("userList", "l", fmt.Sprintf(`{"listId":%q}`, list.ID))
	victim := dial(t, srv, alice.Token())
	victim.connect("main", "m", "{}")

	var shown misskey.UserDetailedNotMe
	if status := call(t, srv, alice.Token(), "blocking/create", userID(bot), &shown); status != 200 || !shown.IsBlocking.OrZero() {
		t.Errorf("blocking/create: %d %+v", status, shown.IsBlocking)
	}
	c.waitFor("alice to leave the list", event("l", "userRemoved"))
	c.waitFor("the end of bot's follow", event("m", "unfollow"))
	victim.waitFor("the end of alice's follow", event("m", "unfollow"))

	mine := alice.Post("mine", misskeytest.WithPoll("a", "b"))
	for _, tt := range []struct {
		by       *misskeytest.User
		endpoint string
		params   map[string]any
		code     string
	}{
		{bot, "following/create", userID(alice), "BLOCKED"},
		{alice, "following/create", userID(bot), "BLOCKING"},
		{bot, "notes/create", map[string]any{"text": "x", "replyId": mine.ID}, "YOU_HAVE_BEEN_BLOCKED"},
		{bot, "notes/create", map[string]any{"renoteId": mine.ID}, "YOU_HAVE_BEEN_BLOCKED"},
		{bot, "notes/reactions/create", map[string]any{"noteId": mine.ID, "reaction": "👍"}, "YOU_HAVE_BEEN_BLOCKED"},
		{bot, "notes/polls/vote", map[string]any{"noteId": mine.ID, "choice": 0}, "YOU_HAVE_BEEN_BLOCKED"},
		{bot, "users/lists/push", map[string]any{"listId": list.ID, "userId": alice.ID}, "YOU_HAVE_BEEN_BLOCKED"},
		{alice, "notes/reactions/create", map[string]any{"noteId": note.ID, "reaction": "👍"}, ""},
		{bob, "notes/reactions/create", map[string]any{"noteId": mine.ID, "reaction": "👍"}, ""},
	} {
		if got := refusalOf(t, srv, tt.by, tt.endpoint, tt.params); got != tt.code {
			t.Errorf("%s by %s: %q, want %q", tt.endpoint, tt.by.Username, got, tt.code)
		}
	}
	do(t, srv, alice, "blocking/delete", userID(bot))
	do(t, srv, bot, "notes/reactions/create", map[string]any{"noteId": mine.ID, "reaction": "👍"})
	do(t, srv, bot, "following/create", userID(alice))
}

// The refusals of what one can do to others, and their lists.
func TestRelationCalls(t *testing.T) {
	for _, tt := range []struct{ kind, yourself, already, not string }{
		{"mute", "MUTEE_IS_YOURSELF", "ALREADY_MUTING", "NOT_MUTING"},
		{"renote-mute", "MUTEE_IS_YOURSELF", "ALREADY_MUTING", "NOT_MUTING"},
		{"blocking", "BLOCKEE_IS_YOURSELF", "ALREADY_BLOCKING", "NOT_BLOCKING"},
		{"following", "FOLLOWEE_IS_YOURSELF", "ALREADY_FOLLOWING", "NOT_FOLLOWING"},
	} {
		srv := newServer(t)
		me, other := srv.AddUser("me"), srv.AddUser("other")
		nobody := map[string]any{"userId": "nobody"}
		for _, step := range []struct {
			endpoint string
			params   map[string]any
			code     string
		}{
			{"/create", nobody, "NO_SUCH_USER"},
			{"/create", userID(me), tt.yourself},
			{"/create", map[string]any{}, "INVALID_PARAM"},
			{"/delete", userID(other), tt.not},
			{"/create", userID(other), ""},
			{"/create", userID(other), tt.already},
			{"/delete", nobody, "NO_SUCH_USER"},
			{"/delete", userID(me), tt.yourself},
		} {
			if got := refusalOf(t, srv, me, tt.kind+step.endpoint, step.params); got != step.code {
				t.Errorf("%s%s %v: %q, want %q", tt.kind, step.endpoint, step.params, got, step.code)
			}
		}
		if tt.kind != "following" {
			var list []map[string]json.RawMessage
			call(t, srv, me.Token(), tt.kind+"/list", map[string]any{}, &list)
			if len(list) != 1 || !strings.Contains(string(marshalled(t, list)), `"username":"other"`) {
				t.Errorf("%s/list: %s", tt.kind, marshalled(t, list))
			}
		}
		do(t, srv, me, tt.kind+"/delete", userID(other))
		if got := refusalOf(t, srv, me, tt.kind+"/delete", userID(other)); got != tt.not {
			t.Errorf("%s/delete again: %q, want %q", tt.kind, got, tt.not)
		}
	}
}

func marshalled(t *testing.T, v any) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// users/relation takes one id or several, and knows of everything that can be
// between two.
func TestRelation(t *testing.T) {
	srv := newServer(t)
	me, other, third := srv.AddUser("me"), srv.AddUser("other"), srv.AddUser("third", misskeytest.AsLocked())
	me.Mute(other)
	me.MuteRenotes(other)
	me.Block(other)
	me.Follow(third)
	third.Follow(me)
	type relation struct {
		ID                                            misskey.UserID
		IsFollowing, HasPendingFollowRequestFromYou   bool
		HasPendingFollowRequestToYou, IsFollowed      bool
		IsBlocking, IsBlocked, IsMuted, IsRenoteMuted bool
	}
	var both []relation
	call(t, srv, me.Token(), "users/relation", map[string]any{"userId": []misskey.UserID{other.ID, third.ID}}, &both)
	want := []relation{
		{ID: other.ID, IsBlocking: true, IsMuted: true, IsRenoteMuted: true},
		{ID: third.ID, HasPendingFollowRequestFromYou: true, IsFollowed: true},
	}
	if !slices.Equal(both, want) {
		t.Errorf("relations %+v, want %+v", both, want)
	}
	var one relation
	call(t, srv, other.Token(), "users/relation", userID(me), &one)
	if one != (relation{ID: me.ID, IsBlocked: true}) {
		t.Errorf("other's relation %+v, want to be blocked and no more", one)
	}
	if got := refusalOf(t, srv, me, "users/relation", map[string]any{"userId": 5}); got != "INVALID_PARAM" {
		t.Errorf("a number: %q", got)
	}
}
