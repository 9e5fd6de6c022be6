package main

import (
	"context"
	"errors"
	"io"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/runtime/wire"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// bareDialer has the buffer that makes gorilla/websocket read fast.
func bareDialer() *websocket.Dialer { return &websocket.Dialer{ReadBufferSize: 16 << 10} }

// readBare does the least a client can: it reads the messages and throws them
// away.
func readBare(ctx context.Context, j job, ready func() error) (outcome, error) {
	t := newTally(j)
	return readSockets(ctx, j, t, bareDialer(), ready, func(ws *websocket.Conn) error {
		return readMessages(ws, func([]byte) error {
			t.note()
			return nil
		})
	})
}

// readDecoding reads in the same way and, where it has read a message, makes a
// note of it, with the decoder that misskeyactor has.
func readDecoding(ctx context.Context, j job, ready func() error) (outcome, error) {
	t := newTally(j)
	return readSockets(ctx, j, t, bareDialer(), ready, func(ws *websocket.Conn) error {
		d := codec.NewDecoder("", nil)
		return readMessages(ws, func(message []byte) error {
			env, err := wire.Scan(message)
			if err != nil {
				return err
			}
			d.Reset(env.Payload.In(string(message)))
			n := new(misskey.Note)
			if err := n.Decode(d); err != nil {
				return err
			}
			return t.noteOf(string(n.ID))
		})
	})
}

// readMessages reads messages into a buffer that it keeps, and hands each on until
// one fails.
func readMessages(ws *websocket.Conn, hand func(message []byte) error) error {
	buf := make([]byte, 64<<10)
	for {
		_, r, err := ws.NextReader()
		if err != nil {
			return err
		}
		n := 0
		for err == nil {
			if n == len(buf) {
				return errors.New("a message is larger than the notes are")
			}
			var read int
			read, err = r.Read(buf[n:])
			n += read
		}
		if err != io.EOF {
			return err
		}
		if err := hand(buf[:n]); err != nil {
			return err
		}
	}
}
