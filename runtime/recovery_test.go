package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	stdruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/go-faster/jx"
	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/runtime"
)

// poll waits until cond is true. It is for what no channel tells of.
func poll(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(wait); !cond(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v for: %s", wait, what)
		}
	}
}

// open waits until exactly n sockets are open and returns them.
func (f *fake) open(n int) (open []*fakeSocket) {
	f.t.Helper()
	f.until(fmt.Sprint(n, " open sockets"), func() bool {
		open = nil
		for _, s := range f.sockets {
			if !s.gone {
				open = append(open, s)
			}
		}
		return len(open) == n
	})
	return open
}

func (s *fakeSocket) cut() { _ = s.ws.NetConn().Close() }

// disconnections is a hook that counts lost sockets.
type disconnections struct{ n atomic.Int32 }

func (*disconnections) OnConnected(runtime.ConnectionInfo) {}

func (d *disconnections) OnDisconnected(runtime.ConnectionInfo, error, time.Duration) { d.n.Add(1) }

func TestLastSubscriptionOfAConnectionStillGetsItsEvents(t *testing.T) {
	f := newFake(t)
	s := f.connect(runtime.WithLinger(0))
	for range 3 {
		live(t, subscribe(t, s, &room, nil))
	}
	entered, release := make(chan struct{}, 10), make(chan struct{})
	got := make(chan error, 10)
	sub := subscribe(t, s, &room, func(c context.Context, _ any) error {
		entered <- struct{}{}
		<-release
		got <- c.Err()
		return nil
	}, runtime.EndOnOverflow(2))
	live(t, sub)
	sock := f.socket(1)
	id := sock.frame("connect", 0).Body.ID
	sock.event(id, "text", `"0"`)
	<-entered
	for range 4 {
		sock.event(id, "text", `"x"`)
	}
	<-sub.Ended()
	select {
	case <-sub.Done():
		t.Error("done while its handler runs")
	default:
	}
	poll(t, "the connection to be retired", func() bool { return len(s.Status().Connections) == 1 })
	close(release)
	<-sub.Done()
	if len(got) != 3 {
		t.Errorf("%d events delivered, want 3", len(got))
	}
	for range len(got) {
		if err := <-got; err != nil {
			t.Errorf("a handler's context had ended: %v", err)
		}
	}
	if st := sub.Status(); st.Dropped != 1 || !errors.Is(st.Err, runtime.ErrSlowConsumer) {
		t.Errorf("status %+v", st)
	}
}

func TestBroadcastsSurviveTheirConnections(t *testing.T) {
	f := newFake(t)
	s := f.connect(runtime.WithLinger(0))
	early, err := s.Broadcasts(ctx(t), &news, nil)
	if err != nil {
		t.Fatal(err)
	}
	var rooms []*runtime.Subscription
	for range 4 {
		rooms = append(rooms, subscribe(t, s, &room, nil))
		live(t, rooms[len(rooms)-1])
	}
	for round := range 6 {
		late, err := s.Broadcasts(ctx(t), &news, nil)
		if err != nil {
			t.Fatal(err)
		}
		f.open(2)[round%2].cut()
		poll(t, "the loss", func() bool { return f.opened() == 3+round })
		for _, sock := range f.open(2) {
			live(t, early)
			live(t, late)
			sock.send(fmt.Sprintf(`{"type":"text","body":"%d"}`, round))
		}
		for _, sub := range []*runtime.Subscription{early, late} {
			for e, err := range runtime.Events[any](ctx(t), sub) {
				if err != nil {
					t.Fatal(err)
				}
				// The socket that takes over may have an earlier round unread.
				if e, ok := e.(*text); ok && e.Text == fmt.Sprint(round) {
					break
				}
			}
		}
		late.Close()
	}
	for _, sub := range rooms {
		sub.Close()
	}
	f.open(1)
	live(t, early)
}

// opened counts the sockets so far.
func (f *fake) opened() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.sockets)
}

