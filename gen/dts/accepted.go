package dts

import (
	"embed"

	"github.com/misskeyactor/misskeyactor/spec"
)

//go:embed accepted.yaml
var acceptedFile embed.FS

// Accepted returns the differences between misskey-js and the spec of upstream
// Misskey that were looked into and let stand, each with its reason. They come
// with the package, because they are judgements on that publication; a spec of
// one's own has others.
func Accepted() ([]*spec.AcceptedDifference, error) {
	return spec.LoadAccepted(acceptedFile, "accepted.yaml")
}
