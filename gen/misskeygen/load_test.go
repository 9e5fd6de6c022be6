package main

import (
	"strings"
	"testing"
)

// TestSpecsByName: a dialect's name means the dialect whatever lies about, and
// a directory of that name is reached as ./misskey.
func TestSpecsByName(t *testing.T) {
	enter(t)
	write(t, "misskey/note.go", "package misskey\n")
	s, err := loadSpec("misskey")
	if err != nil || s.Name != "misskey" {
		t.Fatalf("loaded %v, %v", s, err)
	}
	pos := s.Channels[0].Pos
	if !strings.HasPrefix(s.Line(pos), "  "+s.Channels[0].Name+":") {
		t.Errorf("%s is not found", pos)
	}
	if _, err := loadSpec("./misskey"); err == nil || !strings.Contains(err.Error(), "misskey:1:1: the directory holds no *.yaml file") {
		t.Errorf("the directory gives %v", err)
	}
	if s, err := loadSpec("spec"); err != nil || s.Name != "fork" {
		t.Errorf("loaded %v, %v", s, err)
	}
}

// TestPositionsInWhatASpecExtends: a fault that Go has with a fact of the base
// is shown with its line.
func TestPositionsInWhatASpecExtends(t *testing.T) {
	enter(t)
	write(t, "fork.yaml", `
name: fork
extends: misskey
channels:
  timeline: {events: timeline, goName: HomeTimeline}
`)
	_, stderr := call(t, exitFaults, "check", "-spec", "fork.yaml", "-out", "bot")
	contains(t, stderr, "fork.yaml:5:3: ", "HomeTimeline", " at builtin/misskey/channels.yaml:", "[GN001]\n      timeline: {")
}
