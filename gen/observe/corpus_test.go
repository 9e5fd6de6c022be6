package observe

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/misskeyactor/misskeyactor/gen"
	"github.com/misskeyactor/misskeyactor/spec"
)

var update = flag.Bool("update", false, "write what is found into the archives in testdata")

// frameLines makes a recording of an archive's frames: a line "< frame" was
// received and "> frame" sent, on the socket "1", or on that of "2<" and the
// like; any other line stands in the recording as it is.
func frameLines(t *testing.T, text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		head, frame, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		conn, dir := strings.TrimRight(head, "<>"), ""
		switch {
		case strings.HasSuffix(head, "<"):
			dir = dirIn
		case strings.HasSuffix(head, ">"):
			dir = dirOut
		default:
			out.WriteString(line)
			continue
		}
		if conn == "" {
			conn = "1"
		}
		encoded, err := json.Marshal(map[string]any{"t": 0, "conn": conn, "dir": dir, "frame": frame})
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(encoded, '\n'))
	}
	return out.String()
}

// TestCorpus holds the frames of each archive in testdata against base.yaml, and
// compares what is found, and the overlay that is offered. With the overlay what
// it is offered for must be gone.
func TestCorpus(t *testing.T) {
	base, err := os.ReadFile("testdata/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"base.yaml": {Data: base}}
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	fired := map[spec.Code]bool{}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			parts := map[string]string{}
			for _, f := range a.Files {
				parts[f.Name] = string(f.Data)
			}
			text := frameLines(t, parts["frames"])
			o, _ := held(t, files, "base.yaml", text)
			overlay := o.Offer(Overlay{Name: "observed", Extends: "./base.yaml", File: "observed.yaml", Try: func(overlay []byte) error { return tried(base, overlay) }})
			report := o.Report()
			found := &strings.Builder{}
			for _, f := range report.Findings {
				fmt.Fprintln(found, describe(f))
				fired[f.Code] = true
			}
			got := &txtar.Archive{Comment: a.Comment, Files: []txtar.File{
				{Name: "frames", Data: []byte(parts["frames"])}, {Name: "found", Data: []byte(found.String())}, {Name: "counts", Data: fmt.Appendf(nil, "%+v\n", report.Counts)},
			}}
			if overlay != nil {
				got.Files = append(got.Files, txtar.File{Name: "overlay", Data: overlay})
				if err := tried(base, overlay); err != nil {
					t.Errorf("the overlay is of no use: %v", err)
				}
				files := fstest.MapFS{"base.yaml": files["base.yaml"], "observed.yaml": {Data: overlay}}
				_, after := held(t, files, "observed.yaml", text)
				left := map[string]bool{}
				for _, f := range after.Findings {
					left[string(f.Side)+f.Name()] = true
					if !slices.ContainsFunc(report.Findings, func(before Finding) bool { return before.Side == f.Side && before.Name() == f.Name() }) {
						t.Errorf("only with the overlay: %s", describe(f))
					}
				}
				for _, f := range report.Findings {
					if left[string(f.Side)+f.Name()] == f.Offered {
						t.Errorf("offered %t, found again with the overlay %t: %s", f.Offered, !f.Offered, describe(f))
					}
				}
			}
			if *update {
				if err := os.WriteFile(name, txtar.Format(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(txtar.Format(a)), string(txtar.Format(got))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for _, e := range Explanations() {
		if !fired[e.Code] && e.Code != CodeTooManyToTell && e.Code != CodeBreak {
			t.Errorf("no archive fires %s", e.Code)
		}
	}
}

// tried loads an overlay over the base, and fixes its names in Go.
func tried(base, overlay []byte) error {
	s, err := spec.Load(fstest.MapFS{"base.yaml": {Data: base}, "observed.yaml": {Data: overlay}}, "observed.yaml")
	if err != nil {
		return err
	}
	_, err = gen.GoNamesOf(s)
	return err
}

// held holds a recording against a spec.
func held(t *testing.T, files fstest.MapFS, name, recording string) (*Observer, *Report) {
	t.Helper()
	s, err := spec.Load(files, name)
	if err != nil {
		t.Fatalf("%v\n%s", err, files[name].Data)
	}
	o := observer(t, s, Options{})
	if err := o.Read("frames", strings.NewReader(recording)); err != nil {
		t.Fatal(err)
	}
	return o, o.Report()
}
