package spec

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected diagnostics in testdata/negative")

// TestNegative loads what testdata/negative holds. An archive has the files of
// a faulty spec under bad, the exact diagnostics as want, and under near what
// is almost the same and must load. base.yaml belongs to both, unless the
// archive brings one, which is then for bad only.
func TestNegative(t *testing.T) {
	base, err := os.ReadFile("testdata/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archives(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			bad := fstest.MapFS{"spec/base.yaml": {Data: base}}
			near := fstest.MapFS{"spec/base.yaml": {Data: base}}
			below := fstest.MapFS{} // what both extend
			want, hasNear := -1, false
			for i, f := range archive.Files {
				switch dir, name := filepath.Split(f.Name); {
				case f.Name == "want":
					want = i
				case f.Name == "base.yaml":
					bad["spec/base.yaml"].Data = f.Data
					near = fstest.MapFS{}
				case dir == "below/":
					below[f.Name] = &fstest.MapFile{Data: f.Data}
				case dir == "bad/":
					bad["spec/"+name] = &fstest.MapFile{Data: f.Data}
				case dir == "near/":
					near["spec/"+name] = &fstest.MapFile{Data: f.Data}
					hasNear = true
				default:
					t.Fatalf("%s: a file belongs into bad or near", f.Name)
				}
			}

			maps.Copy(bad, below)
			maps.Copy(near, below)
			_, err = Load(bad, "spec")
			if err == nil {
				t.Fatal("the bad spec loads")
			}
			got := strings.ReplaceAll(err.Error(), "spec/", "") + "\n"
			switch {
			case *update && want < 0:
				archive.Files = append(archive.Files, txtar.File{Name: "want", Data: []byte(got)})
			case *update:
				archive.Files[want].Data = []byte(got)
			case want < 0:
				t.Fatal("there is no want")
			default:
				if diff := cmp.Diff(string(archive.Files[want].Data), got); diff != "" {
					t.Errorf("diagnostics (-want +got):\n%s", diff)
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}

			if hasNear {
				if _, err := Load(near, "spec"); err != nil {
					t.Errorf("the near miss does not load:\n%v", err)
				}
			}
		})
	}
}

// TestNegativeCoversEveryCode holds the corpus to the table of codes: each has
// an archive of its name, and that archive reports it. What cannot stand in a
// text file is in TestLoadUnreadable.
func TestNegativeCoversEveryCode(t *testing.T) {
	inText := map[Code]string{}
	for _, file := range archives(t) {
		code, _, _ := strings.Cut(filepath.Base(file), "-")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		inText[Code(code)] = string(data)
	}
	for code, meaning := range meanings {
		if code.Meaning() == "" {
			t.Errorf("%s has no meaning", code)
		}
		if !textless[code] && !strings.Contains(inText[code], "["+string(code)+"]") {
			t.Errorf("no archive of its name reports %s (%s)", code, meaning)
		}
	}
}

func archives(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/negative/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	return files
}
