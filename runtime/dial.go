package runtime

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/runtime/rest"
)

// target is where a session's sockets and calls go.
type target struct {
	host   string // as in "misskey.example:443", for people
	socket string // URL of the websocket; has no token
	api    string // URL under which the endpoints are
}

func newTarget(d *Dialect, raw string, c *config) (target, error) {
	bad := func(why string) (target, error) {
		return target{}, fmt.Errorf("misskey: server URL: %s; want one as in %q", why, "https://misskey.example")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return bad("not a URL") // err would repeat it, with whatever secret stands in it
	}
	var ws, web string
	switch u.Scheme {
	case "https", "wss":
		ws, web = "wss", "https"
	case "http", "ws":
		ws, web = "ws", "http"
	case "":
		return bad("no scheme")
	default:
		return bad(fmt.Sprintf("scheme %q", u.Scheme))
	}
	switch {
	case u.Hostname() == "":
		return bad("no host")
	case u.User != nil:
		return bad("a user or password; the token goes into WithToken")
	case u.RawQuery != "" || u.Fragment != "":
		return bad("a query or fragment; the token goes into WithToken")
	case strings.Trim(u.Path, "/") != "":
		return bad(fmt.Sprintf("path %q; Misskey is always at the root of its host", u.Path))
	}
	return target{
		host:   u.Host,
		socket: (&url.URL{Scheme: ws, Host: u.Host, Path: d.Path}).String(),
		api:    (&url.URL{Scheme: web, Host: u.Host, Path: "/api/"}).String(),
	}, nil
}

// HandshakeKind says what kept a socket from opening.
type HandshakeKind string

// The kinds of a HandshakeError.
const (
	UnknownHost  HandshakeKind = "unknown host"
	Refused      HandshakeKind = "connection refused"
	TLSFailed    HandshakeKind = "TLS failed"
	TimedOut     HandshakeKind = "timed out"
	NetworkError HandshakeKind = "network error"
	NotWebSocket HandshakeKind = "not a websocket"
	Unauthorized HandshakeKind = "unauthorized"
	Forbidden    HandshakeKind = "forbidden"
	RateLimited  HandshakeKind = "rate limited"
	ServerError  HandshakeKind = "server error"
	// NoToken: the token source has given none.
	NoToken HandshakeKind = "no token"
)

var (
	// ErrUnauthorized matches a HandshakeError of kind Unauthorized.
	ErrUnauthorized = rest.ErrUnauthorized
	// ErrForbidden matches a HandshakeError of kind Forbidden.
	ErrForbidden = rest.ErrForbidden
	// ErrNotWebSocket matches a HandshakeError of kind NotWebSocket.
	ErrNotWebSocket = errors.New("misskey: the server did not answer as a websocket")
)

// HandshakeError is a socket that could not be opened.
type HandshakeError struct {
	URL    string // without the token
	Kind   HandshakeKind
	Status int // the HTTP status, where there was an answer
	// Final is set when trying again cannot help: not with this token, and the
	// source has no other. The client closes then.
	Final bool
	// RetryAfter is how long the server asks to wait; zero where it does not.
	RetryAfter time.Duration
	// Err is the cause, where there was no answer.
	Err error

	explanation string
	renewed     bool // the token was refused, and the source has another
}

func (e *HandshakeError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "misskey: %s: %s", e.URL, e.Kind)
	if e.Status != 0 {
		fmt.Fprintf(&b, " (status %d)", e.Status)
	}
	if e.explanation != "" {
		b.WriteString(": " + e.explanation)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *HandshakeError) Unwrap() error { return e.Err }

// Is reports whether target is the sentinel of e's kind.
func (e *HandshakeError) Is(target error) bool {
	switch target {
	case ErrUnauthorized:
		return e.Kind == Unauthorized
	case ErrForbidden:
		return e.Kind == Forbidden
	case ErrNotWebSocket:
		return e.Kind == NotWebSocket
	}
	return false
}

