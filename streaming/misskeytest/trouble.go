package misskeytest

import (
	"cmp"
	"net"
	"slices"
	"sync"
	"time"
)

// pace is how many bytes a second may be written.
type pace struct{ perSecond int }

// unlimited is the pace of writes without trouble.
const unlimited = -1

// trouble is what a fault does to one connection. Its methods need no lock of
// the server's.
type trouble struct {
	ended chan struct{} // closed when the connection is

	mu      sync.Mutex
	over    bool
	silent  bool
	stalls  int           // how many ask for no reads
	stalled chan struct{} // nil = reads go on; closed when they may
	paces   []*pace       // those asked for, of which the slowest counts
	changed chan struct{} // closed and replaced when pace or silent change
}

func newTrouble() *trouble {
	return &trouble{
		ended:   make(chan struct{}),
		changed: make(chan struct{}),
	}
}

// end says that the connection is over. It reports whether it had fallen silent.
func (t *trouble) end() (silent bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over {
		t.over = true
		close(t.ended)
	}
	return t.silent
}

func (t *trouble) silence() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.silent = true
	t.change()
}

func (t *trouble) isSilent() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.silent
}

func (t *trouble) stallReads() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stalls++; t.stalls == 1 {
		t.stalled = make(chan struct{})
	}
}

// resumeReads takes one stallReads back.
func (t *trouble) resumeReads() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stalls--; t.stalls == 0 {
		close(t.stalled)
		t.stalled = nil
	}
}

// awaitRead waits while reads are stalled, and reports whether the connection
// has ended.
func (t *trouble) awaitRead() (gone bool) {
	t.mu.Lock()
	stalled, over := t.stalled, t.over
	t.mu.Unlock()
	if stalled == nil {
		return over
	}
	select {
	case <-stalled:
		return false
	case <-t.ended:
		return true
	}
}

func (t *trouble) slowWrites(p *pace) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.paces = append(t.paces, p)
	t.change()
}

// resumeWrites takes a slowWrites back, or does nothing.
func (t *trouble) resumeWrites(p *pace) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.paces = slices.DeleteFunc(t.paces, func(o *pace) bool { return o == p })
	t.change()
}

func (t *trouble) pace() int {
	if len(t.paces) == 0 {
		return unlimited
	}
	return slices.MinFunc(t.paces, func(a, b *pace) int { return cmp.Compare(a.perSecond, b.perSecond) }).perSecond
}

// change wakes a write that goes by what was before.
func (t *trouble) change() {
	close(t.changed)
	t.changed = make(chan struct{})
}

// turn is how often a second a slow connection writes.
const turn = 20

// write writes p at the pace there is, which may change meanwhile.
func (t *trouble) write(to net.Conn, p []byte) error {
	for len(p) > 0 {
		t.mu.Lock()
		pace, silent, changed := t.pace(), t.silent, t.changed
		t.mu.Unlock()
		if silent {
			return nil // gone, and nobody knows
		}
		if pace == unlimited {
			_, err := to.Write(p)
			return err
		}
		if pace > 0 {
			n, err := to.Write(p[:min(len(p), max(pace/turn, 1))])
			if err != nil {
				return err
			}
			p = p[n:]
		}
		if err := t.pause(pace, changed); err != nil {
			return err
		}
	}
	return nil
}

func (t *trouble) pause(pace int, changed <-chan struct{}) error {
	var due <-chan time.Time // never, at no pace at all
	if pace > 0 {
		timer := time.NewTimer(time.Second / turn)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-due:
	case <-changed:
	case <-t.ended:
		return net.ErrClosed
	}
	return nil
}
