package misskeytest_test

import (
	"encoding/json"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// refusalOf makes a call and returns the code of the error, "" for none.
func refusalOf(t *testing.T, srv *misskeytest.Server, u *misskeytest.User, endpoint string, params any) string {
	t.Helper()
	var body struct{ Error struct{ Code, ID string } }
	token := ""
	if u != nil {
		token = u.Token()
	}
	var raw json.RawMessage
	if status := call(t, srv, token, endpoint, params, &raw); status < 400 {
		return ""
	}
	if err := json.Unmarshal(raw, &body); err != nil || len(body.Error.ID) != 36 {
		t.Fatalf("%s: no error: %s", endpoint, raw)
	}
	return body.Error.Code
}

// do makes a call that must not be refused.
func do(t *testing.T, srv *misskeytest.Server, u *misskeytest.User, endpoint string, params any) {
	t.Helper()
	if code := refusalOf(t, srv, u, endpoint, params); code != "" {
		t.Fatalf("%s: %s", endpoint, code)
	}
}

func userID(u *misskeytest.User) map[string]any { return map[string]any{"userId": u.ID} }

// What each step of asking to follow gives on the main channels of both, done
// by REST. bot is locked; alice asks.
func TestFollowRequests(t *testing.T) {
	ask := []string{"receiveFollowRequest", "notification:receiveFollowRequest", "meUpdated"}
	accepted := []string{"notification:followRequestAccepted", "follow"}
	tests := []struct {
		name       string
		do         func(t *testing.T, srv *misskeytest.Server, bot, alice *misskeytest.User)
		bot, alice []string
		follows    bool
	}{
		{"ask", func(t *testing.T, srv *misskeytest.Server, bot, alice *misskeytest.User) {
			do(t, srv, alice, "following/create", userID(bot))
		}, ask, nil, false},
		{"accept", func(t *testing.T, srv *misskeytest.Server, bot, alice *misskeytest.User) {
			do(t, srv, alice, "following/create", userID(bot))
			do(t, srv, bot, "following/requests/accept", userID(alice))
		}, append(ask[:3:3], "followed", "notification:follow", "meUpdated"), accepted, true},
		{"reject", func(t *testing.T, srv *misskeytest.Server, bot, alice *misskeytest.User) {
			do(t, srv, alice, "following/create", userID(bot))
			do(t, srv, bot, "following/requests/reject", userID(alice))
		}, ask, []string{"unfollow"}, false},
		{"cancel", func(t *testing.T, srv *misskeytest.Server, bot, alice *misskeytest.User) {
			do(t, srv, alice, "following/create", userID(bot))
			do(t, srv, alice, "following/requests/cancel", userID(bot))
		}, append(ask[:3:3], "meUpdated"), nil, false},
		{"unlock", func(t *testing.T, srv *misskeytest.Server, bot, alice *misskeytest.User) {
			do(t, srv, alice, "following/create", userID(bot))
			do(t, srv, bot, "i/update", map[string]any{"isLocked": false})
		}, append(ask[:3:3], "meUpdated", "followed", "notification:follow", "meUpdated"), accepted, true},
		{"no need to ask whom the locked one follows", func(_ *testing.T, _ *misskeytest.Server, bot, alice *misskeytest.User) {
			bot.Follow(alice)
			alice.Follow(bot)
		}, []string{"notification:followRequestAccepted", "follow", "followed", "notification:follow"},
			append([]string{"followed", "notification:follow"}, accepted...), true},
		{"block while asked", func(_ *testing.T, _ *misskeytest.Server, bot, alice *misskeytest.User) {
			alice.Follow(bot)
			bot.Block(alice)
		}, append(ask[:3:3], "meUpdated"), []string{"unfollow"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := newServer(t)
			bot, alice := srv.AddUser("bot", misskeytest.AsLocked()), srv.AddUser("alice")
			clients := map[*misskeytest.User]*testClient{}
			for _, u := range []*misskeytest.User{bot, alice} {
				clients[u] = dial(t, srv, u.Token())
				clients[u].connect("main", "m", "{}")
			}
			tt.do(t, srv, bot, alice)
			for u, want := range map[*misskeytest.User][]string{bot: tt.bot, alice: tt.alice} {
				clients[u].sync()
				if got := clients[u].mainEvents(); !slices.Equal(got, want) {
					t.Errorf("main of %s: %q, want %q", u.Username, got, want)
				}
			}
			var relation struct{ IsFollowing bool }
			call(t, srv, alice.Token(), "users/relation", userID(bot), &relation)
			if relation.IsFollowing != tt.follows {
				t.Errorf("follows: %v, want %v", relation.IsFollowing, tt.follows)
			}
		})
	}
}

// Who follows is told that they were accepted, in Misskey 12 only where they had
// to ask.
func TestFollowRequestAcceptedOfReleases(t *testing.T) {
	for release, want := range map[misskeytest.Release]int{misskeytest.Release2026: 2, misskeytest.Release2025: 2, misskeytest.Release12: 1} {
		srv := newServer(t, misskeytest.WithRelease(release))
		bot, alice, locked := srv.AddUser("bot"), srv.AddUser("alice"), srv.AddUser("locked", misskeytest.AsLocked())
		bot.Follow(alice)
		bot.Follow(locked)
		locked.AcceptFollow(bot)
		var list []struct{ Type string }
		call(t, srv, "", "i/notifications", map[string]any{"i": bot.Token()}, &list)
		if len(list) != want {
			t.Errorf("%s: notifications %v, want %d", release, list, want)
		}
	}
}

// A bot has to ask who is careful about bots, others need not.
func TestCarefulAboutBots(t *testing.T) {
	srv := newServer(t)
	alice, bot, bob := srv.AddUser("alice"), srv.AddUser("bot", misskeytest.AsBot()), srv.AddUser("bob")
	p := alice.Profile()
	p.CarefulBot = true
	alice.Update(p)
	bot.Follow(alice)
	bob.Follow(alice)
	var me misskey.MeDetailed
	call(t, srv, alice.Token(), "i", map[string]any{}, &me)
	if me.FollowersCount != 1 || !me.HasPendingReceivedFollowRequest {
		t.Errorf("%d followers, request pending %v; want 1 and true", me.FollowersCount, me.HasPendingReceivedFollowRequest)
	}
}

func TestFollowRequestLists(t *testing.T) {
	srv := newServer(t)
	alice, bob, carol := srv.AddUser("alice", misskeytest.AsLocked()), srv.AddUser("bob"), srv.AddUser("carol")
	bob.Follow(alice)
	carol.Follow(alice)
	type listed []struct {
		Follower, Followee struct{ Username string }
	}
	var received, sent listed
	call(t, srv, alice.Token(), "following/requests/list", map[string]any{"limit": 1}, &received)
	if len(received) != 1 || received[0].Follower.Username != "carol" {
		t.Errorf("received %+v, want carol's alone", received)
	}
	call(t, srv, bob.Token(), "following/requests/sent", map[string]any{}, &sent)
	if len(sent) != 1 || sent[0].Followee.Username != "alice" {
		t.Errorf("sent %+v", sent)
	}
	bob.CancelFollow(alice)
	alice.RejectFollow(carol)
	received = nil
	call(t, srv, alice.Token(), "following/requests/list", map[string]any{}, &received)
	if len(received) != 0 {
		t.Errorf("received %+v, want none", received)
	}
}

// With `notify: normal` every note gives a notification, a reply and one for
// some people only excepted.
func TestNotifyOfNotes(t *testing.T) {
	_, bot, alice, bob, c := people(t)
	bot.Follow(alice, misskeytest.WithNotes())
	note := alice.Post("one")
	alice.Renote(bob.Post("x").ID)
	alice.Reply(note.ID, "to myself")
	alice.Post("psst", misskeytest.To(bob))
	bot.MuteRenotes(alice)
	alice.Renote(note.ID)
	bot.Refollow(alice)
	alice.Post("two")
	c.sync()
	want := []string{"notification:followRequestAccepted", "follow", "notification:note", "notification:note"}
	if got := c.mainEvents(); !slices.Equal(got, want) {
		t.Errorf("main events %q, want %q", got, want)
	}
}

// following/update changes what it names and nothing else.
func TestUpdateFollowing(t *testing.T) {
	srv := newServer(t)
	me, friend, other := srv.AddUser("me"), srv.AddUser("friend"), srv.AddUser("other")
	me.Follow(friend)
	me.Follow(other)
	show := func(u *misskeytest.User) (notify misskey.FollowNotify, withReplies bool) {
		var shown misskey.UserDetailedNotMe
		call(t, srv, me.Token(), "users/show", userID(u), &shown)
		return shown.Notify.OrZero(), shown.WithReplies.OrZero()
	}
	do(t, srv, me, "following/update", map[string]any{"userId": friend.ID, "withReplies": true})
	do(t, srv, me, "following/update", map[string]any{"userId": friend.ID, "notify": "normal"})
	if notify, replies := show(friend); notify != misskey.FollowNotifyNormal || !replies {
		t.Errorf("friend: %s %v, want normal true", notify, replies)
	}
	if notify, replies := show(other); notify != misskey.FollowNotifyNone || replies {
		t.Errorf("other: %s %v, want none false", notify, replies)
	}
	do(t, srv, me, "following/update-all", map[string]any{"notify": "none"})
	if notify, replies := show(friend); notify != misskey.FollowNotifyNone || !replies {
		t.Errorf("friend after all: %s %v, want none true", notify, replies)
	}
	c := dial(t, srv, me.Token())
	c.connect("homeTimeline", "h", "{}")
	friend.Reply(other.Post("x").ID, "a reply to another")
	c.waitFor("the reply", func(f testFrame) bool {
		return event("h", "note")(f) && string(object(t, f.inner().Body)["text"]) == `"a reply to another"`
	})
}

func TestFollowersCanBeRemoved(t *testing.T) {
	srv, bot, alice, _, c := people(t)
	bot.Follow(alice)
	do(t, srv, alice, "following/invalidate", userID(bot))
	c.waitFor("unfollow", event("m", "unfollow"))
	if code := refusalOf(t, srv, alice, "following/invalidate", userID(bot)); code != "NOT_FOLLOWING" {
		t.Errorf("again: %q", code)
	}
}

// Followers and followees come in pages, to whom they are to be shown.
func TestFollowersAndFollowing(t *testing.T) {
	srv := newServer(t)
	alice, bob, carol := srv.AddUser("alice"), srv.AddUser("bob"), srv.AddUser("carol")
	bob.Follow(alice)
	carol.Follow(alice)
	type page []struct {
		ID                 string
		FollowerID         misskey.UserID
		Follower, Followee *struct{ Username string }
	}
	var first, second, following page
	call(t, srv, "", "users/followers", map[string]any{"username": "ALICE", "limit": 1}, &first)
	if len(first) != 1 || first[0].Follower == nil || first[0].Follower.Username != "carol" || first[0].Followee != nil {
		t.Fatalf("first page %+v, want carol", first)
	}
	call(t, srv, "", "users/followers", map[string]any{"userId": alice.ID, "untilId": first[0].ID}, &second)
	if len(second) != 1 || second[0].FollowerID != bob.ID {
		t.Errorf("second page %+v, want bob", second)
	}
	call(t, srv, "", "users/following", userID(bob), &following)
	if len(following) != 1 || following[0].Followee == nil || following[0].Followee.Username != "alice" {
		t.Errorf("following %+v, want alice", following)
	}

	p := alice.Profile()
	p.FollowersVisibility = misskey.FollowVisibilityFollowers
	alice.Update(p)
	for u, want := range map[*misskeytest.User]string{nil: "FORBIDDEN", bob: "", alice: ""} {
		if got := refusalOf(t, srv, u, "users/followers", userID(alice)); got != want {
			t.Errorf("for followers: %q, want %q", got, want)
		}
	}
	p.FollowersVisibility = misskey.FollowVisibilityPrivate
	alice.Update(p)
	if got := refusalOf(t, srv, bob, "users/followers", userID(alice)); got != "FORBIDDEN" {
		t.Errorf("private: %q", got)
	}
}

// By default what is between users counts at once; as with the real server, a
// socket may take its time. REST takes none.
func TestRelationsAreLearnedLate(t *testing.T) {
	type world struct {
		me, friend, extra *misskeytest.User
		channel, another  *misskeytest.Channel
	}
	plain := func(w world) misskey.Note { return w.friend.Post("@me x") }
	renote := func(w world) misskey.Note { return w.friend.Renote(w.me.Post("x").ID) }
	posted := func(w world) misskey.Note { return w.friend.Post("x", misskeytest.InChannel(w.channel)) }
	tests := []struct {
		name              string
		timeline, rest    string
		before, do        func(world) // before: the like of it, which the socket knows of
		post              func(world) misskey.Note
		heardAfter        bool
		mentionsAreHidden bool
	}{
		{"follow", "homeTimeline", "notes/timeline",
			func(w world) { w.me.Follow(w.extra) }, func(w world) { w.me.Follow(w.friend) }, plain, true, false},
		{"unfollow", "homeTimeline", "notes/timeline",
			func(w world) { w.me.Follow(w.extra); w.me.Follow(w.friend) }, func(w world) { w.me.Unfollow(w.friend) }, plain, false, false},
		{"mute", "localTimeline", "notes/local-timeline",
			func(w world) { w.me.Mute(w.extra) }, func(w world) { w.me.Mute(w.friend) }, plain, false, true},
		{"renote mute", "localTimeline", "notes/local-timeline",
			func(w world) { w.me.MuteRenotes(w.extra) }, func(w world) { w.me.MuteRenotes(w.friend) }, renote, false, false},
		{"block", "localTimeline", "notes/local-timeline",
			func(w world) { w.extra.Block(w.me) }, func(w world) { w.friend.Block(w.me) }, plain, false, false},
		{"channel", "homeTimeline", "notes/timeline",
			func(w world) { w.me.FollowChannel(w.another) }, func(w world) { w.me.FollowChannel(w.channel) }, posted, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clock := misskeytest.NewManualClock(time.Now())
			srv := newServer(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0),
				misskeytest.WithRelationRefresh(misskeytest.DefaultRelationRefresh))
			w := world{me: srv.AddUser("me"), friend: srv.AddUser("friend"), extra: srv.AddUser("extra")}
			w.channel, w.another = w.friend.AddChannel("c"), w.friend.AddChannel("d")
			tt.before(w)
			c := dial(t, srv, w.me.Token())
			c.connect(tt.timeline, "t", "{}")
			c.connect("main", "m", "{}")
			heard := func(by *testClient, note misskey.Note) bool {
				by.sync()
				return len(by.all(func(f testFrame) bool {
					return event("t", "note")(f) && string(object(t, f.inner().Body)["id"]) == `"`+string(note.ID)+`"`
				})) > 0
			}
			mentions := func() int { return len(c.all(event("m", "mention"))) }

			tt.do(w)
			clock.Advance(misskeytest.DefaultRelationRefresh - time.Millisecond)
			note := tt.post(w)
			if heard(c, note) == tt.heardAfter {
				t.Error("the socket knows too early")
			}
			told := mentions()
			fresh := dial(t, srv, w.me.Token()) // knows from the start
			fresh.connect(tt.timeline, "t", "{}")
			if heard(fresh, tt.post(w)) != tt.heardAfter {
				t.Error("a new socket does not know")
			}
			var page []misskey.Note
			call(t, srv, w.me.Token(), tt.rest, map[string]any{}, &page)
			if slices.ContainsFunc(page, func(n misskey.Note) bool { return n.ID == note.ID }) != tt.heardAfter {
				t.Error("REST does not know")
			}
			clock.Advance(time.Millisecond)
			c.sync()
			before := mentions()
			if heard(c, tt.post(w)) != tt.heardAfter {
				t.Error("the socket does not know in time")
			}
			if tt.mentionsAreHidden && (told != 1 || mentions() != before) {
				t.Errorf("%d mentions before, %d after; main knows as late as timelines", told, mentions()-before)
			}
		})
	}
}

