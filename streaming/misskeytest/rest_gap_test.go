package misskeytest_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// Recovering a gap: what REST gives of what the stream sent, by the way of a
// sinceId, which is the database's, and of an untilId, which is that of the
// lists at hand.
func TestRESTGap(t *testing.T) {
	srv := newServer(t, misskeytest.WithoutRateLimits())
	me, friend, dear, other := srv.AddUser("me"), srv.AddUser("friend"), srv.AddUser("dear"), srv.AddUser("other")
	me.Follow(friend)
	me.Follow(dear, misskeytest.WithReplies())
	list := me.AddList()
	for _, u := range []*misskeytest.User{me, friend, dear, other} {
		list.Add(u)
	}
	antenna := me.AddAntenna([]string{"word"})
	role := srv.AddRole("r")
	role.Assign(friend, other)
	muted, renoter, blocker := srv.AddUser("muted"), srv.AddUser("renoter"), srv.AddUser("blocker")
	for _, u := range []*misskeytest.User{muted, renoter, blocker} {
		me.Follow(u)
		list.Add(u)
	}
	me.Mute(muted)
	me.MuteRenotes(renoter)
	blocker.Block(me)
	mine, others, muteds := me.Post("mine"), other.Post("other's"), muted.Post("muted's")
	channel := other.AddChannel("c")
	start := other.Post("start", misskeytest.To())

	type column struct {
		channel, connect, endpoint string
		params                     map[string]any
		lacksSince, lacksUntil     []string
	}
	toMe, byMe, dearToOther := []string{"friend's reply to me", "other's reply to me"}, []string{"my reply to other"}, []string{"dear one's reply to other"}
	columns := []column{
		{channel: "homeTimeline", connect: "{}", endpoint: "notes/timeline",
			lacksSince: slices.Concat([]string{"friend's reply to me"}, byMe, dearToOther)},
		{channel: "localTimeline", connect: "{}", endpoint: "notes/local-timeline",
			lacksSince: slices.Concat(toMe, byMe, dearToOther), lacksUntil: slices.Concat(byMe, dearToOther)},
		{channel: "hybridTimeline", connect: "{}", endpoint: "notes/hybrid-timeline", lacksSince: slices.Concat(toMe, byMe, dearToOther)},
		{channel: "localTimeline", connect: `{"withReplies":true}`, endpoint: "notes/local-timeline", params: map[string]any{"withReplies": true}},
		{channel: "hybridTimeline", connect: `{"withReplies":true}`, endpoint: "notes/hybrid-timeline", params: map[string]any{"withReplies": true}},
		{channel: "localTimeline", connect: `{"withFiles":true}`, endpoint: "notes/local-timeline", params: map[string]any{"withFiles": true}},
		{channel: "homeTimeline", connect: `{"withFiles":true}`, endpoint: "notes/timeline", params: map[string]any{"withFiles": true}},
		{channel: "homeTimeline", connect: `{"withRenotes":false}`, endpoint: "notes/timeline", params: map[string]any{"withRenotes": false},
			lacksSince: slices.Concat([]string{"friend's reply to me"}, byMe, dearToOther)},
		{channel: "globalTimeline", connect: "{}", endpoint: "notes/global-timeline"},
		{channel: "userList", connect: fmt.Sprintf(`{"listId":%q}`, list.ID), endpoint: "notes/user-list-timeline", params: map[string]any{"listId": list.ID}},
		{channel: "antenna", connect: fmt.Sprintf(`{"antennaId":%q}`, antenna.ID), endpoint: "antennas/notes", params: map[string]any{"antennaId": antenna.ID}},
		{channel: "roleTimeline", connect: fmt.Sprintf(`{"roleId":%q}`, role.ID), endpoint: "roles/notes", params: map[string]any{"roleId": role.ID}},
		{channel: "channel", connect: fmt.Sprintf(`{"channelId":%q}`, channel.ID), endpoint: "channels/timeline", params: map[string]any{"channelId": channel.ID}},
		{channel: "hashtag", connect: `{"q":[["tag"]]}`, endpoint: "notes/search-by-tag", params: map[string]any{"tag": "tag"}},
	}
	c := dial(t, srv, me.Token())
	for i, col := range columns {
		c.connect(col.channel, fmt.Sprint(i), col.connect)
	}

	atHome := misskeytest.WithVisibility(misskey.NoteVisibilityHome)
	forFollowers := misskeytest.WithVisibility(misskey.NoteVisibilityFollowers)
	file := misskeytest.WithFiles(misskey.DriveFile{ID: "f"})
	names := map[string]string{}
	post := func(name string, n misskey.Note) { names[string(n.ID)] = name }
	post("mine", me.Post("word"))
	post("mine, home", me.Post("x", atHome))
	post("mine, followers", me.Post("x", forFollowers))
	post("mine, to friend", me.Post("x", misskeytest.To(friend)))
	post("friend's", friend.Post("word #tag"))
	post("friend's, home", friend.Post("x", atHome))
	post("friend's, followers", friend.Post("x", forFollowers))
	post("friend's, to me", friend.Post("x", misskeytest.To(me)))
	post("friend's, to other", friend.Post("x", misskeytest.To(other)))
	post("friend's, with a file", friend.Post("x", file))
	post("friend's renote", friend.Renote(others.ID))
	post("friend's quote", friend.Quote(others.ID, "x"))
	post("friend's reply to me", friend.Reply(mine.ID, "x"))
	post("friend's reply to other", friend.Reply(others.ID, "x"))
	post("dear one's reply to other", dear.Reply(others.ID, "x"))
	post("other's", other.Post("word #tag"))
	post("other's, home", other.Post("word #tag", atHome))
	post("other's, followers", other.Post("word #tag", forFollowers))
	post("other's, to me", other.Post("word #tag", misskeytest.To(me)))
	post("other's, with a file", other.Post("word", file))
	post("other's reply to me", other.Reply(mine.ID, "x"))
	post("other's reply to themselves", other.Reply(others.ID, "word"))
	post("other's, in the channel", other.Post("x", misskeytest.InChannel(channel)))
	post("friend's, in the channel", friend.Post("word", misskeytest.InChannel(channel)))
	post("muted's", muted.Post("word #tag"))
	post("renote of a muted one's", friend.Renote(muteds.ID))
	post("reply to a muted one's", friend.Reply(muteds.ID, "word #tag"))
	post("renoter's renote", renoter.Renote(others.ID))
	post("renoter's quote", renoter.Quote(others.ID, "word #tag"))
	post("blocker's", blocker.Post("word #tag"))
	unheard := []string{"muted's", "renote of a muted one's", "reply to a muted one's", "renoter's renote", "blocker's"}
	post("my reply to other", me.Reply(others.ID, "x"))
	post("my renote", me.Renote(others.ID))
	c.sync()

	named := func(ids []string) []string {
		var all []string
		for _, id := range ids {
			if names[id] != "" {
				all = append(all, names[id])
			}
		}
		slices.Sort(all)
		return all
	}
	for i, col := range columns {
		t.Run(fmt.Sprint(col.channel, " ", col.connect), func(t *testing.T) {
			var sent []string
			for _, f := range c.all(event(fmt.Sprint(i), "note")) {
				var n struct{ ID string }
				mustDecode(t, f.inner().Body, &n)
				sent = append(sent, n.ID)
			}
			streamed := named(sent)
			if len(streamed) == 0 {
				t.Fatal("the stream sent nothing")
			}
			for _, name := range unheard {
				if slices.Contains(streamed, name) {
					t.Errorf("the stream sent %q", name)
				}
			}
			for _, way := range []struct {
				name  string
				param map[string]any
				lacks []string
			}{
				{"sinceId", map[string]any{"sinceId": start.ID, "limit": 100}, col.lacksSince},
				{"none", map[string]any{"limit": 100}, col.lacksUntil},
				{"untilId", map[string]any{"untilId": "zzzz", "limit": 100}, col.lacksUntil},
				{"both", map[string]any{"sinceId": start.ID, "untilId": "zzzz", "limit": 100}, col.lacksSince},
			} {
				want := slices.DeleteFunc(slices.Clone(streamed), func(name string) bool { return slices.Contains(way.lacks, name) })
				if len(streamed)-len(want) != len(way.lacks) {
					t.Errorf("the stream did not send all of %q", way.lacks)
				}
				got := named(ids(t, srv, me.Token(), col.endpoint, with(col.params, way.param)))
				if !slices.Equal(got, want) {
					t.Errorf("by %s\n%q, want\n%q", way.name, got, want)
				}
			}
		})
	}
}

