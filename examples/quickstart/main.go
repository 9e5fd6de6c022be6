// Quickstart is a bot that greets whoever mentions it, and watches what
// becomes of the note.
//
// Without arguments it runs against a Misskey server of its own, in this
// process, where two simulated people give it something to do:
//
//	go run ./examples/quickstart
//
// With -host and a token it runs on a real server until it is interrupted:
//
//	MISSKEY_TOKEN=… go run ./examples/quickstart -host https://misskey.example
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming"
)

func main() {
	host := flag.String("host", "", "the `URL` of a real server, as in https://misskey.example; the token is read from MISSKEY_TOKEN")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *host, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, host string, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q; see -help", args[0])
	}
	d := newDiary(os.Stdout)
	defer d.summary()
	if host == "" {
		ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		return demo(ctx, d)
	}
	token := os.Getenv("MISSKEY_TOKEN")
	if token == "" {
		return errors.New("MISSKEY_TOKEN is empty; make a token in the server's settings, under API")
	}
	client, main, err := start(ctx, host, token, d)
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done(): // interrupted
	case <-main.Ended(): // for good, and says why
		err = main.Err()
	}
	return errors.Join(err, finish(client))
}

// start connects and subscribes the greeter to the account's main channel.
func start(ctx context.Context, host, token string, d *diary) (*streaming.Client, *streaming.MainSubscription, error) {
	client, err := streaming.Connect(ctx, host, streaming.WithToken(token), streaming.WithHooks(d),
		streaming.WithLogger(slog.New(slog.DiscardHandler))) // the diary says it all
	if err != nil {
		return nil, nil, err
	}
	g := &greeter{client: client, diary: d}
	main, err := client.Main(ctx, g)
	if err == nil {
		err = client.Call(ctx, "i", nil, &g.me)
	}
	if err == nil {
		err = main.WaitLive(ctx)
	}
	if err != nil {
		return nil, nil, errors.Join(err, finish(client))
	}
	d.say("connected to %s as @%s", client.Status().Host, g.me.Username)
	return client, main, nil
}

// finish closes the client.
func finish(client *streaming.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return client.Close(ctx)
}
