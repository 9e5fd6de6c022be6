package runtime

import "sync/atomic"

// slot is one channel connection, one captured entity, or the broadcasts:
// what takes a place on a socket and serves one or more subscriptions. The
// session decides which connection a slot is on, and it stays there. The
// broadcasts are on the first one, which lasts as long as the session.
//
// Its fields are fixed when it is made, except those that belong to the session
// actor, got, and heard.
type slot struct {
	channel   *Channel     // set for a channel
	params    []byte       // of the channel, as JSON
	capture   *CaptureKind // set for a capture
	key       string       // of the capture
	broadcast *EventSet    // set for the broadcasts

	conn *connection
	refs int // subscriptions on it; a channel stays a while when it is zero
	sent int // subscriptions that its connection was sent, in all
	got  int // those that the connection has; the connection actor's

	heard atomic.Int64 // of a capture: Unix nanoseconds; the reader writes it
	stamp int64        // of a capture: heard, as the queue knows it
	place int          // of a capture: in the queue, from one; 0 = not in it
}

func (sl *slot) name() string {
	switch {
	case sl.channel != nil:
		return sl.channel.Name
	case sl.capture != nil:
		return sl.capture.Name
	default:
		return "broadcast"
	}
}

func (sl *slot) events() *EventSet {
	switch {
	case sl.channel != nil:
		return sl.channel.Events
	case sl.capture != nil:
		return sl.capture.Events
	default:
		return sl.broadcast
	}
}

func (sl *slot) endsWith() string {
	if sl.capture != nil {
		return sl.capture.EndsWith
	}
	return ""
}

// share tells the key under which subscriptions share one slot; ok is false
// for a slot of one's own.
func (sl *slot) share() (key shareKey, ok bool) {
	switch {
	case sl.channel != nil:
		return shareKey{channel: sl.channel.Name}, sl.channel.Shared
	case sl.capture != nil:
		return shareKey{capture: sl.capture.Name, key: sl.key}, true
	default:
		return shareKey{}, true
	}
}

type shareKey struct{ channel, capture, key string }
