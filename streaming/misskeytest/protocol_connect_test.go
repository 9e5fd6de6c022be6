package misskeytest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// The lines of the protocol about connect.

func TestConnectSilentlyIgnored(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		alice := srv.AddUser("alice")
		app := alice.AppToken("read:account")
		for _, tt := range []struct{ name, token, body string }{
			{"id a number", "", `{"channel":"localTimeline","id":5,"pong":true}`},
			{"id null", "", `{"channel":"localTimeline","id":null,"pong":true}`},
			{"id absent", "", `{"channel":"localTimeline","pong":true}`},
			{"channel a number", "", `{"channel":5,"id":"x","pong":true}`},
			{"channel absent", "", `{"id":"x","pong":true}`},
			{"keys in another case", "", `{"Channel":"localTimeline","ID":"x","pong":true}`},
			{"pong a number", "", `{"channel":"localTimeline","id":"x","pong":1}`},
			{"pong a string", "", `{"channel":"localTimeline","id":"x","pong":"true"}`},
			{"pong an object", "", `{"channel":"localTimeline","id":"x","pong":{}}`},
			{"params null", "", `{"channel":"localTimeline","id":"x","pong":true,"params":null}`},
			{"params an array", "", `{"channel":"localTimeline","id":"x","pong":true,"params":[]}`},
			{"params a string", "", `{"channel":"localTimeline","id":"x","pong":true,"params":"x"}`},
			{"unknown channel", alice.Token(), `{"channel":"noSuchChannel","id":"x","pong":true}`},
			{"requireCredential while anonymous", "", `{"channel":"homeTimeline","id":"x","pong":true}`},
			{"app token lacking the channel's kind", app, `{"channel":"chatUser","id":"x","pong":true,"params":{"otherId":"y"}}`},
		} {
			t.Run(tt.name, func(t *testing.T) {
				c := dial(t, srv, tt.token)
				c.send(`{"type":"connect","body":%s}`, tt.body)
				c.sync()
				for _, channel := range []string{"localTimeline", "homeTimeline", "chatUser", "noSuchChannel"} {
					srv.Publish(channel, "novelty", nil)
				}
				c.sync()
				if got := c.all(anyFrame); len(got) > 0 {
					t.Errorf("got %s, want nothing", got)
				}
				c.connect("localTimeline", "after", "{}")
			})
		}
	})
}

func TestConnectID(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		for name, id := range map[string]string{
			"empty": "", "2000 characters": strings.Repeat("x", 2000), "of any kind": "日本 \U0001f44d <&>\u2028",
		} {
			t.Run("any string: "+name, func(t *testing.T) {
				c := dial(t, srv, "")
				c.connect("localTimeline", id, "{}")
				srv.Publish("localTimeline", "novelty", nil)
				c.waitFor("an event under the id", event(id, "novelty"))
			})
		}
	})
}

func TestConnectPong(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		for pong, connected := range map[string]int{`,"pong":true`: 1, `,"pong":false`: 0, `,"pong":null`: 0, ``: 0} {
			t.Run("connected only with pong:true, the channel works without: "+pong, func(t *testing.T) {
				c := dial(t, srv, "")
				c.send(`{"type":"connect","body":{"channel":"localTimeline","id":"x"%s}}`, pong)
				c.sync()
				srv.Publish("localTimeline", "novelty", nil)
				c.waitFor("an event", event("x", "novelty"))
				if n := len(c.all(ofType("connected"))); n != connected {
					t.Errorf("%d connected, want %d", n, connected)
				}
			})
		}
	})
}

