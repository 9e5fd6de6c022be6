package main

import (
	"context"
	"encoding/json"

	"github.com/gorilla/websocket"
)

// readAsToday does what bots written in Go do: ReadMessage, encoding/json for the
// envelope, and encoding/json for the note in it.
func readAsToday(ctx context.Context, j job, ready func() error) (outcome, error) {
	t := newTally(j)
	return readSockets(ctx, j, t, websocket.DefaultDialer, ready, func(ws *websocket.Conn) error {
		for {
			_, message, err := ws.ReadMessage()
			if err != nil {
				return err
			}
			var envelope struct {
				Type string `json:"type"`
				Body struct {
					ID   string          `json:"id"`
					Type string          `json:"type"`
					Body json.RawMessage `json:"body"`
				} `json:"body"`
			}
			if err := json.Unmarshal(message, &envelope); err != nil {
				return err
			}
			if envelope.Type != "channel" || envelope.Body.Type != "note" {
				continue
			}
			n := new(plainNote)
			if err := json.Unmarshal(envelope.Body.Body, n); err != nil {
				return err
			}
			if err := t.noteOf(string(n.ID)); err != nil {
				return err
			}
		}
	})
}
