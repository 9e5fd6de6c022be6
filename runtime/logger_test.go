package runtime_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime"
)

// rotten is a log that panics on warnings, a thousand times.
type rotten struct {
	slog.Handler
	panics *atomic.Int32
}

func (h rotten) Handle(_ context.Context, r slog.Record) error {
	if r.Level == slog.LevelWarn && h.panics.Add(1) <= 1000 {
		panic("disk full")
	}
	return nil
}

func (h rotten) Enabled(context.Context, slog.Level) bool { return true }
func (h rotten) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h rotten) WithGroup(string) slog.Handler            { return h }

// The panic comes when the pause before the next dial has begun. The connection
// takes up where it was, and does not begin another pause, and panic again.
func TestLoggerThatPanicsDoesNotKeepTheConnectionBusy(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		var panics atomic.Int32
		s := w.client(runtime.WithLogger(slog.New(rotten{panics: &panics})))
		sub, sock, _ := w.join(s, &room, nil)
		sock.cut()
		pass(time.Minute)
		if n := panics.Load(); n != 1 {
			t.Errorf("%d warnings of one lost socket", n)
		}
		if sub.State() != runtime.StateLive {
			t.Errorf("the subscription is %s", sub.State())
		}
	})
}
