package runtime

import (
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

// item is an event on its way to a subscription, or a gap among them.
type item struct {
	gap      *GapInfo // set for a gap; nothing else is then
	frame    string
	payload  wire.Span
	typ      string
	key      string // of OverflowLatest
	received time.Time
	socket   ConnectionInfo // which brought it
	whole    bool           // see wire.Envelope.Whole
	event    any            // what it decodes to, when the reader has done that already
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
	key       string // of OverflowLatest, see KeepLatest

	mu       sync.Mutex
	items    []item // a ring of len(items) slots
	head, n  int
	events   int // items that are no gaps
	bytes    int
	received uint64         // events in all, and …
	earlier  uint64         // … of these, until it was last connected
	waiting  map[string]int // events by key, of OverflowLatest
	last     *lastEvent     // the event last taken
	lost     *GapInfo       // begun, and to end with the next event or ack
	finished bool
	paused   pauseReason // nothing is taken unless 0
	slow     bool        // dropping since the inbox was last empty
	episode  uint64      // dropped since then

	arrived chan struct{} // holds a token when something may have changed; nil = nobody waits
}

func (in *inbox) init(c subscribeConfig) {
	in.policy, in.maxEvents, in.maxBytes, in.key = c.overflow, c.events, c.bytes, c.key
	if in.policy == OverflowLatest {
		in.waiting = make(map[string]int)
	}
}

// pushed tells what a push did.
type pushed struct {
	overflowed bool // the inbox is finished: the event did not fit
	slowBegan  bool // the first event of an episode was dropped
	dropped    int
}

// push adds an event. It never waits.
func (in *inbox) push(it *item) (p pushed) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.finished {
		return p
	}
	in.received++
	in.endGap(it.received)
	for in.events > 0 && (in.events >= in.maxEvents || in.bytes+len(it.frame) > in.maxBytes) {
		switch {
		case in.policy == OverflowEnd && in.paused == 0:
			in.finished = true
			in.signal()
			p.overflowed, p.dropped = true, 1
			return p
		case in.policy == OverflowDropNewest:
			in.lose(in.n, it, it.received)
			p.slowBegan = in.dropped()
			p.dropped++
			return p
		default:
			in.drop(in.victim(it.key), it.received)
			p.slowBegan = in.dropped() || p.slowBegan
			p.dropped++
		}
	}
	in.append(it)
	in.events++
	in.bytes += len(it.frame)
	if in.waiting != nil {
		in.waiting[it.key]++
	}
	in.signal()
	return p
}

// dropped counts an event of a slow episode, and reports whether it is the
// first.
func (in *inbox) dropped() (began bool) {
	began = !in.slow
	in.slow = true
	in.episode++
	return began
}

// victim finds the event to drop for one of the key: the oldest that a later
// one supersedes, or just the oldest.
func (in *inbox) victim(key string) int {
	oldest := -1
	for i := range in.n {
		it := in.at(i)
		if it.gap != nil {
			continue
		}
		if oldest < 0 {
			oldest = i
		}
		if in.waiting == nil || len(in.waiting) == in.events && in.waiting[key] == 0 {
			break // each is the latest of its key
		}
		if in.waiting[it.key] > 1 || it.key == key {
			return i
		}
	}
	return oldest
}

// drop drops the event at place i and leaves a gap there.
func (in *inbox) drop(i int, now time.Time) {
	old := *in.at(i)
	in.leaves(&old)
	// What stood before it moves up by one place; a gap takes the place left
	// over, unless one that can grow is already there.
	for j := i; j > 0; j-- {
		*in.at(j) = *in.at(j - 1)
	}
	*in.at(0) = item{}
	in.head = (in.head + 1) & (len(in.items) - 1)
	in.n--
	in.lose(i, &old, now)
	in.joinGaps(i)
}

// gapBefore finds the gap of a cause among those right before place i; -1 is
// none.
func (in *inbox) gapBefore(i int, cause GapCause) int {
	for i--; i >= 0 && in.at(i).gap != nil; i-- {
		if in.at(i).gap.Cause == cause {
			return i
		}
	}
	return -1
}

