package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/misskeyactor/misskeyactor/streaming"
)

// counting is the handler of a bot that only counts.
type counting struct {
	streaming.UnimplementedTimelineHandler

	tally *tally
}

func (c counting) OnNote(_ context.Context, e *streaming.TimelineNote) error {
	return c.tally.noteOf(string(e.Note.ID))
}

func (c counting) OnGap(_ context.Context, e *streaming.Gap) error {
	c.tally.lose(e.Lost)
	return nil
}

// readByMisskeyactor subscribes as a bot does, with nothing set but, for more than
// one socket, how many channels share one.
func readByMisskeyactor(ctx context.Context, j job, ready func() error) (_ outcome, err error) {
	t := newTally(j)
	client, err := streaming.Connect(ctx, j.URL, perSocket(j)...)
	if err != nil {
		return outcome{}, err
	}
	defer func() { err = errors.Join(err, client.Close(context.WithoutCancel(ctx))) }()
	subs, err := subscribe(ctx, client, j, counting{tally: t})
	if err != nil {
		return outcome{}, err
	}
	o, err := measured(ctx, j, t, nil, ready)
	if err != nil {
		return outcome{}, err
	}
	for _, sub := range subs {
		// A note that did not decode, or a handler that failed, would make a
		// client fast.
		if s := sub.Status(); s.Unknown+s.Drift+s.HandlerErrors+s.HandlerPanics > 0 {
			return outcome{}, fmt.Errorf("a subscription has counted %d unknown events, %d departures from the spec, %d errors and %d panics of its handler", s.Unknown, s.Drift, s.HandlerErrors, s.HandlerPanics)
		}
	}
	return o, nil
}

// perSocket are the options that spread a job's channels over its sockets.
func perSocket(j job) []streaming.Option {
	if j.Sockets == 1 {
		return nil
	}
	return []streaming.Option{streaming.WithChannelsPerConnection(j.Channels)}
}

// subscribe subscribes a handler to all channels of a job and waits until they
// are live.
func subscribe(ctx context.Context, client *streaming.Client, j job, handler streaming.TimelineHandler) ([]*streaming.LocalTimelineSubscription, error) {
	var subs []*streaming.LocalTimelineSubscription
	for range j.Sockets * j.Channels {
		sub, err := client.LocalTimeline(ctx, streaming.LocalTimelineParams{}, handler)
		if err != nil {
			return nil, err
		}
		subs = append(subs, sub)
	}
	for _, sub := range subs {
		if err := sub.WaitLive(ctx); err != nil {
			return nil, err
		}
	}
	return subs, nil
}