// handshakes says what the statuses of a failed handshake mean, first match.
var handshakes = []struct {
	from, to    int
	kind        HandshakeKind
	final       bool
	explanation string
}{
	{401, 401, Unauthorized, true, "the server does not know the token, or the app it belongs to may not read the account"},
	{403, 403, Forbidden, true, "the account is suspended"},
	{429, 429, RateLimited, false, "too many attempts"},
	{500, 599, ServerError, false, "the server or a proxy before it is in trouble"},
	{300, 399, NotWebSocket, false, "a redirect; is this the server's own address?"},
	{100, 299, NotWebSocket, false, "a page instead of a websocket; is this a Misskey server?"},
	{400, 499, NotWebSocket, false, "the server refuses the upgrade; is this a Misskey server?"},
}

// dial opens a websocket, over an inlet. Its error is a *HandshakeError.
func (s *Session) dial(ctx context.Context) (*websocket.Conn, *inlet, error) {
	d := websocket.Dialer{
		Proxy:            s.config.proxy(),
		HandshakeTimeout: s.config.dialTimeout,
		TLSClientConfig:  s.config.tls,
		ReadBufferSize:   16 << 10,
		WriteBufferSize:  4 << 10,
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.dialTimeout)
	defer cancel()
	// gorilla looks at the context's deadline only: once there is a TCP
	// connection, closing it is what ends a handshake early.
	stop := func() bool { return true }
	var in *inlet
	dial := s.config.netDial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	d.NetDialContext = func(attempt context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(attempt, network, address)
		if err != nil {
			return nil, err
		}
		stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
		in = &inlet{Conn: conn}
		return in, nil
	}
	token, err := s.token(ctx)
	if err != nil {
		return nil, nil, &HandshakeError{URL: s.target.socket, Kind: NoToken, Err: err}
	}
	header := http.Header{}
	address := s.target.socket
	if token != "" {
		if s.dialect.Auth == AuthQuery {
			address += "?i=" + url.QueryEscape(token)
		} else {
			header.Set("Authorization", "Bearer "+token)
		}
	}
	ws, res, err := d.DialContext(ctx, address, header)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, nil, s.handshakeError(nil, ctx.Err())
	case err != nil:
		refused := s.handshakeError(res, err)
		if refused.Final && s.renewed(ctx, token) {
			refused.Final, refused.renewed = false, true
		}
		return nil, nil, refused
	case !stop(): // it ended just now, and the connection is being closed
		_ = ws.Close()
		return nil, nil, s.handshakeError(nil, ctx.Err())
	}
	return ws, in, nil
}

func (s *Session) handshakeError(res *http.Response, err error) *HandshakeError {
	e := &HandshakeError{URL: s.target.socket}
	if res != nil {
		e.Status = res.StatusCode
		e.RetryAfter = rest.RetryAfter(res.Header)
		e.Kind = NotWebSocket
		for _, h := range handshakes {
			if h.from <= res.StatusCode && res.StatusCode <= h.to {
				e.Kind, e.Final, e.explanation = h.kind, h.final, h.explanation
				break
			}
		}
		return e
	}
	var (
		dns     *net.DNSError
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		verify  *tls.CertificateVerificationError
		timeout net.Error
	)
	switch {
	case errors.As(err, &dns):
		e.Kind = UnknownHost
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Kind = Refused
	case errors.As(err, &unknown), errors.As(err, &name), errors.As(err, &invalid), errors.As(err, &record), errors.As(err, &alert), errors.As(err, &verify):
		e.Kind = TLSFailed
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		e.Kind = TimedOut
	case errors.Is(err, websocket.ErrBadHandshake), strings.Contains(err.Error(), "malformed HTTP"):
		e.Kind = NotWebSocket
	default:
		e.Kind = NetworkError
	}
	e.Err = withoutURL(err)
	return e
}

// withoutURL strips what could repeat the URL, token and all.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
