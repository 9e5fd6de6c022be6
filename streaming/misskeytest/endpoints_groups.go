package misskeytest

import "github.com/misskeyactor/misskeyactor/streaming/misskey"

// groupEndpoints are those of Misskey 12, about groups of users.
var groupEndpoints = []*endpoint{
	{name: "users/groups/create", credential: true, permission: "write:user-groups", params: schema{
		{name: "name", kind: aText, required: true, min: 1, max: 100},
	}, run: createGroup},
	{name: "users/groups/show", credential: true, permission: "read:user-groups", params: oneGroup, run: showGroup},
	{name: "users/groups/owned", credential: true, permission: "read:user-groups", run: listGroups(
		func(g *Group, u *User) bool { return g.owner == u },
	)},
	{name: "users/groups/joined", credential: true, permission: "read:user-groups", run: listGroups(
		func(g *Group, u *User) bool { return g.owner != u && g.member(u) != nil },
	)},
	{name: "users/groups/leave", credential: true, permission: "write:user-groups", params: oneGroup, run: leaveGroup},
	{name: "users/groups/pull", credential: true, permission: "write:user-groups",
		params: append(oneGroup[:1:1], oneUser...), run: pullFromGroup},
}

var oneGroup = schema{{name: "groupId", kind: anID, required: true}}

var (
	errNoSuchGroupShow  = refusal("NO_SUCH_GROUP", "ea04751e-9b7e-487b-a509-330fb6bd6b9b", "No such group.")
	errNoSuchGroupLeave = refusal("NO_SUCH_GROUP", "62780270-1f67-5dc0-daca-3eb510612e31", "No such group.")
	errOwnerLeaves      = refusal("YOU_ARE_OWNER", "b6d6e0c2-ef8a-9bb8-653d-79f4a3107c69", "Your are the owner.")
	errNoSuchGroupPull  = refusal("NO_SUCH_GROUP", "4662487c-05b1-4b78-86e5-fd46998aba74", "No such group.")
	errNoSuchUserPull   = refusal("NO_SUCH_USER", "0b5cc374-3681-41da-861e-8bc1146f7a55", "No such user.")
	errPullsOwner       = refusal("IS_OWNER", "1546eed5-4414-4dea-81c1-b0aec4f6d2af", "The user is the owner.")
)

func (r *request) userGroup() (*Group, bool) { return r.server.messaging.groups.get(r.text("groupId")) }

func createGroup(r *request) (any, *apiError) {
	return r.server.newGroup(r.user, r.text("name"), r.server.nextID()).pack(), nil
}

// showGroup shows a group to its members and its owner.
func showGroup(r *request) (any, *apiError) {
	g, ok := r.userGroup()
	if !ok || g.member(r.user) == nil && g.owner != r.user {
		return nil, errNoSuchGroupShow
	}
	return g.pack(), nil
}

func listGroups(wanted func(*Group, *User) bool) func(*request) (any, *apiError) {
	return func(r *request) (any, *apiError) {
		list := []UserGroup{}
		for _, g := range r.server.messaging.groups.all {
			if wanted(g, r.user) {
				list = append(list, g.pack())
			}
		}
		return list, nil
	}
}

func leaveGroup(r *request) (any, *apiError) {
	g, ok := r.userGroup()
	switch {
	case !ok:
		return nil, errNoSuchGroupLeave
	case g.owner == r.user:
		return nil, errOwnerLeaves
	}
	g.leave(r.user)
	return nil, nil
}

// pullFromGroup takes somebody out of a group of the caller's.
func pullFromGroup(r *request) (any, *apiError) {
	g, ok := r.userGroup()
	if !ok || g.owner != r.user {
		return nil, errNoSuchGroupPull
	}
	u, ok := r.server.users.get(misskey.UserID(r.text("userId")))
	switch {
	case !ok:
		return nil, errNoSuchUserPull
	case u == g.owner:
		return nil, errPullsOwner
	}
	g.leave(u)
	return nil, nil
}
