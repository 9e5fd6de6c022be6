// Package rest calls the REST API of a Misskey server.
package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Client calls one server's API for one account, or for nobody. Its fields
// must not change while it is in use; then it is safe for concurrent use.
type Client struct {
	Base string // as in "https://misskey.example/api/"
	HTTP *http.Client
	// Token returns the account's token, "" for nobody's. It is called for every
	// call; nil is an anonymous client.
	Token func(context.Context) (string, error)
	// TokenInBody sends the token as "i" in the body, for servers that do not read
	// the Authorization header.
	TokenInBody bool
}

// maxResponse bounds a response, whose size a server should not decide alone.
const maxResponse = 64 << 20

// Error is an answer that is not a success.
type Error struct {
	Endpoint string
	// Status is the HTTP status. An answer over the stream has none, and gets the
	// one that REST gives with its Code.
	Status  int
	Code    string // as in "NO_SUCH_NOTE"; "" where the server gave none
	ID      string // fixed per error; "" where the server gave none
	Kind    string // "client", "permission" or "server"
	Message string
	Info    json.RawMessage // what the server adds to some errors
	// RetryAfter is how long the server asks to wait; zero where it does not.
	// Calls before that count against the limit again.
	RetryAfter time.Duration
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "misskey: %s: %d", e.Endpoint, e.Status)
	if e.Code != "" {
		b.WriteString(" " + e.Code)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, " (retry after %v)", e.RetryAfter)
	}
	return b.String()
}

var (
	// ErrUnauthorized matches an Error of status 401: no token, or one the
	// server does not know.
	ErrUnauthorized = errors.New("misskey: unauthorized")
	// ErrForbidden matches an Error of status 403: the token lacks a
	// permission, or the account a role.
	ErrForbidden = errors.New("misskey: forbidden")
	// ErrRateLimited matches an Error of status 429.
	ErrRateLimited = errors.New("misskey: rate limited")
	// ErrNoSuchEndpoint matches an Error of status 404. What does not exist
	// on an endpoint that does is status 400 with a code of its own.
	ErrNoSuchEndpoint = errors.New("misskey: no such endpoint")
	// ErrServer matches an Error of status 500 and above.
	ErrServer = errors.New("misskey: server error")
)

// Is reports whether target is the sentinel of e's status.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized
	case ErrForbidden:
		return e.Status == http.StatusForbidden
	case ErrRateLimited:
		return e.Status == http.StatusTooManyRequests
	case ErrNoSuchEndpoint:
		return e.Status == http.StatusNotFound
	case ErrServer:
		return e.Status >= 500
	}
	return false
}

// Call posts request to an endpoint, as in "notes/create", and reads the
// answer into response. A nil request is sent as {}; a nil response drops the
// answer; an answer without a body leaves response alone. It returns *Error
// for what the server said, and otherwise what encoding/json or the HTTP
// client found.
func (c *Client) Call(ctx context.Context, endpoint string, request, response any) error {
	return Transport(c.post).Call(ctx, endpoint, request, response)
}

// post is the Transport of REST.
func (c *Client) post(ctx context.Context, endpoint string, request []byte) ([]byte, error) {
	var token string
	if c.Token != nil {
		var err error
		if token, err = c.Token(ctx); err != nil {
			return nil, fmt.Errorf("misskey: %s: %w", endpoint, err)
		}
	}
	if token != "" && c.TokenInBody {
		request = withToken(request, token)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Base+endpoint, bytes.NewReader(request))
	if err != nil {
		return nil, fmt.Errorf("misskey: %s: %w", endpoint, err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" && !c.TokenInBody {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return nil, fmt.Errorf("misskey: %s: %w", endpoint, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxResponse+1))
	if err != nil {
		return nil, fmt.Errorf("misskey: %s: reading the answer: %w", endpoint, err)
	}
	if len(answer) > maxResponse {
		return nil, fmt.Errorf("misskey: %s: the answer has more than %d bytes", endpoint, maxResponse)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, newError(endpoint, res, answer)
	}
	return answer, nil
}

// withToken adds the token to a request, behind whatever else it has: of a
// key that comes twice the last one counts.
func withToken(request []byte, token string) []byte {
	i, _ := json.Marshal(map[string]string{"i": token}) // of a string: it cannot fail
	if string(request) == "{}" {
		return i
	}
	return slices.Concat(request[:len(request)-1], []byte(","), i[1:])
}

// newError reads what a server or a proxy before it answered. The error may
// be an object, a string, absent, or no JSON at all.
func newError(endpoint string, res *http.Response, answer []byte) *Error {
	e := &Error{Endpoint: endpoint, Status: res.StatusCode, RetryAfter: RetryAfter(res.Header)}
	var shape struct {
		Error   json.RawMessage `json:"error"`
		Message string          `json:"message"`
	}
	if json.Unmarshal(answer, &shape) != nil {
		e.Message = http.StatusText(res.StatusCode)
		if len(answer) > 0 {
			e.Message += " (the answer is not JSON)"
		}
		return e
	}
	e.read(shape.Error)
	if e.Message == "" {
		e.Message = shape.Message
	}
	if e.Message == "" {
		e.Message = http.StatusText(res.StatusCode)
	}
	return e
}

// read reads the object under "error", and reports false for what is none.
func (e *Error) read(raw json.RawMessage) bool {
	var object *struct {
		Message string          `json:"message"`
		Code    string          `json:"code"`
		ID      string          `json:"id"`
		Kind    string          `json:"kind"`
		Info    json.RawMessage `json:"info"`
	}
	if json.Unmarshal(raw, &object) != nil || object == nil {
		return false
	}
	e.Message, e.Code, e.ID, e.Kind, e.Info = object.Message, object.Code, object.ID, object.Kind, object.Info
	return true
}

// maxRetryAfter bounds what a server can ask for: nobody means a date in the year
// 9999.
const maxRetryAfter = 24 * time.Hour

// RetryAfter reads a Retry-After header in seconds or as a date, a day at most;
// zero when there is none.
func RetryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(v); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, int(maxRetryAfter.Seconds()))) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil {
		return min(max(0, time.Until(at)), maxRetryAfter)
	}
	return 0
}
