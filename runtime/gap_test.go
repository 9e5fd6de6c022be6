package runtime_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/misskeyactor/misskeyactor/runtime"
)

func TestReconnectGapNamesTheLastEventAndTheSpan(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		hook := &diary{}
		s := w.client(runtime.WithHooks(hook))
		var got notes
		sub, sock, id := w.join(s, &room, got.handle)
		pass(time.Second)
		sock.event(id, "text", `{"id":"9xy"}`)
		last := time.Now()
		pass(time.Second)
		sock.cut()
		pass(time.Minute)
		sock, fr := w.newest("connect")
		sock.event(fr.Body.ID, "text", `"b"`)
		got.expect(t, `{"id":"9xy"}, gap by reconnect, b`)
		want := runtime.GapInfo{
			From: last, To: w.openedAt(1), Cause: runtime.GapReconnect,
			LastEvent: runtime.EventRef{Type: "text", ID: "9xy", Received: last},
		}
		if diff := cmp.Diff(want, got.gaps[0].GapInfo); diff != "" {
			t.Error(diff)
		}
		if m := got.gaps[0].Meta; m.Subscription != sub || m.Channel != "room" || !m.Received.Equal(want.To) {
			t.Errorf("metadata %+v", m)
		}
		if told := hook.of("gap"); len(told) != 1 || told[0].sub != sub {
			t.Errorf("hook got %+v", told)
		}
		if st := sub.Status(); st.Gaps != 1 || st.LastEvent.Type != "text" || st.LastEvent.ID != "" {
			t.Errorf("status %+v", st)
		}
	})
}

// What other channels of the connection heard says until when nothing was
// missed.
func TestGapBeginsWhenTheSocketWasLastHeard(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client()
		var got notes
		w.join(s, &room, got.handle)
		_, sock, id := w.join(s, &room, nil)
		pass(5 * time.Second)
		sock.event(id, "text", `"of the other"`)
		heard := time.Now()
		pass(20 * time.Second)
		sock.cut()
		pass(time.Minute)
		got.expect(t, "gap by reconnect")
		if g := got.gaps[0]; !g.From.Equal(heard) || g.LastEvent != (runtime.EventRef{}) {
			t.Errorf("gap %+v", g.GapInfo)
		}
	})
}

func TestLateAcknowledgementIsAGap(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		var silent atomic.Bool
		silent.Store(true)
		w.silent = func(string) bool { return silent.Load() }
		start := time.Now()
		s := w.client(runtime.WithAckTimeout(10 * time.Second))
		var got notes
		sub := subscribe(t, s, &room, got.handle)
		pass(time.Minute)
		if st := sub.Status(); st.Attempts < 2 || st.State != runtime.StateConnecting {
			t.Errorf("status %+v", st)
		}
		silent.Store(false)
		pass(time.Minute)
		_, fr := w.newest("connect")
		got.expect(t, "gap by late ack")
		g := got.gaps[0]
		exactly(t, "begins", g.From.Sub(start), 0)
		exactly(t, "ends", g.To.Sub(start), fr.at.Sub(start))
		if st := sub.Status(); st.Attempts != 0 || st.State != runtime.StateLive {
			t.Errorf("status %+v", st)
		}
	})
}

// After a reconnect the socket is there, and the channel is not.
func TestLateAcknowledgementAfterAReconnectIsOneGap(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		var silent atomic.Bool
		w.silent = func(string) bool { return silent.Load() }
		s := w.client()
		var got notes
		sub, sock, _ := w.join(s, &room, got.handle)
		silent.Store(true)
		sock.cut()
		pass(time.Minute)
		if state := sub.State(); state != runtime.StateReconnecting {
			t.Errorf("it is %s", state)
		}
		silent.Store(false)
		pass(time.Minute)
		got.expect(t, "gap by reconnect")
	})
}

func TestSocketLostAfterAnEventAndBeforeTheAcknowledgementIsAGap(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		ack := w.slow()
		s := w.client()
		var got notes
		sub := subscribe(t, s, &room, got.handle)
		sock, fr := w.newest("connect")
		sock.event(fr.Body.ID, "text", `"early"`)
		got.expect(t, "early")
		sock.cut()
		pass(time.Second)
		sock, fr = w.newest("connect")
		ack(sock, fr)
		sock.event(fr.Body.ID, "text", `"late"`)
		got.expect(t, "early, gap by reconnect, late")
		if sub.State() != runtime.StateLive {
			t.Errorf("it is %s", sub.State())
		}
	})
}

// No event and no acknowledgement will end the gap any more: the end does.
func TestSubscriptionThatEndsWhileItReconnectsEndsWithTheGap(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		var down atomic.Bool
		refuse(w, &down)
		s := w.client()
		var got, none notes
		w.capture(s, "n", got.handle, runtime.ExpireAfter(time.Minute))
		sub, sock, id := w.join(s, &room, none.handle)
		sock.update("n", "text", `"a"`)
		sock.event(id, "text", `"b"`)
		w.all()
		lost := time.Now()
		down.Store(true)
		sock.cut()
		pass(2 * time.Minute)
		got.expect(t, "a, gap by reconnect")
		if len(got.gaps) != 1 {
			t.FailNow()
		}
		if g := got.gaps[0]; !g.From.Equal(lost) || !g.To.Equal(got.at[1]) || g.LastEvent.Type != "text" {
			t.Errorf("gap %+v", g.GapInfo)
		}
		sub.Close() // which drops what it has
		<-sub.Done()
		none.expect(t, "b")
	})
}

func TestOverflowGapNamesTheLastEventBeforeIt(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client()
		var got notes
		release := make(chan struct{})
		_, sock, id := w.join(s, &room, func(ctx context.Context, e any) error {
			<-release
			return got.handle(ctx, e)
		}, runtime.DropOldest(2))
		start := time.Now()
		for i := range 6 {
			sock.event(id, "text", `{"id":"`+string(rune('a'+i))+`"}`)
			pass(time.Second)
		}
		close(release)
		got.expect(t, `{"id":"a"}, gap of 3 by overflow, {"id":"e"}, {"id":"f"}`)
		g := got.gaps[0]
		if g.LastEvent.ID != "a" {
			t.Errorf("the last event is %+v", g.LastEvent)
		}
		exactly(t, "begins", g.From.Sub(start), 0)
		exactly(t, "ends", g.To.Sub(start), 5*time.Second)
	})
}

func TestLastEventHasTheIDItsBodyBeginsWith(t *testing.T) {
	long := "0123456789abcdef0123456789abcdef"
	for body, want := range map[string]string{
		`{"id":"9xy","text":"x"}`:   "9xy",
		`{"id":"` + long + `"}`:     long,
		`{"id":"` + long + `0"}`:    "",
		`{"id":"a\u0062"}`:          "",
		`{"id":5}`:                  "",
		`{"text":"x","id":"9xy"}`:   "",
		`"9xy"`:                     "",
		`null`:                      "",
		`{"id":""}`:                 "",
		`{"id":"9xy","id":"other"}`: "9xy",
	} {
		virtual(t, func(t *testing.T, w *world) {
			var got notes
			sub, sock, id := w.join(w.client(), &room, got.handle)
			sock.event(id, "text", body)
			w.all()
			if last := sub.Status().LastEvent; last.ID != want || last.Type != "text" || !last.Received.Equal(time.Now()) {
				t.Errorf("%s: %+v", body, last)
			}
		})
	}
}
