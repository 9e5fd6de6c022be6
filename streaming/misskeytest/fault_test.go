package misskeytest_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// events returns the types of the events that came under a wire id.
func (c *testClient) events(id string) []string {
	var types []string
	for _, f := range c.all(event(id, "")) {
		types = append(types, f.inner().Type)
	}
	return types
}

// tell sends events e1, e2 ... on a channel.
func tell(srv *misskeytest.Server, channel string, from, to int) {
	for i := from; i <= to; i++ {
		srv.Publish(channel, fmt.Sprint("e", i), nil)
	}
}

// A fault that ends sockets does so behind the n-th event: the client gets that
// one and no other.
func TestFaultsThatEndSockets(t *testing.T) {
	for _, tt := range []struct {
		fault misskeytest.Fault
		check func(error) bool
	}{
		{misskeytest.Drop(), abnormal},
		{misskeytest.CloseWith(1012, "restart"), func(err error) bool {
			var closed *websocket.CloseError
			return errors.As(err, &closed) && closed.Code == 1012 && closed.Text == "restart"
		}},
	} {
		t.Run(tt.fault.String()+" on the third event", func(t *testing.T) {
			srv := newServer(t)
			c, other := dial(t, srv, ""), dial(t, srv, "")
			for _, c := range []*testClient{c, other} {
				c.connect("localTimeline", "x", "{}")
			}
			k := srv.Sockets()[0]
			i := srv.Inject(tt.fault.On(3), misskeytest.OnSocket(k))
			tell(srv, "localTimeline", 1, 5)
			if err := c.end(); !tt.check(err) {
				t.Errorf("the socket ended with %v", err)
			}
			if got := c.events("x"); !slices.Equal(got, []string{"e1", "e2", "e3"}) {
				t.Errorf("got %q, want exactly three events", got)
			}
			other.sync()
			if got := other.events("x"); len(got) != 5 {
				t.Errorf("somebody else got %q, want all five", got)
			}
			if n := len(k.Deliveries()); n != 3 || k.Open() {
				t.Errorf("%d deliveries, open: %v; want 3 and the end", n, k.Open())
			}
			incidents := i.Incidents()
			if len(incidents) != 1 || incidents[0].Fault != tt.fault.String() || incidents[0].Socket != k ||
				incidents[0].Channel != "localTimeline" || incidents[0].ID != "x" {
				t.Errorf("incidents %+v, want one, of the third event", incidents)
			}
		})
		t.Run(tt.fault.String()+" at once", func(t *testing.T) {
			srv := newServer(t)
			alice := srv.AddUser("alice")
			hers, others := dial(t, srv, alice.Token()), dial(t, srv, "")
			i := srv.Inject(tt.fault, misskeytest.OfUser(alice))
			if err := hers.end(); !tt.check(err) {
				t.Errorf("the socket ended with %v", err)
			}
			others.sync()
			if n := i.Struck(); n != 1 {
				t.Errorf("struck %d times, want once", n)
			}
			dial(t, srv, alice.Token()).sync()
		})
	}
}

// A fault may strike while an event is on its way to many: those that are left
// get it, whichever end.
func TestFaultStrikesAmidABroadcast(t *testing.T) {
	for name, send := range map[string]func(*misskeytest.Server){
		"channel":     func(s *misskeytest.Server) { s.Publish("localTimeline", "novelty", nil) },
		"note":        func(s *misskeytest.Server) { s.User("alice").Post("x") },
		"note update": func(s *misskeytest.Server) { s.PublishUpdate("n", "novelty", nil) },
		"broadcast":   func(s *misskeytest.Server) { s.Broadcast("novelty", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			srv.AddUser("alice")
			var clients []*testClient
			for range 6 {
				c := dial(t, srv, "")
				c.connect("localTimeline", "1", "{}")
				c.connect("localTimeline", "2", "{}") // ends with the first
				c.send(`{"type":"s","body":{"id":"n"}}`)
				c.sync()
				clients = append(clients, c)
			}
			sockets := srv.Sockets()
			i := srv.Inject(misskeytest.Drop().On(1).Times(3))
			send(srv)
			for n, c := range clients {
				if n < 3 {
					_ = c.end()
				} else {
					c.sync()
				}
			}
			if n := i.Struck(); n != 3 {
				t.Errorf("struck %d sockets, want 3", n)
			}
			for n, c := range clients {
				events := c.all(func(f testFrame) bool { return f.Type != "connected" })
				want := 1
				if n >= 3 && (name == "channel" || name == "note") {
					want = 2 // one for each connection
				}
				if len(events) != want || len(sockets[n].Deliveries()) != want {
					t.Errorf("client %d got %d events of %d delivered, want %d", n, len(events), len(sockets[n].Deliveries()), want)
				}
			}
			if n := srv.Listening("localTimeline"); n != 6 {
				t.Errorf("%d listen, want 6", n)
			}
		})
	}
}

