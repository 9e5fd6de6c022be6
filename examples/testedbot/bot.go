// Package testedbot is a bot that answers whoever mentions it, and the tests
// that a bot needs: it must answer, and never twice, whatever the network and
// the server do.
package testedbot

import (
	"context"
	"errors"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Run answers mentions of the token's account on the server at url until ctx
// ends, and returns nil then. It returns sooner where no trying again helps,
// and says why.
func Run(ctx context.Context, url, token string, opts ...streaming.Option) (err error) {
	client, err := streaming.Connect(ctx, url, append(opts, streaming.WithToken(token))...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close(context.Background())) }() // answers what has come, for ten seconds at most
	main, err := client.Main(ctx, &bot{client: client, seen: map[misskey.NoteID]bool{}})
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case <-main.Ended():
		return main.Err()
	}
}

// bot answers mentions. Its methods are called one at a time, so that it needs
// no lock.
type bot struct {
	streaming.UnimplementedMainHandler

	client *streaming.Client
	seen   map[misskey.NoteID]bool // a bot that runs for months forgets the old ones
}

func (b *bot) OnMention(ctx context.Context, e *streaming.MainMention) error {
	return b.answer(ctx, e.Note)
}

// answer answers a note, once. A call that fails may have been made all the
// same, so it is not made again.
func (b *bot) answer(ctx context.Context, note misskey.Note) error {
	if b.seen[note.ID] || note.User.IsBot {
		return nil
	}
	b.seen[note.ID] = true
	return b.client.Call(ctx, "notes/create", map[string]any{
		"text":       "You called, @" + note.User.Username + "?",
		"replyId":    note.ID,
		"visibility": note.Visibility,
	}, nil)
}

// overlap is how far a gap is read again at its start: events do not come in
// the exact order of their notes.
const overlap = 5 * time.Second

// OnGap looks up the mentions that the socket has missed. They are in the
// account's notifications, oldest first when asked for from a date on, and only
// an empty page is the last.
func (b *bot) OnGap(ctx context.Context, gap *streaming.Gap) error {
	request := map[string]any{
		"sinceDate":    gap.From.Add(-overlap).UnixMilli(),
		"includeTypes": []string{"mention", "reply", "quote"},
		"markAsRead":   false,
		"limit":        100,
	}
	for {
		var page []struct {
			ID   misskey.NotificationID
			Note misskey.Note
		}
		if err := b.client.Call(ctx, "i/notifications", request, &page); err != nil || len(page) == 0 {
			return err
		}
		for _, missed := range page {
			if err := b.answer(ctx, missed.Note); err != nil {
				return err
			}
			request["sinceId"] = missed.ID
		}
	}
}
