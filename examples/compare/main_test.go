package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain lets the test's program be the processes that the command starts of
// itself.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && slices.Contains([]string{"serve", "client"}, os.Args[1]) {
		if err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// TestComparison runs the command with few notes and without Node, all of it but
// the builds.
func TestComparison(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	hurry(t)
	const notes, rounds = 600, 2
	file := filepath.Join(t.TempDir(), "report.json")
	profiles := filepath.Join(t.TempDir(), "some", "profiles")
	var out, progress bytes.Buffer
	s, _, err := parse([]string{"-rounds", fmt.Sprint(rounds), "-notes", fmt.Sprint(notes), "-only", "1,2,3,4,5,6", "-profiles", profiles}, &progress)
	if err != nil {
		t.Fatal(err)
	}
	s.captures, s.sockets = 500, 3
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := compare(ctx, s, file, &out, &progress); err != nil {
		t.Fatalf("%v\n%s", err, progress.String())
	}

	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r report
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	measured := map[key][]outcome{}
	for _, m := range r.Measurements {
		measured[key{m.Arrangement, m.Client}] = m.Rounds
		if m.Client == misskeyJS && !strings.Contains(m.Absent, "no node") {
			t.Errorf("misskey-js is absent because of %q", m.Absent)
		}
	}
	for _, k := range []key{
		{oneSubscription, bare}, {oneSubscription, misskeyActor}, {oneSubscription, goBot},
		{manyOnOne, bare}, {manyOnOne, misskeyActor}, {manySockets, bare}, {manySockets, misskeyActor},
		{halfRate, bareDecoding}, {halfRate, misskeyActor},
	} {
		if len(measured[k]) != rounds {
			t.Errorf("%s: %d rounds", k, len(measured[k]))
		}
		for _, o := range measured[k] {
			if o.Received != notes || o.Lost != 0 || o.Seconds <= 0 || o.CPU <= 0 || o.Server <= 0 {
				t.Errorf("%s: %+v", k, o)
			}
			if timed := k.arrangement == halfRate; timed != (o.P50 > 0) || o.P99 < o.P50 {
				t.Errorf("%s: latencies of %v and %v µs", k, o.P50, o.P99)
			}
		}
	}
	for items, want := range map[string]int{bareSockets: s.sockets, subscriptions: 32 * s.sockets, captures: s.captures} {
		for _, o := range measured[key{idling, items}] {
			if o.Items != want || o.Bytes <= 0 || o.Goroutines <= 0 {
				t.Errorf("%s: %+v, want %d", items, o, want)
			}
		}
	}
	for _, decoder := range []string{ourDecoder, encodingJSON} {
		for _, o := range measured[key{decoding, decoder}] {
			if o.Allocations <= 0 || o.CPU <= 0 {
				t.Errorf("%s: %+v", decoder, o)
			}
		}
	}
	if o := measured[key{mistreated, safety}]; len(o) != 1 || len(o[0].Failures) > 0 || o[0].Items == 0 {
		t.Errorf("mistreated: %+v", o)
	}

	for _, g := range r.Goals {
		byNode := g.What == "notes/s beside misskey-js"
		if byNode != (g.Figure == nil) || byNode != (g.Reached == nil) || byNode != (g.Missing != "") {
			t.Errorf("goal %+v", g)
		}
	}
	for _, want := range []string{"not measured: misskey-js (one subscription): there is no node on the PATH", "| 6 ", manySockets} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if files, err := os.ReadDir(profiles); err != nil || len(files) == 0 {
		t.Errorf("%d profiles: %v", len(files), err)
	}
}

// hurry keeps the race detector from letting every process that ends sleep for a
// second.
func hurry(t *testing.T) {
	t.Setenv("GORACE", strings.TrimSpace(os.Getenv("GORACE")+" atexit_sleep_ms=0"))
}

func TestBadInvocations(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"-rounds 0", "-rounds wants at least 1, got 0"},
		{"-notes 10", "-notes wants at least 200"},
		{"-quick -notes 1000", "-notes wants at least 200"},
		{"-batch 0", "-batch"},
		{"-only 1,8", `"8"`},
		{"-only one", `"one"`},
		{"now", `"now"`},
		{"-json no/such/directory/report.json", "no/such/directory"},
		{"-profiles main.go/profiles", "main.go"},
		{"client", "wants its name"},
		{"client nobody {}", `no client "nobody"`},
		{"client safety {", "the job of safety"},
		{"serve -channels x", "-channels"},
	} {
		var out, progress bytes.Buffer
		err := run(t.Context(), strings.Fields(tt.args), strings.NewReader(""), &out, &progress)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.args, err, tt.want)
		}
	}
}

// TestFailureIsToldAndTheRestMeasured holds that a client that cannot do its job
// costs the command its exit status, and nothing else its figures.
func TestFailureIsToldAndTheRestMeasured(t *testing.T) {
	hurry(t)
	var progress bytes.Buffer
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &comparison{
		settings: settings{rounds: 2, notes: minNotes, only: []int{1}},
		runner:   &runner{self: self, node: []string{self, "client", "nobody"}, batch: 1},
		results:  newResults(),
		progress: &progress,
	}
	err = c.run(t.Context())
	if err == nil || strings.Count(err.Error(), misskeyJS+" (") != 1 || !strings.Contains(err.Error(), `no client "nobody"`) {
		t.Errorf("%v", err)
	}
	if rounds := c.results.outcomes[key{oneSubscription, goBot}]; len(rounds) != 2 {
		t.Errorf("%d rounds of the client behind it", len(rounds))
	}
}
