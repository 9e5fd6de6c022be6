package misskeytest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// The lines of the protocol about when things come on main; TestMainEvents has
// what comes.
func TestMainDelays(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		for _, tt := range []struct {
			name  string
			after time.Duration
			event string
			do    func(bot, alice *misskeytest.User)
			read  string // what the client sends to have read it
		}{
			{"unreadNotification comes 2 s later", 2 * time.Second, "unreadNotification",
				func(bot, alice *misskeytest.User) { alice.Post("@bot") },
				`{"type":"readNotification"}`},
			{"newChatMessage comes 3 s later", 3 * time.Second, "newChatMessage",
				func(bot, alice *misskeytest.User) { alice.Chat(bot, "hi") },
				`{"type":"ch","body":{"id":"c","type":"read","body":{}}}`},
		} {
			setUp := func(t *testing.T) (*misskeytest.ManualClock, *testClient, func()) {
				clock := misskeytest.NewManualClock(time.Now())
				srv := newServer(t, misskeytest.WithClock(clock), misskeytest.WithRelease(release), misskeytest.WithPingInterval(0))
				bot, alice := srv.AddUser("bot"), srv.AddUser("alice")
				bot.Follow(alice) // who chat follow each other
				alice.Follow(bot)
				clock.Advance(time.Minute)
				c := dial(t, srv, bot.Token())
				c.connect("main", "m", "{}")
				c.connect("chatUser", "c", `{"otherId":"`+string(alice.ID)+`"}`)
				return clock, c, func() { tt.do(bot, alice) }
			}
			count := func(c *testClient) int {
				c.sync()
				return len(c.all(event("m", tt.event)))
			}
			t.Run(tt.name, func(t *testing.T) {
				clock, c, do := setUp(t)
				do()
				clock.Advance(tt.after - time.Millisecond)
				if n := count(c); n != 0 {
					t.Errorf("%d of them before", n)
				}
				clock.Advance(time.Millisecond)
				if n := count(c); n != 1 {
					t.Errorf("%d of them, want 1", n)
				}
			})
			t.Run(tt.name+" unless read", func(t *testing.T) {
				clock, c, do := setUp(t)
				do()
				c.send("%s", tt.read)
				c.sync()
				clock.Advance(time.Minute)
				if n := count(c); n != 0 {
					t.Errorf("%d of them, want none", n)
				}
			})
		}
	})
}

// Reading by the user's own doing counts like reading by a client.
func TestReadNotifications(t *testing.T) {
	_, bot, alice, _, c := people(t)
	bot.ReadNotifications() // nothing is unread: no event
	alice.Post("@bot")
	bot.ReadNotifications()
	bot.ReadNotifications()
	c.sync()
	want := []string{"mention", "notification:mention", "readAllNotifications"}
	if got := c.mainEvents(); !slices.Equal(got, want) {
		t.Errorf("main events %q, want %q", got, want)
	}
}
