package dts_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/misskeyactor/misskeyactor/gen/dts"
	"github.com/misskeyactor/misskeyactor/spec"
)

var update = flag.Bool("update", false, "write what comes out to testdata")

// TestRead reads the declarations of each archive of testdata. It holds either
// the seed and notes that come of them, or the faults.
func TestRead(t *testing.T) {
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
			api, err := dts.Read(declarations(archive), "misskey-js")
			if want := section(archive, "faults"); want != nil {
				if diagnostics := (spec.Diagnostics)(nil); !errors.As(err, &diagnostics) || api != nil {
					t.Fatalf("no faults alone: %v, %v", api, err)
				}
				compare(t, want, strings.ReplaceAll(err.Error(), "misskey-js/", "")+"\n")
			} else {
				if err != nil {
					t.Fatal(err)
				}
				yaml, notes := dts.Seed(api)
				compare(t, section(archive, "seed"), string(yaml))
				compare(t, section(archive, "notes"), strings.Join(notes, "\n")+"\n")
			}
			if *update {
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
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

func TestReadThePublishedPackage(t *testing.T) {
	api := read(t, published(t))
	if api.Version != "2026.5.1" {
		t.Errorf("the version is %q", api.Version)
	}
	got := map[string]int{
		"channels": len(api.Channels), "broadcasts": len(api.Broadcasts), "captures": len(api.Captures),
		"entities": len(api.Entities), "kinds of notification": len(api.NotificationKinds),
	}
	want := map[string]int{"channels": 18, "broadcasts": 4, "captures": 1, "entities": 70, "kinds of notification": 20}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !api.IsEntity("Note") || api.IsEntity("ServerStats") {
		t.Error("Note is an entity of the server's API, ServerStats is none")
	}
}

func TestReadFindsTheDeclarations(t *testing.T) {
	const text = "export type Channels = {};\nexport type BroadcastEvents = {};\n"
	for _, name := range []string{"built/streaming.types.d.ts", "package/built/streaming.types.d.ts", "streaming.types.d.ts"} {
		if _, err := dts.Read(fstest.MapFS{name: {Data: []byte(text)}}, "."); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := dts.Read(fstest.MapFS{"built/index.d.ts": {Data: []byte(text)}}, ".")
	if !errors.Is(err, dts.ErrNoPackage) {
		t.Errorf("got %v, want ErrNoPackage", err)
	}
}

// brokenFile is a file system in which one file cannot be read.
type brokenFile struct {
	fs.FS
	name string
}

var errBroken = errors.New("broken")

func (b brokenFile) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, b.name) {
		return nil, errBroken
	}
	return b.FS.Open(name)
}

func TestReadReturnsTheFileSystemsError(t *testing.T) {
	files := published(t)
	for _, name := range []string{"streaming.types.d.ts", "models.d.ts"} {
		_, err := dts.Read(brokenFile{files, name}, "misskey-js")
		if !errors.Is(err, errBroken) {
			t.Errorf("%s: got %v, want the file system's error", name, err)
		}
	}
}

// TestSeedLoads completes the seed of the published package by what its notes
// ask for, and loads it.
func TestSeedLoads(t *testing.T) {
	yaml, notes := dts.Seed(read(t, published(t)))
	var entities []string
	for _, note := range notes {
		if list, ok := strings.CutPrefix(note, "entities that import openapi declares: "); ok {
			entities = strings.Split(list, ", ")
		}
	}
	if !slices.Contains(entities, "Note") {
		t.Fatalf("the notes do not name the entities: %q", notes)
	}
	types := "types:\n"
	for _, name := range entities {
		types += "  " + name + ": {fields: {x: string}}\n"
	}
	seed := strings.Replace(string(yaml), "    update: noteUpdated\n",
		"    update: noteUpdated\n    method: Capture\n    subscribe: subNote\n    unsubscribe: unsubNote\n", 1)
	s, err := spec.Load(fstest.MapFS{
		"d/base.yaml":  {Data: []byte(smallestSpec)},
		"d/types.yaml": {Data: []byte(types)},
		"d/seed.yaml":  {Data: []byte(seed)},
	}, "d")
	if err != nil {
		t.Fatalf("the seed is no spec: %v", err)
	}
	if len(s.Channels) != 18 || len(s.Captures) != 1 || len(s.Broadcasts.Events) != 4 {
		t.Errorf("the spec has %d channels, %d captures and %d broadcasts", len(s.Channels), len(s.Captures), len(s.Broadcasts.Events))
	}
	for range 5 {
		if again, _ := dts.Seed(read(t, published(t))); string(again) != string(yaml) {
			t.Fatal("the seed is not the same every time")
		}
	}
}

const smallestSpec = `
name: d
checked: [2026.5.1]
seen: source
socket: {path: /streaming, auth: header, ping: 60s, silence: 120s}
requests:
  connect: {role: connect, reply: connected}
  disconnect: {role: disconnect}
  channel: {role: send}
  subNote: {role: subscribe}
  unsubNote: {role: unsubscribe}
`
