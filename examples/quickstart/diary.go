package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming"
)

// diary prints what happens, counts it, and lets the demonstration wait for
// it. It is a hook as well, and prints what handlers return as errors.
type diary struct {
	mu      sync.Mutex
	out     io.Writer
	counts  map[string]int // by channel and event
	changed chan struct{}
}

func newDiary(out io.Writer) *diary {
	return &diary{out: out, counts: map[string]int{}, changed: make(chan struct{})}
}

func (d *diary) say(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fmt.Fprintf(d.out, format+"\n", args...)
}

func (d *diary) event(m streaming.Meta, format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	name := m.Channel + " " + m.EventType
	fmt.Fprintf(d.out, "%s  %-14s %s\n", m.Received.Format("15:04:05.000"), name, fmt.Sprintf(format, args...))
	d.counts[name]++
	close(d.changed)
	d.changed = make(chan struct{})
}

// until waits for an event of a name.
func (d *diary) until(ctx context.Context, name string) error {
	for {
		d.mu.Lock()
		n, changed := d.counts[name], d.changed
		d.mu.Unlock()
		if n > 0 {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %q: %w", name, ctx.Err())
		}
	}
}

// OnHandlerError implements streaming.HookHandlerError.
func (d *diary) OnHandlerError(sub *streaming.Subscription, _ any, err error) {
	d.say("error in the handler of %s: %v", sub.Channel(), err)
}

// OnConnected implements streaming.HookConnection.
func (d *diary) OnConnected(streaming.ConnectionInfo) {}

// OnDisconnected implements streaming.HookConnection.
func (d *diary) OnDisconnected(_ streaming.ConnectionInfo, err error, pause time.Duration) {
	if pause >= 0 {
		d.say("not connected: %v; trying again in %v", err, pause.Round(time.Millisecond))
	}
}

func (d *diary) summary() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.counts) == 0 {
		return
	}
	fmt.Fprintln(d.out, "\nevents:")
	for _, name := range slices.Sorted(maps.Keys(d.counts)) {
		fmt.Fprintf(d.out, "%5d %s\n", d.counts[name], name)
	}
}