// The witness tells what the server does not.
func TestConnectRefusals(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	c := dial(t, srv, alice.AppToken("read:account"))
	var want []misskeytest.Refusal
	for _, tt := range []struct {
		body string
		want misskeytest.Refusal
	}{
		{`"channel":"serverStats","params":{}`, misskeytest.Accepted},
		{`"channel":"serverStats"`, misskeytest.RefusedShared},
		{`"channel":"localTimeline","params":[]`, misskeytest.RefusedMalformed},
		{`"channel":"noSuchChannel"`, misskeytest.RefusedUnknownChannel},
		{`"channel":"admin"`, misskeytest.RefusedPermission},
		{`"channel":"userList"`, misskeytest.RefusedParams},
	} {
		c.send(`{"type":"connect","body":{"id":"x",%s}}`, tt.body)
		want = append(want, tt.want)
	}
	c.sync()
	var got []misskeytest.Refusal
	for _, asked := range alice.Sockets()[0].Connects() {
		got = append(got, asked.Refusal)
	}
	if !slices.Equal(got, want) {
		t.Errorf("refusals %q, want %q", got, want)
	}
}

func TestConnectLimit(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		fill := func(c *testClient) {
			for i := range 32 {
				c.connect("localTimeline", fmt.Sprint("c", i), "{}")
			}
		}
		t.Run("the 33rd is ignored", func(t *testing.T) {
			c := dial(t, srv, "")
			fill(c)
			c.send(`{"type":"connect","body":{"channel":"serverStats","id":"c32","pong":true}}`)
			c.sync()
			srv.Publish("serverStats", "novelty", nil)
			c.sync()
			if got := c.all(func(f testFrame) bool { return f.inner().ID == "c32" }); len(got) > 0 {
				t.Errorf("got %s, want nothing", got)
			}
		})
		t.Run("a disconnect frees a slot", func(t *testing.T) {
			c := dial(t, srv, "")
			fill(c)
			c.send(`{"type":"disconnect","body":{"id":"c7"}}`)
			c.connect("localTimeline", "c32", "{}")
		})
	})
}

// slowly is a server where every channel takes a second of its clock to open,
// so that whatever a test sends in that second is a burst.
func slowly(t *testing.T, release misskeytest.Release) (*misskeytest.Server, *misskeytest.ManualClock) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer(t, misskeytest.WithRelease(release), misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
	srv.Inject(misskeytest.SlowOpen(time.Second).Times(0))
	return srv, clock
}

// burst sends connects, without waiting for one to open, and then opens them.
func burst(c *testClient, clock *misskeytest.ManualClock, bodies ...string) {
	c.t.Helper()
	for _, body := range bodies {
		c.send(`{"type":"connect","body":{%s,"pong":true}}`, body)
	}
	c.sync()
	clock.Advance(time.Second)
	c.sync()
}

// The rows of the table in which the releases differ, or might.

func TestConnectIsAcknowledged(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		name := "`connected` is sent after init succeeded"
		early := 0
		if release == misskeytest.Release2025 {
			name, early = "`connected` is sent at once, before async init ends", 1
		}
		t.Run(name, func(t *testing.T) {
			srv, clock := slowly(t, release)
			c := dial(t, srv, "")
			c.send(`{"type":"connect","body":{"channel":"localTimeline","id":"x","pong":true}}`)
			c.sync()
			if n := len(c.all(ackOf("x"))); n != early {
				t.Errorf("%d connected before it is open, want %d", n, early)
			}
			srv.Publish("localTimeline", "early", nil)
			clock.Advance(time.Second)
			srv.Publish("localTimeline", "late", nil)
			c.sync()
			frames := c.all(anyFrame)
			if len(frames) != 2 || frames[0].Type != "connected" || frames[1].inner().Type != "late" {
				t.Errorf("got %s, want `connected` and the event that came when it was open", frames)
			}
		})
	})
}

