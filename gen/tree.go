package gen

import (
	"slices"
)

// Tree is generated files by slash-separated path, and the directories that
// belong to them.
type Tree struct {
	files map[string][]byte
	dirs  []string
}

func newTree(dirs ...string) *Tree {
	t := &Tree{files: map[string][]byte{}}
	for _, dir := range dirs {
		if dir != "" && !slices.Contains(t.dirs, dir) {
			t.dirs = append(t.dirs, dir)
		}
	}
	return t
}

// Paths returns the paths of the files, sorted.
func (t *Tree) Paths() []string {
	paths := make([]string, 0, len(t.files))
	for p := range t.files {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths
}

// File returns the file at path, or nil.
func (t *Tree) File(path string) []byte { return t.files[path] }
