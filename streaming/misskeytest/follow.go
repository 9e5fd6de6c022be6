package misskeytest

import "github.com/misskeyactor/misskeyactor/streaming/misskey"

// follow is that one user follows another.
type follow struct{ withReplies bool }

func (s *Server) follows(follower, followee misskey.UserID) *follow {
	return s.following[follower][followee]
}

func (s *Server) countFollows(of misskey.UserID) (followers, following int) {
	for _, followees := range s.following {
		if followees[of] != nil {
			followers++
		}
	}
	return followers, len(s.following[of])
}

// FollowOption says how to follow.
type FollowOption func(*follow)

// WithReplies makes the followee's replies to others appear in the follower's
// home timeline.
func WithReplies() FollowOption { return func(f *follow) { f.withReplies = true } }

// Follow makes u follow other: `follow` on u's main channels, `followed` and a
// notification on other's. It counts for timelines at once; the real server
// takes up to ten seconds.
func (u *User) Follow(other *User, options ...FollowOption) {
	act(u, "Follow", func() (struct{}, *apiError) {
		var f follow
		for _, o := range options {
			o(&f)
		}
		return struct{}{}, u.server.follow(u, other, f)
	})
}

// Unfollow takes a Follow back: `unfollow` on u's main channels.
func (u *User) Unfollow(other *User) {
	act(u, "Unfollow", func() (struct{}, *apiError) { return struct{}{}, u.server.unfollow(u, other) })
}

func (s *Server) follow(u, other *User, f follow) *apiError {
	switch {
	case u == other:
		return errFollowYourself
	case s.follows(u.ID, other.ID) != nil:
		return errAlreadyFollowing
	}
	if s.following[u.ID] == nil {
		s.following[u.ID] = map[misskey.UserID]*follow{}
	}
	s.following[u.ID][other.ID] = &f
	u.toMain("follow", s.packUserFor(other, u))
	other.toMain("followed", s.packUser(u))
	s.notify(other, notificationContent{kind: misskey.NotificationKindFollow, from: u})
	return nil
}

func (s *Server) unfollow(u, other *User) *apiError {
	switch {
	case u == other:
		return errUnfollowYourself
	case s.follows(u.ID, other.ID) == nil:
		return errNotFollowing
	}
	delete(s.following[u.ID], other.ID)
	u.toMain("unfollow", s.packUserFor(other, u))
	return nil
}
