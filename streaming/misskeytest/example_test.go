package misskeytest_test

import (
	"encoding/json"
	"fmt"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// A bot under test connects to the server's URL with its token. This one is a
// bare websocket, so that the example shows what goes over the wire.
func Example() {
	srv := misskeytest.NewServer()
	defer srv.Close()
	bot, alice := srv.AddUser("bot", misskeytest.AsBot()), srv.AddUser("alice")

	ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL()+"?i="+bot.Token(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ws.Close()
	_ = ws.WriteJSON(map[string]any{"type": "connect", "body": map[string]any{"channel": "main", "id": "1", "pong": true}})

	read := func() (frame struct {
		Type string
		Body struct {
			Type string
			Body json.RawMessage
		}
	}) {
		if err := ws.ReadJSON(&frame); err != nil {
			fmt.Println(err)
		}
		return frame
	}
	fmt.Println(read().Type)

	alice.Post("hello @bot")
	mention := read()
	var note struct{ Text string }
	_ = json.Unmarshal(mention.Body.Body, &note)
	fmt.Println(mention.Body.Type, note.Text)

	for _, c := range bot.Sockets()[0].Connections() {
		fmt.Println("the server sees:", c.Channel, c.ID)
	}
	// Output:
	// connected
	// mention hello @bot
	// the server sees: main 1
}

// Users act through methods; what a method returns is what REST would.
func ExampleUser_Post() {
	srv := misskeytest.NewServer()
	defer srv.Close()
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")

	note := alice.Post("tea or #coffee?", misskeytest.WithPoll("tea", "coffee"))
	bob.Vote(note.ID, 1)
	reply := bob.Reply(note.ID, "coffee")

	fmt.Println(note.Tags, note.Poll.Choices[1].Text)
	fmt.Println(reply.Reply.ID == note.ID, reply.Mentions[0] == alice.ID)
	// Output:
	// [coffee] coffee
	// true true
}
