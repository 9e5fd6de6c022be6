package misskeytest_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// The lines of the protocol about the handshake.
func TestHandshake(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		alice, banned := srv.AddUser("alice"), srv.AddUser("banned")
		banned.Suspend()
		const unknown = "0123456789abcdef"
		good := alice.Token()

		for _, tt := range []struct {
			name   string
			path   string
			header string
			status int
			user   *misskeytest.User
		}{
			{"the documented path is /streaming", "/streaming?i=" + good, "", 101, alice},
			{"any upgrade path is accepted: /", "/?i=" + good, "", 101, alice},
			{"any upgrade path is accepted: /api/streaming", "/api/streaming", "", 101, nil},
			{"any upgrade path is accepted: /api/notes/create", "/api/notes/create", "", 101, nil},
			{"any upgrade path is accepted: /nonsense", "/nonsense", "", 101, nil},
			{"a token in the header", "/streaming", "Bearer " + good, 101, alice},
			{"a token in ?i=", "/streaming?i=" + good, "", 101, alice},
			{"Bearer wins over ?i=", "/streaming?i=" + unknown, "Bearer " + good, 101, alice},
			{"a bad Bearer with a good ?i= is 401", "/streaming?i=" + good, "Bearer " + unknown, 401, nil},
			{"bearer in another case is no header", "/streaming?i=" + good, "bearer " + unknown, 101, alice},
			{"no token is anonymous", "/streaming", "", 101, nil},
			{"an empty ?i= is 401", "/streaming?i=", "", 401, nil},
			{"an unknown token is 401", "/streaming?i=" + unknown, "", 401, nil},
			{"an app token with read:account", "/streaming", "Bearer " + alice.AppToken("read:account"), 101, alice},
			{"an app token lacking read:account is 401", "/streaming", "Bearer " + alice.AppToken("write:notes"), 401, nil},
			{"a suspended user is 403", "/streaming", "Bearer " + banned.Token(), 403, nil},
		} {
			t.Run(tt.name, func(t *testing.T) {
				await(t, srv, "the socket of the line before to end", func() bool { return len(srv.Sockets()) == 0 })
				ws, resp, err := dialPath(srv, tt.path, tt.header)
				if resp == nil {
					t.Fatal(err)
				}
				if resp.StatusCode != tt.status {
					t.Fatalf("status %d, want %d", resp.StatusCode, tt.status)
				}
				if tt.status != 101 {
					checkRefusal(t, resp)
					if n := len(srv.Sockets()); n != 0 {
						t.Errorf("%d sockets, want none", n)
					}
					return
				}
				serve(t, ws)
				if u := srv.Sockets()[0].User(); u != tt.user {
					t.Errorf("the socket is %v's, want %v's", u, tt.user)
				}
			})
		}
	})
}

// dialPath opens a socket on a path of the server, with an Authorization header
// unless that is empty. There is no response where the network failed.
func dialPath(srv *misskeytest.Server, path, authorization string) (*websocket.Conn, *http.Response, error) {
	header := http.Header{}
	if authorization != "" {
		header.Set("Authorization", authorization)
	}
	ws, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(srv.URL, "http")+path, header)
	if err != nil && !errors.Is(err, websocket.ErrBadHandshake) {
		return nil, nil, err
	}
	return ws, resp, err
}

// No body, and who is not let in for their token is told so in a header.
func checkRefusal(t *testing.T, resp *http.Response) {
	t.Helper()
	want := ""
	if resp.StatusCode == 401 {
		want = `Bearer realm="Misskey", error="invalid_token", error_description="Failed to authenticate"`
	}
	if got := resp.Header.Get("WWW-Authenticate"); got != want {
		t.Errorf("WWW-Authenticate %q, want %q", got, want)
	}
	if body, _ := io.ReadAll(resp.Body); len(body) > 0 {
		t.Errorf("body %q, want none", body)
	}
}

func TestHandshakeNegotiation(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		srv := newServer(t, misskeytest.WithRelease(release))
		alice := srv.AddUser("alice")

		t.Run("a plain GET /streaming is 503", func(t *testing.T) {
			for _, path := range []string{"/streaming", "/streaming?i=" + alice.Token()} {
				resp, err := http.Get(srv.URL + path)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if resp.StatusCode != 503 {
					t.Errorf("%s: status %d, want 503", path, resp.StatusCode)
				}
			}
			http.DefaultClient.CloseIdleConnections()
		})

		t.Run("no subprotocol, and permessage-deflate not negotiated", func(t *testing.T) {
			dialer := websocket.Dialer{EnableCompression: true, Subprotocols: []string{"misskey"}}
			ws, resp, err := dialer.Dial(srv.StreamURL(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer ws.Close()
			for _, field := range []string{"Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol"} {
				if got := resp.Header.Get(field); got != "" {
					t.Errorf("%s: %q, want none", field, got)
				}
			}
		})

		t.Run("60 sockets for one user all open", func(t *testing.T) {
			clients := make([]*testClient, 60)
			for i := range clients {
				clients[i] = dial(t, srv, alice.Token())
				clients[i].connect("main", "m", "{}")
			}
			alice.Announce("to all of them", "")
			for _, c := range clients {
				c.waitFor("the announcement", event("m", "announcementCreated"))
			}
		})
	})
}

// What happens to the account later is no concern of an open socket's.
func TestHandshakeIsNotRepeated(t *testing.T) {
	for name, spoil := range map[string]func(*misskeytest.User){
		"token regeneration does not close an open socket": func(u *misskeytest.User) { u.RegenerateToken() },
		"suspension does not close an open socket":         (*misskeytest.User).Suspend,
	} {
		t.Run(name, func(t *testing.T) {
			eachRelease(t, func(t *testing.T, release misskeytest.Release) {
				srv := newServer(t, misskeytest.WithRelease(release))
				alice, bob := srv.AddUser("alice"), srv.AddUser("bob")
				token := alice.Token()
				c := dial(t, srv, token)
				c.connect("main", "m", "{}")
				spoil(alice)
				bob.Post("@alice still there?")
				c.waitFor("a mention", event("m", "mention"))
				c.connect("homeTimeline", "h", "{}")

				if ws, _, err := dialPath(srv, "/streaming?i="+token, ""); err == nil {
					ws.Close()
					t.Error("the token opens another socket")
				}
			})
		})
	}
}

func TestHandshakeAfterwards(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	fresh := alice.RegenerateToken()
	dial(t, srv, fresh)
	alice.Suspend()
	alice.Unsuspend()
	dial(t, srv, fresh)
}