func TestBroadcastsUnderFireLeaveNobodyDeaf(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	for range 4 {
		live(t, subscribe(t, s, &room, nil))
	}
	var mu sync.Mutex
	var subs []*runtime.Subscription
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				b, err := s.Broadcasts(ctx(t), &news, nil)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if len(subs) < 100 {
					subs = append(subs, b)
				} else {
					subs[i%100].Close()
					subs[i%100] = b
				}
				mu.Unlock()
			}
		})
	}
	for round := range 20 {
		f.open(2)[round%2].cut()
		f.until("a new socket", func() bool { return len(f.sockets) > round+2 })
	}
	close(stop)
	wg.Wait()
	open := f.open(2)
	for _, sub := range subs {
		live(t, sub)
	}
	before := make(map[*runtime.Subscription]int)
	for _, sub := range subs {
		before[sub] = sub.Status().InboxEvents
	}
	for _, sock := range open {
		sock.send(`{"type":"text","body":"hello"}`)
	}
	for _, sub := range subs {
		poll(t, "the broadcast", func() bool { return sub.Status().InboxEvents > before[sub] })
	}
	live(t, subscribe(t, s, &room, nil))
	for _, sub := range subs {
		if n := sub.Status().InboxEvents - before[sub]; n != 1 {
			t.Errorf("heard %d times", n)
		}
	}
}

