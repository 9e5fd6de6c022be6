package runtime

import (
	"errors"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/misskeyactor/misskeyactor/runtime/codec"
)

// crowd fills the inbox of a way to a quarter.
func crowd(t *testing.T, w *way) {
	t.Helper()
	for range w.sub.inbox.maxEvents / 4 {
		w.socket.receive(w.frame, time.Now())
	}
	if !w.sub.inbox.crowded() {
		t.Fatal("an inbox that is a quarter full is not crowded")
	}
}

// last is the item that came last.
func (w *way) last() *item { return w.sub.inbox.at(w.sub.inbox.n - 1) }

func TestReaderDecodesAheadWhileTheInboxFillsUp(t *testing.T) {
	w := newWay(t)
	w.socket.receive(w.frame, time.Now())
	if w.last().event != nil {
		t.Error("the first event is decoded by the reader")
	}
	crowd(t, w)
	w.socket.receive(w.frame, time.Now())
	if w.last().event == nil {
		t.Error("no event is decoded ahead in a crowded inbox")
	}
	for w.sub.inbox.events < w.sub.inbox.maxEvents {
		w.socket.receive(w.frame, time.Now())
	}
	if w.sub.inbox.crowded() {
		t.Error("the reader would work for a handler that is stuck")
	}
	total := w.sub.inbox.events
	for range total {
		it, ok, _ := w.sub.inbox.take()
		if !ok {
			t.Fatal("an event is missing")
		}
		if w.sub.decode(&it) != &stageEvent {
			t.Fatal("an event does not decode")
		}
	}
	if got := w.sub.delivered.Load(); got != uint64(total) {
		t.Errorf("%d events delivered of %d", got, total)
	}
	if w.sub.inbox.crowded() {
		t.Error("an empty inbox is crowded")
	}
}

func TestPausedInboxIsNotCrowded(t *testing.T) {
	w := newWay(t)
	w.sub.inbox.pause(pausedByUser, true)
	for range w.sub.inbox.maxEvents / 2 {
		w.socket.receive(w.frame, time.Now())
	}
	if w.sub.inbox.crowded() || w.last().event != nil {
		t.Error("the reader decodes what nobody takes")
	}
}

// TestWhatDepartsIsLeftToTheHandlersSide: hooks are the user's code, which the
// reader must not call.
func TestWhatDepartsIsLeftToTheHandlersSide(t *testing.T) {
	for name, decode := range map[string]func(d *codec.Decoder) (any, error){
		"drift": func(d *codec.Decoder) (any, error) {
			d.Missing("Note", "id")
			return &stageEvent, d.Skip()
		},
		"a body that does not decode": func(*codec.Decoder) (any, error) { return nil, errors.New("no") },
		"stray bytes":                 func(*codec.Decoder) (any, error) { return &stageEvent, nil },
		"a panic":                     func(*codec.Decoder) (any, error) { panic("in a decoder") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWay(t)
			crowd(t, w)
			set := *w.sub.set
			set.Decode = func(_ Meta, _ string, d *codec.Decoder) (any, error) { return decode(d) }
			w.sub.set = &set
			w.socket.receive(w.frame, time.Now())
			if w.last().event != nil {
				t.Error("it was decoded ahead")
			}
			if w.sub.drift.Load()+w.sub.unknown.Load() != 0 {
				t.Error("the reader has told of it")
			}
		})
	}
}

// TestReaderRingsOnceForAllThatAReadBrought: an actor that is woken for every frame
// costs more than the frame.
func TestReaderRingsOnceForAllThatAReadBrought(t *testing.T) {
	w := newWay(t)
	got := make(chan any, 10)
	w.sub.pid = w.sub.session.system.Root.Spawn(actor.PropsFromFunc(func(ctx actor.Context) {
		switch msg := ctx.Message().(type) {
		case *doorbell, string:
			got <- msg
		}
	}))
	w.socket.ring() // there is nothing
	for range 3 {
		w.socket.receive(w.frame, time.Now())
	}
	w.sub.wake() // somebody else's has nothing to add
	w.sub.session.system.Root.Send(w.sub.pid, "so far")
	if msg := <-got; msg != "so far" {
		t.Fatal("it rings before all frames are where they belong")
	}
	w.socket.ring()
	w.socket.ring() // once is enough
	w.sub.session.system.Root.Send(w.sub.pid, "all")
	if _, ok := (<-got).(*doorbell); !ok {
		t.Fatal("it does not ring")
	}
	if msg := <-got; msg != "all" {
		t.Error("it rings again")
	}
}
