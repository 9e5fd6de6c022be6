package streaming_test

import (
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// stage is what a theme plays on: a test, the server behind it, and the report
// of what was seen.
type stage struct {
	*testing.T
	backend
	report *report
}

func newStage(t *testing.T, b backend, r *report) *stage {
	return &stage{T: t, backend: b, report: r}
}

// connect opens a client for an account, or for nobody, that is closed with
// the theme.
func (x *stage) connect(token string, opts ...streaming.Option) *streaming.Client {
	x.Helper()
	return x.connectTo(x.url(), token, opts...)
}

func (x *stage) connectTo(url, token string, opts ...streaming.Option) *streaming.Client {
	x.Helper()
	c, err := x.try(url, token, opts...)
	if err != nil {
		x.Fatal(err)
	}
	x.Cleanup(func() {
		if err := c.Close(bounded(x.T)); err != nil {
			x.Error(err)
		}
	})
	return c
}

func (x *stage) try(url, token string, opts ...streaming.Option) (*streaming.Client, error) {
	if token != "" {
		opts = append(opts, streaming.WithToken(token))
	}
	return x.dial(bounded(x.T), url, opts...)
}

// marks makes words that were never used before, on any server.
var marks atomic.Int64

// fresh returns such a word.
func fresh() string {
	return fmt.Sprintf("c%s%s", strconv.FormatInt(time.Now().UnixMicro(), 36), strconv.FormatInt(marks.Add(1), 36))
}

// possible reports whether a provocation worked. Where the server does not let
// it happen, the facts that hang on it are listed; everything else fails the
// test.
func (x *stage) possible(err error, facts ...string) bool {
	x.Helper()
	var reason cannot
	switch {
	case err == nil:
		return true
	case !errors.As(err, &reason):
		x.Fatal(err)
	}
	if len(facts) == 0 {
		facts = []string{x.Name()}
	}
	for _, fact := range facts {
		x.report.cannot(fact, string(reason))
	}
	return false
}

// must is for what every server lets happen.
func (x *stage) must(err error) {
	x.Helper()
	if err != nil {
		x.Fatal(err)
	}
}

// after provokes an event and waits for it, and does so again where it does not
// come: an event right behind the acknowledgement may be lost, because some
// servers acknowledge before they listen. provoke returns how to tell the event.
// It reports false where the server does not let it happen.
func after[T anyEvent](x *stage, f *feed, fact string, provoke func() (match func(T) bool, err error)) (event T, ok bool) {
	x.Helper()
	var matches []func(T) bool
	for _, patience := range x.patience() {
		// A second time the server may not let it happen, as when it is
		// rationed; the first may still have its effect.
		if match, err := provoke(); err == nil {
			matches = append(matches, match)
		} else if len(matches) == 0 || !errors.As(err, new(cannot)) {
			x.possible(err, fact)
			return event, false
		}
		event, ok = await(f, func(e T) bool {
			for _, m := range matches {
				if m(e) {
					return true
				}
			}
			return false
		}, patience)
		if ok {
			x.note(fact, event)
			return event, true
		}
	}
	if reason := x.excuse(fact); reason != "" {
		x.report.cannot(fact, reason)
		return event, false
	}
	x.Fatalf("%s did not come, provoked %d times", fact, len(matches))
	return event, false
}

// then waits for an event that something before it has caused as well.
func then[T anyEvent](x *stage, f *feed, fact string, match func(T) bool) T {
	x.Helper()
	waits := x.patience()
	event, ok := await(f, match, waits[len(waits)-1])
	if !ok {
		x.Fatalf("%s did not come", fact)
	}
	x.note(fact, event)
	return event
}

// note enters an event that came into the report.
func (x *stage) note(fact string, e anyEvent) {
	x.Helper()
	facts := []string{e.Metadata().Channel + "." + e.Metadata().EventType}
	if n, ok := e.(*streaming.MainNotification); ok {
		facts = append(facts, "notification."+string(n.Notification.Kind()))
	}
	named := false
	for _, f := range facts {
		named = named || f == fact
		if !x.report.saw(f) {
			x.Errorf("%s is no fact of the spec", f)
		}
	}
	if !named {
		x.Errorf("waited for %s, and %s came", fact, facts)
	}
}

// sent enters a message that the client has sent, and whose effect was seen.
func (x *stage) sent(fact string) {
	x.Helper()
	if !x.report.saw(fact) {
		x.Errorf("%s is no fact of the spec", fact)
	}
}

// once fails the test unless exactly one event matches.
func once[T anyEvent](x *stage, f *feed, what string, match func(T) bool) {
	x.Helper()
	if found, _ := find(f, match); len(found) != 1 {
		x.Errorf("%s came %d times to %s", what, len(found), f.Channel())
	}
}

// barrier returns what waits until the server has dealt with all that a client
// has sent, as captures are not acknowledged. A server that does not answer the
// question it asks is waited for in vain, and no worse off.
func (x *stage) barrier(c *streaming.Client) (reached func()) {
	x.Helper()
	sub, err := c.QueueStats(bounded(x.T), nil)
	answers := hear(sub, err).live(x)
	return func() {
		x.Helper()
		x.must(sub.WaitLive(bounded(x.T)))
		asked := time.Now()
		x.must(sub.RequestLog(bounded(x.T), streaming.QueueStatsRequestLog{ID: fresh(), Length: 1}))
		await(answers, func(e *streaming.QueueStatsStatsLog) bool { return e.Received.After(asked) }, x.patience()[0])
	}
}

// Matches of events by what was provoked.

func noteIs(id misskey.NoteID) func(*streaming.TimelineNote) bool {
	return func(e *streaming.TimelineNote) bool { return e.Note.ID == id }
}

func mentionIs(id misskey.NoteID) func(*streaming.MainMention) bool {
	return func(e *streaming.MainMention) bool { return e.Note.ID == id }
}

// mention has bob mention somebody, and returns how to tell it.
func (x *stage) mention(who person) (misskey.NoteID, error) {
	return x.post(x.cast().bob, draft{text: "@" + who.username + " " + fresh()})
}

// main subscribes to an account's main and waits until events really come.
func (x *stage) main(c *streaming.Client, who person) *feed {
	x.Helper()
	main := hear(c.Main(bounded(x.T), nil)).live(x)
	after(x, main, "main.mention", func() (func(*streaming.MainMention) bool, error) {
		id, err := x.mention(who)
		return mentionIs(id), err
	})
	return main
}
