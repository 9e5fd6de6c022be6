package gen

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/misskeyactor/misskeyactor/spec"
)

// TestNegative generates from specs that Load takes and Go does not. Each
// archive holds the diagnostics, with their positions, as "want".
func TestNegative(t *testing.T) {
	names, err := filepath.Glob("testdata/negative/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	seen := map[spec.Code]bool{}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, files := archive(t, name)
			tree, err := Generate(load(t, files, "spec"), testOptions())
			var diagnostics spec.Diagnostics
			if tree != nil || !errors.As(err, &diagnostics) {
				t.Fatalf("got %v and %v, want diagnostics alone", tree, err)
			}
			for _, d := range diagnostics {
				seen[d.Code] = true
			}
			got := diagnostics.Error() + "\n"
			if *update {
				keep := a.Files[:0]
				for _, f := range a.Files {
					if f.Name != "want" {
						keep = append(keep, f)
					}
				}
				a.Files = append(keep, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			want := ""
			for _, f := range a.Files {
				if f.Name == "want" {
					want = string(f.Data)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
	for _, code := range []spec.Code{CodeCollision, CodeGoName, CodeAs, CodeKey} {
		if !seen[code] {
			t.Errorf("no archive shows %s", code)
		}
	}
}
