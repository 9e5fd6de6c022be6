package gen

import (
	"path"
	"regexp"
)

var (
	majorVersion  = regexp.MustCompile(`^v[0-9]+$`)
	versionSuffix = regexp.MustCompile(`\.v[0-9]+$`)
)

// PackageName is the name that a package has by custom, going by its import
// path: the last part that is no major version.
func PackageName(importPath string) string {
	name := path.Base(importPath)
	if before := path.Dir(importPath); majorVersion.MatchString(name) && before != "." {
		name = path.Base(before)
	}
	return versionSuffix.ReplaceAllString(name, "")
}
