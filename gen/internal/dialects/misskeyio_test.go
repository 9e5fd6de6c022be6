package dialects_test

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"testing"

	"github.com/misskeyactor/misskeyactor/gen/internal/dialects/misskeyio"
	"github.com/misskeyactor/misskeyactor/runtime"
	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// driftCounter is a hook.
type driftCounter struct{ atomic.Int64 }

func (c *driftCounter) OnDrift(*runtime.Subscription, string, codec.Drift) { c.Add(1) }

// TestMinimizedNote asks for minimized notes and gets one, as the fork's source
// says that it sends them.
func TestMinimizedNote(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	drift := &driftCounter{}
	c, err := misskeyio.Connect(bounded(t), srv.URL, misskeyio.WithToken(alice.Token()), misskeyio.WithHooks(drift))
	c = open(t, c, err)
	notes := make(chan *misskeyio.TimelineNote, 1)
	home, err := c.HomeTimeline(bounded(t), misskeyio.HomeTimelineParams{Minimize: opt.Of(true), Dimension: opt.Of[int64](3)}, misskeyio.TimelineFuncs{
		Note:    func(_ context.Context, e *misskeyio.TimelineNote) error { notes <- e; return nil },
		Unknown: func(_ context.Context, e *misskeyio.UnknownEvent) error { t.Errorf("unknown: %v", e.Err); return nil },
	})
	live(t, home, err)
	if got := string(srv.Connections(misskeytest.OnChannel("homeTimeline"))[0].Params); got != `{"dimension":3,"minimize":true}` {
		t.Errorf("asked for %s", got)
	}
	srv.Publish("homeTimeline", "note", json.RawMessage(`{
		"id": "n1", "myReaction": "👍",
		"poll": {"choices": [{"text": "tea", "votes": 2, "isVoted": true}]},
		"reply": {"myReaction": ":blob@.:"},
		"user": {"badgeRoles": [{"name": "staff", "iconUrl": null, "displayOrder": 1, "behavior": "x"}]}
	}`))
	select {
	case e := <-notes:
		n := e.Note
		if n.ID != "n1" || n.MyReaction.OrZero() != "👍" || n.Reply.MyReaction.OrZero() != ":blob@.:" || n.Renote != nil ||
			len(n.Poll.Choices) != 1 || !n.Poll.Choices[0].IsVoted || n.User.BadgeRoles[0].Name != "staff" {
			t.Errorf("%+v", n)
		}
	case <-bounded(t).Done():
		t.Fatal("no note came")
	}
	if drift.Load() == 0 {
		t.Error("what is missing is not counted")
	}
}
