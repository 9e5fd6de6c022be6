package gen

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/misskeyactor/misskeyactor/spec"
)

// TestNegative generates from specs that Load takes and Go does not. An
// archive is named after the code it is about. It holds a faulty spec under
// spec, the diagnostics with their positions as want, and under near files
// that take the place of those of the same name under spec, with which it must
// generate.
func TestNegative(t *testing.T) {
	for _, name := range negativeArchives(t) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, files := archive(t, name)
			tree, err := Generate(load(t, files, "spec"), testOptions())
			var diagnostics spec.Diagnostics
			if tree != nil || !errors.As(err, &diagnostics) {
				t.Fatalf("got %v and %v, want diagnostics alone", tree, err)
			}
			got := diagnostics.Error() + "\n"
			if *update {
				rewriteWant(t, name, a, got)
			} else if diff := cmp.Diff(fileOf(a, "want"), got); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}

			tree, err = Generate(load(t, nearMiss(t, a, files), "spec"), testOptions())
			if err != nil {
				t.Fatalf("the near miss does not generate:\n%v", err)
			}
			typeCheck(t, tree, testOptions())
		})
	}
}

// TestNegativeCoversEveryCode holds the corpus to the codes that the package
// declares: each has an archive of its name, which reports it.
func TestNegativeCoversEveryCode(t *testing.T) {
	reported := map[string]bool{}
	for _, name := range negativeArchives(t) {
		a, _ := archive(t, name)
		code, _, _ := strings.Cut(filepath.Base(name), "-")
		if strings.Contains(fileOf(a, "want"), "["+code+"]") {
			reported[code] = true
		}
	}
	for code := range codes(t) {
		if strings.HasPrefix(code, "GN") && !reported[code] {
			t.Errorf("no archive of its name reports %s", code)
		}
	}
}

// codes finds the codes that the package declares, in its source.
func codes(t *testing.T) map[string]bool {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			constant, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			typ, ok := constant.Type.(*ast.SelectorExpr)
			if !ok || typ.Sel.Name != "Code" {
				return true
			}
			for _, v := range constant.Values {
				if literal, ok := v.(*ast.BasicLit); ok {
					code, err := strconv.Unquote(literal.Value)
					if err != nil {
						t.Fatal(err)
					}
					found[code] = true
				}
			}
			return true
		})
	}
	if len(found) < 6 {
		t.Fatalf("found only %v", found)
	}
	return found
}

func negativeArchives(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/negative/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	return names
}

// nearMiss returns the files with those under near in their places.
func nearMiss(t *testing.T, a *txtar.Archive, files fstest.MapFS) fs.FS {
	t.Helper()
	near := fstest.MapFS{}
	for name, file := range files {
		near[name] = file
	}
	changed := false
	for _, f := range a.Files {
		name, ok := strings.CutPrefix(f.Name, "near/")
		if !ok {
			continue
		}
		if near["spec/"+name] == nil {
			t.Fatalf("%s takes the place of no file", f.Name)
		}
		near["spec/"+name] = &fstest.MapFile{Data: f.Data}
		changed = true
	}
	if !changed {
		t.Fatal("there is no near miss")
	}
	return near
}

func fileOf(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func rewriteWant(t *testing.T, name string, a *txtar.Archive, want string) {
	t.Helper()
	a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
	a.Files = append(a.Files, txtar.File{Name: "want", Data: []byte(want)})
	if err := os.WriteFile(name, txtar.Format(a), 0o666); err != nil {
		t.Fatal(err)
	}
}
