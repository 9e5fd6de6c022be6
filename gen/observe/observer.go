package observe

import (
	"errors"
	"fmt"
	"maps"

	"github.com/misskeyactor/misskeyactor/spec"
)

// ErrNoChannel is wrapped by the error of New for a channel that is not in the
// spec.
var ErrNoChannel = errors.New("the spec has no such channel")

// Options say how recordings are to be understood.
type Options struct {
	// Channel is the channel that messages belong to whose connect is not in
	// the recording, as in one of bare frames; "" = they are counted only.
	Channel string
	// Accepted are findings that are let stand, with reasons.
	Accepted []*spec.AcceptedFinding
}

// Observer holds recordings against a spec. It is used by one goroutine at a
// time.
type Observer struct {
	spec    *spec.Spec
	opts    Options
	index   *index
	ledger  *ledger
	counts  Counts
	strays  map[string]*channel // channels that the spec does not have, by name
	unowned *channel            // of Options.Channel
	unfit   map[string]string   // findings that the last Offer left out, with why
}

// Counts are the frames of all recordings together.
type Counts struct {
	Sockets    uint64
	In, Out    uint64 // frames the server has sent, and the client
	Cut        uint64 // of these: recorded without all of their text, and passed over
	Dropped    uint64 // frames that the recorder noted as missing
	Unfollowed uint64 // of In: messages whose connect is not in the recording, passed over
	Unanswered uint64 // connects that asked for an answer and got none
}

// New returns an observer. The spec must not change while it is used. The error
// wraps ErrNoChannel and says which channel was meant.
func New(s *spec.Spec, opts Options) (*Observer, error) {
	o := &Observer{spec: s, opts: opts, index: newIndex(s), strays: map[string]*channel{}}
	o.ledger = newLedger(o.index)
	if opts.Channel != "" {
		if o.unowned = o.index.channels[opts.Channel]; o.unowned == nil {
			return nil, fmt.Errorf("%w: %q%s", ErrNoChannel, opts.Channel, spec.DidYouMean(opts.Channel, maps.Keys(o.index.channels)))
		}
	}
	return o, nil
}
