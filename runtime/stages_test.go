package runtime

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

// stage is a part of the way of an event through the runtime that is measured by
// itself. Reading, scanning and decoding a real note are measured in streaming, as
// BenchmarkRead, Scan and DecodeEvent. These three, "route" and "wake for a batch"
// together are what BenchmarkHandler there measures as a whole.
type stage struct {
	name        string
	do          func()
	events      int     // that go through it at one time
	allocations float64 // for all of them, at most
	why         string  // they are needed
}

// stages returns them in the order of the way.
func stages(t testing.TB) []stage {
	w := newWay(t)
	now := time.Now()
	env, err := wire.Scan(w.frame)
	if err != nil {
		t.Fatal(err)
	}
	it := item{frame: string(w.frame), payload: env.Payload, typ: string(env.Event), received: now}
	w.sub.offer(it, w.frame)
	w.take(t) // its ring and its memory of the last event are there from now on
	empty := item{frame: "null", payload: wire.Span{End: len("null")}, typ: "note", received: now, whole: true}
	event := any(&stageEvent)
	calls := w.sub.context()

	asleep := newWay(t)
	handled := make(chan struct{}, batch)
	asleep.sub.handler = func(context.Context, any) error {
		handled <- struct{}{}
		return nil
	}
	asleep.spawn()
	wake := func(n int) func() {
		return func() {
			for range n {
				asleep.sub.inbox.push(&empty)
			}
			asleep.sub.wake()
			for range n {
				<-handled
			}
		}
	}
	return []stage{
		{"route", func() {
			w.socket.deliver(&w.conn.channels, env.ID, w.frame, env, now)
			w.take(t)
		}, 1, 1, "the copy of the frame"},
		{"inbox", func() {
			w.sub.inbox.push(&it)
			w.take(t)
		}, 1, 0, "its ring is kept"},
		{"decode", func() {
			if w.sub.decode(&empty) == nil {
				t.Error("no event")
			}
		}, 1, 0, "what the bindings make is not counted here, and the decoder comes from a pool"},
		{"handle", func() { w.sub.handle(calls, event) }, 1, 1, "the context of the call, which has the event"},
		{"wake for one", wake(1), 1, 5, "the doorbell, its node in the mailbox, protoactor's turn in a goroutine; the call's context"},
		{"wake for a batch", wake(batch), batch, batch + 6, "a context for each call, and a second doorbell: a full batch rings for what may be left"},
	}
}

// BenchmarkStage measures each, in time for one event.
func BenchmarkStage(b *testing.B) {
	for _, s := range stages(b) {
		b.Run(strings.ReplaceAll(s.name, " ", "-"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.do()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*s.events), "ns/event")
		})
	}
}

// TestStagesKeepToTheirAllocations holds the stages to a budget: allocations are
// most of what an event costs, and unlike time they can be counted.
func TestStagesKeepToTheirAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector has pools forget, and allocates itself")
	}
	for _, s := range stages(t) {
		if got := testing.AllocsPerRun(100, s.do); got > s.allocations {
			t.Errorf("%s: %v allocations, want at most %v: %s", s.name, got, s.allocations, s.why)
		}
	}
}

// way is all that an event passes through between a socket and a handler, without
// a server and a session's actors.
type way struct {
	frame  []byte // of a note of usual length
	socket *socket
	conn   *connection
	sub    *Subscription
}

func newWay(t testing.TB) *way {
	const id = "a8098c1a-f86e-11da-bd1a-00112444be1e"
	set := &EventSet{
		Name:    "notes",
		Types:   []string{"note"},
		Decode:  func(_ Meta, _ string, d *codec.Decoder) (any, error) { return &stageEvent, d.Skip() },
		Unknown: func(_ Meta, u Unknown) any { t.Errorf("unknown: %v", u.Err); return nil },
		Gap:     func(_ Meta, g GapInfo) any { t.Errorf("gap: %+v", g); return nil },
	}
	system := actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) }))
	t.Cleanup(system.Shutdown)
	s := &Session{
		config: &config{}, dialect: &Dialect{Words: Words{Channel: "channel"}}, system: system,
		logger: slog.New(slog.DiscardHandler), ctx: t.Context(), handling: t.Context(),
	}
	s.decoders.New = newDecoder
	conn := newConnection(s, 1)
	sub := &Subscription{
		session: s, conn: conn, set: set, slot: &slot{channel: &Channel{Name: "timeline", Events: set}},
		state: StateLive, handler: func(context.Context, any) error { return nil },
	}
	sub.inbox.init(subscribeConfig{events: defaultInboxEvents, bytes: defaultInboxBytes})
	conn.channels.set(id, []*Subscription{sub})
	return &way{
		frame: fmt.Appendf(nil, `{"type":"channel","body":{"id":"%s","type":"note","body":{"id":"a1b2c3d4e5","text":"%s"}}}`, id, strings.Repeat("text ", 320)),
		conn:  conn, sub: sub, socket: &socket{conn: conn},
	}
}

// stageEvent is the event that all frames decode into, so that it is the runtime
// that is measured.
var stageEvent struct{ Meta }

// spawn gives the subscription its actor. It ends with its actor system.
func (w *way) spawn() {
	w.conn.spawning = w.sub
	w.sub.pid = w.sub.session.system.Root.Spawn(w.conn.props)
}

func (w *way) take(t testing.TB) {
	if _, ok, _ := w.sub.inbox.take(); !ok {
		t.Error("the inbox is empty")
	}
}
