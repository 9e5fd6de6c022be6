// Fork is a bot on a server that has a channel of its own, the lounge. What that
// server has otherwise stands in myserver.yaml, and package myserver is made of
// it: the same client as package streaming, on the same runtime and with the same
// entities.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/misskeyactor/misskeyactor/examples/fork/myserver"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// run lets the bot answer whoever speaks in the lounge, once.
func run(out io.Writer) error {
	// In place of the server: one in this process, that has a lounge as well.
	srv := misskeytest.NewServer(misskeytest.WithChannel("lounge", misskeytest.OnSend(repeat)))
	defer srv.Close()
	alice, bot := srv.AddUser("alice"), srv.AddUser("bot")

	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	client, err := myserver.Connect(ctx, srv.URL, myserver.WithToken(bot.Token()))
	if err != nil {
		return err
	}
	defer client.Close(context.Background())
	lounge, err := client.Lounge(ctx, myserver.LoungeParams{RoomID: "1"}, nil)
	if err != nil {
		return err
	}
	if err := lounge.WaitLive(ctx); err != nil {
		return err
	}

	srv.Publish("lounge", "said", map[string]any{"user": alice.Lite(), "text": "Is anybody there?"})
	for event, err := range lounge.Events(ctx) {
		if err != nil {
			return err
		}
		said, ok := event.(*myserver.LoungeSaid)
		if !ok {
			continue // a gap, or newer than the bindings
		}
		fmt.Fprintf(out, "%s: %s\n", said.User.Username, said.Text)
		if said.User.ID == bot.ID {
			return nil // it has heard itself
		}
		if err := lounge.Say(ctx, myserver.LoungeSay{Text: "Hello, " + said.User.Username + "!"}); err != nil {
			return err
		}
	}
	return errors.New("the lounge has closed")
}

// repeat is what the lounge does with a message: those in it hear it.
func repeat(c misskeytest.Connection, m misskeytest.Send) {
	var message struct{ Text string }
	if err := json.Unmarshal(m.Body, &message); err == nil && m.Type == "say" {
		c.Publish("said", map[string]any{"user": c.Socket.User().Lite(), "text": message.Text})
	}
}
