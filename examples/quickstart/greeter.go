package main

import (
	"context"
	"fmt"

	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// greeter answers mentions.
type greeter struct {
	streaming.UnimplementedMainHandler // events added by a later spec do not break this program

	client *streaming.Client
	me     misskey.UserLite
	diary  *diary
}

func (g *greeter) OnMention(ctx context.Context, e *streaming.MainMention) error {
	g.diary.event(e.Meta, "@%s: %s", e.Note.User.Username, e.Note.Text.OrZero())
	if e.Note.User.IsBot || e.Note.ReplyID.IsSet() {
		return nil // two bots would greet each other for ever
	}
	// From here on, typed events of that one note.
	capture, err := g.client.Capture(ctx, e.Note.ID, &watcher{diary: g.diary})
	if err != nil {
		return err
	}
	if err := capture.WaitLive(ctx); err != nil {
		return err
	}
	return g.client.Call(ctx, "notes/create", createNote{
		Text:       fmt.Sprintf("Hello @%s!", e.Note.User.Username),
		ReplyID:    e.Note.ID,
		Visibility: e.Note.Visibility,
	}, nil)
}

func (g *greeter) OnReply(_ context.Context, e *streaming.MainReply) error {
	g.diary.event(e.Meta, "@%s: %s", e.Note.User.Username, e.Note.Text.OrZero())
	return nil
}

func (g *greeter) OnFollowed(_ context.Context, e *streaming.MainFollowed) error {
	g.diary.event(e.Meta, "by @%s", e.User.Username)
	return nil
}

func (g *greeter) OnUnknown(_ context.Context, e *streaming.UnknownEvent) error {
	g.diary.event(e.Meta, "%v", e.Err)
	return nil
}

func (g *greeter) OnGap(_ context.Context, e *streaming.Gap) error {
	g.diary.say("events may be missing from %s to %s: %s", e.From.Format("15:04:05"), e.To.Format("15:04:05"), e.Cause)
	return nil
}

// createNote is the request of notes/create, as far as the greeter needs it.
type createNote struct {
	Text       string                 `json:"text"`
	ReplyID    misskey.NoteID         `json:"replyId"`
	Visibility misskey.NoteVisibility `json:"visibility"`
}

// watcher follows one note.
type watcher struct {
	streaming.UnimplementedNoteHandler

	diary *diary
}

func (w *watcher) OnReacted(_ context.Context, e *streaming.NoteReacted) error {
	w.diary.event(e.Meta, "%s by user %s", e.Reaction, e.UserID)
	return nil
}

func (w *watcher) OnPollVoted(_ context.Context, e *streaming.NotePollVoted) error {
	w.diary.event(e.Meta, "for choice %d by user %s", e.Choice, e.UserID)
	return nil
}

func (w *watcher) OnDeleted(_ context.Context, e *streaming.NoteDeleted) error {
	w.diary.event(e.Meta, "at %s", e.DeletedAt.Format("15:04:05.000"))
	return nil
}
