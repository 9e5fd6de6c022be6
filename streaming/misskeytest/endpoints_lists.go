package misskeytest

import (
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var listEndpoints = []*endpoint{
	{name: "users/lists/create", credential: true, permission: "write:account",
		params: schema{{name: "name", kind: aText, required: true, min: 1, max: 100}}, run: createList},
	{name: "users/lists/update", credential: true, permission: "write:account", params: oneList.and(
		param{name: "name", kind: aText, min: 1, max: 100},
		param{name: "isPublic", kind: aBoolean},
	), run: updateList},
	{name: "users/lists/delete", credential: true, permission: "write:account", params: oneList, run: deleteList},
	{name: "users/lists/show", permission: "read:account",
		params: oneList.and(param{name: "forPublic", kind: aBoolean}), run: showList},
	{name: "users/lists/list", permission: "read:account", params: schema{{name: "userId", kind: anID}}, run: listLists},
	{name: "users/lists/get-memberships", permission: "read:account",
		params: paged(oneList[0], param{name: "forPublic", kind: aBoolean}), run: listMemberships},
	{name: "users/lists/push", credential: true, permission: "write:account",
		params: oneList.and(oneUser[0]), run: pushToList},
	{name: "users/lists/pull", credential: true, permission: "write:account",
		params: oneList.and(oneUser[0]), run: pullFromList},
	{name: "users/lists/update-membership", credential: true, permission: "write:account",
		params: oneList.and(oneUser[0], param{name: "withReplies", kind: aBoolean}), run: updateMembership},
}

var oneList = schema{{name: "listId", kind: anID, required: true}}

var (
	errTooManyLists         = refusal("TOO_MANY_USERLISTS", "0cf21a28-7715-4f39-a20d-777bfdb8d138", "You cannot create user list any more.")
	errNoSuchListUpdate     = refusal("NO_SUCH_LIST", "796666fe-3dff-4d39-becb-8a5932c1d5b7", "No such list.")
	errNoSuchListDelete     = refusal("NO_SUCH_LIST", "78436795-db79-42f5-b1e2-55ea2cf19166", "No such list.")
	errNoSuchListShow       = refusal("NO_SUCH_LIST", "7bc05c21-1d7a-41ae-88f1-66820f4dc686", "No such list.")
	errNoSuchUserLists      = refusal("NO_SUCH_USER", "a8af4a82-0980-4cc4-a6af-8b0ffd54465e", "No such user.")
	errNoSuchListPush       = refusal("NO_SUCH_LIST", "2214501d-ac96-4049-b717-91e42272a711", "No such list.")
	errNoSuchUserPush       = refusal("NO_SUCH_USER", "a89abd3d-f0bc-4cce-beb1-2f446f4f1e6a", "No such user.")
	errAlreadyOnList        = refusal("ALREADY_ADDED", "1de7c884-1595-49e9-857e-61f12f4d4fc5", "That user has already been added to that list.")
	errListBlocked          = refusal("YOU_HAVE_BEEN_BLOCKED", "990232c5-3f9d-4d83-9f3f-ef27b6332a4b", "You cannot push this user because you have been blocked by this user.")
	errListFull             = refusal("TOO_MANY_USERS", "2dd9752e-a338-413d-8eec-41814430989b", "You can not push users any more.")
	errNoSuchListMembership = refusal("NO_SUCH_LIST", "7f44670e-ab16-43b8-b4c1-ccd2ee89cc02", "No such list.")
	errListUpdateNoUser     = refusal("NO_SUCH_USER", "588e7f72-c744-4a61-b180-d354e912bda2", "No such user.")
)

type packedList struct {
	ID        misskey.UserListID `json:"id"`
	CreatedAt timestamp          `json:"createdAt"`
	Name      string             `json:"name"`
	UserIDs   []misskey.UserID   `json:"userIds"`
	IsPublic  bool               `json:"isPublic"`
}

func packList(l *List) packedList {
	ids := []misskey.UserID{}
	for _, m := range oldestFirst(l.members) {
		ids = append(ids, m.to.ID)
	}
	return packedList{ID: l.ID, CreatedAt: timestamp(l.created), Name: l.name, UserIDs: ids, IsPublic: l.public}
}

// list finds a list of the caller's; nil is none.
func (r *request) list() *List {
	l, ok := r.server.lists.get(misskey.UserListID(r.text("listId")))
	if !ok || l.owner != r.user {
		return nil
	}
	return l
}

// readableList finds a list that the caller may read: their own, or a public one
// if that is what they ask for.
func (r *request) readableList() *List {
	if !r.boolean("forPublic", false) {
		return r.list()
	}
	l, ok := r.server.lists.get(misskey.UserListID(r.text("listId")))
	if !ok || !l.public {
		return nil
	}
	return l
}

func (r *request) listsOf(u *User) []*List {
	var lists []*List
	for _, l := range r.server.lists.all {
		if l.owner == u {
			lists = append(lists, l)
		}
	}
	return lists
}

func createList(r *request) (any, *apiError) {
	if int64(len(r.listsOf(r.user))) >= r.server.policiesOf(r.user).UserListLimit {
		return nil, errTooManyLists
	}
	return packList(r.server.addList(r.user, r.text("name"), r.server.nextID())), nil
}

func updateList(r *request) (any, *apiError) {
	l := r.list()
	if l == nil {
		return nil, errNoSuchListUpdate
	}
	if name, given := r.params.text("name"); given {
		l.name = name
	}
	l.public = r.boolean("isPublic", l.public)
	return packList(l), nil
}

func deleteList(r *request) (any, *apiError) {
	l := r.list()
	if l == nil {
		return nil, errNoSuchListDelete
	}
	r.server.lists.remove(l.ID)
	return nil, nil
}

func showList(r *request) (any, *apiError) {
	l := r.readableList()
	if l == nil {
		return nil, errNoSuchListShow
	}
	return packList(l), nil
}

// listLists lists the caller's lists, or somebody's public ones.
func listLists(r *request) (any, *apiError) {
	owner, onlyPublic := r.user, false
	if _, given := r.params["userId"]; given {
		owner, onlyPublic = r.userNamed("userId"), true
		if owner == nil {
			return nil, errNoSuchUserLists
		}
	}
	if owner == nil {
		return nil, invalidParam("#/required", "must have required property 'userId'")
	}
	found := []packedList{}
	for _, l := range r.listsOf(owner) {
		if l.public || !onlyPublic {
			found = append(found, packList(l))
		}
	}
	return found, nil
}

type packedMembership struct {
	ID          string           `json:"id"`
	CreatedAt   timestamp        `json:"createdAt"`
	UserID      misskey.UserID   `json:"userId"`
	User        misskey.UserLite `json:"user"`
	WithReplies bool             `json:"withReplies"`
}

func listMemberships(r *request) (any, *apiError) {
	l := r.readableList()
	if l == nil {
		return nil, errNoSuchListShow
	}
	r.defaultLimit(relationPage)
	list := []packedMembership{}
	for _, m := range page(r, oldestFirst(l.members), (*membership).key, always) {
		list = append(list, packedMembership{m.id, timestamp(m.created), m.to.ID, r.server.packUser(m.to), m.withReplies})
	}
	return list, nil
}

func pushToList(r *request) (any, *apiError) {
	l, u := r.list(), r.userNamed("userId")
	switch {
	case l == nil:
		return nil, errNoSuchListPush
	case u == nil:
		return nil, errNoSuchUserPush
	}
	return nil, r.server.addToList(l, u)
}

// listAndUser finds what a call about somebody on a list names.
func (r *request) listAndUser() (*List, *User, *apiError) {
	l, u := r.list(), r.userNamed("userId")
	switch {
	case l == nil:
		return nil, nil, errNoSuchListMembership
	case u == nil:
		return nil, nil, errListUpdateNoUser
	}
	return l, u, nil
}

// pullFromList is content with a user who is not on the list.
func pullFromList(r *request) (any, *apiError) {
	l, u, refused := r.listAndUser()
	if refused != nil {
		return nil, refused
	}
	r.server.removeFromList(l, u)
	return nil, nil
}

func updateMembership(r *request) (any, *apiError) {
	l, u, refused := r.listAndUser()
	if refused != nil {
		return nil, refused
	}
	m := l.members[u.ID]
	return nil, r.server.showRepliesInList(l, u, r.boolean("withReplies", m != nil && m.withReplies))
}
