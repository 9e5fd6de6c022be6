package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

//go:embed testdata/notes-2026.3.2.ndjson.gz
var recording []byte // 1,500 frames of localTimeline, as a Misskey 2026.3.2 sent them

// note is a recorded note, ready to be sent through any channel and at any time.
type note struct {
	payload string // the note as recorded
	bytes   []byte // the same; read-only
	rest    string // of its frame, behind the note's id
}

// loadNotes returns the recorded notes.
func loadNotes() ([]note, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(recording))
	if err != nil {
		return nil, fmt.Errorf("the recorded notes: %w", err)
	}
	var notes []note
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		frame := lines.Text()
		env, ok := wire.Fast([]byte(frame))
		if !ok {
			return nil, fmt.Errorf("the recorded notes: line %d is no event", len(notes)+1)
		}
		payload := env.Payload.In(frame)
		_, rest, ok := strings.Cut(strings.TrimPrefix(payload, `{"id":"`), `"`)
		if !ok || !strings.HasPrefix(payload, `{"id":"`) {
			return nil, fmt.Errorf("the recorded notes: line %d does not begin with an id", len(notes)+1)
		}
		notes = append(notes, note{payload: payload, bytes: []byte(payload), rest: `"` + rest + "}}"})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("the recorded notes: %w", err)
	}
	return notes, nil
}

// appendFrame appends the note's frame as it comes through a channel. Its id is
// the time at which it is sent, so that its receiver can tell how long it took.
func (n note) appendFrame(b []byte, channel string, sent time.Time) []byte {
	b = append(b, `{"type":"channel","body":{"id":"`...)
	b = append(b, channel...)
	b = append(b, `","type":"note","body":{"id":"`...)
	b = strconv.AppendInt(b, sent.UnixNano(), 16) // 16 digits, as many as a real id has
	return append(b, n.rest...)
}

// sentAt reads the time back from a note's id.
func sentAt(id string) (time.Time, error) {
	ns, err := strconv.ParseInt(id, 16, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("a note's id is not the time it was sent at: %w", err)
	}
	return time.Unix(0, ns), nil
}
