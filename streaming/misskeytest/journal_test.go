package misskeytest_test

import (
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// count says how often each event was queued for whom meets the targets.
func count(srv *misskeytest.Server, targets ...misskeytest.Target) map[uint64]int {
	times := map[uint64]int{}
	for _, d := range srv.Deliveries(targets...) {
		times[d.Event]++
	}
	return times
}

// An event has one number wherever it goes, so that "exactly once?" is a matter
// of counting, over sockets that have ended too.
func TestJournalTellsWhatCameExactlyOnce(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	first := dial(t, srv, alice.Token())
	first.connect("homeTimeline", "h", "{}")
	first.connect("localTimeline", "l", "{}")
	alice.Post("twice, on two channels")
	alice.Post("once, at home", misskeytest.WithVisibility(misskey.NoteVisibilityHome))
	alice.Sockets()[0].Drop()
	_ = first.end()
	alice.Post("never: nobody is there")

	second := dial(t, srv, alice.Token())
	second.connect("homeTimeline", "h", "{}")
	second.connect("main", "m", "{}")
	bob.Post("@alice once, on main")
	var times []int
	events := count(srv, misskeytest.OfUser(alice), misskeytest.OnChannel("homeTimeline"))
	for _, n := range events {
		times = append(times, n)
	}
	if !slices.Equal(times, []int{1, 1}) {
		t.Errorf("home: events came %d times, want two of them once each", times)
	}
	twice := 0
	for event, n := range count(srv, misskeytest.OfUser(alice)) {
		if n == 2 {
			twice++
			if events[event] != 1 {
				t.Errorf("event %d came twice and not at home", event)
			}
		}
	}
	if twice != 1 {
		t.Errorf("%d events came twice, want the first note alone", twice)
	}
	if n := len(count(srv, misskeytest.OfUser(bob))); n != 0 {
		t.Errorf("%d events for somebody without a socket", n)
	}
}

func TestJournalTellsWhatWasSentToWhom(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	c, other := dial(t, srv, alice.Token()), dial(t, srv, "")
	c.connect("main", "m", "{}")
	for _, c := range []*testClient{c, other} {
		c.send(`{"type":"s","body":{"id":"n"}}`)
		c.sync()
	}
	srv.PublishUpdate("n", "reacted", map[string]any{"reaction": "x"})
	srv.Broadcast("emojiAdded", map[string]any{"emoji": 1})
	alice.PublishMain("pageEvent", 7)

	k := alice.Sockets()[0]
	var got []string
	var last uint64
	for _, d := range k.Deliveries() {
		got = append(got, fmt.Sprintf("%s %s/%s/%s %s", d.Type, d.Channel, d.ID, d.Note, d.Body))
		if d.Socket != k || d.At.IsZero() || d.Event <= last {
			t.Errorf("%s: socket %p, at %v, event %d after %d", d.Type, d.Socket, d.At, d.Event, last)
		}
		last = d.Event
	}
	want := []string{`reacted //n {"reaction":"x"}`, `emojiAdded // {"emoji":1}`, `pageEvent main/m/ 7`}
	if !slices.Equal(got, want) {
		t.Errorf("deliveries\n%q, want\n%q", got, want)
	}
	var everywhere []int
	for _, n := range count(srv) {
		everywhere = append(everywhere, n)
	}
	slices.Sort(everywhere)
	if !slices.Equal(everywhere, []int{1, 2, 2}) {
		t.Errorf("events came %d times, want the update and the broadcast to both sockets", everywhere)
	}
}

// What has ended can still be asked.
func TestJournalKeepsPastSockets(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	for i := range 3 {
		c := dial(t, srv, alice.Token())
		c.connect("localTimeline", fmt.Sprint(i), "{}")
		c.send(`{"type":"s","body":{"id":"n"}}`)
		c.sync()
		srv.Publish("localTimeline", "novelty", nil)
		alice.Sockets()[0].Drop()
		_ = c.end()
	}
	past := srv.PastSockets()
	if len(past) != 3 || len(srv.Sockets()) != 0 {
		t.Fatalf("%d past sockets, %d open; want 3 and none", len(past), len(srv.Sockets()))
	}
	for i, k := range past {
		id := fmt.Sprint(i)
		if k.Open() || k.User() != alice || len(k.Received()) != 2 || k.Captures()["n"] != 1 ||
			len(k.Connects()) != 1 || len(k.Connections()) != 1 || k.Connections()[0].ID != id ||
			len(k.Deliveries()) != 1 || k.Deliveries()[0].ID != id {
			t.Errorf("socket %d: open %v, received %v, connections %+v, deliveries %+v", i, k.Open(), k.Received(), k.Connections(), k.Deliveries())
		}
		k.SendText([]byte("too late"))
		if k.Sent() != 2 { // `connected` and the event
			t.Errorf("socket %d: %d frames sent, want 2", i, k.Sent())
		}
	}
	if n := srv.Publish("localTimeline", "novelty", nil); n != 0 {
		t.Errorf("an event reached %d sockets that have ended", n)
	}
}

func TestWithoutJournal(t *testing.T) {
	srv := newServer(t, misskeytest.WithoutJournal())
	c := dial(t, srv, "")
	c.connect("localTimeline", "x", "{}")
	k := srv.Sockets()[0]
	srv.Publish("localTimeline", "novelty", nil)
	c.waitFor("the event", event("x", "novelty"))
	i := srv.Inject(misskeytest.Drop().On(1))
	srv.Publish("localTimeline", "last", nil)
	_ = c.end()
	if i.Struck() != 1 || k.Sent() != 3 || len(k.Connects()) != 1 {
		t.Errorf("struck %d, sent %d, connects %v; want all of that to go on", i.Struck(), k.Sent(), k.Connects())
	}
	if len(srv.Deliveries()) != 0 || len(k.Deliveries()) != 0 || len(k.Received()) != 0 || len(srv.PastSockets()) != 0 {
		t.Error("something was written down")
	}
}

// What a client sent before it was cut off, and the server had not read by then,
// is not acted on.
func TestFramesBehindTheEndAreLost(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	k := srv.Sockets()[0]
	stalled := srv.Inject(misskeytest.StallReads())
	for i := range 100 {
		c.send(`{"type":"connect","body":{"channel":"localTimeline","id":"%d"}}`, i)
	}
	k.Close(1001, "going away")
	stalled.Stop()
	_ = c.end()
	// The server closes the connection when it has read the client's close frame,
	// which comes behind all that.
	_ = c.ws.NetConn().SetReadDeadline(time.Now().Add(patience))
	if _, err := io.ReadAll(c.ws.NetConn()); err != nil {
		t.Fatal(err)
	}
	if n := srv.Listening("localTimeline"); n != 0 || len(k.Connects()) != 0 {
		t.Errorf("%d listen of %d that asked, on a socket that has ended", n, len(k.Connects()))
	}
}