func TestConnectWithBadParams(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
		bob.Follow(alice) // who chat follow each other
		alice.Follow(bob)
		list, antenna, room := bob.AddList(), bob.AddAntenna([]string{"word"}), bob.AddRoom("room")
		list.Add(bob)
		acks, old := 0, release == misskeytest.Release2025
		if old {
			acks = 1
		}
		for _, tt := range []struct {
			name, channel, params string
			events                bool // do flow, where the channel is not dropped
		}{
			{"no listId", "userList", `{}`, false},
			{"a foreign list", "userList", fmt.Sprintf(`{"listId":%q}`, list.ID), false},
			{"no q", "hashtag", `{}`, false},
			{"no otherId", "chatUser", `{}`, false},
			{"no antennaId", "antenna", `{}`, false},
			{"no roomId", "chatRoom", `{}`, false},
			{"a foreign antenna", "antenna", fmt.Sprintf(`{"antennaId":%q}`, antenna.ID), true},
			{"a foreign room", "chatRoom", fmt.Sprintf(`{"roomId":%q}`, room.ID), true},
		} {
			name := ": no `connected`, channel dropped"
			if old {
				name = ": still `connected`, then silent"
				if tt.events {
					name = ": still `connected`, and events flow"
				}
			}
			t.Run(tt.name+name, func(t *testing.T) {
				c := dial(t, srv, alice.Token())
				c.send(`{"type":"connect","body":{"channel":%q,"id":"x","params":%s,"pong":true}}`, tt.channel, tt.params)
				c.sync()
				if n := len(c.all(ackOf("x"))); n != acks {
					t.Errorf("%d connected, want %d", n, acks)
				}
				if !tt.events { // else what the server makes by itself has to come
					srv.Publish(tt.channel, "novelty", nil)
				}
				alice.Post("word #tag")
				bob.Chat(alice, "hi")
				room.Send(bob, "hi")
				c.sync()
				if got := len(c.all(event("x", ""))) > 0; got != (old && tt.events) {
					t.Errorf("events: %v, want %v", got, !got)
				}
				// A channel that is dropped takes no place, one that is silent does.
				for i := range 31 {
					c.connect("localTimeline", fmt.Sprint(i), "{}")
				}
				c.send(`{"type":"connect","body":{"channel":"localTimeline","id":"32nd","pong":true}}`)
				c.sync()
				if n := len(c.all(ackOf("32nd"))); n != 1-acks {
					t.Errorf("the 32nd channel got %d connected, want %d", n, 1-acks)
				}
			})
		}
	})
}

func TestConnectReplyOrder(t *testing.T) {
	const bursts, length = 5, 10
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		old := release == misskeytest.Release2025
		name := "the replies to a burst often come out of order"
		if old {
			name = "the replies to a burst come in request order"
		}
		t.Run(name, func(t *testing.T) {
			srv := newServer(t, misskeytest.WithRelease(release), misskeytest.WithOpenTime(40*time.Millisecond))
			outOfOrder := 0
			for range bursts {
				c := dial(t, srv, "")
				for i := range length {
					c.send(`{"type":"connect","body":{"channel":"localTimeline","id":"%d","pong":true}}`, i)
				}
				for i := range length {
					c.waitFor("connected", ackOf(fmt.Sprint(i)))
				}
				var got []string
				for _, f := range c.all(ofType("connected")) {
					got = append(got, f.inner().ID)
				}
				if len(got) != length {
					t.Fatalf("%d replies, want %d", len(got), length)
				}
				if !slices.IsSorted(got) {
					outOfOrder++
				}
			}
			// By chance ten replies keep their order once in many thousands.
			if old && outOfOrder > 0 || !old && outOfOrder == 0 {
				t.Errorf("%d of %d bursts out of order", outOfOrder, bursts)
			}
		})
	})
}

func TestConnectLimitInOneBurst(t *testing.T) {
	for release, want := range map[misskeytest.Release]int{misskeytest.Release2025: 32, misskeytest.Release2026: 40} {
		t.Run(fmt.Sprintf("%s: %d of 40", release, want), func(t *testing.T) {
			srv, clock := slowly(t, release)
			c := dial(t, srv, "")
			var bodies []string
			for i := range 40 {
				bodies = append(bodies, fmt.Sprintf(`"channel":"localTimeline","id":"c%d"`, i))
			}
			burst(c, clock, bodies...)
			if n := len(c.all(ofType("connected"))); n != want {
				t.Errorf("%d connected, want %d", n, want)
			}
			if n := srv.Publish("localTimeline", "novelty", nil); n != want {
				t.Errorf("%d channels work, want %d", n, want)
			}
			burst(c, clock, `"channel":"localTimeline","id":"apart"`)
			if len(c.all(ackOf("apart"))) > 0 {
				t.Error("one more was connected when all were settled")
			}
		})
	}
}

