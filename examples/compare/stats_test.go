package main

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSummarize(t *testing.T) {
	for _, tt := range []struct {
		figures []float64
		want    summary
	}{
		{[]float64{3}, summary{3, 3, 3}},
		{[]float64{4, 1}, summary{2.5, 1, 4}},
		{[]float64{9, 1, 2}, summary{2, 1, 9}},
		{[]float64{4, 3, 2, 1}, summary{2.5, 1, 4}},
	} {
		given := slices.Clone(tt.figures)
		if got := summarize(tt.figures); got != tt.want || !slices.Equal(tt.figures, given) {
			t.Errorf("%v: %v, want %v", given, got, tt.want)
		}
	}
}

func TestPercentile(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	for _, tt := range []struct {
		sorted []time.Duration
		p      float64
		want   time.Duration
	}{
		{hundred, 50, 50}, {hundred, 99, 99}, {hundred, 100, 100}, {hundred, 0, 1},
		{[]time.Duration{7}, 50, 7}, {[]time.Duration{1, 2, 3}, 50, 2}, {[]time.Duration{1, 2, 3}, 99, 3},
	} {
		if got := percentile(tt.sorted, tt.p); got != tt.want {
			t.Errorf("%v %% of %d: %d, want %d", tt.p, len(tt.sorted), got, tt.want)
		}
	}
}

func TestRatiosAreThoseOfARound(t *testing.T) {
	r := newResults()
	ours, theirs := key{oneSubscription, misskeyActor}, key{oneSubscription, bare}
	for _, seconds := range []float64{1, 2, 10} { // the machine gets slower, for both
		r.add(ours, outcome{Received: 100, Seconds: 2 * seconds})
		r.add(theirs, outcome{Received: 100, Seconds: seconds})
	}
	if got, err := r.ratio(ours, theirs, outcome.perSecond); err != nil || !slices.Equal(got, []float64{0.5, 0.5, 0.5}) {
		t.Errorf("%v, %v", got, err)
	}
	broken := errors.New("it broke")
	r.leaveOut(theirs, broken)
	if _, err := r.ratio(ours, theirs, outcome.perSecond); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if _, err := r.ratio(ours, key{manyOnOne, bare}, outcome.perSecond); !errors.Is(err, errNotAskedFor) {
		t.Errorf("error %v", err)
	}
}

func TestNumber(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0", 9: "9", 100: "100", 0.034: "0.034", 0.25: "0.25", 2.345: "2.35", 23.45: "23.4",
		234.5: "234", 1234.5: "1,234", 100_000: "100,000", 1234567: "1,234,567", -1234: "-1,234", -0.5: "-0.50", 1000: "1,000",
	} {
		if got := number(f); got != want {
			t.Errorf("%v: %s, want %s", f, got, want)
		}
	}
}

func TestTableIsAlignedMarkdown(t *testing.T) {
	var out strings.Builder
	tab := table{title: "Sizes", head: []string{"what", " µs"}}
	tab.add("naïve", "1")
	tab.add("–", "1,000")
	tab.print(&out)
	const want = `
Sizes

| what  |    µs |
|-------|------:|
| naïve |     1 |
| –     | 1,000 |
`
	if out.String() != want {
		t.Errorf("printed%s", out.String())
	}
}
