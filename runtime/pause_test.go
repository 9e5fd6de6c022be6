package runtime_test

import (
	"context"
	"testing"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/misskeyactor/misskeyactor/runtime"
)

func TestPausedSubscriptionKeepsItsEvents(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client()
		var got notes
		sub, sock, id := w.join(s, &room, got.handle)
		sock.event(id, "text", `"a"`)
		got.expect(t, "a")
		sub.Pause()
		sub.Pause()
		for _, body := range []string{`"b"`, `"c"`, `"d"`} {
			sock.event(id, "text", body)
		}
		got.expect(t, "a")
		if st := sub.Status(); !st.Paused || st.InboxEvents != 3 || st.State != runtime.StateLive {
			t.Errorf("status %+v", st)
		}
		sub.Resume()
		got.expect(t, "a, b, c, d")
		sub.Resume()
		sock.event(id, "text", `"e"`)
		got.expect(t, "a, b, c, d, e")
		if st := sub.Status(); st.Paused || st.Dropped != 0 || st.Gaps != 0 {
			t.Errorf("status %+v", st)
		}
	})
}

func TestPauseThatOverflowsIsAGapUnderEveryPolicy(t *testing.T) {
	for _, tt := range []struct {
		name   string
		policy runtime.SubscribeOption
		want   string
	}{
		{"drop oldest", runtime.DropOldest(3), "gap of 2 by pause, c, d, e, f"},
		{"drop newest", runtime.DropNewest(3), "a, b, c, gap of 2 by pause, f"},
		{"end", runtime.EndOnOverflow(3), "gap of 2 by pause, c, d, e, f"},
		{"latest", runtime.KeepLatest(3, ""), "gap of 2 by pause, c, d, e, f"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				s := w.client()
				var got notes
				sub, sock, id := w.join(s, &room, got.handle, tt.policy)
				sub.Pause()
				for _, body := range []string{"a", "b", "c", "d", "e"} {
					sock.event(id, "text", `"`+body+`"`)
				}
				got.expect(t, "")
				sub.Resume()
				got.expect(t, tt.want[:len(tt.want)-len(", f")])
				sock.event(id, "text", `"f"`)
				got.expect(t, tt.want)
				if st := sub.Status(); st.Dropped != 2 || st.State != runtime.StateLive || st.Gaps != 1 {
					t.Errorf("status %+v", st)
				}
			})
		})
	}
}

func TestPauseTakesHoldAfterTheCallUnderWay(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client()
		var got notes
		sub, sock, id := w.join(s, &room, func(ctx context.Context, e any) error {
			if e, ok := e.(*text); ok && e.Text == "stop" {
				e.Subscription.Pause()
			}
			if err := ctx.Err(); err != nil {
				t.Errorf("Pause ended the call's context: %v", err)
			}
			return got.handle(ctx, e)
		})
		for _, body := range []string{"a", "stop", "b"} {
			sock.event(id, "text", `"`+body+`"`)
		}
		got.expect(t, "a, stop")
		sub.Resume()
		got.expect(t, "a, stop, b")
	})
}

func TestPauseHoldsForIteratorsAndActors(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client()
		var read, received notes
		iterated, sock, id := w.join(s, &stats, nil)
		ctx, cancel := context.WithCancel(context.Background())
		finished := make(chan struct{})
		go func() {
			defer close(finished)
			for e, err := range runtime.Events[any](ctx, iterated) {
				if err == nil {
					read.write(e)
				}
			}
		}()
		pid := w.system.Root.Spawn(actor.PropsFromFunc(func(c actor.Context) {
			if e, ok := c.Message().(*text); ok {
				received.write(e)
				e.Done()
			}
		}))
		acted, _, _ := w.join(s, &stats, nil, runtime.ToActor(pid, 1))
		iterated.Pause()
		acted.Pause()
		sock.event(id, "text", `"a"`)
		read.expect(t, "")
		received.expect(t, "")
		iterated.Resume()
		read.expect(t, "a")
		received.expect(t, "")
		acted.Resume()
		received.expect(t, "a")
		cancel()
		<-finished
		_ = w.system.Root.StopFuture(pid).Wait()
	})
}
