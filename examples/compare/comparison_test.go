package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestAnInterruptionLeavesTheRoundsBeforeIt(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	c := &comparison{settings: settings{rounds: 3}, results: newResults(), progress: io.Discard}
	k, later := key{oneSubscription, bare}, key{oneSubscription, goBot}
	c.measure(ctx, 0, 3, k, func() (outcome, error) { return outcome{Received: 1}, nil })
	c.measure(ctx, 1, 3, k, func() (outcome, error) {
		interrupt()
		return outcome{}, errors.New("signal: killed")
	})
	c.measure(ctx, 2, 3, later, func() (outcome, error) {
		t.Error("it goes on")
		return outcome{}, nil
	})
	if rounds, err := c.results.rounds(k); len(rounds) != 1 || err != nil || c.failed != nil {
		t.Errorf("%d rounds, %v, %v", len(rounds), err, c.failed)
	}
	if err := c.run(ctx); !errors.Is(err, errInterrupted) {
		t.Errorf("the command says %v", err)
	}
	var out strings.Builder
	printResults(&out, c.settings, machine{}, 0, c.results)
	if text := out.String(); !strings.Contains(text, "Interrupted") || !strings.Contains(text, "not measured: "+key{oneSubscription, misskeyActor}.String()+": interrupted") || strings.Contains(text, "killed") {
		t.Errorf("it prints\n%s", text)
	}
}

func TestOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	in, out := io.Pipe()
	in.Close()
	w := &checked{w: out}
	printResults(w, settings{rounds: 5}, machine{}, 0, newResults())
	if !errors.Is(w.err, io.ErrClosedPipe) {
		t.Errorf("got %v", w.err)
	}
}
