package streaming_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

const (
	benchSockets  = 100
	benchChannels = 32 * benchSockets
	benchCaptures = 20_000
)

// BenchmarkSubscriptions measures what idle subscriptions and captures cost over
// and above open sockets, what many clients of one process cost that share an
// actor system, and how long they take to come back when the server was
// restarted, beside a client that does nothing but shake hands and connect. The
// server is a process of its own, so that its memory is not counted.
func BenchmarkSubscriptions(b *testing.B) {
	srv := startBenchServer(b)
	b.Run("cost", func(b *testing.B) {
		for range b.N {
			before := measure()
			system := actor.NewActorSystem() // one for all clients of a program
			empty := measure()
			bare := openBare(b, srv.stream, nil)
			sockets := measure()
			closeBare(bare)

			client := benchClient(b, srv.url, streaming.WithActorSystem(system))
			defer closeBench(b, client)
			subscribeBench(b, client)
			channels := measure()
			captureBench(b, client)
			captures := measure()

			b.ReportMetric(float64(empty.bytes-before.bytes), "B/actor-system")
			b.ReportMetric(float64(sockets.bytes-empty.bytes)/benchSockets, "B/bare-socket")
			b.ReportMetric(float64(channels.bytes-sockets.bytes)/benchChannels, "B/subscription")
			b.ReportMetric(float64(channels.goroutines-sockets.goroutines)/benchChannels, "goroutines/subscription")
			b.ReportMetric(float64(captures.bytes-channels.bytes)/benchCaptures, "B/capture")
			b.ReportMetric(float64(captures.goroutines-channels.goroutines)/benchCaptures, "goroutines/capture")
		}
	})
	b.Run("accounts", func(b *testing.B) {
		for range b.N {
			empty := measure()
			bare := openBare(b, srv.stream, nil)
			sockets := measure()
			closeBare(bare)

			system := actor.NewActorSystem()
			shared := measure()
			clients := make([]*streaming.Client, benchSockets)
			for i := range clients {
				clients[i] = benchClient(b, srv.url, streaming.WithActorSystem(system))
				defer closeBench(b, clients[i])
			}
			accounts := measure()
			b.ReportMetric(float64(sockets.bytes-empty.bytes)/benchSockets, "B/bare-socket")
			b.ReportMetric(float64(accounts.bytes-shared.bytes)/benchSockets, "B/client")
			b.ReportMetric(float64(sockets.goroutines-empty.goroutines)/benchSockets, "goroutines/bare-socket")
			b.ReportMetric(float64(accounts.goroutines-shared.goroutines)/benchSockets, "goroutines/client")
		}
	})
	for _, tt := range []struct {
		name string
		opts []streaming.Option
	}{
		{"restart/defaults", nil},
		{"restart/unhurried", []streaming.Option{streaming.WithBackoff(time.Millisecond, 10*time.Millisecond), streaming.WithDialRate(10_000)}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			for range b.N {
				connects := make([][]byte, 32)
				for i := range connects {
					connects[i] = fmt.Appendf(nil, `{"type":"connect","body":{"channel":"hashtag","id":"%d","params":{"q":[["quiet"]]},"pong":true}}`, i)
				}
				began := time.Now()
				bare := openBare(b, srv.stream, connects)
				handshakes := time.Since(began)
				closeBare(bare)

				client := benchClient(b, srv.url, tt.opts...)
				subs := subscribeBench(b, client)
				srv.command(b, "stop")
				awaitState(b, subs, streaming.StateReconnecting)
				srv.command(b, "start")
				began = time.Now()
				awaitState(b, subs, streaming.StateLive)
				b.ReportMetric(time.Since(began).Seconds(), "s/all-live")
				b.ReportMetric(handshakes.Seconds(), "s/bare")
				b.ReportMetric(time.Since(began).Seconds()/handshakes.Seconds(), "×bare")
				closeBench(b, client)
			}
		})
	}
}

type measured struct {
	bytes      int64
	goroutines int
}

// measure returns the live memory, stacks included, when things have settled.
func measure() measured {
	var stats runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&stats)
	return measured{int64(stats.HeapAlloc + stats.StackInuse), runtime.NumGoroutine()}
}

