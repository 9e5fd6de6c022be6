// Libraries is the smallest program on the libraries that a bot stands on:
// protoactor-go, gorilla/websocket and go-faster/jx. The size and the compile time
// of a bot are compared with its own.
//
// It dials the address that is its argument and hands the type of every message
// to an actor, which prints it.
package main

import (
	"fmt"
	"os"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/go-faster/jx"
	"github.com/gorilla/websocket"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: libraries ws://host/path")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "libraries:", err)
		os.Exit(1)
	}
}

func run(url string) error {
	ws, _, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		return err
	}
	defer ws.Close()
	root := actor.NewActorSystem().Root
	printer := root.Spawn(actor.PropsFromFunc(func(ctx actor.Context) {
		if typ, ok := ctx.Message().(string); ok {
			fmt.Println(typ)
		}
	}))
	for {
		_, message, err := ws.ReadMessage()
		if err != nil {
			return err
		}
		err = jx.DecodeBytes(message).Obj(func(d *jx.Decoder, key string) error {
			if key != "type" {
				return d.Skip()
			}
			typ, err := d.Str()
			root.Send(printer, typ)
			return err
		})
		if err != nil {
			return err
		}
	}
}
