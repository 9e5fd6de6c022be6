package streaming

import (
	"context"

	"github.com/misskeyactor/misskeyactor/runtime"
)

// What the tests outside of the package need of those inside.

type Recorded = recorded

var ReadRecording = readRecording

// ConnectByQuery is Connect for servers that read the token in the query of the
// URL only.
func ConnectByQuery(ctx context.Context, url string, opts ...Option) (*Client, error) {
	old := dialect
	old.Auth = runtime.AuthQuery
	session, err := runtime.Connect(ctx, &old, url, opts...)
	if err != nil {
		return nil, err
	}
	return &Client{session}, nil
}