// After a Redis flush the databases's timelines survive, and what antennas and
// roles have collected, and notifications, is gone.
func TestRESTAfterAFlush(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	alice.Follow(bob)
	mine := alice.Post("x")
	role, antenna := srv.AddRole("r"), alice.AddAntenna([]string{"word"})
	role.Assign(bob)
	params := map[string]any{"roleId": role.ID, "antennaId": antenna.ID}
	note := bob.Post("@alice word")
	reply := bob.Reply(mine.ID, "word")
	get := func(endpoint string) []string { return ids(t, srv, alice.Token(), endpoint, params) }
	wantIDs(t, "home before", get("notes/timeline"), string(reply.ID), string(note.ID), string(mine.ID))
	srv.FlushTimelines()
	wantIDs(t, "home", get("notes/timeline"), string(note.ID), string(mine.ID))
	wantIDs(t, "local", get("notes/local-timeline"), string(note.ID), string(mine.ID))
	wantIDs(t, "antenna", get("antennas/notes"))
	wantIDs(t, "role", get("roles/notes"))
	wantIDs(t, "notifications", get("i/notifications"))
	again := bob.Post("word")
	wantIDs(t, "antenna then", get("antennas/notes"), string(again.ID))
}

// enableFanoutTimelineDbFallback = false: always [] with a sinceId, even if
// newer notes exist; with an untilId it works down to the floor.
func TestRESTWithoutDatabaseFallback(t *testing.T) {
	srv := newServer(t, misskeytest.WithoutDatabaseFallback())
	alice := srv.AddUser("alice")
	list := alice.AddList()
	list.Add(alice)
	first, second := alice.Post("x"), alice.Post("y")
	for _, endpoint := range []string{"notes/timeline", "notes/local-timeline", "notes/hybrid-timeline", "notes/user-list-timeline"} {
		get := func(params map[string]any) []string {
			return ids(t, srv, alice.Token(), endpoint, with(params, map[string]any{"listId": list.ID}))
		}
		wantIDs(t, endpoint+" since", get(map[string]any{"sinceId": first.ID}))
		wantIDs(t, endpoint+" since a date", get(map[string]any{"sinceDate": 1}))
		wantIDs(t, endpoint, get(nil), string(second.ID), string(first.ID))
		wantIDs(t, endpoint+" until", get(map[string]any{"untilId": second.ID}), string(first.ID))
	}
}

