package runtime_test

import (
	"context"
	"errors"
	"fmt"
	stdruntime "runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/misskeyactor/misskeyactor/runtime"
)

// goroutines counts those that are in this package, and of them readers and
// writers.
func goroutines() (all, readers, writers int) {
	buf := make([]byte, 16<<20)
	buf = buf[:stdruntime.Stack(buf, true)]
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		if !strings.Contains(stack, "misskeyactor/runtime.") {
			continue
		}
		all++
		if strings.Contains(stack, "(*socket).readLoop") {
			readers++
		}
		if strings.Contains(stack, "(*socket).writeLoop") {
			writers++
		}
	}
	return all, readers, writers
}

func TestManyClientsShareOneActorSystem(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		const n = 200
		before := actors(w.system)
		var clients []*runtime.Session
		var subs []*runtime.Subscription
		got := make([]notes, n)
		for i := range n {
			s, err := w.tryClient(runtime.WithToken(fmt.Sprint("account", i)))
			if err != nil {
				t.Fatal(err)
			}
			sub, sock, id := w.join(s, &mine, got[i].handle)
			w.join(s, &room, nil)
			w.capture(s, "n1", nil)
			sock.event(id, "text", fmt.Sprintf(`"%d"`, i))
			clients, subs = append(clients, s), append(subs, sub)
		}
		for i := range n {
			got[i].expect(t, fmt.Sprint(i))
		}
		if all, readers, writers := goroutines(); all != 2*n || readers != n || writers != n {
			t.Errorf("%d goroutines, %d of them readers and %d writers, for %d clients", all, readers, writers, n)
		}
		if got := actors(w.system) - before; got != 5*n { // session, connection, three subscriptions
			t.Errorf("%d actors, want %d", got, 5*n)
		}
		w.drop()
		pass(time.Minute)
		for i, sub := range subs {
			if sub.State() != runtime.StateLive {
				t.Fatalf("client %d is %s after the restart", i, sub.State())
			}
		}
		if all, _, _ := goroutines(); all != 2*n {
			t.Errorf("%d goroutines after the restart, want %d", all, 2*n)
		}
		for i, s := range clients {
			if err := s.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			if i == n/2 && clients[n-1].Err() != nil {
				t.Errorf("another was closed: %v", clients[n-1].Err())
			}
		}
		synctest.Wait()
		if all, _, _ := goroutines(); all != 0 || actors(w.system) != before {
			t.Errorf("%d goroutines and %d actors after Close", all, actors(w.system)-before)
		}
		if w.system.IsStopped() {
			t.Error("the system was shut down")
		}
	})
}

func TestStoppingTheParentEndsTheClient(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		opened := make(chan *runtime.Session, 1)
		parent := w.system.Root.Spawn(actor.PropsFromFunc(func(c actor.Context) {
			if _, ok := c.Message().(*actor.Started); ok {
				s, err := runtime.Connect(context.Background(), &testDialect, w.URL, runtime.WithParent(c), runtime.WithNetDial(w.net.dial))
				if err != nil {
					t.Error(err)
				}
				opened <- s
			}
		}))
		s := <-opened
		if !strings.HasPrefix(s.PID().Id, parent.Id+"/") {
			t.Errorf("the session is %s, not a child of %s", s.PID().Id, parent.Id)
		}
		var got notes
		sub, sock, id := w.join(s, &room, got.handle)
		hanging, _, _, release := w.blocked(s)
		sock.event(id, "text", `"x"`)
		got.expect(t, "x")
		start := time.Now()
		w.system.Root.Stop(parent)
		<-sub.Done()
		<-hanging.Ended()
		if err := hanging.Err(); !errors.Is(err, runtime.ErrClosed) {
			t.Errorf("reason %v", err)
		}
		release()
		<-s.Done()
		exactly(t, "done", time.Since(start), 0)
		for what, err := range map[string]error{"session": s.Err(), "subscription": sub.Err()} {
			if !errors.Is(err, runtime.ErrClosed) {
				t.Errorf("%s: %v", what, err)
			}
		}
		w.all()
		if !sock.gone {
			t.Error("the socket is still open")
		}
		if _, err := s.Subscribe(context.Background(), &room, nil, nil); !errors.Is(err, runtime.ErrClosed) {
			t.Errorf("Subscribe: %v", err)
		}
		if err := s.Close(context.Background()); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
}

func TestWatchedPIDsAreTerminated(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s, err := w.tryClient()
		if err != nil {
			t.Fatal(err)
		}
		closed, _, _ := w.join(s, &room, nil)
		open, _, _ := w.join(s, &room, nil)
		names := map[string]string{closed.PID().Id: "closed", open.PID().Id: "open", s.PID().Id: "session"}
		terminated := make(chan string, 10)
		watcher := w.system.Root.Spawn(actor.PropsFromFunc(func(c actor.Context) {
			switch m := c.Message().(type) {
			case *actor.Started:
				c.Watch(closed.PID())
				c.Watch(open.PID())
				c.Watch(s.PID())
			case *actor.Terminated:
				terminated <- names[m.Who.Id]
			}
		}))
		w.all()
		w.drop() // subscriptions outlive their sockets, and so do their PIDs
		pass(time.Minute)
		if len(terminated) != 0 {
			t.Fatalf("%s was terminated by a reconnect", <-terminated)
		}
		closed.Close()
		if got := <-terminated; got != "closed" {
			t.Errorf("%s was terminated", got)
		}
		if err := s.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if a, b := <-terminated, <-terminated; a != "open" || b != "session" {
			t.Errorf("%s and %s were terminated", a, b)
		}
		_ = w.system.Root.StopFuture(watcher).Wait()
	})
}

// A client without WithActorSystem has a system of its own, and it alone is shut
// down with it.
func TestSystemOfOthersIsLeftAlone(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		for range 3 {
			s := w.client()
			if err := s.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		if w.system.IsStopped() {
			t.Error("Close shut the system down")
		}
		answers := w.system.Root.Spawn(actor.PropsFromFunc(func(c actor.Context) {
			if c.Message() == "ping" {
				c.Respond("pong")
			}
		}))
		if got, err := w.system.Root.RequestFuture(answers, "ping", time.Second).Result(); got != "pong" {
			t.Errorf("%v, %v", got, err)
		}
		_ = w.system.Root.StopFuture(answers).Wait()
	})
}
