package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming"
)

// The safety of a client with the options that everything else is measured with.
const (
	safetyChecks  = 4
	defaultEvents = 16_000 // that an inbox holds
	safetyToken   = "not-to-be-seen-anywhere"
)

// mishandling is a handler that does not return from its first note before all of
// them were sent, and panics on its second one.
type mishandling struct {
	streaming.UnimplementedTimelineHandler

	tally *tally
	sent  func(context.Context) error // waits until all notes have come
	calls int
}

func (m *mishandling) OnNote(ctx context.Context, _ *streaming.TimelineNote) error {
	m.calls++
	m.tally.note()
	switch m.calls {
	case 1:
		return m.sent(ctx)
	case 2:
		panic("a mistake in a handler")
	}
	return nil
}

func (m *mishandling) OnGap(_ context.Context, e *streaming.Gap) error {
	m.tally.lose(e.Lost)
	return nil
}

// trySafety mistreats a client, and looks whether it is as safe as it promises. It
// is the client that is measured: no option is set but a token.
func trySafety(ctx context.Context, j job, ready func() error) (_ outcome, err error) {
	var log lockedBuffer
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	client, err := streaming.Connect(ctx, j.URL, streaming.WithToken(safetyToken))
	if err != nil {
		return outcome{}, err
	}
	defer func() { err = errors.Join(err, client.Close(context.WithoutCancel(ctx))) }()
	t := newTally(j)
	subs, err := subscribe(ctx, client, j, &mishandling{tally: t, sent: func(ctx context.Context) error {
		return untilOffered(ctx, client, j.Notes)
	}})
	if err != nil {
		return outcome{}, err
	}
	o, err := measured(ctx, j, t, nil, ready)
	if err != nil {
		return outcome{}, err
	}

	status := subs[0].Status()
	fail := func(format string, args ...any) { o.Failures = append(o.Failures, fmt.Sprintf(format, args...)) }
	if want := 1 + defaultEvents; o.Received != want {
		fail("overflow: %d notes reached a handler that was not fast enough, want the first one and the %d that its inbox holds", o.Received, defaultEvents)
	}
	if o.Lost != int(status.Dropped) || o.Received+o.Lost != j.Notes {
		fail("overflow: gaps tell of %d lost notes, counted are %d of %d", o.Lost, status.Dropped, j.Notes)
	}
	if status.HandlerPanics != 1 || status.State != streaming.StateLive {
		fail("panics: %d were counted, want 1; the subscription is %s, want it live", status.HandlerPanics, status.State)
	}
	if told := log.String() + fmt.Sprintf("%+v", client.Status()); !strings.Contains(told, "a mistake in a handler") || strings.Contains(told, safetyToken) {
		fail("redaction: the log or the status has the token, or the log does not have the panic")
	}
	o.Items = safetyChecks
	return o, nil
}

// untilOffered waits until n notes were offered to the only subscription of a
// client, the one that its handler has included.
func untilOffered(ctx context.Context, client *streaming.Client, n int) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		sub := client.Status().Subscriptions[0]
		if 1+sub.InboxEvents+int(sub.Dropped) == n {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// lockedBuffer takes what is logged, from several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
