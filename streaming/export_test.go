package streaming

import (
	"context"

	"github.com/misskeyactor/misskeyactor/runtime"
	"github.com/misskeyactor/misskeyactor/runtime/codec"
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

// LoadNotes returns the notes of the recording for load.
var LoadNotes = loadNotes

// DecodeTimelineEvent decodes an event as a subscription does.
func DecodeTimelineEvent(m runtime.Meta, typ string, d *codec.Decoder) (any, error) {
	return timelineEvents.Decode(m, typ, d)
}
