package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestGeneratedFilesAreCurrent runs each go:generate line of the module's root
// as far as it goes without writing, and compares.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	t.Chdir(root)
	text, err := os.ReadFile("tools.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(string(text)) {
		words, ours := strings.CutPrefix(line, "//go:generate go tool misskeygen ")
		if !ours {
			continue
		}
		lines++
		args := strings.Fields(words)
		switch args[0] {
		case "generate":
			call(t, exitOK, append([]string{"check"}, args[1:]...)...)
		case "doc":
			name, out := "spec/misskey", ""
			for i := 1; i+1 < len(args); i += 2 {
				switch args[i] {
				case "-spec":
					name = args[i+1]
				case "-o":
					out = args[i+1]
				}
			}
			want, err := docPage(name, out)
			if err != nil {
				t.Fatal(err)
			}
			checkFile(t, out, want)
		default: // prints what it writes to the file behind its last flag, -o
			if len(args) < 3 || args[len(args)-2] != "-o" {
				t.Fatalf("the test cannot run misskeygen %s", words)
			}
			stdout, _ := call(t, exitOK, args[:len(args)-2]...)
			checkFile(t, args[len(args)-1], []byte(stdout))
		}
	}
	if lines < 2 {
		t.Errorf("%d go:generate lines were found", lines)
	}
}

func checkFile(t *testing.T, name string, want []byte) {
	t.Helper()
	have, err := os.ReadFile(name)
	if err != nil {
		t.Error(err)
		return
	}
	if !bytes.Equal(have, want) {
		t.Errorf("%s is not what is generated; run go generate .", name)
	}
}
