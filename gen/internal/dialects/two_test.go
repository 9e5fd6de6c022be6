package dialects_test

import (
	"context"
	"testing"

	"github.com/misskeyactor/misskeyactor/gen/internal/dialects/misskey12"
	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// TestTwoDialectsInOneProgram follows the same things on a server of today and
// on one of Misskey 12, and keeps what it hears in one place: ids and whatever
// else the older dialect does not change are the same types.
func TestTwoDialectsInOneProgram(t *testing.T) {
	now, then := newServer(t), newOlder(t)
	anna := now.AddUser("anna")
	w, ctx := newWitness(t), bounded(t)

	today, err := streaming.Connect(ctx, now.URL, streaming.WithToken(anna.Token()), streaming.WithHooks(w))
	today = open(t, today, err)
	earlier := then.connect(misskey12.WithHooks(w))

	authors := make(chan misskey.UserID, 2)
	add := func(id misskey.UserID) error { authors <- id; return nil }
	home, err := today.HomeTimeline(ctx, streaming.HomeTimelineParams{}, streaming.TimelineFuncs{
		Note: func(_ context.Context, e *streaming.TimelineNote) error { return add(e.Note.UserID) },
	})
	live(t, home, err)
	oldHome, err := earlier.HomeTimeline(ctx, misskey12.TimelineFuncs{
		Note: func(_ context.Context, e *misskey12.TimelineNote) error { return add(e.Note.UserID) },
	})
	live(t, oldHome, err)
	drive, err := today.Drive(ctx, nil)
	hear(w, drive, err)
	messages, err := earlier.MessagingIndex(ctx, nil)
	hear(w, messages, err)

	anna.Post("now")
	then.alice.Post("then")
	heard := map[misskey.UserID]bool{<-authors: true, <-authors: true}
	if !heard[anna.ID] || !heard[then.alice.ID] {
		t.Errorf("heard of %v", heard)
	}
	anna.Upload("a.txt", []byte("a"))
	then.bob.Message(then.alice, "hello")
	w.await("drive.fileCreated", "messagingIndex.message")
}
