package gen

import (
	"errors"
	"fmt"

	"github.com/misskeyactor/misskeyactor/spec"
)

// Options say where bindings go and what they are called. Directories are
// slash-separated and relative to one root, which is the caller's to choose.
type Options struct {
	// Dir is the directory of the bindings, Package their package name.
	Dir     string
	Package string

	// TypesDir is the directory of the entities. Leave it empty to generate
	// none and use the package that TypesImport names.
	TypesDir string
	// TypesImport is the import path of the entities.
	TypesImport string
	// TypesPackage is the entities' package name; by default PackageName of
	// TypesImport.
	TypesPackage string

	// Shared is where the entities of the dialect are that the spec extends in
	// the end. What the spec did not change of them is imported from there,
	// and only the rest is generated. Leave it zero to generate all.
	Shared Package
}

// Package names a Go package.
type Package struct {
	Import string // its import path
	Name   string // its name; by default PackageName of the path
}

// Generate makes the bindings of a spec. It reads and writes nothing.
// Equal input gives equal bytes. Where the spec cannot be made
// into Go, which is not for Load to see, it returns spec.Diagnostics.
func Generate(s *spec.Spec, opts Options) (*Tree, error) {
	if opts.TypesPackage == "" {
		opts.TypesPackage = PackageName(opts.TypesImport)
	}
	if opts.Shared.Import != "" && opts.Shared.Name == "" {
		opts.Shared.Name = PackageName(opts.Shared.Import)
	}
	if err := opts.validate(); err != nil {
		return nil, err
	}
	if opts.Shared != (Package{}) && bottom(s) == nil {
		return nil, fmt.Errorf("gen: %s extends no dialect that it could share entities with", s.Name)
	}
	f := newFaults(s)
	b := newBuilder(s, opts, f)
	prog := b.build()
	if len(f.found) > 0 {
		return nil, f.sorted()
	}
	b.importNames(opts)
	p := &printer{program: prog, opts: opts, tree: newTree(opts.Dir, opts.TypesDir)}
	p.entities()
	p.bindings()
	if p.err != nil {
		return nil, p.err
	}
	return p.tree, nil
}

// validate returns an error for options that no spec could make work.
func (o Options) validate() error {
	if o.TypesImport == "" {
		return errors.New("gen: the import path of the entities is not given")
	}
	if err := CheckPackageName(o.Package); err != nil && o.Package != "main" { // a program may have its bindings in itself
		return fmt.Errorf("gen: %q cannot be the package name of the bindings: %w; choose another (-package)", o.Package, err)
	}
	if err := CheckPackageName(o.TypesPackage); err != nil {
		return fmt.Errorf("gen: %q cannot be the package name of the entities: %w; name another directory for them (-types), or the package itself (-types-package)", o.TypesPackage, err)
	}
	if o.Shared.Import == "" && o.Shared.Name != "" {
		return errors.New("gen: the import path of the shared entities is not given")
	}
	if o.Shared.Import != "" {
		if err := CheckPackageName(o.Shared.Name); err != nil {
			return fmt.Errorf("gen: %q cannot be the package name of the shared entities: %w", o.Shared.Name, err)
		}
	}
	switch {
	case o.Shared.Import != "" && o.TypesDir == "":
		return fmt.Errorf("gen: entities cannot be shared with %s when they all come from %s", o.Shared.Import, o.TypesImport)
	case o.Dir == o.TypesDir:
		return fmt.Errorf("gen: bindings and entities cannot share the directory %q", o.Dir)
	}
	return nil
}
