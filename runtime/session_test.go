package runtime_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/go-faster/jx"

	"github.com/misskeyactor/misskeyactor/runtime"
	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

func TestEventsArriveInOrder(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	h, events := collect()
	sub := subscribe(t, s, &room, h)
	live(t, sub)
	sock := f.socket(0)
	id := sock.frame("connect", 0).Body.ID
	for i := range 1000 {
		sock.event(id, "text", fmt.Sprintf(`"%d"`, i))
	}
	for i := range 1000 {
		e := next[*text](t, events)
		if e.Text != fmt.Sprint(i) {
			t.Fatalf("event %d is %q", i, e.Text)
		}
		if e.Subscription != sub || e.Channel != "room" || e.EventType != "text" || e.Received.IsZero() {
			t.Fatalf("metadata %+v", e.Meta)
		}
	}
}

func TestSubscriptionSurvivesReconnectUnderFreshID(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	h, events := collect()
	sub := subscribe(t, s, &room, h)
	live(t, sub)
	first := f.socket(0).frame("connect", 0).Body.ID
	f.socket(0).event(first, "text", `"before"`)
	next[*text](t, events)
	f.drop()
	second := f.socket(1).frame("connect", 0).Body.ID
	if first == second {
		t.Error("the wire id was used again")
	}
	live(t, sub)
	f.socket(1).event(first, "text", `"stale"`)
	f.socket(1).event(second, "text", `"after"`)
	g := next[*gap](t, events)
	if g.Cause != runtime.GapReconnect || g.From.After(g.To) {
		t.Errorf("gap %+v", g.GapInfo)
	}
	if e := next[*text](t, events); e.Text != "after" {
		t.Errorf("got %q", e.Text)
	}
	if n := s.Status().Stats.Unowned; n != 1 {
		t.Errorf("%d unowned frames counted, want 1", n)
	}
}

func TestConnectThatIsNotAcknowledgedIsRepeated(t *testing.T) {
	f := newFake(t)
	var n atomic.Int32
	f.silent = func(string) bool { return n.Add(1) < 3 }
	s := f.connect(runtime.WithAckTimeout(5 * time.Millisecond))
	sub := subscribe(t, s, &room, nil)
	live(t, sub)
	sock := f.socket(0)
	ids := map[string]bool{}
	for i := range 3 {
		ids[sock.frame("connect", i).Body.ID] = true
	}
	if len(ids) != 3 {
		t.Errorf("%d different ids in 3 connects", len(ids))
	}
	for i := range 2 {
		if id := sock.frame("disconnect", i).Body.ID; id != sock.frame("connect", i).Body.ID {
			t.Errorf("disconnect %d names %s", i, id)
		}
	}
}

func TestSharedChannelIsOneChannelConnection(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	h1, events1 := collect()
	h2, events2 := collect()
	sub1, sub2 := subscribe(t, s, &stats, h1), subscribe(t, s, &stats, h2)
	live(t, sub1)
	live(t, sub2)
	sock := f.socket(0)
	id := sock.frame("connect", 0).Body.ID
	sock.event(id, "text", `"a"`)
	next[*text](t, events1)
	next[*text](t, events2)
	sub1.Close()
	<-sub1.Done()
	sock.event(id, "text", `"b"`)
	next[*text](t, events2)
	sub2.Close()
	sock.frame("disconnect", 0)
	if n := sock.count("connect"); n != 1 {
		t.Errorf("%d connects, want 1", n)
	}
	if len(events1) != 0 {
		t.Error("an event after Close")
	}
}

