package runtime

import (
	"sync"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

// item is an event on its way to a subscription, or a gap among them.
type item struct {
	gap      *GapInfo // set for a gap; nothing else is then
	frame    string
	payload  wire.Span
	typ      string
	received time.Time
	socket   ConnectionInfo // which brought it
	whole    bool           // see wire.Envelope.Whole
}

// inbox holds a subscription's events between the reader, which must never
// wait, and whoever consumes them. It is bounded in events and in bytes.
//
// Gaps stand where the events are missing. They are not counted against the
// bounds: there is at most one of a cause between two events.
type inbox struct {
	policy    Overflow
	maxEvents int
	maxBytes  int

	mu       sync.Mutex
	items    []item // a ring of len(items) slots
	head, n  int
	events   int // items that are no gaps
	bytes    int
	lastTake time.Time // when the event last taken was received
	lostAt   time.Time // set from the loss of the socket to the next event or ack
	finished bool
	slow     bool // dropping since the inbox was last empty

	arrived chan struct{} // holds a token when something may have changed
}

func (in *inbox) init(c subscribeConfig) {
	in.policy, in.maxEvents, in.maxBytes = c.overflow, c.events, c.bytes
	in.arrived = make(chan struct{}, 1)
}

// pushed tells what a push did.
type pushed struct {
	overflowed bool // the inbox is finished: the event did not fit
	slowBegan  bool // the first event of an episode was dropped
	dropped    int
}

// push adds an event. It never waits.
func (in *inbox) push(it item) (p pushed) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.finished {
		return p
	}
	in.endGap(it.received)
	for in.events > 0 && (in.events >= in.maxEvents || in.bytes+len(it.frame) > in.maxBytes) {
		switch in.policy {
		case OverflowEnd:
			in.finished = true
			in.signal()
			p.overflowed, p.dropped = true, 1
			return p
		case OverflowDropNewest:
			in.lose(in.n, it, it.received)
			p.dropped++
			p.slowBegan = in.beginSlow()
			return p
		default:
			in.dropOldest(it.received)
			p.dropped++
			p.slowBegan = in.beginSlow() || p.slowBegan
		}
	}
	in.append(it)
	in.events++
	in.bytes += len(it.frame)
	in.signal()
	return p
}

func (in *inbox) beginSlow() (began bool) {
	began = !in.slow
	in.slow = true
	return began
}

// dropOldest drops the first event and leaves a gap in its place.
func (in *inbox) dropOldest(now time.Time) {
	i := 0
	for in.at(i).gap != nil {
		i++
	}
	old := *in.at(i)
	in.events--
	in.bytes -= len(old.frame)
	// What stood before it moves up by one place; a gap takes the place left
	// over, unless one that can grow is already there.
	for j := i; j > 0; j-- {
		*in.at(j) = *in.at(j - 1)
	}
	*in.at(0) = item{}
	in.head = (in.head + 1) % len(in.items)
	in.n--
	in.lose(i, old, now)
}

// lose records that the event it is missing before place i.
func (in *inbox) lose(i int, it item, now time.Time) {
	if i > 0 {
		if g := in.at(i - 1).gap; g != nil && g.Cause == GapOverflow {
			grown := *g // the old one may have been handed out
			grown.Lost++
			grown.To = now
			in.at(i - 1).gap = &grown
			return
		}
	}
	from := in.lastTake
	if i > 0 && in.at(i-1).gap == nil {
		from = in.at(i - 1).received
	}
	if from.IsZero() {
		from = it.received
	}
	in.insert(i, item{gap: &GapInfo{From: from, To: now, Cause: GapOverflow, Lost: 1}})
}

// beginGap notes that events may be missing from t on.
func (in *inbox) beginGap(t time.Time) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.lostAt.IsZero() {
		in.lostAt = t
	}
}

// resume ends the gap that beginGap began, if no event has done so yet.
func (in *inbox) resume(t time.Time) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.finished && !in.lostAt.IsZero() {
		in.endGap(t)
		in.signal()
	}
}

func (in *inbox) endGap(t time.Time) {
	if in.lostAt.IsZero() {
		return
	}
	gap := GapInfo{From: in.lostAt, To: t, Cause: GapReconnect}
	in.lostAt = time.Time{}
	if in.n > 0 {
		if last := in.at(in.n - 1).gap; last != nil && last.Cause == GapReconnect {
			gap.From = last.From // nothing came between: they are one
			in.at(in.n - 1).gap = &gap
			return
		}
	}
	in.append(item{gap: &gap})
}

// take removes the first item. ok is false when there is none; done tells
// that there will be none any more.
func (in *inbox) take() (it item, ok, done bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.n == 0 {
		in.slow = false
		return item{}, false, in.finished
	}
	it = *in.at(0)
	*in.at(0) = item{}
	in.head = (in.head + 1) % len(in.items)
	in.n--
	if it.gap == nil {
		in.events--
		in.bytes -= len(it.frame)
		in.lastTake = it.received
	}
	if in.n == 0 {
		in.slow = false
		if len(in.items) > idleRing {
			in.items, in.head = nil, 0
		}
	}
	return it, true, false
}

// finish lets nothing more in. With drop, what is in is dropped too, and
// their number returned.
func (in *inbox) finish(drop bool) (dropped int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.finished = true
	if drop {
		dropped = in.events
		in.items, in.head, in.n, in.events, in.bytes = nil, 0, 0, 0, 0
	}
	in.signal()
	return dropped
}

// depth tells how many events are waiting, and their size.
func (in *inbox) depth() (events, bytes int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.events, in.bytes
}

func (in *inbox) signal() {
	select {
	case in.arrived <- struct{}{}:
	default:
	}
}

// idleRing is how large a ring an empty inbox keeps.
const idleRing = 64

func (in *inbox) at(i int) *item { return &in.items[(in.head+i)%len(in.items)] }

func (in *inbox) append(it item) { in.insert(in.n, it) }

// insert puts it at place i, in front of what is there.
func (in *inbox) insert(i int, it item) {
	if in.n == len(in.items) {
		grown := make([]item, max(4, 2*len(in.items)))
		for j := range in.n {
			grown[j] = *in.at(j)
		}
		in.items, in.head = grown, 0
	}
	in.n++
	for j := in.n - 1; j > i; j-- {
		*in.at(j) = *in.at(j - 1)
	}
	*in.at(i) = it
}
