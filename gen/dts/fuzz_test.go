package dts_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"github.com/misskeyactor/misskeyactor/gen/dts"
	"github.com/misskeyactor/misskeyactor/gen/upstream"
	"github.com/misskeyactor/misskeyactor/spec"
)

// FuzzParse reads any text as the declarations of the streaming API, beside
// other files of the package. It must not panic, run on, or return anything
// but an API that can be used or faults that point into the files.
func FuzzParse(f *testing.F) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		f.Fatal("no archives", err)
	}
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".d.ts") {
				f.Add(file.Data)
			}
		}
	}
	for _, e := range dts.Explanations() {
		f.Add([]byte(e.Wrong))
		f.Add([]byte(e.Right))
	}
	full, err := txtar.ParseFile("testdata/channels.txtar")
	if err != nil {
		f.Fatal(err)
	}
	others := declarations(full)
	s := upstreamSpec(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		files := fstest.MapFS{"misskey-js/built/streaming.types.d.ts": {Data: text}}
		for name, file := range others {
			if files[name] == nil {
				files[name] = file
			}
		}
		api, err := dts.Read(files, "misskey-js")
		if err == nil {
			yaml, _ := dts.Seed(api)
			if !utf8.Valid(yaml) {
				t.Error("the seed is not UTF-8")
			}
			upstream.Judge(dts.Compare(api, s), nil)
			return
		}
		var diagnostics spec.Diagnostics
		if !errors.As(err, &diagnostics) || len(diagnostics) == 0 || api != nil {
			t.Fatalf("not faults alone: %v", err)
		}
		for _, d := range diagnostics {
			if d.Code == "" || d.Message == "" || d.Hint == "" || !utf8.ValidString(d.Error()) {
				t.Errorf("incomplete: %+v", d)
			}
			if _, err := fs.Stat(files, d.File); err != nil || d.Line < 1 || d.Column < 1 || d.Column > utf8.RuneCountInString(d.Source)+2 {
				t.Errorf("it points at nothing: %+v", d)
			}
		}
	})
}
