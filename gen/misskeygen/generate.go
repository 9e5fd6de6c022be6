package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"go/build"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen"
	"github.com/misskeyactor/misskeyactor/spec"
)

const flagsUsage = `
  -spec SPEC     the spec (default the directory spec/misskey)
  -out DIR       the directory of the bindings (default streaming)
  -package NAME  their package name (default the last part of -out)
  -types WHERE   the entities: a directory to generate them in (default -out
                 and the spec's name), or the import path of a package that
                 has them, when nothing is to be generated. What has a dot in
                 its first part, as in example.org/x, is an import path.
  -types-package NAME
                 the package name of the entities (default what the package has
                 that is there, else what its import path suggests)
  -share PATH    for a spec that extends another one: the import path of the
                 entities of the dialect at the bottom. Those that the spec
                 does not change are imported from there, and the others
                 generated. The default for what extends upstream Misskey is
                 its package in this module; none generates them all.
  -json          print faults as JSON
`

const generateUsage = `misskeygen generate [flags]

Writes the bindings of a spec. In the directories it writes to, files that an
earlier run wrote and that are no longer wanted are removed; files of other
origin are never touched.
` + flagsUsage + `
  misskeygen generate
  misskeygen generate -spec myfork -out mybot/fork
  misskeygen generate -spec myfork -out mybot/fork \
      -types github.com/misskeyactor/misskeyactor/streaming/misskey
`

// target says what to generate, and where.
type target struct {
	spec, out, pkg, types, typesPkg, share string
}

func (t *target) flags(flags *flag.FlagSet) {
	flags.StringVar(&t.spec, "spec", "spec/misskey", "")
	flags.StringVar(&t.out, "out", "streaming", "")
	flags.StringVar(&t.pkg, "package", "", "")
	flags.StringVar(&t.types, "types", "", "")
	flags.StringVar(&t.typesPkg, "types-package", "", "")
	flags.StringVar(&t.share, "share", "", "")
}

func generate(c *task) error {
	tree, err := c.tree()
	if err != nil {
		return err
	}
	if err := tree.Write(""); err != nil {
		return err
	}
	if c.json {
		c.printJSON(diagnosticsReport{c.name(), diagnosticsJSON(nil)})
	}
	return nil
}

// tree makes the bindings that the flags ask for.
func (c *task) tree() (*gen.Tree, error) {
	var t target
	flags := c.flags()
	t.flags(flags)
	c.jsonFlag(flags)
	if err := c.parse(flags, 0, 0, ""); err != nil {
		return nil, err
	}
	defer c.progress("generating " + t.out)()
	return t.tree()
}

// tree loads the spec and makes the bindings.
func (t *target) tree() (*gen.Tree, error) {
	s, err := loadSpec(t.spec)
	if err != nil {
		return nil, err
	}
	out := filepath.ToSlash(filepath.Clean(t.out))
	opts := gen.Options{Dir: out, Package: t.pkg, TypesPackage: t.typesPkg}
	for _, f := range []struct{ flag, dir string }{{"-out", t.out}, {"-types", t.types}} {
		if err := isDirectory(f.flag, f.dir); err != nil {
			return nil, err
		}
	}
	if opts.Package == "" {
		if opts.Package, err = packageName(t.out); err != nil {
			return nil, err
		}
		if opts.Package == "main" {
			return nil, wrongCallf("-out %s would make a package main, which is a program: choose a name with -package, or another directory", t.out)
		}
	}
	switch {
	case t.types == "":
		name := packageOf(s.Name)
		if err := checkPackage(name); err != nil {
			return nil, wrongCallf("the entities of %s cannot be in a package %s: %v; name another directory for them (-types)", s.Name, name, err)
		}
		opts.TypesDir = path.Join(out, name)
	case isImportPath(t.types):
		opts.TypesImport = t.types
		opts.TypesPackage = cmp.Or(t.typesPkg, packageNameOf(t.types))
	default:
		opts.TypesDir = filepath.ToSlash(filepath.Clean(t.types))
	}
	if opts.TypesDir != "" {
		if same(t.out, opts.TypesDir) {
			return nil, fmt.Errorf("-out and -types are both %s: bindings and entities need a directory each", t.out)
		}
		if opts.TypesImport, err = gen.ImportPath(filepath.FromSlash(opts.TypesDir)); err != nil {
			return nil, err
		}
	}
	if opts.Shared.Import, err = t.shared(s); err != nil {
		return nil, err
	}
	if t.share != "" && opts.Shared.Import != "" {
		opts.Shared.Name = packageNameOf(opts.Shared.Import)
	}
	return gen.Generate(s, opts)
}

// reservedDirectories are names of directories whose packages Go lets nobody
// import from elsewhere, or passes over.
var reservedDirectories = []string{"internal", "testdata", "vendor"}

// packageOf is the name of the package of a dialect's entities, unless one is
// given.
func packageOf(dialect string) string { return strings.ReplaceAll(dialect, "-", "") }

// checkPackage returns why no package that a bot imports can be in a directory
// of that name.
func checkPackage(name string) error {
	if slices.Contains(reservedDirectories, name) {
		return errors.New("directories of that name mean something of their own to Go")
	}
	return gen.CheckPackageName(name)
}

// isDirectory refuses what is there and is no directory.
func isDirectory(flag, dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return wrongCallf("%s %s is a file; name the directory that the files are to be in", flag, dir)
	}
	return nil
}

// upstreamEntities is the package of the entities of upstream Misskey.
const upstreamEntities = "github.com/misskeyactor/misskeyactor/streaming/misskey"

// shared is the import path of the entities to share, or "".
func (t *target) shared(s *spec.Spec) (string, error) {
	switch {
	case t.share == "none":
		return "", nil
	case t.share != "" && isImportPath(t.types):
		return "", wrongCallf("-share and -types both say where all entities come from: leave one of them out")
	case t.share != "":
		return t.share, nil
	case s.Extends == nil || isImportPath(t.types):
		return "", nil
	}
	for s.Extends != nil {
		s = s.Extends
	}
	if s.BuiltIn && s.Name == "misskey" {
		return upstreamEntities, nil
	}
	return "", nil
}

// same reports whether two directories are one, however they are written.
func same(a, b string) bool {
	return real(a) == real(b)
}

// real is the directory's own path, as far as it exists.
func real(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	if resolved, err := filepath.EvalSymlinks(abs); err == nil {
		return resolved
	}
	return abs
}

// packageName is the package name that the directory suggests.
func packageName(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.Base(abs), nil
}

// packageNameOf reads the name of a package that a program here can import; ""
// when there is none.
func packageNameOf(importPath string) string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	p, _ := build.Default.Import(importPath, dir, 0)
	return p.Name // as far as it is known, whatever the error
}

// isImportPath reports whether the value of -types names a package rather
// than a directory.
func isImportPath(where string) bool {
	first, _, _ := strings.Cut(where, "/")
	return strings.Contains(strings.Trim(first, "."), ".")
}
