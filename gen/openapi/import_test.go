package openapi_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/misskeyactor/misskeyactor/gen/openapi"
	"github.com/misskeyactor/misskeyactor/spec"
)

var update = flag.Bool("update", false, "write what comes out to testdata")

// TestImport imports the document of each archive. An archive names the roots,
// if any, and holds either types.yaml and report, or errors.
func TestImport(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var report openapi.Report
			opts := openapi.Options{Report: &report}
			if roots := section(archive, "roots"); roots != nil {
				opts.Roots = strings.Fields(string(roots.Data))
			}
			out, err := openapi.Import(bytes.NewReader(section(archive, "openapi.json").Data), opts)
			if want := section(archive, "errors"); want != nil {
				compare(t, want, listing(err))
				if out != nil {
					t.Errorf("output beside errors:\n%s", out)
				}
				if fault := (*openapi.Error)(nil); !errors.As(err, &fault) {
					t.Errorf("no *openapi.Error in %v", err)
				}
			} else {
				if err != nil {
					t.Fatal(err)
				}
				compare(t, section(archive, "types.yaml"), string(out))
				compare(t, section(archive, "report"), notes(report))
				if types := load(t, out); len(types) != report.Types {
					t.Errorf("report counts %d types, the spec has %d", report.Types, len(types))
				}
			}
			if *update {
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func section(a *txtar.Archive, name string) *txtar.File {
	for i := range a.Files {
		if a.Files[i].Name == name {
			return &a.Files[i]
		}
	}
	return nil
}

func compare(t *testing.T, want *txtar.File, got string) {
	t.Helper()
	if *update {
		want.Data = []byte(got)
		return
	}
	if diff := cmp.Diff(string(want.Data), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", want.Name, diff)
	}
}

func listing(err error) string {
	if err == nil {
		return ""
	}
	return err.Error() + "\n"
}

func notes(r openapi.Report) string {
	var out strings.Builder
	for _, n := range r.Notes {
		out.WriteString(n.Message + "\n")
		for _, p := range n.Pointers {
			out.WriteString("\t" + p + "\n")
		}
	}
	return out.String()
}

// load reads types as a part of the smallest spec there is.
func load(t *testing.T, types []byte) []*spec.Type {
	t.Helper()
	files := fstest.MapFS{
		"d/misskey.yaml": {Data: []byte(smallestSpec)},
		"d/types.yaml":   {Data: types},
	}
	s, err := spec.Load(files, "d")
	if err != nil {
		t.Fatalf("the output is no spec: %v\n%s", err, types)
	}
	return s.Types
}

const smallestSpec = `
name: d
title: D
doc: D.
checked: [2026.3.2]
seen: source
socket: {path: /streaming, auth: header, ping: 60s, silence: 120s}
limits: {channelsPerConnection: 32}
requests:
  connect: {role: connect, reply: connected, doc: C.}
  disconnect: {role: disconnect, doc: D.}
  channel: {role: send, doc: S.}
`

func TestImportGivesTheSameBytesEveryTime(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/unions.txtar")
	if err != nil {
		t.Fatal(err)
	}
	document := section(archive, "openapi.json").Data
	var first []byte
	for i := range 20 {
		out, err := openapi.Import(bytes.NewReader(document), openapi.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = out
		}
		if !bytes.Equal(out, first) {
			t.Fatalf("run %d differs:\n%s", i, cmp.Diff(string(first), string(out)))
		}
	}
}

func TestImportReturnsTheReadersError(t *testing.T) {
	broken := errors.New("broken")
	_, err := openapi.Import(io.MultiReader(strings.NewReader("{"), iotest.ErrReader(broken)), openapi.Options{})
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want the reader's error", err)
	}
}

func TestImportStopsAtDeepNesting(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	_, err := openapi.Import(strings.NewReader(`{"openapi": `+deep), openapi.Options{})
	var fault *openapi.Error
	if !errors.As(err, &fault) || !strings.Contains(fault.Message, "deep") {
		t.Errorf("got %v, want an error that says it is nested too deep", err)
	}
}

func TestErrorUnwrapsToTheDecoders(t *testing.T) {
	_, err := openapi.Import(strings.NewReader(`{"openapi"`), openapi.Options{})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want io.ErrUnexpectedEOF inside", err)
	}
}

func TestNoteTellsTheFirstPlaceAndHowManyMore(t *testing.T) {
	one := openapi.Note{Pointers: []string{"/a"}, Message: "m"}
	three := openapi.Note{Pointers: []string{"/a", "/b", "/c"}, Message: "m"}
	if got, want := one.String(), "#/a: m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := three.String(), "#/a: m (and 2 more)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
