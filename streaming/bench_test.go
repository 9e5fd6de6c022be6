package streaming

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/go-faster/jx"
	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/runtime"
	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/runtime/wire"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// The benchmarks follow an event on its way: read, scan, route, decode,
// handler. An operation is always one of the same real notes. Route contains
// read and scan, handler contains all; with -cpu 1 the difference between two
// of them is what the rest costs, with more the stages overlap.

// loadFrames returns the frames of the recording for load.
func loadFrames(t testing.TB) []string {
	t.Helper()
	var frames []string
	for _, fr := range readRecording(t, "testdata/notes-2026.3.2.ndjson.gz") {
		frames = append(frames, fr.Frame)
	}
	return frames
}

// loadNotes returns the notes in these frames.
func loadNotes(t testing.TB) []string {
	t.Helper()
	frames := loadFrames(t)
	for i, frame := range frames {
		env, err := wire.Full([]byte(frame))
		if err != nil {
			t.Fatal(err)
		}
		frames[i] = env.Payload.In(frame)
	}
	return frames
}

// setMeanBytes makes b report bytes per second for operations on one text
// each.
func setMeanBytes(b *testing.B, texts []string) {
	total := 0
	for _, text := range texts {
		total += len(text)
	}
	b.SetBytes(int64(total / len(texts)))
	b.ReportAllocs()
}

