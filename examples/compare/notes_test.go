package main

import (
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

func mustLoadNotes(t testing.TB) []note {
	t.Helper()
	notes, err := loadNotes()
	if err != nil {
		t.Fatal(err)
	}
	return notes
}

func TestFramesAreTheRecordedOnesButForTheirIDs(t *testing.T) {
	notes := mustLoadNotes(t)
	if len(notes) != 1500 {
		t.Errorf("%d notes, want 1,500", len(notes))
	}
	sent := time.Now()
	for _, n := range notes {
		frame := string(n.appendFrame(nil, "the-channel", sent))
		env, err := wire.Full([]byte(frame))
		if err != nil {
			t.Fatal(err)
		}
		if string(env.ID) != "the-channel" || string(env.Event) != "note" {
			t.Fatalf("a frame of %q with an event %q", env.ID, env.Event)
		}
		const idAt, idLength = len(`{"id":"`), 16
		payload := env.Payload.In(frame)
		if got, err := sentAt(payload[idAt : idAt+idLength]); err != nil || !got.Equal(sent) {
			t.Fatalf("sent at %v, %v; want %v", got, err, sent)
		}
		if len(payload) != len(n.payload) || payload[idAt+idLength:] != n.payload[idAt+idLength:] {
			t.Fatalf("the payload is\n%s\nrecorded is\n%s", payload, n.payload)
		}
	}
	if _, err := sentAt("attcbikzgpgf00da"); err == nil {
		t.Error("a real id was taken for a time")
	}
}
