package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestDemoShowsEveryEvent(t *testing.T) {
	defer goleak.VerifyNone(t)
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	d := newDiary(&out)
	if err := demo(ctx, d); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	d.summary()
	for _, event := range []string{"1 main followed", "2 main mention", "1 main reply", "1 note reacted", "1 note pollVoted", "1 note deleted"} {
		if !strings.Contains(out.String(), event) {
			t.Errorf("no %q in\n%s", event, out.String())
		}
	}
	if strings.Contains(out.String(), "error") || strings.Contains(out.String(), "missing") {
		t.Errorf("something went wrong:\n%s", out.String())
	}
}

func TestBadInvocations(t *testing.T) {
	t.Setenv("MISSKEY_TOKEN", "")
	if err := run(t.Context(), "", []string{"now"}); err == nil || !strings.Contains(err.Error(), `"now"`) {
		t.Errorf("extra argument: %v", err)
	}
	if err := run(t.Context(), "https://misskey.example", nil); err == nil || !strings.Contains(err.Error(), "MISSKEY_TOKEN") {
		t.Errorf("no token: %v", err)
	}
}
