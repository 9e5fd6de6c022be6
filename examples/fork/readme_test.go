package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const ours = "github.com/misskeyactor/misskeyactor"

// The README's section on a server of one's own is a script: TestREADME does to
// the letter what it says, in a module outside of this one, and without a
// network.
func TestREADME(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	readme := read(t, filepath.Join(root, "README.md"))
	module := read(t, filepath.Join(root, "go.mod"))
	sums := read(t, filepath.Join(root, "go.sum"))
	t.Chdir(t.TempDir())
	replace := "\nreplace " + ours + " => " + strconv.Quote(root) + "\n"
	write(t, "go.mod", "module example.org/bot\n\ngo 1.26\n"+replace)
	write(t, "go.sum", sums)
	// What is in go.mod after the README's go get. Those look at more modules
	// than a build does, and this machine may not have them.
	module = strings.Replace(module, "module "+ours+"\n", "module example.org/bot\n", 1) + "\nrequire " + ours + " v0.0.0\n" + replace

	printed, outputs := "", 0
	for _, b := range blocks(t, readme, "## A server of your own") {
		switch {
		case b.kind == "yaml":
			write(t, "myserver.yaml", read(t, "myserver.yaml")+"\n"+b.text)
		case b.kind == "go":
			write(t, "main.go", b.text)
		case strings.HasPrefix(b.text, "go "):
			for line := range strings.Lines(b.text) {
				var ok bool
				printed, ok = command(t, line)
				switch {
				case ok:
				case strings.HasPrefix(line, "go get ") && strings.Contains(printed, "module lookup disabled by GOPROXY=off"):
					t.Logf("without a network, this does not work here: %s", line)
					write(t, "go.mod", module)
				default:
					t.Fatalf("%s%s", line, printed)
				}
			}
		default:
			outputs++
			if strings.Contains(b.text, "UserLight") { // the mistake
				write(t, "myserver.yaml", strings.Replace(read(t, "myserver.yaml"), "UserLite", "UserLight", 1))
				printed, _ = command(t, "go tool misskeygen generate -spec myserver.yaml -out myserver")
			}
			if printed != b.text {
				t.Errorf("printed:\n%s\nThe README says:\n%s", printed, b.text)
			}
		}
	}
	if outputs != 2 {
		t.Errorf("the README shows %d outputs, want that of the bot and of a mistake", outputs)
	}
}

// TestREADMEShowsThisBot: it is the program of this directory, and the channel of
// its spec.
func TestREADMEShowsThisBot(t *testing.T) {
	_, program, _ := strings.Cut(read(t, "main.go"), "\npackage main\n")
	program = "package main\n" + strings.Replace(program, ours+"/examples/fork/", "example.org/bot/", 1)
	_, channels, _ := strings.Cut(read(t, "myserver.yaml"), "\nchannels:\n")
	want := map[string]string{"go": program, "yaml": "channels:\n" + channels}
	for _, b := range blocks(t, read(t, "../../README.md"), "## A server of your own") {
		if text, ok := want[b.kind]; ok && b.text != text {
			t.Errorf("the README shows, in %s:\n%s\nand this directory has:\n%s", b.kind, b.text, text)
		}
		delete(want, b.kind)
	}
	for kind := range want {
		t.Errorf("%s is not shown", kind)
	}
}

// block is code of the README: fenced, with the language behind the fence, or
// indented.
type block struct{ kind, text string }

// blocks finds the code of a section.
func blocks(t *testing.T, readme, title string) []block {
	t.Helper()
	_, section, found := strings.Cut(readme, "\n"+title+"\n")
	if !found {
		t.Fatalf("the README has no %s", title)
	}
	var all []block
	var fence *block
	indented := false
	for line := range strings.Lines(section) {
		kind, fenced := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "```")
		code, isCode := strings.CutPrefix(line, "    ")
		switch {
		case fence != nil && fenced:
			all, fence = append(all, *fence), nil
		case fence != nil:
			fence.text += line
		case fenced:
			fence = &block{kind: kind}
		case isCode && indented:
			all[len(all)-1].text += code
		case isCode:
			all = append(all, block{text: code})
		case strings.HasPrefix(line, "## "):
			return all
		}
		indented = fence == nil && isCode
	}
	return all
}

// command runs a command line in the working directory, and returns what it
// prints, without what the client logs, and whether it exits with 0.
func command(t *testing.T, line string) (printed string, ok bool) {
	t.Helper()
	words := strings.Fields(line)
	c := exec.CommandContext(t.Context(), words[0], words[1:]...)
	c.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	out, err := c.CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if !strings.Contains(line, " INFO ") && line != "exit status 1\n" {
			printed += line
		}
	}
	return printed, err == nil
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
