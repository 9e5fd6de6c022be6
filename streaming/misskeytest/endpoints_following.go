package misskeytest

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var followingEndpoints = []*endpoint{
	{name: "following/create", credential: true, permission: "write:following",
		params: oneUser.and(param{name: "withReplies", kind: aBoolean}), run: createFollowing},
	{name: "following/delete", credential: true, permission: "write:following", params: oneUser,
		run: toUser(errNoSuchUserUnfollow, (*Server).unfollow, asLite)},
	{name: "following/update", credential: true, permission: "write:following",
		params: slices.Concat(oneUser, followChanges), run: updateFollowing},
	{name: "following/update-all", credential: true, permission: "write:following",
		params: followChanges, run: updateAllFollowing},
	{name: "following/invalidate", credential: true, permission: "write:following", params: oneUser,
		run: toUser(errNoSuchUserInvalidate, (*Server).removeFollower, asLite)},
	{name: "following/requests/accept", credential: true, permission: "write:following", params: oneUser,
		run: toUser(errNoSuchUserAccept, (*Server).acceptFollow, asNothing)},
	{name: "following/requests/reject", credential: true, permission: "write:following", params: oneUser,
		run: toUser(errNoSuchUserReject, (*Server).rejectFollow, asNothing)},
	{name: "following/requests/cancel", credential: true, permission: "write:following", params: oneUser,
		run: toUser(errNoSuchUserCancel, (*Server).cancelFollow, asLite)},
	{name: "following/requests/list", credential: true, permission: "read:following", params: paging, run: listRequests},
	{name: "following/requests/sent", credential: true, permission: "read:following", params: paging, run: listSentRequests},
}

var followChanges = schema{
	{name: "notify", kind: aText, oneOf: []string{"normal", "none"}},
	{name: "withReplies", kind: aBoolean},
}

var (
	errNoSuchUserFollow      = refusal("NO_SUCH_USER", "fcd2eef9-a9b2-4c4f-8624-038099e90aa5", "No such user.")
	errFollowYourself        = refusal("FOLLOWEE_IS_YOURSELF", "26fbe7bb-a331-4857-af17-205b426669a9", "Followee is yourself.")
	errAlreadyFollowing      = refusal("ALREADY_FOLLOWING", "35387507-38c7-4cb9-9197-300b93783fa0", "You are already following that user.")
	errFollowBlocking        = refusal("BLOCKING", "4e2206ec-aa4f-4960-b865-6c23ac38e2d9", "You are blocking that user.")
	errFollowBlocked         = refusal("BLOCKED", "c4ab57cc-4e41-45e9-bfd9-584f61e35ce0", "You are blocked by that user.")
	errNoSuchUserUnfollow    = refusal("NO_SUCH_USER", "5b12c78d-2b28-4dca-99d2-f56139b42ff8", "No such user.")
	errUnfollowYourself      = refusal("FOLLOWEE_IS_YOURSELF", "d9e400b9-36b0-4808-b1d8-79e707f1296c", "Followee is yourself.")
	errNotFollowing          = refusal("NOT_FOLLOWING", "5dbf82f5-c92b-40b1-87d1-6c8c0741fd09", "You are not following that user.")
	errNoSuchUserRefollow    = refusal("NO_SUCH_USER", "14318698-f67e-492a-99da-5353a5ac52be", "No such user.")
	errUpdateFollowYourself  = refusal("FOLLOWEE_IS_YOURSELF", "4c4cbaf9-962a-463b-8418-a5e365dbf2eb", "Followee is yourself.")
	errUpdateNotFollowing    = refusal("NOT_FOLLOWING", "b8dc75cf-1cb5-46c9-b14b-5f1ffbd782c9", "You are not following that user.")
	errNoSuchUserInvalidate  = refusal("NO_SUCH_USER", "b77e6ae6-a3e5-40da-9cc8-c240115479cc", "No such user.")
	errInvalidateYourself    = refusal("FOLLOWER_IS_YOURSELF", "07dc03b9-03da-422d-885b-438313707662", "Follower is yourself.")
	errNotFollowed           = refusal("NOT_FOLLOWING", "918faac3-074f-41ae-9c43-ed5d2946770d", "The other use is not following you.")
	errNoSuchUserAccept      = refusal("NO_SUCH_USER", "66ce1645-d66c-46bb-8b79-96739af885bd", "No such user.")
	errNoFollowRequest       = refusal("NO_FOLLOW_REQUEST", "bcde4f8b-0913-4614-8881-614e522fb041", "No follow request.")
	errNoSuchUserReject      = refusal("NO_SUCH_USER", "abc2ffa6-25b2-4380-ba99-321ff3a94555", "No such user.")
	errNoSuchUserCancel      = refusal("NO_SUCH_USER", "4e68c551-fc4c-4e46-bb41-7d4a37bf9dab", "No such user.")
	errFollowRequestNotFound = refusal("FOLLOW_REQUEST_NOT_FOUND", "089b125b-d338-482a-9a09-e2622ac9f8d4", "Follow request not found.")
)

