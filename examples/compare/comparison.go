package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// settings are what the command's flags say.
type settings struct {
	rounds   int
	builds   int   // rounds of building, which takes longest
	notes    int   // in a round, for each client that gets notes
	captures int   // in one process
	sockets  int   // of idle subscriptions, 32 on each
	only     []int // goals; empty = all
	batch    int   // see load
	profiles string
}

func (s settings) wants(goals ...int) bool {
	return len(s.only) == 0 || slices.ContainsFunc(goals, func(g int) bool { return slices.Contains(s.only, g) })
}

// comparison does all the measuring. What it could not measure is absent from its
// results, with the reason; failed has what should have worked.
type comparison struct {
	settings
	runner   *runner
	results  *results
	progress io.Writer
	rate     float64 // notes a second, half of what misskeyactor gets through
	failed   error
}

// run measures what the settings ask for.
func (c *comparison) run(ctx context.Context) error {
	for _, part := range []struct {
		goals   []int
		measure func(context.Context)
	}{
		{[]int{1, 2}, c.throughput},
		{[]int{3}, c.decoders},
		{[]int{4}, c.idle},
		{[]int{5}, c.latency},
		{[]int{6}, c.mistreat},
		{[]int{7}, c.build},
	} {
		if c.wants(part.goals...) {
			part.measure(ctx)
		}
		if ctx.Err() != nil {
			c.results.missing = errInterrupted
			return errInterrupted
		}
	}
	return c.failed
}

// throughput has every client get the notes as fast as it can, in every
// arrangement.
func (c *comparison) throughput(ctx context.Context) {
	arrangements := []struct {
		name              string
		goals             []int
		sockets, channels int
		clients           []string
	}{
		// Goal 2 compares with goal 1's ratio.
		{oneSubscription, []int{1, 2}, 1, 1, []string{bare, misskeyActor}},
		// The loop that decodes is what the least client costs that has a note to hand on.
		{oneSubscription, []int{1}, 1, 1, []string{bareDecoding, misskeyJS, goBot}},
		{manyOnOne, []int{2}, 1, 32, []string{bare, misskeyActor}},
		{manySockets, []int{2}, 100, 1, []string{bare, misskeyActor}},
	}
	for round := range c.rounds {
		for _, a := range arrangements {
			if !c.wants(a.goals...) {
				continue
			}
			for _, client := range a.clients {
				c.client(ctx, round, key{a.name, client}, job{Sockets: a.sockets, Channels: a.channels, Notes: c.notes}, 0)
			}
		}
	}
}

func (c *comparison) decoders(ctx context.Context) {
	for round := range c.rounds {
		for _, decoder := range []string{ourDecoder, encodingJSON} {
			c.client(ctx, round, key{decoding, decoder}, job{Notes: c.notes / 2}, 0)
		}
	}
}

func (c *comparison) idle(ctx context.Context) {
	for round := range c.rounds {
		c.client(ctx, round, key{idling, bareSockets}, job{Sockets: c.sockets}, 0)
		c.client(ctx, round, key{idling, subscriptions}, job{Sockets: c.sockets, Channels: 32}, 0)
		c.client(ctx, round, key{idling, captures}, job{Sockets: 1, Notes: c.captures}, 0)
	}
}

// latency sends both clients the notes at half the rate at which misskeyactor gets
// through with them.
func (c *comparison) latency(ctx context.Context) {
	flatOut := key{oneSubscription, misskeyActor}
	if len(c.results.outcomes[flatOut]) == 0 {
		c.client(ctx, 0, flatOut, job{Sockets: 1, Channels: 1, Notes: c.notes}, 0)
	}
	fastest, err := c.results.figures(flatOut, outcome.perSecond)
	if err != nil {
		c.results.leaveOut(key{halfRate, misskeyActor}, err)
		return
	}
	c.rate = summarize(fastest).Median / 2
	for round := range c.rounds {
		for _, client := range []string{bareDecoding, misskeyActor} {
			c.client(ctx, round, key{halfRate, client}, job{Sockets: 1, Channels: 1, Notes: c.notes, Latency: true}, c.rate)
		}
	}
}

func (c *comparison) mistreat(ctx context.Context) {
	c.client(ctx, 0, key{mistreated, safety}, job{Sockets: 1, Channels: 1, Notes: 2 * defaultEvents}, 0)
}

func (c *comparison) build(ctx context.Context) {
	for round := range c.builds {
		for _, program := range []string{quickstart, libraries} {
			c.measure(ctx, round, c.builds, key{building, program}, func() (outcome, error) { return build(ctx, program) })
		}
	}
}

// client measures a client once.
func (c *comparison) client(ctx context.Context, round int, k key, j job, rate float64) {
	c.measure(ctx, round, c.rounds, k, func() (outcome, error) { return c.runner.run(ctx, k.client, j, rate) })
}

// measure adds one outcome to the results. What has failed once is not tried in
// further rounds; what was interrupted leaves those before it as they are.
func (c *comparison) measure(ctx context.Context, round, rounds int, k key, run func() (outcome, error)) {
	if c.results.absent[k] != nil || ctx.Err() != nil {
		return
	}
	fmt.Fprintf(c.progress, "round %d of %d: %s\n", round+1, rounds, k)
	o, err := run()
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		fmt.Fprintf(c.progress, "%s: %v\n", k, err)
		c.results.leaveOut(k, err)
		c.failed = errors.Join(c.failed, fmt.Errorf("%s: %w", k, err))
		return
	}
	c.results.add(k, o)
}
