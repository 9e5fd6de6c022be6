package runtime

import (
	"fmt"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/codec"
)

// Hook is a value that implements one or more of the Hook… interfaces. Hooks
// are called from the client's own goroutines, never from their user's, several
// at a time: they must be safe for concurrent use and return soon. A hook that
// waits holds up what it is told of, and so waits for ever for a client that
// waits for it: Status, State, Reconnect, Pause and a subscription's Close are
// fine in a hook; to subscribe, capture, call or close the client it starts a
// goroutine.
type Hook any

// HookConnection is told of sockets.
type HookConnection interface {
	// OnConnected is called when a socket is open.
	OnConnected(ConnectionInfo)
	// OnDisconnected is called when a socket is lost or could not be opened,
	// with the reason and the pause until the next attempt; the pause is
	// negative when there will be none.
	OnDisconnected(info ConnectionInfo, err error, pause time.Duration)
}

// HookState is told when a subscription's state changes.
type HookState interface {
	// OnState is called after the change, with the reason for StateClosed. The
	// changes of one subscription are told one after the other, in their order.
	OnState(sub *Subscription, state State, reason error)
}

// HookHandlerError is told of errors that handlers return and of their
// panics, which are *PanicError.
type HookHandlerError interface {
	OnHandlerError(sub *Subscription, event any, err error)
}

// HookFrame is told of frames that were skipped. When it is so slow that a
// thousand of them wait to be told of, those that come then are counted only.
type HookFrame interface {
	OnFrameSkipped(FrameSkipped)
}

// HookOverflow is told of slow episodes: from the first event that a full inbox
// drops until the inbox has been emptied. There is one notice of each end.
type HookOverflow interface {
	// OnSlow is called when an episode begins.
	OnSlow(sub *Subscription)
	// OnCaughtUp is called when it is over, with what it cost.
	OnCaughtUp(sub *Subscription, dropped uint64)
}

// HookGap is told of every gap that is handed on, whatever consumes the events.
type HookGap interface {
	OnGap(sub *Subscription, gap GapInfo)
}

// HookPause is told when a subscription whose handler panics too often is
// paused.
type HookPause interface {
	// OnPause is called when the pause begins, which ends by itself.
	OnPause(sub *Subscription, pause time.Duration, last *PanicError)
}

// HookToken is told when the server says that the account has a new token. The
// one the client has opens no other socket; see WithTokenSource.
type HookToken interface {
	OnTokenRegenerated()
}

// HookDrift is told where what the server sends departs from the spec the
// bindings were generated from: events it does not have, keys it does not have
// or that are missing, nulls, kinds of a union, bodies that do not decode; in
// channels, captures and broadcasts. A new value of an enum is no drift: enums
// are open, and the value's Known tells. A frame of an unknown type, which a new
// broadcast is, is for HookFrame.
//
// Of each departure a client tells once, however often and in however many
// subscriptions it comes, and of a thousand different ones at most: a server
// with one more key in every note costs no more than that. A subscription's
// Status counts them all, with or without such a hook: Unknown has events and
// bodies, Drift the rest.
type HookDrift interface {
	// OnDrift is called with the first subscription and the type of the event
	// that had it.
	OnDrift(sub *Subscription, eventType string, drift codec.Drift)
}

// FrameSkipped is a frame that was counted and skipped.
type FrameSkipped struct {
	Connection ConnectionInfo
	// Err says why: wire.ErrNotJSON, wire.ErrNotUTF8, wire.ErrNoType,
	// ErrFrameTooLarge or ErrUnknownFrame, wrapped or not.
	Err error
	// Excerpt is the frame's beginning, 256 bytes at most.
	Excerpt string
	// Size is the frame's size in bytes; zero for one that is too large, which
	// is not read to its end.
	Size int
}

func knownHook(h Hook) bool {
	switch h.(type) {
	case HookConnection, HookState, HookHandlerError, HookFrame, HookOverflow, HookGap, HookPause, HookToken, HookDrift:
		return true
	}
	return false
}

// each calls f for every hook that implements H. A hook that panics is said
// so in the log, and costs nothing else.
func each[H any](s *Session, f func(H)) {
	for _, h := range s.config.hooks {
		if h, ok := h.(H); ok {
			callHook(s, h, f)
		}
	}
}

func callHook[H any](s *Session, h H, f func(H)) {
	if crash := contain(func() { f(h) }); crash != nil {
		s.logger.Error("misskey: hook panicked", "hook", fmt.Sprintf("%T", h), "panic", crash.Value, "stack", string(crash.Stack))
	}
}
