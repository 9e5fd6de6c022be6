package gen

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// ErrForeign is wrapped by the error of Write and Check for a file that is
// not generated and stands where a generated one belongs.
var ErrForeign = errors.New("is not generated, and a generated file belongs there")

// Write puts the tree under root. Files of the tree's directories that carry
// our header and are not in the tree any more are removed; any other file
// stays as it is. Files that are right already are not touched.
func (t *Tree) Write(root string) error {
	present, err := t.present(root)
	if err != nil {
		return err
	}
	for _, name := range t.Paths() {
		if old, ok := present[name]; ok && bytes.Equal(old, t.files[name]) {
			continue
		}
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(file, t.files[name], 0o666); err != nil {
			return err
		}
	}
	for name := range present {
		if _, ok := t.files[name]; !ok {
			if err := os.Remove(filepath.Join(root, filepath.FromSlash(name))); err != nil {
				return err
			}
		}
	}
	return nil
}

// present reads the generated files that stand in the tree's directories. A
// file of the tree that is there and is not generated is an error.
func (t *Tree) present(root string) (map[string][]byte, error) {
	found := map[string][]byte{}
	for _, dir := range t.dirs {
		entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(dir)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.IsDir() || path.Ext(e.Name()) != ".go" {
				continue
			}
			name := path.Join(dir, e.Name())
			text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
			if err != nil {
				return nil, err
			}
			_, ours := t.files[name]
			switch {
			case isGenerated(text):
				found[name] = text
			case ours:
				return nil, fmt.Errorf("%s %w", filepath.Join(root, filepath.FromSlash(name)), ErrForeign)
			}
		}
	}
	return found, nil
}

// isGenerated reports whether a file carries our header.
func isGenerated(text []byte) bool {
	line, _, _ := strings.Cut(string(text[:min(len(text), 200)]), "\n")
	return strings.HasPrefix(line, header) && strings.HasSuffix(strings.TrimSuffix(line, "\r"), ". DO NOT EDIT.")
}
