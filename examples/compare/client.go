package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

// job is what a client's process is asked to do. It is the process's argument, as
// JSON.
type job struct {
	URL      string `json:"url"`      // of the frame server
	Sockets  int    `json:"sockets"`  // to open
	Channels int    `json:"channels"` // subscriptions on each
	Notes    int    `json:"notes"`    // that will come, over all of them
	Latency  bool   `json:"latency"`  // also measure how long each is under way
	Profile  string `json:"profile"`  // file for a profile of the processors; "" = none
}

// timeout is far more than a job takes.
func (j job) timeout() time.Duration {
	return patience + time.Duration(j.Notes)*time.Millisecond
}

// outcome is what a client's process measured, of itself. Each kind of process
// fills in what it is about.
type outcome struct {
	Received int     `json:"received,omitzero"` // notes that reached the client's code
	Lost     int     `json:"lost,omitzero"`     // notes the client says it has dropped
	Seconds  float64 `json:"seconds,omitzero"`  // from the first note to the last
	CPU      float64 `json:"cpuSeconds,omitzero"`

	P50 float64 `json:"p50Microseconds,omitzero"` // between a note's sending and the client's code
	P99 float64 `json:"p99Microseconds,omitzero"`

	Allocations float64 `json:"allocations,omitzero"` // for the median note

	Items       int     `json:"items,omitzero"` // that were live and idle
	Bytes       float64 `json:"bytes,omitzero"`
	Goroutines  int     `json:"goroutines,omitzero"`
	Sockets     int     `json:"sockets,omitzero"`     // that they took
	SystemBytes float64 `json:"systemBytes,omitzero"` // of Bytes, what the actor system has for itself

	Failures []string `json:"failures,omitempty"` // of what was to be safe

	Server float64 `json:"serverSeconds,omitzero"` // processor time of the server, start and all
}

// perSecond is how many notes reached the client's code in a second.
func (o outcome) perSecond() float64 { return float64(o.Received) / o.Seconds }

// perNote is the processor time of a note that reached it, in microseconds.
func (o outcome) perNote() float64 { return o.CPU * 1e6 / float64(o.Received) }

// A client does a job, and calls ready when the server may begin.
type client func(ctx context.Context, j job, ready func() error) (outcome, error)

// The names of the clients, which are also those of their processes. misskeyJS is
// not among clients: it runs on Node.
const (
	bare         = "read and thrown away"
	bareDecoding = "read, decoded by the same decoder"
	goBot        = "Go bot of today"
	misskeyJS    = "misskey-js"
	misskeyActor = "misskeyactor"

	ourDecoder    = "the generated decoder"
	encodingJSON  = "encoding/json"
	bareSockets   = "bare sockets"
	subscriptions = "subscriptions"
	captures      = "captures"
	safety        = "safety"
)

func clients() map[string]client {
	return map[string]client{
		bare:         readBare,
		bareDecoding: readDecoding,
		goBot:        readAsToday,
		misskeyActor: readByMisskeyactor,

		ourDecoder:    decodeGenerated,
		encodingJSON:  decodeByEncodingJSON,
		bareSockets:   idleSockets,
		subscriptions: idleSubscriptions,
		captures:      idleCaptures,
		safety:        trySafety,
	}
}

// runClient is a client's process. It prints a line when it is ready, and its
// outcome.
func runClient(ctx context.Context, args []string, out io.Writer) error {
	if len(args) != 2 {
		return fmt.Errorf("a client's process wants its name and its job, got %q", args)
	}
	run, ok := clients()[args[0]]
	if !ok {
		return fmt.Errorf("no client %q; there are %s", args[0], strings.Join(slices.Sorted(maps.Keys(clients())), ", "))
	}
	var j job
	if err := json.Unmarshal([]byte(args[1]), &j); err != nil {
		return fmt.Errorf("the job of %s: %w", args[0], err)
	}
	ctx, cancel := context.WithTimeout(ctx, j.timeout())
	defer cancel()
	lines := json.NewEncoder(out)
	if j.Profile != "" {
		stop, err := startProfile(j.Profile)
		if err != nil {
			return err
		}
		defer stop()
	}
	o, err := run(ctx, j, func() error { return lines.Encode("ready") })
	if err != nil {
		return err
	}
	return lines.Encode(o)
}

// startProfile writes a profile of the processors into a file until it is stopped.
func startProfile(name string) (stop func(), err error) {
	file, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		file.Close()
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		file.Close()
	}, nil
}

// measured does what all clients that get notes have in common: it takes the
// processor time, lets the server begin, and waits until the tally is full or
// something went wrong.
func measured(ctx context.Context, j job, t *tally, failed <-chan error, ready func() error) (outcome, error) {
	began, err := cpuTime()
	if err != nil {
		return outcome{}, err
	}
	if err := ready(); err != nil {
		return outcome{}, err
	}
	select {
	case <-t.finished:
		return t.outcome(j, began)
	case err := <-failed:
		return outcome{}, err
	case <-ctx.Done():
		return outcome{}, fmt.Errorf("%d of %d notes never came: %w", t.left.Load(), j.Notes, ctx.Err())
	}
}

// patience bounds what should take no time at all.
const patience = 30 * time.Second
