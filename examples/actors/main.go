// Command actors shows a program made of protoactor actors that takes a Misskey
// client in: the client's actors are children of one of its own, events go to its
// actors as messages, and the actor system stays its own.
//
// Without flags it runs on a Misskey server of its own and ends by itself. On a
// real one it runs until it is interrupted:
//
//	MISSKEY_TOKEN=... go run ./examples/actors -host https://misskey.example spam scam
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

func main() {
	host := flag.String("host", "", "a Misskey server, as in https://misskey.example; empty for one of its own")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if *host == "" {
		err = demo(ctx, os.Stdout)
	} else {
		err = serve(ctx, os.Stdout, *host, os.Getenv("MISSKEY_TOKEN"), flag.Args())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "actors:", err)
		os.Exit(1)
	}
}

// serve runs the service until ctx ends.
func serve(ctx context.Context, out io.Writer, host, token string, words []string) error {
	// After a dead letter the system keeps a goroutine for this long, a second
	// unless told otherwise; a program that ends has no time for that.
	system := actor.NewActorSystem(actor.WithDeadLetterThrottleInterval(time.Millisecond))
	defer system.Shutdown()
	alerts := system.Root.Spawn(actor.PropsFromFunc(func(c actor.Context) {
		if a, ok := c.Message().(*alert); ok {
			fmt.Fprintln(out, a.text)
		}
	}))
	root := system.Root.Spawn(actor.PropsFromProducer(func() actor.Actor {
		return &service{host: host, token: token, words: words, alerts: alerts}
	}))
	<-ctx.Done()
	return errors.Join(system.Root.StopFuture(root).Wait(), system.Root.PoisonFuture(alerts).Wait()) // the alerts are told first
}

// demo runs the service on a server of its own.
func demo(ctx context.Context, out io.Writer) error {
	srv := misskeytest.NewServer()
	defer srv.Close()
	desk, alice := srv.AddUser("desk"), srv.AddUser("alice")

	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	heard := make(chan struct{}, 16)
	served := make(chan error, 1)
	serving, stop := context.WithCancel(ctx)
	go func() {
		served <- serve(serving, &told{out: out, heard: heard}, srv.URL, desk.Token(), []string{"spam"})
	}()
	defer stop()

	live := func() bool { return srv.Listening("localTimeline") > 0 && srv.Listening("main") > 0 }
	hear := func() error {
		select {
		case <-heard:
			return nil
		case err := <-served:
			return errors.Join(errors.New("the service has ended"), err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := srv.Wait(ctx, live); err != nil {
		return err
	}
	alice.Post("nothing of interest")
	alice.Post("buy spam!")
	if err := hear(); err != nil {
		return err
	}
	alice.Post("@desk are you there?")
	if err := hear(); err != nil {
		return err
	}
	// A restart of the server is two gaps, and then everything goes on.
	srv.Stop()
	srv.Start()
	for range 2 {
		if err := hear(); err != nil {
			return err
		}
	}
	alice.Post("more spam!")
	if err := hear(); err != nil {
		return err
	}
	stop()
	return <-served
}

// told passes on what is written, and says that something was.
type told struct {
	out   io.Writer
	heard chan<- struct{}
}

func (t *told) Write(p []byte) (int, error) {
	n, err := t.out.Write(p)
	t.heard <- struct{}{}
	return n, err
}
