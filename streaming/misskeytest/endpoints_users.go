package misskeytest

import "github.com/misskeyactor/misskeyactor/streaming/misskey"

var userEndpoints = []*endpoint{
	&endpoint{name: "users/show", params: schema{
		{name: "userId", kind: anID},
		{name: "userIds", kind: someIDs},
		{name: "username", kind: aText},
		{name: "host", kind: aText, nullable: true},
	}, run: showUser},
	&endpoint{name: "following/create", credential: true, permission: "write:following",
		params: append(oneUser[:1:1], param{name: "withReplies", kind: aBoolean}), run: createFollowing},
	&endpoint{name: "following/delete", credential: true, permission: "write:following", params: oneUser, run: deleteFollowing},
}

// showUser finds one user by id or name, or several by id; of several, those
// that there are none of are left out.
func showUser(r *request) (any, *apiError) {
	s := r.server
	if _, several := r.params["userIds"]; several {
		found := []any{}
		for _, id := range r.texts("userIds") {
			if u, ok := s.users.get(misskey.UserID(id)); ok {
				found = append(found, r.packUser(u))
			}
		}
		return found, nil
	}
	var u *User
	switch id, byID := r.params.text("userId"); {
	case byID:
		u, _ = s.users.get(misskey.UserID(id))
	case r.params["username"] != nil:
		if r.text("host") == "" {
			u = s.usernames[r.text("username")]
		}
	default:
		return nil, invalidParam("#/allOf/0/anyOf/0/required", "must have required property 'userId'")
	}
	if u == nil {
		return nil, errNoSuchUser
	}
	return r.packUser(u), nil
}

func (r *request) packUser(u *User) any {
	if u == r.user {
		return r.server.packMe(u)
	}
	return r.server.packUserFor(u, r.user)
}

func createFollowing(r *request) (any, *apiError) {
	other, ok := r.server.users.get(misskey.UserID(r.text("userId")))
	if !ok {
		return nil, errNoSuchUserFollow
	}
	if refused := r.server.follow(r.user, other, follow{withReplies: r.boolean("withReplies", false)}); refused != nil {
		return nil, refused
	}
	return r.server.packUser(other), nil
}

func deleteFollowing(r *request) (any, *apiError) {
	other, ok := r.server.users.get(misskey.UserID(r.text("userId")))
	if !ok {
		return nil, errNoSuchUserUnfollow
	}
	if refused := r.server.unfollow(r.user, other); refused != nil {
		return nil, refused
	}
	return r.server.packUser(other), nil
}
