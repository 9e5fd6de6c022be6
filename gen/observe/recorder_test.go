package observe

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// What a client records of a server is held against the spec that the client was
// generated from: nothing is found, and the token is not in it.
func TestRecordingOfAClient(t *testing.T) {
	server := misskeytest.NewServer()
	defer server.Close()
	bot, alice := server.AddUser("bot"), server.AddUser("alice")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var frames bytes.Buffer
	client, err := streaming.Connect(ctx, server.URL, streaming.WithToken(bot.Token()), streaming.WithRecorder(&frames))
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan struct{}, 10)
	main, err := client.Main(ctx, streaming.MainFuncs{
		Mention:         func(context.Context, *streaming.MainMention) error { heard <- struct{}{}; return nil },
		RegistryUpdated: func(context.Context, *streaming.MainRegistryUpdated) error { heard <- struct{}{}; return nil },
	})
	if err == nil {
		err = main.WaitLive(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	note := alice.Post("hello @bot")
	bot.PublishMain("registryUpdated", map[string]any{"scope": []string{"a"}, "key": "k", "value": map[string]string{"i": bot.Token()}})
	capture, err := client.Capture(ctx, note.ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := capture.WaitLive(ctx); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		select {
		case <-heard:
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		}
	}
	if err := client.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(frames.String(), bot.Token()) {
		t.Errorf("the token is in the recording:\n%s", &frames)
	}
	o := observer(t, misskey(t), Options{})
	if err := o.Read("frames", &frames); err != nil {
		t.Fatal(err)
	}
	r := o.Report()
	for _, f := range r.Findings {
		t.Error(describe(f))
	}
	if r.Counts.Unanswered != 0 || r.Counts.Unfollowed != 0 || r.Counts.Out < 3 || r.Counts.In < 3 {
		t.Errorf("counts %+v", r.Counts)
	}
	unseen := map[string]bool{}
	for _, u := range r.Unseen {
		unseen[u.Path] = true
	}
	for _, path := range []string{"channels.main.events.mention", "channels.main.events.registryUpdated", "captures.note"} {
		if unseen[path] {
			t.Errorf("%s is not seen", path)
		}
	}
}
