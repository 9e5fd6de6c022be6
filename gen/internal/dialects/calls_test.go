package dialects_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/gen/internal/dialects/misskey12"
	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

type params map[string]any

// callsOverTheSocket counts the calls that came over sockets, by endpoint.
func (s *older) callsOverTheSocket(endpoint string) (n int) {
	for _, k := range slices.Concat(s.Sockets(), s.PastSockets()) {
		for _, f := range k.Received() {
			if strings.HasPrefix(string(f.Data), `{"type":"api",`) && strings.Contains(string(f.Data), `"endpoint":"`+endpoint+`"`) {
				n++
			}
		}
	}
	return n
}

// TestSameCallByEitherWay makes the same calls by REST and over the stream, and
// gets the same of them.
func TestSameCallByEitherWay(t *testing.T) {
	for name, way := range map[string]struct {
		opts   []misskey12.Option
		stream int
	}{
		"REST":   {},
		"stream": {[]misskey12.Option{misskey12.WithStreamCalls()}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := newOlder(t)
			c, ctx := s.connect(way.opts...), bounded(t)
			var made struct{ CreatedNote struct{ Text string } }
			if err := c.Call(ctx, "notes/create", params{"text": "hello"}, &made); err != nil || made.CreatedNote.Text != "hello" {
				t.Errorf("%+v, %v", made, err)
			}
			if err := c.Call(ctx, "notes/reactions/create", params{"noteId": s.alice.Notes()[0].ID, "reaction": "👍"}, nil); err != nil {
				t.Errorf("a call without a result: %v", err)
			}
			for _, tt := range []struct {
				endpoint string
				request  params
				code     string
				is       error
			}{
				{"notes/show", params{"noteId": "x"}, "NO_SUCH_NOTE", nil},
				{"notes/show", params{}, "INVALID_PARAM", nil},
				{"nonsense", params{}, "", misskey12.ErrNoSuchEndpoint},
			} {
				var e *misskey12.APIError
				err := c.Call(ctx, tt.endpoint, tt.request, nil)
				if !errors.As(err, &e) || tt.code != "" && (e.Code != tt.code || e.ID == "" || e.Kind != "client" || e.Message == "" || e.Status != 400) {
					t.Errorf("%s: %+v", tt.endpoint, err)
				} else if tt.code == "INVALID_PARAM" && len(e.Info) == 0 {
					t.Errorf("%+v has no info", e)
				}
				if tt.is != nil && !errors.Is(err, tt.is) {
					t.Errorf("%s: %v is not %v", tt.endpoint, err, tt.is)
				}
			}
			if n := s.callsOverTheSocket("notes/create"); n != way.stream {
				t.Errorf("%d calls came over the socket, want %d", n, way.stream)
			}
		})
	}
}

// TestAnonymousStreamCall asks as nobody.
func TestAnonymousStreamCall(t *testing.T) {
	s := newOlder(t)
	c, err := misskey12.Connect(bounded(t), s.URL, misskey12.WithStreamCalls())
	c = open(t, c, err)
	if err := c.Call(bounded(t), "ping", nil, nil); err != nil {
		t.Error(err)
	}
	if err := c.Call(bounded(t), "i", nil, nil); !errors.Is(err, misskey12.ErrUnauthorized) {
		t.Errorf("got %v", err)
	}
}

// TestUpstreamRefusesStreamCalls opens no socket that could not answer.
func TestUpstreamRefusesStreamCalls(t *testing.T) {
	srv := newServer(t)
	if _, err := streaming.Connect(bounded(t), srv.URL, streaming.WithStreamCalls()); !errors.Is(err, streaming.ErrNoStreamCalls) {
		t.Errorf("got %v", err)
	}
	if n := len(srv.Sockets()) + len(srv.PastSockets()); n != 0 {
		t.Errorf("%d sockets", n)
	}
}

// TestLostAnswerIsNotAskedForAgain: the server has done what was asked, and only
// the answer is lost.
func TestLostAnswerIsNotAskedForAgain(t *testing.T) {
	s := newOlder(t)
	s.Inject(misskeytest.LostAnswer(), misskeytest.OnEndpoint("notes/create"))
	c := s.connect(misskey12.WithStreamCalls(), misskey12.WithCallTimeout(500*time.Millisecond))
	err := c.Call(bounded(t), "notes/create", params{"text": "once"}, nil)
	var open *misskey12.UnansweredError
	if !errors.As(err, &open) || !errors.Is(err, context.DeadlineExceeded) || open.Endpoint != "notes/create" {
		t.Errorf("got %v", err)
	}
	if err := c.Call(bounded(t), "ping", nil, nil); err != nil {
		t.Errorf("the next call: %v", err)
	}
	if n, m := s.callsOverTheSocket("notes/create"), len(s.alice.Notes()); n != 1 || m != 1 {
		t.Errorf("asked %d times, %d notes, want one each", n, m)
	}
}

func TestLateAnswerIsDropped(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	s := newOlder(t, misskeytest.WithClock(clock))
	s.Inject(misskeytest.LateAnswer(time.Hour), misskeytest.OnEndpoint("meta"))
	c := s.connect(misskey12.WithStreamCalls(), misskey12.WithHooks(newWitness(t)))
	ctx, cancel := context.WithCancel(bounded(t))
	called := make(chan error, 1)
	go func() { called <- c.Call(ctx, "meta", nil, nil) }()
	s.until("the call", func() bool { return s.callsOverTheSocket("meta") == 1 })
	cancel()
	var open *misskey12.UnansweredError
	if err := <-called; !errors.As(err, &open) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	clock.Advance(time.Hour)
	var pong any
	if err := c.Call(bounded(t), "ping", nil, &pong); err != nil { // behind the late answer
		t.Error(err)
	}
	if st := c.Status().Stats; st.LateAnswers != 1 || st.UnknownFrames != 0 {
		t.Errorf("%+v", st)
	}
}

func TestLostSocketLeavesItsCallsOpen(t *testing.T) {
	s := newOlder(t)
	s.Inject(misskeytest.LostAnswer(), misskeytest.OnEndpoint("notes/create"))
	c := s.connect(misskey12.WithStreamCalls())
	called := make(chan error, 1)
	go func() { called <- c.Call(bounded(t), "notes/create", params{"text": "once"}, nil) }()
	s.until("the call", func() bool { return s.callsOverTheSocket("notes/create") == 1 })
	s.DropConnections()
	err := <-called
	var open *misskey12.UnansweredError
	if !errors.As(err, &open) || errors.Is(err, misskey12.ErrNotLive) {
		t.Errorf("got %v", err)
	}
	eventually(t, "another socket", func() bool {
		conn := c.Status().Connections[0]
		return conn.Open && conn.Generation > 1
	})
	if err := c.Call(bounded(t), "ping", nil, nil); err != nil {
		t.Error(err)
	}
	if n := s.callsOverTheSocket("notes/create"); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestManyStreamCallsAtOnce(t *testing.T) {
	s := newOlder(t, misskeytest.WithoutRateLimits())
	c := s.connect(misskey12.WithStreamCalls())
	var callers sync.WaitGroup
	for i := range 300 { // more than may wait for their answers
		callers.Go(func() {
			text := fmt.Sprint("note ", i)
			var made struct{ CreatedNote struct{ Text string } }
			if err := c.Call(bounded(t), "notes/create", params{"text": text}, &made); err != nil || made.CreatedNote.Text != text {
				t.Errorf("%s: %q, %v", text, made.CreatedNote.Text, err)
			}
		})
	}
	callers.Wait()
	if n := len(s.alice.Notes()); n != 300 {
		t.Errorf("%d notes", n)
	}
}
