package misskeytest_test

import (
	"strings"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// The same code has another id at every endpoint, and clients tell by the id.
func TestRefusalsOfThings(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	eve := srv.AddUser("eve", misskeytest.WithChatScope(misskey.ChatScopeEveryone))
	eve.Block(alice)
	a := restClient{t, srv, alice}
	page, file := alice.AddPage("t", "page"), alice.Upload("x", []byte("x"))
	alice.AddPage("t", "other")
	room := bob.AddRoom("bob's")
	srv.AddRole("emojis", misskeytest.WithPolicy("canManageCustomEmojis", true)).Assign(alice)
	srv.AddEmoji("cat")
	type params = map[string]any
	toBob := func(more params) params {
		more["toUserId"] = bob.ID
		return more
	}
	for _, tt := range []struct {
		endpoint string
		params   params
		code, id string // the id's beginning
	}{
		{"chat/messages/create-to-user", toBob(params{}), "CONTENT_REQUIRED", "25587321"},
		{"chat/messages/create-to-user", toBob(params{"text": ""}), "CONTENT_REQUIRED", "25587321"},
		{"chat/messages/create-to-user", toBob(params{"fileId": "nothing"}), "NO_SUCH_FILE", "4372b8e2"},
		{"chat/messages/create-to-user", params{"toUserId": alice.ID, "text": "x"}, "RECIPIENT_IS_YOURSELF", "17e2ba79"},
		{"chat/messages/create-to-user", params{"toUserId": eve.ID, "text": "x"}, "YOU_HAVE_BEEN_BLOCKED", "c15a5199"},
		{"chat/messages/create-to-user", params{"toUserId": "nobody", "text": "x"}, "NO_SUCH_USER", "11795c64"},
		{"chat/messages/create-to-room", params{"toRoomId": "nothing", "text": "x"}, "NO_SUCH_ROOM", "8098520d"},
		{"chat/messages/create-to-room", params{"toRoomId": room.ID}, "CONTENT_REQUIRED", "340517b7"},
		{"chat/messages/create-to-room", params{"toRoomId": room.ID, "fileId": "nothing"}, "NO_SUCH_FILE", "b6accbd3"},
		{"chat/messages/delete", params{"messageId": "nothing"}, "NO_SUCH_MESSAGE", "36b67f0e"},
		{"chat/messages/react", params{"messageId": "nothing", "reaction": "👍"}, "NO_SUCH_MESSAGE", "9b5839b9"},
		{"chat/messages/unreact", params{"messageId": "nothing", "reaction": "👍"}, "NO_SUCH_MESSAGE", "c39ea42f"},
		{"chat/messages/show", params{"messageId": "nothing"}, "NO_SUCH_MESSAGE", "3710865b"},
		{"chat/messages/user-timeline", params{"userId": "nobody"}, "NO_SUCH_USER", "11795c64"},
		{"chat/messages/search", params{"query": "x", "roomId": room.ID}, "NO_SUCH_ROOM", "460b3669"},
		{"chat/rooms/join", params{"roomId": "nothing"}, "NO_SUCH_ROOM", "84416476"},
		{"chat/rooms/leave", params{"roomId": "nothing"}, "NO_SUCH_ROOM", "cb7f3179"},
		{"chat/rooms/mute", params{"roomId": "nothing", "mute": true}, "NO_SUCH_ROOM", "c2cde4eb"},
		{"chat/rooms/members", params{"roomId": room.ID}, "NO_SUCH_ROOM", "7b9fe84c"},
		{"chat/rooms/invitations/ignore", params{"roomId": "nothing"}, "NO_SUCH_ROOM", "5130557e"},
		{"chat/rooms/invitations/outbox", params{"roomId": room.ID}, "NO_SUCH_ROOM", "a3c6b309"},
		{"drive/files/show", params{"fileId": "nothing"}, "NO_SUCH_FILE", "067bc436"},
		{"drive/files/update", params{"fileId": "nothing"}, "NO_SUCH_FILE", "e7778c7e"},
		{"drive/files/update", params{"fileId": file.ID, "name": "a/b"}, "INVALID_FILE_NAME", "395e7156"},
		{"drive/files/update", params{"fileId": file.ID, "folderId": "nothing"}, "NO_SUCH_FOLDER", "ea8fb7a5"},
		{"drive/files/delete", params{"fileId": "nothing"}, "NO_SUCH_FILE", "908939ec"},
		{"drive/files/attached-notes", params{"fileId": "nothing"}, "NO_SUCH_FILE", "c118ece3"},
		{"drive/folders/create", params{"parentId": "nothing"}, "NO_SUCH_FOLDER", "53326628"},
		{"drive/folders/update", params{"folderId": "nothing"}, "NO_SUCH_FOLDER", "f7974dac"},
		{"drive/folders/delete", params{"folderId": "nothing"}, "NO_SUCH_FOLDER", "1069098f"},
		{"pages/update", params{"pageId": page.ID, "name": "other"}, "NAME_ALREADY_EXISTS", "2298a392"},
		{"pages/update", params{"pageId": page.ID, "eyeCatchingImageId": "nothing"}, "NO_SUCH_FILE", "cfc23c7c"},
		{"pages/show", params{"name": "nothing", "username": "alice"}, "NO_SUCH_PAGE", "222120c0"},
		{"pages/show", params{}, "INVALID_PARAM", "3d81ceae"},
		{"admin/emoji/update", params{"name": "cat", "fileId": "nothing"}, "NO_SUCH_FILE", "14fb9fd9"},
		{"admin/emoji/update", params{}, "INVALID_PARAM", "3d81ceae"},
	} {
		body := a.refused(tt.endpoint, tt.params, 400, tt.code)
		if !strings.HasPrefix(body.Error.ID, tt.id) || len(body.Error.ID) != 36 {
			t.Errorf("%s %v: id %s, want %s", tt.endpoint, tt.params, body.Error.ID, tt.id)
		}
	}
}

// What is kept by id is read in pages, ids of the test's choice included.
func TestPagesOfChat(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob", misskeytest.WithChatScope(misskey.ChatScopeEveryone))
	last := alice.Chat(bob, "last").ID
	for _, id := range []string{"0000000200000000", "0000000100000000"} {
		alice.Chat(bob, id, misskeytest.WithID(id))
	}
	read := func(params map[string]any) string {
		t.Helper()
		params["userId"] = alice.ID
		var lines []misskey.ChatMessageLite
		restClient{t, srv, bob}.get("chat/messages/user-timeline", params, &lines)
		var ids []string
		for _, m := range lines {
			ids = append(ids, string(m.ID)[:8])
		}
		return strings.Join(ids, " ")
	}
	newest := string(last)[:8]
	for _, tt := range []struct {
		params map[string]any
		want   string
	}{
		{map[string]any{}, newest + " 00000002 00000001"},
		{map[string]any{"sinceId": "0000000100000000"}, "00000002 " + newest},
		{map[string]any{"untilId": last, "limit": 1}, "00000002"},
	} {
		if got := read(tt.params); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.params, got, tt.want)
		}
	}
}

