package misskeytest

import (
	"slices"
	"time"
)

// opening is a connect that has passed the checks and is not yet a channel
// that works. How long that lasts, and what happens if the client leaves or
// asks again meanwhile, is where the releases differ most.
type opening struct {
	conn   *channelConn
	asked  *Connect
	pong   bool
	faults connectFaults
	// before is the channel that had the wire id when this one was asked for.
	before *channelConn
	// abandoned is set when the client has left before the channel was open.
	abandoned bool
}

// begin opens a channel as the release does.
//
// Misskey 2025.11.1 takes the channel in, acknowledges it and then gets it
// ready. Misskey 2026.3.2 gets it ready first: checks have been made by then, so
// that what they should have prevented slips through while others open, and
// those that take less time overtake the rest.
func (k *Socket) begin(o *opening) {
	s := k.server
	o.conn.wakeStats() // before the client knows that it may count on them
	if s.facts.acksFirst {
		k.live = append(k.live, o.conn)
		k.acknowledge(o)
		if o.conn.rule.slow || o.faults.slow > 0 {
			k.openLater(o)
			return
		}
		k.ready(o)
		return
	}
	o.before = k.find(o.conn.id)
	k.openLater(o)
}

func (k *Socket) openLater(o *opening) {
	s := k.server
	d := s.openTime() + o.faults.slow
	if d == 0 {
		k.ready(o)
		return
	}
	o.asked.Refusal = Opening
	k.opening = append(k.opening, o)
	// Getting ready is work, not waiting: it takes real time whatever the
	// server's clock says, unless a fault makes it wait.
	clock := Clock(realClock{})
	if o.faults.slow > 0 {
		clock = s.schedule.clock
	}
	s.afterOn(clock, d, func() {
		if i := slices.Index(k.opening, o); i >= 0 {
			k.opening = slices.Delete(k.opening, i, i+1)
			k.ready(o)
		}
	})
}

// openTime is how long one channel takes to open: about as long as the option
// says, and seldom as long as the one before.
func (s *Server) openTime() time.Duration {
	d := s.config.openTime
	if d <= 0 {
		return 0
	}
	return d/2 + time.Duration(s.random.Int64N(int64(d)))
}

// ready is the end of an opening: the channel hears what it is for, or is
// dropped for its params.
func (k *Socket) ready(o *opening) {
	c, s := o.conn, k.server
	key, ok := c.rule.open(c)
	if !ok {
		o.asked.Refusal = RefusedParams
		c.silent = true
		return
	}
	o.asked.Refusal = Accepted
	c.topic = topic{c.rule.name, key}
	c.left = c.left || o.abandoned
	// A channel that the client has left meanwhile hears everything all the same,
	// unless it is of the one kind that can be stopped before it is open.
	stopped := c.left && !c.rule.leaks && !c.rule.slow
	switch {
	case stopped:
	case c.left:
		if !slices.Contains(k.stray, c) {
			k.stray = append(k.stray, c)
		}
	case !s.facts.acksFirst: // else it is among them already
		if o.before != nil && !o.before.left {
			k.leave(c.id)
		}
		k.live = append(k.live, c)
	}
	if c.silent = o.faults.dead; !c.silent && !stopped {
		s.listenTo(c)
	}
	if !s.facts.acksFirst {
		k.acknowledge(o)
	}
}

// leaveOpening takes note of a disconnect for a channel that is not open yet.
func (k *Socket) leaveOpening(id string) {
	for _, o := range k.opening {
		if o.conn.id == id && !o.abandoned && !k.server.facts.acksFirst {
			o.abandoned = true
			return
		}
	}
}

// acknowledge sends `connected` where the client has asked for it, now or when
// a fault lets it.
func (k *Socket) acknowledge(o *opening) {
	if !o.pong || o.faults.mute {
		return
	}
	send := func() {
		if !k.open {
			return
		}
		o.asked.Acknowledged = true
		k.sendText(join(`{"type":"connected","body":{"id":`, string(marshal(o.asked.ID)), `}}`))
	}
	if held := k.server.faults.acknowledging(o.conn); held != nil {
		held.hold(send)
		return
	}
	if o.faults.late > 0 {
		k.server.after(o.faults.late, send)
		return
	}
	send()
}