// openBare opens the sockets as any client has to: one goroutine that reads each,
// and no more. With connects it sends them and waits for as many answers.
func openBare(b *testing.B, url string, connects [][]byte) []*websocket.Conn {
	b.Helper()
	dialer := websocket.Dialer{ReadBufferSize: 16 << 10, WriteBufferSize: 4 << 10}
	conns := make([]*websocket.Conn, benchSockets)
	var open sync.WaitGroup
	for i := range conns {
		open.Add(1)
		go func() {
			ws, _, err := dialer.Dial(url, nil)
			if err != nil {
				b.Error(err)
				open.Done()
				return
			}
			conns[i] = ws
			for _, frame := range connects {
				_ = ws.WriteMessage(websocket.TextMessage, frame)
			}
			for range connects {
				_, _, _ = ws.ReadMessage()
			}
			open.Done()
			_, _, _ = ws.ReadMessage() // until it is closed
		}()
	}
	open.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return conns
}

func closeBare(conns []*websocket.Conn) {
	for _, ws := range conns {
		_ = ws.Close()
	}
}

func benchClient(b *testing.B, url string, opts ...streaming.Option) *streaming.Client {
	b.Helper()
	client, err := streaming.Connect(b.Context(), url, append([]streaming.Option{
		streaming.WithLogger(slog.New(slog.DiscardHandler)), streaming.WithDialRate(1000),
	}, opts...)...)
	if err != nil {
		b.Fatal(err)
	}
	return client
}

func closeBench(b *testing.B, client *streaming.Client) {
	if err := client.Close(context.Background()); err != nil {
		b.Error(err)
	}
}

func subscribeBench(b *testing.B, client *streaming.Client) []*streaming.Subscription {
	b.Helper()
	subs := make([]*streaming.Subscription, benchChannels)
	for i := range subs {
		s, err := client.Hashtag(b.Context(), streaming.HashtagParams{Query: [][]string{{"quiet"}}}, streaming.UnimplementedTimelineHandler{})
		if err != nil {
			b.Fatal(err)
		}
		subs[i] = s.Subscription
	}
	awaitState(b, subs, streaming.StateLive)
	return subs
}

func captureBench(b *testing.B, client *streaming.Client) {
	b.Helper()
	subs := make([]*streaming.Subscription, benchCaptures)
	for i := range subs {
		s, err := client.Capture(b.Context(), misskey.NoteID(fmt.Sprintf("note%012d", i)), streaming.UnimplementedNoteHandler{})
		if err != nil {
			b.Fatal(err)
		}
		subs[i] = s.Subscription
	}
	awaitState(b, subs, streaming.StateLive)
}

// awaitState waits until all subscriptions have been seen in a state.
func awaitState(b *testing.B, subs []*streaming.Subscription, state streaming.State) {
	b.Helper()
	deadline := time.Now().Add(time.Minute)
	for _, sub := range subs {
		for sub.State() != state {
			if time.Now().After(deadline) {
				b.Fatalf("a subscription is %s for a minute, want %s", sub.State(), state)
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// benchServer is a misskeytest server in another process, which takes commands by
// its standard input.
type benchServer struct {
	url, stream string
	in          io.Writer
	out         *bufio.Scanner
}

func startBenchServer(b *testing.B) *benchServer {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestServeBenchmark$")
	cmd.Env = append(os.Environ(), "MISSKEY_SERVE_BENCHMARK=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	s := &benchServer{in: in, out: bufio.NewScanner(out)}
	b.Cleanup(func() {
		_ = in.Close() // the server ends then
		for s.out.Scan() {
		}
		_ = cmd.Wait()
	})
	s.url, s.stream = s.read(b), s.read(b)
	return s
}

func (s *benchServer) read(b *testing.B) string {
	b.Helper()
	for s.out.Scan() {
		var line string
		if json.Unmarshal(s.out.Bytes(), &line) == nil { // others are the test's own
			return line
		}
	}
	b.Fatal("the server has ended")
	return ""
}

func (s *benchServer) command(b *testing.B, word string) {
	b.Helper()
	fmt.Fprintln(s.in, word)
	if answer := s.read(b); answer != word {
		b.Fatalf("the server answers %q to %q", answer, word)
	}
}

// TestServeBenchmark is the other process of BenchmarkSubscriptions.
func TestServeBenchmark(t *testing.T) {
	if os.Getenv("MISSKEY_SERVE_BENCHMARK") == "" {
		t.Skip("serves BenchmarkSubscriptions only")
	}
	srv := misskeytest.NewServer(misskeytest.WithoutJournal())
	defer srv.Close()
	fmt.Printf("%q\n%q\n", srv.URL, srv.StreamURL())
	commands := bufio.NewScanner(os.Stdin)
	for commands.Scan() {
		switch word := strings.TrimSpace(commands.Text()); word {
		case "stop":
			srv.Stop()
			fmt.Printf("%q\n", word)
		case "start":
			srv.Start()
			fmt.Printf("%q\n", word)
		}
	}
}
