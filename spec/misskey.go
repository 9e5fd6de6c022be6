package spec

import (
	"embed"
	"io/fs"
)

//go:embed misskey/*.yaml
var misskeyFiles embed.FS

// FS returns the YAML files of the dialects that come with the package, each
// dialect in a directory of its name, as in "misskey/channels.yaml".
func FS() fs.FS { return misskeyFiles }

// Misskey loads the spec of upstream Misskey, which comes with the package.
// Each call returns a Spec of its own.
func Misskey() (*Spec, error) { return Load(misskeyFiles, "misskey") }
