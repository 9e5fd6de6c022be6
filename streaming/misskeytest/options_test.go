package misskeytest_test

import (
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// What options say of things is seen where the things are shown.
func TestOptionsShow(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice", misskeytest.WithPassword("open sesame"))
	srv.AddRole("plain").Assign(alice)
	srv.AddRole("star", misskeytest.AsBadge()).Assign(alice)

	note := alice.Post("x", misskeytest.WithFiles(alice.Upload("x.txt", []byte("x"), misskeytest.Sensitive())))
	if len(note.Files) != 1 || !note.Files[0].IsSensitive {
		t.Errorf("files %+v, want one that is sensitive", note.Files)
	}
	var shown misskey.Note
	call(t, srv, "", "notes/show", map[string]any{"noteId": note.ID}, &shown)
	if badges := shown.User.BadgeRoles; len(badges) != 1 || badges[0].Name != "star" {
		t.Errorf("badges %+v, want the star alone", badges)
	}

	old := alice.Token()
	if status := call(t, srv, old, "i/regenerate-token", map[string]any{"password": misskeytest.DefaultPassword}, nil); status != 500 {
		t.Errorf("another password: status %d, want 500", status)
	}
	if status := call(t, srv, old, "i/regenerate-token", map[string]any{"password": "open sesame"}, nil); status != 204 {
		t.Errorf("the password: status %d, want 204", status)
	}
	if alice.Token() == old {
		t.Error("the token is the old one")
	}
}
