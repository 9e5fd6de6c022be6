package testedbot

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stage is a server with the bot on it, and alice, who has questions.
type stage struct {
	*misskeytest.Server
	t          *testing.T
	ctx        context.Context
	bot, alice *misskeytest.User
}

// newStage opens a stage on which the bot is not yet.
func newStage(t *testing.T, options ...misskeytest.Option) *stage {
	s := &stage{Server: misskeytest.NewServer(options...), t: t}
	t.Cleanup(s.Close)
	s.bot, s.alice = s.AddUser("bot", misskeytest.AsBot()), s.AddUser("alice")
	var stop context.CancelFunc
	s.ctx, stop = context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(stop)
	return s
}

// run starts the bot, with pauses that suit a test, and stops it at the end.
func (s *stage) run(opts ...streaming.Option) {
	ctx, stop := context.WithCancel(s.ctx)
	ended := make(chan error, 1)
	opts = append([]streaming.Option{
		streaming.WithBackoff(time.Millisecond, 10*time.Millisecond),
		streaming.WithLogger(slog.New(slog.DiscardHandler)),
	}, opts...)
	go func() { ended <- Run(ctx, s.URL, s.bot.Token(), opts...) }()
	s.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			s.t.Errorf("the bot ended: %v", err)
		}
	})
}

func (s *stage) await(what string, condition func() bool) {
	s.t.Helper()
	if err := s.Wait(s.ctx, condition); err != nil {
		s.t.Fatalf("waiting for %s: %v", what, err)
	}
}

// listening waits until the bot's main channel is open.
func (s *stage) listening() {
	s.t.Helper()
	s.await("the bot", func() bool { return s.Listening("main") == 1 })
}

// answered waits until the bot has answered these notes, in this order, and
// checks that it has answered no other and none twice. The last of them has to
// be asked when whatever might answer twice is over.
func (s *stage) answered(questions ...misskey.Note) {
	s.t.Helper()
	var want []misskey.NoteID
	for _, q := range questions {
		want = append(want, q.ID)
	}
	var got []misskey.NoteID
	s.await("the last answer", func() bool {
		got = nil
		for _, n := range s.bot.Notes() {
			got = append(got, n.ReplyID.OrZero())
		}
		return slices.Contains(got, want[len(want)-1])
	})
	if !slices.Equal(got, want) {
		s.t.Errorf("answered %v, want %v", got, want)
	}
}

func TestAnswersAMention(t *testing.T) {
	s := newStage(t)
	robot := s.AddUser("robot", misskeytest.AsBot())
	s.run()
	s.listening()
	robot.Post("hello @bot")
	question := s.alice.Post("hello @bot", misskeytest.WithVisibility(misskey.NoteVisibilityHome))
	s.answered(question)
	answer := s.bot.Notes()[0]
	if !strings.Contains(answer.Text.OrZero(), "@alice") || answer.Visibility != misskey.NoteVisibilityHome {
		t.Errorf("answered %q, visible %s", answer.Text.OrZero(), answer.Visibility)
	}
}

// The connection breaks right behind the mention, so that the bot finds the
// same mention among those that it may have missed.
func TestAnswersOnceAcrossADrop(t *testing.T) {
	s := newStage(t)
	s.run()
	s.listening()
	drop := s.Inject(misskeytest.Drop().On(1), misskeytest.OfUser(s.bot))
	first := s.alice.Post("hello @bot")
	s.await("the drop", func() bool { return drop.Struck() == 1 && len(s.PastSockets()) == 1 })
	s.listening()
	s.answered(first, s.alice.Post("and now, @bot?"))
}

// What the bot was not there to hear, it looks up.
func TestAnswersWhatItMissed(t *testing.T) {
	s := newStage(t)
	s.run()
	s.listening()
	first := s.alice.Post("hello @bot")
	s.answered(first)
	s.Stop()
	missed := s.alice.Post("where are you, @bot?")
	s.Start()
	s.answered(first, missed)
	s.listening()
	s.answered(first, missed, s.alice.Post("and now, @bot?"))
}

// The server may ignore a connect without a word.
func TestSurvivesASilentRefusal(t *testing.T) {
	s := newStage(t)
	refusal := s.Inject(misskeytest.SilentRefusal().Times(2), misskeytest.OnChannel("main"))
	s.run(streaming.WithAckTimeout(20 * time.Millisecond))
	s.listening()
	if n := refusal.Struck(); n != 2 {
		t.Errorf("refused %d times, want 2", n)
	}
	s.answered(s.alice.Post("hello @bot"))
}

// Events may come before the acknowledgement.
func TestAnswersBeforeALateAck(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	s := newStage(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
	s.Inject(misskeytest.LateAck(time.Second), misskeytest.OnChannel("main"))
	s.run()
	s.listening()
	first := s.alice.Post("hello @bot")
	s.answered(first)
	clock.Advance(time.Second)
	if c := s.Sockets()[0].Connects()[0]; !c.Acknowledged {
		t.Error("the acknowledgement is later than that")
	}
	s.answered(first, s.alice.Post("and now, @bot?"))
}

// A token that the server does not take is the end, and said at once.
func TestEndsWithoutAToken(t *testing.T) {
	s := newStage(t)
	err := Run(s.ctx, s.URL, "nonsense")
	if err == nil || !strings.Contains(err.Error(), http.StatusText(http.StatusUnauthorized)) && !strings.Contains(err.Error(), "401") {
		t.Errorf("%v, want 401", err)
	}
}
