package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/misskeyactor/misskeyactor/runtime/rest"
	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

// maxStreamCalls is how many calls of a session wait for their answers over the
// stream at one time; one more waits for its turn.
const maxStreamCalls = 128

var (
	// ErrNoStreamCalls is returned by Connect for WithStreamCalls, where the
	// dialect's server does not answer calls over the stream.
	ErrNoStreamCalls = errors.New("misskey: the server does not answer calls over the stream")

	errAnswerTimeout = fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)
)

// UnansweredError is a call over the stream that was sent, and whose answer did
// not come. Whether the server has done what was asked, or is still about to,
// nobody knows; the call is not repeated. REST leaves the same open when its
// connection breaks, and says so in no special way.
type UnansweredError struct {
	Endpoint string // as in "notes/create"
	// Cause is why nobody waits any longer: what ended the socket, ErrClosed, or
	// what ended the context. It matches context.DeadlineExceeded after
	// WithCallTimeout, and never ErrNotLive, which says that nothing was sent.
	Cause error
}

func (e *UnansweredError) Error() string {
	return fmt.Sprintf("misskey: %s: not answered, and perhaps done: %v", e.Endpoint, e.Cause)
}

// Unwrap returns the cause.
func (e *UnansweredError) Unwrap() error { return e.Cause }

// Call calls an endpoint of the API, as in "notes/create": by REST, or over a
// socket of the session with WithStreamCalls. request is encoded and response
// decoded by encoding/json; a nil request is {}, a nil response drops the
// answer. Either way it returns *rest.Error for what the server refused.
//
// Over the stream it returns ErrNotLive while no socket is open, with nothing
// sent; an *UnansweredError when no answer came; and ErrFrameTooLarge for an
// answer larger than WithMaxFrame, which is no refusal: what was asked is done.
func (s *Session) Call(ctx context.Context, endpoint string, request, response any) error {
	if err := s.Err(); err != nil {
		return fmt.Errorf("misskey: %s: %w", endpoint, err)
	}
	if s.config.streamCalls {
		return rest.Transport(s.ask).Call(ctx, endpoint, request, response)
	}
	return s.api.Call(ctx, endpoint, request, response)
}

// ask is the rest.Transport of the stream.
func (s *Session) ask(ctx context.Context, endpoint string, request []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.config.callTimeout, errAnswerTimeout)
	defer cancel()
	select {
	case s.asking <- struct{}{}:
		defer func() { <-s.asking }()
	case <-ctx.Done():
		return nil, fmt.Errorf("misskey: %s: not sent, as %d calls wait for their answers: %w", endpoint, maxStreamCalls, whyOver(ctx))
	case <-s.ending:
		return nil, fmt.Errorf("misskey: %s: %w", endpoint, s.reason())
	}
	for _, c := range s.connections() {
		sock := c.socket.Load()
		if sock == nil {
			continue
		}
		switch body, err := sock.call(ctx, endpoint, request); {
		case errors.Is(err, ErrNotLive): // it has just broken, and nothing was sent
		case err != nil:
			return nil, err
		default:
			return rest.StreamAnswer(endpoint, body)
		}
	}
	return nil, fmt.Errorf("%w: %s: no socket is open", ErrNotLive, endpoint)
}

// call sends a call and waits for its answer's body.
func (s *socket) call(ctx context.Context, endpoint string, request []byte) ([]byte, error) {
	id := newID()
	frame := wire.Build(s.words().Call, wire.Call(id, endpoint, request))
	if err := sendable(frame); err != nil {
		return nil, fmt.Errorf("misskey: %s: the request %w", endpoint, err)
	}
	answered := s.calls.expect(id)
	defer s.calls.forget(id)
	if _, err := s.hand(ctx, frame); err != nil {
		return nil, fmt.Errorf("misskey: %s: not sent: %w", endpoint, err)
	}
	var cause error
	select {
	case a := <-answered:
		return a.of(endpoint)
	case <-s.broken:
		cause = s.err
	case <-ctx.Done():
		cause = whyOver(ctx)
	}
	select {
	case a := <-answered: // it came just before
		return a.of(endpoint)
	default:
		return nil, &UnansweredError{Endpoint: endpoint, Cause: cause}
	}
}

// whyOver is why a call's context is over: its own time, or the user's context,
// whose cause would hide what it matches.
func whyOver(ctx context.Context) error {
	if context.Cause(ctx) == errAnswerTimeout {
		return errAnswerTimeout
	}
	return ctx.Err()
}

// calls are those that wait for their answers on one socket. What is asked on
// a socket is answered on it or never: the ids of another mean nothing here.
type calls struct {
	mu      sync.Mutex
	waiting map[string]chan answer
}

// answer is what has come of a call: a body, or why it cannot be had.
type answer struct {
	body []byte
	err  error
}

func (a answer) of(endpoint string) ([]byte, error) {
	if a.err != nil {
		return nil, fmt.Errorf("misskey: %s: the answer: %w", endpoint, a.err)
	}
	return a.body, nil
}

// expect returns the channel on which the answer to a call will be.
func (c *calls) expect(id string) <-chan answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting == nil {
		c.waiting = make(map[string]chan answer)
	}
	ch := make(chan answer, 1) // the reader waits for nobody
	c.waiting[id] = ch
	return ch
}

func (c *calls) forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waiting, id)
}

// deliver hands an answer to who waits for it, and reports false when nobody
// does, or it has one already. It does not wait.
func (c *calls) deliver(id string, a answer) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.waiting[id]
	if ch == nil {
		return false
	}
	delete(c.waiting, id)
	ch <- a
	return true
}

// answers reports whether a frame of a type answers a call, and which.
func (s *socket) answers(typ []byte) (id string, ok bool) {
	word := s.words().Answer
	if word == "" {
		return "", false
	}
	return strings.CutPrefix(string(typ), word)
}

// answered takes an answer to its call. One that comes too late is dropped and
// counted.
func (s *socket) answered(id string, frame []byte, env wire.Envelope) error {
	env, err := whole(frame, env)
	if err != nil {
		return err
	}
	s.settle(id, answer{body: bytes.Clone(env.Body.Of(frame))})
	return nil
}

// tooLarge skips a frame of which only the beginning was read. When it is an
// answer, its call need not wait for another.
func (s *socket) tooLarge(begin []byte, err error) {
	if typ, ok := wire.Type(begin); ok {
		if id, ok := s.answers(typ); ok {
			s.settle(id, answer{err: err})
		}
	}
	s.conn.session.stats.tooLarge.Add(1)
	s.skip(err, begin, 0)
}

func (s *socket) settle(id string, a answer) {
	if !s.calls.deliver(id, a) {
		s.conn.session.stats.lateAnswers.Add(1)
	}
}
