package dts

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/misskeyactor/misskeyactor/spec"
)

// files reads those files of a package that are asked for, each once.
type files struct {
	fsys    fs.FS
	modules map[string]*module // nil for one with faults
	lines   map[string][]string
	faults  spec.Diagnostics
}

// module returns a file, parsed; nil when it has faults, which are kept. An
// error means that it could not be read.
func (f *files) module(file string) (*module, error) {
	if m, known := f.modules[file]; known {
		return m, nil
	}
	text, err := fs.ReadFile(f.fsys, file)
	if err != nil {
		return nil, err
	}
	f.modules[file] = nil
	start := spec.Pos{File: file, Line: 1, Column: 1}
	switch {
	case len(text) > maxFileBytes:
		f.faults = append(f.faults, diagnostic(nil, start, CodeFile,
			"See whether this is the package's own file.",
			fmt.Sprintf("the file has %d bytes, of which %d at most are read", len(text), maxFileBytes)))
	case !utf8.Valid(text):
		f.faults = append(f.faults, diagnostic(nil, start, CodeFile, "See whether the file is whole.", "the file is not UTF-8"))
	default:
		m, faults := parse(file, strings.TrimPrefix(string(text), "\ufeff"))
		f.lines[file] = strings.Split(string(text), "\n")
		f.modules[file] = m
		f.faults = append(f.faults, faults...)
	}
	return f.modules[file], nil
}

// beside returns the file that an import in another one names; ok is false
// when it is none of this package.
func beside(file, from string) (name string, ok bool) {
	if !strings.HasPrefix(from, "./") && !strings.HasPrefix(from, "../") {
		return "", false
	}
	return path.Join(path.Dir(file), strings.TrimSuffix(from, ".js")+".d.ts"), true
}
