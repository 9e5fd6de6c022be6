package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime"
)

func TestContextOfACallKnowsItsEvent(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client()
		metas := make(chan runtime.Meta, 10)
		sub, sock, id := w.join(s, &room, func(ctx context.Context, _ any) error {
			type key struct{}
			metas <- runtime.EventMeta(context.WithValue(ctx, key{}, 1))
			return nil
		})
		sock.event(id, "text", `"x"`)
		sock.event(id, "smile", `{}`)
		for _, typ := range []string{"text", "smile"} {
			if m := <-metas; m.Subscription != sub || m.Channel != "room" || m.EventType != typ || !m.Received.Equal(time.Now()) {
				t.Errorf("got %+v", m)
			}
		}
		if m := runtime.EventMeta(context.Background()); m.Subscription != nil {
			t.Errorf("elsewhere: %+v", m)
		}
	})
}

func TestContextOfACallEndsWithItsSubscriptionAndWithTheClient(t *testing.T) {
	for name, end := range map[string]func(*runtime.Session, *runtime.Subscription){
		"subscription": func(_ *runtime.Session, sub *runtime.Subscription) { sub.Close() },
		"client": func(s *runtime.Session, _ *runtime.Subscription) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			_ = s.Close(ctx)
		},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				s := w.client()
				var kept context.Context
				ended := make(chan error, 1)
				sub, sock, id := w.join(s, &room, func(ctx context.Context, e any) error {
					if kept == nil {
						kept = ctx
						return nil
					}
					<-ctx.Done()
					ended <- ctx.Err()
					return nil
				})
				sock.event(id, "text", `"x"`)
				w.all()
				if err := kept.Err(); err != nil {
					t.Errorf("it ended with the call: %v", err)
				}
				sock.event(id, "text", `"x"`)
				w.all()
				end(s, sub)
				if err := <-ended; !errors.Is(err, context.Canceled) || kept.Err() == nil {
					t.Errorf("got %v and %v", err, kept.Err())
				}
			})
		})
	}
}

func TestHandlerMayDoEverything(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		w.api = func(rw http.ResponseWriter, r *http.Request) {
			_ = json.NewEncoder(rw).Encode(map[string]string{"path": r.URL.Path})
		}
		s := w.client(runtime.WithToken("secret"))
		result := make(chan error, 1)
		do := func(ctx context.Context, sub *runtime.Subscription) error {
			inner, err := s.Subscribe(ctx, &room, nil, func(context.Context, any) error { return nil })
			if err != nil {
				return err
			}
			if err := inner.WaitLive(ctx); err != nil {
				return err
			}
			if err := inner.Send(ctx, "go", nil); err != nil {
				return err
			}
			if err := sub.Send(ctx, "go", nil); err != nil {
				return err
			}
			if _, err := s.Capture(ctx, &noted, "n1", nil); err != nil {
				return err
			}
			if _, err := s.Broadcasts(ctx, &news, nil); err != nil {
				return err
			}
			if err := s.Request(ctx, runtime.Request{Type: "read"}, nil); err != nil {
				return err
			}
			var answer struct{ Path string }
			if err := s.Call(ctx, "notes/create", nil, &answer); err != nil || answer.Path != "/api/notes/create" {
				return fmt.Errorf("called %q: %w", answer.Path, err)
			}
			inner.Close()
			<-inner.Done()
			s.Status()
			s.Reconnect()
			if err := sub.WaitLive(ctx); err != nil {
				return err
			}
			sub.Pause()
			sub.Resume()
			sub.Close()
			return s.Close(ctx)
		}
		_, sock, id := w.join(s, &room, func(ctx context.Context, _ any) error {
			result <- do(ctx, runtime.EventMeta(ctx).Subscription)
			return nil
		})
		start := time.Now()
		sock.event(id, "text", `"x"`)
		if err := <-result; err != nil {
			t.Fatal(err)
		}
		<-s.Done()
		if took := time.Since(start); took > 100*time.Millisecond { // the rate of dials
			t.Errorf("took %v", took)
		}
		for _, typ := range []string{"read", "subNote"} {
			if len(w.sent(typ)) == 0 {
				t.Errorf("no %s was sent", typ)
			}
		}
	})
}

