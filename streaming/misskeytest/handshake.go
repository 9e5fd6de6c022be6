package misskeytest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gorilla/websocket"
)

// unauthorized is how the server says no to a token, word for word.
const unauthorized = `Bearer realm="Misskey", error="invalid_token", error_description="Failed to authenticate"`

// credential is what a token stands for.
type credential struct {
	user *User
	// permissions of an app's token; a user's own token may do everything.
	app         bool
	permissions map[string]bool
}

func (c credential) permits(permission string) bool {
	return !c.app || permission == "" || c.permissions[permission]
}

func isUpgrade(r *http.Request) bool {
	return websocket.IsWebSocketUpgrade(r)
}

// streamToken finds the token of a handshake; the header wins over the query.
func streamToken(r *http.Request) (token string, given bool) {
	if t, ok := bearer(r); ok {
		return t, true
	}
	query := r.URL.Query()
	return query.Get("i"), query.Has("i")
}

// bearer reads the Authorization header. The scheme counts in this exact case
// only.
func bearer(r *http.Request) (token string, ok bool) {
	return strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// authenticate looks a token up. A suspended user's token is found.
func (s *Server) authenticate(token string) (credential, bool) {
	c, ok := s.tokens[token]
	return c, ok
}

// admit decides about a handshake: 101, or the status it is refused with.
func (s *Server) admit(r *http.Request) (credential, int) {
	token, given := streamToken(r)
	if !given {
		return credential{}, http.StatusSwitchingProtocols
	}
	who, ok := s.authenticate(token)
	switch {
	case !ok || !who.permits("read:account"):
		return credential{}, http.StatusUnauthorized
	case who.user.suspended:
		return credential{}, http.StatusForbidden
	}
	return who, http.StatusSwitchingProtocols
}

// handshake makes a socket of the request, or refuses it. It returns when the
// socket has ended. It needs s.mu not to be held.
func (s *Server) handshake(l *listening, w http.ResponseWriter, r *http.Request) {
	// The socket counts as running before the connection ceases to.
	l.running.Add(1)
	defer l.running.Done()
	if k := s.upgrade(l, w, r); k != nil {
		k.run()
	}
}

// upgrade answers the handshake. It holds s.mu meanwhile, so that a client that
// has been let in is found among the sockets from that moment on. It returns
// nil when the client was refused.
func (s *Server) upgrade(l *listening, w http.ResponseWriter, r *http.Request) *Socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	who, status := s.admit(r)
	if status != http.StatusSwitchingProtocols {
		refuse(w, status)
		return nil
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return nil // Upgrade has answered
	}
	return s.newSocket(l, ws, who)
}

// refuse answers with a status and no body and destroys the connection, as the
// real server does: no Content-Length, no Connection header.
func refuse(w http.ResponseWriter, status int) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		w.WriteHeader(status)
		return
	}
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	if status == http.StatusUnauthorized {
		head += "WWW-Authenticate: " + unauthorized + "\r\n"
	}
	_, _ = c.Write([]byte(head + "\r\n")) // the client may be gone already
	_ = c.Close()
}
