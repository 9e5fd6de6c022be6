package misskeytest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// ids lists what a page holds.
func ids(t testing.TB, srv *misskeytest.Server, token, endpoint string, params map[string]any) []string {
	t.Helper()
	var list []struct{ ID string }
	body, err := json.Marshal(with(params, nil))
	if err != nil {
		t.Fatal(err)
	}
	r := ask(t, srv, token, endpoint, string(body))
	if r.status != 200 {
		t.Fatalf("%s %s: %d %s", endpoint, body, r.status, r.body)
	}
	if err := json.Unmarshal([]byte(r.body), &list); err != nil {
		t.Fatal(err)
	}
	all := []string{}
	for _, x := range list {
		all = append(all, x.ID)
	}
	return all
}

// with joins params.
func with(params map[string]any, more map[string]any) map[string]any {
	all := map[string]any{}
	maps.Copy(all, params)
	maps.Copy(all, more)
	return all
}

func wantIDs(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func reversed(all []string) []string {
	all = slices.Clone(all)
	slices.Reverse(all)
	return all
}

// feed is an endpoint that answers in pages.
type feed struct {
	endpoint string
	params   map[string]any
	all      []string // what there is, oldest first
	// newestFirst: a page after a since is sorted the other way round.
	newestFirst bool
	// oldestFirst: a page between two ends is the oldest, oldest first.
	oldestFirst bool
}

// library is a server on which everything that is read in pages has things.
func library(t *testing.T) (srv *misskeytest.Server, alice *misskeytest.User, feeds []feed) {
	srv = newServer(t, misskeytest.WithoutRateLimits())
	alice = srv.AddUser("alice")
	bob, carol := srv.AddUser("bob"), srv.AddUser("carol")
	alice.Follow(bob)
	list := alice.AddList()
	list.Add(bob)
	role := srv.AddRole("r")
	role.Assign(bob)
	antenna := alice.AddAntenna([]string{"word"})
	channel := carol.AddChannel("c")
	target := srv.AddUser("dave").Post("target", misskeytest.WithVisibility(misskey.NoteVisibilityHome))
	var notes, inChannel, answers, passed, reactions []string
	for range 12 {
		notes = append(notes, string(bob.Post("@alice word #tag").ID))
		inChannel = append(inChannel, string(carol.Post("x", misskeytest.InChannel(channel)).ID))
	}
	atHome := misskeytest.WithVisibility(misskey.NoteVisibilityHome)
	for i := range 12 {
		answers = append(answers, string(carol.Reply(target.ID, "x", atHome).ID))
		passed = append(passed, string(carol.Renote(target.ID, atHome).ID))
		srv.AddUser(fmt.Sprint("reader", i)).React(target.ID, "👍")
	}
	about := map[string]any{"noteId": target.ID}
	reactions = reversed(ids(t, srv, "", "notes/reactions", with(about, map[string]any{"limit": 100})))
	quiet := map[string]any{"markAsRead": false}
	notified := reversed(ids(t, srv, alice.Token(), "i/notifications", with(quiet, map[string]any{"limit": 100})))
	none := map[string]any{}
	return srv, alice, []feed{
		{endpoint: "notes/timeline", params: none, all: notes},
		{endpoint: "notes/local-timeline", params: none, all: notes},
		{endpoint: "notes/hybrid-timeline", params: none, all: notes},
		{endpoint: "notes/global-timeline", params: none, all: notes},
		{endpoint: "notes/user-list-timeline", params: map[string]any{"listId": list.ID}, all: notes},
		{endpoint: "channels/timeline", params: map[string]any{"channelId": channel.ID}, all: inChannel},
		{endpoint: "antennas/notes", params: map[string]any{"antennaId": antenna.ID}, all: notes},
		{endpoint: "roles/notes", params: map[string]any{"roleId": role.ID}, all: notes, newestFirst: true},
		{endpoint: "notes/search-by-tag", params: map[string]any{"tag": "Tag"}, all: notes},
		{endpoint: "notes/search-by-tag", params: map[string]any{"query": [][]string{{"other"}, {"tag"}}}, all: notes},
		{endpoint: "users/notes", params: map[string]any{"userId": bob.ID}, all: notes},
		{endpoint: "notes/mentions", params: none, all: notes, oldestFirst: true},
		{endpoint: "notes/replies", params: about, all: answers},
		{endpoint: "notes/children", params: about, all: answers},
		{endpoint: "notes/renotes", params: about, all: passed},
		{endpoint: "notes/reactions", params: about, all: reactions},
		{endpoint: "i/notifications", params: quiet, all: notified},
		{endpoint: "i/notifications-grouped", params: quiet, all: notified},
	}
}

// Paging: each row of the table, and each line about ids.
func TestRESTPaging(t *testing.T) {
	srv, alice, feeds := library(t)
	token := alice.Token()
	for _, f := range feeds {
		t.Run(f.endpoint, func(t *testing.T) {
			if len(f.all) < 12 {
				t.Fatalf("only %d things", len(f.all))
			}
			f.all = f.all[:12]
			get := func(params map[string]any) []string {
				t.Helper()
				return ids(t, srv, token, f.endpoint, with(f.params, params))
			}
			three := func(params map[string]any) map[string]any { return with(params, map[string]any{"limit": 3}) }
			a := f.all
			oldest := []string{a[3], a[4], a[5]}
			if f.newestFirst {
				slices.Reverse(oldest)
			}
			wantIDs(t, "sinceId alone", get(three(map[string]any{"sinceId": a[2]})), oldest...)
			wantIDs(t, "untilId alone", get(three(map[string]any{"untilId": a[6]})), a[5], a[4], a[3])
			between := []string{a[8], a[7], a[6]}
			if f.oldestFirst {
				between = []string{a[3], a[4], a[5]}
			}
			wantIDs(t, "both", get(three(map[string]any{"sinceId": a[2], "untilId": a[9]})), between...)
			whole := map[string]any{"untilId": a[11] + "0", "limit": 100}
			wantIDs(t, "everything", get(whole), reversed(a)...)
			if n := len(get(map[string]any{"untilId": a[11] + "0"})); n != 10 {
				t.Errorf("limit default: %d, want 10", n)
			}
			for _, limit := range []int{0, 101} {
				body, _ := json.Marshal(with(f.params, map[string]any{"limit": limit}))
				ask(t, srv, token, f.endpoint, string(body)).want(t, 400, "INVALID_PARAM")
			}
			first := []string{a[0], a[1], a[2]}
			if f.newestFirst {
				slices.Reverse(first)
			}
			wantIDs(t, `even "0"`, get(three(map[string]any{"sinceId": "0"})), first...)
			wantIDs(t, "8 characters", get(three(map[string]any{"sinceId": a[0][:7]})), first...)
			wantIDs(t, "zzzz", get(map[string]any{"sinceId": "zzzz"}))
			wantIDs(t, `until "0"`, get(map[string]any{"untilId": "0"}))
			body, _ := json.Marshal(with(f.params, map[string]any{"sinceId": "a-b"}))
			ask(t, srv, token, f.endpoint, string(body)).want(t, 400, "INVALID_PARAM")
		})
	}
}

// Ids and dates: each line about them.
func TestRESTIDsAndDates(t *testing.T) {
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	clock := misskeytest.NewManualClock(start)
	srv := newServer(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
	alice := srv.AddUser("alice")
	var notes []misskey.Note
	for range 4 {
		clock.Advance(time.Second)
		notes = append(notes, alice.Post("x"))
	}
	at := func(i int) int64 { return notes[i].CreatedAt.UnixMilli() }
	get := func(params map[string]any) []string {
		t.Helper()
		return ids(t, srv, alice.Token(), "notes/timeline", params)
	}
	id := func(i int) string { return string(notes[i].ID) }

	t.Run("first 8 chars decode EXACTLY to createdAt", func(t *testing.T) {
		for _, n := range notes {
			ms, err := strconv.ParseInt(string(n.ID)[:8], 36, 64)
			made := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(ms) * time.Millisecond)
			if err != nil || len(n.ID) != 16 || !made.Equal(n.CreatedAt) {
				t.Errorf("%s was made at %v, want %v", n.ID, made, n.CreatedAt)
			}
		}
	})
	t.Run("base36(ms) + 00000000 includes that ms, + zzzzzzzz excludes it", func(t *testing.T) {
		wantIDs(t, "0", get(map[string]any{"sinceId": id(2)[:8] + "00000000"}), id(2), id(3))
		wantIDs(t, "z", get(map[string]any{"sinceId": id(2)[:8] + "zzzzzzzz"}), id(3))
	})
	t.Run("sinceDate=t excludes a note of t, untilDate=t includes it", func(t *testing.T) {
		wantIDs(t, "since", get(map[string]any{"sinceDate": at(1)}), id(2), id(3))
		wantIDs(t, "since before", get(map[string]any{"sinceDate": at(1) - 1}), id(1), id(2), id(3))
		wantIDs(t, "until", get(map[string]any{"untilDate": at(1)}), id(1), id(0))
		wantIDs(t, "before 2000", get(map[string]any{"sinceDate": 5}), id(0), id(1), id(2), id(3))
	})
	t.Run("id wins over date if both", func(t *testing.T) {
		wantIDs(t, "since", get(map[string]any{"sinceId": id(2), "sinceDate": at(0) - 1}), id(3))
		wantIDs(t, "until", get(map[string]any{"untilId": id(1), "untilDate": at(3)}), id(0))
	})
	t.Run("a deleted id works", func(t *testing.T) {
		alice.Delete(notes[1].ID)
		wantIDs(t, "since", get(map[string]any{"sinceId": id(1)}), id(2), id(3))
		wantIDs(t, "until", get(map[string]any{"untilId": id(1)}), id(0))
	})
}

// walk reads page after page, backwards, and returns their sizes and what was in
// them.
func walk(t *testing.T, srv *misskeytest.Server, token, endpoint string, params map[string]any) (sizes []int, all []string) {
	t.Helper()
	for {
		ask := with(params, map[string]any{"limit": 100})
		if len(all) > 0 {
			ask["untilId"] = slices.Min(all)
		}
		page := ids(t, srv, token, endpoint, ask)
		if len(page) == 0 {
			return sizes, all
		}
		sizes = append(sizes, len(page))
		all = append(all, page...)
	}
}

// Reach: how far back each list goes when nothing stands behind it.
func TestRESTReach(t *testing.T) {
	// The lists are cut back to their maximum when they are 22 over it.
	for _, tt := range []struct {
		endpoint      string
		holds, beyond int // before and after they are cut
	}{
		{"notes/timeline", 322, 300},
		{"notes/user-list-timeline", 322, 300},
		{"notes/local-timeline", 1022, 1000},
		{"antennas/notes", 222, 200},
		{"roles/notes", 1022, 1000},
		{"channels/timeline", 1022, 1023}, // always goes on
	} {
		t.Run(tt.endpoint, func(t *testing.T) {
			srv := newServer(t, misskeytest.WithoutRateLimits(), misskeytest.WithoutDatabaseFallback())
			alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
			alice.Follow(bob)
			list, role, antenna := alice.AddList(), srv.AddRole("r"), alice.AddAntenna([]string{"word"})
			list.Add(bob)
			role.Assign(bob)
			channel := bob.AddChannel("c")
			var options []misskeytest.NoteOption
			if tt.endpoint == "channels/timeline" {
				options = append(options, misskeytest.InChannel(channel))
			}
			params := map[string]any{"listId": list.ID, "roleId": role.ID, "antennaId": antenna.ID, "channelId": channel.ID}
			for range tt.holds {
				bob.Post("word", options...)
			}
			if _, all := walk(t, srv, alice.Token(), tt.endpoint, params); len(all) != tt.holds {
				t.Errorf("%d reached, want %d", len(all), tt.holds)
			}
			bob.Post("word", options...)
			if _, all := walk(t, srv, alice.Token(), tt.endpoint, params); len(all) != tt.beyond {
				t.Errorf("%d reached then, want %d", len(all), tt.beyond)
			}
		})
	}
	t.Run("home, local, list, global, tag and users/notes go on in the database", func(t *testing.T) {
		srv := newServer(t)
		alice := srv.AddUser("alice")
		list := alice.AddList()
		list.Add(alice)
		for range 1100 {
			alice.Post("#tag")
		}
		params := map[string]any{"listId": list.ID, "userId": alice.ID, "tag": "tag"}
		for _, endpoint := range []string{
			"notes/timeline", "notes/local-timeline", "notes/hybrid-timeline", "notes/user-list-timeline",
			"notes/global-timeline", "notes/search-by-tag", "users/notes",
		} {
			_, all := walk(t, srv, alice.Token(), endpoint, params)
			slices.Sort(all)
			if len(slices.Compact(all)) != 1100 {
				t.Errorf("%s: %d reached, want 1100", endpoint, len(all))
			}
		}
	})
	t.Run("notifications: 500, and nothing after", func(t *testing.T) {
		srv := newServer(t, misskeytest.WithoutRateLimits())
		alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
		for range 600 {
			bob.Post("@alice")
		}
		if _, all := walk(t, srv, alice.Token(), "i/notifications", nil); len(all) != 500 {
			t.Errorf("%d reached, want 500", len(all))
		}
	})
	t.Run("antenna: sinceId silently starts at what is left", func(t *testing.T) {
		srv := newServer(t)
		alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
		antenna := alice.AddAntenna([]string{"word"})
		var notes []string
		for range 223 {
			notes = append(notes, string(bob.Post("word").ID))
		}
		got := ids(t, srv, alice.Token(), "antennas/notes", map[string]any{"antennaId": antenna.ID, "sinceId": notes[0], "limit": 1})
		wantIDs(t, "first", got, notes[23])
	})
	t.Run("roles/notes: filtered after the cut, needs a token", func(t *testing.T) {
		srv := newServer(t)
		alice := srv.AddUser("alice")
		role := srv.AddRole("r")
		role.Assign(alice)
		for i := range 100 {
			if i%10 == 0 {
				alice.Post("x", misskeytest.WithVisibility(misskey.NoteVisibilityHome))
			} else {
				alice.Post("x")
			}
		}
		params := map[string]any{"roleId": role.ID, "limit": 100}
		if page := ids(t, srv, alice.Token(), "roles/notes", params); len(page) != 90 {
			t.Errorf("a page of %d, want 90", len(page))
		}
		ask(t, srv, "", "roles/notes", fmt.Sprintf(`{"roleId":%q}`, role.ID)).want(t, 401, "CREDENTIAL_REQUIRED")
	})
	t.Run("channels/timeline: no token needed", func(t *testing.T) {
		srv := newServer(t)
		alice := srv.AddUser("alice")
		channel := alice.AddChannel("c")
		note := alice.Post("x", misskeytest.InChannel(channel))
		wantIDs(t, "channel", ids(t, srv, "", "channels/timeline", map[string]any{"channelId": channel.ID}), string(note.ID))
	})
	t.Run("allowPartial: at the Redis floor what Redis had", func(t *testing.T) {
		srv := newServer(t)
		alice := srv.AddUser("alice")
		for range 481 {
			alice.Post("x")
		}
		sizes, all := walk(t, srv, alice.Token(), "notes/timeline", map[string]any{"allowPartial": true})
		if want := []int{100, 100, 100, 20, 100, 61}; !slices.Equal(sizes, want) || len(all) != 481 {
			t.Errorf("pages of %d, want %d", sizes, want)
		}
		if sizes, _ := walk(t, srv, alice.Token(), "notes/timeline", map[string]any{}); !slices.Equal(sizes, []int{100, 100, 100, 100, 81}) {
			t.Errorf("pages of %d without it", sizes)
		}
	})
	t.Run("a short page is not the end", func(t *testing.T) {
		srv := newServer(t)
		alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
		antenna := alice.AddAntenna([]string{"word"})
		var notes []misskey.Note
		for range 20 {
			notes = append(notes, bob.Post("word"))
		}
		bob.Delete(notes[15].ID)
		page := ids(t, srv, alice.Token(), "antennas/notes", map[string]any{"antennaId": antenna.ID})
		if len(page) != 9 {
			t.Errorf("a page of %d, want 9", len(page))
		}
	})
}

// Notifications: each line of their row.
func TestRESTNotifications(t *testing.T) {
	get := func(t *testing.T, srv *misskeytest.Server, u *misskeytest.User, endpoint string, params map[string]any) []map[string]any {
		t.Helper()
		body, _ := json.Marshal(with(params, nil))
		r := ask(t, srv, u.Token(), endpoint, string(body))
		var list []map[string]any
		if err := json.Unmarshal([]byte(r.body), &list); err != nil || r.status != 200 {
			t.Fatalf("%d %s", r.status, r.body)
		}
		return list
	}
	t.Run("filtered after the cut", func(t *testing.T) {
		srv := newServer(t)
		alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
		note := alice.Post("x")
		for i := range 20 {
			if i%2 == 0 {
				bob.Post("@alice")
			} else {
				bob.React(note.ID, []string{"👍", "🎉"}[i/2%2])
			}
		}
		page := func(params map[string]any) int {
			return len(get(t, srv, alice, "i/notifications", with(params, map[string]any{"markAsRead": false})))
		}
		if n := page(map[string]any{"includeTypes": []string{"mention"}}); n != 5 {
			t.Errorf("%d of 10, want 5", n)
		}
		if n := page(map[string]any{"excludeTypes": []string{"mention"}}); n != 5 {
			t.Errorf("%d of 10, want 5", n)
		}
		if n := page(map[string]any{"includeTypes": []string{"follow"}}); n != 0 {
			t.Errorf("%d of a type there is none of", n)
		}
		if n := page(map[string]any{"includeTypes": []string{}}); n != 0 {
			t.Errorf("%d of no type", n)
		}
	})
	t.Run("a page is never empty while there are more", func(t *testing.T) {
		srv := newServer(t)
		alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
		bob.Follow(alice)
		for range 30 {
			bob.Post("@alice")
		}
		if page := get(t, srv, alice, "i/notifications", map[string]any{"includeTypes": []string{"follow"}}); len(page) != 1 {
			t.Errorf("%d, want the one", len(page))
		}
	})
	t.Run("what a deleted note gave is gone", func(t *testing.T) {
		srv := newServer(t)
		alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
		bob.Delete(bob.Post("@alice").ID)
		if page := get(t, srv, alice, "i/notifications", nil); len(page) != 0 {
			t.Errorf("%v", page)
		}
	})
	t.Run("grouped makes reaction:grouped and renote:grouped", func(t *testing.T) {
		srv := newServer(t)
		alice := srv.AddUser("alice")
		note, other := alice.Post("x"), alice.Post("y")
		for i := range 3 {
			srv.AddUser(fmt.Sprint("reader", i)).React(note.ID, "👍")
		}
		for i := range 2 {
			srv.AddUser(fmt.Sprint("renoter", i)).Renote(note.ID)
		}
		srv.User("reader0").React(other.ID, "🎉")
		single := get(t, srv, alice, "i/notifications", map[string]any{"markAsRead": false})
		rows := get(t, srv, alice, "i/notifications-grouped", map[string]any{"markAsRead": false})
		var types []any
		for _, n := range rows {
			types = append(types, n["type"])
		}
		if want := []any{"reaction", "renote:grouped", "reaction:grouped"}; !slices.Equal(types, want) {
			t.Fatalf("types %v, want %v", types, want)
		}
		renotes, reactions := rows[1], rows[2]
		if renotes["id"] != single[2]["id"] || renotes["createdAt"] != single[1]["createdAt"] || len(renotes["users"].([]any)) != 2 || renotes["note"] == nil {
			t.Errorf("renote:grouped %v", renotes)
		}
		if reactions["id"] != single[5]["id"] || len(reactions["reactions"].([]any)) != 3 || reactions["note"].(map[string]any)["id"] != string(note.ID) {
			t.Errorf("reaction:grouped %v", reactions)
		}
	})
	t.Run("markAsRead defaults to true and fires readAllNotifications", func(t *testing.T) {
		for _, endpoint := range []string{"i/notifications", "i/notifications-grouped"} {
			srv, bot, alice, _, c := people(t)
			get(t, srv, bot, endpoint, nil) // nothing there, nothing read
			alice.Post("@bot")
			get(t, srv, bot, endpoint, map[string]any{"markAsRead": false})
			c.sync()
			if len(c.all(event("m", "readAllNotifications"))) != 0 {
				t.Errorf("%s: read too early", endpoint)
			}
			get(t, srv, bot, endpoint, nil)
			get(t, srv, bot, endpoint, nil)
			c.sync()
			if n := len(c.all(event("m", "readAllNotifications"))); n != 1 {
				t.Errorf("%s: %d readAllNotifications, want 1", endpoint, n)
			}
			alice.Post("@bot")
			ask(t, srv, bot.Token(), "notifications/mark-all-as-read", `{}`).want(t, 204, "")
			c.sync()
			if n := len(c.all(event("m", "readAllNotifications"))); n != 2 {
				t.Errorf("%s: %d readAllNotifications after mark-all-as-read, want 2", endpoint, n)
			}
		}
	})
	t.Run("app, test and flush", func(t *testing.T) {
		srv, bot, _, _, c := people(t)
		ask(t, srv, bot.Token(), "notifications/create", `{"body":"b","header":"h"}`).want(t, 204, "")
		ask(t, srv, bot.Token(), "notifications/test-notification", `{}`).want(t, 204, "")
		list := get(t, srv, bot, "i/notifications", map[string]any{"markAsRead": false})
		if len(list) != 2 || list[0]["type"] != "test" || list[1]["type"] != "app" || list[1]["body"] != "b" || list[1]["header"] != "h" || list[1]["icon"] != nil {
			t.Errorf("%v", list)
		}
		ask(t, srv, bot.Token(), "notifications/flush", `{}`).want(t, 204, "")
		c.waitFor("notificationFlushed", event("m", "notificationFlushed"))
		if list := get(t, srv, bot, "i/notifications", nil); len(list) != 0 {
			t.Errorf("%v", list)
		}
	})
}
