package streaming_test

import (
	"slices"
	"testing"
	"unsafe"

	"github.com/go-faster/jx"

	"github.com/misskeyactor/misskeyactor/runtime"
	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// What the median of the real notes allocates. Allocations are most of what
// decoding costs, and unlike time they can be counted: a generated decoder that
// begins to allocate is found here, and by the benchmarks only later.
func TestNotesKeepToTheirAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates itself")
	}
	d := codec.NewDecoder("", nil)
	var e jx.Encoder
	var note *misskey.Note // out here, so that it is not on the stack
	for _, tt := range []struct {
		name        string
		do          func(payload string, n *misskey.Note) error
		allocations float64
		why         string // they are needed
	}{
		{"decode", func(payload string, _ *misskey.Note) error {
			d.Reset(payload)
			note = new(misskey.Note)
			return note.Decode(d)
		}, 5, "the note, and its lists and maps that have something; its strings are parts of the frame"},
		{"decode the event", func(payload string, _ *misskey.Note) error {
			d.Reset(payload)
			_, err := streaming.DecodeTimelineEvent(runtime.Meta{}, "note", d)
			return err
		}, 5, "the event has the note"},
		{"clone", func(_ string, n *misskey.Note) error {
			_ = n.Clone()
			return nil
		}, 23, "every string for itself, so that each can be kept alone"},
		{"encode", func(_ string, n *misskey.Note) error {
			e.Reset()
			n.Encode(&e)
			return nil
		}, 9, "the keys of its three maps, to sort them"},
	} {
		var counts []float64
		for _, payload := range streaming.LoadNotes(t) {
			var n misskey.Note
			if err := n.UnmarshalJSON([]byte(payload)); err != nil {
				t.Fatal(err)
			}
			counts = append(counts, testing.AllocsPerRun(3, func() {
				if err := tt.do(payload, &n); err != nil {
					t.Error(err)
				}
			}))
		}
		slices.Sort(counts)
		if got := counts[len(counts)/2]; got > tt.allocations {
			t.Errorf("%s: %v allocations, want at most %v: %s", tt.name, got, tt.allocations, tt.why)
		}
		t.Logf("%s: %v in the median note, %v at most", tt.name, counts[len(counts)/2], counts[len(counts)-1])
	}
}

// TestNoteFitsItsMemory: the allocator rounds up, and what has pointers and more
// than 512 bytes gets a header of 8. One field more costs an event 128 bytes; two
// flags apart from each other do, too.
func TestNoteFitsItsMemory(t *testing.T) {
	const class, header = 896, 8
	if size := unsafe.Sizeof(streaming.TimelineNote{}); size > class-header {
		t.Errorf("an event with a note has %d bytes, want at most %d", size, class-header)
	}
}