// On and Times together: every second event, twice.
func TestFaultOnAndTimes(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	c.connect("localTimeline", "x", "{}")
	c.connect("globalTimeline", "y", "{}")
	i := srv.Inject(misskeytest.Garbage("!").On(2).Times(2), misskeytest.OnChannel("localTimeline"))
	srv.Publish("globalTimeline", "not counted", nil)
	srv.Broadcast("not counted", nil)
	tell(srv, "localTimeline", 1, 6)
	c.sync()
	var got []string
	for _, f := range c.all(func(f testFrame) bool { return f.Type == "not JSON" || event("x", "")(f) }) {
		if f.Type == "channel" {
			f.Type = f.inner().Type
		}
		got = append(got, f.Type)
	}
	if want := []string{"e1", "e2", "not JSON", "e3", "e4", "not JSON", "e5", "e6"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if i.Struck() != 2 {
		t.Errorf("struck %d times, want 2", i.Struck())
	}

	endless := srv.Inject(misskeytest.Garbage("!").On(1).Times(0), misskeytest.OnChannel("localTimeline"))
	tell(srv, "localTimeline", 7, 9)
	endless.Stop()
	endless.Stop()
	tell(srv, "localTimeline", 10, 12)
	if endless.Struck() != 3 {
		t.Errorf("struck %d times, want 3 until it was stopped", endless.Struck())
	}
	defer func() {
		if recover() == nil {
			t.Error("On(0) does not panic")
		}
	}()
	misskeytest.Drop().On(0)
}

func TestFaultTargets(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	hers, his, nobodys := dial(t, srv, alice.Token()), dial(t, srv, bob.Token()), dial(t, srv, "")
	hers.connect("main", "m", "{}")
	his.connect("main", "m", "{}")
	nobodys.connect("channel", "c", `{"channelId":"one"}`)
	for _, tt := range []struct {
		name    string
		targets []misskeytest.Target
		want    int
	}{
		{"everybody", nil, 3},
		{"a user's", []misskeytest.Target{misskeytest.OfUser(bob)}, 1},
		{"nobody's", []misskeytest.Target{misskeytest.OfUser(nil)}, 1},
		{"a channel", []misskeytest.Target{misskeytest.OnChannel("main")}, 2},
		{"a param", []misskeytest.Target{misskeytest.WithParam("channelId", "one")}, 1},
		{"another param", []misskeytest.Target{misskeytest.WithParam("channelId", "two")}, 0},
		{"a user's channel", []misskeytest.Target{misskeytest.OfUser(alice), misskeytest.OnChannel("main")}, 1},
		{"a channel that the user has not", []misskeytest.Target{misskeytest.OfUser(alice), misskeytest.OnChannel("channel")}, 0},
		{"a socket", []misskeytest.Target{misskeytest.OnSocket(alice.Sockets()[0])}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			// How often does not count for what strikes at once.
			if n := srv.Inject(misskeytest.Garbage("!").Times(1), tt.targets...).Struck(); n != tt.want {
				t.Errorf("struck %d sockets, want %d", n, tt.want)
			}
		})
	}
}