// BenchmarkScan finds a frame's type, id and payload.
func BenchmarkScan(b *testing.B) {
	frames := loadFrames(b)
	raw := make([][]byte, len(frames))
	for i, frame := range frames {
		raw[i] = []byte(frame)
	}
	b.Run("Scan", func(b *testing.B) {
		setMeanBytes(b, frames)
		for i := 0; b.Loop(); i++ {
			if _, err := wire.Scan(raw[i%len(raw)]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Fast", func(b *testing.B) {
		setMeanBytes(b, frames)
		for i := 0; b.Loop(); i++ {
			if _, ok := wire.Fast(raw[i%len(raw)]); !ok {
				b.Fatal("not the literal shape")
			}
		}
	})
	b.Run("Full", func(b *testing.B) {
		setMeanBytes(b, frames)
		for i := 0; b.Loop(); i++ {
			if _, err := wire.Full(raw[i%len(raw)]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDecodeNote is what decoding a note costs in each way there is.
// "generated" is what the channel actor does, decoder reused; "cloned" gives the
// note memory of its own, besides, as a program does with what it keeps.
// examples/compare has it beside encoding/json and a plain struct.
func BenchmarkDecodeNote(b *testing.B) {
	notes := loadNotes(b)
	raw := make([][]byte, len(notes))
	for i, note := range notes {
		raw[i] = []byte(note)
	}
	b.Run("generated", func(b *testing.B) {
		setMeanBytes(b, notes)
		d := codec.NewDecoder("", nil)
		var note *misskey.Note
		decode := func() error { // which has note, so that it is not on the stack
			note = new(misskey.Note)
			return note.Decode(d)
		}
		for i := 0; b.Loop(); i++ {
			d.Reset(notes[i%len(notes)])
			if err := decode(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("generated, cloned", func(b *testing.B) {
		setMeanBytes(b, notes)
		d := codec.NewDecoder("", nil)
		for i := 0; b.Loop(); i++ {
			d.Reset(notes[i%len(notes)])
			var n misskey.Note
			if err := n.Decode(d); err != nil {
				b.Fatal(err)
			}
			n = n.Clone()
		}
	})
	b.Run("generated, by encoding/json", func(b *testing.B) {
		setMeanBytes(b, notes)
		for i := 0; b.Loop(); i++ {
			if err := json.Unmarshal(raw[i%len(raw)], new(misskey.Note)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json, map", func(b *testing.B) {
		setMeanBytes(b, notes)
		for i := 0; b.Loop(); i++ {
			var m map[string]any
			if err := json.Unmarshal(raw[i%len(raw)], &m); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDecodeEvent makes a typed event of a payload, as the channel actor
// does.
func BenchmarkDecodeEvent(b *testing.B) {
	notes := loadNotes(b)
	setMeanBytes(b, notes)
	d := codec.NewDecoder("", nil)
	drift := 0
	d.OnDrift(func(codec.Drift) { drift++ })
	for i := 0; b.Loop(); i++ {
		d.Reset(notes[i%len(notes)])
		e, err := timelineEvents.Decode(runtime.Meta{Channel: "localTimeline", EventType: "note", Received: time.Now()}, "note", d)
		if err == nil {
			err = d.End()
		}
		if err != nil || e.(*TimelineNote).Note.ID == "" {
			b.Fatal(err)
		}
	}
	if drift > 0 {
		b.Errorf("drift in %d places", drift)
	}
}

// BenchmarkEncodeNote is what encoding a note costs in each way there is.
func BenchmarkEncodeNote(b *testing.B) {
	texts := loadNotes(b)
	notes := make([]misskey.Note, len(texts))
	for i, text := range texts {
		if err := notes[i].UnmarshalJSON([]byte(text)); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("generated", func(b *testing.B) {
		setMeanBytes(b, texts)
		var e jx.Encoder
		for i := 0; b.Loop(); i++ {
			e.Reset()
			notes[i%len(notes)].Encode(&e)
		}
	})
	b.Run("generated, MarshalJSON", func(b *testing.B) {
		setMeanBytes(b, texts)
		for i := 0; b.Loop(); i++ {
			if _, err := notes[i%len(notes)].MarshalJSON(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkRead reads frames from a websocket on loopback as the runtime's
// reader does, and does nothing with them.
func BenchmarkRead(b *testing.B) {
	frames := loadFrames(b)
	s := newFirehose(b, frames)
	ws, _, err := (&websocket.Dialer{ReadBufferSize: 16 << 10}).Dial("ws"+strings.TrimPrefix(s.URL, "http"), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer ws.Close()
	if err := ws.WriteMessage(websocket.TextMessage, wire.Build("connect", wire.Connect("localTimeline", "id", []byte("{}")))); err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 64<<10)
	read := func() {
		_, r, err := ws.NextReader()
		n := 0
		for err == nil {
			var k int
			k, err = r.Read(buf[n:])
			n += k
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
	read() // the acknowledgement
	setMeanBytes(b, frames)
	b.ResetTimer()
	s.pour <- b.N
	for n := 1; n <= b.N; n++ {
		read()
		if n%window == 0 {
			<-s.underway
		}
	}
}

// BenchmarkRoute is all that the runtime's reader does: read, scan, find the
// subscription, copy the frame, put it into an inbox. Nobody takes it out; the
// inbox drops what is oldest. A broadcast behind each window says that the
// reader has come so far.
func BenchmarkRoute(b *testing.B) {
	frames := loadFrames(b)
	s := newFirehose(b, frames)
	s.mark = wire.Build("emojiDeleted", func(e *jx.Encoder) {
		e.Obj(func(e *jx.Encoder) { e.FieldStart("emojis"); e.ArrEmpty() })
	})
	c := s.connect(b)
	ctx := benchContext(b)
	windows := make(chan struct{}, 2)
	if _, err := c.Broadcasts(ctx, BroadcastFuncs{EmojiDeleted: func(context.Context, *BroadcastEmojiDeleted) error {
		<-s.underway
		windows <- struct{}{}
		return nil
	}}); err != nil {
		b.Fatal(err)
	}
	sub, err := c.LocalTimeline(ctx, LocalTimelineParams{}, nil, DropOldest(window))
	if err != nil {
		b.Fatal(err)
	}
	if err := sub.WaitLive(ctx); err != nil {
		b.Fatal(err)
	}
	setMeanBytes(b, frames)
	b.ResetTimer()
	s.pour <- b.N
	for i := 0; i < b.N; i += window {
		<-windows
	}
	b.StopTimer()
	if in := c.Status().Stats.FramesIn; in < uint64(b.N) {
		b.Errorf("%d frames read of %d", in, b.N)
	}
}

// BenchmarkHandler is the whole way, from the socket to a handler.
func BenchmarkHandler(b *testing.B) {
	frames := loadFrames(b)
	s := newFirehose(b, frames)
	c := s.connect(b)
	ctx := benchContext(b)
	finished := make(chan struct{})
	n, reactions := 0, int64(0)
	sub, err := c.LocalTimeline(ctx, LocalTimelineParams{}, TimelineFuncs{
		Note: func(_ context.Context, e *TimelineNote) error {
			reactions += e.Note.ReactionCount
			if n++; n%window == 0 {
				<-s.underway
			}
			if n == b.N {
				close(finished)
			}
			return nil
		},
		Gap:     func(_ context.Context, e *Gap) error { return fmt.Errorf("lost %d", e.Lost) },
		Unknown: func(_ context.Context, e *UnknownEvent) error { return e.Err },
	}, EndOnOverflow(4*window))
	if err != nil {
		b.Fatal(err)
	}
	if err := sub.WaitLive(ctx); err != nil {
		b.Fatal(err)
	}
	setMeanBytes(b, frames)
	b.ResetTimer()
	s.pour <- b.N
	select {
	case <-finished:
	case <-sub.Done():
		b.Fatal(sub.Err())
	}
	b.StopTimer()
	for _, st := range c.Status().Subscriptions {
		if st.Delivered != uint64(b.N) || st.Dropped+st.Unknown+st.Drift+st.HandlerErrors > 0 {
			b.Errorf("status %+v", st)
		}
	}
}

func benchContext(b *testing.B) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	b.Cleanup(cancel)
	return ctx
}
