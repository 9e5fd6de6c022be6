package dialects_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/misskeyactor/misskeyactor/runtime"
	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// wait bounds everything a test waits for.
const wait = 10 * time.Second

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	t.Cleanup(cancel)
	return ctx
}

// newServer returns a server that is closed with the test, which leaves no
// goroutine.
func newServer(t *testing.T, opts ...misskeytest.Option) *misskeytest.Server {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	srv := misskeytest.NewServer(opts...)
	t.Cleanup(func() {
		srv.Close()
		goleak.VerifyNone(t, leaks)
	})
	return srv
}

// client is what the clients of all dialects have in common.
type client interface {
	Call(ctx context.Context, endpoint string, request, response any) error
	Status() runtime.Status
	Close(context.Context) error
}

// open closes a client just opened with the test.
func open[C client](t *testing.T, c C, err error) C {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(bounded(t)); err != nil {
			t.Error(err)
		}
	})
	return c
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(wait)
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited %v for %s", wait, what)
		}
	}
}

// witness keeps which events have come, by channel and type, and is a hook that
// complains of whatever its dialect does not foresee.
type witness struct {
	t *testing.T

	mu      sync.Mutex
	seen    map[string]bool
	changed chan struct{}
}

func newWitness(t *testing.T) *witness {
	return &witness{t: t, seen: map[string]bool{}, changed: make(chan struct{})}
}

// event is an event of any dialect.
type event interface{ Metadata() runtime.Meta }

// hear reads a subscription just made, which is live when hear returns, until
// its client closes. It returns the subscription.
func hear[S interface {
	WaitLive(context.Context) error
	Events(context.Context) iter.Seq2[E, error]
}, E event](w *witness, sub S, err error) S {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	go func() {
		for e, err := range sub.Events(context.Background()) {
			if err != nil {
				return // it was closed
			}
			w.tell(e)
		}
	}()
	if err := sub.WaitLive(bounded(w.t)); err != nil {
		w.t.Fatal(err)
	}
	return sub
}

// live waits until a subscription just made is.
func live(t *testing.T, sub interface{ WaitLive(context.Context) error }, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if err := sub.WaitLive(bounded(t)); err != nil {
		t.Fatal(err)
	}
}

func (w *witness) tell(e event) {
	m := e.Metadata()
	what := m.Channel + "." + m.EventType
	if kind := fmt.Sprintf("%T", e); strings.HasSuffix(kind, ".UnknownEvent") {
		w.t.Errorf("%s came as an unknown event: %+v", what, e)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[what] = true
	close(w.changed)
	w.changed = make(chan struct{})
}

// await waits until all of these have come.
func (w *witness) await(events ...string) {
	w.t.Helper()
	deadline := time.After(wait)
	for {
		w.mu.Lock()
		missing := slices.DeleteFunc(slices.Clone(events), func(what string) bool { return w.seen[what] })
		changed := w.changed
		w.mu.Unlock()
		if len(missing) == 0 {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			w.t.Fatalf("did not come within %v: %s", wait, strings.Join(missing, " "))
		}
	}
}

func (w *witness) OnDrift(sub *runtime.Subscription, eventType string, d codec.Drift) {
	w.t.Errorf("%s.%s: %s %s.%s", sub.Channel(), eventType, d.Kind, d.Type, d.Field)
}

func (w *witness) OnFrameSkipped(f runtime.FrameSkipped) {
	w.t.Errorf("skipped %s: %v", f.Excerpt, f.Err)
}
