package runtime

// elect finds a socket to take the broadcasts from, if the one they came by is
// no longer in use. The first connection does this for the session, as it has
// the broadcasts' subscriptions.
func (c *connection) elect() {
	old := c.session.bringer.Load()
	if old != nil && old.conn.socket.Load() == old {
		return
	}
	var bringer *socket
	for _, other := range c.session.connections() {
		if bringer = other.socket.Load(); bringer != nil {
			break
		}
	}
	var subs []*Subscription
	for _, l := range c.lives {
		if l.slot.broadcast != nil {
			subs = append(subs, l.subs...)
		}
	}
	if old != nil {
		c.session.bringer.Store(nil) // what it still brings would end the gap
		c.session.broadcasts.settle()
		for _, sub := range subs {
			sub.lost(old.conn.heard())
		}
	}
	if bringer == nil {
		return
	}
	c.session.bringer.Store(bringer)
	for _, sub := range subs {
		sub.live(&link{})
	}
}
