package runtime

import (
	"bytes"
	"fmt"
	"testing"
	"time"
)

func TestCopiesAreThoseOfTheirFrames(t *testing.T) {
	var c copies
	var made []string
	var want []string
	frame := make([]byte, 0, 2*blockSize) // one buffer for all, as the reader has
	for i := range 200 {
		c.behind = i%50 >= 10
		if i%7 == 0 {
			c.dry()
		}
		frame = fmt.Appendf(frame[:0], "%d:", i)
		frame = append(frame, bytes.Repeat([]byte{'a' + byte(i%26)}, i*i%(blockSize+blockSize/2))...)
		made, want = append(made, c.of(frame)), append(want, string(frame))
	}
	for i := range want {
		if made[i] != want[i] {
			t.Fatalf("copy %d is not its frame", i)
		}
	}
}

func TestFramesShareMemoryOnlyWhileTheirHandlerIsBehind(t *testing.T) {
	w := newWay(t)
	for i := range 2 * batch {
		if w.socket.copies.behind != (i > batch) {
			t.Fatalf("with %d events waiting: behind is %v", i, w.socket.copies.behind)
		}
		w.socket.receive(w.frame, time.Now())
	}
	if allocations := testing.AllocsPerRun(100, func() {
		w.socket.receive(w.frame, time.Now())
		w.take(t)
	}); allocations >= 1 && !raceDetector {
		t.Errorf("%v allocations for a frame that shares a block", allocations)
	}
	for range 2 * batch {
		w.take(t)
	}
	w.socket.dry()
	if c := &w.socket.copies; c.block.Cap() == 0 {
		t.Error("the block is let go at once, while it may be used again")
	}
	for range 2 { // of the first nobody knows yet that its handler has caught up
		w.socket.receive(w.frame, time.Now())
		w.socket.dry()
	}
	if c := &w.socket.copies; c.behind || c.block.Cap() != 0 {
		t.Errorf("behind is %v, and a block of %d bytes is kept", c.behind, c.block.Cap())
	}
}
