package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestHelpListsEveryCommand(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"-h"}, {"--help"}} {
		stdout, stderr := call(t, exitOK, args...)
		contains(t, stdout, "Exit status: 0", "-json", "NO_COLOR")
		for _, c := range leaves(commands()) {
			contains(t, stdout, "\n  "+c.name+" ", " "+c.short+"\n")
		}
		if stderr != "" {
			t.Errorf("%s prints %q to standard error", args, stderr)
		}
	}
}

// TestHelpOfEveryCommand asks for it in each way there is, and wants the same
// answer: how the command is called, what it does, and an example.
func TestHelpOfEveryCommand(t *testing.T) {
	for _, c := range append(leaves(commands()), groups(commands())...) {
		words := strings.Fields(c.name)
		help, _ := call(t, exitOK, append([]string{"help"}, words...)...)
		synopsis, rest, _ := strings.Cut(help, "\n\n")
		if !strings.HasPrefix(synopsis, "misskeygen "+c.name) {
			t.Errorf("help %s begins with %q", c.name, synopsis)
		}
		if !strings.Contains(rest, "\n  misskeygen "+c.name) && !strings.Contains(rest, "\n  misskeygen help "+c.name) {
			t.Errorf("help %s has no example:\n%s", c.name, help)
		}
		for line := range strings.Lines(help) {
			if len([]rune(line)) > 81 {
				t.Errorf("help %s has a line of %d columns: %s", c.name, len([]rune(line))-1, line)
			}
		}
		for _, flag := range []string{"-h", "-help", "--help"} {
			stdout, stderr := call(t, exitOK, append(words[:len(words):len(words)], flag)...)
			if stdout != help || stderr != "" {
				t.Errorf("%s %s prints %q and %q, help prints %q", c.name, flag, stdout, stderr, help)
			}
		}
	}
}

// TestPackageDocListsEveryCommand compares the list at the head of main.go with
// the commands there are.
func TestPackageDocListsEveryCommand(t *testing.T) {
	text, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for line := range strings.Lines(string(text)) {
		if words, ours := strings.CutPrefix(line, "//\tmisskeygen "); ours {
			listed = append(listed, strings.Join(strings.Fields(words), " "))
		}
	}
	var want []string
	for _, c := range append(leaves(commands()), helpCommand) {
		synopsis, _, _ := strings.Cut(c.usage, "\n")
		want = append(want, strings.TrimPrefix(synopsis, "misskeygen ")+" "+c.short)
	}
	if !slices.Equal(listed, want) {
		t.Errorf("main.go lists\n%s\nand the commands are\n%s", strings.Join(listed, "\n"), strings.Join(want, "\n"))
	}
}

// leaves are the commands that can be run.
func leaves(list []*command) []*command {
	var out []*command
	for _, c := range list {
		if c.words != nil {
			out = append(out, leaves(c.words)...)
		} else {
			out = append(out, c)
		}
	}
	return out
}

func groups(list []*command) []*command {
	var out []*command
	for _, c := range list {
		if c.words != nil {
			out = append(out, c)
		}
	}
	return out
}
