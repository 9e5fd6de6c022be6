package upstream

import (
	"embed"

	"github.com/misskeyactor/misskeyactor/spec"
)

//go:embed accepted.yaml
var acceptedFile embed.FS

// Known returns the differences between what upstream publishes and the spec
// of upstream Misskey that were looked into and let stand, each with its
// reason. They are kept for the newest misskey-js; the entities of the server's
// own description of its API are the same.
func Known() ([]*spec.AcceptedDifference, error) {
	return spec.LoadAcceptedDifferences(acceptedFile, "accepted.yaml")
}
