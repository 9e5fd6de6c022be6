package misskeytest

import "time"

// mute is that one account does not want to hear of another.
type mute struct {
	tie
	expires time.Time // zero = never
	end     *call     // what ends it then
}

// Mute makes u hear of other no more: timelines, by stream and by REST, leave
// out what other writes, what answers other and what passes other's notes on,
// and there are neither mentions nor notifications from other. `reply` and
// `renote` still come on main. Other is not told.
func (u *User) Mute(other *User) {
	u.server.mustOwn("Mute", "other", other)
	act(u, "Mute", func() (struct{}, *apiError) { return struct{}{}, u.server.mute(u, other, time.Time{}) })
}

// MuteFor is a [User.Mute] that ends by itself after d.
func (u *User) MuteFor(other *User, d time.Duration) {
	u.server.mustOwn("MuteFor", "other", other)
	act(u, "MuteFor", func() (struct{}, *apiError) {
		return struct{}{}, u.server.mute(u, other, u.server.now().Add(d))
	})
}

// Unmute takes a Mute back.
func (u *User) Unmute(other *User) {
	u.server.mustOwn("Unmute", "other", other)
	act(u, "Unmute", func() (struct{}, *apiError) { return struct{}{}, u.server.unmute(u, other) })
}

// MuteRenotes keeps other's renotes without a word out of u's timelines and
// notifications of notes; quotes stay.
func (u *User) MuteRenotes(other *User) {
	u.server.mustOwn("MuteRenotes", "other", other)
	act(u, "MuteRenotes", func() (struct{}, *apiError) { return struct{}{}, u.server.muteRenotes(u, other) })
}

// UnmuteRenotes takes a MuteRenotes back.
func (u *User) UnmuteRenotes(other *User) {
	u.server.mustOwn("UnmuteRenotes", "other", other)
	act(u, "UnmuteRenotes", func() (struct{}, *apiError) { return struct{}{}, u.server.unmuteRenotes(u, other) })
}

func (s *Server) mute(u, other *User, expires time.Time) *apiError {
	switch {
	case u == other:
		return errMuteYourself
	case u.relations.muted[other.ID] != nil:
		return errAlreadyMuting
	case !expires.IsZero() && !expires.After(s.now()):
		return nil // over before it began
	}
	m := &mute{tie: s.newTie(u, other), expires: expires}
	put(&u.relations.muted, other.ID, m)
	if !expires.IsZero() {
		m.end = s.after(expires.Sub(s.now()), func() { delete(u.relations.muted, other.ID) })
	}
	return nil
}

func (s *Server) unmute(u, other *User) *apiError {
	m := u.relations.muted[other.ID]
	switch {
	case u == other:
		return errUnmuteYourself
	case m == nil:
		return errNotMuting
	}
	s.stop(m.end)
	delete(u.relations.muted, other.ID)
	return nil
}

func (s *Server) muteRenotes(u, other *User) *apiError {
	switch {
	case u == other:
		return errMuteRenotesYourself
	case u.relations.renoteMuted[other.ID] != nil:
		return errAlreadyMutingRenotes
	}
	put(&u.relations.renoteMuted, other.ID, &mute{tie: s.newTie(u, other)})
	return nil
}

func (s *Server) unmuteRenotes(u, other *User) *apiError {
	switch {
	case u == other:
		return errUnmuteRenotesYourself
	case u.relations.renoteMuted[other.ID] == nil:
		return errNotMutingRenotes
	}
	delete(u.relations.renoteMuted, other.ID)
	return nil
}

// toMainFrom sends an event that from has caused to u's main channels, those
// excepted whose socket knows from to be muted.
func (u *User) toMainFrom(from *User, typ string, body any) {
	t := topic{"main", string(u.ID)}
	if _, ok := u.server.topics[t]; !ok {
		return
	}
	e := u.server.newEvent(typ, body)
	u.server.listeners(t, func(c *channelConn) {
		if from == nil || c.view.known.muted[from.ID] == nil {
			c.emit(e)
		}
	})
}