// toUser makes an endpoint of what the caller does to the user named userId, and
// answers with that user.
func toUser(
	nobody *apiError, do func(s *Server, u, other *User) *apiError, answer func(r *request, other *User) any,
) func(*request) (any, *apiError) {
	return func(r *request) (any, *apiError) {
		other := r.userNamed("userId")
		if other == nil {
			return nil, nobody
		}
		if refused := do(r.server, r.user, other); refused != nil {
			return nil, refused
		}
		return answer(r, other), nil
	}
}

func asLite(r *request, u *User) any     { return r.server.packUser(u) }
func asDetailed(r *request, u *User) any { return r.server.packUserFor(u, r.user) }
func asNothing(*request, *User) any      { return nil }

// userNamed finds the user whose id a param has, nil when there is none.
func (r *request) userNamed(param string) *User {
	u, _ := r.server.users.get(misskey.UserID(r.text(param)))
	return u
}

// defaultLimit is how long a page is that the caller has not said the length of.
func (r *request) defaultLimit(n int) {
	if _, given := r.params["limit"]; !given {
		r.params["limit"] = marshal(n)
	}
}

func always[T any](T) bool { return true }

func createFollowing(r *request) (any, *apiError) {
	f := follow{withReplies: r.boolean("withReplies", false), notify: misskey.FollowNotifyNone}
	return toUser(errNoSuchUserFollow, func(s *Server, u, other *User) *apiError {
		return s.follow(u, other, f)
	}, asLite)(r)
}

func updateFollowing(r *request) (any, *apiError) {
	return toUser(errNoSuchUserRefollow, func(s *Server, u, other *User) *apiError {
		return s.refollow(u, other, r.changeFollow)
	}, asLite)(r)
}

func updateAllFollowing(r *request) (any, *apiError) {
	for _, f := range oldestFirst(r.user.relations.following) {
		r.server.changeFollow(f, r.changeFollow)
	}
	return nil, nil
}

// changeFollow changes what the params name.
func (r *request) changeFollow(f *follow) {
	if notify, given := r.params.text("notify"); given {
		f.notify = misskey.FollowNotify(notify)
	}
	f.withReplies = r.boolean("withReplies", f.withReplies)
}

type packedRequest struct {
	ID       string           `json:"id"`
	Follower misskey.UserLite `json:"follower"`
	Followee misskey.UserLite `json:"followee"`
}

func listRequests(r *request) (any, *apiError) {
	return r.packRequests(oldestFirst(r.user.requests)), nil
}

func listSentRequests(r *request) (any, *apiError) {
	var sent []*follow
	for _, u := range r.server.users.all {
		if f := u.requests[r.user.ID]; f != nil {
			sent = append(sent, f)
		}
	}
	slices.SortFunc(sent, compareKeys[*follow])
	return r.packRequests(sent), nil
}

func (r *request) packRequests(all []*follow) []packedRequest {
	list := []packedRequest{}
	for _, f := range page(r, all, (*follow).key, always) {
		list = append(list, packedRequest{ID: f.id, Follower: r.server.packUser(f.from), Followee: r.server.packUser(f.to)})
	}
	return list
}

// packedFollow is a follow in the list of followers or followees of one side,
// which shows the other.
type packedFollow struct {
	ID         string         `json:"id"`
	CreatedAt  timestamp      `json:"createdAt"`
	FolloweeID misskey.UserID `json:"followeeId"`
	FollowerID misskey.UserID `json:"followerId"`
	Followee   any            `json:"followee,omitempty"`
	Follower   any            `json:"follower,omitempty"`
}

func packFollow(f *follow) packedFollow {
	return packedFollow{ID: f.id, CreatedAt: timestamp(f.created), FolloweeID: f.to.ID, FollowerID: f.from.ID}
}