func TestChannelThatLeaksIsParked(t *testing.T) {
	f := newFake(t)
	s := f.connect(runtime.WithToken("secret"))
	h1, events1 := collect()
	sub1 := subscribe(t, s, &mine, h1)
	live(t, sub1)
	sock := f.socket(0)
	id := sock.frame("connect", 0).Body.ID
	sub1.Close()
	<-sub1.Done()
	sock.event(id, "text", `"nobody hears"`)
	marker := subscribe(t, s, &room, nil) // the frame before its ack was read by then
	live(t, marker)

	h2, events2 := collect()
	sub2 := subscribe(t, s, &mine, h2)
	live(t, sub2)
	sock.event(id, "text", `"taken up"`)
	if e := next[*text](t, events2); e.Text != "taken up" {
		t.Errorf("got %q", e.Text)
	}
	if sock.count("disconnect") != 0 || sock.count("connect") != 2 {
		t.Errorf("%d connects and %d disconnects, want 2 and 0", sock.count("connect"), sock.count("disconnect"))
	}
	if len(events1) != 0 {
		t.Error("an event after Close")
	}
	sub2.Close()
	f.drop() // a parked channel does not come back
	f.socket(1)
	live(t, marker)
	if n := f.socket(1).count("connect"); n != 1 {
		t.Errorf("%d connects after the reconnect, want 1", n)
	}
	live(t, subscribe(t, s, &mine, nil))
}

func TestChannelsSpreadOverConnections(t *testing.T) {
	f := newFake(t)
	s := f.connect(runtime.WithLinger(0))
	var subs []*runtime.Subscription
	for range 10 {
		subs = append(subs, subscribe(t, s, &room, nil))
	}
	for _, sub := range subs {
		live(t, sub)
	}
	for i := range 4 {
		if n := f.socket(i).count("connect"); n > 3 {
			t.Errorf("%d channels on socket %d", n, i)
		}
	}
	for _, sub := range subs[3:] {
		sub.Close()
	}
	f.until("the empty connections to close", func() bool {
		gone := 0
		for _, s := range f.sockets {
			if s.gone {
				gone++
			}
		}
		return gone == 3
	})
	if state := subs[0].State(); state != runtime.StateLive {
		t.Errorf("the first is %s", state)
	}
}

func TestCapturesOfOneNoteShareItsPlace(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	h1, events1 := collect()
	h2, events2 := collect()
	c1, err := s.Capture(ctx(t), &noted, "n1", h1)
	if err != nil {
		t.Fatal(err)
	}
	c2, err := s.Capture(ctx(t), &noted, "n1", h2)
	if err != nil {
		t.Fatal(err)
	}
	sock := f.socket(0)
	sock.frame("subNote", 0)
	sock.send(`{"type":"noteUpdated","body":{"id":"n1","type":"text","body":"x"}}`)
	next[*text](t, events1)
	next[*text](t, events2)
	c1.Close()
	<-c1.Done()
	if n := sock.count("subNote"); n != 1 {
		t.Errorf("%d subNote, want 1", n)
	}
	sock.send(`{"type":"noteUpdated","body":{"id":"n1","type":"bye","body":null}}`)
	next[*bye](t, events2)
	<-c2.Done()
	if !errors.Is(c2.Err(), runtime.ErrEnded) {
		t.Errorf("reason %v", c2.Err())
	}
	sock.frame("unsubNote", 0)
	if _, err := s.Capture(ctx(t), &noted, "", nil); !errors.As(err, new(*runtime.ParamError)) {
		t.Errorf("empty key: %v", err)
	}
}

// A fork may capture users, and name them by another key than id.
func TestCaptureKindHasAKeyOfItsOwn(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	h, events := collect()
	sub, err := s.Capture(ctx(t), &followed, "u1", h)
	if err != nil {
		t.Fatal(err)
	}
	live(t, sub)
	sock := f.socket(0)
	sock.frame("subUser", 0)
	sock.send(`{"type":"userUpdated","body":{"userId":"u2","type":"text","body":"of another"}}`)
	sock.send(`{"type":"userUpdated","body":{"userId":"u1","type":"text","body":"hello"}}`)
	if e := next[*text](t, events); e.Text != "hello" {
		t.Errorf("got %q", e.Text)
	}
	// One that begins like the frames the scanner knows at a glance.
	sock.send(`{"type":"userUpdated","body":{"id":"u2","type":"text","body":"and again","userId":"u1"}}`)
	if e := next[*text](t, events); e.Text != "and again" {
		t.Errorf("got %q", e.Text)
	}
	sub.Close()
	sock.frame("unsubUser", 0)
}

