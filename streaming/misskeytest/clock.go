package misskeytest

import (
	"sync"
	"time"
)

// Clock is the server's time: the moment written into notes and
// notifications, and every delay (unread notifications, polls, pings,
// statistics, the start of a game). The default is the real one; tests that
// must not wait pass a [ManualClock] with [WithClock].
type Clock interface {
	Now() time.Time
	// AfterFunc calls f once, d from now, in any goroutine that holds no
	// lock of the server's.
	AfterFunc(d time.Duration, f func()) Timer
}

// Timer is a call that a [Clock] has still to make.
type Timer interface {
	// Stop prevents the call. It reports whether it did so: false means that
	// the call has begun, or was stopped before.
	Stop() bool
}

type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func (realClock) AfterFunc(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }

// ManualClock is a Clock that stands still until Advance moves it. It is safe
// for concurrent use.
type ManualClock struct {
	mu     sync.Mutex
	now    time.Time
	timers []*manualTimer
}

// NewManualClock returns a clock that stands at now.
func NewManualClock(now time.Time) *ManualClock { return &ManualClock{now: now} }

// Now returns the time the clock stands at.
func (c *ManualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// AfterFunc arranges for f to be called by the Advance that reaches d from
// now; a delay of zero or less waits for the next Advance too.
func (c *ManualClock) AfterFunc(d time.Duration, f func()) Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &manualTimer{clock: c, at: c.now.Add(d), f: f}
	c.timers = append(c.timers, t)
	return t
}

// Advance moves the clock forward by d and makes the calls that fall due, in
// the order of their times, each with the clock standing at its time. It
// returns when they have returned, calls that those calls arranged included.
// Only one goroutine may advance a clock at a time.
func (c *ManualClock) Advance(d time.Duration) {
	c.mu.Lock()
	end := c.now.Add(d)
	for {
		next := c.earliest(end)
		if next == nil {
			break
		}
		if next.at.After(c.now) {
			c.now = next.at
		}
		c.remove(next)
		c.mu.Unlock()
		next.f()
		c.mu.Lock()
	}
	c.now = end
	c.mu.Unlock()
}

// earliest returns the timer that is due first and not after end; of timers
// due at once, the one arranged first.
func (c *ManualClock) earliest(end time.Time) *manualTimer {
	var first *manualTimer
	for _, t := range c.timers {
		if !t.at.After(end) && (first == nil || t.at.Before(first.at)) {
			first = t
		}
	}
	return first
}

func (c *ManualClock) remove(t *manualTimer) bool {
	for i, o := range c.timers {
		if o == t {
			c.timers = append(c.timers[:i], c.timers[i+1:]...)
			return true
		}
	}
	return false
}

type manualTimer struct {
	clock *ManualClock
	at    time.Time
	f     func()
}

func (t *manualTimer) Stop() bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	return t.clock.remove(t)
}

// schedule is the set of calls the server has still to make, so that Close
// can leave none behind. All its methods need Server.mu.
type schedule struct {
	clock   Clock
	pending map[*call]struct{}
}

type call struct{ timer Timer } // nil: will never be made

// after calls f with Server.mu held, d from now, unless it is stopped or the
// server is closed by then. Those who Wait look again afterwards.
func (s *Server) after(d time.Duration, f func()) *call { return s.afterOn(s.schedule.clock, d, f) }

// afterOn is after by another clock than the server's.
func (s *Server) afterOn(clock Clock, d time.Duration, f func()) *call {
	c := &call{}
	if s.closed {
		return c
	}
	s.schedule.pending[c] = struct{}{}
	c.timer = clock.AfterFunc(d, func() {
		defer s.runHooks()
		s.mu.Lock()
		defer s.mu.Unlock()
		if _, ok := s.schedule.pending[c]; !ok {
			return
		}
		delete(s.schedule.pending, c)
		f()
		s.touch()
	})
	return c
}

func (s *Server) stop(c *call) {
	if c == nil || c.timer == nil {
		return
	}
	delete(s.schedule.pending, c)
	c.timer.Stop()
}

func (s *Server) stopAll() {
	for c := range s.schedule.pending {
		s.stop(c)
	}
}

func (s *Server) now() time.Time {
	return s.schedule.clock.Now().UTC().Truncate(time.Millisecond)
}