// local/hybrid untilId paging has a hole: with a replies-to-me list that reaches
// further back than the local list, what lies between the two floors is skipped.
// sinceId paging has none.
func TestRESTHoleBetweenTwoFloors(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	const before, replies, after = 50, 3, 1523 // the list is cut to 1000 at the 1023rd, 1046th ...
	var first misskey.Note
	for i := range before {
		if n := bob.Post("x"); i == 0 {
			first = n
		}
	}
	for range replies {
		bob.Reply(alice.Post("x").ID, "x")
	}
	for range after {
		bob.Post("x")
	}
	total := before + replies + after // those that are no replies
	held := 1000 + (total-1000)%23

	_, backwards := walk(t, srv, alice.Token(), "notes/local-timeline", nil)
	// The database takes over at the oldest reply, which comes right after the
	// note that it answers.
	if want := held + replies + before + 1; len(backwards) != want {
		t.Errorf("%d of %d reached backwards, want %d", len(backwards), total+replies, want)
	}
	forwards, since := 1, string(first.ID)
	for {
		page := ids(t, srv, alice.Token(), "notes/local-timeline", map[string]any{"sinceId": since, "limit": 100})
		if len(page) == 0 {
			break
		}
		forwards += len(page)
		since = slices.Max(page)
	}
	if forwards != total {
		t.Errorf("%d reached forwards, want %d", forwards, total)
	}
}
