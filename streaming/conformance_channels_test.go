package streaming_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// subscribeAll subscribes to every channel, once, and names what it makes.
func subscribeAll(x *stage, c *streaming.Client) map[string]*feed {
	x.Helper()
	ctx, who := bounded(x.T), x.cast()
	all := []*feed{
		hear(c.Main(ctx, nil)),
		hear(c.HomeTimeline(ctx, streaming.HomeTimelineParams{}, nil)),
		hear(c.LocalTimeline(ctx, streaming.LocalTimelineParams{}, nil)),
		hear(c.HybridTimeline(ctx, streaming.HybridTimelineParams{}, nil)),
		hear(c.GlobalTimeline(ctx, streaming.GlobalTimelineParams{}, nil)),
		hear(c.UserList(ctx, streaming.UserListParams{ListID: x.someList()}, nil)),
		hear(c.Hashtag(ctx, streaming.HashtagParams{Query: [][]string{{"one", "two"}, {"three"}}}, nil)),
		hear(c.RoleTimeline(ctx, streaming.RoleTimelineParams{RoleID: x.someRole()}, nil)),
		hear(c.Antenna(ctx, streaming.AntennaParams{AntennaID: x.someAntenna()}, nil)),
		hear(c.Channel(ctx, streaming.ChannelParams{ChannelID: x.someChannel()}, nil)),
		hear(c.Drive(ctx, nil)),
		hear(c.ServerStats(ctx, nil)),
		hear(c.QueueStats(ctx, nil)),
		hear(c.Admin(ctx, nil)),
		hear(c.ChatUser(ctx, streaming.ChatUserParams{OtherID: who.bob.id}, nil)),
		hear(c.Reversi(ctx, nil)),
		hear(c.ReversiGame(ctx, streaming.ReversiGameParams{GameID: "none"}, nil)),
	}
	room, err := misskey.ChatRoomID("none"), error(nil)
	if !x.traits().lacks("chatRoom") {
		room, err = x.makeRoom(who.alice, fresh())
	}
	if x.possible(err, "chatRoom without a room") {
		all = append(all, hear(c.ChatRoom(ctx, streaming.ChatRoomParams{RoomID: room}, nil)))
	}
	feeds := map[string]*feed{}
	for _, f := range all {
		if f.err != nil {
			x.Fatal(f.err)
		}
		feeds[f.Channel()] = f
	}
	if len(feeds) != len(all) {
		x.Fatalf("%d channels of %d", len(feeds), len(all))
	}
	return feeds
}

// Every channel that the server has becomes live; one it has not never does.
func everyChannelIsAcknowledged(x *stage) {
	c := x.connect(x.cast().alice.token, streaming.WithAckTimeout(3*time.Second))
	for name, f := range subscribeAll(x, c) {
		if x.traits().lacks(name) {
			neverLive(x, f)
			continue
		}
		if err := f.WaitLive(bounded(x.T)); err != nil {
			x.Errorf("%s: %v", name, err)
		}
	}
}

// neverLive waits until the server has let a connect pass without a word.
func neverLive(x *stage, f *feed) {
	x.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	for f.Status().Attempts == 0 {
		if f.State() == streaming.StateLive {
			x.Errorf("%s is live", f.Channel())
			return
		}
		if !pause(ctx) {
			x.Errorf("%s: no connect was given up in %v", f.Channel(), wait)
			return
		}
	}
	if f.State() == streaming.StateLive {
		x.Errorf("%s is live", f.Channel())
	}
}

// pause is the beat of looking at what only a snapshot tells. It reports false
// when ctx is over.
func pause(ctx context.Context) bool {
	select {
	case <-time.After(5 * time.Millisecond):
		return true
	case <-ctx.Done():
		return false
	}
}

// eventually looks at a snapshot until it is as it should be.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	for !is() {
		if !pause(ctx) {
			t.Fatalf("waited %v until %s", wait, what)
		}
	}
}

// What the client can know to be refused is a typed error, and nothing is sent.
func refusalsThatCanBeForeseen(x *stage) {
	c := x.connect(x.cast().alice.token)
	before := c.Status().Stats.FramesOut
	ctx := bounded(x.T)
	for _, f := range []*feed{
		hear(c.UserList(ctx, streaming.UserListParams{}, nil)),
		hear(c.RoleTimeline(ctx, streaming.RoleTimelineParams{}, nil)),
		hear(c.Antenna(ctx, streaming.AntennaParams{}, nil)),
		hear(c.Channel(ctx, streaming.ChannelParams{}, nil)),
		hear(c.ChatUser(ctx, streaming.ChatUserParams{}, nil)),
		hear(c.ChatRoom(ctx, streaming.ChatRoomParams{}, nil)),
		hear(c.ReversiGame(ctx, streaming.ReversiGameParams{}, nil)),
		hear(c.Hashtag(ctx, streaming.HashtagParams{Query: [][]string{{}}}, nil)),
	} {
		var param *streaming.ParamError
		if !errors.As(f.err, &param) {
			x.Errorf("got %v, want a ParamError", f.err)
		}
	}
	if after := c.Status().Stats.FramesOut; after != before {
		x.Errorf("%d frames were sent", after-before)
	}
}

// Servers are silent about refusals: the subscription is not live and tries
// again. Where they acknowledge and then send nothing, it is live and silent.
func refusalsWithoutAWord(x *stage) {
	who := x.cast()
	c := x.connect(who.alice.token, streaming.WithAckTimeout(500*time.Millisecond))
	ctx := bounded(x.T)

	// A role that is none is acknowledged everywhere.
	if !x.traits().lacks("roleTimeline") {
		hear(c.RoleTimeline(ctx, streaming.RoleTimelineParams{RoleID: "none"}, nil)).live(x)
	}

	refuses := x.traits().silentRefusals
	if refuses != nil && *refuses {
		neverLive(x, hear(c.ChatUser(ctx, streaming.ChatUserParams{OtherID: who.alice.id}, nil)))
		if antenna, err := x.makeAntenna(who.carol, fresh()); x.possible(err, "somebody else's antenna") {
			neverLive(x, hear(c.Antenna(ctx, streaming.AntennaParams{AntennaID: antenna}, nil)))
		}
	}

	// Somebody else's list is refused, or silent.
	foreign, err := x.makeList(who.carol)
	if !x.possible(err, "somebody else's list") {
		return
	}
	x.must(x.addToList(who.carol, foreign, who.bob))
	list := hear(c.UserList(ctx, streaming.UserListParams{ListID: foreign}, nil))
	local := hear(c.LocalTimeline(ctx, streaming.LocalTimelineParams{}, nil)).live(x)
	switch {
	case refuses == nil:
	case *refuses:
		neverLive(x, list)
	default:
		list.live(x)
	}
	after(x, local, "localTimeline.note", func() (func(*streaming.TimelineNote) bool, error) {
		id, err := x.post(who.bob, draft{text: fresh()})
		return noteIs(id), err
	})
	if list.count() > 0 {
		x.Error("somebody else's list sends events")
	}
}
