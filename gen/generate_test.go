package gen

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/misskeyactor/misskeyactor/spec"
)

// TestUpstream checks what is generated from the real spec.
func TestUpstream(t *testing.T) {
	tree := misskey(t)
	typeCheck(t, tree, Options{Dir: "streaming", TypesDir: "streaming/misskey", TypesImport: modulePath + "/streaming/misskey"})
	checkFormat(t, tree)
}

// TestCommittedFilesAreCurrent is `misskeygen check` for everything that is
// generated in this module.
func TestCommittedFilesAreCurrent(t *testing.T) {
	files := os.DirFS("..")
	fork, err := Generate(load(t, files, "gen/internal/fork/spec"), Options{
		Dir: "gen/internal/fork", Package: "fork", TypesDir: "gen/internal/fork/entities",
		TypesImport: modulePath + "/gen/internal/fork/entities",
	})
	if err != nil {
		t.Fatal(err)
	}
	misskey12, _ := dialect(t, "misskey-12", "misskey12")
	misskeyio, _ := dialect(t, "misskeyio", "misskeyio")
	for _, tree := range []*Tree{misskey(t), fork, misskey12, misskeyio} {
		differences, err := tree.Check("..")
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range differences {
			t.Errorf("%s is %s; run go generate .\n%s", d.Path, d.Kind, d.Diff)
		}
	}
}

// TestTwentyRunsGiveTheSameBytes loads and generates every dialect twenty
// times.
func TestTwentyRunsGiveTheSameBytes(t *testing.T) {
	for _, name := range spec.Dialects() {
		t.Run(name, func(t *testing.T) {
			first := dialectTree(t, name)
			for run := range 19 {
				tree := dialectTree(t, name)
				if !slices.Equal(tree.Paths(), first.Paths()) {
					t.Fatalf("run %d has other files", run+2)
				}
				for _, name := range tree.Paths() {
					if !bytes.Equal(tree.File(name), first.File(name)) {
						t.Fatalf("run %d prints %s otherwise", run+2, name)
					}
				}
			}
		})
	}
}

// dialectTree generates a dialect that comes with the module; one that extends
// upstream shares its entities.
func dialectTree(t *testing.T, name string) *Tree {
	t.Helper()
	s, err := spec.Dialect(name)
	if err != nil {
		t.Fatal(err)
	}
	opts := testOptions()
	if s.Extends != nil {
		opts.Shared = Package{Import: modulePath + "/streaming/misskey"}
	}
	tree, err := Generate(s, opts)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestEntitiesOfAnotherPackage(t *testing.T) {
	files := os.DirFS("..")
	opts := Options{Dir: "bot", Package: "bot", TypesImport: modulePath + "/streaming/misskey"}
	tree, err := Generate(load(t, files, "spec/misskey"), opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tree.Paths() {
		if path.Dir(name) != "bot" {
			t.Errorf("%s is generated, though entities are imported", name)
		}
	}
	typeCheck(t, tree, opts)
}

func TestFileNamesMeanNothingToTheBuild(t *testing.T) {
	_, files := archive(t, "testdata/golden/names.txtar")
	tree, err := Generate(load(t, files, "spec"), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tree.Paths() {
		if hasBuildSuffix(strings.TrimSuffix(path.Base(name), ".go")) {
			t.Errorf("go would not build %s everywhere", name)
		}
	}
}

// TestFilesOfLongNamesCanBeWritten: names that differ behind where they are cut
// get files of their own.
func TestFilesOfLongNamesCanBeWritten(t *testing.T) {
	long := strings.Repeat("lång", 80)
	s := load(t, fstest.MapFS{"long.yaml": {Data: []byte("name: long\nextends: misskey\nwithout: [admin]\nchannels:\n  " +
		long + "1: {events: {a: {body: null}}}\n  " + long + "2: {events: {a: {body: null}}}\n")}}, "long.yaml")
	tree, err := Generate(s, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.Write(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	long = exported(long)
	for _, name := range []string{long + "1", long + "2"} {
		if !slices.ContainsFunc(tree.Paths(), func(p string) bool {
			return strings.Contains(string(tree.File(p)), "type "+name+"Subscription struct")
		}) {
			t.Errorf("no file has %.10s…%s", name, name[len(name)-1:])
		}
	}
	typeCheck(t, tree, testOptions())
}

func TestOptionsThatCannotWork(t *testing.T) {
	s := load(t, os.DirFS(".."), "spec/misskey")
	good := Options{Dir: "a", Package: "a", TypesDir: "b", TypesImport: "x/b"}
	for _, change := range []func(*Options){
		func(o *Options) { o.Package = "a-b" },
		func(o *Options) { o.Package = "" },
		func(o *Options) { o.TypesImport = "" },
		func(o *Options) { o.TypesPackage = "type" },
		func(o *Options) { o.TypesImport = "x/my-types" },
		func(o *Options) { o.TypesDir = "a" },
	} {
		opts := good
		change(&opts)
		if tree, err := Generate(s, opts); err == nil || tree != nil {
			t.Errorf("%+v is accepted", opts)
		}
	}
	if _, err := Generate(s, good); err != nil {
		t.Error(err)
	}
}

func TestMoreRequiredFieldsThanCanBeTracked(t *testing.T) {
	s := load(t, os.DirFS(".."), "gen/internal/fork/spec")
	for _, typ := range s.Types {
		if typ.Name != "Powers" {
			continue
		}
		for i := range maxRequired {
			typ.Fields = append(typ.Fields, &spec.Field{
				Pos: typ.Pos, Name: fmt.Sprintf("f%d", i), Type: &spec.TypeExpr{Basic: spec.Boolean},
			})
		}
	}
	_, err := Generate(s, testOptions())
	var diagnostics spec.Diagnostics
	if !errors.As(err, &diagnostics) || len(diagnostics) != 1 || diagnostics[0].Code != CodeTooMany {
		t.Errorf("error %v, want one of code %s", err, CodeTooMany)
	}
}
