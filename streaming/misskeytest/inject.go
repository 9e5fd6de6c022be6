package misskeytest

import (
	"fmt"
	"slices"
	"time"
)

// Injection is a [Fault] that a server has been given, and the report of what
// it did. Its methods are safe for concurrent use.
type Injection struct {
	server  *Server
	fault   Fault
	targets []Target

	// Guarded by Server.mu.
	seen      int // events, connects ... that met the targets since it last struck
	incidents []Incident
	undo      []func()
	shuffle   *shuffle // of a fault that reorders
}

// Incident is one time that a fault struck.
type Incident struct {
	At     time.Time
	Fault  string  // its name
	Socket *Socket // nil for a handshake
	// Channel and ID (the wire id) are those of the connect or disconnect, or of
	// the event that the fault waited for, where it came from a channel.
	Channel, ID string
	// Endpoint is that of the call.
	Endpoint string
}

// Inject makes a fault happen to what meets all targets: to everything where
// there are none. Targets that name a channel or a param let faults that strike
// sockets count events of those channels only.
//
// Faults injected first strike first. Of several that befall one handshake the
// first counts; of those that befall one connect, all.
//
// Inject panics over the zero Fault, and over a fault that never could strike:
// for a target that what it befalls is never met by, see [Target], or because the
// release answers no calls over the socket.
func (s *Server) Inject(f Fault, targets ...Target) *Injection {
	kind, known := f.befalls()
	s.mustTarget("Inject", kind, known, targets)
	if f.answer != nil && !s.facts.answersCalls {
		panic(fmt.Sprintf("misskeytest: Inject: %s: Misskey %s answers no calls over the socket", f, s.facts.release))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	i := &Injection{server: s, fault: f, targets: slices.Clone(targets)}
	if f.socket != nil && f.on == 0 {
		for _, k := range slices.Clone(s.sockets) {
			if k.meets(i.targets) {
				i.strikeSocket(k, nil)
			}
		}
		return i
	}
	s.faults.waiting = append(s.faults.waiting, i)
	return i
}

// meets reports whether the socket, or a channel on it where a target names
// one, meets the targets.
func (k *Socket) meets(targets []Target) bool {
	if meet(targets, place{user: k.who.user, socket: k}) {
		return true
	}
	return slices.ContainsFunc(k.live, func(c *channelConn) bool { return meet(targets, c.place()) })
}

// Incidents returns what the fault has done so far, in order.
func (i *Injection) Incidents() []Incident {
	i.server.mu.Lock()
	defer i.server.mu.Unlock()
	return slices.Clone(i.incidents)
}

// Struck returns how often the fault has struck.
func (i *Injection) Struck() int { return len(i.Incidents()) }

// Stop ends the fault: it strikes no more, stalled reads and slow writes are
// over, and acknowledgments that are held back are sent. What cannot be undone
// stays. A second Stop does nothing.
func (i *Injection) Stop() {
	i.server.locked(func() {
		i.server.faults.remove(i)
		for _, undo := range i.undo {
			undo()
		}
		i.undo = nil
		if i.shuffle != nil {
			i.shuffle.release()
		}
	})
}

// faults are those that wait for something to strike.
type faults struct {
	server  *Server
	waiting []*Injection
}

func (f *faults) remove(i *Injection) {
	f.waiting = slices.DeleteFunc(slices.Clone(f.waiting), func(o *Injection) bool { return o == i })
}

// due counts one more of what the injection waits for, and reports whether it
// strikes now.
func (i *Injection) due(at place) bool {
	if !meet(i.targets, at) {
		return false
	}
	i.seen++
	if i.seen < i.fault.on {
		return false
	}
	i.seen = 0
	return true
}

// struck reports an incident, and ends an injection that has struck often
// enough.
func (i *Injection) struck(at place) {
	i.incidents = append(i.incidents, Incident{
		At:      i.server.now(),
		Fault:   i.fault.name,
		Socket:  at.socket,
		Channel: at.channel,
		ID:      at.id,

		Endpoint: at.endpoint,
	})
	if i.fault.times > 0 && len(i.incidents) >= i.fault.times {
		i.server.faults.remove(i)
	}
	i.server.touch()
}

func (i *Injection) strikeSocket(k *Socket, c *channelConn) {
	at := place{socket: k}
	if c != nil {
		at = c.place()
	}
	i.struck(at)
	do := func(f func()) { f() }
	if i.fault.on > 0 { // behind the event that it waited for
		do = func(f func()) { k.out.then(func() { k.server.locked(f) }) }
	}
	if undo := i.fault.socket(k, do); undo != nil {
		i.undo = append(i.undo, undo)
	}
}

// sent is told of every event. c is nil for one that comes from no channel.
func (f *faults) sent(k *Socket, c *channelConn) {
	for _, i := range f.waiting {
		if i.fault.socket == nil || !k.open { // the one before may have ended it
			continue
		}
		at := place{user: k.who.user, socket: k}
		if c != nil {
			at = c.place()
		}
		if i.due(at) {
			i.strikeSocket(k, c)
		}
	}
}

// connecting collects what goes wrong with a connect.
func (f *faults) connecting(k *Socket, c *channelConn, asked *Connect) connectFaults {
	var all connectFaults
	for _, i := range f.waiting {
		at := place{user: k.who.user, socket: k, channel: asked.Channel, id: asked.ID, params: c.params}
		if i.fault.connect != nil && i.due(at) {
			i.struck(at)
			i.fault.connect(&all)
		}
	}
	return all
}

// acknowledging returns where the acknowledgment of a connect has to wait, nil
// for nowhere.
func (f *faults) acknowledging(c *channelConn) *shuffle {
	for _, i := range f.waiting {
		if i.fault.reorder > 0 && i.due(c.place()) {
			i.struck(c.place())
			if i.shuffle == nil {
				i.shuffle = &shuffle{size: i.fault.reorder}
			}
			return i.shuffle
		}
	}
	return nil
}

// leaving reports whether a channel goes on after its disconnect.
func (f *faults) leaving(c *channelConn) bool {
	for _, i := range f.waiting {
		if i.fault.disconnect && i.due(c.place()) {
			i.struck(c.place())
			return true
		}
	}
	return false
}

// answering collects what goes wrong with the answer to a call over the socket.
func (f *faults) answering(k *Socket, endpoint string) answerFaults {
	var all answerFaults
	at := place{user: k.who.user, socket: k, endpoint: endpoint}
	for _, i := range f.waiting {
		if i.fault.answer != nil && i.due(at) {
			i.struck(at)
			i.fault.answer(&all)
		}
	}
	return all
}

// shaking returns what goes wrong with a handshake, nil for nothing.
func (f *faults) shaking(u *User) *badHandshake {
	for _, i := range f.waiting {
		at := place{user: u}
		if i.fault.handshake != nil && i.due(at) {
			i.struck(at)
			return i.fault.handshake
		}
	}
	return nil
}
