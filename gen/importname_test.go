package gen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryDialectNameCompilesOrIsRefused generates with names for the package
// of entities that generated code uses itself, or that Go has a meaning for.
func TestEveryDialectNameCompilesOrIsRefused(t *testing.T) {
	s := load(t, os.DirFS(".."), "gen/internal/fork/spec")
	for _, name := range []string{
		"any", "append", "error", "float64", "iota", "len", "nil", "string", "true",
		"d", "e", "h", "m", "s", "v", "body", "event", "empty", "inner", "key", "raw", "seen", "seenNote", "tag", "typ", "err",
		"actor", "codec", "context", "iter", "json", "jx", "opt", "runtime", "time",
		"dialect", "newGap", "loungeChannel", "loungeEvents", "Client", "Gap", "Note", "bot", "internal", "entities",
	} {
		t.Run(name, func(t *testing.T) {
			opts := Options{Dir: "bot", Package: "bot", TypesDir: "bot/" + name, TypesImport: "example.org/bot/" + name}
			tree, err := Generate(s, opts)
			if err != nil {
				t.Fatal(err)
			}
			typeCheck(t, tree, opts)
			checkFormat(t, tree)

			opts = testOptions()
			opts.Package = name
			if tree, err = Generate(s, opts); err != nil {
				t.Fatal(err)
			}
			typeCheck(t, tree, opts)
		})
	}
	for _, name := range []string{"main", "init", "_", "func", "go", "type", "2nd", "my-fork", ""} {
		for what, change := range map[string]func(*Options){
			"-types-package": func(o *Options) { o.TypesPackage, o.TypesImport = name, "example.org/bot/"+name },
			"-package":       func(o *Options) { o.Package = name },
		} {
			if name == "main" && what == "-package" {
				continue // a program may have its bindings in itself
			}
			opts := testOptions()
			change(&opts)
			if opts.TypesPackage == "" && what == "-types-package" {
				opts.TypesImport = "example.org/bot/my-fork"
			}
			if _, err := Generate(s, opts); err == nil || !strings.Contains(err.Error(), what) {
				t.Errorf("%q for %s: error %v, want one that tells of the flag", name, what, err)
			}
		}
	}
}

// TestSharedEntitiesMayHaveAnyName has both packages of entities called what
// the other one, or generated code, is called.
func TestSharedEntitiesMayHaveAnyName(t *testing.T) {
	s := load(t, os.DirFS(".."), "examples/fork/myserver.yaml")
	for _, name := range []string{"misskey", "codec", "d"} {
		opts := Options{Dir: "bot", Package: "bot", TypesDir: "bot/" + name, TypesImport: "example.org/bot/" + name,
			Shared: Package{Import: modulePath + "/streaming/misskey"}}
		tree, err := Generate(s, opts)
		if err != nil {
			t.Fatal(err)
		}
		typeCheck(t, tree, opts)
	}
}

// TestLocalNamesAreThoseThatArePrinted holds the table to what upstream's and
// the test's bindings declare inside of functions, and import.
func TestLocalNamesAreThoseThatArePrinted(t *testing.T) {
	fork, err := Generate(load(t, os.DirFS(".."), "gen/internal/fork/spec"), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	printed := map[string]bool{}
	for _, tree := range []*Tree{misskey(t), fork} {
		for _, name := range tree.Paths() {
			file, err := parser.ParseFile(token.NewFileSet(), name, tree.File(name), parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range file.Imports {
				importPath, err := strconv.Unquote(i.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				if base := path.Base(importPath); base != "misskey" && base != "entities" {
					printed[base] = true
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				declared(n, func(id *ast.Ident) {
					if !id.IsExported() && id.Name != "_" {
						printed[id.Name] = true
					}
				})
				return true
			})
		}
	}
	b := newBuilder(load(t, os.DirFS(".."), "gen/internal/fork/spec"), testOptions(), newFaults(nil))
	b.build()
	up := newBuilder(load(t, os.DirFS(".."), "spec/misskey"), testOptions(), newFaults(nil))
	up.build()
	for name := range printed {
		if !slices.Contains(localNames, name) && !strings.HasPrefix(name, seenPrefix) && !b.parameters[name] && !up.parameters[name] {
			t.Errorf("%q is declared in a generated function or imported, and not in the table", name)
		}
	}
	for _, name := range localNames {
		if !printed[name] {
			t.Errorf("%q is in the table, and not printed", name)
		}
	}
}

// declared calls f with what a node declares in a function: its receiver,
// parameters and variables.
func declared(n ast.Node, f func(*ast.Ident)) {
	lists := func(all ...*ast.FieldList) {
		for _, list := range all {
			if list == nil {
				continue
			}
			for _, field := range list.List {
				for _, id := range field.Names {
					f(id)
				}
			}
		}
	}
	each := func(all ...ast.Expr) {
		for _, e := range all {
			if id, ok := e.(*ast.Ident); ok {
				f(id)
			}
		}
	}
	switch n := n.(type) {
	case *ast.FuncDecl:
		lists(n.Recv)
	case *ast.FuncType:
		lists(n.Params, n.Results)
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE {
			each(n.Lhs...)
		}
	case *ast.RangeStmt:
		each(n.Key, n.Value)
	case *ast.DeclStmt:
		for _, s := range n.Decl.(*ast.GenDecl).Specs {
			if v, ok := s.(*ast.ValueSpec); ok {
				for _, id := range v.Names {
					f(id)
				}
			}
		}
	}
}