// joinGaps makes one of each two gaps of a cause that have no event between
// them any more, from place i on.
func (in *inbox) joinGaps(i int) {
	for i < in.n && in.at(i).gap != nil {
		g := in.at(i).gap
		before := in.gapBefore(i, g.Cause)
		if before < 0 {
			i++
			continue
		}
		in.grow(before, g.To, g.Lost)
		for j := i; j < in.n-1; j++ {
			*in.at(j) = *in.at(j + 1)
		}
		in.n--
		*in.at(in.n) = item{}
	}
}

// grow makes the gap at place i end later. The old one may have been handed
// out.
func (in *inbox) grow(i int, to time.Time, lost uint64) {
	grown := *in.at(i).gap
	grown.To = to
	grown.Lost += lost
	in.at(i).gap = &grown
}

// leaves keeps count of an event that is taken or dropped.
func (in *inbox) leaves(it *item) {
	in.events--
	in.bytes -= len(it.frame)
	if in.waiting == nil {
		return
	}
	if in.waiting[it.key]--; in.waiting[it.key] == 0 {
		delete(in.waiting, it.key)
	}
}

// crowded reports whether the inbox is filling up faster than it is emptied, and
// not yet full. One that is full is a consumer's who is stuck, or slow for good.
func (in *inbox) crowded() bool {
	const quarter = 4
	in.mu.Lock()
	defer in.mu.Unlock()
	filling := in.events >= in.maxEvents/quarter || in.bytes >= in.maxBytes/quarter
	full := in.events >= in.maxEvents || in.bytes >= in.maxBytes
	return filling && !full && in.paused == 0 && !in.finished
}

// lose records that the event it is missing before place i.
func (in *inbox) lose(i int, it *item, now time.Time) {
	cause := GapOverflow
	if in.paused != 0 {
		cause = GapPause
	}
	if g := in.gapBefore(i, cause); g >= 0 {
		in.grow(g, now, 1)
		return
	}
	before := in.before(i)
	from := before.Received
	if from.IsZero() || i > 0 && in.at(i-1).gap != nil {
		from = it.received
	}
	in.insert(i, &item{gap: &GapInfo{From: from, To: now, LastEvent: before, Cause: cause, Lost: 1}})
}

// before returns the last event before place i, taken ones included.
func (in *inbox) before(i int) EventRef {
	for i--; i >= 0; i-- {
		if it := in.at(i); it.gap == nil {
			var l lastEvent
			l.set(it)
			return l.ref()
		}
	}
	return in.last.ref()
}

// beginGap notes that events may be missing from t on. The first one counts.
func (in *inbox) beginGap(t time.Time, cause GapCause) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.lost == nil {
		in.lost = &GapInfo{From: t, LastEvent: in.before(in.n), Cause: cause}
	}
}

// resume ends the gap that beginGap began, if no event has done so yet.
func (in *inbox) resume(t time.Time) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.finished && in.lost != nil {
		in.endGap(t)
		in.signal()
	}
}

func (in *inbox) endGap(t time.Time) {
	gap := in.lost
	if gap == nil {
		return
	}
	in.lost = nil
	if last := in.gapBefore(in.n, gap.Cause); last >= 0 {
		in.grow(last, t, 0) // nothing came between: they are one
		return
	}
	gap.To = t
	in.append(&item{gap: gap})
}

// part ends the inbox with a gap that no event will end.
func (in *inbox) part(from, to time.Time, cause GapCause) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.finished {
		return
	}
	in.lost = &GapInfo{From: from, LastEvent: in.before(in.n), Cause: cause}
	in.endGap(to)
	in.signal()
}

