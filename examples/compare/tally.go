package main

import (
	"slices"
	"sync/atomic"
	"time"
)

// tally counts the notes that reach a client's own code. All clients written in
// Go use it, so what it costs is the same for all of them.
type tally struct {
	left     atomic.Int64  // notes not accounted for
	lost     atomic.Int64  // of those that are
	first    atomic.Int64  // when the first one came, in Unix nanoseconds; 0 = not yet
	finished chan struct{} // closed when none is left

	// Set before finished is closed.
	last  time.Time
	cpu   time.Duration
	noCPU error

	timing bool
	delays []time.Duration // of the notes so far
}

func newTally(j job) *tally {
	t := &tally{finished: make(chan struct{}), timing: j.Latency}
	t.left.Store(int64(j.Notes))
	if j.Latency {
		t.delays = make([]time.Duration, 0, j.Notes)
	}
	return t
}

// note counts a note. It is safe for concurrent use.
func (t *tally) note() {
	if t.first.Load() == 0 {
		t.first.CompareAndSwap(0, time.Now().UnixNano())
	}
	t.account(1)
}

// noteOf counts a note whose id is the time it was sent at, and, where latency is
// measured, how long it took. There it is for one goroutine only.
func (t *tally) noteOf(id string) error {
	if t.timing {
		now := time.Now()
		sent, err := sentAt(id)
		if err != nil {
			return err
		}
		t.delays = append(t.delays, now.Sub(sent))
	}
	t.note()
	return nil
}

// lose counts notes of which a client says that it has lost them. It is safe for
// concurrent use.
func (t *tally) lose(n uint64) {
	t.lost.Add(int64(n))
	t.account(int64(n))
}

func (t *tally) account(n int64) {
	if t.left.Add(-n) == 0 { // here, and not in a goroutine that has to wake up
		t.last = time.Now()
		t.cpu, t.noCPU = cpuTime()
		close(t.finished)
	}
}

// outcome is what came of j when all is accounted for. began is the processor
// time before the first note.
func (t *tally) outcome(j job, began time.Duration) (outcome, error) {
	lost := int(t.lost.Load())
	o := outcome{
		Received: j.Notes - lost,
		Lost:     lost,
		Seconds:  t.last.Sub(time.Unix(0, t.first.Load())).Seconds(),
		CPU:      (t.cpu - began).Seconds(),
	}
	if t.timing {
		slices.Sort(t.delays)
		o.P50, o.P99 = microseconds(percentile(t.delays, 50)), microseconds(percentile(t.delays, 99))
	}
	return o, t.noCPU
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
