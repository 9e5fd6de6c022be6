package runtime

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// dial opens the next generation's socket, in a goroutine, when the session's
// rate allows.
func (c *connection) dial(granted bool) {
	if c.closing {
		return
	}
	c.granted = false
	if wait := c.session.mayDial(granted); wait > 0 {
		gen := c.gen.Load()
		c.granted = true
		c.redial = time.AfterFunc(wait, func() { c.tell(&dialAgain{gen: gen, granted: true}) })
		return
	}
	gen := c.gen.Add(1)
	ctx, cancel := context.WithCancel(c.session.ctx)
	c.dialing, c.cancel = true, cancel
	c.session.goroutines.Go(func() {
		defer cancel()
		msg := &dialed{gen: gen}
		if msg.ws, msg.in, msg.err = c.session.dial(ctx); msg.err == nil {
			// However this actor may end, the socket ends with the session.
			msg.free = context.AfterFunc(c.session.ctx, func() { _ = msg.ws.Close() })
		}
		c.tell(msg)
	})
}

func (c *connection) dialed(msg *dialed) {
	c.dialing = false
	switch {
	case c.closing || msg.gen != c.gen.Load():
		if msg.ws != nil {
			msg.free()
			c.session.goroutines.Go(func() { _ = msg.ws.Close() })
		}
	case msg.err != nil:
		c.dialFailed(msg.err)
	default:
		c.use(newSocket(c, msg))
	}
}

// dialFailed decides what a failed dial means.
func (c *connection) dialFailed(err error) {
	c.lastErr.Store(&err)
	var h *HandshakeError
	final := errors.As(err, &h) && h.Final
	// The first dial is Connect's, and fails it; once over if it was made with a
	// token that has been renewed.
	again := h != nil && h.renewed && c.attempts == 0
	if final || c.session.starting() && !c.session.config.keepTrying && !again {
		each(c.session, func(h HookConnection) { h.OnDisconnected(c.info(), err, -1) })
		c.session.logger.Error("misskey: giving up", "connection", c.number, "error", err)
		c.session.send(&dialRefused{err: err})
		return
	}
	var after time.Duration
	if h != nil {
		after = h.RetryAfter
	}
	c.pause(err, after)
}

// pause waits before the next dial, at least as long as the server asked to: a
// random time longer, since it asks all clients alike.
func (c *connection) pause(err error, atLeast time.Duration) {
	if c.closing || c.session.Err() != nil {
		return
	}
	if !c.openedAt.IsZero() && time.Since(c.openedAt) > c.session.config.backoff.max {
		c.attempts = 0 // it was up for long: this is a new trouble
	}
	c.openedAt = time.Time{}
	pause := atLeast + c.session.config.backoff.pause(c.attempts)
	c.attempts++
	gen := c.gen.Load()
	c.redial = time.AfterFunc(pause, func() { c.tell(&dialAgain{gen: gen}) })
	c.session.logger.Warn("misskey: not connected", "connection", c.number, "generation", gen, "error", err, "pause", pause)
	each(c.session, func(h HookConnection) { h.OnDisconnected(c.info(), err, pause) })
}

func (c *connection) reconnect() {
	switch {
	case c.closing || c.dialing || c.granted: // it is as soon as may be
	case c.socket.Load() != nil:
		c.lose(errReconnect)
		each(c.session, func(h HookConnection) { h.OnDisconnected(c.info(), errReconnect, 0) })
		c.dial(false)
	default:
		if c.redial != nil {
			c.redial.Stop()
			c.redial = nil
		}
		c.dial(false)
	}
}

// beginAgain follows a panic of this actor: with a fresh socket.
func (c *connection) beginAgain() {
	switch {
	case c.closing || c.dialing || c.redial != nil:
	case c.socket.Load() != nil:
		c.lose(errInternal)
		c.pause(errInternal, 0)
	default:
		c.pause(errInternal, 0)
	}
}

// use takes a socket into use and connects every slot on it.
func (c *connection) use(sock *socket) {
	c.openedAt = time.Now()
	c.lastHeard.Store(c.openedAt.UnixNano())
	c.socket.Store(sock)
	c.session.logger.Info("misskey: connected", "connection", c.number, "generation", sock.gen)
	lives := make([]*life, 0, len(c.lives))
	for _, l := range c.lives {
		lives = append(lives, l)
	}
	slices.SortFunc(lives, func(a, b *life) int { return cmp.Compare(a.order, b.order) })
	var frames [][]byte
	c.replay = nil
	for _, l := range lives {
		if l.slot.capture != nil {
			c.replay = append(c.replay, l)
			continue
		}
		frames = append(frames, c.connect(l)...)
	}
	// Routes are in place before the reader's first frame.
	c.send(frames...)
	c.replaySome()
	sock.run()
	c.session.opened()
	c.session.elect()
	each(c.session, func(h HookConnection) { h.OnConnected(c.info()) })
}

// lose takes a socket out of use. Every subscription on it is told, and will
// be connected under a fresh id on the next one.
func (c *connection) lose(err error) {
	c.lastErr.Store(&err)
	if sock := c.socket.Swap(nil); sock != nil {
		sock.breakWith(err)
	}
	lastHeard := c.heard() // before the routes go: a frame that finds none was not heard
	c.channels.clear()
	for _, r := range c.captures {
		r.clear()
	}
	clear(c.byWire)
	for _, l := range c.lives {
		if l.slot.broadcast != nil {
			continue // they may come by another socket
		}
		l.stopTimer()
		l.wireID, l.live = "", false
		if len(l.subs) == 0 {
			delete(c.lives, l.slot) // the socket took what was parked or to be left with it
			if l.slot.channel != nil {
				c.session.tell(&left{slot: l.slot, got: l.slot.got})
			}
			continue
		}
		for _, sub := range l.subs {
			sub.lost(lastHeard)
		}
	}
	c.session.elect()
}

// heard is when the last frame that found its way was received.
func (c *connection) heard() time.Time { return time.Unix(0, c.lastHeard.Load()) }