// take removes the first item. ok is false when there is none, or the inbox is
// paused; done tells that there will be none any more.
func (in *inbox) take() (it item, ok, done bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.n == 0 {
		return item{}, false, in.finished
	}
	if in.paused != 0 {
		return item{}, false, false
	}
	first := in.at(0)
	it = *first
	*first = item{}
	in.head = (in.head + 1) & (len(in.items) - 1)
	in.n--
	if it.gap == nil {
		in.leaves(&it)
		if in.last == nil {
			in.last = new(lastEvent)
		}
		in.last.set(&it)
	}
	if in.n == 0 && len(in.items) > idleRing {
		in.items, in.head = nil, 0
	}
	return it, true, false
}

// caughtUp reports whether a slow episode is over, because the inbox was
// emptied, and how many events it cost. It does so once.
func (in *inbox) caughtUp() (dropped uint64, over bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.slow || in.n > 0 {
		return 0, false
	}
	dropped, in.slow, in.episode = in.episode, false, 0
	return dropped, true
}

// pauseReason is a set of reasons why nothing is taken from an inbox.
type pauseReason uint8

const (
	pausedByUser pauseReason = 1 << iota
	pausedByPanics
)

// pause adds or takes away a reason to take nothing.
func (in *inbox) pause(reason pauseReason, on bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	switch {
	case in.finished:
	case on:
		in.paused |= reason
	default:
		in.paused &^= reason
		in.signal()
	}
}

func (in *inbox) isPaused() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.paused != 0
}

// finish lets nothing more in, and ends a pause. With drop, what is in is
// dropped too, and their number returned. Without, a gap that has begun is the
// last there is: it ends here.
func (in *inbox) finish(drop bool) (dropped int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.finished && !drop {
		in.endGap(time.Now())
	}
	in.finished, in.paused = true, 0
	if drop {
		dropped = in.events
		in.items, in.head, in.n, in.events, in.bytes, in.waiting = nil, 0, 0, 0, 0, nil
	}
	in.signal()
	return dropped
}

// connected begins the count of what comes by the connection as it is now.
func (in *inbox) connected() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.earlier = in.received
}

// heard tells how many events have come, those that did not stay included: in all,
// and since it was last connected.
func (in *inbox) heard() (all, sinceConnected uint64) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.received, in.received - in.earlier
}

// depth tells how many events are waiting, and their size.
func (in *inbox) depth() (events, bytes int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.events, in.bytes
}

// lastTaken returns the event last handed on.
func (in *inbox) lastTaken() EventRef {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.last.ref()
}

func (in *inbox) signal() {
	select {
	case in.arrived <- struct{}{}:
	default:
	}
}

// idleRing is how large a ring an empty inbox keeps.
const idleRing = 64

// at returns place i. A ring has a power of two of slots.
func (in *inbox) at(i int) *item { return &in.items[(in.head+i)&(len(in.items)-1)] }

func (in *inbox) append(it *item) { in.insert(in.n, it) }

// insert puts it at place i, in front of what is there.
func (in *inbox) insert(i int, it *item) {
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
	*in.at(i) = *it
}

// lastEvent remembers an event without its frame: a subscription that is quiet
// for long must not keep the last thing it heard.
type lastEvent struct {
	received time.Time
	typ      string
	id       [32]byte // ids have 10 to 26 characters
	idLength int
}

func (l *lastEvent) set(it *item) {
	if l.typ != it.typ {
		l.typ = strings.Clone(it.typ)
	}
	l.received = it.received
	l.idLength = 0
	if id := bodyID(it.payload.In(it.frame)); len(id) <= len(l.id) {
		l.idLength = copy(l.id[:], id)
	}
}

func (l *lastEvent) ref() EventRef {
	if l == nil {
		return EventRef{}
	}
	return EventRef{Type: l.typ, ID: string(l.id[:l.idLength]), Received: l.received}
}

// bodyID returns the id that a body begins with, as the bodies of all that has
// one do. The body need not have been decoded, and may be anything.
func bodyID(body string) string {
	rest, ok := strings.CutPrefix(body, `{"id":"`)
	if !ok {
		return ""
	}
	id, _, ok := strings.Cut(rest, `"`)
	if !ok || strings.Contains(id, `\`) || !utf8.ValidString(id) {
		return ""
	}
	return id
}