func TestConnectTwiceInOneBurst(t *testing.T) {
	for release, want := range map[misskeytest.Release]int{misskeytest.Release2025: 1, misskeytest.Release2026: 2} {
		for _, channel := range []string{"main", "drive", "serverStats"} {
			t.Run(fmt.Sprintf("%s: two %s in one burst, each event %d times", release, channel, want), func(t *testing.T) {
				srv, clock := slowly(t, release)
				alice := srv.AddUser("alice")
				c := dial(t, srv, alice.Token())
				burst(c, clock, fmt.Sprintf(`"channel":%q,"id":"1"`, channel), fmt.Sprintf(`"channel":%q,"id":"2"`, channel))
				if n := len(c.all(ofType("connected"))); n != want {
					t.Errorf("%d connected, want %d", n, want)
				}
				srv.Publish(channel, "novelty", nil)
				c.sync()
				if n := len(c.all(event("1", "novelty"))) + len(c.all(event("2", "novelty"))); n != want {
					t.Errorf("%d events, want %d", n, want)
				}
			})
		}
	}
}

func TestConnectIDReused(t *testing.T) {
	const first, second = `"channel":"localTimeline","id":"x"`, `"channel":"globalTimeline","id":"x"`
	// heard are the channels that send under the id.
	heard := func(c *testClient, srv *misskeytest.Server) []string {
		c.t.Helper()
		before := len(c.all(event("x", "")))
		srv.Publish("localTimeline", "localTimeline", nil)
		srv.Publish("globalTimeline", "globalTimeline", nil)
		c.sync()
		var channels []string
		for _, f := range c.all(event("x", ""))[before:] {
			channels = append(channels, f.inner().Type)
		}
		return channels
	}
	both := []string{"localTimeline", "globalTimeline"}

	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		old := release == misskeytest.Release2025
		settled, after := "old one disposed, new one replaces", 0
		want := both[1:]
		if old {
			settled, after = "both live under one id; one disconnect removes one, the other leaks until close", 1
			want = both
		}
		t.Run("after the first settled: "+settled, func(t *testing.T) {
			srv, clock := slowly(t, release)
			c := dial(t, srv, "")
			burst(c, clock, first)
			burst(c, clock, second)
			if n := len(c.all(ackOf("x"))); n != 2 {
				t.Errorf("%d connected, want 2", n)
			}
			if got := heard(c, srv); !slices.Equal(got, want) {
				t.Errorf("heard %q, want %q", got, want)
			}
			for range 2 {
				c.send(`{"type":"disconnect","body":{"id":"x"}}`)
				c.sync()
				if got := heard(c, srv); len(got) != after {
					t.Errorf("heard %q after disconnect, want %d", got, after)
				}
			}
		})
		t.Run("in one burst: both live, one leaks", func(t *testing.T) {
			srv, clock := slowly(t, release)
			c := dial(t, srv, "")
			burst(c, clock, first, second)
			if got := heard(c, srv); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(both))) {
				t.Errorf("heard %q, want %q", got, both)
			}
			for range 2 {
				c.send(`{"type":"disconnect","body":{"id":"x"}}`)
				c.sync()
				if got := heard(c, srv); len(got) != 1 {
					t.Errorf("heard %q after disconnect, want one", got)
				}
			}
		})
	})
}

func TestConnectAndDisconnectBackToBack(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		for channel, keeps := range map[string]bool{
			"homeTimeline": false, "localTimeline": true, "userList": true, "main": true,
		} {
			name := channel + " stops"
			if keeps {
				name = channel + " keeps sending"
			}
			t.Run(name, func(t *testing.T) {
				srv, clock := slowly(t, release)
				alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
				list := alice.AddList()
				list.Add(bob)
				alice.Follow(bob)
				c := dial(t, srv, alice.Token())
				c.send(`{"type":"connect","body":{"channel":%q,"id":"x","params":{"listId":%q}}}`, channel, list.ID)
				c.send(`{"type":"disconnect","body":{"id":"x"}}`)
				c.sync()
				clock.Advance(time.Second)
				bob.Post("hello @alice")
				c.sync()
				if got := len(c.all(event("x", ""))) > 0; got != keeps {
					t.Errorf("sends: %v, want %v", got, keeps)
				}
				// It is not connected, whatever it sends.
				c.send(`{"type":"disconnect","body":{"id":"x"}}`)
				burst(c, clock, fmt.Sprintf(`"channel":%q,"id":"y","params":{"listId":%q}`, channel, list.ID))
				if len(c.all(ackOf("y"))) != 1 {
					t.Error("it cannot be connected again")
				}
			})
		}
	})
}

