package misskeytest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// A fault strikes at once, or behind the n-th event that meets its targets. It
// reports what it did.
func ExampleServer_Inject() {
	srv := misskeytest.NewServer()
	defer srv.Close()
	bot, alice := srv.AddUser("bot"), srv.AddUser("alice")
	drop := srv.Inject(misskeytest.Drop().On(2), misskeytest.OfUser(bot), misskeytest.OnChannel("main"))

	b := startBot(srv, bot, "1")
	defer b.stop()
	fmt.Println(b.hears())
	alice.Post("hello @bot") // two events: the mention and its notification
	fmt.Println(b.hears(), b.hears(), b.hears())
	for _, i := range drop.Incidents() {
		fmt.Println(i.Fault, "behind an event on", i.Channel, i.ID)
	}
	// Output:
	// connected
	// mention notification the end
	// drop behind an event on main 1
}

// The real server ignores a connect without a word, for many reasons and
// sometimes for none. Here the test is told.
func ExampleSilentRefusal() {
	srv := misskeytest.NewServer()
	defer srv.Close()
	bot := srv.AddUser("bot")
	srv.Inject(misskeytest.SilentRefusal(), misskeytest.OnChannel("main"))

	b := startBot(srv, bot, "1")
	defer b.stop()
	b.say(`{"type":"connect","body":{"channel":"main","id":"2","pong":true}}`)
	fmt.Println(b.hears())
	for _, c := range bot.Sockets()[0].Connects() {
		fmt.Printf("%s %s refusal: %s, acknowledged: %t\n", c.Channel, c.ID, c.Refusal, c.Acknowledged)
	}
	// Output:
	// connected
	// main 1 refusal: fault, acknowledged: false
	// main 2 refusal: accepted, acknowledged: true
}

// With a ManualClock a late acknowledgement comes when the test says so, and
// events come before it.
func ExampleLateAck() {
	clock := misskeytest.NewManualClock(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
	srv := misskeytest.NewServer(misskeytest.WithClock(clock))
	defer srv.Close()
	bot, alice := srv.AddUser("bot"), srv.AddUser("alice")
	srv.Inject(misskeytest.LateAck(time.Second))

	b := startBot(srv, bot, "1")
	defer b.stop()
	_ = srv.Wait(context.Background(), func() bool { return srv.Listening("main") == 1 })
	alice.Follow(bot)
	fmt.Println(b.hears(), b.hears())
	clock.Advance(time.Second)
	fmt.Println(b.hears())
	// Output:
	// followed notification
	// connected
}

// A rate limit that a bot would take an hour to run into.
func ExampleServer_LimitRate() {
	srv := misskeytest.NewServer()
	defer srv.Close()
	bot := srv.AddUser("bot")
	srv.LimitRate("notes/create", time.Hour)

	body := strings.NewReader(fmt.Sprintf(`{"i":%q,"text":"hello"}`, bot.Token()))
	resp, err := http.Post(srv.URL+"/api/notes/create", "application/json", body)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	defer http.DefaultClient.CloseIdleConnections()
	fmt.Println(resp.Status, "Retry-After:", resp.Header.Get("Retry-After"))
	// Output: 429 Too Many Requests Retry-After: 3600
}
