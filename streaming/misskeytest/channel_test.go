package misskeytest_test

import (
	"slices"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// Notes of a channel come home to those who follow the channel, whoever wrote
// them, by stream and by REST.
func TestFollowedChannelComesHome(t *testing.T) {
	srv := newServer(t)
	me, friend, other := srv.AddUser("me"), srv.AddUser("friend"), srv.AddUser("other")
	me.Follow(friend)
	channel := other.AddChannel("c")
	c := dial(t, srv, me.Token())
	for _, name := range []string{"homeTimeline", "hybridTimeline", "localTimeline", "globalTimeline"} {
		c.connect(name, name, "{}")
	}
	friend.Post("before", misskeytest.InChannel(channel))
	me.FollowChannel(channel)
	note := other.Post("followed", misskeytest.InChannel(channel))
	me.UnfollowChannel(channel)
	friend.Post("after", misskeytest.InChannel(channel))
	c.sync()
	for name, want := range map[string]int{"homeTimeline": 1, "hybridTimeline": 1, "localTimeline": 0, "globalTimeline": 0} {
		if n := len(c.all(event(name, "note"))); n != want {
			t.Errorf("%d notes on %s, want %d", n, name, want)
		}
	}
	me.FollowChannel(channel)
	var page []misskey.Note
	call(t, srv, me.Token(), "notes/timeline", map[string]any{"sinceId": "0"}, &page)
	if !slices.ContainsFunc(page, func(n misskey.Note) bool { return n.ID == note.ID }) {
		t.Errorf("notes/timeline has %d notes, without the one of the followed channel", len(page))
	}
}

func TestChannelsByREST(t *testing.T) {
	srv := newServer(t)
	me, other, mod := srv.AddUser("me"), srv.AddUser("other"), srv.AddUser("mod")
	srv.AddRole("mods", misskeytest.ForModerators()).Assign(mod)
	type channel struct {
		ID                       misskey.ChannelID
		Name, Color              string
		Description, LastNotedAt *string
		NotesCount, UsersCount   int
		IsFollowing, IsFavorited *bool
		IsArchived               bool
		PinnedNotes              []misskey.Note
	}
	var made, shown channel
	if status := call(t, srv, me.Token(), "channels/create", map[string]any{"name": "Cats", "description": "meow", "color": "#000"}, &made); status != 200 || made.LastNotedAt != nil {
		t.Fatalf("channels/create: %d %+v", status, made)
	}
	one := map[string]any{"channelId": made.ID}
	var posted struct{ CreatedNote misskey.Note }
	call(t, srv, other.Token(), "notes/create", map[string]any{"text": "x", "channelId": made.ID}, &posted)
	do(t, srv, other, "channels/follow", one)
	do(t, srv, other, "channels/favorite", one)
	do(t, srv, me, "channels/update", map[string]any{"channelId": made.ID, "name": "Dogs", "pinnedNoteIds": []misskey.NoteID{posted.CreatedNote.ID}})
	call(t, srv, other.Token(), "channels/show", one, &shown)
	if shown.Name != "Dogs" || shown.Color != "#000" || shown.NotesCount != 1 || shown.UsersCount != 1 || shown.LastNotedAt == nil ||
		!*shown.IsFollowing || !*shown.IsFavorited || len(shown.PinnedNotes) != 1 {
		t.Errorf("channels/show: %+v", shown)
	}
	shown = channel{}
	call(t, srv, "", "channels/show", one, &shown)
	if shown.IsFollowing != nil {
		t.Errorf("channels/show for nobody: %+v", shown)
	}

	for _, tt := range []struct {
		by       *misskeytest.User
		endpoint string
		params   map[string]any
		want     int
	}{
		{other, "channels/followed", map[string]any{}, 1},
		{me, "channels/followed", map[string]any{}, 0},
		{me, "channels/owned", map[string]any{}, 1},
		{other, "channels/owned", map[string]any{}, 0},
		{other, "channels/my-favorites", map[string]any{}, 1},
		{nil, "channels/search", map[string]any{"query": "DOG"}, 1},
		{nil, "channels/search", map[string]any{"query": "meow"}, 1},
		{nil, "channels/search", map[string]any{"query": "meow", "type": "nameOnly"}, 0},
	} {
		token := ""
		if tt.by != nil {
			token = tt.by.Token()
		}
		var list []channel
		if status := call(t, srv, token, tt.endpoint, tt.params, &list); status != 200 || len(list) != tt.want {
			t.Errorf("%s %v: %d, %d channels, want %d", tt.endpoint, tt.params, status, len(list), tt.want)
		}
	}

	do(t, srv, other, "channels/unfollow", one)
	do(t, srv, other, "channels/unfavorite", one)
	call(t, srv, other.Token(), "channels/show", one, &shown)
	if *shown.IsFollowing || *shown.IsFavorited {
		t.Errorf("still followed or a favorite: %+v", shown)
	}
	if got := refusalOf(t, srv, other, "channels/update", one); got != "ACCESS_DENIED" {
		t.Errorf("update by another: %q", got)
	}
	do(t, srv, mod, "channels/update", map[string]any{"channelId": made.ID, "isArchived": true})
	for _, endpoint := range []string{"show", "follow", "unfollow", "favorite", "unfavorite", "update"} {
		if got := refusalOf(t, srv, me, "channels/"+endpoint, map[string]any{"channelId": "nothing"}); got != "NO_SUCH_CHANNEL" {
			t.Errorf("channels/%s: %q", endpoint, got)
		}
	}
	if got := refusalOf(t, srv, other, "notes/create", map[string]any{"text": "x", "channelId": made.ID}); got != "NO_SUCH_CHANNEL" {
		t.Errorf("posting into an archived channel: %q", got)
	}
}
