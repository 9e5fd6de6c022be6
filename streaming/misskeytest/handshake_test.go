package misskeytest_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// The lines of the protocol's handshake: which tokens, where, with what status.
func TestHandshake(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	banned := srv.AddUser("banned")
	banned.Suspend()
	const bad = "0123456789abcdef"

	tests := []struct {
		name   string
		path   string
		header string
		status int
	}{
		{"no token is anonymous", "/streaming", "", 101},
		{"header", "/streaming", "Bearer " + alice.Token(), 101},
		{"query", "/streaming?i=" + alice.Token(), "", 101},
		{"any path: root", "/", "", 101},
		{"any path: api", "/api/streaming", "", 101},
		{"any path: nonsense", "/nonsense?i=" + alice.Token(), "", 101},
		{"header wins over query: bad header", "/streaming?i=" + alice.Token(), "Bearer " + bad, 401},
		{"header wins over query: good header", "/streaming?i=" + bad, "Bearer " + alice.Token(), 101},
		{"scheme in another case is no header", "/streaming", "bearer " + bad, 101},
		{"empty query token", "/streaming?i=", "", 401},
		{"unknown token", "/streaming?i=" + bad, "", 401},
		{"app token with read:account", "/streaming", "Bearer " + alice.AppToken("read:account"), 101},
		{"app token without read:account", "/streaming", "Bearer " + alice.AppToken("write:notes"), 401},
		{"suspended user", "/streaming", "Bearer " + banned.Token(), 403},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			header := http.Header{}
			if tt.header != "" {
				header.Set("Authorization", tt.header)
			}
			ws, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(srv.URL, "http")+tt.path, header)
			if err == nil {
				defer ws.Close()
			} else if !errors.Is(err, websocket.ErrBadHandshake) {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status {
				t.Fatalf("status %d, want %d", resp.StatusCode, tt.status)
			}
			if tt.status == 101 {
				if p := resp.Header.Get("Sec-WebSocket-Protocol"); p != "" {
					t.Errorf("subprotocol %q negotiated", p)
				}
				if e := resp.Header.Get("Sec-WebSocket-Extensions"); e != "" {
					t.Errorf("extensions %q negotiated", e)
				}
				return
			}
			want := ""
			if tt.status == 401 {
				want = `Bearer realm="Misskey", error="invalid_token", error_description="Failed to authenticate"`
			}
			if got := resp.Header.Get("WWW-Authenticate"); got != want {
				t.Errorf("WWW-Authenticate %q, want %q", got, want)
			}
			if body, _ := io.ReadAll(resp.Body); len(body) > 0 {
				t.Errorf("body %q, want none", body)
			}
		})
	}
}

func TestPlainGetOfStreamingIs503(t *testing.T) {
	srv := newServer(t)
	resp, err := http.Get(srv.URL + "/streaming")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	defer http.DefaultClient.CloseIdleConnections()
	if resp.StatusCode != 503 {
		t.Fatalf("status %d, want 503", resp.StatusCode)
	}
}

func TestCompressionIsNotNegotiated(t *testing.T) {
	srv := newServer(t)
	dialer := websocket.Dialer{EnableCompression: true}
	ws, resp, err := dialer.Dial(srv.StreamURL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	if e := resp.Header.Get("Sec-WebSocket-Extensions"); e != "" {
		t.Errorf("extensions %q negotiated", e)
	}
}

func TestSixtySocketsOfOneUserOpen(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	for range 60 {
		dial(t, srv, alice.Token())
	}
	if n := len(alice.Sockets()); n != 60 {
		t.Fatalf("%d sockets open, want 60", n)
	}
}

// Regenerating the token and suspending the user leave open sockets alone.
func TestOpenSocketOutlivesItsToken(t *testing.T) {
	srv := newServer(t)
	alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
	old := alice.Token()
	c := dial(t, srv, old)
	c.connect("main", "m", "{}")
	fresh := alice.RegenerateToken()
	c.waitFor("myTokenRegenerated", event("m", "myTokenRegenerated"))
	alice.Suspend()
	bob.Post("@alice still there?")
	c.waitFor("a mention", event("m", "mention"))

	if _, resp, err := websocket.DefaultDialer.Dial(srv.StreamURL()+"?i="+old, nil); err == nil || resp.StatusCode != 401 {
		t.Errorf("old token: %v, want 401", resp.Status)
	}
	if _, resp, err := websocket.DefaultDialer.Dial(srv.StreamURL()+"?i="+fresh, nil); err == nil || resp.StatusCode != 403 {
		t.Errorf("suspended: %v, want 403", resp.Status)
	}
	alice.Unsuspend()
	dial(t, srv, fresh)
}
