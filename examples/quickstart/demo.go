package main

import (
	"context"
	"errors"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// demo runs the greeter on a server of its own, with two people who give it
// something to hear. They wait for each other and for the greeter, so that
// the events come in the order in which they are told here.
func demo(ctx context.Context, d *diary) (err error) {
	server := misskeytest.NewServer()
	defer server.Close()
	bot := server.AddUser("greeter", misskeytest.AsBot())
	alice, bob := server.AddUser("alice"), server.AddUser("bob")

	client, _, err := start(ctx, server.URL, bot.Token(), d)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, finish(client)) }()

	bob.Follow(bot)
	if err := d.until(ctx, "main followed"); err != nil {
		return err
	}
	timeline, err := client.LocalTimeline(ctx, streaming.LocalTimelineParams{WithReplies: opt.Of(true)}, nil)
	if err != nil {
		return err
	}
	if err := timeline.WaitLive(ctx); err != nil {
		return err
	}
	question := alice.Post("@greeter tea or coffee?", misskeytest.WithPoll("tea", "coffee"))
	greeting, err := answer(ctx, timeline, question.ID)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		do   func()
		then string
	}{
		{func() { bob.Reply(greeting, "And hello to you!") }, "main reply"},
		{func() { bob.React(question.ID, "👍") }, "note reacted"},
		{func() { bob.Vote(question.ID, 1) }, "note pollVoted"},
		{func() { alice.Delete(question.ID) }, "note deleted"},
	} {
		step.do()
		if err := d.until(ctx, step.then); err != nil {
			return err
		}
	}
	return nil
}

// answer reads a timeline until somebody answers the note.
func answer(ctx context.Context, timeline *streaming.LocalTimelineSubscription, to misskey.NoteID) (misskey.NoteID, error) {
	for event, err := range timeline.Events(ctx) {
		if err != nil {
			return "", err
		}
		switch e := event.(type) {
		case *streaming.TimelineNote:
			if e.Note.ReplyID == opt.Of(to) {
				return e.Note.ID, nil
			}
		case *streaming.Gap:
			// The answer may have been lost here; a bot would ask the server.
		}
	}
	return "", errors.New("the timeline ended")
}
