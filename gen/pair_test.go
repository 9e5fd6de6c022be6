package gen

import (
	"os"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/misskeyactor/misskeyactor/spec"
)

// pairArchive reads an archive of specs to compare; testdata/base.yaml belongs to each spec that has
// none of its own.
func pairArchive(t *testing.T, name string) (*txtar.Archive, fstest.MapFS) {
	t.Helper()
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	base, err := os.ReadFile("testdata/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, dir := range []string{"old", "new", "near"} {
		files[dir+"/base.yaml"] = &fstest.MapFile{Data: base}
	}
	for _, f := range a.Files {
		if f.Name != "want" {
			files[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return a, files
}

// placeText is a position, or "nowhere".
func placeText(pos spec.Pos) string {
	if pos == (spec.Pos{}) {
		return "nowhere"
	}
	return pos.String()
}