// A room is left, silenced and deleted by the test as by its users.
func TestRoomByTheTest(t *testing.T) {
	srv := newServer(t)
	alice, bob, carol := srv.AddUser("alice"), srv.AddUser("bob"), srv.AddUser("carol")
	room := alice.AddRoom("room")
	room.Join(bob, carol)
	room.Mute(bob, true)
	room.Leave(carol)
	var shown misskey.ChatRoom
	in := map[string]any{"roomId": room.ID}
	if (restClient{t, srv, bob}).get("chat/rooms/show", in, &shown); !shown.IsMuted.OrZero() {
		t.Errorf("bob's %+v, want it muted", shown)
	}
	for what, do := range map[string]func(){
		"misskeytest: Send by @carol: INTERNAL_ERROR: you are not a member of the room": func() { room.Send(carol, "x") },
		"misskeytest: Invite by @alice: INTERNAL_ERROR: already member":                 func() { room.Invite(bob) },
		"misskeytest: Chat by @bob: INTERNAL_ERROR: recipient is cannot chat (mutual)":  func() { bob.Chat(carol, "x") },
	} {
		func() {
			defer func() {
				if got := recover(); got != what {
					t.Errorf("panicked with %v, want %s", got, what)
				}
			}()
			do()
		}()
	}
	room.Delete()
	restClient{t, srv, alice}.refused("chat/rooms/show", in, 400, "NO_SUCH_ROOM")
}
