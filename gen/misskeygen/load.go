package main

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/spec"
)

// loadSpec loads what a SPEC on the command line stands for: a dialect that
// comes with the command, by its name, or a directory or file.
func loadSpec(arg string) (*spec.Spec, error) {
	names := spec.Dialects()
	if slices.Contains(names, arg) {
		return spec.Dialect(arg)
	}
	name := filepath.ToSlash(filepath.Clean(arg))
	if _, err := os.Stat(arg); errors.Is(err, fs.ErrNotExist) && isWord(arg) {
		return nil, wrongCallf("there is no spec %q%s\nWrite a directory or file, or one of the dialects that come with the command: %s",
			arg, didYouMean(arg, names), strings.Join(names, ", "))
	}
	return spec.Load(disk{}, name)
}

// loadSpecs loads two specs; when both have faults, all are in the error.
func loadSpecs(before, after string) (old, new *spec.Spec, err error) {
	old, oldErr := loadSpec(before)
	new, newErr := loadSpec(after)
	var faults, more spec.Diagnostics
	if errors.As(oldErr, &faults) && errors.As(newErr, &more) {
		return old, new, append(faults, more...)
	}
	return old, new, cmp.Or(oldErr, newErr)
}

// isWord reports whether what was written for a spec may have been meant as
// a dialect's name.
func isWord(arg string) bool { return arg != "" && !strings.ContainsAny(arg, `/\.`) }

// disk is the file system by the paths that a command line has: relative to
// the working directory, with "..", or absolute. Positions in diagnostics are
// then what an editor can open.
type disk struct{}

func (disk) Open(name string) (fs.File, error) { return os.Open(filepath.FromSlash(name)) }
