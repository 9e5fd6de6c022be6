package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime"
)

func TestNewerCaptureEvictsTheOneNotHeardOfForTheLongest(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client(runtime.WithMaxCaptures(3), runtime.WithCapturesPerConnection(2))
		got := make([]notes, 6)
		captures := make([]*runtime.Subscription, 6)
		capture := func(i int) {
			captures[i] = w.capture(s, fmt.Sprint("n", i), got[i].handle)
			pass(time.Second)
		}
		for i := range 3 {
			capture(i)
		}
		sock, _ := w.newest("subNote") // of n2, which is on the second connection
		sock.update("n2", "text", `"x"`)
		w.socket(0).update("n0", "text", `{"id":"9xy"}`)
		heard := time.Now()
		pass(time.Second)
		capture(3) // n1 was never heard of
		got[1].expect(t, "gap by eviction")
		capture(4) // n2 was heard of together with n0, but before it
		evictedAt := time.Now().Add(-time.Second)
		capture(5)
		for i, want := range []bool{true, true, true, false, false, false} {
			if evicted := errors.Is(captures[i].Err(), runtime.ErrEvicted); evicted != want {
				t.Errorf("n%d evicted: %v", i, captures[i].Err())
			}
		}
		got[2].expect(t, "x, gap by eviction")
		got[0].expect(t, `{"id":"9xy"}, gap by eviction`)
		for _, i := range []int{0, 2} {
			if g := got[i].gaps[0]; !g.From.Equal(heard) || g.Cause != runtime.GapEviction || g.To.Sub(evictedAt).Abs() > time.Second {
				t.Errorf("gap of n%d: %+v", i, g.GapInfo)
			}
		}
		if id := got[0].gaps[0].LastEvent.ID; id != "9xy" {
			t.Errorf("the last event was %q", id)
		}
		if left := w.sent("unsubNote"); len(left) != 3 {
			t.Errorf("%d left on the server, want 3", len(left))
		}
		total := 0
		for _, c := range s.Status().Connections {
			total += c.Captures
		}
		if total != 3 {
			t.Errorf("%d places taken, want 3", total)
		}
	})
}

func TestEvictionEndsAllCapturesOfTheNote(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client(runtime.WithMaxCaptures(1))
		var a, b, c notes
		first, second := w.capture(s, "n1", a.handle), w.capture(s, "n1", b.handle)
		if first.Err() != nil {
			t.Fatal("two captures of one note were counted twice")
		}
		w.capture(s, "n2", c.handle)
		for _, sub := range []*runtime.Subscription{first, second} {
			<-sub.Done()
			if !errors.Is(sub.Err(), runtime.ErrEvicted) {
				t.Errorf("reason %v", sub.Err())
			}
		}
		a.expect(t, "gap by eviction")
		b.expect(t, "gap by eviction")
		w.socket(0).update("n1", "text", `"late"`)
		w.socket(0).update("n2", "text", `"x"`)
		c.expect(t, "x")
		if n := s.Status().Stats.Unowned; n != 1 {
			t.Errorf("%d unowned messages, want 1", n)
		}
	})
}

func TestEvictedCaptureIsReadToItsEnd(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client(runtime.WithMaxCaptures(1))
		sub := w.capture(s, "n1", nil)
		w.socket(0).update("n1", "text", `"x"`)
		w.capture(s, "n2", nil)
		var read notes
		var last error
		for e, err := range runtime.Events[any](context.Background(), sub) {
			if last = err; err == nil {
				read.write(e)
			}
		}
		read.expect(t, "x, gap by eviction")
		if !errors.Is(last, runtime.ErrEvicted) {
			t.Errorf("the loop ended with %v", last)
		}
	})
}

func TestCapturesThatEndMakeRoomWithoutEviction(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client(runtime.WithMaxCaptures(2))
		kept := w.capture(s, "kept", nil)
		for i := range 10 {
			note := fmt.Sprint("n", i)
			sub := w.capture(s, note, (&notes{}).handle)
			if i%2 == 0 {
				sub.Close()
			} else {
				w.socket(0).update(note, "bye", `null`)
			}
			<-sub.Done()
			w.all()
		}
		if kept.Err() != nil {
			t.Errorf("the oldest ended with %v", kept.Err())
		}
	})
}

func TestEvictedNoteMayBeCapturedAgain(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client(runtime.WithMaxCaptures(2))
		var subs []*runtime.Subscription
		for _, note := range []string{"n1", "n2", "n3", "n1", "n4"} {
			subs = append(subs, w.capture(s, note, nil))
			pass(time.Second)
		}
		for i, evicted := range []bool{true, true, true, false, false} {
			if got := errors.Is(subs[i].Err(), runtime.ErrEvicted); got != evicted {
				t.Errorf("capture %d: %v", i, subs[i].Err())
			}
		}
		if n := len(w.sent("subNote")); n != 5 {
			t.Errorf("%d subNote, want 5", n)
		}
	})
}

func TestCaptureExpires(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		hook := &diary{}
		s := w.client(runtime.WithHooks(hook))
		start := time.Now()
		var got notes
		sub := w.capture(s, "n1", got.handle, runtime.ExpireAfter(time.Hour))
		closed := w.capture(s, "n2", nil, runtime.ExpireAfter(time.Hour))
		closed.Close()
		pass(time.Hour - time.Second)
		w.socket(0).update("n1", "text", `"x"`)
		w.socket(0).cut() // a capture keeps its time when its socket goes
		pass(time.Hour)
		got.expect(t, "x, gap by reconnect")
		if !errors.Is(sub.Err(), runtime.ErrExpired) || !errors.Is(closed.Err(), runtime.ErrClosed) {
			t.Errorf("reasons %v and %v", sub.Err(), closed.Err())
		}
		<-sub.Done()
		for _, e := range hook.of("closed") {
			if e.sub == sub {
				exactly(t, "expired", e.at.Sub(start), time.Hour)
			}
		}
		for _, err := range runtime.Events[any](context.Background(), w.capture(s, "n3", nil, runtime.ExpireAfter(time.Second))) {
			if err != nil {
				t.Errorf("the loop over one that expired ended with %v", err)
			}
		}
		if n := w.sent("unsubNote"); len(n) != 3 {
			t.Errorf("%d unsubNote, want 3", len(n))
		}
	})
}

func TestOnlyCapturesExpire(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client()
		if _, err := s.Subscribe(context.Background(), &room, nil, nil, runtime.ExpireAfter(time.Hour)); err == nil {
			t.Error("a channel: no error")
		}
		if _, err := s.Broadcasts(context.Background(), &news, nil, runtime.ExpireAfter(time.Hour)); err == nil {
			t.Error("broadcasts: no error")
		}
		if _, err := s.Capture(context.Background(), &noted, "n1", nil, runtime.ExpireAfter(0)); err == nil {
			t.Error("no time: no error")
		}
	})
}
