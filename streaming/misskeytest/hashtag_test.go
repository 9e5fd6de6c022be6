package misskeytest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// Tags are counted by who uses them, and stay when their notes go.
func TestHashtags(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	alice.Delete(alice.Post("#Cats").ID)
	bob.Post("#cats and #dogs")
	clock.Advance(15 * time.Minute)
	bob.Post("#cats", misskeytest.WithVisibility(misskey.NoteVisibilityHome))
	bob.Post("#secret", misskeytest.WithVisibility(misskey.NoteVisibilityFollowers))
	p := alice.Profile()
	p.Description = "I like #dogs"
	alice.Update(p)

	type tag struct {
		Tag                                     string
		MentionedUsersCount, AttachedUsersCount int
	}
	var cats tag
	if call(t, srv, "", "hashtags/show", map[string]any{"tag": "CATS"}, &cats); cats != (tag{"cats", 2, 0}) {
		t.Errorf("hashtags/show: %+v", cats)
	}
	for _, tt := range []struct {
		params map[string]any
		want   []tag
	}{
		{map[string]any{"sort": "+mentionedUsers"}, []tag{{"cats", 2, 0}, {"dogs", 1, 1}}},
		{map[string]any{"sort": "-mentionedUsers", "limit": 1}, []tag{{"dogs", 1, 1}}},
		{map[string]any{"sort": "+attachedUsers", "attachedToUserOnly": true}, []tag{{"dogs", 1, 1}}},
	} {
		var list []tag
		if call(t, srv, "", "hashtags/list", tt.params, &list); !slices.Equal(list, tt.want) {
			t.Errorf("hashtags/list %v: %+v, want %+v", tt.params, list, tt.want)
		}
	}
	var names []string
	if call(t, srv, "", "hashtags/search", map[string]any{"query": "Ca"}, &names); !slices.Equal(names, []string{"cats"}) {
		t.Errorf("hashtags/search: %q", names)
	}
	var trends []struct {
		Tag        string
		Chart      []int
		UsersCount int
	}
	call(t, srv, "", "hashtags/trend", map[string]any{}, &trends)
	if len(trends) != 2 || trends[0].Tag != "cats" || trends[0].UsersCount != 2 || len(trends[0].Chart) != 20 ||
		!slices.Equal(trends[0].Chart[:3], []int{1, 2, 0}) {
		t.Errorf("hashtags/trend: %+v", trends)
	}
	if got := refusalOf(t, srv, nil, "hashtags/show", map[string]any{"tag": "secret"}); got != "NO_SUCH_HASHTAG" {
		t.Errorf("a tag for followers: %q", got)
	}
}

// A number is no tag, and one tag is one however it is written.
func TestTagsOfANote(t *testing.T) {
	srv := newServer(t)
	note := srv.AddUser("alice").Post("#1 #2026 #v2 #V2 x#no (#yes)")
	if want := []string{"v2", "yes"}; !slices.Equal(note.Tags, want) {
		t.Errorf("tags %q, want %q", note.Tags, want)
	}
}
