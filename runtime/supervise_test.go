package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime"
)

// panicky is a handler that writes down what it gets, and panics on "boom".
func panicky(n *notes) runtime.HandlerFunc {
	return func(_ context.Context, e any) error {
		if e, ok := e.(*text); ok && e.Text == "boom" {
			panic(errBoom)
		}
		n.write(e)
		return nil
	}
}

var errBoom = errors.New("boom")

// strict pauses at the third panic within a minute, for up to ten seconds and
// then up to a quarter of a minute, and gives up after three pauses.
var strict = runtime.Supervision{Panics: 2, Within: time.Minute, MinPause: 10 * time.Second, MaxPause: 15 * time.Second, Pauses: 3}

func TestFewPanicsCostTheirEventsOnly(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		hook := &diary{}
		s := w.client(runtime.WithSupervision(strict), runtime.WithHooks(hook))
		var got notes
		sub, sock, id := w.join(s, &room, panicky(&got))
		for _, body := range []string{`"a"`, `"boom"`, `"b"`, `"boom"`, `"c"`} {
			sock.event(id, "text", body)
		}
		got.expect(t, "a, b, c")
		if n := len(hook.of("pause")); n != 0 || sub.Status().Paused {
			t.Errorf("paused %d times", n)
		}
		if st := sub.Status(); st.HandlerPanics != 2 || st.State != runtime.StateLive {
			t.Errorf("status %+v", st)
		}
	})
}

func TestTooManyPanicsPauseTheSubscription(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		hook := &diary{}
		s := w.client(runtime.WithSupervision(strict), runtime.WithHooks(hook))
		var got, neighbour notes
		sub, sock, id := w.join(s, &stats, panicky(&got))
		w.join(s, &stats, neighbour.handle) // of the same channel connection
		start := time.Now()
		for _, body := range []string{`"boom"`, `"boom"`, `"boom"`, `"a"`, `"b"`} {
			sock.event(id, "text", body)
		}
		got.expect(t, "")
		neighbour.expect(t, "boom, boom, boom, a, b")
		paused := hook.of("pause")
		if len(paused) != 1 || paused[0].sub != sub || !errors.Is(paused[0].err, errBoom) {
			t.Fatalf("hook got %+v", paused)
		}
		pause := paused[0].pause
		if pause <= 0 || pause > strict.MinPause {
			t.Errorf("a pause of %v", pause)
		}
		if st := sub.Status(); !st.Paused || st.State != runtime.StateLive || st.InboxEvents != 2 {
			t.Errorf("status %+v", st)
		}
		pass(pause + time.Second)
		got.expect(t, "a, b")
		exactly(t, "handled", got.at[0].Sub(start), pause)
		if sub.Status().Paused {
			t.Error("still paused")
		}
	})
}

func TestPausesDoubleUpToTheirCapAndThenTheSubscriptionEnds(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		hook := &diary{}
		policy := runtime.Supervision{Panics: 0, Within: time.Minute, MinPause: time.Second, MaxPause: 5 * time.Second, Pauses: 5}
		s := w.client(runtime.WithSupervision(policy), runtime.WithHooks(hook), runtime.WithChannelsPerConnection(1000))
		var got notes
		var subs []*runtime.Subscription
		for range 100 {
			sub, sock, id := w.join(s, &room, panicky(&got))
			for range policy.Pauses + 1 {
				sock.event(id, "text", `"boom"`)
			}
			sock.event(id, "text", `"too late"`)
			subs = append(subs, sub)
		}
		pass(time.Minute)
		pauses := make(map[*runtime.Subscription][]time.Duration)
		for _, e := range hook.of("pause") {
			pauses[e.sub] = append(pauses[e.sub], e.pause)
		}
		longest := make([]time.Duration, policy.Pauses)
		for _, sub := range subs {
			if n := len(pauses[sub]); n != policy.Pauses {
				t.Fatalf("%d pauses, want %d", n, policy.Pauses)
			}
			for i, p := range pauses[sub] {
				longest[i] = max(longest[i], p)
			}
			var gaveUp *runtime.HandlerPanicsError
			if err := sub.Err(); !errors.As(err, &gaveUp) || gaveUp.Panics != policy.Pauses+1 || gaveUp.Channel != "room" || !errors.Is(err, errBoom) || len(gaveUp.Last.Stack) == 0 {
				t.Fatalf("ended with %v", err)
			}
			if st := sub.Status(); st.Dropped != 1 || st.InboxEvents != 0 {
				t.Errorf("status %+v", st)
			}
			<-sub.Done()
		}
		for i, ceiling := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second, 5 * time.Second} {
			if longest[i] > ceiling || longest[i] < ceiling*3/4 {
				t.Errorf("the longest pause number %d of 100 is %v, of at most %v", i, longest[i], ceiling)
			}
		}
		got.expect(t, "")
		if n := len(w.sent("disconnect")); n != 100 {
			t.Errorf("%d channels were left on the server, want 100", n)
		}
	})
}

