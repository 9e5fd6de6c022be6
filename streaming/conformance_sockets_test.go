package streaming_test

import (
	"errors"
	"os"
	"slices"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming"
)

// A socket that breaks is opened again. Subscriptions and captures are back
// with a gap where events may be missing; a message in between is an error.
func lostSockets(x *stage) {
	who := x.cast()
	link := newForwarder(x.T, x.url())
	c := x.connectTo(link.url, who.alice.token)
	ctx := bounded(x.T)
	note, err := x.post(who.bob, draft{text: fresh(), choices: []string{"tea", "coffee"}})
	x.must(err)
	main := x.main(c, who.alice)
	home := hear(c.HomeTimeline(ctx, streaming.HomeTimelineParams{}, nil)).live(x)
	reached := x.barrier(c)
	capture := hear(c.Capture(ctx, note, nil)).live(x)
	everyoneHears(x, who.bob, []*feed{home})
	generation := c.Status().Connections[0].Generation
	var before []string
	w, spied := x.backend.(witness)
	if spied {
		before = w.wireIDs(who.alice)
	}

	link.hold() // nothing gets through until release
	link.cut()
	eventually(x, "main is not live", func() bool { return main.State() == streaming.StateReconnecting })
	if err := c.ReadNotifications(ctx, streaming.ReadNotificationsRequest{}); !errors.Is(err, streaming.ErrNotLive) {
		x.Errorf("got %v, want ErrNotLive", err)
	}
	link.release()

	for _, f := range []*feed{main, home, capture} {
		f.live(x)
		gap, ok := await(f, func(e *streaming.Gap) bool { return e.Cause == streaming.GapReconnect }, wait)
		if !ok {
			x.Fatalf("%s: no gap was announced", f.Channel())
		}
		if !gap.From.Before(gap.To) {
			x.Errorf("%s: a gap from %v to %v", f.Channel(), gap.From, gap.To)
		}
	}
	if now := c.Status().Connections[0].Generation; now <= generation {
		x.Errorf("generation %d after %d", now, generation)
	}
	everyoneHears(x, who.bob, []*feed{home})
	after(x, main, "main.mention", func() (func(*streaming.MainMention) bool, error) {
		id, err := x.mention(who.alice)
		return mentionIs(id), err
	})
	hearOnceEach(x, main)
	reached()
	x.must(x.vote(who.carol, note, 0))
	then(x, capture, "note.pollVoted", func(e *streaming.NotePollVoted) bool { return e.Choice == 0 })
	if spied {
		eventually(x, "all ids are fresh", func() bool {
			now := w.wireIDs(who.alice)
			return len(before) == 3 && len(now) == 3 && !slices.ContainsFunc(now, func(id string) bool {
				return slices.Contains(before, id)
			})
		})
	}
}

// The server pings, and cuts off whoever does not answer two of its pings.
func serverPingsAreAnswered(x *stage) (end func(*stage)) {
	nothing := func(*stage) {}
	if x.traits().old {
		x.report.cannot("the server's pings", "before 2023-06 there were none")
		return nothing
	}
	survive := 150 * time.Second
	if p, ok := x.backend.(pinger); ok {
		x.backend = p.quickPings(x.T)
		survive = 5 * time.Second
	} else if os.Getenv("MISSKEY_LIVE_SLOW") == "" {
		x.report.cannot("the server's pings", realServersDoNot+" ping often; MISSKEY_LIVE_SLOW=1 waits for it")
		return nothing
	}
	c := x.connect(x.cast().alice.token, streaming.WithLiveness(time.Hour, 2*time.Hour))
	stats := hear(c.ServerStats(bounded(x.T), nil)).live(x)
	until := time.After(survive)
	return func(y *stage) {
		<-until
		socketHasSurvived(&stage{T: y.T, backend: x.backend, report: y.report}, c, stats)
	}
}

func socketHasSurvived(x *stage, c *streaming.Client, stats *feed) {
	x.Helper()
	if n := c.Status().Connections[0].Generation; n != 1 {
		x.Errorf("generation %d", n)
	}
	if found, _ := find(stats, func(*streaming.Gap) bool { return true }); len(found) > 0 {
		x.Error("the socket was lost")
	}
	everyoneHears(x, x.cast().bob, []*feed{hear(c.LocalTimeline(bounded(x.T), streaming.LocalTimelineParams{}, nil)).live(x)})
}

// What the bindings do not know is counted and skipped, or given as it came; the
// socket stays.
func framesNobodyKnows(x *stage) {
	d, ok := x.backend.(disturber)
	if !ok {
		x.report.cannot("frames nobody knows", realServersDoNot+" send them")
		return
	}
	alice := x.cast().alice
	c := x.connect(alice.token)
	main := x.main(c, alice)
	w, _ := x.backend.(witness)
	ids := w.wireIDs(alice)
	x.must(d.disturb(alice,
		`{"type":"surprise","body":{}}`,
		`not JSON`,
		`[]`,
		`{"type":"channel","body":{"id":"nobody's","type":"note","body":{}}}`,
		`{"type":"channel","body":{"id":"`+ids[len(ids)-1]+`","type":"surprise","body":{"n":1}}}`,
	))
	unknown, ok := await(main, func(e *streaming.UnknownEvent) bool { return e.EventType == "surprise" }, wait)
	if !ok || string(unknown.Raw) != `{"n":1}` {
		x.Errorf("unknown event: %+v", unknown)
	}
	hearOnceEach(x, main)
	st := c.Status()
	if st.Stats.UnknownFrames != 1 || st.Stats.Malformed != 2 || st.Stats.Unowned != 1 || st.Connections[0].Generation != 1 {
		x.Errorf("got %+v, generation %d", st.Stats, st.Connections[0].Generation)
	}
}
