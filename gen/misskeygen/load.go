package main

import (
	"cmp"
	"errors"
	"flag"
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

// twoSpecs loads the two specs of a command line; when both have faults, all are
// in the error.
func (c *task) twoSpecs(flags *flag.FlagSet) (old, new *spec.Spec, err error) {
	if err := c.parse(flags, 2, 2, "two specs"); err != nil {
		return nil, nil, err
	}
	old, oldErr := loadSpec(c.args[0])
	new, newErr := loadSpec(c.args[1])
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