// countingClock knows how many calls are still to be made.
type countingClock struct {
	*misskeytest.ManualClock
	pending atomic.Int64
}

func (c *countingClock) AfterFunc(d time.Duration, f func()) misskeytest.Timer {
	c.pending.Add(1)
	return countedTimer{c, c.ManualClock.AfterFunc(d, func() {
		c.pending.Add(-1)
		f()
	})}
}

type countedTimer struct {
	clock *countingClock
	misskeytest.Timer
}

func (t countedTimer) Stop() bool {
	stopped := t.Timer.Stop()
	if stopped {
		t.clock.pending.Add(-1)
	}
	return stopped
}

// A socket that has ended looks at nobody's relations again.
func TestRefreshEndsWithTheSocket(t *testing.T) {
	clock := &countingClock{ManualClock: misskeytest.NewManualClock(time.Now())}
	srv := newServer(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0), misskeytest.WithRelationRefresh(time.Second))
	me := srv.AddUser("me")
	before := clock.pending.Load()
	c := dial(t, srv, me.Token())
	c.sync()
	clock.Advance(time.Second)
	if got := clock.pending.Load(); got != before+1 {
		t.Fatalf("%d calls pending with a socket, want %d", got, before+1)
	}
	srv.DropConnections()
	if got := clock.pending.Load(); got != before {
		t.Errorf("%d calls pending without a socket, want %d", got, before)
	}
}
