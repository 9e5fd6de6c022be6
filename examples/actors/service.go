package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/misskeyactor/misskeyactor/streaming"
)

// service is the root of a program that was made of actors before it heard of
// Misskey. It watches over a client, which becomes a child of its own, and over
// the desks that read what the client brings.
type service struct {
	host, token string
	words       []string
	alerts      *actor.PID // of the program: takes *alert

	client *streaming.Client
	desks  map[string]*desk // by the PID of the subscription they read
}

// desk is an actor that reads one subscription.
type desk struct {
	pid *actor.PID
	sub *streaming.Subscription
}

// Receive is called for one message at a time, as protoactor does.
func (s *service) Receive(ctx actor.Context) {
	switch msg := ctx.Message().(type) {
	case *actor.Started:
		if err := s.open(ctx); err != nil {
			ctx.Logger().Error("not opened", "error", err)
			ctx.Stop(ctx.Self())
		}
	case *actor.Terminated:
		s.terminated(ctx, msg.Who)
	case *actor.Stopping:
		// The client is a child and ends with this actor. Closing it here says
		// goodbye to the server first.
		if s.client != nil {
			closing, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			if err := s.client.Close(closing); err != nil {
				ctx.Logger().Error("not closed", "error", err)
			}
		}
	}
}

// open makes the client and its subscriptions. Nothing in it waits for the
// server: the client keeps trying, and subscriptions become live when it is
// there.
func (s *service) open(ctx actor.Context) error {
	bounded, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	client, err := streaming.Connect(bounded, s.host, streaming.WithToken(s.token),
		streaming.WithParent(ctx), streaming.WithKeepTrying(), streaming.WithLogger(slog.Default()))
	if err != nil {
		return err
	}
	s.client = client
	s.desks = map[string]*desk{}

	// At most 16 notes are on their way to the desk. What does not fit waits in
	// the subscription's inbox, which drops the oldest when it is full and says so
	// by a Gap.
	notes := s.spawnDesk(ctx)
	timeline, err := client.LocalTimeline(bounded, streaming.LocalTimelineParams{}, nil, streaming.ToActor(notes, 16))
	if err != nil {
		return err
	}
	s.seat(ctx, notes, timeline.Subscription)

	mentions := s.spawnDesk(ctx)
	main, err := client.Main(bounded, nil, streaming.ToActor(mentions, 1))
	if err != nil {
		return err
	}
	s.seat(ctx, mentions, main.Subscription)
	return nil
}

func (s *service) spawnDesk(ctx actor.Context) *actor.PID {
	return ctx.Spawn(actor.PropsFromProducer(func() actor.Actor {
		return &reader{words: s.words, alerts: s.alerts}
	}))
}

// seat puts a desk before a subscription, and watches the subscription: its
// actor stops when it is over for good, not when a socket is lost.
func (s *service) seat(ctx actor.Context, pid *actor.PID, sub *streaming.Subscription) {
	s.desks[sub.PID().String()] = &desk{pid: pid, sub: sub}
	ctx.Watch(sub.PID())
}

// terminated hears of children and of subscriptions.
func (s *service) terminated(ctx actor.Context, who *actor.PID) {
	d := s.desks[who.String()]
	if d == nil {
		return
	}
	delete(s.desks, who.String())
	ctx.Stop(d.pid)
	ctx.Send(s.alerts, &alert{text: fmt.Sprintf("the subscription to %s is over: %v", d.sub.Channel(), d.sub.Err())})
}
