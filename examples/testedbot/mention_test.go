package testedbot

import (
	"context"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

func TestAnswersOnceWhateverTheNetworkDoes(t *testing.T) {
	srv := misskeytest.NewServer()
	defer srv.Close()
	bot, alice := srv.AddUser("bot", misskeytest.AsBot()), srv.AddUser("alice")

	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, srv.URL, bot.Token()) }()

	await := func(what string, condition func() bool) {
		t.Helper()
		if err := srv.Wait(ctx, condition); err != nil {
			t.Fatalf("waiting for %s: %v", what, err)
		}
	}
	answers := func(to misskey.Note) (n int) {
		for _, note := range bot.Notes() {
			if note.ReplyID.OrZero() == to.ID {
				n++
			}
		}
		return n
	}

	await("the bot", func() bool { return srv.Listening("main") == 1 })
	srv.Inject(misskeytest.Drop().On(1), misskeytest.OfUser(bot)) // behind the next event
	first := alice.Post("hello @bot")
	await("the drop", func() bool { return len(srv.PastSockets()) == 1 })
	await("the bot again", func() bool { return srv.Listening("main") == 1 })
	second := alice.Post("still there, @bot?")
	await("an answer", func() bool { return answers(second) > 0 })
	if answers(first) != 1 || answers(second) != 1 {
		t.Errorf("%d and %d answers, want one each", answers(first), answers(second))
	}

	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
