package runtime_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime"
)

// recorder is a hook that keeps what it is told.
type recorder struct {
	overflows atomic.Int32
	caughtUp  atomic.Uint64 // events dropped in slow episodes that are over

	mu      sync.Mutex
	errs    []error
	skipped []runtime.FrameSkipped
}

func (r *recorder) OnHandlerError(_ *runtime.Subscription, _ any, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs = append(r.errs, err)
}

func (r *recorder) OnFrameSkipped(f runtime.FrameSkipped) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.skipped = append(r.skipped, f)
}

func (r *recorder) OnSlow(*runtime.Subscription)                 { r.overflows.Add(1) }
func (r *recorder) OnCaughtUp(_ *runtime.Subscription, n uint64) { r.caughtUp.Add(n) }

func (r *recorder) handlerErrors() []error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.errs
}

func (r *recorder) takeSkipped() []runtime.FrameSkipped {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.skipped
	r.skipped = nil
	return s
}

// until polls cond, which is called with the lock held.
func (r *recorder) until(t *testing.T, cond func() bool) {
	t.Helper()
	deadline := time.Now().Add(wait)
	for {
		r.mu.Lock()
		ok := cond()
		r.mu.Unlock()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited %v for a hook", wait)
		}
		time.Sleep(time.Millisecond)
	}
}