// Nothing comes and nothing goes, and the client is not told: its writes succeed
// and its connection does not end, until the server closes.
func TestHalfOpen(t *testing.T) {
	t.Run("nothing comes, nothing is read, no FIN", func(t *testing.T) {
		srv := newServer(t)
		ws, k := dialRaw(t, srv)
		srv.Inject(misskeytest.HalfOpen())
		srv.Broadcast("lost", nil)
		for range 3 {
			if err := ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"s","body":{"id":"n"}}`)); err != nil {
				t.Fatalf("the client cannot write: %v", err)
			}
		}
		hearsNothing(t, ws)
		if n := len(k.Received()); n != 0 || len(k.Captures()) != 0 {
			t.Errorf("the server has read %d frames", n)
		}
		if !k.Open() {
			t.Error("the server knows, without any ping")
		}
	})

	t.Run("on the second event", func(t *testing.T) {
		srv := newServer(t)
		ws, _ := dialRaw(t, srv)
		srv.Inject(misskeytest.HalfOpen().On(2))
		for _, typ := range []string{"b1", "b2", "b3"} {
			srv.Broadcast(typ, nil)
		}
		for _, want := range []string{"b1", "b2"} {
			if _, data, err := ws.ReadMessage(); err != nil || !strings.Contains(string(data), want) {
				t.Fatalf("read %s, %v; want %s", data, err, want)
			}
		}
		hearsNothing(t, ws)
	})

	t.Run("the server finds out by its pings, the client does not", func(t *testing.T) {
		clock := misskeytest.NewManualClock(time.Now())
		srv := newServer(t, misskeytest.WithClock(clock))
		ws, k := dialRaw(t, srv)
		srv.Inject(misskeytest.HalfOpen())
		clock.Advance(2 * misskeytest.DefaultPingInterval)
		if !k.Open() {
			t.Fatal("cut off after two intervals, want more")
		}
		clock.Advance(misskeytest.DefaultPingInterval)
		if k.Open() || len(srv.Sockets()) != 0 {
			t.Error("still open after three intervals")
		}
		hearsNothing(t, ws)
		srv.Stop()
		srv.Start()
		hearsNothing(t, ws)
		srv.Close()
		if err := ws.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		var late net.Error
		if _, _, err := ws.ReadMessage(); err == nil || errors.As(err, &late) && late.Timeout() {
			t.Errorf("after Close: %v, want the end of the connection", err)
		}
	})
}

// dialRaw opens a socket that reads when it is told to.
func dialRaw(t *testing.T, srv *misskeytest.Server) (*websocket.Conn, *misskeytest.Socket) {
	t.Helper()
	ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ws.Close() })
	sockets := srv.Sockets()
	return ws, sockets[len(sockets)-1]
}

// hearsNothing reads from under the websocket for a moment: a read that is out
// of time can be tried again there.
func hearsNothing(t *testing.T, ws *websocket.Conn) {
	t.Helper()
	tcp := ws.NetConn()
	if err := tcp.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	var late net.Error
	if n, err := tcp.Read(make([]byte, 1)); !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("read %d bytes, %v; want to hear nothing", n, err)
	}
	_ = tcp.SetReadDeadline(time.Time{})
}

func TestStallReads(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	c.connect("localTimeline", "x", "{}")
	k := srv.Sockets()[0]
	first, second := srv.Inject(misskeytest.StallReads()), srv.Inject(misskeytest.StallReads())
	before := len(k.Received())
	for range 5 {
		c.send(`{"type":"s","body":{"id":"n"}}`)
	}
	srv.Publish("localTimeline", "meanwhile", nil)
	c.waitFor("what the server writes", event("x", "meanwhile"))
	first.Stop()
	first.Stop()
	if n := len(k.Received()) - before; n != 0 {
		t.Errorf("%d frames read while stalled", n)
	}
	second.Stop()
	c.sync()
	if n := k.Captures()["n"]; n != 5 {
		t.Errorf("captured %d times, want what was sent meanwhile", n)
	}
}

// A client that the server does not read answers no pings either, as the server
// sees it.
func TestStallReadsEndsByPings(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer(t, misskeytest.WithClock(clock))
	c := dial(t, srv, "")
	srv.Inject(misskeytest.StallReads())
	clock.Advance(3 * misskeytest.DefaultPingInterval)
	if err := c.end(); !abnormal(err) {
		t.Errorf("%v, want no close frame", err)
	}
}

func TestSlowWrites(t *testing.T) {
	const pace = 20_000
	srv := newServer(t)
	c := dial(t, srv, "")
	slow := srv.Inject(misskeytest.SlowWrites(pace))
	began := time.Now()
	srv.Inject(misskeytest.Oversized(pace / 2))
	c.waitFor("half a second's worth", ofType("oversized"))
	if d := time.Since(began); d < 350*time.Millisecond {
		t.Errorf("it took %v, want no less than half a second or so", d)
	}
	stopped := srv.Inject(misskeytest.SlowWrites(0))
	srv.Broadcast("stuck", nil)
	srv.Broadcast("stuck too", nil)
	slow.Stop()
	if got := c.all(ofType("stuck")); len(got) > 0 {
		t.Error("something was written at no pace at all")
	}
	stopped.Stop()
	c.waitFor("what was queued", ofType("stuck too"))

	// Stopped before its turn has come, it never slows anything.
	srv.Inject(misskeytest.SlowWrites(0).On(1)).Stop()
	late := srv.Inject(misskeytest.SlowWrites(0).On(1))
	srv.Broadcast("first", nil)
	late.Stop()
	srv.Broadcast("second", nil)
	c.waitFor("the event behind", ofType("second"))
	if late.Struck() != 1 {
		t.Errorf("struck %d times, want once", late.Struck())
	}
}

func TestGarbageAndOversizedFrames(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	c.connect("localTimeline", "x", "{}")
	before := len(c.all(anyFrame))
	srv.Inject(misskeytest.Garbage())
	c.sync()
	all := c.all(anyFrame)[before:]
	notJSON := c.all(ofType("not JSON"))
	if len(all) < 15 || len(notJSON) < 3 || len(notJSON) == len(all) {
		t.Errorf("%d frames of garbage, %d not JSON; want some of each kind", len(all), len(notJSON))
	}
	for _, size := range []int{1, 100, 1 << 20} {
		before := len(c.all(anyFrame))
		srv.Inject(misskeytest.Oversized(size))
		c.sync()
		got := c.all(anyFrame)[before:]
		whole := len(got[0].Body) + len(`{"type":"oversized","body":}`)
		if len(got) != 1 || got[0].Type != "oversized" || whole != max(size, len(`{"type":"oversized","body":""}`)) {
			t.Errorf("asked for %d bytes, got %d frames, the first of %d", size, len(got), whole)
		}
	}
	srv.Publish("localTimeline", "after", nil)
	c.waitFor("an event behind it all", event("x", "after"))
	if n := len(srv.Deliveries()); n != 1 {
		t.Errorf("%d deliveries, want the event alone: garbage is none", n)
	}
}

func TestConnectFaults(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		for _, tt := range []struct {
			fault         misskeytest.Fault
			acked, events int
			refusal       misskeytest.Refusal
		}{
			{misskeytest.SilentRefusal(), 0, 0, misskeytest.RefusedByFault},
			{misskeytest.DeadChannel(), 1, 0, misskeytest.Accepted},
			{misskeytest.LostAck(), 0, 1, misskeytest.Accepted},
		} {
			t.Run(tt.fault.String(), func(t *testing.T) {
				srv := newServer(t, misskeytest.WithRelease(release))
				c := dial(t, srv, "")
				i := srv.Inject(tt.fault.On(2), misskeytest.OnChannel("serverStats"))
				c.connect("localTimeline", "not counted", "{}")
				c.connect("serverStats", "first", "{}")
				c.send(`{"type":"disconnect","body":{"id":"first"}}`)
				c.send(`{"type":"connect","body":{"channel":"serverStats","id":"struck","pong":true}}`)
				c.sync()
				srv.Publish("serverStats", "novelty", nil)
				c.send(`{"type":"ch","body":{"id":"struck","type":"requestLog","body":{"id":"x","length":1}}}`)
				c.sync()
				if n := len(c.all(ackOf("struck"))); n != tt.acked {
					t.Errorf("%d connected, want %d", n, tt.acked)
				}
				if n := len(c.all(event("struck", "novelty"))); n != tt.events {
					t.Errorf("%d events, want %d", n, tt.events)
				}
				if n := len(c.all(event("struck", "statsLog"))); n != tt.events {
					t.Errorf("%d answers, want %d", n, tt.events)
				}
				if got := srv.Sockets()[0].Connects()[2].Refusal; got != tt.refusal {
					t.Errorf("refusal %q, want %q", got, tt.refusal)
				}
				incidents := i.Incidents()
				if len(incidents) != 1 || incidents[0].Channel != "serverStats" || incidents[0].ID != "struck" {
					t.Errorf("incidents %+v, want the second connect", incidents)
				}
				c.send(`{"type":"disconnect","body":{"id":"struck"}}`)
				c.connect("serverStats", "third", "{}") // as if nothing had been
			})
		}
	})
}

func TestLateAck(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		clock := misskeytest.NewManualClock(time.Now())
		srv := newServer(t, misskeytest.WithRelease(release), misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
		gone, c := dial(t, srv, ""), dial(t, srv, "")
		srv.Inject(misskeytest.LateAck(time.Minute).Times(2))
		k := srv.Sockets()[0]
		for _, c := range []*testClient{gone, c} {
			c.send(`{"type":"connect","body":{"channel":"localTimeline","id":"x","pong":true}}`)
			c.sync()
		}
		k.Drop()
		clock.Advance(time.Minute - 1)
		srv.Publish("localTimeline", "early", nil)
		c.sync()
		if n := len(c.all(ackOf("x"))); n != 0 {
			t.Error("acknowledged before its time")
		}
		clock.Advance(1)
		c.sync()
		frames := c.all(anyFrame)
		if len(frames) != 2 || frames[0].inner().Type != "early" || frames[1].Type != "connected" {
			t.Errorf("got %s, want the event before the acknowledgment", frames)
		}
		if k.Connects()[0].Acknowledged {
			t.Error("a socket that had ended is said to have been told")
		}
	})
}

func TestSlowOpen(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		clock := misskeytest.NewManualClock(time.Now())
		srv := newServer(t, misskeytest.WithRelease(release), misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
		gone, c := dial(t, srv, ""), dial(t, srv, "")
		k := srv.Sockets()[0]
		srv.Inject(misskeytest.SlowOpen(time.Minute).Times(2))
		for _, c := range []*testClient{gone, c} {
			c.send(`{"type":"connect","body":{"channel":"channel","id":"x","params":{"channelId":"c"},"pong":true}}`)
			c.sync()
		}
		if got := k.Connects()[0].Refusal; got != misskeytest.Opening {
			t.Errorf("refusal %q while it opens", got)
		}
		c.connect("channel", "quick", `{"channelId":"c"}`)
		if n := srv.Publish("channel", "early", nil); n != 1 {
			t.Errorf("%d channels work while two open, want the quick one", n)
		}
		k.Drop()
		clock.Advance(time.Minute)
		if n := srv.Publish("channel", "late", nil); n != 2 {
			t.Errorf("%d channels work, want the two of the open socket", n)
		}
		c.waitFor("the slow one", event("x", "late"))
		if got := c.events("x"); len(got) != 1 || len(c.all(ackOf("x"))) != 1 {
			t.Errorf("got %q, want one acknowledgment and the late event", got)
		}
	})
}

func TestReorderedAcks(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		c := dial(t, srv, "")
		acks := func() []string {
			c.sync()
			var ids []string
			for _, f := range c.all(ofType("connected")) {
				ids = append(ids, f.inner().ID)
			}
			return ids
		}
		connect := func(channel, id string, pong bool) {
			c.send(`{"type":"connect","body":{"channel":%q,"id":%q,"pong":%v}}`, channel, id, pong)
		}
		i := srv.Inject(misskeytest.ReorderedAcks(3))
		connect("localTimeline", "1", true)
		connect("noSuchChannel", "does not count", true)
		connect("localTimeline", "asks for none", false)
		connect("localTimeline", "2", true)
		if got := acks(); len(got) != 0 {
			t.Errorf("acknowledged %q, want none before the third", got)
		}
		connect("localTimeline", "3", true)
		connect("localTimeline", "4", true)
		if got := acks(); !slices.Equal(got, []string{"3", "2", "1", "4"}) {
			t.Errorf("acknowledged %q, want three in the opposite order", got)
		}
		if i.Struck() != 3 {
			t.Errorf("struck %d times, want 3", i.Struck())
		}
		held := srv.Inject(misskeytest.ReorderedAcks(3))
		connect("localTimeline", "5", true)
		connect("localTimeline", "6", true)
		c.sync()
		held.Stop()
		if got := acks()[4:]; !slices.Equal(got, []string{"6", "5"}) {
			t.Errorf("Stop let %q go, want those held back", got)
		}
	})
}

func TestEventsAfterDisconnect(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	srv.Inject(misskeytest.EventsAfterDisconnect())
	for _, id := range []string{"struck", "other"} {
		c.connect("localTimeline", id, "{}")
		c.send(`{"type":"disconnect","body":{"id":%q}}`, id)
	}
	c.sync()
	srv.Publish("localTimeline", "novelty", nil)
	c.sync()
	if n := len(c.events("struck")); n != 1 {
		t.Errorf("%d events after disconnect, want 1", n)
	}
	if n := len(c.events("other")); n != 0 {
		t.Errorf("%d events after the second disconnect, want none", n)
	}
	srv.Sockets()[0].Drop()
	if n := srv.Listening("localTimeline"); n != 0 {
		t.Errorf("%d listen when the socket has ended", n)
	}
}

func TestHandshakeFaults(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	for _, tt := range []struct {
		status int
		header http.Header
		body   string
	}{
		{429, http.Header{"Retry-After": {"7"}}, ""},
		{500, nil, ""},
		{502, http.Header{"Content-Type": {"text/html"}}, "<html><h1>Bad Gateway</h1></html>"},
	} {
		t.Run(fmt.Sprint("rejected with ", tt.status), func(t *testing.T) {
			i := srv.Inject(misskeytest.RejectHandshake(tt.status, tt.header, tt.body), misskeytest.OfUser(alice))
			dial(t, srv, "")
			_, resp, err := dialPath(srv, "/streaming?i="+alice.Token(), "")
			if err == nil || resp == nil || resp.StatusCode != tt.status {
				t.Fatalf("%v, %+v; want %d", err, resp, tt.status)
			}
			for key := range tt.header {
				if got := resp.Header.Get(key); got != tt.header.Get(key) {
					t.Errorf("%s: %q, want %q", key, got, tt.header.Get(key))
				}
			}
			if body, _ := io.ReadAll(resp.Body); string(body) != tt.body {
				t.Errorf("body %q, want %q", body, tt.body)
			}
			if in := i.Incidents(); len(in) != 1 || in[0].Socket != nil {
				t.Errorf("incidents %+v, want one without a socket", in)
			}
			dial(t, srv, alice.Token())
		})
	}
	t.Run("cut", func(t *testing.T) {
		i := srv.Inject(misskeytest.CutHandshake())
		if _, resp, err := dialPath(srv, "/streaming", ""); err == nil || resp != nil {
			t.Errorf("%v, %v; want the end of the connection", resp, err)
		}
		if i.Struck() != 1 {
			t.Errorf("struck %d times, want once", i.Struck())
		}
		dial(t, srv, "")
	})
	t.Run("hanging", func(t *testing.T) {
		i := srv.Inject(misskeytest.HangHandshake())
		tcp, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tcp.Close() }()
		_, _ = io.WriteString(tcp, "GET /streaming HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
		await(t, srv, "the handshake", func() bool { return i.Struck() == 1 })
		_ = tcp.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		var late net.Error
		if n, err := tcp.Read(make([]byte, 1)); !errors.As(err, &late) || !late.Timeout() {
			t.Errorf("read %d bytes, %v; want no answer", n, err)
		}
		dial(t, srv, "")
	})
}

// Of several faults on one event the first to end the socket is the last.
func TestFaultsTogether(t *testing.T) {
	srv := newServer(t)
	c := dial(t, srv, "")
	srv.Inject(misskeytest.Garbage("before").On(1))
	srv.Inject(misskeytest.Drop().On(1))
	after := srv.Inject(misskeytest.Garbage("after").On(1))
	srv.Broadcast("last", nil)
	_ = c.end()
	if got := c.all(anyFrame); len(got) != 2 || string(got[1].Body) != "before" {
		t.Errorf("got %s, want the event and the garbage injected before the drop", got)
	}
	if after.Struck() != 0 {
		t.Error("a fault struck a socket that had ended")
	}
}

// Close leaves no goroutine behind, whatever faults are at work.
func TestCloseAmidFaults(t *testing.T) {
	before := goleak.IgnoreCurrent()
	clock := misskeytest.NewManualClock(time.Now())
	srv := misskeytest.NewServer(misskeytest.WithClock(clock), misskeytest.WithOpenTime(time.Hour))
	var open []*websocket.Conn
	faults := []misskeytest.Fault{
		misskeytest.HalfOpen(), misskeytest.StallReads(), misskeytest.SlowWrites(0), misskeytest.SlowWrites(1),
		misskeytest.HalfOpen().On(1), misskeytest.Drop().On(1), misskeytest.CloseWith(1001, "").On(1),
	}
	for range 2 * len(faults) {
		ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL(), nil)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, ws)
	}
	await(t, srv, "all sockets", func() bool { return len(srv.Sockets()) == len(open) })
	sockets := srv.Sockets()
	srv.Inject(misskeytest.SlowOpen(time.Hour), misskeytest.OnChannel("globalTimeline"))
	srv.Inject(misskeytest.LateAck(time.Hour), misskeytest.OnChannel("globalTimeline"))
	srv.Inject(misskeytest.ReorderedAcks(2))
	for _, channel := range []string{"globalTimeline", "localTimeline"} { // which never open
		connect := fmt.Appendf(nil, `{"type":"connect","body":{"channel":%q,"id":"x","pong":true}}`, channel)
		if err := open[0].WriteMessage(websocket.TextMessage, connect); err != nil {
			t.Fatal(err)
		}
	}
	await(t, srv, "the connects", func() bool { return len(sockets[0].Connects()) == 2 })
	// Writers that are stuck in the kernel as well: nobody reads.
	for range 8 {
		srv.Broadcast("big", bigBody)
	}
	for i, k := range sockets {
		srv.Inject(faults[i/2], misskeytest.OnSocket(k))
		if i%2 == 1 {
			srv.Inject(misskeytest.StallReads(), misskeytest.OnSocket(k))
		}
	}
	srv.Broadcast("last", nil)
	hanging := srv.Inject(misskeytest.HangHandshake())
	hung := make(chan struct{})
	go func() {
		defer close(hung)
		if ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL(), nil); err == nil {
			ws.Close()
			t.Error("the handshake that hangs was answered")
		}
	}()
	await(t, srv, "the handshake that hangs", func() bool { return hanging.Struck() == 1 })
	srv.Stop()
	<-hung
	srv.Start()
	srv.Close()
	for _, ws := range open {
		ws.Close()
	}
	goleak.VerifyNone(t, before)
}
