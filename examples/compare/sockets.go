package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

// readSockets does a job with nothing but sockets: it opens them, connects the
// channels, and reads each socket in a goroutine of its own. read is called once
// for each and returns when it cannot read any more.
func readSockets(ctx context.Context, j job, t *tally, dialer *websocket.Dialer, ready func() error, read func(*websocket.Conn) error) (outcome, error) {
	sockets, err := openSockets(ctx, j, dialer)
	defer closeSockets(sockets)
	if err != nil {
		return outcome{}, err
	}
	failed := make(chan error, len(sockets))
	var reading sync.WaitGroup
	for _, ws := range sockets {
		reading.Go(func() { failed <- read(ws) })
	}
	o, err := measured(ctx, j, t, failed, ready)
	closeSockets(sockets)
	reading.Wait()
	return o, err
}

// openSockets opens a job's sockets and connects their channels. It returns those
// that are open even if there is an error.
func openSockets(ctx context.Context, j job, dialer *websocket.Dialer) ([]*websocket.Conn, error) {
	var sockets []*websocket.Conn
	for range j.Sockets {
		ws, answer, err := dialer.DialContext(ctx, "ws"+strings.TrimPrefix(j.URL, "http")+"/streaming", nil)
		if err != nil {
			return sockets, err
		}
		answer.Body.Close()
		sockets = append(sockets, ws)
		for c := range j.Channels {
			connect := wire.Build("connect", wire.Connect("localTimeline", strconv.Itoa(c), []byte("{}")))
			if err := ws.WriteMessage(websocket.TextMessage, connect); err != nil {
				return sockets, err
			}
		}
		for range j.Channels {
			_, message, err := ws.ReadMessage()
			if err != nil {
				return sockets, err
			}
			if env, err := wire.Scan(message); err != nil || string(env.Type) != "connected" {
				return sockets, fmt.Errorf("the frame server answers %q", message)
			}
		}
	}
	return sockets, nil
}

func closeSockets(sockets []*websocket.Conn) {
	for _, ws := range sockets {
		ws.Close()
	}
}
