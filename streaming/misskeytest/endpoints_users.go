package misskeytest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var userEndpoints = []*endpoint{
	{name: "users", params: schema{
		{name: "limit", kind: anInteger, min: 1, max: 100},
		{name: "offset", kind: anInteger},
		{name: "sort", kind: aText, oneOf: []string{"+follower", "-follower", "+createdAt", "-createdAt", "+updatedAt", "-updatedAt"}},
		{name: "state", kind: aText, oneOf: []string{"all", "alive"}},
		{name: "origin", kind: aText, oneOf: []string{"combined", "local", "remote"}},
		{name: "hostname", kind: aText, nullable: true},
	}, run: listUsers},
	{name: "users/show", params: schema{
		{name: "userId", kind: anID},
		{name: "userIds", kind: someIDs, unique: true},
		{name: "username", kind: aText},
		{name: "host", kind: aText, nullable: true},
	}, run: showUser},
	{name: "users/search", params: schema{
		{name: "query", kind: aText, required: true},
		{name: "offset", kind: anInteger},
		{name: "limit", kind: anInteger, min: 1, max: 100},
		{name: "origin", kind: aText, oneOf: []string{"local", "remote", "combined"}},
		{name: "detail", kind: aBoolean},
	}, run: searchUsers},
	{name: "users/search-by-username-and-host", params: schema{
		{name: "username", kind: aText, nullable: true},
		{name: "host", kind: aText, nullable: true},
		{name: "limit", kind: anInteger, min: 1, max: 100},
		{name: "detail", kind: aBoolean},
	}, run: searchUsersByName},
	{name: "users/reactions", params: slices.Concat(oneUser, paging), run: reactionsOfUser},
	{name: "users/followers", params: byIDOrName, run: listFollowers},
	{name: "users/following", params: byIDOrName, run: listFollowing},
	{name: "users/relation", credential: true, permission: "read:account", params: schema{
		{name: "userId", kind: anything, required: true},
	}, run: showRelation},
	{name: "users/report-abuse", credential: true, permission: "write:report-abuse",
		params: oneUser.and(param{name: "comment", kind: aText, required: true, min: 1, max: 2048}), run: reportAbuse},
}

var byIDOrName = paged(
	param{name: "userId", kind: anID},
	param{name: "username", kind: aText},
	param{name: "host", kind: aText, nullable: true},
)

var (
	errNoSuchUser          = refusal("NO_SUCH_USER", "4362f8dc-731f-4ad8-a694-be5a88922a24", "No such user.")
	errNoSuchUserFollowers = refusal("NO_SUCH_USER", "27fa5435-88ab-43de-9360-387de88727cd", "No such user.")
	errFollowersForbidden  = refusal("FORBIDDEN", "3c6a84db-d619-26af-ca14-06232a21df8a", "Forbidden.")
	errNoSuchUserFollowing = refusal("NO_SUCH_USER", "63e4aba4-4156-4e53-be25-c9559e42d71b", "No such user.")
	errFollowingForbidden  = refusal("FORBIDDEN", "f6cdb0df-c19f-ec5c-7dbb-0ba84a1f92ba", "Forbidden.")
	errReactionsNotPublic  = refusal("REACTIONS_NOT_PUBLIC", "673a7dd2-6924-1093-e0c0-e68456ceae5c", "Reactions of the user is not public.")
	errNoSuchUserReport    = refusal("NO_SUCH_USER", "1acefcb5-0959-43fd-9685-b48305736cb5", "No such user.")
	errReportYourself      = refusal("CANNOT_REPORT_YOURSELF", "1e13149e-b1e8-43cf-902e-c01dbfcb202f", "Cannot report yourself.")
	errReportAdmin         = refusal("CANNOT_REPORT_THE_ADMIN", "35e166f5-05fb-4f87-a2d5-adb42676d48f", "Cannot report the admin.")
)

// showUser finds one user by id or name, or several by id; of several, those
// that there are none of are left out. Suspended users are there for moderators
// only.
func showUser(r *request) (any, *apiError) {
	hidden := func(u *User) bool {
		return u.suspended && (r.user == nil || !r.server.isModerator(r.user))
	}
	if _, several := r.params["userIds"]; several {
		found := []any{}
		for _, id := range r.texts("userIds") {
			if u, ok := r.server.users.get(misskey.UserID(id)); ok && !hidden(u) {
				found = append(found, r.packUser(u))
			}
		}
		return found, nil
	}
	u, refused := r.oneUser(errNoSuchUser)
	switch {
	case refused != nil:
		return nil, refused
	case hidden(u):
		return nil, errNoSuchUser
	}
	return r.packUser(u), nil
}

