package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/misskeyactor/misskeyactor/spec"
)

// TestInit does what init says to do next, for each dialect there is.
func TestInit(t *testing.T) {
	for _, dialect := range spec.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "go.mod", "module example.org/bot\n\ngo 1.26\n")
			stdout, stderr := call(t, exitOK, "init", "-extends", dialect)
			contains(t, stdout, "fork.yaml is a spec that extends "+dialect+".")
			if stderr != "" {
				t.Errorf("printed %q", stderr)
			}
			runNext(t, stdout)
			if _, err := os.Stat("fork/client.go"); err != nil {
				t.Error(err)
			}
		})
	}
}

// runNext runs the commands that init has printed.
func runNext(t *testing.T, printed string) {
	t.Helper()
	n := 0
	for line := range strings.Lines(printed) {
		line, _, _ = strings.Cut(line, "#")
		if words, ours := strings.CutPrefix(line, "  go tool misskeygen "); ours {
			n++
			call(t, exitOK, strings.Fields(words)...)
		}
	}
	if n != 3 {
		t.Errorf("%d commands are printed:\n%s", n, printed)
	}
}

// TestInitExamplesWork takes the # away from each of the examples, and then
// from as many as can stand together.
func TestInitExamplesWork(t *testing.T) {
	example := regexp.MustCompile(`(?m)^#([a-z]|  )`)
	for _, dialect := range spec.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "go.mod", "module example.org/bot\n\ngo 1.26\n")
			call(t, exitOK, "init", "-extends", dialect, "plain.yaml")
			text, err := os.ReadFile("plain.yaml")
			if err != nil {
				t.Fatal(err)
			}
			blocks := strings.Split(string(text), "\n\n")
			page := ""
			try := func(wanted func(block string) bool) (examples int) {
				t.Helper()
				var out []string
				for _, block := range blocks {
					if example.MatchString(block) && wanted(block) {
						block = example.ReplaceAllString(block, "$1")
						examples++
					}
					out = append(out, block)
				}
				write(t, "tried.yaml", strings.Join(out, "\n\n"))
				page, _ = call(t, exitOK, "doc", "-spec", "tried.yaml") // looks for faults as generate does, in less time
				return examples
			}
			for _, block := range blocks {
				if example.MatchString(block) {
					try(func(b string) bool { return b == block })
				}
			}
			if n := try(func(block string) bool { return !strings.HasPrefix(block, "#only") }); n != 4 {
				t.Errorf("%d examples were tried, want 4:\n%s", n, text)
			}
			call(t, exitOK, "generate", "-spec", "tried.yaml", "-out", "tried")
			contains(t, page, "client.Lounge(ctx, LoungeParams{…}, handler)", "sub.Say(ctx, LoungeSay{…})", "`quiet`")
		})
	}
}

func TestInitWritesWhereItIsTold(t *testing.T) {
	for _, tt := range []struct{ args, file, name string }{
		{"init", "fork.yaml", "fork"},
		{"init server.yaml", "server.yaml", "server"},
		{"init Server.yaml", "Server.yaml", "server"},
		{"init -name my-server server.yaml", "server.yaml", "my-server"},
		{"init specs/mine", "specs/mine/mine.yaml", "mine"},
		{"init specs/mine/ -name other", "specs/mine/other.yaml", "other"},
		{"init -name my-fork .", "my-fork.yaml", "my-fork"},
		{"init -extends ./spec own.yaml", "own.yaml", "own"},
		{"init -extends ../spec -name own a", "a/own.yaml", "own"},
	} {
		enter(t)
		stdout, _ := call(t, exitOK, strings.Fields(tt.args)...)
		s, err := loadSpec(tt.file)
		if err != nil {
			t.Errorf("%s: %v", tt.args, err)
			continue
		}
		if s.Name != tt.name {
			t.Errorf("%s: the name is %q, want %q", tt.args, s.Name, tt.name)
		}
		runNext(t, stdout)
	}
}

func TestInitReplacesNothing(t *testing.T) {
	enter(t)
	write(t, "fork.yaml", "mine")
	_, stderr := call(t, exitUsage, "init")
	contains(t, stderr, "fork.yaml exists")
	if text, err := os.ReadFile("fork.yaml"); err != nil || string(text) != "mine" {
		t.Errorf("the file is now %q, %v", text, err)
	}
}

func TestInitOfWhatCannotBe(t *testing.T) {
	for _, tt := range []struct {
		args []string
		exit int
		want string
	}{
		{[]string{"-extends", "miskey"}, exitFaults, `there is no dialect "miskey"; did you mean "misskey"?`},
		{[]string{"-extends", "./nowhere"}, exitFaults, `the dialect "nowhere" cannot be read`},
		{[]string{"-extends", ""}, exitUsage, "-extends is given without a value"},
		{[]string{"-extends", "misskey # not"}, exitFaults, `there is no dialect "misskey # not"`},
		{[]string{"-extends", "spec.yaml"}, exitUsage, "did you mean ./spec.yaml?"},
		{[]string{"-extends", "a/spec"}, exitUsage, "did you mean ./a/spec?"},
		{[]string{"-name", "My fork"}, exitUsage, `-name My fork cannot be a dialect's name`},
		{[]string{"-name", "a\nseen: [1.0.0]"}, exitUsage, "cannot be a dialect's name"},
		{[]string{"-name", "go"}, exitUsage, "a package go: it is no identifier of Go; give another name with -name"},
		{[]string{"main.yaml"}, exitUsage, "a package main: nothing can import a package of that name; give another name with -name"},
		{[]string{"internal.yaml"}, exitUsage, "a package internal"},
		{[]string{"My Fork.yaml"}, exitUsage, `"my fork", of My Fork.yaml, cannot be a dialect's name`},
		{[]string{"2026.yaml"}, exitUsage, "give one with -name, as in -name my-fork"},
		{[]string{"a.yml"}, exitUsage, "write a.yaml"},
		{[]string{"a.yaml", "b.yaml"}, exitUsage, "want one file, got 2"},
	} {
		enter(t)
		_, stderr := call(t, tt.exit, append([]string{"init"}, tt.args...)...)
		contains(t, stderr, tt.want)
		if found, _ := filepath.Glob("*.yaml"); len(found) > 0 {
			t.Errorf("%q writes %v", tt.args, found)
		}
	}
}
