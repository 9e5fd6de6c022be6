package runtime

import (
	"fmt"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/codec"
)

// Hook is a value that implements one or more of the Hook… interfaces. Hooks
// are called from the client's own goroutines, several at a time: they must
// be safe for concurrent use and return soon. A hook that waits holds up what
// it is told of.
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
	// OnState is called after the change, with the reason for StateClosed.
	OnState(sub *Subscription, state State, reason error)
}

// HookHandlerError is told of errors that handlers return and of their
// panics, which are *PanicError.
type HookHandlerError interface {
	OnHandlerError(sub *Subscription, event any, err error)
}

// HookFrame is told of frames that were skipped.
type HookFrame interface {
	OnFrameSkipped(FrameSkipped)
}

// HookOverflow is told when a subscription begins to drop events.
type HookOverflow interface {
	// OnOverflow is called once per episode: when the first event is dropped,
	// and not again until the inbox was empty.
	OnOverflow(sub *Subscription)
}

// HookDrift is told where decoded JSON departs from the spec the bindings
// were generated from: unknown keys, keys that are missing, nulls. A
// subscription's Status counts it with or without such a hook.
type HookDrift interface {
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
	case HookConnection, HookState, HookHandlerError, HookFrame, HookOverflow, HookDrift:
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
	defer func() {
		if v := recover(); v != nil {
			s.logger.Error("misskey: hook panicked", "hook", fmt.Sprintf("%T", h), "panic", v)
		}
	}()
	f(h)
}
