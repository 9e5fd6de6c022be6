package misskeytest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// Which notes reach which timelines of one reader, who follows `friend`, has
// `listed` on a list, and follows neither `listed` nor `other`.
func TestTimelines(t *testing.T) {
	const (
		home, local, hybrid, global = "homeTimeline", "localTimeline", "hybridTimeline", "globalTimeline"
		list, hashtag, role         = "userList", "hashtag", "roleTimeline"
		anonymous                   = "anonymous localTimeline"
		renoteless, replies, files  = "home withRenotes:false", "local withReplies:true", "home withFiles:true"
	)
	srv := newServer(t)
	me, friend, listed, other := srv.AddUser("me"), srv.AddUser("friend"), srv.AddUser("listed"), srv.AddUser("other")
	me.Follow(friend)
	l := me.AddList()
	l.Add(listed)
	r := srv.AddRole("r")
	r.Assign(friend)
	hidden := srv.AddRole("hidden", misskeytest.Unexplorable())
	hidden.Assign(friend)
	channel := other.AddChannel("c")
	mine := me.Post("mine")
	others := other.Post("other's")
	listeds := listed.Post("listed's")

	c := dial(t, srv, me.Token())
	for id, connect := range map[string]string{
		home: "{}", local: "{}", hybrid: "{}", global: "{}",
		list:    fmt.Sprintf(`{"listId":%q}`, l.ID),
		hashtag: `{"q":[["tag","two"],["TAG3"]]}`,
		role:    fmt.Sprintf(`{"roleId":%q}`, r.ID),
	} {
		c.connect(id, id, connect)
	}
	c.connect(home, renoteless, `{"withRenotes":false}`)
	c.connect(local, replies, `{"withReplies":true}`)
	c.connect(home, files, `{"withFiles":true}`)
	c.connect("roleTimeline", "hidden role", fmt.Sprintf(`{"roleId":%q}`, hidden.ID))
	nobody := dial(t, srv, "")
	nobody.connect(local, anonymous, "{}")

	forFollowers := misskeytest.WithVisibility(misskey.NoteVisibilityFollowers)
	atHome := misskeytest.WithVisibility(misskey.NoteVisibilityHome)
	everywhere := []string{local, hybrid, global, replies, anonymous}
	athome := []string{home, renoteless}
	join := func(lists ...[]string) []string { return slices.Concat(lists...) }

	tests := []struct {
		name string
		post func() misskey.Note
		want []string
	}{
		{"my note", func() misskey.Note { return me.Post("x") }, join(everywhere, athome)},
		{"friend's", func() misskey.Note { return friend.Post("x") }, join(everywhere, athome, []string{role})},
		{"other's", func() misskey.Note { return other.Post("x") }, everywhere},
		{"listed's", func() misskey.Note { return listed.Post("x") }, join(everywhere, []string{list})},
		{"friend's, home", func() misskey.Note { return friend.Post("x", atHome) }, join(athome, []string{hybrid})},
		{"other's, home", func() misskey.Note { return other.Post("x", atHome) }, nil},
		{"friend's, followers", func() misskey.Note { return friend.Post("x", forFollowers) }, join(athome, []string{hybrid})},
		{"listed's, followers", func() misskey.Note { return listed.Post("x", forFollowers) }, nil},
		{"friend's, to me", func() misskey.Note { return friend.Post("x", misskeytest.To(me)) }, join(athome, []string{hybrid})},
		{"friend's, to other", func() misskey.Note { return friend.Post("x", misskeytest.To(other)) }, nil},
		{"listed's, to me", func() misskey.Note { return listed.Post("x", misskeytest.To(me)) }, []string{list}},
		{"other's, naming me in a note to somebody", func() misskey.Note { return other.Post("@me", misskeytest.To(friend)) }, nil},
		{"one tag of two", func() misskey.Note { return other.Post("#tag") }, everywhere},
		{"both tags", func() misskey.Note { return other.Post("#Tag and #two") }, join(everywhere, []string{hashtag})},
		{"the other group", func() misskey.Note { return other.Post("#tag3", atHome) }, []string{hashtag}},
		{"tagged, followers", func() misskey.Note { return other.Post("#tag3", forFollowers) }, nil},
		{"in a channel", func() misskey.Note { return friend.Post("x", misskeytest.InChannel(channel)) }, []string{role}},
		{"with a file", func() misskey.Note { return friend.Post("x", misskeytest.WithFiles(misskey.DriveFile{ID: "f"})) }, join(everywhere, athome, []string{role, files})},
		{"friend's renote", func() misskey.Note { return friend.Renote(others.ID) }, join(everywhere, []string{home, role})},
		{"friend's quote", func() misskey.Note { return friend.Quote(others.ID, "x") }, join(everywhere, athome, []string{role})},
		{"friend's reply to me", func() misskey.Note { return friend.Reply(mine.ID, "x") }, join(everywhere, athome, []string{role})},
		{"my reply to other", func() misskey.Note { return me.Reply(others.ID, "x") }, join(everywhere, athome)},
		{"friend's reply to other", func() misskey.Note { return friend.Reply(others.ID, "x") }, []string{global, replies, anonymous, role}},
		{"other's reply to themselves", func() misskey.Note { return other.Reply(others.ID, "x") }, everywhere},
		{"listed's reply to other", func() misskey.Note { return listed.Reply(others.ID, "x") }, []string{global, replies, anonymous}},
		{"listed's reply to themselves", func() misskey.Note { return listed.Reply(listeds.ID, "x") }, join(everywhere, []string{list})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			note := tt.post()
			c.sync()
			nobody.sync()
			about := func(f testFrame) bool {
				return f.Type == "channel" && strings.Contains(string(f.Body), `"type":"note","body":{"id":"`+string(note.ID)+`"`)
			}
			var got []string
			for _, f := range slices.Concat(c.all(about), nobody.all(about)) {
				got = append(got, f.inner().ID)
			}
			slices.Sort(got)
			want := slices.Sorted(slices.Values(tt.want))
			if !slices.Equal(got, want) {
				t.Errorf("reached %q, want %q", got, want)
			}
		})
	}
}

// With withReplies the replies of a followee to others come home too.
func TestFollowWithReplies(t *testing.T) {
	srv := newServer(t)
	me, friend, other := srv.AddUser("me"), srv.AddUser("friend"), srv.AddUser("other")
	me.Follow(friend, misskeytest.WithReplies())
	c := dial(t, srv, me.Token())
	c.connect("homeTimeline", "h", "{}")
	friend.Reply(other.Post("x").ID, "y")
	c.waitFor("the reply", event("h", "note"))
}

func TestListMembersComeAndGo(t *testing.T) {
	srv := newServer(t)
	me, bob := srv.AddUser("me"), srv.AddUser("bob")
	l := me.AddList()
	c := dial(t, srv, me.Token())
	c.connect("userList", "l", fmt.Sprintf(`{"listId":%q}`, l.ID))
	l.Add(bob, bob)
	bob.Post("heard")
	l.Remove(bob, bob)
	bob.Post("not heard")
	c.sync()
	var types []string
	for _, f := range c.all(event("l", "")) {
		types = append(types, f.inner().Type)
	}
	if want := []string{"userAdded", "note", "userRemoved"}; !slices.Equal(types, want) {
		t.Errorf("events %q, want %q", types, want)
	}
}
