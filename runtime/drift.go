package runtime

import (
	"errors"
	"strings"
	"sync"

	"github.com/misskeyactor/misskeyactor/runtime/codec"
)

// maxDrifts is how many departures from the spec a client tells of. The server
// chooses the names in them.
const maxDrifts = 1000

// drifts remembers what HookDrift has been told of.
type drifts struct {
	mu   sync.Mutex
	told map[drift]struct{}
}

// drift is a departure from the spec, and the event that had it.
type drift struct {
	channel, event string
	codec.Drift
}

// newDrifts returns nil when nobody wants to be told.
func newDrifts(hooks []Hook) *drifts {
	for _, h := range hooks {
		if _, ok := h.(HookDrift); ok {
			return &drifts{told: map[drift]struct{}{}}
		}
	}
	return nil
}

// isNew reports whether a departure is to be told of.
func (d *drifts) isNew(x drift) bool {
	x.event = x.event[:min(len(x.event), excerptSize)]
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, told := d.told[x]; told || len(d.told) >= maxDrifts {
		return false
	}
	x.event = strings.Clone(x.event) // of its frame
	d.told[x] = struct{}{}
	return true
}

// drifted tells of a departure from the spec in an event.
func (s *Subscription) drifted(event string, d codec.Drift) {
	drifts := s.session.drifts
	if drifts == nil || !drifts.isNew(drift{s.name(), event, d}) {
		return
	}
	each(s.session, func(h HookDrift) { h.OnDrift(s, event, d) })
}

// undecoded is the departure of an event that is handed on as unknown.
func undecoded(channel string, err error) codec.Drift {
	if errors.Is(err, ErrUnknownType) {
		return codec.Drift{Kind: codec.DriftEvent, Type: channel}
	}
	var at *codec.Error
	if errors.As(err, &at) {
		return codec.Drift{Kind: codec.DriftBody, Type: channel, Field: at.Path}
	}
	return codec.Drift{Kind: codec.DriftBody, Type: channel}
}
