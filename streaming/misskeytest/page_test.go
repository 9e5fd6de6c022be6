package misskeytest_test

import (
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

func TestPagesByREST(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	a, b := restClient{t, srv, alice}, restClient{t, srv, bob}
	c := dial(t, srv, alice.Token())
	c.connect("main", "m", "{}")
	picture := alice.Upload("picture.png", newPicture(t, 1, 1))
	params := func(name string) map[string]any {
		return map[string]any{
			"title": "title", "name": name, "script": "", "variables": []any{},
			"content":            []any{map[string]any{"id": "b", "type": "text", "text": "hello"}},
			"eyeCatchingImageId": picture.ID, "font": "serif",
		}
	}
	var made, shown misskey.Page
	a.get("pages/create", params("page"), &made)
	if made.Font != misskey.PageFontSerif || len(made.Content) != 1 || made.EyeCatchingImage == nil || made.User.ID != alice.ID {
		t.Errorf("made %+v", made)
	}
	id := map[string]any{"pageId": made.ID}
	a.refused("pages/create", params("page"), 400, "NAME_ALREADY_EXISTS")
	a.refused("pages/create", params("a/b"), 400, "INVALID_PARAM")
	b.refused("pages/create", params("page"), 400, "NO_SUCH_FILE")
	b.refused("pages/update", id, 400, "ACCESS_DENIED")
	b.refused("pages/delete", id, 400, "ACCESS_DENIED")

	a.do("pages/update", map[string]any{"pageId": made.ID, "title": "another"})
	b.get("pages/show", map[string]any{"name": "page", "username": "alice"}, &shown)
	if shown.ID != made.ID || shown.Title != "another" || len(shown.Content) != 1 {
		t.Errorf("shown %+v", shown)
	}
	restClient{t, srv, nil}.get("pages/show", id, &shown)
	var mine []misskey.Page
	if a.get("i/pages", nil, &mine); len(mine) != 1 {
		t.Errorf("mine %+v", mine)
	}

	b.do("page-push", map[string]any{"pageId": made.ID, "event": "pressed"})
	f := c.waitFor("pageEvent", event("m", "pageEvent"))
	body := object(t, f.inner().Body)
	if string(body["event"]) != `"pressed"` || string(body["var"]) != "null" || string(body["userId"]) != `"`+string(bob.ID)+`"` {
		t.Errorf("pageEvent %s", f.inner().Body)
	}
	if status := call(t, srv, bob.AppToken("write:pages"), "page-push", map[string]any{"pageId": made.ID, "event": "x"}, nil); status != 400 {
		t.Errorf("an app's push: %d, want 400", status)
	}
	a.do("pages/delete", id)
	for _, endpoint := range []string{"pages/show", "pages/update", "pages/delete"} {
		a.refused(endpoint, id, 400, "NO_SUCH_PAGE")
	}
	b.refused("page-push", map[string]any{"pageId": made.ID, "event": "x"}, 400, "NO_SUCH_PAGE")
}
