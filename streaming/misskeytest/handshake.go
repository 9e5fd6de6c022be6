package misskeytest

import (
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/gorilla/websocket"
)

// How the releases say no: with a status, no body, no Content-Length and no
// Connection header, and the end of the connection.
var (
	unauthorized = badHandshake{bare: true, status: http.StatusUnauthorized, header: http.Header{
		"Www-Authenticate": {`Bearer realm="Misskey", error="invalid_token", error_description="Failed to authenticate"`},
	}}
	forbidden  = badHandshake{bare: true, status: http.StatusForbidden}
	badRequest = badHandshake{bare: true, status: http.StatusBadRequest}
	// noAnswer: the server runs into an error that nothing catches.
	noAnswer = badHandshake{hang: true}
)

// credential is what a token stands for.
type credential struct {
	id   string // of an app's token
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

// streamToken finds the token of a handshake; the header wins over the query
// where the release reads it.
func (s *Server) streamToken(r *http.Request) (token string, given bool) {
	if t, ok := bearer(r); ok && s.facts.readsHeader {
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

// admit decides about a handshake. It returns how it is refused, nil for a
// client that is let in.
func (s *Server) admit(r *http.Request) (credential, *badHandshake) {
	token, given := s.streamToken(r)
	if !given {
		return credential{}, nil
	}
	who, ok := s.authenticate(token)
	switch {
	case !ok || s.facts.wantsReadAccount && !who.permits("read:account"):
		return who, &s.facts.unknownToken
	case who.user.suspended:
		return who, &s.facts.suspended
	}
	return who, nil
}

// handshake makes a socket of the request, or refuses it. It returns when the
// socket has ended. It needs s.mu not to be held.
func (s *Server) handshake(l *listening, w http.ResponseWriter, r *http.Request) {
	// The socket counts as running before the connection ceases to.
	l.running.Add(1)
	defer l.running.Done()
	switch k, bad := s.upgrade(l, w, r); {
	case bad != nil:
		bad.answer(w, r)
	case k != nil:
		k.run()
	}
}

// upgrade answers the handshake. It holds s.mu meanwhile, so that a client that
// has been let in is found among the sockets from that moment on. It returns
// neither socket nor fault when it has refused the client.
func (s *Server) upgrade(l *listening, w http.ResponseWriter, r *http.Request) (*Socket, *badHandshake) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who, bad := s.admit(r)
	if fault := s.faults.shaking(who.user); fault != nil {
		return nil, fault
	}
	if bad != nil {
		return nil, bad
	}
	// Before the client knows, for whom a test may advance the clock then.
	s.pings.wake()
	since := s.now()
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return nil, nil // Upgrade has answered
	}
	return s.newSocket(l, ws, who, since), nil
}

// badHandshake is an answer that is not 101.
type badHandshake struct {
	status int // 0 = none is sent
	header http.Header
	body   string
	bare   bool // status and header fields as they are, and nothing else
	hang   bool // no answer at all
}

// answer needs Server.mu not to be held.
func (b *badHandshake) answer(w http.ResponseWriter, r *http.Request) {
	switch {
	case b.hang:
		<-r.Context().Done() // the client hangs up, or the server stops
		hangUp(w, "")
	case b.status == 0:
		hangUp(w, "")
	case b.bare:
		var fields strings.Builder
		_ = b.header.Write(&fields) // a strings.Builder does not fail
		hangUp(w, fmt.Sprintf("HTTP/1.1 %d %s\r\n%s\r\n", b.status, http.StatusText(b.status), fields.String()))
	default:
		maps.Copy(w.Header(), b.header)
		w.WriteHeader(b.status)
		_, _ = w.Write([]byte(b.body)) // the client may be gone
	}
}

// hangUp writes the last words, as they are, and ends the connection.
func hangUp(w http.ResponseWriter, words string) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return // gone
	}
	_, _ = c.Write([]byte(words)) // the client may be gone already
	_ = c.Close()
}
