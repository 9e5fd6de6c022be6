package main

import (
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen"
	"github.com/misskeyactor/misskeyactor/spec"
)

const flagsUsage = `
  -spec DIR      the spec's directory of YAML files (default spec/misskey)
  -out DIR       the directory of the bindings (default streaming)
  -package NAME  their package name (default the last part of -out)
  -types WHERE   the entities: a directory to generate them in (default -out
                 and the spec's name), or the import path of a package that
                 has them, when nothing is to be generated. What has a dot in
                 its first part, as in example.org/x, is an import path.
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

const checkUsage = `misskeygen check [flags]

Compares the bindings with the spec and writes nothing. It prints every file
that differs, is missing or is stale, and then exits with 1.
` + flagsUsage + `
  misskeygen check
  misskeygen check -spec myfork -out mybot/fork
`

// target says what to generate, and where.
type target struct {
	spec, out, pkg, types string
}

func (t *target) flags(flags *flag.FlagSet) {
	flags.StringVar(&t.spec, "spec", "spec/misskey", "")
	flags.StringVar(&t.out, "out", "streaming", "")
	flags.StringVar(&t.pkg, "package", "", "")
	flags.StringVar(&t.types, "types", "", "")
}

func generate(args []string, _, stderr io.Writer) error {
	tree, err := makeTree("generate", generateUsage, args, stderr)
	if err != nil {
		return err
	}
	return tree.Write("")
}

func check(args []string, stdout, stderr io.Writer) error {
	tree, err := makeTree("check", checkUsage, args, stderr)
	if err != nil {
		return err
	}
	differences, err := tree.Check("")
	if err != nil || len(differences) == 0 {
		return err
	}
	for _, d := range differences {
		fmt.Fprintf(stdout, "%s %s\n%s", d.Path, d.Kind, d.Diff)
	}
	fmt.Fprintf(stderr, "misskeygen: %d of the files are not as the spec makes them; run misskeygen generate with the same flags\n",
		len(differences))
	return errDifferent
}

func makeTree(name, usage string, args []string, stderr io.Writer) (*gen.Tree, error) {
	var t target
	flags := newFlags(name, usage, stderr)
	t.flags(flags)
	if err := parse(flags, args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "misskeygen %s: unexpected argument %q\n\n%s", name, flags.Arg(0), usage)
		return nil, errUsage
	}
	return t.tree()
}

// tree loads the spec and makes the bindings.
func (t *target) tree() (*gen.Tree, error) {
	files := disk{}
	s, err := spec.Load(files, filepath.ToSlash(filepath.Clean(t.spec)))
	if err != nil {
		return nil, err
	}
	out := filepath.ToSlash(filepath.Clean(t.out))
	opts := gen.Options{Dir: out, Package: t.pkg, Files: files}
	if opts.Package == "" {
		if opts.Package, err = packageName(t.out); err != nil {
			return nil, err
		}
	}
	switch {
	case t.types == "":
		opts.TypesDir = path.Join(out, strings.ReplaceAll(s.Name, "-", ""))
	case isImportPath(t.types):
		opts.TypesImport = t.types
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
	return gen.Generate(s, opts)
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

// isImportPath reports whether the value of -types names a package rather
// than a directory.
func isImportPath(where string) bool {
	first, _, _ := strings.Cut(where, "/")
	return strings.Contains(strings.Trim(first, "."), ".")
}

// disk is the file system by the paths that a command line has: relative to
// the working directory, with "..", or absolute. Positions in diagnostics are
// then what an editor can open.
type disk struct{}

func (disk) Open(name string) (fs.File, error) { return os.Open(filepath.FromSlash(name)) }
