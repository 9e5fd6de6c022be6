package streaming_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

// listener is a websocket server that acknowledges every connect and keeps
// what its clients send, by the token they came with. It knows no rules: what
// is wrong with a frame is for the test to find.
type listener struct {
	*httptest.Server
	mu     sync.Mutex
	frames map[string]chan string
}

func listen(t *testing.T) *listener {
	t.Helper()
	l := &listener{frames: map[string]chan string{}}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		frames := make(chan string, 1000)
		defer close(frames)
		if !l.add(token, frames) { // before the client can ask for it
			t.Errorf("a second socket for %q", token)
			return
		}
		ws, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer ws.Close()
		for {
			_, frame, err := ws.ReadMessage()
			if err != nil {
				return
			}
			frames <- string(frame)
			var c struct {
				Type string
				Body struct{ ID string }
			}
			if json.Unmarshal(frame, &c) != nil || c.Type != "connect" {
				continue
			}
			if err := ws.WriteJSON(map[string]any{"type": "connected", "body": map[string]string{"id": c.Body.ID}}); err != nil {
				t.Error(err)
				return
			}
		}
	}))
	return l
}

func (l *listener) add(token string, frames chan string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.frames[token] != nil {
		return false
	}
	l.frames[token] = frames
	return true
}

// of returns the frames of a connected client, by its token. The channel is
// closed when the client is gone.
func (l *listener) of(token string) <-chan string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.frames[token]
}
