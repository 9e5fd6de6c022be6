package misskeytest_test

import (
	"fmt"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// What antennas hear, as made by a test and by REST.
func TestAntennaHears(t *testing.T) {
	type world struct {
		srv                         *misskeytest.Server
		me, friend, stranger, robot *misskeytest.User
		list                        *misskeytest.List
	}
	words := []string{"go actor", "misskey"}
	post := func(text string, options ...misskeytest.NoteOption) func(world) misskey.Note {
		return func(w world) misskey.Note { return w.stranger.Post(text, options...) }
	}
	forFollowers := misskeytest.WithVisibility(misskey.NoteVisibilityFollowers)
	tests := []struct {
		name    string
		words   []string
		options func(world) []misskeytest.AntennaOption
		post    func(world) misskey.Note
		hears   bool
	}{
		{"all words of a group", words, nil, post("an ACTOR in Go"), true},
		{"some words of a group", words, nil, post("go"), false},
		{"the other group", words, nil, post("Misskey"), true},
		{"in the content warning", words, nil, post("x", misskeytest.WithCW("misskey")), true},
		{"no words asked for", nil, nil, post("anything"), true},
		{"my own", words, nil, func(w world) misskey.Note { return w.me.Post("misskey") }, true},
		{"a reply", words, nil, func(w world) misskey.Note { return w.stranger.Reply(w.me.Post("x").ID, "misskey") }, false},
		{"a reply, with replies", words, func(world) []misskeytest.AntennaOption {
			return []misskeytest.AntennaOption{misskeytest.WithReplies()}
		}, func(w world) misskey.Note { return w.stranger.Reply(w.me.Post("x").ID, "misskey") }, true},
		{"another case", words, func(world) []misskeytest.AntennaOption {
			return []misskeytest.AntennaOption{misskeytest.CaseSensitive()}
		}, post("Misskey"), false},
		{"the same case", words, func(world) []misskeytest.AntennaOption {
			return []misskeytest.AntennaOption{misskeytest.CaseSensitive()}
		}, post("misskey"), true},
		{"an unwanted word", words, func(world) []misskeytest.AntennaOption {
			return []misskeytest.AntennaOption{misskeytest.WithoutWords("spam now")}
		}, post("misskey spam now"), false},
		{"one of two unwanted words", words, func(world) []misskeytest.AntennaOption {
			return []misskeytest.AntennaOption{misskeytest.WithoutWords("spam now")}
		}, post("misskey spam"), true},
		{"a bot", words, func(world) []misskeytest.AntennaOption {
			return []misskeytest.AntennaOption{misskeytest.WithoutBots()}
		}, func(w world) misskey.Note { return w.robot.Post("misskey") }, false},
		{"no file", words, func(world) []misskeytest.AntennaOption {
			return []misskeytest.AntennaOption{misskeytest.OnlyWithFile()}
		}, post("misskey"), false},
		{"a file", words, func(world) []misskeytest.AntennaOption {
			return []misskeytest.AntennaOption{misskeytest.OnlyWithFile()}
		}, post("misskey", misskeytest.WithFiles(misskey.DriveFile{ID: "f"})), true},
		{"not from those users", words, func(w world) []misskeytest.AntennaOption {
			return []misskeytest.AntennaOption{misskeytest.OnlyFrom(w.friend)}
		}, post("misskey"), false},
		{"from those users", words, func(w world) []misskeytest.AntennaOption {
			return []misskeytest.AntennaOption{misskeytest.OnlyFrom(w.friend, w.stranger)}
		}, post("misskey"), true},
		{"from all but those users", words, func(w world) []misskeytest.AntennaOption {
			return []misskeytest.AntennaOption{misskeytest.NotFrom(w.stranger)}
		}, post("misskey"), false},
		{"not on the list", words, func(w world) []misskeytest.AntennaOption {
			return []misskeytest.AntennaOption{misskeytest.OnlyFromList(w.list)}
		}, post("misskey"), false},
		{"on the list", words, func(w world) []misskeytest.AntennaOption {
			return []misskeytest.AntennaOption{misskeytest.OnlyFromList(w.list)}
		}, func(w world) misskey.Note { return w.friend.Post("misskey") }, true},
		{"for followers, not followed", words, nil, post("misskey @me", forFollowers), false},
		{"for followers, followed", words, nil, func(w world) misskey.Note { return w.friend.Post("misskey", forFollowers) }, true},
		{"specified to me", words, nil, func(w world) misskey.Note { return w.stranger.Post("misskey", misskeytest.To(w.me)) }, true},
		{"specified to another", words, nil, func(w world) misskey.Note { return w.stranger.Post("misskey", misskeytest.To(w.friend)) }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := newServer(t)
			w := world{srv, srv.AddUser("me"), srv.AddUser("friend"), srv.AddUser("stranger"), srv.AddUser("robot", misskeytest.AsBot()), nil}
			w.me.Follow(w.friend)
			w.list = w.me.AddList()
			w.list.Add(w.friend)
			var options []misskeytest.AntennaOption
			if tt.options != nil {
				options = tt.options(w)
			}
			antenna := w.me.AddAntenna(tt.words, options...)
			c := dial(t, srv, w.me.Token())
			c.connect("antenna", "a", fmt.Sprintf(`{"antennaId":%q}`, antenna.ID))
			tt.post(w)
			c.sync()
			if heard := len(c.all(event("a", "note"))) == 1; heard != tt.hears {
				t.Errorf("heard %v, want %v", heard, tt.hears)
			}
			var page []misskey.Note
			call(t, srv, w.me.Token(), "antennas/notes", map[string]any{"antennaId": antenna.ID}, &page)
			if (len(page) == 1) != tt.hears {
				t.Errorf("REST has %d notes, want them: %v", len(page), tt.hears)
			}
		})
	}
}

