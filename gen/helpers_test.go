package gen

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/misskeyactor/misskeyactor/spec"
)

// load loads the dialect in dir.
func load(t testing.TB, files fs.FS, dir string) *spec.Spec {
	t.Helper()
	s, err := spec.Load(files, dir)
	if err != nil {
		t.Fatalf("load %s:\n%v", dir, err)
	}
	return s
}

// archive reads a txtar file. Files below spec/ are the spec to generate from.
func archive(t *testing.T, name string) (*txtar.Archive, fstest.MapFS) {
	t.Helper()
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, f := range a.Files {
		if strings.HasPrefix(f.Name, "spec/") {
			files[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return a, files
}

// testOptions generate into bot and bot/entities of a module example.org/bot.
func testOptions() Options {
	return Options{
		Dir: "bot", Package: "bot", TypesDir: "bot/entities", TypesImport: "example.org/bot/entities",
	}
}

// misskey generates upstream's bindings, as they stand in this module.
func misskey(t testing.TB) *Tree {
	t.Helper()
	files := os.DirFS("..")
	tree, err := Generate(load(t, files, "spec/misskey"), Options{
		Dir: "streaming", Package: "streaming", TypesDir: "streaming/misskey",
		TypesImport: modulePath + "/streaming/misskey",
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// typeCheck checks both packages of a tree, and returns that of the bindings.
func typeCheck(t *testing.T, tree *Tree, opts Options) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	checked := map[string]*types.Package{}
	base := exportImporter(t, fset)
	imports := importerFunc(func(importPath string) (*types.Package, error) {
		if p, ok := checked[importPath]; ok {
			return p, nil
		}
		return base.Import(importPath)
	})
	check := func(dir, importPath string) *types.Package {
		var files []*ast.File
		for _, name := range tree.Paths() {
			if path.Dir(name) != dir {
				continue
			}
			f, err := parser.ParseFile(fset, name, tree.File(name), parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		config := types.Config{Importer: imports, Error: func(err error) { t.Error(err) }}
		p, _ := config.Check(importPath, fset, files, nil)
		return p
	}
	if opts.TypesDir != "" {
		checked[opts.TypesImport] = check(opts.TypesDir, opts.TypesImport)
	}
	return check(opts.Dir, "example.org/bot")
}

type importerFunc func(string) (*types.Package, error)

func (f importerFunc) Import(importPath string) (*types.Package, error) { return f(importPath) }

// exportImporter imports what generated code imports, from the build cache.
func exportImporter(t *testing.T, fset *token.FileSet) types.Importer {
	t.Helper()
	files, err := exportFiles()
	if err != nil {
		t.Fatal(err)
	}
	return importer.ForCompiler(fset, "gc", func(importPath string) (io.ReadCloser, error) {
		name, ok := files[importPath]
		if !ok {
			return nil, fmt.Errorf("%s is not among what generated code may import", importPath)
		}
		return os.Open(name)
	})
}

// exportFiles finds the compiled form of the runtime and all below it.
var exportFiles = sync.OnceValues(func() (map[string]string, error) {
	out, err := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export",
		runtimePath, codecPath, optPath, modulePath+"/streaming/misskey").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return nil, fmt.Errorf("go list: %s", exit.Stderr)
		}
		return nil, err
	}
	files := map[string]string{}
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p struct{ ImportPath, Export string }
		if err := d.Decode(&p); err != nil {
			return nil, err
		}
		files[p.ImportPath] = p.Export
	}
	return files, nil
})
