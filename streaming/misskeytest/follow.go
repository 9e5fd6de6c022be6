package misskeytest

import "github.com/misskeyactor/misskeyactor/streaming/misskey"

// follow is that one account follows another.
type follow struct {
	tie
	withReplies bool
	notify      misskey.FollowNotify
}

func (s *Server) follows(follower, followee misskey.UserID) *follow {
	return s.relationsOf(follower).following[followee]
}

// FollowOption says how to follow.
type FollowOption interface{ applyToFollow(*follow) }

type followOption func(*follow)

func (o followOption) applyToFollow(f *follow) { o(f) }

// RepliesOption is the option of Follow and of AddAntenna to have replies too.
type RepliesOption struct{}

// WithReplies lets replies in that are left out otherwise: those of a followee
// to others into the follower's home timeline, all of them into an antenna. For
// lists there is [List.ShowReplies].
func WithReplies() RepliesOption { return RepliesOption{} }

func (RepliesOption) applyToFollow(f *follow) { f.withReplies = true }

// WithNotes notifies the follower of every note of the followee's that is no
// reply and not specified to somebody (`notify: normal`).
func WithNotes() FollowOption {
	return followOption(func(f *follow) { f.notify = misskey.FollowNotifyNormal })
}

// Follow makes u follow other: `follow` and the notification
// followRequestAccepted (in Misskey 12 only if other was asked) on u's main
// channels, `followed` and the notification follow on other's.
//
// An account that is locked (see [AsLocked]) is asked instead, unless it follows
// u: `receiveFollowRequest`, a notification of that kind and `meUpdated` on
// other's main channels, and nothing more until other calls [User.AcceptFollow]
// or [User.RejectFollow]. So is one that is careful about bots, by bots. The
// options hold for what comes of the request.
func (u *User) Follow(other *User, options ...FollowOption) {
	u.server.mustOwn("Follow", "other", other)
	mustGive("Follow", "option", options...)
	act(u, "Follow", func() (struct{}, *apiError) {
		f := follow{notify: misskey.FollowNotifyNone}
		for _, o := range options {
			o.applyToFollow(&f)
		}
		return struct{}{}, u.server.follow(u, other, f)
	})
}

// Refollow changes how u follows other, to what the options say and to nothing
// they do not say.
func (u *User) Refollow(other *User, options ...FollowOption) {
	u.server.mustOwn("Refollow", "other", other)
	mustGive("Refollow", "option", options...)
	act(u, "Refollow", func() (struct{}, *apiError) {
		return struct{}{}, u.server.refollow(u, other, func(f *follow) {
			f.withReplies, f.notify = false, misskey.FollowNotifyNone
			for _, o := range options {
				o.applyToFollow(f)
			}
		})
	})
}

// Unfollow takes a Follow back: `unfollow` on u's main channels.
func (u *User) Unfollow(other *User) {
	u.server.mustOwn("Unfollow", "other", other)
	act(u, "Unfollow", func() (struct{}, *apiError) { return struct{}{}, u.server.unfollow(u, other) })
}

// RemoveFollower makes other follow u no more: `unfollow` on other's main
// channels.
func (u *User) RemoveFollower(other *User) {
	u.server.mustOwn("RemoveFollower", "other", other)
	act(u, "RemoveFollower", func() (struct{}, *apiError) { return struct{}{}, u.server.removeFollower(u, other) })
}

func (s *Server) follow(u, other *User, f follow) *apiError {
	switch {
	case u == other:
		return errFollowYourself
	case s.follows(u.ID, other.ID) != nil:
		return errAlreadyFollowing
	case other.relations.blockers[u.ID] != nil:
		return errFollowBlocking
	case u.relations.blockers[other.ID] != nil:
		return errFollowBlocked
	}
	f.tie = s.newTie(u, other)
	if other.wantsToBeAsked(u) {
		s.requestFollow(f)
		return nil
	}
	s.startFollow(f)
	return nil
}

// wantsToBeAsked reports whether u may not follow without asking.
func (u *User) wantsToBeAsked(follower *User) bool {
	if !u.profile.Locked && (!u.profile.CarefulBot || !follower.profile.Bot) {
		return false
	}
	return !u.profile.AutoAcceptFollowed || u.relations.following[follower.ID] == nil
}

// startFollow begins a follow and tells both.
func (s *Server) startFollow(f follow) {
	u, other := f.from, f.to
	asked := other.requests[u.ID] != nil
	if asked {
		delete(other.requests, u.ID)
		f.tie = s.newTie(u, other) // the request had another id
	}
	put(&u.relations.following, other.ID, &f)
	put(&other.followers, u.ID, &f)
	if asked || s.facts.welcomesFollowers {
		s.notify(u, notificationContent{kind: misskey.NotificationKindFollowRequestAccepted, from: other})
	}
	other.toMain("followed", s.packUser(u))
	s.notify(other, notificationContent{kind: misskey.NotificationKindFollow, from: u})
	u.toMain("follow", s.packUserFor(other, u))
}

func (s *Server) refollow(u, other *User, change func(*follow)) *apiError {
	before := s.follows(u.ID, other.ID)
	switch {
	case u == other:
		return errUpdateFollowYourself
	case before == nil:
		return errUpdateNotFollowing
	}
	s.changeFollow(before, change)
	return nil
}

func (*Server) changeFollow(before *follow, change func(*follow)) {
	after := *before
	change(&after)
	before.from.relations.following[before.to.ID] = &after
	before.to.followers[before.from.ID] = &after
}

func (s *Server) unfollow(u, other *User) *apiError {
	switch {
	case u == other:
		return errUnfollowYourself
	case s.follows(u.ID, other.ID) == nil:
		return errNotFollowing
	}
	s.endFollow(u, other)
	return nil
}

func (s *Server) removeFollower(u, other *User) *apiError {
	switch {
	case u == other:
		return errInvalidateYourself
	case s.follows(other.ID, u.ID) == nil:
		return errNotFollowed
	}
	s.endFollow(other, u)
	return nil
}

// endFollow ends a follow, if there is one, and tells the follower.
func (s *Server) endFollow(u, other *User) {
	if s.follows(u.ID, other.ID) == nil {
		return
	}
	delete(u.relations.following, other.ID)
	delete(other.followers, u.ID)
	u.toMain("unfollow", s.packUserFor(other, u))
}

// notifyFollowers notifies those who want to hear of each note.
func (s *Server) notifyFollowers(n *note) {
	if n.reply != nil || n.visibility == misskey.NoteVisibilitySpecified {
		return
	}
	for _, f := range oldestFirst(n.user.followers) {
		if f.notify != misskey.FollowNotifyNormal || n.pureRenote() && f.from.relations.renoteMuted[n.user.ID] != nil {
			continue
		}
		s.notify(f.from, notificationContent{kind: misskey.NotificationKindNote, from: n.user, note: n})
	}
}
