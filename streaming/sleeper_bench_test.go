package streaming_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// BenchmarkSleeper measures what 99 subscriptions get through while the handler
// of a hundredth sleeps, beside what they do when it does not: the two in turn,
// in one run.
func BenchmarkSleeper(b *testing.B) {
	const notes = 2000
	b.Run("99 beside a sleeper", func(b *testing.B) {
		var awake, asleep time.Duration
		for range b.N {
			awake += ninetyNine(b, notes, false)
			asleep += ninetyNine(b, notes, true)
		}
		events := float64(99 * notes * b.N)
		b.ReportMetric(events/awake.Seconds(), "events/s-awake")
		b.ReportMetric(events/asleep.Seconds(), "events/s-asleep")
		b.ReportMetric(awake.Seconds()/asleep.Seconds(), "asleep/awake")
	})
}

// ninetyNine returns how long 99 handlers take to get all notes. The hundredth
// sleeps over the first one, or does as they do.
func ninetyNine(b *testing.B, notes int, sleep bool) time.Duration {
	b.Helper()
	srv := misskeytest.NewServer(misskeytest.WithoutJournal())
	defer srv.Close()
	alice := srv.AddUser("alice")
	client, err := streaming.Connect(b.Context(), srv.URL, streaming.WithLogger(slog.New(slog.DiscardHandler)), streaming.WithDialRate(1000))
	if err != nil {
		b.Fatal(err)
	}
	var busy sync.WaitGroup
	woken := make(chan struct{})
	for i := range 100 {
		var handler streaming.TimelineHandler = streaming.TimelineFuncs{Note: func(context.Context, *streaming.TimelineNote) error {
			<-woken
			return nil
		}}
		if i > 0 || !sleep {
			if i > 0 {
				busy.Add(notes)
			}
			handler = streaming.TimelineFuncs{Note: func(context.Context, *streaming.TimelineNote) error {
				if i > 0 {
					busy.Done()
				}
				return nil
			}}
		}
		sub, err := client.LocalTimeline(b.Context(), streaming.LocalTimelineParams{}, handler, streaming.EndOnOverflow(notes))
		if err != nil {
			b.Fatal(err)
		}
		if err := sub.WaitLive(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	began := time.Now()
	for range notes {
		alice.Post("a note of no great length")
	}
	busy.Wait() // every event: one that is lost hangs here
	took := time.Since(began)
	close(woken)
	if err := client.Close(context.Background()); err != nil {
		b.Error(err)
	}
	return took
}
