package streaming_test

import (
	"errors"
	"testing"
	"time"
)

// The suite is a guest on a real server: it waits when it is told to, and does
// not ask again before.
func TestLiveBackendWaitsWhenTold(t *testing.T) {
	file, srv := describeMisskeytest(t)
	b := newLiveBackend(t, file, impatient)

	srv.LimitRate("notes/create", time.Second)
	began := time.Now()
	if _, err := b.post(b.cast().alice, draft{text: fresh()}); err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(began); waited < 900*time.Millisecond {
		t.Errorf("asked again after %v", waited)
	}

	srv.LimitRate("notes/create", time.Hour)
	began = time.Now()
	var reason cannot
	if _, err := b.post(b.cast().alice, draft{text: fresh()}); !errors.As(err, &reason) {
		t.Errorf("got %v, want what cannot be done", err)
	}
	if waited := time.Since(began); waited > longestPause {
		t.Errorf("waited %v for an hour to pass", waited)
	}
}

// It does not wait to be told where it knows the limits.
func TestLiveBackendKeepsThePauses(t *testing.T) {
	m := impatient
	m.pauses = map[string]time.Duration{"notes/create": 300 * time.Millisecond}
	file, _ := describeMisskeytest(t)
	b := newLiveBackend(t, file, m)
	began := time.Now()
	for range 3 {
		if _, err := b.post(b.cast().alice, draft{text: fresh()}); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took < 600*time.Millisecond {
		t.Errorf("three notes in %v", took)
	}

	// Each account for itself: bob would have to wait far longer for alice's turn
	// to pass than he takes.
	m.pauses = map[string]time.Duration{"notes/create": 10 * time.Second}
	b = newLiveBackend(t, file, m)
	began = time.Now()
	for _, who := range []person{b.cast().alice, b.cast().bob} {
		if _, err := b.post(who, draft{text: fresh()}); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took >= 10*time.Second {
		t.Errorf("another account had to wait %v", took)
	}
}
