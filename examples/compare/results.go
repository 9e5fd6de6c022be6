package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// key names a measurement: who was measured, and at what.
type key struct{ arrangement, client string }

func (k key) String() string { return k.client + " (" + k.arrangement + ")" }

// The arrangements.
const (
	oneSubscription = "one subscription"
	manyOnOne       = "32 subscriptions on one socket"
	manySockets     = "100 sockets"
	decoding        = "decoding"
	idling          = "idle"
	halfRate        = "half the maximum rate"
	mistreated      = "mistreated"
	building        = "build"
)

// results are the outcomes of all rounds, in order.
type results struct {
	outcomes map[key][]outcome
	absent   map[key]error // why there are none
	missing  error         // why there are none of what is not absent either
}

func newResults() *results {
	return &results{outcomes: map[key][]outcome{}, absent: map[key]error{}, missing: errNotAskedFor}
}

func (r *results) add(k key, o outcome) { r.outcomes[k] = append(r.outcomes[k], o) }

// leaveOut says why a measurement has no outcomes. Those it has are dropped: they
// are not as many as they should be.
func (r *results) leaveOut(k key, why error) {
	delete(r.outcomes, k)
	r.absent[k] = why
}

var (
	// errNotAskedFor is why what was left out by the command's flags is missing.
	errNotAskedFor = errors.New("not asked for")
	// errInterrupted is why the rest is.
	errInterrupted = errors.New("interrupted")
)

// rounds returns the outcomes of a measurement, or why there are none.
func (r *results) rounds(k key) ([]outcome, error) {
	if rounds := r.outcomes[k]; len(rounds) > 0 {
		return rounds, nil
	}
	why := r.absent[k]
	if why == nil {
		why = r.missing
	}
	return nil, fmt.Errorf("%s: %w", k, why)
}

// figures returns a figure of each round.
func (r *results) figures(k key, figure func(outcome) float64) ([]float64, error) {
	rounds, err := r.rounds(k)
	figures := make([]float64, len(rounds))
	for i, o := range rounds {
		figures[i] = figure(o)
	}
	return figures, err
}

// ratio returns the quotient of a figure of two measurements, in each round.
func (r *results) ratio(of, by key, figure func(outcome) float64) ([]float64, error) {
	a, err := r.figures(of, figure)
	if err != nil {
		return nil, err
	}
	b, err := r.figures(by, figure)
	if err != nil {
		return nil, err
	}
	return ratios(a, b), nil
}

// keys returns all measurements, those that are absent included, in order.
func (r *results) keys() []key {
	keys := slices.Concat(slices.Collect(maps.Keys(r.outcomes)), slices.Collect(maps.Keys(r.absent)))
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(strings.Compare(a.arrangement, b.arrangement), strings.Compare(a.client, b.client))
	})
	return keys
}
