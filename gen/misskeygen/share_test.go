package main

import (
	"os"
	"strings"
	"testing"
)

// TestShare: an overlay of upstream Misskey imports the entities it does not
// change, unless it is told otherwise.
func TestShare(t *testing.T) {
	enter(t)
	write(t, "over/over.yaml", "name: over\nextends: misskey\ntypes: {Bell: {fields: {by: UserLite}}}\nchannels: {bell: {events: {ring: {body: Bell}}}}\n")
	entities := func() string {
		t.Helper()
		text, err := os.ReadFile("bot/over/entities.go")
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	call(t, exitOK, "generate", "-spec", "over", "-out", "bot")
	if text := entities(); !strings.Contains(text, "By misskey.UserLite") || strings.Contains(text, "type Note struct") {
		t.Errorf("upstream's entities are not shared:\n%s", text)
	}
	call(t, exitOK, "generate", "-spec", "over", "-out", "bot", "-share", "example.org/bot/below")
	if text := entities(); !strings.Contains(text, `"example.org/bot/below"`) || !strings.Contains(text, "By below.UserLite") {
		t.Errorf("the entities do not come from where they should:\n%s", text)
	}
	call(t, exitOK, "generate", "-spec", "over", "-out", "bot", "-share", "none")
	if text := entities(); !strings.Contains(text, "By UserLite") || !strings.Contains(text, "type Note struct") {
		t.Errorf("not all entities are generated:\n%s", text)
	}
	_, stderr := call(t, exitUsage, "generate", "-spec", "over", "-out", "bot", "-share", "example.org/a", "-types", "example.org/b")
	if !strings.Contains(stderr, "-share and -types") {
		t.Errorf("said %q", stderr)
	}
	_, stderr = call(t, exitUsage, "generate", "-spec", "spec", "-out", "bot", "-share", "example.org/a")
	if !strings.Contains(stderr, "extends no dialect") {
		t.Errorf("said %q", stderr)
	}
}
