package misskeytest

import "github.com/misskeyactor/misskeyactor/streaming/misskey"

// requestFollow asks an account whether it wants to be followed. Whoever asks
// again replaces what they asked before.
func (s *Server) requestFollow(f follow) {
	u, other := f.from, f.to
	put(&other.requests, u.ID, &f)
	other.toMain("receiveFollowRequest", s.packUser(u))
	s.notify(other, notificationContent{kind: misskey.NotificationKindReceiveFollowRequest, from: u})
	other.toMain("meUpdated", s.packMe(other))
}

// AcceptFollow lets follower, who has asked, follow u. Both are told as by
// [User.Follow], and u's main channels get `meUpdated`.
func (u *User) AcceptFollow(follower *User) {
	u.server.mustOwn("AcceptFollow", "follower", follower)
	act(u, "AcceptFollow", func() (struct{}, *apiError) { return struct{}{}, u.server.acceptFollow(u, follower) })
}

// RejectFollow turns down follower, who has asked: `unfollow` on follower's main
// channels.
func (u *User) RejectFollow(follower *User) {
	u.server.mustOwn("RejectFollow", "follower", follower)
	act(u, "RejectFollow", func() (struct{}, *apiError) { return struct{}{}, u.server.rejectFollow(u, follower) })
}

// CancelFollow takes back that u asked other to follow them: `meUpdated` on
// other's main channels.
func (u *User) CancelFollow(other *User) {
	u.server.mustOwn("CancelFollow", "other", other)
	act(u, "CancelFollow", func() (struct{}, *apiError) { return struct{}{}, u.server.cancelFollow(u, other) })
}

func (s *Server) acceptFollow(u, follower *User) *apiError {
	f := u.requests[follower.ID]
	if f == nil {
		return errNoFollowRequest
	}
	s.startFollow(*f)
	u.toMain("meUpdated", s.packMe(u))
	return nil
}

// acceptEverybody is what an account does that is locked no more.
func (s *Server) acceptEverybody(u *User) {
	for _, f := range oldestFirst(u.requests) {
		// The request is there: it cannot be refused.
		_ = s.acceptFollow(u, f.from)
	}
}

// rejectFollow does the same when there is no request.
func (s *Server) rejectFollow(u, follower *User) *apiError {
	delete(u.requests, follower.ID)
	follower.toMain("unfollow", s.packUserFor(u, follower))
	return nil
}

func (s *Server) cancelFollow(u, other *User) *apiError {
	if other.requests[u.ID] == nil {
		return errFollowRequestNotFound
	}
	delete(other.requests, u.ID)
	other.toMain("meUpdated", s.packMe(other))
	return nil
}
