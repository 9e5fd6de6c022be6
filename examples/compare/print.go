package main

import (
	"fmt"
	"io"
)

// printResults prints what was measured, a table for each kind of thing, and what
// became of the goals.
func printResults(w io.Writer, s settings, m machine, rate float64, r *results) {
	fmt.Fprintf(w, "%s, %s, %d processors; medians of %s.\n", m.Go, m.System, m.Processors, count(s.rounds, "round"))
	if r.missing == errInterrupted {
		fmt.Fprintln(w, "\nInterrupted: of what follows, some is of fewer rounds.")
	}
	for _, t := range []*table{throughputTable(s, m, r), decodingTable(s, r), idleTable(r), latencyTable(rate, r), buildTable(s, r)} {
		if len(t.rows) > 0 {
			t.print(w)
		}
	}
	for _, failure := range failures(r) {
		fmt.Fprintln(w, "\nNot safe:", failure)
	}
	goalTable(judge(s, r)).print(w)
	if s.rounds < 5 {
		fmt.Fprintln(w, "\nFewer than five rounds: take it for a first impression.")
	}
}

func throughputTable(s settings, m machine, r *results) *table {
	t := &table{
		title: fmt.Sprintf("%s real notes, sent as fast as they are taken, %s", number(float64(s.notes)), batches(s.batch)),
		head:  []string{"arrangement", "client", " notes/s", " × bare", " CPU µs/note", " × bare", " lost", " server's µs/note"},
	}
	perServer := func(o outcome) float64 { return o.Server * 1e6 / float64(s.notes) }
	lost := func(o outcome) float64 { return float64(o.Lost) }
	for _, arrangement := range []string{oneSubscription, manyOnOne, manySockets} {
		for _, client := range []string{bare, bareDecoding, misskeyActor, misskeyJS, goBot} {
			k := key{arrangement, client}
			if _, err := r.rounds(k); err != nil {
				continue
			}
			name := client
			if client == misskeyJS {
				name += " " + m.MisskeyJS + ", Node " + m.Node
			}
			reading := key{arrangement, bare}
			t.add(arrangement, name,
				middle(r.figures(k, outcome.perSecond)), middle(r.ratio(k, reading, outcome.perSecond)),
				middle(r.figures(k, outcome.perNote)), middle(r.ratio(k, reading, outcome.perNote)),
				middle(r.figures(k, lost)), middle(r.figures(k, perServer)))
		}
	}
	return t
}

func decodingTable(s settings, r *results) *table {
	t := &table{
		title: "Decoding a real note",
		head:  []string{"decoder", " CPU µs", " × encoding/json", " allocations, median note"},
	}
	for _, decoder := range []string{ourDecoder, encodingJSON} {
		k := key{decoding, decoder}
		if _, err := r.rounds(k); err != nil {
			continue
		}
		t.add(decoder, middle(r.figures(k, outcome.perNote)), middle(r.ratio(k, key{decoding, encodingJSON}, outcome.perNote)),
			middle(r.figures(k, func(o outcome) float64 { return o.Allocations })))
	}
	return t
}

func idleTable(r *results) *table {
	t := &table{
		title: "Live and idle in one process",
		head:  []string{"what", " how many", " on sockets", " bytes each over bare sockets", " with the actor system's", " goroutines each"},
	}
	items := func(o outcome) float64 { return float64(o.Items) }
	bytes := func(o outcome) float64 { return o.Bytes }
	if _, err := r.rounds(key{idling, bareSockets}); err == nil {
		each := func(f func(outcome) float64) string {
			return middle(r.figures(key{idling, bareSockets}, func(o outcome) float64 { return f(o) / items(o) }))
		}
		t.add("bare socket, by itself", middle(r.figures(key{idling, bareSockets}, items)), "", each(bytes), "", each(outcome.goroutines))
	}
	for _, client := range []string{subscriptions, captures} {
		k := key{idling, client}
		if _, err := r.rounds(k); err != nil {
			continue
		}
		t.add(client, middle(r.figures(k, items)), middle(r.figures(k, func(o outcome) float64 { return float64(o.Sockets) })),
			middle(r.idleCost(client, outcome.ownBytes)), middle(r.idleCost(client, bytes)), middle(r.idleCost(client, outcome.goroutines)))
	}
	return t
}

func latencyTable(rate float64, r *results) *table {
	t := &table{
		title: fmt.Sprintf("From a note's sending to the client's code, at %s notes/s, half of what misskeyactor gets through", number(rate)),
		head:  []string{"client", " p50 µs", " p99 µs", " CPU µs/note"},
	}
	for _, client := range []string{bareDecoding, misskeyActor} {
		k := key{halfRate, client}
		if _, err := r.rounds(k); err != nil {
			continue
		}
		t.add(client, middle(r.figures(k, func(o outcome) float64 { return o.P50 })),
			middle(r.figures(k, func(o outcome) float64 { return o.P99 })), middle(r.figures(k, outcome.perNote)))
	}
	return t
}

func buildTable(s settings, r *results) *table {
	t := &table{
		title: fmt.Sprintf("Built from a clean cache, the standard library included; medians of %s", count(s.builds, "round")),
		head:  []string{"program", " stripped MB", " seconds", " CPU seconds"},
	}
	for _, program := range []string{quickstart, libraries} {
		k := key{building, program}
		if _, err := r.rounds(k); err != nil {
			continue
		}
		t.add(program, middle(r.figures(k, func(o outcome) float64 { return o.Bytes / 1e6 })),
			middle(r.figures(k, func(o outcome) float64 { return o.Seconds })), middle(r.figures(k, func(o outcome) float64 { return o.CPU })))
	}
	return t
}

func batches(size int) string {
	if size == 1 {
		return "each frame by itself"
	}
	return "in batches of " + number(float64(size)) + " bytes"
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// failures are what a mistreated client did wrong.
func failures(r *results) []string {
	var all []string
	for _, o := range r.outcomes[key{mistreated, safety}] {
		all = append(all, o.Failures...)
	}
	return all
}

func goalTable(verdicts []verdict) *table {
	t := &table{
		title: "Goals",
		head:  []string{"goal", "what", " figure", " rounds", " wanted", "", " stretch", ""},
	}
	for _, v := range verdicts {
		name := fmt.Sprint(v.number)
		if v.required {
			name += ", required"
		}
		if v.missing != nil {
			t.add(name, v.what, "–", "", v.wanted(v.limit), "not measured: "+firstLine(v.missing), "", "")
			continue
		}
		row := []string{name, v.what, number(v.figure.Median) + v.unit, v.figure.spread(), v.wanted(v.limit), v.mark(v.limit), "", ""}
		if v.stretch != 0 {
			row[6], row[7] = v.wanted(v.stretch), v.mark(v.stretch)
		}
		t.add(row...)
	}
	return t
}

func (g goal) wanted(limit float64) string {
	if g.atLeast {
		return "≥ " + number(limit) + g.unit
	}
	return "≤ " + number(limit) + g.unit
}

func (v verdict) mark(limit float64) string {
	if v.reached(v.figure.Median, limit) {
		return "reached"
	}
	return "NOT REACHED"
}