// Each disconnect is for one connect.
func TestConnectAndDisconnectTwiceBackToBack(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv, clock := slowly(t, release)
		alice := srv.AddUser("alice")
		c := dial(t, srv, alice.Token())
		for range 2 {
			c.send(`{"type":"connect","body":{"channel":"homeTimeline","id":"x"}}`)
			c.send(`{"type":"disconnect","body":{"id":"x"}}`)
		}
		c.sync()
		clock.Advance(time.Second)
		alice.Post("nobody hears this")
		c.sync()
		if got := c.all(event("x", "")); len(got) > 0 {
			t.Errorf("homeTimeline sends %s", got)
		}
	})
}

// The same by the time that things take, as without a fault.
func TestConnectAndDisconnectByTheOpenTime(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release), misskeytest.WithOpenTime(300*time.Millisecond))
		alice := srv.AddUser("alice")
		c := dial(t, srv, alice.Token())
		for _, channel := range []string{"homeTimeline", "localTimeline"} {
			c.send(`{"type":"connect","body":{"channel":%q,"id":%q}}`, channel, channel)
			c.send(`{"type":"disconnect","body":{"id":%q}}`, channel)
		}
		await(t, srv, "everything to settle", func() bool {
			connects := alice.Sockets()[0].Connects()
			return len(connects) == 2 && connects[0].Refusal != misskeytest.Opening && connects[1].Refusal != misskeytest.Opening
		})
		alice.Post("x")
		c.waitFor("the note", event("localTimeline", "note"))
		if got := c.all(event("homeTimeline", "")); len(got) > 0 {
			t.Errorf("homeTimeline sends %s", got)
		}
	})
}

// After disconnect, events of main, drive and admin keep arriving on the old id
// until the socket closes.
func TestConnectLeaks(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
		srv.AddRole("moderators", misskeytest.ForModerators()).Assign(alice)
		for channel, p := range map[string]struct {
			event string
			do    func()
		}{
			"main":  {"mention", func() { bob.Post("@alice") }},
			"drive": {"fileCreated", func() { alice.UploadFile(misskey.DriveFile{Name: "x.png"}) }},
			"admin": {"newAbuseUserReport", func() { bob.Report(alice, "spam") }},
		} {
			t.Run(channel+" has no dispose: events on the old id, and after reconnect under both", func(t *testing.T) {
				c := dial(t, srv, alice.Token())
				k := alice.Sockets()[len(alice.Sockets())-1]
				count := func(step string, want ...int) {
					t.Helper()
					c.sync()
					p.do()
					c.sync()
					got := []int{len(c.all(event("old", p.event))), len(c.all(event("new", p.event)))}
					if !slices.Equal(got, want) {
						t.Errorf("%s: %d events under old and new id, want %d", step, got, want)
					}
				}
				c.connect(channel, "old", "{}")
				count("connected", 1, 0)
				c.send(`{"type":"disconnect","body":{"id":"old"}}`)
				count("disconnected", 2, 0)
				c.connect(channel, "new", "{}")
				count("connected again", 3, 1)
				c.send(`{"type":"disconnect","body":{"id":"new"}}`)
				count("disconnected again", 4, 2)
				if n := len(k.Connections()); n != 2 || !k.Connections()[0].Stray || !k.Connections()[1].Stray {
					t.Errorf("the witness has %+v, want two stray connections", k.Connections())
				}
				k.Drop()
				_ = c.end()
				if n := srv.Listening(channel); n != 0 {
					t.Errorf("%d still listen when the socket is closed", n)
				}
			})
		}
	})
}