func TestBroadcastsMoveToAConnectionThatIsOpen(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	h, events := collect()
	sub, err := s.Broadcasts(ctx(t), &news, h)
	if err != nil {
		t.Fatal(err)
	}
	live(t, sub)
	f.socket(0).send(`{"type":"text","body":"hello"}`)
	if e := next[*text](t, events); e.Text != "hello" {
		t.Errorf("got %q", e.Text)
	}
	for range 4 { // a second connection
		live(t, subscribe(t, s, &room, nil))
	}
	f.accept = func(int, http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }
	_ = f.socket(0).ws.NetConn().Close()
	next[*gap](t, events)
	f.socket(1).send(`{"type":"text","body":"from the other"}`)
	if e := next[*text](t, events); e.Text != "from the other" {
		t.Errorf("got %q", e.Text)
	}
}

func TestHandlerErrorsAndPanicsCostTheirEventOnly(t *testing.T) {
	f := newFake(t)
	hook := &recorder{}
	s := f.connect(runtime.WithHooks(hook))
	boom := errors.New("boom")
	events := make(chan any, 10)
	sub := subscribe(t, s, &room, func(_ context.Context, e any) error {
		switch e.(*text).Text {
		case "error":
			return boom
		case "panic":
			panic(boom)
		}
		events <- e
		return nil
	})
	live(t, sub)
	sock := f.socket(0)
	id := sock.frame("connect", 0).Body.ID
	for _, body := range []string{`"error"`, `"panic"`, `"fine"`} {
		sock.event(id, "text", body)
	}
	next[*text](t, events)
	errs := hook.handlerErrors()
	if len(errs) != 2 || !errors.Is(errs[0], boom) || !errors.Is(errs[1], boom) {
		t.Fatalf("hook got %v", errs)
	}
	var p *runtime.PanicError
	if !errors.As(errs[1], &p) || !strings.Contains(string(p.Stack), "TestHandlerErrorsAndPanics") {
		t.Errorf("no stack in %v", errs[1])
	}
	if st := sub.Status(); st.HandlerErrors != 1 || st.HandlerPanics != 1 {
		t.Errorf("status %+v", st)
	}
}

