package gen

import (
	"flag"
	"go/format"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what is generated into the golden files")

// TestGolden generates from the spec of each archive and compares the files
// that the archive shows. A comment "omit: a.go b.go" names those that show
// nothing new.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/golden/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, files := archive(t, name)
			opts := testOptions()
			s := load(t, files, "spec")
			if s.Extends != nil {
				opts.Shared = Package{Import: modulePath + "/streaming/misskey"}
			}
			tree, err := Generate(s, opts)
			if err != nil {
				t.Fatal(err)
			}
			typeCheck(t, tree, opts)
			checkFormat(t, tree)
			got := golden(a, tree)
			if *update {
				if err := os.WriteFile(name, got, 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
				t.Errorf("generated files differ (-want +got); if they should, run go test ./gen -update\n%s", diff)
			}
		})
	}
}

// golden is the archive with the files as they are generated now.
func golden(a *txtar.Archive, tree *Tree) []byte {
	out := &txtar.Archive{Comment: a.Comment}
	for _, f := range a.Files {
		if strings.HasPrefix(f.Name, "spec/") {
			out.Files = append(out.Files, f)
		}
	}
	var omitted []string
	for _, line := range strings.Split(string(a.Comment), "\n") {
		if rest, ok := strings.CutPrefix(line, "omit: "); ok {
			omitted = append(omitted, strings.Fields(rest)...)
		}
	}
	for _, name := range tree.Paths() {
		if !slices.Contains(omitted, path.Base(name)) {
			out.Files = append(out.Files, txtar.File{Name: name, Data: tree.File(name)})
		}
	}
	return txtar.Format(out)
}

// checkFormat fails for files that gofmt would change, that lack the header,
// or whose comments are wider than a reader likes.
func checkFormat(t *testing.T, tree *Tree) {
	t.Helper()
	for _, name := range tree.Paths() {
		text := tree.File(name)
		formatted, err := format.Source(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if string(formatted) != string(text) {
			t.Errorf("%s is not as gofmt prints it", name)
		}
		if !isGenerated(text) {
			t.Errorf("%s has no header", name)
		}
		for i, line := range strings.Split(string(text), "\n") {
			width := 0
			for _, r := range line {
				width++
				if r == '\t' {
					width += tabWidth - 1
				}
			}
			if width > lineWidth && strings.HasPrefix(strings.TrimSpace(line), "//") {
				t.Errorf("%s:%d: a comment of %d columns", name, i+1, width)
			}
		}
	}
}
