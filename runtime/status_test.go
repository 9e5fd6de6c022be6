package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime"
)

// blocked subscribes with a handler that hangs in its first event until it is
// released.
func (w *world) blocked(s *runtime.Session, opts ...runtime.SubscribeOption) (sub *runtime.Subscription, sock *fakeSocket, id string, release func()) {
	w.t.Helper()
	hang := make(chan struct{})
	sub, sock, id = w.join(s, &room, func(context.Context, any) error { <-hang; return nil }, opts...)
	sock.event(id, "text", `"in hand"`)
	w.all()
	return sub, sock, id, func() { close(hang) }
}

func TestEverythingWorksWhileAHandlerBlocks(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		hook := &diary{}
		s := w.client(runtime.WithHooks(hook))
		sub, sock, id, release := w.blocked(s, runtime.DropOldest(3))
		start := time.Now()
		for range 10 {
			sock.event(id, "text", `"x"`)
		}
		w.all()
		if st := sub.Status(); st.Dropped != 7 || st.InboxEvents != 3 || st.InboxBytes == 0 || st.SinceLive != 11 || st.Delivered != 1 {
			t.Errorf("status %+v", st)
		}
		if st := s.Status(); len(st.Subscriptions) != 1 || st.Subscriptions[0].ID != sub.ID() {
			t.Errorf("status %+v", st)
		}
		if n := len(hook.of("slow")); n != 1 {
			t.Errorf("told %d times that it is slow", n)
		}
		sub.Pause()
		if !sub.Status().Paused {
			t.Error("not paused")
		}
		sub.Resume()
		if err := sub.Send(context.Background(), "go", nil); err != nil {
			t.Error(err)
		}
		sock.cut()
		w.all()
		if state := sub.State(); state != runtime.StateReconnecting {
			t.Errorf("it is %s", state)
		}
		if err := sub.WaitLive(context.Background()); err != nil {
			t.Error(err)
		}
		back := time.Now()
		sub.Close()
		w.all()
		if st := sub.Status(); st.State != runtime.StateClosed || st.Dropped != 10 || st.InboxEvents != 0 {
			t.Errorf("status %+v", st)
		}
		if n := w.socket(1).count("disconnect"); n != 1 {
			t.Errorf("%d disconnects while the handler still hangs, want 1", n)
		}
		exactly(t, "closed", time.Since(back), 0)
		if took := back.Sub(start); took > 500*time.Millisecond {
			t.Errorf("the reconnect took %v", took)
		}
		select {
		case <-sub.Done():
			t.Error("done while its handler runs")
		default:
		}
		release()
		<-sub.Done()
	})
}

func TestStatusTellsWhatASubscriptionHasHeard(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client()
		var got notes
		sub, sock, id := w.join(s, &room, got.handle)
		if st := sub.Status(); st.SinceLive != 0 || st.LastEvent != (runtime.EventRef{}) {
			t.Errorf("before the first event: %+v", st)
		}
		for i := range 3 {
			pass(time.Second)
			sock.event(id, "text", fmt.Sprintf(`{"id":"%d"}`, i))
		}
		w.all()
		at := time.Now()
		if st := sub.Status(); st.SinceLive != 3 || st.LastEvent != (runtime.EventRef{Type: "text", ID: "2", Received: at}) {
			t.Errorf("after three: %+v", st)
		}
		sock.cut()
		pass(time.Minute)
		// Acknowledged, but never heard of since.
		if st := sub.Status(); st.SinceLive != 0 || st.State != runtime.StateLive || st.Gaps != 1 || st.LastEvent.ID != "2" {
			t.Errorf("after the reconnect: %+v", st)
		}
	})
}

func TestStatusCountsPlacesAndSockets(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client(runtime.WithToken("secret"))
		w.join(s, &stats, nil)
		w.join(s, &stats, nil)
		parked, _, _ := w.join(s, &mine, nil)
		parked.Close()
		w.capture(s, "n1", nil)
		w.capture(s, "n1", nil)
		w.capture(s, "n2", nil)
		pass(time.Second)
		st := s.Status()
		if len(st.Connections) != 1 {
			t.Fatalf("%d connections", len(st.Connections))
		}
		c := st.Connections[0]
		if c.Channels != 2 || c.Captures != 2 || !c.Open || c.Number != 1 || c.Generation != 1 || c.LastErr != nil {
			t.Errorf("status %+v", c)
		}
		if st.Host != "misskey.example:80" || st.Err != nil || len(st.Subscriptions) != 5 {
			t.Errorf("status %+v", st)
		}
		var order []string
		for _, sub := range st.Subscriptions {
			order = append(order, sub.Channel+sub.Key)
		}
		if got := strings.Join(order, " "); got != "noten1 noten1 noten2 stats stats" {
			t.Errorf("in the order %s", got)
		}
		if err := s.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if st := s.Status(); !errors.Is(st.Err, runtime.ErrClosed) || len(st.Subscriptions) != 0 {
			t.Errorf("after Close: %+v", st)
		}
	})
}

func TestAttemptsCountWhatTheServerDoesNotAcknowledge(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		w.slow()
		s := w.client(runtime.WithAckTimeout(10*time.Second), runtime.WithBackoff(time.Nanosecond, time.Nanosecond))
		sub := subscribe(t, s, &room, nil)
		start := time.Now()
		for i := range uint64(5) {
			if n := sub.Status().Attempts; n != i {
				t.Errorf("%d attempts after %v, want %d", n, time.Since(start), i)
			}
			pass(10*time.Second + time.Nanosecond)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := sub.WaitLive(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "not acknowledged") {
			t.Errorf("WaitLive: %v", err)
		}
	})
}
