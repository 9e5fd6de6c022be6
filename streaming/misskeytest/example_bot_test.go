package misskeytest_test

import (
	"encoding/json"
	"fmt"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// exampleBot stands for the bot under test in the examples: a bare websocket
// that connects to main and says what it hears.
type exampleBot struct{ ws *websocket.Conn }

// startBot connects u's main channel, under a wire id.
func startBot(srv *misskeytest.Server, u *misskeytest.User, id string) exampleBot {
	ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL()+"?i="+u.Token(), nil)
	if err != nil {
		panic(err)
	}
	b := exampleBot{ws}
	b.say(fmt.Sprintf(`{"type":"connect","body":{"channel":"main","id":%q,"pong":true}}`, id))
	return b
}

func (b exampleBot) say(frame string) {
	if err := b.ws.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		panic(err)
	}
}

// hears returns the type of the next frame, of a channel's message the type
// inside.
func (b exampleBot) hears() string {
	_, data, err := b.ws.ReadMessage()
	if err != nil {
		return "the end"
	}
	var frame struct {
		Type string
		Body json.RawMessage
	}
	var inside struct{ Type string }
	if err := json.Unmarshal(data, &frame); err != nil {
		return string(data)
	}
	if frame.Type == "channel" && json.Unmarshal(frame.Body, &inside) == nil {
		return inside.Type
	}
	return frame.Type
}

func (b exampleBot) stop() { _ = b.ws.Close() }
