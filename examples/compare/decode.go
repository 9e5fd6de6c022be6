package main

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// decodeGenerated decodes notes as a subscription does, with a decoder that is
// used again.
func decodeGenerated(_ context.Context, j job, _ func() error) (outcome, error) {
	d := codec.NewDecoder("", nil)
	var decoded *misskey.Note // out here, so that it is not on the stack
	return measureDecoder(j, func(n note) error {
		d.Reset(n.payload)
		decoded = new(misskey.Note)
		return decoded.Decode(d)
	})
}

// decodeByEncodingJSON decodes them with encoding/json into a plain struct of the
// same fields.
func decodeByEncodingJSON(_ context.Context, j job, _ func() error) (outcome, error) {
	return measureDecoder(j, func(n note) error {
		return json.Unmarshal(n.bytes, new(plainNote))
	})
}

// measureDecoder decodes as many notes as the job says, and then counts what the
// median note allocates.
func measureDecoder(j job, decode func(note) error) (outcome, error) {
	notes, err := loadNotes()
	if err != nil {
		return outcome{}, err
	}
	for _, n := range notes { // once before it counts
		if err := decode(n); err != nil {
			return outcome{}, err
		}
	}
	began, err := cpuTime()
	if err != nil {
		return outcome{}, err
	}
	start := time.Now()
	for i := range j.Notes {
		if err := decode(notes[i%len(notes)]); err != nil {
			return outcome{}, err
		}
	}
	seconds := time.Since(start).Seconds()
	ended, err := cpuTime()
	if err != nil {
		return outcome{}, err
	}

	allocations := make([]float64, len(notes))
	for i, n := range notes {
		allocations[i] = testing.AllocsPerRun(3, func() {
			if failed := decode(n); failed != nil {
				err = failed
			}
		})
	}
	slices.Sort(allocations)
	return outcome{
		Received: j.Notes, Seconds: seconds, CPU: (ended - began).Seconds(),
		Allocations: allocations[len(allocations)/2],
	}, err
}
