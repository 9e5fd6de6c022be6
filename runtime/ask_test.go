package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"
)

// A socket that has just broken, and is not yet known to have, is passed over:
// another one takes the call.
func TestCallPassesABrokenSocketBy(t *testing.T) {
	s := &Session{
		dialect: &Dialect{Words: Words{Call: "api", Answer: "api:"}},
		config:  &config{callTimeout: time.Hour},
		asking:  make(chan struct{}, 1),
		ending:  make(chan struct{}),
	}
	var sockets []*socket
	for n := range 2 {
		c := &connection{session: s, number: n + 1}
		sock := newSocket(c, &dialed{})
		c.socket.Store(sock)
		s.conns, sockets = append(s.conns, c), append(sockets, sock)
	}
	close(sockets[0].broken)
	go func() {
		var call struct{ Body struct{ ID string } }
		if err := json.Unmarshal((<-sockets[1].out).frame, &call); err != nil {
			t.Error(err)
		}
		sockets[1].settle(call.Body.ID, answer{body: []byte(`{"res":1}`)})
	}()
	if res, err := s.ask(t.Context(), "ping", []byte("{}")); err != nil || string(res) != "1" {
		t.Errorf("%s, %v", res, err)
	}

	close(sockets[1].broken)
	bounded, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := s.ask(bounded, "ping", []byte("{}")); !errors.Is(err, ErrNotLive) {
		t.Errorf("got %v", err)
	}
	if n := len(sockets[0].out) + len(sockets[1].out); n != 0 {
		t.Errorf("%d frames wait for nobody", n)
	}
}