func TestCloseLetsGoOfEveryCapture(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	for i := range 1000 {
		if _, err := s.Capture(ctx(t), &noted, fmt.Sprint("n", i), nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(ctx(t)); err != nil {
		t.Fatal(err)
	}
	f.open(0)
	if n := f.socket(0).count("unsubNote"); n != 1000 {
		t.Errorf("%d unsubNote, want 1000", n)
	}
}

func TestBurstsDoNotCostTheSocket(t *testing.T) {
	f := newFake(t)
	hook := &disconnections{}
	s := f.connect(runtime.WithHooks(hook))
	big := strings.Repeat("x", 50<<10)
	var wg sync.WaitGroup
	for i := range 2000 {
		wg.Go(func() {
			if _, err := s.Capture(ctx(t), &noted, fmt.Sprint("n", i), nil); err != nil {
				t.Error(err)
			}
		})
		if i%10 == 0 {
			wg.Go(func() {
				if err := s.Request(ctx(t), runtime.Request{Type: "x"}, func(e *jx.Encoder) { e.ObjStart(); e.FieldStart("a"); e.Str(big); e.ObjEnd() }); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	f.socket(0).frame("subNote", 1999)
	if n := hook.n.Load(); n != 0 {
		t.Errorf("lost the socket %d times", n)
	}
}

func TestEveryLossIsAGap(t *testing.T) {
	f := newFake(t)
	var quiet atomic.Bool
	f.silent = func(string) bool { return quiet.Load() }
	s := f.connect()
	h, events := collect()
	sub := subscribe(t, s, &room, h)
	live(t, sub)
	quiet.Store(true)
	f.drop()
	f.socket(1).event(f.socket(1).frame("connect", 0).Body.ID, "text", `"before its acknowledgement"`)
	next[*gap](t, events)
	next[*text](t, events)
	quiet.Store(false)
	f.drop()
	live(t, sub)
	f.socket(2).event(f.socket(2).frame("connect", 0).Body.ID, "text", `"after"`)
	next[*gap](t, events)
	next[*text](t, events)
}

func TestGapsWithoutEventsBetweenAreOne(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	sub := subscribe(t, s, &room, nil)
	for i := range 10 {
		live(t, sub)
		s.Reconnect()
		f.socket(i+1).frame("connect", 0)
	}
	live(t, sub)
	f.socket(10).event(f.socket(10).frame("connect", 0).Body.ID, "text", `"x"`)
	var got []string
	for e := range runtime.Events[any](ctx(t), sub) {
		got = append(got, fmt.Sprintf("%T", e))
		if _, ok := e.(*text); ok {
			break
		}
	}
	if len(got) != 2 {
		t.Errorf("got %v, want one gap and the event", got)
	}
}

func TestNothingIsSentAfterClose(t *testing.T) {
	f := newFake(t)
	s := f.connect(runtime.WithChannelsPerConnection(1000)) // the first connection, which is open
	for i := range 200 {
		sub := subscribe(t, s, &room, nil)
		if i%2 == 0 {
			f.total("connect", i+1) // its acknowledgement is on the way
		}
		sub.Close()
		for range 3 {
			if err := sub.Send(ctx(t), "go", nil); !errors.Is(err, runtime.ErrClosed) {
				t.Fatalf("%d: %v", i, err)
			}
		}
		<-sub.Done()
	}
}

func TestEndedContextSendsNothing(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	sub := subscribe(t, s, &room, nil)
	live(t, sub)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for range 50 {
		if err := sub.Send(ended, "go", nil); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	live(t, subscribe(t, s, &room, nil))
	if n := f.socket(0).count("channel"); n != 0 {
		t.Errorf("%d were sent", n)
	}
}

func TestOnlyChannelsTakeMessages(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	c, err := s.Capture(ctx(t), &noted, "n1", nil)
	if err != nil {
		t.Fatal(err)
	}
	live(t, c)
	if err := c.Send(ctx(t), "go", nil); err == nil || !strings.Contains(err.Error(), "only channels") {
		t.Errorf("got %v", err)
	}
}

// A hook or a logger that waits must not keep the reader from the rest.
func TestHookThatWaitsDoesNotStopTheReader(t *testing.T) {
	f := newFake(t)
	h := waitingHook(make(chan struct{}))
	s := f.connect(runtime.WithHooks(h))
	slow := subscribe(t, s, &room, nil, runtime.DropOldest(1))
	handler, events := collect()
	other := subscribe(t, s, &room, handler)
	live(t, slow)
	live(t, other)
	sock := f.socket(0)
	a, b := sock.frame("connect", 0).Body.ID, sock.frame("connect", 1).Body.ID
	sock.event(a, "text", `"x"`)
	sock.event(a, "text", `"x"`)
	sock.event(b, "text", `"y"`)
	next[*text](t, events)
	close(h)
}

type waitingHook chan struct{}

func (h waitingHook) OnSlow(*runtime.Subscription)             { <-h }
func (h waitingHook) OnCaughtUp(*runtime.Subscription, uint64) {}

// Rubbish that comes faster than it can be told of is counted and forgotten.
func TestRubbishDoesNotPileUpBeforeAHookThatWaits(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		h := &waitingFrameHook{let: make(chan struct{})}
		s := w.client(runtime.WithHooks(h))
		sock := w.socket(0)
		const sent = 3000
		for range sent {
			sock.send("rubbish")
		}
		w.all()
		if n := s.Status().Stats.Malformed; n != sent {
			t.Errorf("%d counted, want %d", n, sent)
		}
		close(h.let)
		w.all()
		if n := h.told.Load(); n != 1001 { // one while the thousand waited
			t.Errorf("told of %d, want 1001", n)
		}
		sock.send("more")
		w.all()
		if n := h.told.Load(); n != 1002 {
			t.Errorf("told of %d in the end, want 1002", n)
		}
	})
}

type waitingFrameHook struct {
	let  chan struct{}
	told atomic.Int32
}

func (h *waitingFrameHook) OnFrameSkipped(runtime.FrameSkipped) {
	<-h.let
	h.told.Add(1)
}

func TestCloseCutsASocketThatDoesNotTakeWrites(t *testing.T) {
	f := newFake(t)
	stall := make(chan struct{})
	f.accept = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err == nil {
			<-stall
			_ = ws.Close()
		}
		return false
	}
	s, err := runtime.Connect(ctx(t), &testDialect, f.URL)
	if err != nil {
		t.Fatal(err)
	}
	big := strings.Repeat("x", 8<<20)
	short, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if err := s.Request(short, runtime.Request{Type: "x"}, func(e *jx.Encoder) { e.Str(big) }); err == nil {
		t.Fatal("the server took 8 MB without reading")
	}
	if err := s.Close(short); err != nil {
		t.Errorf("Close: %v", err)
	}
	<-s.Done()
	close(stall)
}

func TestHalfOpenSocketIsFound(t *testing.T) {
	f := newFake(t)
	stall := make(chan struct{})
	f.accept = func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n > 1 {
			return true
		}
		ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err == nil {
			<-stall // reads nothing, so it answers no ping
			_ = ws.Close()
		}
		return false
	}
	s := f.connect(runtime.WithLiveness(10*time.Millisecond, 60*time.Millisecond))
	live(t, subscribe(t, s, &room, nil))
	if err := s.Status().Connections[0].LastErr; err == nil || !strings.Contains(err.Error(), "nothing heard") {
		t.Errorf("reason %v", err)
	}
	close(stall)
}

func TestBreakOnTheLastEventEndsTheCapture(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	c, err := s.Capture(ctx(t), &noted, "n1", nil)
	if err != nil {
		t.Fatal(err)
	}
	f.socket(0).frame("subNote", 0)
	f.socket(0).send(`{"type":"noteUpdated","body":{"id":"n1","type":"bye","body":null}}`)
	for range runtime.Events[any](ctx(t), c) {
		break
	}
	if c.State() != runtime.StateClosed || !errors.Is(c.Err(), runtime.ErrEnded) {
		t.Errorf("%s, %v", c.State(), c.Err())
	}
}

func TestMessageWithoutABody(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	h, events := collect()
	live(t, subscribe(t, s, &room, h))
	id := f.socket(0).frame("connect", 0).Body.ID
	f.socket(0).send(`{"type":"channel","body":{"id":"` + id + `","type":"bye"}}`)
	next[*bye](t, events)
	f.socket(0).send(`{"type":"channel","body":{"id":"` + id + `","type":"smile"}}`)
	if u := next[*unknown](t, events); string(u.Raw) != "null" {
		t.Errorf("raw %q", u.Raw)
	}
}

func TestParametersAreThoseOfTheCall(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	tags := []string{"a"}
	sub, err := s.Subscribe(ctx(t), &room, func(e *jx.Encoder) {
		e.ArrStart()
		e.Str(tags[0])
		e.ArrEnd()
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	live(t, sub)
	tags[0] = "b"
	f.drop()
	if got := string(f.socket(1).frame("connect", 0).Body.Params); got != `["a"]` {
		t.Errorf("reconnected with %s", got)
	}
}

func TestWhatTheDialectLacksIsAnError(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	foreign := noted
	if _, err := s.Capture(ctx(t), &foreign, "n1", nil); err == nil {
		t.Error("capture: no error")
	}
	other := news
	for _, set := range []*runtime.EventSet{nil, &other} {
		if _, err := s.Broadcasts(ctx(t), set, nil); err == nil {
			t.Error("broadcasts: no error")
		}
	}
}

func TestReceiverIsLetGo(t *testing.T) {
	f := newFake(t)
	system := newSystem(t)
	s := f.connect(runtime.WithActorSystem(system))
	var late atomic.Int32
	subscription := system.EventStream.Subscribe(func(e any) {
		if d, ok := e.(*actor.DeadLetterEvent); ok {
			if _, ok := d.Message.(*actor.Terminated); ok {
				late.Add(1)
			}
		}
	})
	defer system.EventStream.Unsubscribe(subscription)
	pid := system.Root.Spawn(actor.PropsFromFunc(func(actor.Context) {}))
	for range 50 {
		sub := subscribe(t, s, &room, nil, runtime.ToActor(pid, 2))
		sub.Close()
		<-sub.Done()
	}
	if err := system.Root.StopFuture(pid).Wait(); err != nil {
		t.Fatal(err)
	}
	if n := late.Load(); n != 0 {
		t.Errorf("the receiver still knew %d subscriptions that had ended", n)
	}
	if _, err := s.Subscribe(ctx(t), &room, nil, nil, runtime.ToActor(pid, 2)); err == nil || !strings.Contains(err.Error(), "WithActorSystem") {
		t.Errorf("a receiver that is not there: %v", err)
	}
}

func TestGoexitInAHandlerCostsItsEventOnly(t *testing.T) {
	f := newFake(t)
	hook := &recorder{}
	s := f.connect(runtime.WithHooks(hook))
	events := make(chan any, 10)
	sub := subscribe(t, s, &room, func(_ context.Context, e any) error {
		if e.(*text).Text == "exit" {
			stdruntime.Goexit()
		}
		events <- e
		return nil
	})
	live(t, sub)
	sock := f.socket(0)
	id := sock.frame("connect", 0).Body.ID
	sock.event(id, "text", `"exit"`)
	sock.event(id, "text", `"fine"`)
	next[*text](t, events)
	if errs := hook.handlerErrors(); len(errs) != 1 || !strings.Contains(errs[0].Error(), "Goexit") {
		t.Errorf("hook got %v", errs)
	}
}

func TestGoexitOnTheLastEventStillEndsTheCapture(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	sub, err := s.Capture(ctx(t), &noted, "n1", func(context.Context, any) error {
		stdruntime.Goexit()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	live(t, sub)
	f.socket(0).send(`{"type":"noteUpdated","body":{"id":"n1","type":"text","body":"x"}}`)
	f.socket(0).send(`{"type":"noteUpdated","body":{"id":"n1","type":"bye","body":null}}`)
	select {
	case <-sub.Done():
	case <-ctx(t).Done():
		t.Fatal("its actor has not ended")
	}
	if st := sub.Status(); st.HandlerPanics != 2 || !errors.Is(st.Err, runtime.ErrEnded) {
		t.Errorf("%d panics, ended by %v", st.HandlerPanics, st.Err)
	}
}

func TestCloseNamesTheHandlerItWaitsFor(t *testing.T) {
	f := newFake(t)
	s, err := runtime.Connect(ctx(t), &testDialect, f.URL)
	if err != nil {
		t.Fatal(err)
	}
	release, entered := make(chan struct{}), make(chan struct{})
	sub := subscribe(t, s, &room, func(context.Context, any) error { close(entered); <-release; return nil })
	live(t, sub)
	f.socket(0).event(f.socket(0).frame("connect", 0).Body.ID, "text", `"x"`)
	<-entered
	short, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Close(short); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "the handler of room") {
		t.Errorf("got %v", err)
	}
	close(release)
	<-s.Done()
}

func TestSubscribeWhileClosing(t *testing.T) {
	for range 30 {
		f := newFake(t)
		s, err := runtime.Connect(ctx(t), &testDialect, f.URL)
		if err != nil {
			t.Fatal(err)
		}
		in := make(chan struct{}, 100)
		var last *runtime.Subscription
		for range 8 {
			last = subscribe(t, s, &stats, func(context.Context, any) error {
				in <- struct{}{}
				for {
					if _, err := s.Subscribe(context.Background(), &stats, nil, nil); err != nil {
						return nil
					}
				}
			})
		}
		live(t, last)
		f.socket(0).event(f.socket(0).frame("connect", 0).Body.ID, "text", `"x"`)
		<-in
		if err := s.Close(ctx(t)); err != nil {
			t.Fatal(err)
		}
	}
}

// A server that drops, refuses, delays and loses acknowledgements at random,
// and eight goroutines that subscribe and close at random: Close always
// returns and nothing is left. The seed is printed when it fails.
func TestNothingIsLeftAfterAStorm(t *testing.T) {
	for i := range 10 {
		seed := uint64(time.Now().UnixNano()) + uint64(i)
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { storm(t, seed) })
	}
}

func storm(t *testing.T, seed uint64) {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 0))
	chance := func(n int) int { mu.Lock(); defer mu.Unlock(); return rng.IntN(n) }
	f := newFake(t)
	f.accept = func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n > 1 && chance(6) == 0 {
			w.WriteHeader(http.StatusBadGateway)
			return false
		}
		stormSocket(t, w, r, chance)
		return false
	}
	s, err := runtime.Connect(ctx(t), &testDialect, f.URL, runtime.WithToken("x"),
		runtime.WithAckTimeout(5*time.Millisecond), runtime.WithBackoff(time.Millisecond, 5*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { stormClient(s, chance) })
	}
	<-time.After(time.Duration(chance(200)) * time.Millisecond)
	c, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	if chance(3) == 0 {
		cancel()
	}
	if err := s.Close(c); err != nil {
		t.Errorf("Close: %v", err)
	}
	wg.Wait()
	if left := s.Status().Subscriptions; len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}

// stormClient subscribes and closes until the session closes, and then waits
// for what it has to end.
func stormClient(s *runtime.Session, chance func(int) int) {
	var own []*runtime.Subscription
	for s.Err() == nil {
		var handler runtime.HandlerFunc
		if chance(3) > 0 {
			handler = func(context.Context, any) error { stdruntime.Gosched(); return nil }
		}
		c, cancel := context.WithTimeout(context.Background(), time.Duration(chance(3000))*time.Microsecond)
		var sub *runtime.Subscription
		var err error
		switch chance(5) {
		case 0:
			sub, err = s.Subscribe(c, &room, nil, handler, runtime.EndOnOverflow(3))
		case 1:
			sub, err = s.Subscribe(c, &mine, nil, handler)
		case 2:
			sub, err = s.Subscribe(c, &stats, nil, handler, runtime.DropOldest(2))
		case 3:
			sub, err = s.Capture(c, &noted, fmt.Sprint("n", chance(5)), handler)
		default:
			sub, err = s.Broadcasts(c, &news, handler)
		}
		cancel()
		if err == nil {
			own = append(own, sub)
		}
		if len(own) > 6 {
			i := chance(len(own))
			own[i].Close()
			<-own[i].Done()
			own = append(own[:i], own[i+1:]...)
		}
		if chance(100) == 0 {
			s.Reconnect()
		}
	}
	for _, sub := range own {
		<-sub.Done()
	}
}

func stormSocket(t *testing.T, w http.ResponseWriter, r *http.Request, chance func(int) int) {
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer ws.Close()
	var mu sync.Mutex
	send := func(frame string) {
		mu.Lock()
		defer mu.Unlock()
		_ = ws.WriteMessage(websocket.TextMessage, []byte(frame))
	}
	if chance(2) == 0 {
		defer time.AfterFunc(time.Duration(chance(40))*time.Millisecond, func() { _ = ws.NetConn().Close() }).Stop()
	}
	for {
		_, data, err := ws.ReadMessage()
		if err != nil {
			return
		}
		var fr clientFrame
		if err := json.Unmarshal(data, &fr); err != nil {
			t.Errorf("client sent %q", data)
		}
		switch id := fr.Body.ID; fr.Type {
		case "connect":
			if chance(4) > 0 {
				time.AfterFunc(time.Duration(chance(8))*time.Millisecond, func() {
					send(`{"type":"connected","body":{"id":"` + id + `"}}`)
					for range 5 {
						send(`{"type":"channel","body":{"id":"` + id + `","type":"text","body":"x"}}`)
					}
				})
			}
		case "subNote":
			send(`{"type":"noteUpdated","body":{"id":"` + id + `","type":"text","body":"x"}}`)
			if chance(3) == 0 {
				send(`{"type":"noteUpdated","body":{"id":"` + id + `","type":"bye","body":null}}`)
			}
		}
		send(`{"type":"text","body":"b"}`)
	}
}
