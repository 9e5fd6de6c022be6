package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

// startServer runs a frame server as its process does, and returns its URL and
// what tells it to send.
func startServer(t *testing.T, args ...string) (url string, pour func()) {
	t.Helper()
	in, commands := io.Pipe()
	out, prints := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- serve(t.Context(), args, in, prints) }()
	t.Cleanup(func() {
		_ = commands.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &url)
	}
	if err != nil {
		t.Fatal(err)
	}
	return url, func() { fmt.Fprintln(commands, "pour") }
}

func TestServerSharesTheNotesOutInOrder(t *testing.T) {
	const notes = 1000
	recorded := mustLoadNotes(t)
	for _, tt := range []struct{ sockets, channels, batch int }{
		{1, 1, defaultBatch},
		{1, 32, defaultBatch},
		{7, 3, defaultBatch},
		{2, 2, 1},
	} {
		t.Run(fmt.Sprintf("%d sockets of %d channels, %d bytes", tt.sockets, tt.channels, tt.batch), func(t *testing.T) {
			all := tt.sockets * tt.channels
			url, pour := startServer(t, "-channels", fmt.Sprint(all), "-notes", fmt.Sprint(notes), "-batch", fmt.Sprint(tt.batch))
			sockets, err := openSockets(t.Context(), job{URL: url, Sockets: tt.sockets, Channels: tt.channels}, bareDialer())
			defer closeSockets(sockets)
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			pour()
			total := 0
			for _, ws := range sockets {
				perChannel := map[string]int{}
				want := evenNotes(notes, tt.sockets, tt.channels, total)
				for i := range want {
					_ = ws.SetReadDeadline(time.Now().Add(patience))
					_, message, err := ws.ReadMessage()
					if err != nil {
						t.Fatal(err)
					}
					env, err := wire.Full(message)
					if err != nil {
						t.Fatal(err)
					}
					perChannel[string(env.ID)]++
					id, rest, _ := bytes.Cut(bytes.TrimPrefix(message[env.Payload.Start:], []byte(`{"id":"`)), []byte(`"`))
					if string(rest) != recorded[i%len(recorded)].rest[1:] {
						t.Fatalf("note %d is not the recorded one", i)
					}
					if sent, err := sentAt(string(id)); err != nil || sent.Before(began.Add(-time.Second)) || sent.After(time.Now().Add(time.Second)) {
						t.Fatalf("note %d was sent at %v, %v", i, sent, err)
					}
				}
				if len(perChannel) != tt.channels {
					t.Errorf("notes through %d channels", len(perChannel))
				}
				for id, n := range perChannel {
					if math.Abs(float64(n)-float64(want)/float64(tt.channels)) >= 1 {
						t.Errorf("%d of %d notes through channel %s", n, want, id)
					}
				}
				total += want
			}
			if total != notes {
				t.Errorf("%d notes in all", total)
			}
		})
	}
}

// evenNotes is what the next socket gets when the ones before it have had some:
// notes are shared out over channels, and the first ones get what is over.
func evenNotes(notes, sockets, channels, had int) int {
	all := sockets * channels
	each, over := notes/all, notes%all
	first := 0 // channels of the sockets before
	for sum := 0; sum < had; first++ {
		sum += each
		if first < over {
			sum++
		}
	}
	n := each * channels
	if first < over {
		n += min(channels, over-first)
	}
	return n
}

func TestServerKeepsToARate(t *testing.T) {
	const notes, rate = 400, 2000
	url, pour := startServer(t, "-notes", fmt.Sprint(notes), "-rate", fmt.Sprint(rate))
	sockets, err := openSockets(t.Context(), job{URL: url, Sockets: 1, Channels: 1}, bareDialer())
	defer closeSockets(sockets)
	if err != nil {
		t.Fatal(err)
	}
	pour()
	var first, last time.Time
	for i := range notes {
		_, message, err := sockets[0].ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		env, err := wire.Full(message)
		if err != nil {
			t.Fatal(err)
		}
		id, _, _ := strings.Cut(strings.TrimPrefix(env.Payload.In(string(message)), `{"id":"`), `"`)
		if last, err = sentAt(id); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = last
		}
	}
	// By its own clock: it may be late, but it is never early.
	if took, want := last.Sub(first), (notes-2)*time.Second/rate; took < want {
		t.Errorf("%d notes within %v, want at least %v", notes, took, want)
	}
}

func TestServerEndsWithItsInput(t *testing.T) {
	url, _ := startServer(t, "-channels", "2") // of which one comes
	sockets, err := openSockets(t.Context(), job{URL: url, Sockets: 1, Channels: 1}, bareDialer())
	if err != nil {
		t.Fatal(err)
	}
	closeSockets(sockets)
}

func TestMessageLengths(t *testing.T) {
	for _, tt := range []struct {
		size   int
		header string
	}{
		{0, "\x81\x00"},
		{125, "\x81\x7d"},
		{126, "\x81\x7e\x00\x7e"},
		{65535, "\x81\x7e\xff\xff"},
		{65536, "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"},
	} {
		payload := strings.Repeat("x", tt.size)
		if got := string(appendMessage([]byte("before"), []byte(payload))); got != "before"+tt.header+payload {
			t.Errorf("%d bytes begin with %q", tt.size, got[:min(len(got), 20)])
		}
	}
}
