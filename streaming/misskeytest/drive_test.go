package misskeytest_test

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

func newPicture(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A file that is uploaded is described as it is, told of, and served.
func TestUpload(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	c := dial(t, srv, alice.Token())
	c.connect("main", "m", "{}")
	c.connect("drive", "d", "{}")
	a := restClient{t, srv, alice}
	picture := newPicture(t, 40, 30)

	var f misskey.DriveFile
	if status := a.upload("picture.png", picture, map[string]string{"isSensitive": "true", "comment": "nothing on it"}, &f); status != 200 {
		t.Fatalf("status %d", status)
	}
	if f.Name != "picture.png" || f.Type != "image/png" || f.Size != int64(len(picture)) || !f.IsSensitive ||
		f.Comment.OrZero() != "nothing on it" || f.Properties.Width.OrZero() != 40 || f.Properties.Height.OrZero() != 30 {
		t.Errorf("file %+v", f)
	}
	c.waitFor("driveFileCreated", event("m", "driveFileCreated"))
	c.waitFor("fileCreated", event("d", "fileCreated"))
	for _, url := range []string{f.URL, f.ThumbnailURL.OrZero()} {
		if status, kind, content := fetch(t, url); status != 200 || kind != "image/png" || !bytes.Equal(content, picture) {
			t.Errorf("%s: %d %s, %d bytes", url, status, kind, len(content))
		}
	}
	if status, _, _ := fetch(t, srv.URL+"/files/nothing"); status != 404 {
		t.Errorf("no file: %d, want 404", status)
	}

	var again misskey.DriveFile
	a.upload("again.png", picture, nil, &again)
	if again.ID != f.ID || c.count("d", "fileCreated") != 1 {
		t.Errorf("the same content made a second file, %s", again.ID)
	}
	a.upload("again.png", picture, map[string]string{"force": "true"}, &again)
	if again.ID == f.ID {
		t.Error("force made no second file")
	}
	var words misskey.DriveFile
	a.upload("words.txt", []byte("words"), map[string]string{"name": "renamed.txt"}, &words)
	if words.Name != "renamed.txt" || words.Type != "text/plain" || words.MD5 != "89759e1284e2479b991d2669de104942" ||
		words.Properties.Width.IsSet() || words.ThumbnailURL.IsSet() {
		t.Errorf("file %+v", words)
	}
	var body refusedBody
	if status := a.upload("x", []byte("x"), map[string]string{"name": "../x"}, &body); status != 400 || body.Error.Code != "INVALID_FILE_NAME" {
		t.Errorf("%d %s, want 400 INVALID_FILE_NAME", status, body.Error.Code)
	}
}

// What the base role allows bounds a file and a drive.
func TestDriveIsFull(t *testing.T) {
	srv := newServer(t, misskeytest.WithBasePolicy("maxFileSizeMb", 1), misskeytest.WithBasePolicy("driveCapacityMb", 2))
	a := restClient{t, srv, srv.AddUser("alice")}
	upload := func(bytes int, first byte, want string) {
		t.Helper()
		content := make([]byte, bytes)
		content[0] = first
		var body refusedBody
		if a.upload("x", content, nil, &body); body.Error.Code != want {
			t.Errorf("%d bytes: %s, want %q", bytes, body.Error.Code, want)
		}
	}
	upload(1<<20+1, 0, "MAX_FILE_SIZE_EXCEEDED")
	upload(1<<20, 1, "")
	upload(1<<20, 2, "")
	upload(1, 3, "NO_FREE_SPACE")
	var drive struct{ Capacity, Usage int64 }
	a.get("drive", nil, &drive)
	if drive.Capacity != 2<<20 || drive.Usage != 2<<20 {
		t.Errorf("drive %+v", drive)
	}
}

func TestDriveByREST(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	a, b := restClient{t, srv, alice}, restClient{t, srv, bob}
	c := dial(t, srv, alice.Token())
	c.connect("drive", "d", "{}")

	var folder, child misskey.DriveFolder
	a.get("drive/folders/create", nil, &folder)
	a.get("drive/folders/create", map[string]any{"name": "child", "parentId": folder.ID}, &child)
	if folder.Name != "Untitled" || child.ParentID.OrZero() != folder.ID {
		t.Errorf("folders %+v, %+v", folder, child)
	}
	top := alice.Upload("top.txt", []byte("top"))
	inside := alice.Upload("inside.txt", []byte("inside"), misskeytest.InFolder(folder.ID))
	picture := alice.Upload("picture.png", newPicture(t, 1, 1))
	id := map[string]any{"fileId": inside.ID}

	for _, list := range []struct {
		endpoint string
		params   map[string]any
		want     []misskey.DriveFileID
	}{
		{"drive/stream", nil, []misskey.DriveFileID{picture.ID, inside.ID, top.ID}},
		{"drive/stream", map[string]any{"type": "image/*"}, []misskey.DriveFileID{picture.ID}},
		{"drive/stream", map[string]any{"sinceId": "0", "limit": 1}, []misskey.DriveFileID{top.ID}},
		{"drive/files", nil, []misskey.DriveFileID{picture.ID, top.ID}},
		{"drive/files", map[string]any{"folderId": folder.ID}, []misskey.DriveFileID{inside.ID}},
		{"drive/files", map[string]any{"sort": "-name"}, []misskey.DriveFileID{picture.ID, top.ID}},
		{"drive/files", map[string]any{"sort": "-size", "limit": 1}, []misskey.DriveFileID{top.ID}},
		{"drive/files", map[string]any{"type": "text/plain"}, []misskey.DriveFileID{top.ID}},
		{"drive/files/find", map[string]any{"name": "top.txt"}, []misskey.DriveFileID{top.ID}},
		{"drive/files/find", map[string]any{"name": "inside.txt"}, nil},
		{"drive/files/find-by-hash", map[string]any{"md5": inside.MD5}, []misskey.DriveFileID{inside.ID}},
	} {
		var files []misskey.DriveFile
		a.get(list.endpoint, list.params, &files)
		same := len(files) == len(list.want)
		for i := 0; same && i < len(files); i++ {
			same = files[i].ID == list.want[i]
		}
		if !same {
			t.Errorf("%s %v: %+v, want %q", list.endpoint, list.params, files, list.want)
		}
	}
	var exists bool
	if a.get("drive/files/check-existence", map[string]any{"md5": top.MD5}, &exists); !exists {
		t.Error("check-existence: false for a file there is")
	}
	if b.get("drive/files/check-existence", map[string]any{"md5": top.MD5}, &exists); exists {
		t.Error("check-existence: true for another's file")
	}

	var shown misskey.DriveFile
	a.get("drive/files/show", id, &shown)
	if shown.UserID.OrZero() != alice.ID || shown.User == nil || shown.Folder == nil || shown.Folder.ID != folder.ID {
		t.Errorf("shown %+v", shown)
	}
	a.get("drive/files/show", map[string]any{"url": top.URL}, &shown)
	if shown.ID != top.ID {
		t.Errorf("shown by url %s, want %s", shown.ID, top.ID)
	}
	b.refused("drive/files/show", id, 400, "ACCESS_DENIED")
	b.refused("drive/files/update", id, 400, "ACCESS_DENIED")
	b.refused("drive/files/delete", id, 400, "ACCESS_DENIED")
	b.refused("drive/folders/show", map[string]any{"folderId": folder.ID}, 400, "NO_SUCH_FOLDER")

	a.get("drive/files/update", map[string]any{
		"fileId": inside.ID, "name": "out.txt", "folderId": nil, "comment": "c", "isSensitive": true,
	}, &shown)
	if shown.Name != "out.txt" || shown.FolderID.IsSet() || shown.Comment.OrZero() != "c" || !shown.IsSensitive {
		t.Errorf("updated %+v", shown)
	}
	a.refused("drive/folders/delete", map[string]any{"folderId": folder.ID}, 400, "HAS_CHILD_FILES_OR_FOLDERS")
	a.refused("drive/folders/update", map[string]any{"folderId": folder.ID, "parentId": child.ID}, 400, "RECURSIVE_NESTING")
	a.refused("drive/folders/update", map[string]any{"folderId": folder.ID, "parentId": "nothing"}, 400, "NO_SUCH_PARENT_FOLDER")
	a.get("drive/folders/update", map[string]any{"folderId": child.ID, "name": "renamed"}, &child)
	a.get("drive/folders/show", map[string]any{"folderId": folder.ID}, &folder)
	if folder.FoldersCount.OrZero() != 1 || folder.FilesCount.Or(9) != 0 || child.Name != "renamed" {
		t.Errorf("folder %+v with %+v", folder, child)
	}
	var folders []misskey.DriveFolder
	if a.get("drive/folders/find", map[string]any{"name": "renamed", "parentId": folder.ID}, &folders); len(folders) != 1 {
		t.Errorf("found %+v", folders)
	}
	if a.get("drive/folders", map[string]any{"folderId": folder.ID}, &folders); len(folders) != 1 {
		t.Errorf("listed %+v", folders)
	}

	note := alice.Post("look", misskeytest.WithFiles(inside))
	var notes []misskey.Note
	a.get("drive/files/attached-notes", id, &notes)
	if len(notes) != 1 || notes[0].ID != note.ID || notes[0].Files[0].Name != "out.txt" || notes[0].Files[0].UserID.OrZero() != alice.ID {
		t.Errorf("attached to %+v", notes)
	}
	b.refused("notes/create", map[string]any{"text": "not mine", "fileIds": []string{string(inside.ID)}}, 400, "NO_SUCH_FILE")

	a.do("drive/files/delete", id)
	a.do("drive/folders/delete", map[string]any{"folderId": child.ID})
	for typ, want := range map[string]int{
		"fileCreated": 3, "fileUpdated": 1, "fileDeleted": 1, "folderCreated": 2, "folderUpdated": 1, "folderDeleted": 1,
	} {
		if n := c.count("d", typ); n != want {
			t.Errorf("%d %s, want %d", n, typ, want)
		}
	}
	a.refused("drive/files/show", id, 400, "NO_SUCH_FILE")
}

// A file is fetched from what the test has put on the web, and its client told.
func TestUploadFromURL(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	c := dial(t, srv, alice.Token())
	c.connect("main", "m", "{}")
	srv.ServeURL("https://example.com/words.txt", []byte("words"))
	a := restClient{t, srv, alice}
	a.do("drive/files/upload-from-url", map[string]any{"url": "https://example.com/nothing", "marker": "never"})
	a.do("drive/files/upload-from-url", map[string]any{"url": "https://example.com/words.txt", "marker": "one"})
	f := c.waitFor("urlUploadFinished", event("m", "urlUploadFinished"))
	var done struct {
		Marker string
		File   misskey.DriveFile
	}
	if mustDecode(t, f.inner().Body, &done); done.Marker != "one" || done.File.Name != "words.txt" || done.File.Size != 5 {
		t.Errorf("finished %+v", done)
	}
}