func TestPanicsOutsideTheWindowDoNotCount(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		hook := &diary{}
		s := w.client(runtime.WithSupervision(strict), runtime.WithHooks(hook))
		var got notes
		_, sock, id := w.join(s, &room, panicky(&got))
		for range 20 { // two in every 60.1 seconds, never three
			sock.event(id, "text", `"boom"`)
			pass(30050 * time.Millisecond)
		}
		if n := len(hook.of("pause")); n != 0 {
			t.Errorf("paused %d times", n)
		}
		sock.event(id, "text", `"boom"`)
		sock.event(id, "text", `"boom"`)
		if n := len(hook.of("pause")); n != 1 {
			t.Errorf("paused %d times, want 1", n)
		}
	})
}

func TestHandlerThatWasWellForAWindowBeginsAnew(t *testing.T) {
	policy := runtime.Supervision{Panics: 0, Within: time.Minute, MinPause: time.Hour, MaxPause: time.Hour, Pauses: 1}
	for _, tt := range []struct {
		name  string
		after time.Duration // the end of the pause
		ends  bool
	}{
		{"a moment before", 59 * time.Second, true},
		{"a moment after", 61 * time.Second, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				hook := &diary{}
				s := w.client(runtime.WithSupervision(policy), runtime.WithHooks(hook))
				var got notes
				sub, sock, id := w.join(s, &room, panicky(&got))
				for range 2 {
					sock.event(id, "text", `"boom"`)
					pass(hook.of("pause")[0].pause + tt.after)
				}
				if ended := sub.Err() != nil; ended != tt.ends {
					t.Errorf("ended: %v", sub.Err())
				}
			})
		})
	}
}

func TestCloseOfAPausedSubscriptionDoesNotWait(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client(runtime.WithSupervision(strict))
		var got notes
		sub, sock, id := w.join(s, &room, panicky(&got))
		for range 5 {
			sock.event(id, "text", `"boom"`)
		}
		got.expect(t, "")
		start := time.Now()
		sub.Close()
		<-sub.Done()
		exactly(t, "done", time.Since(start), 0)
		if st := sub.Status(); st.HandlerPanics != 3 || st.Dropped != 2 {
			t.Errorf("status %+v", st)
		}
	})
}

// Close has promised to hand on what waits.
func TestClosingTheClientDrainsWhatAPauseHolds(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s, err := w.tryClient(runtime.WithSupervision(strict))
		if err != nil {
			t.Fatal(err)
		}
		var panicked, resting notes
		_, sock, id := w.join(s, &room, panicky(&panicked))
		for _, body := range []string{`"boom"`, `"boom"`, `"boom"`, `"a"`, `"boom"`, `"b"`} {
			sock.event(id, "text", body)
		}
		sub, sock, id := w.join(s, &room, resting.handle)
		sub.Pause()
		sock.event(id, "text", `"c"`)
		resting.expect(t, "")
		start := time.Now()
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
		exactly(t, "closed", time.Since(start), 0)
		panicked.expect(t, "a, b")
		resting.expect(t, "c")
	})
}

func TestResumeDoesNotEndThePauseOfAPanickingHandler(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		hook := &diary{}
		s := w.client(runtime.WithSupervision(strict), runtime.WithHooks(hook))
		var got notes
		sub, sock, id := w.join(s, &room, panicky(&got))
		for _, body := range []string{`"boom"`, `"boom"`, `"boom"`, `"a"`} {
			sock.event(id, "text", body)
		}
		pause := hook.of("pause")[0].pause
		sub.Pause()
		sub.Resume()
		got.expect(t, "")
		sub.Pause() // and the other way round
		pass(pause)
		got.expect(t, "")
		if !sub.Status().Paused {
			t.Error("not paused any more")
		}
		sub.Resume()
		got.expect(t, "a")
	})
}

func TestPanicOnTheWayOutPausesNothing(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		hook := &diary{}
		s := w.client(runtime.WithSupervision(runtime.Supervision{Within: time.Minute, MinPause: time.Second, MaxPause: time.Second, Pauses: 1}), runtime.WithHooks(hook))
		for i := range 20 {
			sub := subscribe(t, s, &stats, func(ctx context.Context, _ any) error {
				runtime.EventMeta(ctx).Subscription.Close()
				panic(fmt.Sprint("the handler of ", i))
			})
			sock, fr := w.newest("connect")
			sock.event(fr.Body.ID, "text", `"x"`)
			<-sub.Done()
			if !errors.Is(sub.Err(), runtime.ErrClosed) {
				t.Errorf("reason %v", sub.Err())
			}
		}
		if n := len(hook.of("pause")); n != 0 {
			t.Errorf("%d subscriptions were paused after their end", n)
		}
	})
}
