package streaming_test

import (
	"context"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// After Close nothing is delivered, and the server stops sending.
func closedSubscriptionIsSilent(x *stage) {
	who := x.cast()
	c := x.connect(who.alice.token)
	ctx := bounded(x.T)
	posted := func(f *feed) {
		x.Helper()
		after(x, f, f.Channel()+".note", func() (func(*streaming.TimelineNote) bool, error) {
			id, err := x.post(who.bob, draft{text: fresh()})
			return noteIs(id), err
		})
	}
	closed := hear(c.LocalTimeline(ctx, streaming.LocalTimelineParams{}, nil)).live(x)
	open := hear(c.GlobalTimeline(ctx, streaming.GlobalTimelineParams{}, nil)).live(x)
	posted(closed) // a disconnect right after the connect would not stop it
	posted(open)
	closed.end(x)
	n := closed.count()

	// The disconnect is on its way; sooner or later a note comes once only.
	for delay := 10 * time.Millisecond; delay < 5*time.Second; delay *= 3 {
		before := c.Status().Stats.Unowned
		posted(open)
		if closed.count() != n {
			x.Fatal("a closed subscription gets events")
		}
		if c.Status().Stats.Unowned == before {
			return
		}
		<-time.After(delay)
	}
	x.Error("the server goes on sending to a channel that was closed")
}

// A socket takes 32 channels, so 40 are spread over two. All are live, and a
// note comes to each once.
func moreChannelsThanASocketTakes(x *stage) {
	who := x.cast()
	c := x.connect(who.alice.token)
	var feeds []*feed
	for range 40 {
		feeds = append(feeds, hear(c.LocalTimeline(bounded(x.T), streaming.LocalTimelineParams{}, nil)))
	}
	for _, f := range feeds {
		f.live(x)
	}
	if n := openSockets(c); n != 2 {
		x.Errorf("%d sockets for 40 channels", n)
	}
	ids := everyoneHears(x, who.bob, feeds)
	for _, f := range feeds {
		for _, id := range ids {
			if found, _ := find(f, noteIs(id)); len(found) > 1 {
				x.Errorf("a note came %d times to one of 40 channels", len(found))
			}
		}
	}
}

// everyoneHears has somebody post until a note has come to every feed, and
// returns all notes it took.
func everyoneHears(x *stage, by person, feeds []*feed) (ids []misskey.NoteID) {
	x.Helper()
	any := func(e *streaming.TimelineNote) bool {
		for _, id := range ids {
			if e.Note.ID == id {
				return true
			}
		}
		return false
	}
	deaf := feeds
	for _, patience := range x.patience() {
		id, err := x.post(by, draft{text: fresh()})
		x.must(err)
		ids = append(ids, id)
		var left []*feed
		for _, f := range deaf {
			if _, ok := await(f, any, patience); !ok {
				left = append(left, f)
				patience = 0 // the others have had their time
			}
		}
		if deaf = left; len(deaf) == 0 {
			return ids
		}
	}
	x.Fatalf("%d of %d subscriptions heard nothing", len(deaf), len(feeds))
	return nil
}

func openSockets(c *streaming.Client) (n int) {
	for _, conn := range c.Status().Connections {
		if conn.Open {
			n++
		}
	}
	return n
}

// Two subscriptions to main are one on the server; each gets every event once.
func subscriptionsToMainShareIt(x *stage) {
	who := x.cast()
	c := x.connect(who.alice.token)
	one := x.main(c, who.alice)

	before := c.Status().Stats.FramesOut
	two := newFeed(nil, nil)
	sub, err := c.Main(bounded(x.T), streaming.MainFuncs{
		Mention: func(_ context.Context, e *streaming.MainMention) error { two.add(e); return nil },
	})
	x.must(err)
	two.handle = sub
	two.live(x)
	if after := c.Status().Stats.FramesOut; after != before {
		x.Errorf("%d frames were sent for a second subscription", after-before)
	}
	hearOnceEach(x, one, two)
}

// hearOnceEach has alice mentioned twice: once the second mention has come, the
// first has come as often as it ever will.
func hearOnceEach(x *stage, mains ...*feed) {
	x.Helper()
	first, err := x.mention(x.cast().alice)
	x.must(err)
	for _, f := range mains {
		then(x, f, "main.mention", mentionIs(first))
	}
	second, err := x.mention(x.cast().alice)
	x.must(err)
	for _, f := range mains {
		then(x, f, "main.mention", mentionIs(second))
		once(x, f, "a mention", mentionIs(first))
	}
}

// Servers go on sending on main, drive and admin after a disconnect. The client
// does not let that be seen: a new subscription gets each event once.
func leakingChannelsAreTakenUpAgain(x *stage) {
	who := x.cast()
	c := x.connect(who.alice.token)
	x.main(c, who.alice).end(x)
	hear(c.Main(bounded(x.T), nil)).live(x).end(x)
	again := hear(c.Main(bounded(x.T), nil)).live(x)
	hearOnceEach(x, again)

	hear(c.Drive(bounded(x.T), nil)).live(x).end(x)
	drive := hear(c.Drive(bounded(x.T), nil)).live(x)
	first, err := x.upload(who.alice, "one.txt")
	if !x.possible(err, "drive.fileCreated") {
		return
	}
	second, err := x.upload(who.alice, "two.txt")
	x.must(err)
	created := func(id misskey.DriveFileID) func(*streaming.DriveFileCreated) bool {
		return func(e *streaming.DriveFileCreated) bool { return e.File.ID == id }
	}
	then(x, drive, "drive.fileCreated", created(second))
	then(x, drive, "drive.fileCreated", created(first))
	once(x, drive, "a file", created(first))
	x.must(x.deleteFile(who.alice, first))
	x.must(x.deleteFile(who.alice, second))
}

// Subscriptions made in one go: servers may let more through than they should
// then, and acknowledge out of order.
func burstsOfSubscriptions(x *stage) {
	who := x.cast()
	c := x.connect(who.alice.token)
	feeds := make(chan *feed)
	for range 40 {
		go func() { feeds <- hear(c.GlobalTimeline(bounded(x.T), streaming.GlobalTimelineParams{}, nil)) }()
	}
	for range 2 {
		go func() { feeds <- hear(c.Main(bounded(x.T), nil)) }()
	}
	var timelines, mains []*feed
	for range 42 {
		if f := (<-feeds).live(x); f.Channel() == "main" {
			mains = append(mains, f)
		} else {
			timelines = append(timelines, f)
		}
	}
	if n := openSockets(c); n != 2 {
		x.Errorf("%d sockets for 41 channels", n)
	}
	ids := everyoneHears(x, who.bob, timelines)
	for _, f := range timelines {
		for _, id := range ids {
			if found, _ := find(f, noteIs(id)); len(found) > 1 {
				x.Errorf("a note came %d times", len(found))
			}
		}
	}
	hearOnceEach(x, mains...)
}
