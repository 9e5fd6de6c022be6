package misskeytest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// Delays of the server pass when the test says so: here the two seconds after
// which a notification counts as unread.
func ExampleManualClock() {
	clock := misskeytest.NewManualClock(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
	srv := misskeytest.NewServer(misskeytest.WithClock(clock))
	defer srv.Close()
	bot, alice := srv.AddUser("bot"), srv.AddUser("alice")

	b := startBot(srv, bot, "1")
	defer b.stop()
	fmt.Println(b.hears())
	note := alice.Post("hello @bot")
	fmt.Println(note.CreatedAt.Format(time.TimeOnly), b.hears(), b.hears())
	clock.Advance(2 * time.Second)
	fmt.Println(clock.Now().Format(time.TimeOnly), b.hears())
	// Output:
	// connected
	// 12:00:00 mention notification
	// 12:00:02 unreadNotification
}

// Whether a bot was told something exactly once: an event has one number,
// wherever it is sent. This bot was told twice, because the server never stops
// sending on a main channel that was disconnected.
func ExampleServer_Deliveries() {
	srv := misskeytest.NewServer()
	defer srv.Close()
	bot, alice := srv.AddUser("bot"), srv.AddUser("alice")

	b := startBot(srv, bot, "1")
	defer b.stop()
	fmt.Println(b.hears())
	b.say(`{"type":"disconnect","body":{"id":"1"}}`)
	b.say(`{"type":"connect","body":{"channel":"main","id":"2","pong":true}}`)
	fmt.Println(b.hears())
	alice.Post("hello @bot")

	times := map[uint64]int{}
	for _, d := range srv.Deliveries(misskeytest.OfUser(bot)) {
		if d.Type == "mention" {
			times[d.Event]++
			fmt.Println(d.Type, "under", d.ID)
		}
	}
	for _, n := range times {
		fmt.Println("one event, told", n, "times")
	}
	// Output:
	// connected
	// connected
	// mention under 1
	// mention under 2
	// one event, told 2 times
}

// What the clients are connected to, as the server sees it.
func ExampleServer_Connections() {
	srv := misskeytest.NewServer()
	defer srv.Close()
	bot := srv.AddUser("bot")

	b := startBot(srv, bot, "m")
	defer b.stop()
	b.say(`{"type":"connect","body":{"channel":"localTimeline","id":"l","params":{"withReplies":true}}}`)
	b.say(`{"type":"connect","body":{"channel":"hashtag","id":"h","params":{"q":[["tea"]]}}}`)
	b.say(`{"type":"disconnect","body":{"id":"m"}}`)
	done := func() bool {
		all := srv.Connections(misskeytest.OfUser(bot))
		return len(all) == 3 && all[2].Stray
	}
	if err := srv.Wait(context.Background(), done); err != nil {
		fmt.Println(err)
	}
	for _, c := range srv.Connections() {
		fmt.Printf("%s %s %s stray: %t\n", c.Channel, c.ID, c.Params, c.Stray)
	}
	// Output:
	// hashtag h {"q":[["tea"]]} stray: false
	// localTimeline l {"withReplies":true} stray: false
	// main m {} stray: true
}
