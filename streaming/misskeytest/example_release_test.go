package misskeytest_test

import (
	"fmt"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// A bot that is to run on servers of any age is tested on each release. Only
// Misskey 12 answers the text ping, and calls over the socket.
func ExampleWithRelease() {
	for _, release := range []misskeytest.Release{misskeytest.Release2026, misskeytest.Release2025, misskeytest.Release12} {
		srv := misskeytest.NewServer(misskeytest.WithRelease(release))
		b := startBot(srv, srv.AddUser("bot"), "1")
		b.say("ping")
		b.say(`{"type":"api","body":{"id":"7","endpoint":"ping","data":{}}}`)
		b.say(`{"type":"connect","body":{"channel":"localTimeline","id":"2","pong":true}}`)
		fmt.Print(release, ":")
		for range 2 {
			fmt.Print(" ", b.hears())
		}
		fmt.Println()
		b.stop()
		srv.Close()
	}
	// Output:
	// 2026.3.2: connected connected
	// 2025.11.1: connected connected
	// 12.109.2: connected pong
}

// Misskey 12 has messages instead of chat.
func ExampleUser_Message() {
	srv := misskeytest.NewServer(misskeytest.WithRelease(misskeytest.Release12))
	defer srv.Close()
	bot, alice := srv.AddUser("bot"), srv.AddUser("alice")

	b := startBot(srv, bot, "1")
	defer b.stop()
	fmt.Println(b.hears())
	m := alice.Message(bot, "are you there?")
	fmt.Println(b.hears(), *m.Text, *m.RecipientID == bot.ID)
	// Output:
	// connected
	// messagingMessage are you there? true
}
