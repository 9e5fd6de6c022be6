package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

// defaultBatch is how much the server writes in one call. Writing frames one by one
// would make it the slower end, and then the clients would differ less.
const defaultBatch = 64 << 10

// load is what a server sends.
type load struct {
	channels int     // that have to be connected before anything is sent
	notes    int     // over all channels, shared out evenly
	rate     float64 // notes a second over all channels; 0 is as fast as they are taken
	batch    int     // bytes to write in one call, or one frame if that is more
}

// server is a Misskey server as far as its socket goes: it acknowledges every
// channel, and sends the notes when it is told to.
type server struct {
	load
	notes []note

	mu      sync.Mutex
	sockets []*serverSocket
	left    int           // channels that are not connected yet
	ready   chan struct{} // closed when all are
}

// serverSocket is one client's socket and the channels on it.
type serverSocket struct {
	ws       *websocket.Conn
	channels []string
}

func newServer(l load, notes []note) *server {
	return &server{load: l, notes: notes, left: l.channels, ready: make(chan struct{})}
}

// serve is the frame server's process. It prints where it listens, sends the
// notes when it reads a line, and ends with its standard input.
func serve(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	var l load
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the error says it
	flags.IntVar(&l.channels, "channels", 1, "channels to wait for")
	flags.IntVar(&l.notes, "notes", 0, "notes to send")
	flags.Float64Var(&l.rate, "rate", 0, "notes a second")
	flags.IntVar(&l.batch, "batch", defaultBatch, "bytes to write in one call")
	if err := flags.Parse(args); err != nil {
		return err
	}
	notes, err := loadNotes()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := newServer(l, notes)
	web := &http.Server{Handler: s, ReadHeaderTimeout: patience}
	served := make(chan error, 1)
	go func() { served <- web.Serve(listener) }()
	defer func() {
		_ = web.Close()
		s.close()
		<-served
	}()
	if err := json.NewEncoder(out).Encode("http://" + listener.Addr().String()); err != nil {
		return err
	}

	commands := bufio.NewScanner(in)
	if commands.Scan() {
		if err := s.pour(ctx); err != nil {
			return err
		}
	}
	for commands.Scan() { // until the other end is closed
	}
	return commands.Err()
}

// ServeHTTP takes a client's socket.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ws, err := new(websocket.Upgrader).Upgrade(w, r, nil)
	if err != nil {
		return // the client was told
	}
	defer ws.Close()
	socket := &serverSocket{ws: ws}
	s.mu.Lock()
	s.sockets = append(s.sockets, socket)
	s.mu.Unlock()
	for {
		_, message, err := ws.ReadMessage()
		if err != nil {
			return
		}
		var frame struct {
			Type string
			Body struct{ ID string }
		}
		if json.Unmarshal(message, &frame) != nil || frame.Type != "connect" {
			continue // nothing else matters here
		}
		if ws.WriteMessage(websocket.TextMessage, wire.Build("connected", wire.Key("id", frame.Body.ID))) != nil {
			return
		}
		s.mu.Lock()
		socket.channels = append(socket.channels, frame.Body.ID)
		if s.left--; s.left == 0 {
			close(s.ready)
		}
		s.mu.Unlock()
	}
}

// close closes all sockets.
func (s *server) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, socket := range s.sockets {
		socket.ws.Close()
	}
}

// pour waits for the channels and sends the notes, to each socket in a goroutine
// of its own.
func (s *server) pour(ctx context.Context) error {
	select {
	case <-s.ready:
	case <-ctx.Done():
		return fmt.Errorf("waiting for %d channels: %w", s.channels, ctx.Err())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	errs := make([]error, len(s.sockets))
	var pouring sync.WaitGroup
	first := 0
	for i, socket := range s.sockets {
		share := 0
		for range socket.channels {
			share += evenShare(s.load.notes, s.channels, first)
			first++
		}
		rate := s.rate * float64(len(socket.channels)) / float64(s.channels)
		pouring.Go(func() { errs[i] = socket.pour(s.notes, share, rate, s.batch) })
	}
	pouring.Wait()
	return errors.Join(errs...)
}

// evenShare is what the i-th of n gets of a total.
func evenShare(total, n, i int) int {
	share := total / n
	if i < total%n {
		share++
	}
	return share
}

// pour sends n notes, through the socket's channels in turn.
func (s *serverSocket) pour(notes []note, n int, rate float64, size int) error {
	conn := s.ws.NetConn()
	var batch, frame []byte
	began := time.Now()
	for sent := 0; sent < n; {
		due, now := n, time.Now()
		if rate > 0 {
			if due = min(n, int(now.Sub(began).Seconds()*rate)+1); due <= sent {
				pause()
				continue
			}
		}
		batch = batch[:0]
		for sent < due && (len(batch) == 0 || len(batch) < size) {
			frame = notes[sent%len(notes)].appendFrame(frame[:0], s.channels[sent%len(s.channels)], now)
			batch = appendMessage(batch, frame)
			sent++
		}
		// One call writes whole messages, so that what the websocket writes in
		// between, which is pongs, comes between two of them.
		if _, err := conn.Write(batch); err != nil {
			return fmt.Errorf("after %d of %d notes: %w", sent, n, err)
		}
	}
	return nil
}

// appendMessage appends a websocket text message as servers send them: whole,
// and not masked.
func appendMessage(b, payload []byte) []byte {
	const finalText = 0x81
	switch n := len(payload); {
	case n < 126:
		b = append(b, finalText, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, finalText, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, finalText, 127), uint64(n))
	}
	return append(b, payload...)
}
