package misskeytest

// block is that one account wants to have nothing to do with another.
type block struct{ tie }

// Block makes u block other. Each stops following the other (`unfollow` on the
// main channels of whoever did), requests are taken back (`unfollow` for who
// asked, `meUpdated` for who was asked), and u leaves other's lists
// (`userRemoved`). From then on other can neither follow u nor answer, renote,
// react to or vote in u's notes, and timelines keep what concerns u from other,
// by stream and by REST. What u sees does not change otherwise.
func (u *User) Block(other *User) {
	u.server.mustOwn("Block", "other", other)
	act(u, "Block", func() (struct{}, *apiError) { return struct{}{}, u.server.block(u, other) })
}

// Unblock takes a Block back. Nobody follows anybody again.
func (u *User) Unblock(other *User) {
	u.server.mustOwn("Unblock", "other", other)
	act(u, "Unblock", func() (struct{}, *apiError) { return struct{}{}, u.server.unblock(u, other) })
}

// blockedBy reports whether u may not come near another account.
func (u *User) blockedBy(other *User) bool { return u.relations.blockers[other.ID] != nil }

func (s *Server) block(u, other *User) *apiError {
	switch {
	case u == other:
		return errBlockYourself
	case other.blockedBy(u):
		return errAlreadyBlocking
	}
	s.withdrawRequest(u, other)
	s.withdrawRequest(other, u)
	s.endFollow(u, other)
	s.endFollow(other, u)
	for _, l := range s.lists.all {
		if l.owner == other {
			s.removeFromList(l, u)
		}
	}
	b := &block{s.newTie(u, other)}
	put(&u.blocking, other.ID, b)
	put(&other.relations.blockers, u.ID, b)
	return nil
}

// withdrawRequest ends what one account has asked another, and tells both.
func (s *Server) withdrawRequest(u, other *User) {
	if other.requests[u.ID] == nil {
		return
	}
	delete(other.requests, u.ID)
	other.toMain("meUpdated", s.packMe(other))
	u.toMain("unfollow", s.packUserFor(other, u))
}

func (s *Server) unblock(u, other *User) *apiError {
	switch {
	case u == other:
		return errUnblockYourself
	case !other.blockedBy(u):
		return errNotBlocking
	}
	delete(u.blocking, other.ID)
	delete(other.relations.blockers, u.ID)
	return nil
}
