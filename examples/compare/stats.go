package main

import (
	"math"
	"slices"
	"time"
)

// summary is what is told of several rounds: the middle one, and how far they
// lie apart.
type summary struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// summarize returns the summary of at least one figure.
func summarize(figures []float64) summary {
	sorted := slices.Sorted(slices.Values(figures))
	n := len(sorted)
	return summary{Median: (sorted[(n-1)/2] + sorted[n/2]) / 2, Min: sorted[0], Max: sorted[n-1]}
}

// ratios divides the figures round by round: the two of a round were measured
// one right after the other, so what slows the machine for a while slows both.
func ratios(of, by []float64) []float64 {
	quotients := make([]float64, min(len(of), len(by)))
	for i := range quotients {
		quotients[i] = of[i] / by[i]
	}
	return quotients
}

// percentile returns the smallest of at least one sorted duration that p percent
// of all do not exceed.
func percentile(sorted []time.Duration, p float64) time.Duration {
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[max(rank, 1)-1]
}
