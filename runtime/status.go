package runtime

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// ConnectionInfo names a socket: the connection's number, counted from one,
// and the generation, which counts its dials.
type ConnectionInfo struct {
	Number     int
	Generation uint64
}

// Status is what a client looks like at one moment.
type Status struct {
	Host          string
	Connections   []ConnectionStatus
	Subscriptions []SubscriptionStatus // by channel, then key, then id
	Stats         Stats
	Recording     RecordingStatus // zero without WithRecorder
	Err           error           // why the client is closed; nil while it is not
}

// ConnectionStatus is what a connection looks like at one moment.
type ConnectionStatus struct {
	ConnectionInfo
	Open      bool          // it has a socket
	LastHeard time.Time     // when the last frame came; zero for none
	RoundTrip time.Duration // of the last ping that was answered; zero for none
	LastErr   error         // why the last socket was lost or not opened
	// Channels and Captures it has a place for, those included that are parked or
	// about to be left.
	Channels, Captures int
}

// SubscriptionStatus is what a subscription looks like at one moment.
type SubscriptionStatus struct {
	ID      string
	Channel string
	Key     string // of a capture
	State   State
	Err     error
	// Attempts counts connects the server has not acknowledged, since it last
	// did.
	Attempts uint64
	// Connection is where it lives.
	Connection ConnectionInfo
	// Paused is set while nothing is handed on: by Pause, or because its handler
	// panicked too often.
	Paused bool
	// LastEvent is the last one handed on.
	LastEvent EventRef
	// SinceLive counts events since it was last acknowledged. Some servers
	// acknowledge what they then never send: zero for long, on a channel where
	// much happens, shows it.
	SinceLive uint64
	// Gaps counts those handed on.
	Gaps uint64
	// InboxEvents and InboxBytes are waiting to be delivered.
	InboxEvents, InboxBytes int
	// Delivered counts events of a known type handed on, Dropped those the overflow policy or
	// Close dropped, Unknown those without one, Drift the departures from
	// the spec in decoded ones, HandlerErrors and HandlerPanics what became
	// of them.
	Delivered, Dropped, Unknown, Drift, HandlerErrors, HandlerPanics uint64
}

// Stats counts what a client did since it was opened.
type Stats struct {
	FramesIn, FramesOut uint64
	BytesIn             uint64 // of frames, at most WithMaxFrame of each
	Malformed           uint64 // frames that are not JSON, not UTF-8 or without a type
	TooLarge            uint64 // frames larger than WithMaxFrame
	UnknownFrames       uint64 // frames of a type the bindings do not have
	Unowned             uint64 // messages for ids and entities no longer subscribed to
	LateAnswers         uint64 // answers to calls over the stream that nobody waits for any more
}

type stats struct {
	framesIn, framesOut, bytesIn, malformed, tooLarge, unknownFrames, unowned, lateAnswers atomic.Uint64
}

// Status returns a snapshot. It does not wait for any handler.
func (s *Session) Status() Status {
	s.mu.Lock()
	conns := s.conns
	subs := make([]*Subscription, 0, len(s.subs))
	for sub := range s.subs {
		subs = append(subs, sub)
	}
	st := Status{Host: s.target.host, Err: s.err}
	s.mu.Unlock()

	for _, c := range conns {
		cs := ConnectionStatus{ConnectionInfo: c.info(), Open: c.socket.Load() != nil, RoundTrip: time.Duration(c.roundTrip.Load()), Channels: int(c.usedChannels.Load()), Captures: int(c.usedCaptures.Load())}
		if ns := c.lastHeard.Load(); ns != 0 {
			cs.LastHeard = time.Unix(0, ns)
		}
		if err := c.lastErr.Load(); err != nil {
			cs.LastErr = *err
		}
		st.Connections = append(st.Connections, cs)
	}
	for _, sub := range subs {
		st.Subscriptions = append(st.Subscriptions, sub.Status())
	}
	slices.SortFunc(st.Subscriptions, func(a, b SubscriptionStatus) int {
		if c := strings.Compare(a.Channel, b.Channel); c != 0 {
			return c
		}
		if c := strings.Compare(a.Key, b.Key); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	st.Stats = Stats{
		FramesIn: s.stats.framesIn.Load(), FramesOut: s.stats.framesOut.Load(), BytesIn: s.stats.bytesIn.Load(),
		Malformed: s.stats.malformed.Load(), TooLarge: s.stats.tooLarge.Load(),
		UnknownFrames: s.stats.unknownFrames.Load(), Unowned: s.stats.unowned.Load(), LateAnswers: s.stats.lateAnswers.Load(),
	}
	st.Recording = s.recording.status()
	return st
}

// Status returns a snapshot of the subscription. It does not wait for its
// handler.
func (s *Subscription) Status() SubscriptionStatus {
	events, bytes := s.inbox.depth()
	_, sinceLive := s.inbox.heard()
	s.mu.Lock()
	state, err := s.state, s.err
	s.mu.Unlock()
	return SubscriptionStatus{
		ID: s.id, Channel: s.name(), Key: s.Key(), State: state, Err: err, Attempts: s.attempts.Load(),
		InboxEvents: events, InboxBytes: bytes,
		Delivered: s.delivered.Load(), Dropped: s.dropped.Load(), Unknown: s.unknown.Load(), Drift: s.drift.Load(),
		HandlerErrors: s.failed.Load(), HandlerPanics: s.panicked.Load(),
		Connection: s.conn.info(), Paused: s.inbox.isPaused(), LastEvent: s.inbox.lastTaken(),
		SinceLive: sinceLive, Gaps: s.gaps.Load(),
	}
}
