package runtime_test

import (
	"context"
	"errors"
	goruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime"
)

// lockedHook takes a lock that its user holds while closing, as one does who
// keeps a map of subscriptions.
type lockedHook struct {
	mu     *sync.Mutex
	states chan runtime.State
}

func (h lockedHook) OnState(_ *runtime.Subscription, state runtime.State, _ error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.states <- state
}

func TestHooksTakeNoTimeOfWhoClosesASubscription(t *testing.T) {
	f := newFake(t)
	h := lockedHook{mu: new(sync.Mutex), states: make(chan runtime.State, 10)}
	s := f.connect(runtime.WithHooks(h))
	sub := subscribe(t, s, &room, nil)
	live(t, sub)
	h.mu.Lock()
	sub.Close()
	h.mu.Unlock()
	for _, want := range []runtime.State{runtime.StateLive, runtime.StateClosed} {
		select {
		case got := <-h.states:
			if got != want {
				t.Errorf("told of %s, want %s", got, want)
			}
		case <-time.After(wait):
			t.Fatalf("not told of %s", want)
		}
	}
}

// exitingHook ends whatever goroutine calls it, as a test's FailNow would.
type exitingHook struct{ connected atomic.Int32 }

func (h *exitingHook) OnConnected(runtime.ConnectionInfo) {
	h.connected.Add(1)
	goruntime.Goexit()
}

func (h *exitingHook) OnDisconnected(runtime.ConnectionInfo, error, time.Duration) {
	goruntime.Goexit()
}

func (h *exitingHook) OnState(*runtime.Subscription, runtime.State, error) { goruntime.Goexit() }

func TestGoexitInAHookEndsOnlyTheHook(t *testing.T) {
	f := newFake(t)
	h := new(exitingHook)
	s := f.connect(runtime.WithHooks(h))
	sub := subscribe(t, s, &room, nil)
	live(t, sub)
	f.drop()
	f.socket(1)
	live(t, sub)
	if n := h.connected.Load(); n < 1 {
		t.Errorf("the hook was called %d times", n)
	}
}

func TestGoexitInATokenSourceIsADialThatFailed(t *testing.T) {
	f := newFake(t)
	var asked atomic.Int32
	s := f.connect(runtime.WithTokenSource(runtime.TokenSourceFunc(func(context.Context) (string, error) {
		if asked.Add(1) == 2 {
			goruntime.Goexit()
		}
		return "token", nil
	})))
	sub := subscribe(t, s, &room, nil)
	live(t, sub)
	f.drop()
	f.socket(1)
	live(t, sub)
	if n := asked.Load(); n < 3 {
		t.Errorf("the source was asked %d times, want a third time after it had failed", n)
	}
}

func TestConnectWithAContextThatIsOverOpensNothing(t *testing.T) {
	f := newFake(t)
	over, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := runtime.Connect(over, &testDialect, f.URL); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dials != 0 {
		t.Errorf("%d dials", f.dials)
	}
}

func TestOptionsThatCannotBeMeantAreRefused(t *testing.T) {
	f := newFake(t)
	for want, opt := range map[string]runtime.Option{
		`"read account" is no permission`:           runtime.WithPermissions("read account"),
		`"" is no permission`:                       runtime.WithPermissions(""),
		"WithAckTimeout: want at least 1ms":         runtime.WithAckTimeout(10),
		"WithLiveness: want 1ms ≤ ping < silence":   runtime.WithLiveness(1, 2),
		"WithDialTimeout: want at least 1ms, got 0": runtime.WithDialTimeout(0),
	} {
		if _, err := runtime.Connect(ctx(t), &testDialect, f.URL, opt); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	s := f.connect()
	_, err := s.Subscribe(ctx(t), &room, nil, nil, runtime.ToActor(s.PID(), 1), runtime.ToActor(s.PID(), 1))
	if err == nil || !strings.Contains(err.Error(), "another actor already") {
		t.Errorf("two receivers: %v", err)
	}
}