// An antenna by REST: what it hears changes with it.
func TestAntennasByREST(t *testing.T) {
	srv := newServer(t)
	me, bob := srv.AddUser("me"), srv.AddUser("bob")
	params := map[string]any{
		"name": "a", "src": "all", "keywords": [][]string{{"one"}}, "excludeKeywords": [][]string{}, "users": []string{},
		"caseSensitive": false, "withReplies": false, "withFile": false,
	}
	var a misskey.Antenna
	if status := call(t, srv, me.Token(), "antennas/create", params, &a); status != 200 || a.Name != "a" {
		t.Fatalf("antennas/create: %d %+v", status, a)
	}
	one := map[string]any{"antennaId": a.ID}
	c := dial(t, srv, me.Token())
	c.connect("antenna", "a", fmt.Sprintf(`{"antennaId":%q}`, a.ID))
	bob.Post("one")
	do(t, srv, me, "antennas/update", map[string]any{"antennaId": a.ID, "src": "users", "users": []string{"@BOB"}, "keywords": [][]string{{"two", ""}, {""}}})
	bob.Post("one again")
	bob.Post("two")
	me.Post("two, but not by bob")
	c.sync()
	if n := len(c.all(event("a", "note"))); n != 2 {
		t.Errorf("%d notes, want 2", n)
	}
	for _, tt := range []struct {
		by       *misskeytest.User
		endpoint string
		params   map[string]any
		code     string
	}{
		{bob, "antennas/show", one, "NO_SUCH_ANTENNA"},
		{bob, "antennas/update", one, "NO_SUCH_ANTENNA"},
		{bob, "antennas/delete", one, "NO_SUCH_ANTENNA"},
		{me, "antennas/show", one, ""},
		{me, "antennas/update", map[string]any{"antennaId": a.ID, "keywords": [][]string{{""}}}, "EMPTY_KEYWORD"},
		{me, "antennas/update", map[string]any{"antennaId": a.ID, "src": "list", "userListId": "nolist"}, "NO_SUCH_USER_LIST"},
		{me, "antennas/update", map[string]any{"antennaId": a.ID, "keywords": []string{"x"}}, "INVALID_PARAM"},
		{me, "antennas/create", map[string]any{"name": "a"}, "INVALID_PARAM"},
	} {
		if got := refusalOf(t, srv, tt.by, tt.endpoint, tt.params); got != tt.code {
			t.Errorf("%s: %q, want %q", tt.endpoint, got, tt.code)
		}
	}
	for range 4 {
		do(t, srv, me, "antennas/create", params)
	}
	if got := refusalOf(t, srv, me, "antennas/create", params); got != "TOO_MANY_ANTENNAS" {
		t.Errorf("a sixth antenna: %q", got)
	}
	do(t, srv, me, "antennas/delete", one)
	var all []misskey.Antenna
	call(t, srv, me.Token(), "antennas/list", map[string]any{}, &all)
	if len(all) != 4 {
		t.Errorf("%d antennas, want 4", len(all))
	}
}