func TestFramesThatAreNoUseAreSkipped(t *testing.T) {
	f := newFake(t)
	hook := &recorder{}
	s := f.connect(runtime.WithHooks(hook))
	h, events := collect()
	sub := subscribe(t, s, &room, h)
	live(t, sub)
	sock := f.socket(0)
	id := sock.frame("connect", 0).Body.ID
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	for _, tt := range []struct {
		name, frame string
		err         error
	}{
		{"not JSON", `h`, wire.ErrNotJSON},
		{"not UTF-8", "{\"type\":\"\xff\"}", wire.ErrNotUTF8},
		{"unknown type", `{"type":"news","body":{}}`, runtime.ErrUnknownFrame},
		{"unknown type without end", `{"type":"` + strings.Repeat("news", 100_000) + `","body":{}}`, runtime.ErrUnknownFrame},
		{"no type", `{}`, wire.ErrNoType},
		{"100,000 levels", `{"type":"channel","body":{"id":"` + id + `","type":"text","body":` + deep + `}}`, wire.ErrNotJSON},
		{"broken payload", `{"type":"channel","body":{"id":"` + id + `","type":"text","body":[}}`, wire.ErrNotJSON},
		{"payload not UTF-8", `{"type":"channel","body":{"id":"` + id + `","type":"text","body":"` + "\xff" + `"}}`, wire.ErrNotUTF8},
		{"escaped payload not UTF-8", `{"type":"channel","body":{"id":"` + id + `","type":"text","body":"` + "\\n\xff" + `"}}`, wire.ErrNotUTF8},
		{"event not UTF-8", `{"type":"channel","body":{"id":"` + id + `","type":"` + "\xff" + `","body":"x"}}`, wire.ErrNotUTF8},
		{"unknown event not UTF-8", `{"type":"channel","body":{"id":"` + id + `","type":"smile","body":{"` + "\xff" + `":1}}}`, wire.ErrNotUTF8},
		{"broken frame of an unknown type", `{"type":"news","body":{"id":"1","type":"text","body":[}}`, wire.ErrNotJSON},
		{"2 MiB", `{"type":"channel","body":{"id":"` + id + `","type":"text","body":"` + strings.Repeat("x", 2<<20) + `"}}`, runtime.ErrFrameTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sock.send(tt.frame)
			sock.event(id, "text", `"next"`)
			next[*text](t, events)
			hook.until(t, func() bool { return len(hook.skipped) > 0 })
			skipped := hook.takeSkipped()
			if len(skipped) != 1 || !errors.Is(skipped[0].Err, tt.err) || len(skipped[0].Excerpt) > 256 {
				t.Errorf("hook got %v, want %v", skipped, tt.err)
			}
			if n := len(skipped[0].Err.Error()); n > 512 {
				t.Errorf("the error has %d bytes", n)
			}
			if size := len(tt.frame); skipped[0].Size != size && !errors.Is(tt.err, runtime.ErrFrameTooLarge) {
				t.Errorf("size %d, want %d", skipped[0].Size, size)
			}
		})
	}
	for _, tt := range []struct{ name, typ, body string }{
		{"unknown event", "smile", `{"a":[1]}`},
		{"wrong body", "text", `{"a":[1]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sock.event(id, tt.typ, tt.body)
			u := next[*unknown](t, events)
			if string(u.Raw) != tt.body || u.EventType != tt.typ || u.Err == nil {
				t.Errorf("got %+v", u)
			}
		})
	}
	if ref := sub.Status().LastEvent; !utf8.ValidString(ref.ID) || !utf8.ValidString(ref.Type) {
		t.Errorf("the last event is %+q", ref)
	}
	if st := s.Status().Stats; st.Malformed != 10 || st.TooLarge != 1 || st.UnknownFrames != 2 {
		t.Errorf("stats %+v", st)
	}
}

// TestWhatComesRightBeforeACloseIsHandled: the reader rings when it reads the
// network again, which it does not after a close.
func TestWhatComesRightBeforeACloseIsHandled(t *testing.T) {
	f := newFake(t)
	s := f.connect(runtime.WithBackoff(time.Hour, time.Hour))
	h, events := collect()
	live(t, subscribe(t, s, &room, h))
	sock := f.socket(0)
	event := `{"type":"channel","body":{"id":"` + sock.frame("connect", 0).Body.ID + `","type":"text","body":"x"}}`
	if len(event) > 125 {
		t.Fatal("the frame has to be a short one")
	}
	segment := append([]byte{0x81, byte(len(event))}, event...)
	segment = append(segment, 0x88, 2, 3, 232) // and a close of code 1000
	if _, err := sock.ws.NetConn().Write(segment); err != nil {
		t.Fatal(err)
	}
	if got := next[*text](t, events); got.Text != "x" {
		t.Errorf("got %+v", got)
	}
}

func TestSlowHandlerHurtsOnlyItself(t *testing.T) {
	f := newFake(t)
	hook := &recorder{}
	s := f.connect(runtime.WithHooks(hook))
	release := make(chan struct{})
	entered := make(chan struct{}, 100)
	slow := make(chan any, 100)
	sub := subscribe(t, s, &room, func(_ context.Context, e any) error {
		entered <- struct{}{}
		<-release
		slow <- e
		return nil
	}, runtime.DropOldest(3))
	h, busy := collect()
	other := subscribe(t, s, &room, h)
	live(t, sub)
	live(t, other)
	sock := f.socket(0)
	slowID, busyID := sock.frame("connect", 0).Body.ID, sock.frame("connect", 1).Body.ID
	sock.event(slowID, "text", `"0"`)
	<-entered
	for i := 1; i <= 10; i++ {
		sock.event(slowID, "text", fmt.Sprintf(`"%d"`, i))
	}
	sock.event(busyID, "text", `"done"`)
	next[*text](t, busy) // what was sent before it has been read
	if st := sub.Status(); st.Dropped != 7 || st.InboxEvents != 3 {
		t.Errorf("status %+v, want 7 dropped and 3 waiting", st)
	}
	close(release)
	var got []string
	for range 5 {
		switch e := (<-slow).(type) {
		case *text:
			got = append(got, e.Text)
		case *gap:
			got = append(got, fmt.Sprintf("gap of %d by %s", e.Lost, e.Cause))
		}
	}
	if want := "[0 gap of 7 by overflow 8 9 10]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	hook.until(t, func() bool { return hook.overflows.Load() > 0 })
	if n := hook.overflows.Load(); n != 1 {
		t.Errorf("%d notices of the episode, want 1", n)
	}
}

func TestSlowConsumerEnds(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	sub := subscribe(t, s, &room, nil, runtime.EndOnOverflow(2))
	live(t, sub)
	sock := f.socket(0)
	id := sock.frame("connect", 0).Body.ID
	for i := range 3 {
		sock.event(id, "text", fmt.Sprintf(`"%d"`, i))
	}
	sock.frame("disconnect", 0)
	var got []string
	var last error
	for e, err := range runtime.Events[any](ctx(t), sub) {
		if err != nil {
			last = err
			break
		}
		got = append(got, e.(*text).Text)
	}
	<-sub.Ended()
	if fmt.Sprint(got) != "[0 1]" || !errors.Is(last, runtime.ErrSlowConsumer) {
		t.Errorf("got %v and %v", got, last)
	}
}

func TestEventsHasOneReader(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	h, _ := collect()
	for _, err := range runtime.Events[any](ctx(t), subscribe(t, s, &room, h)) {
		if !errors.Is(err, runtime.ErrHandlerSet) {
			t.Errorf("with a handler: %v", err)
		}
	}
	sub := subscribe(t, s, &room, nil)
	live(t, sub)
	f.socket(0).event(f.socket(0).frame("connect", 1).Body.ID, "text", `"x"`)
	for _, err := range runtime.Events[any](ctx(t), sub) {
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range runtime.Events[any](ctx(t), sub) {
			if !errors.Is(err, runtime.ErrReaderTaken) {
				t.Errorf("second reader: %v", err)
			}
		}
		sub.Close()
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	for _, err := range runtime.Events[any](gone, subscribe(t, s, &room, nil)) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("ended context: %v", err)
		}
	}
}

func TestSendsNeedALiveSubscription(t *testing.T) {
	f := newFake(t)
	var quiet atomic.Bool
	quiet.Store(true)
	f.silent = func(string) bool { return quiet.Load() }
	s := f.connect(runtime.WithAckTimeout(20 * time.Millisecond))
	sub := subscribe(t, s, &room, nil)
	if err := sub.Send(ctx(t), "go", nil); !errors.Is(err, runtime.ErrNotLive) {
		t.Errorf("before: %v", err)
	}
	quiet.Store(false)
	live(t, sub)
	if err := sub.Send(ctx(t), "go", nil); err != nil {
		t.Fatal(err)
	}
	fr := f.socket(0).frame("channel", 0)
	if fr.Body.Type != "go" || string(fr.Body.Body) != "null" {
		t.Errorf("sent %+v", fr)
	}
	if err := s.Request(ctx(t), runtime.Request{Type: "readNotification"}, nil); err != nil {
		t.Fatal(err)
	}
	f.socket(0).frame("readNotification", 0)
	for name, body := range map[string]func(*jx.Encoder){
		"no JSON":  func(e *jx.Encoder) { e.Raw([]byte("{")) },
		"no UTF-8": func(e *jx.Encoder) { e.Raw([]byte("\"\xff\"")) },
	} {
		_, subscribing := s.Subscribe(ctx(t), &room, body, nil)
		for what, err := range map[string]error{"Send": sub.Send(ctx(t), "go", body), "Request": s.Request(ctx(t), runtime.Request{Type: "go"}, body), "Subscribe": subscribing} {
			if !errors.Is(err, runtime.ErrUnsendable) {
				t.Errorf("%s, %s: %v", what, name, err)
			}
		}
	}
	sub.Close()
	if err := sub.Send(ctx(t), "go", nil); !errors.Is(err, runtime.ErrClosed) {
		t.Errorf("after: %v", err)
	}
}

func TestAnonymousClientIsToldAtOnce(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	if _, err := s.Subscribe(ctx(t), &mine, nil, nil); !errors.Is(err, runtime.ErrCredentialRequired) {
		t.Errorf("Subscribe: %v", err)
	}
	if err := s.Request(ctx(t), runtime.Request{Type: "read", Credential: true}, nil); !errors.Is(err, runtime.ErrCredentialRequired) {
		t.Errorf("Request: %v", err)
	}
}

func TestTokenGoesIntoTheHeaderOnly(t *testing.T) {
	f := newFake(t)
	auth := make(chan string, 1)
	f.accept = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		auth <- r.Header.Get("Authorization") + " " + r.URL.RawQuery
		w.WriteHeader(http.StatusUnauthorized)
		return false
	}
	_, err := runtime.Connect(ctx(t), &testDialect, f.URL, runtime.WithToken("secret"))
	if got := <-auth; got != "Bearer secret " {
		t.Errorf("sent %q", got)
	}
	if !errors.Is(err, runtime.ErrUnauthorized) || strings.Contains(fmt.Sprintf("%v %+v", err, err), "secret") {
		t.Errorf("got %v", err)
	}
	query := testDialect
	query.Auth = runtime.AuthQuery
	_, err = runtime.Connect(ctx(t), &query, f.URL, runtime.WithToken("secret"))
	if got := <-auth; got != " i=secret" {
		t.Errorf("sent %q", got)
	}
	if !errors.Is(err, runtime.ErrUnauthorized) || strings.Contains(fmt.Sprintf("%v %+v", err, err), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestRefusalWhileReconnectingEndsTheClient(t *testing.T) {
	f := newFake(t)
	f.accept = func(n int, w http.ResponseWriter, _ *http.Request) bool {
		if n > 1 {
			w.WriteHeader(http.StatusForbidden)
		}
		return n == 1
	}
	s := f.connect()
	sub := subscribe(t, s, &room, nil)
	live(t, sub)
	f.drop()
	<-s.Done()
	for what, err := range map[string]error{"session": s.Err(), "subscription": sub.Err(), "WaitLive": sub.WaitLive(ctx(t))} {
		if !errors.Is(err, runtime.ErrForbidden) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := s.Subscribe(ctx(t), &room, nil, nil); !errors.Is(err, runtime.ErrForbidden) {
		t.Errorf("Subscribe: %v", err)
	}
}

func TestKeepTryingDialsUntilItSucceeds(t *testing.T) {
	f := newFake(t)
	f.accept = func(n int, w http.ResponseWriter, _ *http.Request) bool {
		if n < 4 {
			w.WriteHeader(http.StatusBadGateway)
		}
		return n >= 4
	}
	if _, err := runtime.Connect(ctx(t), &testDialect, f.URL); !errors.As(err, new(*runtime.HandshakeError)) {
		t.Fatalf("without: %v", err)
	}
	s := f.connect(runtime.WithKeepTrying())
	live(t, subscribe(t, s, &room, nil))
}

func TestConnectObeysItsContext(t *testing.T) {
	f := newFake(t)
	stall := make(chan struct{})
	t.Cleanup(func() { close(stall) })
	f.accept = func(int, http.ResponseWriter, *http.Request) bool { <-stall; return false }
	c, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := runtime.Connect(c, &testDialect, f.URL); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestReconnectWakesABackoff(t *testing.T) {
	f := newFake(t)
	s := f.connect(runtime.WithBackoff(time.Hour, time.Hour))
	sub := subscribe(t, s, &room, nil)
	live(t, sub)
	s.Reconnect() // drops an open socket
	f.socket(1).frame("connect", 0)
	live(t, sub)
	f.drop()
	for sub.State() != runtime.StateReconnecting {
		s.Status()
	}
	s.Reconnect()
	f.socket(2).frame("connect", 0)
	live(t, sub)
}

func TestCloseDrainsInboxes(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	entered, release := make(chan struct{}, 10), make(chan struct{})
	got := make(chan any, 10)
	sub := subscribe(t, s, &room, func(_ context.Context, e any) error {
		entered <- struct{}{}
		<-release
		got <- e
		return nil
	})
	live(t, sub)
	sock := f.socket(0)
	id := sock.frame("connect", 0).Body.ID
	for range 3 {
		sock.event(id, "text", `"x"`)
	}
	<-entered
	live(t, subscribe(t, s, &room, nil)) // all three have been read
	closed := make(chan error)
	go func() { closed <- s.Close(ctx(t)) }()
	sock.frame("disconnect", 0)
	close(release)
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if len(got) != 3 {
		t.Errorf("%d events delivered, want 3", len(got))
	}
	if err := s.Close(ctx(t)); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func TestCloseCancelsHandlersWhenItsContextEnds(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	entered := make(chan struct{})
	sub := subscribe(t, s, &room, func(ctx context.Context, e any) error {
		close(entered)
		<-ctx.Done()
		return nil
	})
	live(t, sub)
	f.socket(0).event(f.socket(0).frame("connect", 0).Body.ID, "text", `"x"`)
	<-entered
	c, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Close(c); err != nil {
		t.Error(err)
	}
	<-sub.Done()
}

func TestHandlerMayCloseAndSubscribe(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	result := make(chan error, 2)
	sub := subscribe(t, s, &room, func(c context.Context, e any) error {
		inner, err := s.Subscribe(c, &room, nil, nil)
		if err == nil {
			err = inner.WaitLive(c)
		}
		result <- err
		result <- s.Close(c)
		return nil
	})
	live(t, sub)
	f.socket(0).event(f.socket(0).frame("connect", 0).Body.ID, "text", `"x"`)
	for range 2 {
		if err := <-result; err != nil {
			t.Error(err)
		}
	}
	<-s.Done()
}

func TestActorReceivesEvents(t *testing.T) {
	f := newFake(t)
	system := newSystem(t)
	s := f.connect(runtime.WithActorSystem(system))
	events := make(chan any, 10)
	pid := system.Root.Spawn(actor.PropsFromFunc(func(c actor.Context) {
		if e, ok := c.Message().(*text); ok {
			events <- e
		}
	}))
	sub := subscribe(t, s, &room, nil, runtime.ToActor(pid, 2))
	live(t, sub)
	sock := f.socket(0)
	id := sock.frame("connect", 0).Body.ID
	for i := range 5 {
		sock.event(id, "text", fmt.Sprintf(`"%d"`, i))
	}
	a, b := next[*text](t, events), next[*text](t, events)
	live(t, subscribe(t, s, &room, nil)) // all five have been read
	if len(events) != 0 || sub.Status().InboxEvents != 3 {
		t.Errorf("%d more in flight, %d waiting; want 0 and 3", len(events), sub.Status().InboxEvents)
	}
	a.Done()
	a.Done()
	next[*text](t, events).Done()
	b.Done()
	next[*text](t, events).Done()
	next[*text](t, events).Done()
	system.Root.Stop(pid)
	<-sub.Done()
	if !errors.Is(sub.Err(), runtime.ErrReceiverStopped) {
		t.Errorf("reason %v", sub.Err())
	}
	if _, err := s.Subscribe(ctx(t), &room, nil, func(context.Context, any) error { return nil }, runtime.ToActor(pid, 1)); err == nil {
		t.Error("a handler and a receiver: no error")
	}
}

func TestSessionEndsWithItsParent(t *testing.T) {
	f := newFake(t)
	system := newSystem(t)
	opened := make(chan *runtime.Session, 1)
	parent := system.Root.Spawn(actor.PropsFromFunc(func(c actor.Context) {
		if _, ok := c.Message().(*actor.Started); ok {
			s, err := runtime.Connect(context.Background(), &testDialect, f.URL, runtime.WithParent(c))
			if err != nil {
				t.Error(err)
			}
			opened <- s
		}
	}))
	s := <-opened
	sub := subscribe(t, s, &room, nil)
	live(t, sub)
	system.Root.Stop(parent)
	<-s.Done()
	<-sub.Done()
	if !errors.Is(sub.Err(), runtime.ErrClosed) {
		t.Errorf("reason %v", sub.Err())
	}
}

func TestBadServerURLs(t *testing.T) {
	for _, url := range []string{"", "misskey.example", "ftp://misskey.example", "https://", "https://me:secret@misskey.example",
		"https://misskey.example/?i=secret", "https://misskey.example/streaming", "https://misskey.example#secret", "https://%zz/secret"} {
		_, err := runtime.Connect(ctx(t), &testDialect, url)
		if err == nil || !strings.Contains(err.Error(), "https://misskey.example") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestBadOptions(t *testing.T) {
	for name, opt := range map[string]runtime.Option{
		"empty token": runtime.WithToken(""), "token with a line end": runtime.WithToken("secret\n"), "backoff": runtime.WithBackoff(2, 1),
		"dial timeout": runtime.WithDialTimeout(0), "hook": runtime.WithHooks(5), "logger": runtime.WithLogger(nil), "liveness": runtime.WithLiveness(2, 1),
		"frame": runtime.WithMaxFrame(1), "system": runtime.WithActorSystem(nil), "parent": runtime.WithParent(nil), "http": runtime.WithHTTPClient(nil),
		"token source": runtime.WithTokenSource(nil), "channels": runtime.WithChannelsPerConnection(0), "captures": runtime.WithCapturesPerConnection(0),
		"bound of captures": runtime.WithMaxCaptures(0), "dial rate": runtime.WithDialRate(0), "linger": runtime.WithLinger(-1), "network": runtime.WithNetDial(nil),
		"no supervision":    runtime.WithSupervision(runtime.Supervision{}),
		"pauses that fall":  runtime.WithSupervision(runtime.Supervision{Within: 1, MinPause: 2, MaxPause: 1}),
		"negative panics":   runtime.WithSupervision(runtime.Supervision{Panics: -1, Within: 1, MinPause: 1, MaxPause: 1}),
		"negative pauses":   runtime.WithSupervision(runtime.Supervision{Pauses: -1, Within: 1, MinPause: 1, MaxPause: 1}),
		"a hook without us": runtime.WithHooks(struct{}{}),
	} {
		if _, err := runtime.Connect(ctx(t), &testDialect, "https://misskey.example", opt); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadSubscribeOptions(t *testing.T) {
	f := newFake(t)
	s := f.connect()
	for name, opts := range map[string][]runtime.SubscribeOption{
		"oldest": {runtime.DropOldest(0)}, "newest": {runtime.DropNewest(0)}, "end": {runtime.EndOnOverflow(0)}, "latest": {runtime.KeepLatest(0, "id")},
		"bytes": {runtime.InboxBytes(0)}, "no actor": {runtime.ToActor(nil, 1)}, "none in flight": {runtime.ToActor(s.PID(), 0)},
		"two policies": {runtime.DropOldest(1), runtime.KeepLatest(1, "id")},
	} {
		if _, err := s.Subscribe(ctx(t), &room, nil, nil, opts...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// What protoactor tells of its own life is no news for a bot's log.
func TestLogHasNothingOfTheActorSystem(t *testing.T) {
	f := newFake(t)
	var log bytes.Buffer
	s, err := runtime.Connect(ctx(t), &testDialect, f.URL, runtime.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(ctx(t)); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); !strings.Contains(text, "misskey: connected") || strings.Contains(text, "actor system") {
		t.Errorf("logged:\n%s", text)
	}
}

// Closing says once how much it has dropped, however many subscriptions that
// was taken from.
func TestCloseSaysOnceWhatItDrops(t *testing.T) {
	f := newFake(t)
	var log bytes.Buffer // slog writes it under a lock of its own; read when the client is gone
	s := f.connect(runtime.WithLogger(slog.New(slog.NewTextHandler(&log, nil))), runtime.WithChannelsPerConnection(10))
	blocked := make(chan struct{})
	for i := range 3 {
		sub, err := s.Subscribe(ctx(t), &room, nil, func(c context.Context, _ any) error {
			blocked <- struct{}{}
			<-c.Done()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		live(t, sub)
		id := f.socket(0).frame("connect", i).Body.ID
		for n := range 4 {
			f.socket(0).event(id, "said", fmt.Sprintf(`"%d"`, n))
		}
		<-blocked
		poll(t, "the rest to wait", func() bool { return sub.Status().InboxEvents == 3 })
	}
	over, cancel := context.WithCancel(context.Background())
	cancel()
	_ = s.Close(over)
	<-s.Done()
	if got := log.String(); strings.Count(got, "closing dropped events") != 1 || !strings.Contains(got, "events=9") {
		t.Errorf("logged\n%s", got)
	}
}
