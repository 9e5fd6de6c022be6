package spec

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed misskey/*.yaml dialects/*.yaml
var dialectFiles embed.FS

// upstream is the dialect that the others extend.
const upstream = "misskey"

// FS returns the YAML files of the dialects that come with the package:
// upstream Misskey in the directory misskey, and each of the others in a file
// of its name, as in "dialects/misskey-12.yaml".
func FS() fs.FS { return dialectFiles }

// Misskey loads the spec of upstream Misskey, which comes with the package.
// Each call returns a Spec of its own.
func Misskey() (*Spec, error) { return Load(dialectFiles, upstream) }

// Dialects returns the names of the dialects that come with the package,
// sorted.
func Dialects() []string {
	names := []string{upstream}
	files, _ := fs.Glob(dialectFiles, "dialects/*.yaml") // a pattern without a fault
	for _, name := range files {
		names = append(names, strings.TrimSuffix(path.Base(name), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// Dialect loads a dialect that comes with the package, by a name that Dialects
// has. Each call returns a Spec of its own. For any other name the error wraps
// fs.ErrNotExist.
func Dialect(name string) (*Spec, error) {
	file, ok := dialectFile(name)
	if !ok {
		return nil, fmt.Errorf("the dialect %q does not come with the package: %w", name, fs.ErrNotExist)
	}
	return Load(dialectFiles, file)
}

// dialectFile returns where in dialectFiles a dialect stands.
func dialectFile(name string) (file string, ok bool) {
	if !slices.Contains(Dialects(), name) {
		return "", false
	}
	if name == upstream {
		return upstream, true
	}
	return path.Join("dialects", name+".yaml"), true
}
