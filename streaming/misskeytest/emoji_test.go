package misskeytest_test

import (
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

func TestEmojisByREST(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	a := restClient{t, srv, alice}
	c := dial(t, srv, "")
	picture := alice.Upload("cat.png", newPicture(t, 1, 1))
	params := map[string]any{"name": "cat", "fileId": picture.ID, "aliases": []string{"neko"}, "category": "animals"}
	a.refused("admin/emoji/add", params, 403, "ROLE_PERMISSION_DENIED")
	srv.AddRole("emojis", misskeytest.WithPolicy("canManageCustomEmojis", true)).Assign(alice)

	var cat misskey.EmojiDetailed
	a.get("admin/emoji/add", params, &cat)
	c.waitFor("emojiAdded", ofType("emojiAdded"))
	if cat.URL != picture.URL || cat.Category.OrZero() != "animals" || len(cat.Aliases) != 1 {
		t.Errorf("added %+v", cat)
	}
	a.refused("admin/emoji/add", params, 400, "DUPLICATE_NAME")
	a.refused("admin/emoji/add", map[string]any{"name": "dog", "fileId": "nothing"}, 400, "NO_SUCH_FILE")

	status, _, _ := fetch(t, srv.URL+"/api/emojis")
	if status != 200 {
		t.Errorf("GET emojis: %d", status)
	}
	if status, _, _ := fetch(t, srv.URL+"/api/emoji?name=cat"); status != 200 {
		t.Errorf("GET emoji: %d", status)
	}
	var list struct{ Emojis []map[string]any }
	a.get("emojis", nil, &list)
	if len(list.Emojis) != 1 || list.Emojis[0]["name"] != "cat" || list.Emojis[0]["isSensitive"] != nil {
		t.Errorf("emojis %v", list)
	}

	a.do("admin/emoji/update", map[string]any{"name": "cat", "license": "MIT", "isSensitive": true})
	c.waitFor("emojiUpdated", ofType("emojiUpdated"))
	a.get("emoji", map[string]any{"name": "cat"}, &cat)
	if cat.License.OrZero() != "MIT" || !cat.IsSensitive || cat.Category.OrZero() != "animals" {
		t.Errorf("updated %+v", cat)
	}
	srv.AddEmoji("dog")
	a.refused("admin/emoji/update", map[string]any{"id": cat.ID, "name": "dog"}, 400, "SAME_NAME_EMOJI_EXISTS")
	a.do("admin/emoji/update", map[string]any{"id": cat.ID, "name": "kitten"})
	a.refused("emoji", map[string]any{"name": "cat"}, 500, "INTERNAL_ERROR")
	a.refused("admin/emoji/update", map[string]any{"name": "cat"}, 400, "NO_SUCH_EMOJI")
	a.do("admin/emoji/delete", map[string]any{"id": cat.ID})
	a.refused("admin/emoji/delete", map[string]any{"id": cat.ID}, 400, "NO_SUCH_EMOJI")
	c.sync()
	if added, deleted := len(c.all(ofType("emojiAdded"))), len(c.all(ofType("emojiDeleted"))); added != 3 || deleted != 2 {
		t.Errorf("%d emojiAdded and %d emojiDeleted, want 3 and 2", added, deleted)
	}
}
