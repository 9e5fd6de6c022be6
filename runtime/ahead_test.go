package runtime

import (
	"context"
	"errors"
	"testing"
	"time"

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
	handled := make(chan any, 3)
	w.sub.handler = func(_ context.Context, event any) error {
		handled <- event
		return nil
	}
	w.spawn()
	w.socket.ring() // there is nothing
	for range 3 {
		w.socket.receive(w.frame, time.Now())
	}
	if len(w.socket.bells) != 1 || len(handled) != 0 {
		t.Fatalf("%d bells for one subscription, and %d events handled before one", len(w.socket.bells), len(handled))
	}
	w.sub.wake() // somebody else's has nothing to add
	w.socket.ring()
	for range 3 {
		<-handled
	}
	if len(w.socket.bells) != 0 {
		t.Error("the bell would ring again")
	}
}
