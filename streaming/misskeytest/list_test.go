package misskeytest_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// A list by REST, from its making to its end, with what its channel sends.
func TestListsByREST(t *testing.T) {
	srv := newServer(t)
	me, bob, stranger := srv.AddUser("me"), srv.AddUser("bob"), srv.AddUser("stranger")
	type list struct {
		ID       misskey.UserListID
		Name     string
		UserIDs  []misskey.UserID
		IsPublic bool
	}
	var l list
	if status := call(t, srv, me.Token(), "users/lists/create", map[string]any{"name": "friends"}, &l); status != 200 || l.Name != "friends" {
		t.Fatalf("users/lists/create: %d %+v", status, l)
	}
	one := map[string]any{"listId": l.ID}
	with := func(u *misskeytest.User) map[string]any { return map[string]any{"listId": l.ID, "userId": u.ID} }
	c := dial(t, srv, me.Token())
	c.connect("userList", "l", fmt.Sprintf(`{"listId":%q}`, l.ID))

	do(t, srv, me, "users/lists/push", with(bob))
	if got := refusalOf(t, srv, me, "users/lists/push", with(bob)); got != "ALREADY_ADDED" {
		t.Errorf("push again: %q", got)
	}
	other := stranger.Post("x")
	bob.Reply(other.ID, "left out")
	do(t, srv, me, "users/lists/update-membership", map[string]any{"listId": l.ID, "userId": bob.ID, "withReplies": true})
	bob.Reply(other.ID, "let in")
	do(t, srv, me, "users/lists/pull", with(bob))
	do(t, srv, me, "users/lists/pull", with(bob))
	c.sync()
	var types []string
	for _, f := range c.all(event("l", "")) {
		types = append(types, f.inner().Type)
	}
	if want := []string{"userAdded", "note", "userRemoved"}; !slices.Equal(types, want) {
		t.Errorf("events %q, want %q", types, want)
	}

	do(t, srv, me, "users/lists/push", with(bob))
	for _, tt := range []struct {
		by       *misskeytest.User
		endpoint string
		params   map[string]any
		code     string
	}{
		{stranger, "users/lists/show", one, "NO_SUCH_LIST"},
		{stranger, "users/lists/push", with(bob), "NO_SUCH_LIST"},
		{stranger, "users/lists/delete", one, "NO_SUCH_LIST"},
		{stranger, "users/lists/show", map[string]any{"listId": l.ID, "forPublic": true}, "NO_SUCH_LIST"},
		{me, "users/lists/update-membership", with(stranger), "NO_SUCH_USER"},
		{me, "users/lists/update", map[string]any{"listId": l.ID, "isPublic": true, "name": "open"}, ""},
		{stranger, "users/lists/show", map[string]any{"listId": l.ID, "forPublic": true}, ""},
		{nil, "users/lists/list", map[string]any{}, "INVALID_PARAM"},
	} {
		if got := refusalOf(t, srv, tt.by, tt.endpoint, tt.params); got != tt.code {
			t.Errorf("%s: %q, want %q", tt.endpoint, got, tt.code)
		}
	}
	var lists []list
	call(t, srv, "", "users/lists/list", userID(me), &lists)
	if len(lists) != 1 || lists[0].Name != "open" || !lists[0].IsPublic || !slices.Equal(lists[0].UserIDs, []misskey.UserID{bob.ID}) {
		t.Errorf("users/lists/list: %+v", lists)
	}
	var members []struct {
		UserID      misskey.UserID
		WithReplies bool
	}
	call(t, srv, me.Token(), "users/lists/get-memberships", one, &members)
	if len(members) != 1 || members[0].UserID != bob.ID || members[0].WithReplies {
		t.Errorf("users/lists/get-memberships: %+v", members)
	}

	do(t, srv, me, "users/lists/delete", one)
	bob.Post("after the end")
	c.sync()
	if n := len(c.all(event("l", "note"))); n != 1 {
		t.Errorf("%d notes, want 1: the list is gone", n)
	}
}

// There may be ten lists, and fifty users on one, unless policies say otherwise.
func TestListLimits(t *testing.T) {
	srv := newServer(t, misskeytest.WithBasePolicy("userListLimit", 1), misskeytest.WithBasePolicy("userEachUserListsLimit", 1))
	me, bob, carol := srv.AddUser("me"), srv.AddUser("bob"), srv.AddUser("carol")
	list := me.AddList()
	list.Add(bob)
	if got := refusalOf(t, srv, me, "users/lists/create", map[string]any{"name": "x"}); got != "TOO_MANY_USERLISTS" {
		t.Errorf("create: %q", got)
	}
	if got := refusalOf(t, srv, me, "users/lists/push", map[string]any{"listId": list.ID, "userId": carol.ID}); got != "TOO_MANY_USERS" {
		t.Errorf("push: %q", got)
	}
	list.Delete()
	do(t, srv, me, "users/lists/create", map[string]any{"name": "x"})
}
