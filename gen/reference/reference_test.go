package reference

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/misskeyactor/misskeyactor/spec"
)

var update = flag.Bool("update", false, "write what is rendered into the golden files")

// TestGolden renders the spec of each archive and compares the page in it.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := fstest.MapFS{}
			var want *txtar.File
			for i, f := range a.Files {
				if f.Name == "page.md" {
					want = &a.Files[i]
					continue
				}
				files[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			s, err := spec.Load(files, "spec")
			if err != nil {
				t.Fatal(err)
			}
			got := render(t, s)
			if *update {
				want.Data = got
				if err := os.WriteFile(name, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(string(want.Data), "\n"), strings.Split(string(got), "\n")); diff != "" {
				t.Errorf("the page differs (-want +got); if it should, run go test ./gen/reference -update\n%s", diff)
			}
		})
	}
}

// render renders with links to where the spec's files are.
func render(t *testing.T, s *spec.Spec) []byte {
	t.Helper()
	page, err := Render(s, Options{Link: func(p spec.Pos) string { return fmt.Sprintf("../%s#L%d", p.File, p.Line) }})
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func upstream(t *testing.T) *spec.Spec {
	t.Helper()
	s, err := spec.Misskey()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEqualSpecsMakeEqualPages(t *testing.T) {
	first := render(t, upstream(t))
	for range 5 {
		if !bytes.Equal(render(t, upstream(t)), first) {
			t.Fatal("two pages of one spec differ")
		}
	}
}

// TestOverlayTellsWhereEachFactStands renders a fork, whose facts stand in
// files of two kinds: its own, and those that no link leads to.
func TestOverlayTellsWhereEachFactStands(t *testing.T) {
	const fork = `name: fork
extends: misskey
without: [homeTimeline]
channels:
  bubbleTimeline: {events: timeline, seen: source}
`
	s, err := spec.Load(fstest.MapFS{"fork.yaml": {Data: []byte(fork)}}, "fork.yaml")
	if err != nil {
		t.Fatal(err)
	}
	page, err := Render(s, Options{Link: func(p spec.Pos) string {
		if p.File == "fork.yaml" {
			return p.File
		}
		return ""
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"That extends the spec `misskey`; facts that come from there were seen",
		"client.BubbleTimeline(ctx, handler)",
		"Read in the servers' source only. Spec: [fork.yaml:5](fork.yaml).",
		"Spec: builtin/misskey/channels.yaml:",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("no %q on the page", want)
		}
	}
	if strings.Contains(string(page), "homeTimeline") {
		t.Error("a channel that the fork leaves out is on the page")
	}
}

func TestFaultsThatOnlyGoHas(t *testing.T) {
	s := upstream(t)
	s.Channels[1].GoName = "Close"
	if page, err := Render(s, Options{}); err == nil || page != nil || !strings.Contains(err.Error(), "a method of every client") {
		t.Errorf("error %v", err)
	}
}