// oneUser finds the user that the params name by id, or by name and host.
func (r *request) oneUser(nobody *apiError) (*User, *apiError) {
	var u *User
	switch {
	case r.params["userId"] != nil:
		u = r.userNamed("userId")
	case r.params["username"] != nil:
		if host := r.text("host"); host == "" || host == r.server.addr {
			u = r.server.userNamed(r.text("username"))
		}
	default:
		return nil, invalidParam("#/allOf/0/anyOf/0/required", "must have required property 'userId'")
	}
	if u == nil {
		return nil, nobody
	}
	return u, nil
}

// packUser writes a user out in full for the caller.
func (r *request) packUser(u *User) any {
	if u == r.user {
		return r.server.packMe(u)
	}
	return r.server.packUserFor(u, r.user)
}

// packUsers writes out the part of a list of users that the caller asks for.
func (r *request) packUsers(all []*User) []any {
	all = all[min(max(0, r.integer("offset", 0)), len(all)):]
	all = all[:min(r.integer("limit", defaultPage), len(all))]
	list := []any{}
	for _, u := range all {
		if r.boolean("detail", true) {
			list = append(list, r.packUser(u))
		} else {
			list = append(list, r.server.packUser(u))
		}
	}
	return list
}

// userOrders are the orders of users; + is the most or the latest first.
var userOrders = map[string]func(a, b *User) int{
	"follower":  func(a, b *User) int { return cmp.Compare(len(a.followers), len(b.followers)) },
	"createdAt": func(a, b *User) int { return a.created.Compare(b.created) },
	"updatedAt": func(a, b *User) int { return a.updated.Compare(b.updated) },
}

func sortUsers(users []*User, order string) {
	if order == "" {
		slices.SortFunc(users, func(a, b *User) int { return strings.Compare(string(a.ID), string(b.ID)) })
		return
	}
	compare := userOrders[order[1:]]
	slices.SortStableFunc(users, func(a, b *User) int {
		if order[0] == '+' {
			return compare(b, a)
		}
		return compare(a, b)
	})
}

// users returns the accounts that are wanted, without suspended ones.
func (r *request) users(wanted func(*User) bool) []*User {
	var found []*User
	for _, u := range r.server.users.all {
		if !u.suspended && wanted(u) {
			found = append(found, u)
		}
	}
	return found
}

// listUsers lists those who want to be found, and whom the caller wants to see.
func listUsers(r *request) (any, *apiError) {
	known := r.server.relationsOf(r.me())
	found := r.users(func(u *User) bool {
		return u.profile.Explorable && known.muted[u.ID] == nil && known.blockers[u.ID] == nil
	})
	if r.text("origin") == "remote" || r.text("hostname") != "" {
		found = nil
	}
	sortUsers(found, r.text("sort"))
	return r.packUsers(found), nil
}

// searchUsers looks into display names and descriptions, and at the beginnings
// of usernames; a query that begins with an @ is for the latter only.
func searchUsers(r *request) (any, *apiError) {
	query, byName := strings.CutPrefix(strings.ToLower(strings.TrimSpace(r.text("query"))), "@")
	found := r.users(func(u *User) bool {
		switch {
		case r.text("origin") == "remote":
			return false
		case strings.HasPrefix(strings.ToLower(u.Username), query):
			return true
		}
		return !byName && (strings.Contains(strings.ToLower(u.profile.Name), query) ||
			strings.Contains(strings.ToLower(u.profile.Description), query))
	})
	return r.packUsers(found), nil
}

