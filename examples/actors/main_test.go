package main

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestDemo(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	var out bytes.Buffer
	if err := demo(context.Background(), &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	got := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(got) == 7 { // the two subscriptions each in their own time
		slices.Sort(got[2:4])
		slices.Sort(got[5:7])
	}
	want := []string{
		`@alice says "buy spam!"`,
		"@alice calls us",
		"localTimeline: events may be missing (reconnect)",
		"main: events may be missing (reconnect)",
		`@alice says "more spam!"`,
		"the subscription to localTimeline is over: misskey: closed",
		"the subscription to main is over: misskey: closed",
	}
	if !slices.Equal(got, want) {
		t.Errorf("printed\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
