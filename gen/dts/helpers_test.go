package dts_test

import (
	"bytes"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/misskeyactor/misskeyactor/gen/dts"
	"github.com/misskeyactor/misskeyactor/spec"
)

// published returns the files of misskey-js 2026.5.1, for the test to alter.
func published(t testing.TB) fstest.MapFS {
	t.Helper()
	data, err := os.ReadFile("testdata/misskey-js-2026.5.1.tgz")
	if err != nil {
		t.Fatal(err)
	}
	fsys, err := dts.Archive(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, name := range []string{
		"package.json", "built/streaming.types.d.ts", "built/entities.d.ts", "built/consts.d.ts",
		"built/autogen/entities.d.ts", "built/autogen/models.d.ts", "built/autogen/types.d.ts",
	} {
		data, err := fs.ReadFile(fsys, "package/"+name)
		if err != nil {
			t.Fatal(err)
		}
		files["misskey-js/"+name] = &fstest.MapFile{Data: data}
	}
	return files
}

// alter replaces the one occurrence of old in a file of a package.
func alter(t *testing.T, files fstest.MapFS, name, old, new string) {
	t.Helper()
	text := string(files[name].Data)
	if n := strings.Count(text, old); n != 1 {
		t.Fatalf("%d times %q in %s", n, old, name)
	}
	files[name].Data = []byte(strings.Replace(text, old, new, 1))
}

func read(t testing.TB, files fs.FS) *dts.API {
	t.Helper()
	api, err := dts.Read(files, "misskey-js")
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func upstreamSpec(t testing.TB) *spec.Spec {
	t.Helper()
	s, err := spec.Misskey()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func section(a *txtar.Archive, name string) *txtar.File {
	for i := range a.Files {
		if a.Files[i].Name == name {
			return &a.Files[i]
		}
	}
	return nil
}

// declarations returns the files of an archive whose names end in .d.ts, with
// an empty set of broadcasts where there is none.
func declarations(a *txtar.Archive) fstest.MapFS {
	files := fstest.MapFS{}
	for _, f := range a.Files {
		if strings.HasSuffix(f.Name, ".d.ts") {
			files["misskey-js/"+f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return files
}
