package main

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// exemplary are results that reach every goal exactly, the stretch aside.
func exemplary() *results {
	r := newResults()
	for range 5 {
		for k, o := range map[key]outcome{
			{oneSubscription, bare}:         {Received: 100, Seconds: 1, CPU: 1},
			{oneSubscription, misskeyActor}: {Received: 161, Seconds: 1, CPU: 3 * 1.61},
			{oneSubscription, misskeyJS}:    {Received: 70, Seconds: 1, CPU: 1},
			{oneSubscription, goBot}:        {Received: 23, Seconds: 1, CPU: 1},
			{manyOnOne, bare}:               {Received: 100, Seconds: 1, CPU: 2},
			{manyOnOne, misskeyActor}:       {Received: 100, Seconds: 1, CPU: 6.8},
			{manySockets, bare}:             {Received: 100, Seconds: 1, CPU: 2},
			{manySockets, misskeyActor}:     {Received: 100, Seconds: 1, CPU: 6.8},
			{decoding, ourDecoder}:          {Received: 100, CPU: 1, Allocations: 16},
			{decoding, encodingJSON}:        {Received: 100, CPU: 4, Allocations: 50},
			{idling, bareSockets}:           {Items: 10, Bytes: 10_000, Goroutines: 10},
			{idling, subscriptions}:         {Items: 320, Bytes: 320*3072 + 10_000 + 7777, SystemBytes: 7777, Goroutines: 10 + 16, Sockets: 10},
			{idling, captures}:              {Items: 100_000, Bytes: 100_000*2048 + 20_000 + 7777, SystemBytes: 7777, Goroutines: 20, Sockets: 20},
			{halfRate, bareDecoding}:        {P50: 10, P99: 100},
			{halfRate, misskeyActor}:        {P50: 30, P99: 300},
			{mistreated, safety}:            {Items: safetyChecks},
			{building, quickstart}:          {Bytes: 13, Seconds: 15},
			{building, libraries}:           {Bytes: 10, Seconds: 10},
		} {
			r.add(k, o)
		}
	}
	return r
}

func TestEveryGoalCanBeReached(t *testing.T) {
	numbers := map[int]bool{}
	for _, v := range judge(settings{}, exemplary()) {
		numbers[v.number] = true
		if v.missing != nil || v.mark(v.limit) != "reached" {
			t.Errorf("%d, %s: %v %s, %s, %v", v.number, v.what, v.figure, v.unit, v.wanted(v.limit), v.missing)
		}
		if v.stretch != 0 && v.mark(v.stretch) == "reached" && v.what != "notes/s beside the Go bot of today" {
			t.Errorf("%d, %s: %v reaches the stretch", v.number, v.what, v.figure)
		}
	}
	if len(numbers) != lastGoal {
		t.Errorf("goals %v", numbers)
	}
}

// TestEveryGoalCanBeMissed spoils one measurement after the other, and looks which
// goals notice.
func TestEveryGoalCanBeMissed(t *testing.T) {
	for _, tt := range []struct {
		spoiled key
		how     func(*outcome)
		missed  string
	}{
		{key{oneSubscription, misskeyJS}, func(o *outcome) { o.Seconds *= 0.99 }, "notes/s beside misskey-js"},
		{key{oneSubscription, goBot}, func(o *outcome) { o.Seconds *= 0.99 }, "notes/s beside the Go bot of today"},
		{key{oneSubscription, misskeyActor}, func(o *outcome) { o.CPU *= 1.01 }, "CPU per note beside reading alone"},
		{key{oneSubscription, misskeyActor}, func(o *outcome) { o.Lost = 1 }, "notes that did not reach the handler"},
		{key{manyOnOne, misskeyActor}, func(o *outcome) { o.CPU *= 1.02 }, manyOnOne},
		{key{manySockets, misskeyActor}, func(o *outcome) { o.CPU *= 1.02 }, manySockets},
		{key{decoding, ourDecoder}, func(o *outcome) { o.CPU *= 1.01 }, "CPU of decoding"},
		{key{decoding, ourDecoder}, func(o *outcome) { o.Allocations++ }, "allocations"},
		{key{idling, subscriptions}, func(o *outcome) { o.Bytes += 320 }, "bytes of a live subscription"},
		{key{idling, captures}, func(o *outcome) { o.Bytes += 100_000 }, "bytes of a capture"},
		{key{idling, subscriptions}, func(o *outcome) { o.Goroutines += 320 }, "goroutines of a live subscription"},
		{key{idling, captures}, func(o *outcome) { o.Goroutines += 100_000 }, "goroutines of a capture"},
		{key{idling, captures}, func(o *outcome) { o.Items-- }, "captures in one process"},
		{key{halfRate, misskeyActor}, func(o *outcome) { o.P50++ }, "latency p50"},
		{key{halfRate, misskeyActor}, func(o *outcome) { o.P99++ }, "latency p99"},
		{key{mistreated, safety}, func(o *outcome) { o.Failures = []string{"it broke"} }, "failures"},
		{key{building, quickstart}, func(o *outcome) { o.Bytes++ }, "stripped size"},
		{key{building, quickstart}, func(o *outcome) { o.Seconds++ }, "compile time"},
	} {
		r := exemplary()
		for i := range r.outcomes[tt.spoiled] {
			tt.how(&r.outcomes[tt.spoiled][i])
		}
		noticed := false
		for _, v := range judge(settings{}, r) {
			if strings.HasPrefix(v.what, tt.missed) {
				noticed = v.mark(v.limit) == "NOT REACHED"
			}
		}
		if !noticed {
			t.Errorf("%q is reached in spite of %s", tt.missed, tt.spoiled)
		}
	}
}

// TestMedianDecides holds that one bad round among five does not.
func TestMedianDecides(t *testing.T) {
	r := exemplary()
	r.outcomes[key{decoding, ourDecoder}][2].CPU = 100
	for _, v := range judge(settings{only: []int{3}}, r) {
		if v.number != 3 {
			t.Errorf("goal %d was not asked for", v.number)
		}
		if v.mark(v.limit) != "reached" {
			t.Errorf("%s: %v", v.what, v.figure)
		}
	}
}

func TestMissingGoalsSayWhy(t *testing.T) {
	r := exemplary()
	r.leaveOut(key{oneSubscription, misskeyJS}, errors.New("there is | no node\nat all"))
	var out strings.Builder
	printResults(&out, settings{rounds: 5, notes: 100}, machine{}, 1, r)
	if want := "not measured: misskey-js (one subscription): there is / no node |"; strings.Count(out.String(), want) != 1 || strings.Count(out.String(), "not measured") != 1 {
		t.Errorf("not once %q in\n%s", want, out.String())
	}
	rep := newReport(settings{}, machine{}, 1, r)
	for _, g := range rep.Goals {
		if (g.Figure == nil) != (g.Missing != "") {
			t.Errorf("%+v", g)
		}
		if g.Figure != nil && math.IsNaN(g.Figure.Median) {
			t.Errorf("%s is no number", g.What)
		}
	}
	if len(rep.Goals) != len(goals()) {
		t.Errorf("%d goals", len(rep.Goals))
	}
}
