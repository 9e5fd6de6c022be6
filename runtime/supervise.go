package runtime

import (
	"time"
)

// panics is what a connection remembers of a subscription's handler.
type panics struct {
	recent []time.Time // within the window, since the last pause
	total  int         // since the handler was last well
	pauses int         // likewise
	well   time.Time   // when it will be: the end of the last pause, or the last panic, and a window more
	timer  *time.Timer // of the pause there is
}

// Messages to the connection's actor.
type (
	// handlerPanicked says that a handler did, and that its subscription takes
	// no more events until it is told what becomes of it.
	handlerPanicked struct {
		late
		sub *Subscription
		err *PanicError
	}
	// resumeHandler ends a pause.
	resumeHandler struct {
		late
		sub *Subscription
	}
)

// judge decides what becomes of a subscription whose handler panicked.
func (c *connection) judge(msg *handlerPanicked) {
	s, sub, now := c.session.config.supervision, msg.sub, time.Now()
	if sub.Err() != nil {
		return // it is on its way out, or gone: nobody would forget its panics
	}
	p := c.panics[sub]
	if p == nil || now.After(p.well) {
		p = &panics{}
		c.panics[sub] = p
	}
	p.total++
	p.well = now.Add(s.Within)
	p.recent = append(p.recent, now)
	for now.Sub(p.recent[0]) > s.Within {
		p.recent = p.recent[1:]
	}
	switch {
	case len(p.recent) <= s.Panics:
		sub.pause(pausedByPanics, false)
	case p.pauses >= s.Pauses:
		sub.end(&HandlerPanicsError{Channel: sub.name(), Panics: p.total, Last: msg.err}, true)
	default:
		pause := backoff{min: s.MinPause, max: s.MaxPause}.pause(p.pauses)
		p.pauses++
		p.recent = nil
		p.well = p.well.Add(pause)
		p.timer = time.AfterFunc(pause, func() { c.tell(&resumeHandler{sub: sub}) })
		c.session.logger.Warn("misskey: handler panics too often, subscription paused", "channel", sub.name(), "subscription", sub.id, "panics", p.total, "pause", pause)
		each(c.session, func(h HookPause) { h.OnPause(sub, pause, msg.err) })
	}
}

// acquit forgets the panics of a subscription that is over.
func (c *connection) acquit(sub *Subscription) {
	if p := c.panics[sub]; p != nil {
		if p.timer != nil {
			p.timer.Stop()
		}
		delete(c.panics, sub)
	}
}
