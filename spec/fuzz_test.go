package spec

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"golang.org/x/tools/txtar"
)

// FuzzLoad loads any bytes beside a file that is in order. Load must not
// panic, and its errors must be diagnostics that point into the file.
func FuzzLoad(f *testing.F) {
	base, err := os.ReadFile("testdata/base.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(dialect))
	f.Add([]byte("\ufeffname: x\r\n\r\ntypes: {A: {id: true}}\r\n"))
	files, err := fs.Glob(os.DirFS("."), "testdata/negative/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no archives: %v", err)
	}
	for _, name := range files {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if file.Name != "want" {
				f.Add(file.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		loadAnything(t, fstest.MapFS{"spec/base.yaml": {Data: base}, "spec/fuzz.yaml": {Data: data}}, "spec")
	})
}

// FuzzOverlay loads any bytes as an overlay of a dialect that is in order.
func FuzzOverlay(f *testing.F) {
	f.Add([]byte("only: [home]\nchannels: {a.b: {events: timeline}}\n"))
	f.Add([]byte("without: [admin]\npatch:\n  channels.home: {leaks: true, params: {withFiles?: null, a?: string}}\n"))
	f.Add([]byte("patch:\n  types.Note.fields.text.type: integer\n  'types.Mood.enum[]': [odd]\n  captures.note.events.gone: {fields: null}\n"))
	f.Add([]byte("patch: {'': null, 'a.': {}, types: null, channels.admin.events: timeline, eventSets.timeline.events.note.body: null}"))
	f.Add([]byte("patch: {channels: {home: {events: {note: {body: null}}}}, requests.read: {fields: null}, socket: 3, limits: []}"))
	for _, test := range overlayFaults {
		f.Add([]byte(test.overlay))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		files := fstest.MapFS{
			"below/below.yaml": {Data: []byte(witnessed)},
			"over/over.yaml":   {Data: []byte("name: over\nextends: ../below\n")},
			"over/fuzz.yaml":   {Data: data},
		}
		loadAnything(t, files, "over")
		_, err := Load(files, "over")
		var found Diagnostics
		errors.As(err, &found)
		for _, d := range found {
			if !strings.Contains(d.Error(), "over/") {
				t.Errorf("this is told of what is extended alone: %v", d)
			}
		}
	})
}

// loadAnything loads what nobody has looked at. Load must return a spec, or
// diagnostics that point into its files.
func loadAnything(t *testing.T, fsys fstest.MapFS, dir string) {
	t.Helper()
	spec, err := Load(fsys, dir)
	if err == nil {
		if spec == nil {
			t.Fatal("neither spec nor error")
		}
		return
	}
	var diagnostics Diagnostics
	if !errors.As(err, &diagnostics) || len(diagnostics) == 0 || spec != nil {
		t.Fatalf("not diagnostics alone: %v", err)
	}
	for i, d := range diagnostics {
		if d.Code.Meaning() == "" || d.Message == "" || d.Hint == "" {
			t.Errorf("incomplete: %+v", d)
		}
		if !utf8.ValidString(d.Error()) {
			t.Errorf("not UTF-8 %q", d.Error())
		}
		if _, ok := fsys[d.File]; !ok || d.Line < 1 || d.Column < 1 || d.Column > utf8.RuneCountInString(d.Source)+1 {
			t.Errorf("it points at nothing: %+v", d)
		}
		if i > 0 && d.Pos.compare(diagnostics[i-1].Pos) < 0 {
			t.Errorf("out of order: %v after %v", d.Pos, diagnostics[i-1].Pos)
		}
	}
}
