package runtime_test

import (
	"context"
	"testing"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/misskeyactor/misskeyactor/runtime"
)

func TestKeepLatestDropsWhatALaterEventSupersedes(t *testing.T) {
	for _, tt := range []struct {
		name, key, want string
	}{
		{"by key", "id", `{"id":"c","n":1}, {"id":"a","n":2}, gap of 1 by overflow, {"id":"a","n":4}, {"id":"b","n":5}`},
		{"by type", "", `gap of 1 by overflow, {"id":"a","n":2}, {"id":"a","n":3}, {"id":"a","n":4}, {"id":"b","n":5}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				s := w.client()
				release := make(chan struct{})
				var got notes
				_, sock, id := w.join(s, &room, func(ctx context.Context, e any) error {
					<-release
					return got.handle(ctx, e)
				}, runtime.KeepLatest(4, tt.key))
				sock.event(id, "text", `"in hand"`)
				w.all()
				sock.event(id, "note", `{"id":"c","n":1}`)
				sock.event(id, "smile", `{"id":"a","n":2}`) // another type is another thing
				sock.event(id, "note", `{"id":"a","n":3}`)
				sock.event(id, "note", `{"id":"a","n":4}`)
				sock.event(id, "note", `{"id":"b","n":5}`)
				w.all()
				close(release)
				got.expect(t, "in hand, "+tt.want)
			})
		})
	}
}

func TestSlowEpisodesAreToldOnceAtEachEnd(t *testing.T) {
	for name, consume := range map[string]func(*world, *runtime.Session, runtime.HandlerFunc) (*fakeSocket, string){
		"handler": func(w *world, s *runtime.Session, h runtime.HandlerFunc) (*fakeSocket, string) {
			_, sock, id := w.join(s, &room, h, runtime.DropOldest(2))
			return sock, id
		},
		"iterator": func(w *world, s *runtime.Session, h runtime.HandlerFunc) (*fakeSocket, string) {
			sub, sock, id := w.join(s, &room, nil, runtime.DropOldest(2))
			go func() {
				for e, err := range runtime.Events[any](context.Background(), sub) {
					if err == nil {
						_ = h(context.Background(), e)
					}
				}
			}()
			return sock, id
		},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				hook := &diary{}
				s := w.client(runtime.WithHooks(hook))
				release := make(chan struct{})
				sock, id := consume(w, s, func(context.Context, any) error { <-release; return nil })
				for episode := range 3 {
					sock.event(id, "text", `"in hand"`)
					w.all()
					for range 9 { // two fit
						sock.event(id, "text", `"x"`)
					}
					if slow, over := hook.of("slow"), hook.of("caught up"); len(slow) != episode+1 || len(over) != episode {
						t.Fatalf("episode %d: began %d times, over %d times", episode, len(slow), len(over))
					}
					for range 4 { // with the gap
						release <- struct{}{}
						w.all()
					}
					if over := hook.of("caught up"); len(over) != episode+1 || over[episode].n != 7 {
						t.Fatalf("episode %d is over: %+v", episode, over)
					}
				}
				close(release)
			})
		})
	}
}

func TestSlowEpisodeIsOverWithItsSubscription(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		d := &diary{}
		s := w.client(runtime.WithHooks(d))
		receiver := w.system.Root.Spawn(actor.PropsFromFunc(func(actor.Context) {})) // never calls Done
		defer w.system.Root.Stop(receiver)
		sent, toActor, id := w.join(s, &room, nil, runtime.ToActor(receiver, 1), runtime.DropOldest(1))
		read, toReader, other := w.join(s, &room, nil, runtime.DropOldest(1))
		for range 4 {
			toActor.event(id, "text", `"x"`)
			toReader.event(other, "text", `"x"`)
			w.all() // the first is with the actor before the second comes
		}
		if n := len(d.of("slow")); n != 2 {
			t.Fatalf("%d episodes", n)
		}
		sent.Close()
		read.Close()
		for range runtime.Events[any](context.Background(), read) {
			t.Error("an event of a subscription that was closed")
		}
		over := d.of("caught up")
		if len(over) != 2 || over[0].sub == over[1].sub || over[0].n+over[1].n != 2+3 {
			t.Errorf("ends of episodes: %+v", over)
		}
	})
}

func TestPausedSubscriptionHasNotCaughtUp(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		hook := &diary{}
		s := w.client(runtime.WithHooks(hook))
		sub, sock, id, release := w.blocked(s, runtime.DropOldest(2))
		for range 5 {
			sock.event(id, "text", `"x"`)
		}
		w.all()
		sub.Pause()
		release()
		if n := len(hook.of("caught up")); n != 0 {
			t.Error("told that it has caught up, while events wait")
		}
		sub.Resume()
		if over := hook.of("caught up"); len(over) != 1 || over[0].n != 3 {
			t.Errorf("told %+v", over)
		}
	})
}