func TestCloseFromAHandlerDoesNotWaitForIt(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s, err := w.tryClient()
		if err != nil {
			t.Fatal(err)
		}
		var took time.Duration
		_, sock, id := w.join(s, &room, func(ctx context.Context, _ any) error {
			start := time.Now()
			inner, cancel := context.WithTimeout(ctx, time.Hour)
			defer cancel()
			if err := s.Close(inner); err != nil {
				t.Error(err)
			}
			if err := s.Close(inner); err != nil {
				t.Errorf("second Close: %v", err)
			}
			took = time.Since(start)
			time.Sleep(3 * time.Second) // has things to see to
			return ctx.Err()
		})
		start := time.Now()
		sock.event(id, "text", `"x"`)
		<-s.Done()
		exactly(t, "Close returned", took, 0)
		exactly(t, "the client was done", time.Since(start), 3*time.Second)
	})
}

// Nobody waits for a client that a handler closes, so nobody else could end the
// wait for another handler that hangs.
func TestCloseFromAHandlerIsBounded(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s, err := w.tryClient()
		if err != nil {
			t.Fatal(err)
		}
		_, sock, hanging := w.join(s, &room, func(ctx context.Context, _ any) error { <-ctx.Done(); return nil })
		_, _, closing := w.join(s, &room, func(ctx context.Context, _ any) error { return s.Close(ctx) })
		start := time.Now()
		sock.event(hanging, "text", `"x"`)
		sock.event(closing, "text", `"x"`)
		<-s.Done()
		exactly(t, "the client was done", time.Since(start), 10*time.Second)
	})
}

func TestCloseIsBoundedByItsContextAndATwoSecondGrace(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s, err := w.tryClient()
		if err != nil {
			t.Fatal(err)
		}
		_, _, _, release := w.blocked(s)
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Close(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "the handler of room") {
			t.Errorf("got %v", err)
		}
		exactly(t, "Close returned", time.Since(start), 7*time.Second)
		start = time.Now()
		if err := s.Close(context.Background()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("second Close: %v", err)
		}
		exactly(t, "the second returned", time.Since(start), 12*time.Second)
		if open := w.all()[0]; !open.gone {
			t.Error("the socket is still open")
		}
		release()
		<-s.Done()
		if err := s.Close(context.Background()); err != nil {
			t.Errorf("third Close: %v", err)
		}
	})
}

func TestCloseCountsWhatItCutsOffAsDropped(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		h := waitingHook(make(chan struct{}))
		s := w.client(runtime.WithHooks(h))
		var handled atomic.Uint64
		sub, sock, id := w.join(s, &room, func(ctx context.Context, _ any) error {
			handled.Add(1)
			<-ctx.Done()
			return nil
		})
		const sent = 1000
		for range sent {
			sock.event(id, "text", `"x"`)
		}
		// Something keeps the connection from telling the subscription that it is over.
		_, slow, other := w.join(s, &room, nil, runtime.DropOldest(1))
		slow.event(other, "text", `"x"`)
		slow.event(other, "text", `"x"`)
		w.all()
		time.AfterFunc(2*time.Second, func() { close(h) })
		closing, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := s.Close(closing); err != nil {
			t.Fatal(err)
		}
		if st := sub.Status(); st.Delivered != handled.Load() || st.Delivered+st.Dropped != sent {
			t.Errorf("%d delivered and %d dropped of %d, %d handled", st.Delivered, st.Dropped, sent, handled.Load())
		}
	})
}

func TestOneSleepingHandlerCostsTheOthersNothing(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		const busy, events = 99, 200
		s := w.client(runtime.WithChannelsPerConnection(busy + 1))
		sleeper, sock, id := w.join(s, &room, func(ctx context.Context, _ any) error {
			select {
			case <-time.After(time.Hour):
			case <-ctx.Done():
			}
			return nil
		}, runtime.DropOldest(10))
		all := make([]notes, busy)
		subs := make([]*runtime.Subscription, busy)
		ids := make([]string, busy)
		want := make([]string, events)
		for i := range busy {
			subs[i], _, ids[i] = w.join(s, &room, all[i].handle, runtime.DropOldest(10))
		}
		start := time.Now()
		for n := range events {
			want[n] = fmt.Sprint(n)
			sock.event(id, "text", `"x"`)
			for _, id := range ids {
				sock.event(id, "text", fmt.Sprintf(`"%d"`, n))
			}
			synctest.Wait()
		}
		exactly(t, "all was handled", time.Since(start), 0)
		for i, sub := range subs {
			all[i].expect(t, strings.Join(want, ", "))
			if st := sub.Status(); st.Dropped != 0 || st.Gaps != 0 || st.Delivered != events {
				t.Errorf("status %+v", st)
			}
		}
		if st := sleeper.Status(); st.Dropped != events-11 || st.InboxEvents != 10 {
			t.Errorf("the sleeper: %+v", st)
		}
		sleeper.Close()
	})
}