// searchUsersByName completes a username: those whom the caller follows come
// first.
func searchUsersByName(r *request) (any, *apiError) {
	if r.params["username"] == nil && r.params["host"] == nil {
		return nil, invalidParam("#/allOf/0/anyOf/0/required", "must have required property 'username'")
	}
	prefix, host := strings.ToLower(r.text("username")), r.text("host")
	found := r.users(func(u *User) bool {
		return strings.HasPrefix(strings.ToLower(u.Username), prefix) && strings.HasPrefix(r.server.addr, strings.TrimPrefix(host, "."))
	})
	following := r.server.relationsOf(r.me()).following
	slices.SortStableFunc(found, func(a, b *User) int {
		switch followsA, followsB := following[a.ID] != nil, following[b.ID] != nil; {
		case followsA == followsB:
			return 0
		case followsA:
			return -1
		}
		return 1
	})
	return r.packUsers(found), nil
}

func listFollowers(r *request) (any, *apiError) {
	u, refused := r.oneUser(errNoSuchUserFollowers)
	switch {
	case refused != nil:
		return nil, refused
	case !r.maySee(u, u.profile.FollowersVisibility):
		return nil, errFollowersForbidden
	}
	list := []packedFollow{}
	for _, f := range page(r, oldestFirst(u.followers), (*follow).key, always) {
		packed := packFollow(f)
		packed.Follower = r.packUser(f.from)
		list = append(list, packed)
	}
	return list, nil
}

func listFollowing(r *request) (any, *apiError) {
	u, refused := r.oneUser(errNoSuchUserFollowing)
	switch {
	case refused != nil:
		return nil, refused
	case !r.maySee(u, u.profile.FollowingVisibility):
		return nil, errFollowingForbidden
	}
	list := []packedFollow{}
	for _, f := range page(r, oldestFirst(u.relations.following), (*follow).key, always) {
		packed := packFollow(f)
		packed.Followee = r.packUser(f.to)
		list = append(list, packed)
	}
	return list, nil
}

// reactionWithNote is a reaction in the list of somebody's.
type reactionWithNote struct {
	packedReaction
	Note misskey.Note `json:"note"`
}

// reactionsOfUser lists somebody's reactions to what the caller may see.
func reactionsOfUser(r *request) (any, *apiError) {
	u := r.userNamed("userId")
	switch {
	case u == nil:
		return nil, unexpected("EntityNotFoundError",
			`Could not find any entity of type "MiUser" matching: {"id":"`+r.text("userId")+`"}`)
	case u != r.user && !u.profile.PublicReactions:
		return nil, errReactionsNotPublic
	}
	type reacted struct {
		reaction
		note *note
	}
	var all []reacted
	v := r.view()
	for _, n := range r.server.notes.ordered {
		for _, x := range n.reactions {
			if x.user == u && v.sees(n) && !v.drop(n) {
				all = append(all, reacted{x, n})
			}
		}
	}
	slices.SortFunc(all, compareKeys[reacted])
	list := []reactionWithNote{}
	for _, x := range page(r, all, reacted.key, always) {
		list = append(list, reactionWithNote{
			packedReaction{x.id, timestamp(r.server.madeAt(x.id)), r.server.packUser(u), x.name},
			r.server.packNote(x.note, packing{me: r.me()}),
		})
	}
	return list, nil
}

// maySee applies what u says of who may see something of theirs.
func (r *request) maySee(u *User, v misskey.FollowVisibility) bool {
	switch {
	case u == r.user:
		return true
	case v == misskey.FollowVisibilityFollowers:
		return r.server.follows(r.me(), u.ID) != nil
	}
	return v != misskey.FollowVisibilityPrivate
}

// showRelation takes one id or several, and answers likewise. Of users that
// there are none of, it says that there is nothing.
func showRelation(r *request) (any, *apiError) {
	relation := func(id string) userRelation {
		if u, ok := r.server.users.get(misskey.UserID(id)); ok {
			return relationBetween(r.user, u)
		}
		return userRelation{ID: misskey.UserID(id)}
	}
	if fault := (schema{{name: "userId", kind: anID}}).check(r.params); fault == nil {
		return relation(r.text("userId")), nil
	}
	if fault := (schema{{name: "userId", kind: someIDs}}).check(r.params); fault != nil {
		return nil, invalidParam("#/properties/userId/oneOf", "must match exactly one schema in oneOf")
	}
	list := []userRelation{}
	for _, id := range r.texts("userId") {
		list = append(list, relation(id))
	}
	return list, nil
}

func reportAbuse(r *request) (any, *apiError) {
	return toUser(errNoSuchUserReport, func(s *Server, u, other *User) *apiError {
		return s.report(u, other, r.text("comment"))
	}, asNothing)(r)
}
