package spec

import (
	"slices"
	"strings"
	"testing"
)

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"events", "events", 0},
		{"evnets", "events", 1}, // neighbours swapped
		{"event", "events", 1},
		{"eventz", "events", 1},
		{"日本", "日木", 1},
		{"kitten", "sitting", 3},
	} {
		if got := editDistance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
		if got := editDistance(c.b, c.a); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	candidates := []string{"events", "params", "sends", "doc"}
	for word, want := range map[string]string{
		"event":                     "events",
		"parms":                     "params",
		"send":                      "sends",
		"dco":                       "doc",
		"credential":                "",
		"x":                         "",
		strings.Repeat("events", 9): "",
	} {
		if got := Nearest(word, slices.Values(candidates)); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}
