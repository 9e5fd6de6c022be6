package runtime

import (
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

// life is what a connection knows of one slot.
type life struct {
	slot    *slot
	subs    []*Subscription // replaced, never changed: routes share it
	order   int
	wireID  string // of a channel on this generation; "" before connect is sent
	live    bool
	leaving bool        // nobody is left; to be disconnected when the server has it
	asked   time.Time   // when the connect was queued
	attempt int         // connects that were not acknowledged, in a row
	timer   *time.Timer // ack timeout, or pause before the next connect
}

// The session actor's bookkeeping.

func (c *connection) hasRoom(sl *slot) bool {
	channels := c.session.config.channels
	if channels == 0 {
		channels = c.session.dialect.ChannelsPerConnection
	}
	switch {
	case sl.channel != nil:
		return channels == 0 || int(c.usedChannels.Load()) < channels
	case sl.capture != nil:
		return int(c.usedCaptures.Load()) < c.session.config.captures
	default:
		return true
	}
}

func (c *connection) take(sl *slot) { sl.conn = c; c.count(sl, 1) }

func (c *connection) give(sl *slot) { sl.conn = nil; c.count(sl, -1) }

// count counts the places that slots take. The broadcasts take none.
func (c *connection) count(sl *slot, n int64) {
	switch {
	case sl.channel != nil:
		c.usedChannels.Add(n)
	case sl.capture != nil:
		c.usedCaptures.Add(n)
	}
}

// attach adds a subscription to its slot and spawns its actor.
func (c *connection) attach(ctx actor.Context, msg *attach) {
	sub := msg.sub
	sub.conn = c
	sub.slot.got++
	c.spawning = sub
	sub.pid = ctx.SpawnPrefix(c.props, sub.name())
	ctx.Send(sub.pid, &begin{})
	c.children[sub.pid.String()] = sub
	c.session.track(sub)
	defer close(msg.registered)
	if c.closing {
		sub.end(c.session.reason(), true)
		return
	}
	l := c.lives[sub.slot]
	fresh := l == nil
	if fresh {
		c.joined++
		l = &life{slot: sub.slot, order: c.joined}
		c.lives[sub.slot] = l
	}
	l.subs = append(l.subs[:len(l.subs):len(l.subs)], sub)
	l.leaving = false
	switch {
	case sub.slot.broadcast != nil:
		c.reroute(l)
		if c.session.bringer.Load() != nil {
			sub.live(&link{})
		}
	case c.socket.Load() == nil:
	case fresh:
		c.send(c.connect(l)...)
	default:
		c.reroute(l)
		if l.live {
			sub.live(&link{socket: c.socket.Load(), wireID: l.wireID})
		}
	}
}

// connect puts a slot on the socket: it sets the route and returns what must
// be sent.
func (c *connection) connect(l *life) [][]byte {
	sl := l.slot
	switch {
	case sl.channel != nil:
		l.wireID, l.asked = newID(), time.Now()
		c.byWire[l.wireID] = l
		c.channels.set(l.wireID, l.subs)
		c.await(l)
		return [][]byte{wire.Build(c.session.dialect.Words.Connect, wire.Connect(sl.channel.Name, l.wireID, sl.params))}
	case sl.capture != nil:
		c.captures[sl.capture.Update].set(sl.key, l.subs)
		c.goLive(l)
		return [][]byte{wire.Build(sl.capture.Subscribe, wire.Key(sl.capture.Key, sl.key))}
	default:
		return nil // broadcasts come without asking
	}
}

// await starts the clock for the server's acknowledgement.
func (c *connection) await(l *life) {
	gen, id := c.gen.Load(), l.wireID
	l.timer = time.AfterFunc(c.session.config.ackTimeout, func() { c.tell(&ackTimeout{gen: gen, wireID: id}) })
}

func (c *connection) acked(msg *acked) {
	l := c.byWire[msg.wireID]
	if l == nil || msg.gen != c.gen.Load() {
		return // of an id we have left
	}
	l.stopTimer()
	if l.leaving {
		c.leaveSlot(l)
		return
	}
	l.attempt = 0
	for _, sub := range l.subs {
		sub.attempts.Store(0)
	}
	c.goLive(l)
}

// ackTimeout leaves an id that was not acknowledged and tries again later
// under another: the server is silent about every refusal.
func (c *connection) ackTimeout(msg *ackTimeout) {
	l := c.byWire[msg.wireID]
	if l == nil || l.live || msg.gen != c.gen.Load() {
		return
	}
	if len(l.subs) == 0 { // leaving, or parked
		c.leaveSlot(l)
		return
	}
	pause := c.session.config.backoff.pause(l.attempt)
	l.attempt++
	c.session.logger.Warn("misskey: channel not acknowledged", "connection", c.number, "channel", l.slot.name(), "permission", l.slot.channel.Permission, "attempt", l.attempt, "pause", pause)
	c.send(wire.Build(c.session.dialect.Words.Disconnect, wire.Key("id", l.wireID)))
	lastHeard := c.heard()
	c.unroute(l)
	for _, sub := range l.subs {
		sub.attempts.Store(uint64(l.attempt))
		sub.unacknowledged(l.asked, lastHeard)
	}
	l.timer = time.AfterFunc(pause, func() { c.tell(&connectAgain{gen: msg.gen, life: l}) })
}

func (c *connection) goLive(l *life) {
	l.live = true
	for _, sub := range l.subs {
		sub.live(&link{socket: c.socket.Load(), wireID: l.wireID})
	}
}

// replaySome sends some of the captures that a new socket has still to be told
// of.
func (c *connection) replaySome() {
	now := c.replay[:min(len(c.replay), replayBatch)]
	c.replay = c.replay[len(now):]
	var frames [][]byte
	for _, l := range now {
		if c.lives[l.slot] == l && !l.live { // it may have ended
			frames = append(frames, c.connect(l)...)
		}
	}
	c.send(frames...)
	if len(c.replay) == 0 {
		c.replay = nil
		return
	}
	gen := c.gen.Load()
	time.AfterFunc(replayPause, func() { c.tell(&replayMore{gen: gen}) })
}

// evict ends the captures of a slot.
func (c *connection) evict(sl *slot) {
	l := c.lives[sl]
	if l == nil {
		return
	}
	for _, sub := range l.subs {
		sub.inbox.part(time.Unix(0, sl.heard.Load()), time.Now(), GapEviction)
		sub.end(ErrEvicted, false)
	}
}

// detach takes a closed subscription off its slot, and the slot off the
// socket when it was the last one. A channel that leaks is parked: its id
// stays ours, its frames go nowhere, and the next subscriber takes it up.
func (c *connection) detach(sub *Subscription) {
	l := c.lives[sub.slot]
	if l == nil {
		return
	}
	rest := slices.DeleteFunc(slices.Clone(l.subs), func(other *Subscription) bool { return other == sub })
	l.subs = rest
	up := c.socket.Load() != nil
	switch {
	case len(rest) > 0 || up && l.parks() && l.wireID != "":
		if up {
			c.reroute(l)
		}
	case up && l.slot.channel != nil && l.wireID != "" && !l.live:
		// A channel that is left before it is open goes on for ever on the
		// server: disconnect has to wait for the acknowledgement.
		l.leaving = true
		c.reroute(l)
	default:
		c.leaveSlot(l)
	}
}

// leaveSlot takes a slot off the socket, and gives its place back.
func (c *connection) leaveSlot(l *life) {
	delete(c.lives, l.slot)
	l.stopTimer()
	if c.socket.Load() != nil {
		c.send(c.farewell(l)...)
	}
	c.unroute(l)
	if l.slot.channel != nil {
		c.session.tell(&left{slot: l.slot, got: l.slot.got})
	}
}

func (l *life) parks() bool { return l.slot.channel != nil && l.slot.channel.Leaks }

func (l *life) stopTimer() {
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
}

// farewell returns what ends a slot on the server.
func (c *connection) farewell(l *life) [][]byte {
	sl := l.slot
	switch {
	case sl.channel != nil && l.wireID != "":
		return [][]byte{wire.Build(c.session.dialect.Words.Disconnect, wire.Key("id", l.wireID))}
	case sl.capture != nil:
		return [][]byte{wire.Build(sl.capture.Unsubscribe, wire.Key(sl.capture.Key, sl.key))}
	}
	return nil
}

// reroute gives the route of a slot its present subscriptions.
func (c *connection) reroute(l *life) {
	sl := l.slot
	switch {
	case sl.channel != nil:
		if l.wireID != "" {
			c.channels.set(l.wireID, l.subs)
		}
	case sl.capture != nil:
		c.captures[sl.capture.Update].set(sl.key, l.subs)
	default:
		c.session.broadcasts.set("", l.subs)
	}
}

// unroute forgets a slot's route: what still comes for it is not ours.
func (c *connection) unroute(l *life) {
	l.live = false
	sl := l.slot
	switch {
	case sl.channel != nil:
		c.channels.remove(l.wireID)
		delete(c.byWire, l.wireID)
		l.wireID = ""
	case sl.capture != nil:
		c.captures[sl.capture.Update].remove(sl.key)
	default:
		c.session.broadcasts.remove("")
	}
}
