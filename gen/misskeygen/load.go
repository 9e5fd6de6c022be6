package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/spec"
)

// loaded is a spec, and where the positions in it lead to.
type loaded struct {
	*spec.Spec
	files fs.FS
}

// loadSpec loads what a SPEC on the command line stands for: a dialect that
// comes with the command, by its name, or a directory or file.
func loadSpec(arg string) (loaded, error) {
	names := dialects()
	if slices.Contains(names, arg) {
		s, err := dialect(arg)
		return loaded{s, spec.FS()}, err
	}
	name := filepath.ToSlash(filepath.Clean(arg))
	if _, err := os.Stat(arg); errors.Is(err, fs.ErrNotExist) && isWord(arg) {
		return loaded{}, wrongCallf("there is no spec %q%s\nWrite a directory or file, or one of the dialects that come with the command: %s",
			arg, didYouMean(arg, names), strings.Join(names, ", "))
	}
	s, err := spec.Load(disk{}, name)
	return loaded{s, layers{disk{}, spec.FS()}}, err
}

// isWord reports whether what was written for a spec may have been meant as
// a dialect's name.
func isWord(arg string) bool { return arg != "" && !strings.ContainsAny(arg, `/\.`) }

// dialects are the names of the dialects that come with the command.
func dialects() []string { return []string{"misskey"} }

func dialect(string) (*spec.Spec, error) { return spec.Misskey() }

// disk is the file system by the paths that a command line has: relative to
// the working directory, with "..", or absolute. Positions in diagnostics are
// then what an editor can open.
type disk struct{}

func (disk) Open(name string) (fs.File, error) { return os.Open(filepath.FromSlash(name)) }

// layers are file systems of which the first that has a file is asked for it:
// a spec on disk may extend a dialect that comes with the command.
type layers []fs.FS

func (l layers) Open(name string) (fs.File, error) {
	var first error
	for _, files := range l {
		f, err := files.Open(name)
		if err == nil || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
			return f, err
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}
