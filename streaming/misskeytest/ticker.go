package misskeytest

import "time"

// ticker does something again and again, at the same distance on the server's
// clock since it was made. It rests while nobody would notice, so that a
// [ManualClock] can leap over weeks; the moments stay the same. Its methods need
// Server.mu.
type ticker struct {
	server *Server
	every  time.Duration // 0 = never
	began  time.Time
	tick   func()
	needed func() bool
	next   *call // nil = at rest
	done   int64 // the number of the moment that it ticked at last
}

func (s *Server) newTicker(every time.Duration, tick func(), needed func() bool) *ticker {
	return &ticker{server: s, every: every, began: s.now(), tick: tick, needed: needed}
}

// passed is how many moments there have been.
func (t *ticker) passed() int64 {
	if t.every == 0 {
		return 0
	}
	return int64(t.server.now().Sub(t.began) / t.every)
}

// wake makes a ticker that rests tick at the next moment, and then for as long as
// it is needed.
func (t *ticker) wake() {
	if t.next != nil || t.every == 0 {
		return
	}
	// Clocks differ a little in how they count time and wait for it: what is done
	// is done.
	number := max(t.passed(), t.done) + 1
	at := t.began.Add(time.Duration(number) * t.every)
	t.next = t.server.after(at.Sub(t.server.now()), func() {
		t.next, t.done = nil, number
		t.tick()
		if t.needed() {
			t.wake()
		}
	})
}
