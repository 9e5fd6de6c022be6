package main

import (
	"io/fs"
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
		t.Fatalf("loaded %v, %v", s.Spec, err)
	}
	pos := s.Channels[0].Pos
	text, err := fs.ReadFile(s.files, pos.File)
	if err != nil || !strings.HasPrefix(strings.Split(string(text), "\n")[pos.Line-1], "  "+s.Channels[0].Name+":") {
		t.Errorf("%s is not found: %v", pos, err)
	}
	if _, err := loadSpec("./misskey"); err == nil || !strings.Contains(err.Error(), "misskey:1:1: the directory holds no *.yaml file") {
		t.Errorf("the directory gives %v", err)
	}
	if s, err := loadSpec("spec"); err != nil || s.Name != "fork" {
		t.Errorf("loaded %v, %v", s.Spec, err)
	}
}
