package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime"
	"github.com/misskeyactor/misskeyactor/runtime/rest"
)

// answering is a dialect whose server answers calls over the stream.
func answering() *runtime.Dialect {
	d := testDialect
	d.Words.Call, d.Words.Answer = "api", "api:"
	return &d
}

// calling runs a test with a client whose calls go over the stream.
func calling(t *testing.T, test func(t *testing.T, w *world, s *runtime.Session), opts ...runtime.Option) {
	t.Helper()
	virtual(t, func(t *testing.T, w *world) {
		w.dialect = answering()
		test(t, w, w.client(append([]runtime.Option{runtime.WithStreamCalls()}, opts...)...))
	})
}

// outcome is what has become of a call.
type outcome struct {
	at  time.Time
	err error
	res json.RawMessage
}

// begin makes a call in a goroutine of its own.
func begin(ctx context.Context, s *runtime.Session, endpoint string) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		o.err = s.Call(ctx, endpoint, nil, &o.res)
		o.at = time.Now()
		done <- o
	}()
	synctest.Wait()
	return done
}

// over returns what has become of a call by now.
func over(t *testing.T, call <-chan outcome) outcome {
	t.Helper()
	synctest.Wait()
	select {
	case o := <-call:
		return o
	default:
		t.Fatal("the call still waits")
		panic("unreachable")
	}
}

// waits checks that a call does.
func waits(t *testing.T, call <-chan outcome) {
	t.Helper()
	synctest.Wait()
	select {
	case o := <-call:
		t.Fatalf("the call is over: %s, %v", o.res, o.err)
	default:
	}
}

// unanswered checks that a call may have been done, and why nobody knows.
func unanswered(t *testing.T, o outcome, cause error) {
	t.Helper()
	var e *runtime.UnansweredError
	if !errors.As(o.err, &e) || !errors.Is(o.err, cause) || errors.Is(o.err, runtime.ErrNotLive) || e.Endpoint == "" {
		t.Errorf("got %v, want an UnansweredError that is %v", o.err, cause)
	}
}

func TestCallGoesOverTheStream(t *testing.T) {
	calling(t, func(t *testing.T, w *world, s *runtime.Session) {
		w.api = func(http.ResponseWriter, *http.Request) { t.Error("a REST call was made") }
		w.onCall = func(sock *fakeSocket, call clientFrame) {
			sock.answer(call, fmt.Sprintf(`{"res":{"endpoint":%q,"data":%s}}`, call.Body.Endpoint, call.Body.Data))
		}
		for _, tt := range []struct {
			request any
			data    string
		}{
			{nil, `{}`},
			{map[string]any{"text": "\"a\"\n"}, `{"text":"\"a\"\n"}`},
		} {
			var got struct {
				Endpoint string
				Data     json.RawMessage
			}
			if err := s.Call(t.Context(), "notes/create", tt.request, &got); err != nil {
				t.Fatal(err)
			}
			if got.Endpoint != "notes/create" || string(got.Data) != tt.data {
				t.Errorf("the server read %q, %s", got.Endpoint, got.Data)
			}
		}
		first, second := w.sent("api")[0].Body.ID, w.sent("api")[1].Body.ID
		if first == "" || first == second {
			t.Errorf("ids %q and %q", first, second)
		}
	})
}

func TestCallGoesByRESTUnlessToldOtherwise(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		w.dialect = answering()
		w.api = func(rw http.ResponseWriter, r *http.Request) { fmt.Fprintf(rw, "%q", r.URL.Path) }
		var path string
		if err := w.client().Call(t.Context(), "ping", nil, &path); err != nil || path != "/api/ping" {
			t.Errorf("%q, %v", path, err)
		}
		if sent := w.sent("api"); len(sent) != 0 {
			t.Errorf("sent %v", sent)
		}
	})
}

func TestStreamCallsAreRefusedWhereTheDialectHasNone(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		_, err := w.tryClient(runtime.WithStreamCalls())
		if !errors.Is(err, runtime.ErrNoStreamCalls) || !strings.Contains(err.Error(), "test") {
			t.Errorf("got %v", err)
		}
		if n := len(w.all()); n != 0 {
			t.Errorf("%d sockets were opened", n)
		}
	})
}

// What a server answers, and what becomes of it.
func TestStreamAnswers(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		res        string
		err        *rest.Error // but for the endpoint
		is         error
		says       string // of an error that is no rest.Error
	}{
		{name: "value", body: `{"res":[1]}`, res: `[1]`},
		{name: "no value", body: `{}`},
		{name: "null", body: `{"res":null,"error":null}`, res: `null`},
		{name: "event in disguise", body: `{"id":"x","type":"y","body":{},"res":1}`, res: `1`},
		{
			name: "refusal", body: `{"error":{"message":"No such note.","code":"NO_SUCH_NOTE","id":"24fc","kind":"client","info":{"param":"#"}}}`,
			err: &rest.Error{Status: 400, Message: "No such note.", Code: "NO_SUCH_NOTE", ID: "24fc", Kind: "client", Info: json.RawMessage(`{"param":"#"}`)},
		},
		{
			name: "no account", body: `{"error":{"message":"m","code":"CREDENTIAL_REQUIRED","id":"1","kind":"client"}}`, is: rest.ErrUnauthorized,
			err: &rest.Error{Status: 401, Message: "m", Code: "CREDENTIAL_REQUIRED", ID: "1", Kind: "client"},
		},
		{
			name: "no permission", body: `{"error":{"message":"m","code":"PERMISSION_DENIED","id":"1","kind":"client"}}`, is: rest.ErrForbidden,
			err: &rest.Error{Status: 403, Message: "m", Code: "PERMISSION_DENIED", ID: "1", Kind: "client"},
		},
		{
			name: "too often", body: `{"error":{"message":"m","code":"RATE_LIMIT_EXCEEDED","id":"1","kind":"client"}}`, is: rest.ErrRateLimited,
			err: &rest.Error{Status: 429, Message: "m", Code: "RATE_LIMIT_EXCEEDED", ID: "1", Kind: "client"},
		},
		{
			name: "no endpoint", body: `{"error":{"message":"m","code":"NO_SUCH_ENDPOINT","id":"1","kind":"client"}}`, is: rest.ErrNoSuchEndpoint,
			err: &rest.Error{Status: 404, Message: "m", Code: "NO_SUCH_ENDPOINT", ID: "1", Kind: "client"},
		},
		{
			name: "failure", body: `{"error":{"code":"OWN","kind":"server"}}`, is: rest.ErrServer,
			err: &rest.Error{Status: 500, Message: "Internal Server Error", Code: "OWN", Kind: "server"},
		},
		{name: "other kind", body: `{"error":{"kind":"permission"}}`, err: &rest.Error{Status: 403, Message: "Forbidden", Kind: "permission"}},
		{name: "error that is none", body: `{"error":"x"}`, err: &rest.Error{Status: 400, Message: "the error is no object"}},
		{name: "string", body: `"x"`, says: "decoding the answer"},
		{name: "null body", body: `null`, says: "the answer is null"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			calling(t, func(t *testing.T, w *world, s *runtime.Session) {
				w.onCall = func(sock *fakeSocket, call clientFrame) { sock.answer(call, tt.body) }
				o := over(t, begin(t.Context(), s, "notes/show"))
				if string(o.res) != tt.res {
					t.Errorf("got %s, want %s", o.res, tt.res)
				}
				switch e := (*rest.Error)(nil); {
				case tt.err != nil:
					tt.err.Endpoint = "notes/show"
					if !errors.As(o.err, &e) || !reflect.DeepEqual(e, tt.err) || tt.is != nil && !errors.Is(o.err, tt.is) {
						t.Errorf("got %#v, want %#v", o.err, tt.err)
					}
				case tt.says != "":
					if o.err == nil || !strings.Contains(o.err.Error(), tt.says) {
						t.Errorf("got %v, want one that says %q", o.err, tt.says)
					}
				case o.err != nil:
					t.Error(o.err)
				}
			})
		})
	}
}

func TestAnswersFindTheirCallsInAnyOrder(t *testing.T) {
	calling(t, func(t *testing.T, w *world, s *runtime.Session) {
		const n = 100
		var calls []<-chan outcome
		for i := range n {
			calls = append(calls, begin(t.Context(), s, fmt.Sprint("e", i)))
		}
		sock, _ := w.newest("api")
		sent := w.sent("api")
		slices.Reverse(sent)
		for _, call := range sent {
			sock.answer(call, fmt.Sprintf(`{"res":%q}`, call.Body.Endpoint))
		}
		for i, call := range calls {
			if o := over(t, call); o.err != nil || string(o.res) != fmt.Sprintf(`"e%d"`, i) {
				t.Errorf("call %d got %s, %v", i, o.res, o.err)
			}
		}
	})
}

func TestLostAnswerTimesOutAndALateOneIsDropped(t *testing.T) {
	calling(t, func(t *testing.T, w *world, s *runtime.Session) {
		start := time.Now()
		call := begin(t.Context(), s, "notes/create")
		pass(time.Minute - 1)
		waits(t, call)
		pass(1)
		o := over(t, call)
		exactly(t, "given up", o.at.Sub(start), time.Minute)
		unanswered(t, o, context.DeadlineExceeded)

		next := begin(t.Context(), s, "ping")
		sock, fr := w.newest("api")
		late := w.sent("api")[0]
		sock.answer(late, `{"res":"late"}`)
		sock.answer(fr, `{"res":"right"}`)
		sock.answer(fr, `{"res":"twice"}`)
		if o := over(t, next); o.err != nil || string(o.res) != `"right"` {
			t.Errorf("got %s, %v", o.res, o.err)
		}
		synctest.Wait()
		if st := s.Status().Stats; st.LateAnswers != 2 || st.UnknownFrames != 0 {
			t.Errorf("%+v", st)
		}
		if n := len(w.sent("api")); n != 2 {
			t.Errorf("%d calls were sent, want 2: none twice", n)
		}
	})
}

func TestCallTimeoutIsConfigured(t *testing.T) {
	calling(t, func(t *testing.T, w *world, s *runtime.Session) {
		start := time.Now()
		call := begin(t.Context(), s, "ping")
		pass(time.Minute)
		exactly(t, "given up", over(t, call).at.Sub(start), 3*time.Second)
	}, runtime.WithCallTimeout(3*time.Second))
}

func TestContextEndsAStreamCall(t *testing.T) {
	calling(t, func(t *testing.T, w *world, s *runtime.Session) {
		ctx, cancel := context.WithCancelCause(t.Context())
		call := begin(ctx, s, "ping")
		waits(t, call)
		cancel(errors.New("bored"))
		unanswered(t, over(t, call), context.Canceled)

		// One that is over before is not sent at all.
		o := over(t, begin(ctx, s, "ping"))
		if e := (*runtime.UnansweredError)(nil); errors.As(o.err, &e) || !errors.Is(o.err, context.Canceled) {
			t.Errorf("got %v", o.err)
		}
		if n := len(w.sent("api")); n != 1 {
			t.Errorf("%d calls were sent, want 1", n)
		}
	})
}

func TestLostSocketEndsItsCallsAndNoOthers(t *testing.T) {
	calling(t, func(t *testing.T, w *world, s *runtime.Session) {
		call := begin(t.Context(), s, "notes/create")
		first, old := w.newest("api")
		_ = first.ws.NetConn().Close()
		o := over(t, call)
		closed := (*runtime.CloseError)(nil)
		if !errors.As(o.err, &closed) {
			t.Errorf("the cause of %v is no CloseError", o.err)
		}
		unanswered(t, o, closed)

		// Without a socket nothing is sent.
		if o := over(t, begin(t.Context(), s, "ping")); !errors.Is(o.err, runtime.ErrNotLive) {
			t.Errorf("got %v, want ErrNotLive", o.err)
		}

		pass(time.Minute)
		next := begin(t.Context(), s, "ping")
		sock, fr := w.newest("api")
		sock.answer(old, `{"res":"of another socket"}`)
		waits(t, next)
		sock.answer(fr, `{"res":1}`)
		if o := over(t, next); o.err != nil || string(o.res) != "1" {
			t.Errorf("got %s, %v", o.res, o.err)
		}
		if n := len(w.sent("api")); n != 2 {
			t.Errorf("%d calls were sent, want 2", n)
		}
	})
}

// A call whose write fails may have reached the server: it does not match
// ErrNotLive, which would invite to repeat it.
func TestCallThatIsHalfWrittenMayBeDone(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		w.dialect = answering()
		var torn atomic.Bool
		s := w.client(runtime.WithStreamCalls(), runtime.WithNetDial(func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := w.net.dial(ctx, network, address)
			return &tearing{conn, &torn}, err
		}))
		torn.Store(true)
		unanswered(t, over(t, begin(t.Context(), s, "notes/create")), io.ErrClosedPipe)
		if err := s.Status().Connections[0].LastErr; !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("the socket was lost by %v", err)
		}
	})
}

// tearing is a connection whose writes fail.
type tearing struct {
	net.Conn
	torn *atomic.Bool
}

func (c *tearing) Write(p []byte) (int, error) {
	if c.torn.Load() {
		return len(p) / 2, io.ErrClosedPipe
	}
	return c.Conn.Write(p)
}

func TestCloseEndsACallThatNobodyAnswers(t *testing.T) {
	calling(t, func(t *testing.T, w *world, s *runtime.Session) {
		call := begin(t.Context(), s, "ping")
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		unanswered(t, over(t, call), runtime.ErrClosed)
		if o := over(t, begin(t.Context(), s, "ping")); !errors.Is(o.err, runtime.ErrClosed) {
			t.Errorf("got %v, want ErrClosed", o.err)
		}
	})
}

// A handler that calls while the client closes is waited for, and its answer
// still comes.
func TestHandlersCallIsAnsweredWhileClosing(t *testing.T) {
	calling(t, func(t *testing.T, w *world, s *runtime.Session) {
		result := make(chan error, 1)
		_, sock, id := w.join(s, &room, func(ctx context.Context, _ any) error {
			result <- s.Call(ctx, "ping", nil, nil)
			return nil
		})
		sock.event(id, "text", `"x"`)
		_, call := w.newest("api")
		closed := make(chan error, 1)
		go func() { closed <- s.Close(context.Background()) }()
		pass(time.Second)
		sock.answer(call, `{}`)
		synctest.Wait()
		if err := <-result; err != nil {
			t.Error(err)
		}
		if err := <-closed; err != nil {
			t.Error(err)
		}
	})
}

// More calls than may wait for their answers wait for their turn.
func TestPendingStreamCallsAreBounded(t *testing.T) {
	const most = 128
	calling(t, func(t *testing.T, w *world, s *runtime.Session) {
		for range most {
			begin(t.Context(), s, "slow")
		}
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		hasty := begin(impatient, s, "hasty")
		call := begin(t.Context(), s, "next")
		pass(time.Second)
		o := over(t, hasty)
		if e := (*runtime.UnansweredError)(nil); errors.As(o.err, &e) || !errors.Is(o.err, context.DeadlineExceeded) {
			t.Errorf("got %v: it was not sent", o.err)
		}
		if n := len(w.sent("api")); n != most {
			t.Fatalf("%d calls were sent, want %d", n, most)
		}
		sock, _ := w.newest("api")
		sock.answer(w.sent("api")[0], `{}`)
		waits(t, call)
		if _, fr := w.newest("api"); fr.Body.Endpoint != "next" {
			t.Fatalf("the newest call is %q", fr.Body.Endpoint)
		}
		pass(time.Minute) // the others give up
		unanswered(t, over(t, call), context.DeadlineExceeded)
	})
}

func TestAnswerThatIsTooLargeEndsItsCall(t *testing.T) {
	calling(t, func(t *testing.T, w *world, s *runtime.Session) {
		w.onCall = func(sock *fakeSocket, call clientFrame) {
			sock.answer(call, `{"res":"`+strings.Repeat("x", 2000)+`"}`)
		}
		o := over(t, begin(t.Context(), s, "notes/timeline"))
		if !errors.Is(o.err, runtime.ErrFrameTooLarge) || !strings.Contains(o.err.Error(), "notes/timeline") {
			t.Errorf("got %v", o.err)
		}
		if e := (*runtime.UnansweredError)(nil); errors.As(o.err, &e) {
			t.Errorf("%v: it was answered", o.err)
		}
		if st := s.Status().Stats; st.TooLarge != 1 || st.LateAnswers != 0 {
			t.Errorf("%+v", st)
		}
	}, runtime.WithMaxFrame(1<<10))
}

func TestAnswerThatIsNoJSONIsSkipped(t *testing.T) {
	calling(t, func(t *testing.T, w *world, s *runtime.Session) {
		call := begin(t.Context(), s, "ping")
		sock, fr := w.newest("api")
		sock.answer(fr, `{"id":"a","type":"b","body":{"res":}}`) // of the shape of an event
		sock.answer(fr, `{"res":`)
		waits(t, call)
		if st := s.Status().Stats; st.Malformed != 2 {
			t.Errorf("%+v", st)
		}
		sock.answer(fr, `{}`)
		if o := over(t, call); o.err != nil {
			t.Error(o.err)
		}
	})
}

func TestUnsendableStreamCall(t *testing.T) {
	calling(t, func(t *testing.T, w *world, s *runtime.Session) {
		for name, err := range map[string]error{
			"no object":   s.Call(t.Context(), "ping", []int{1}, nil),
			"no endpoint": s.Call(t.Context(), "", nil, nil),
			"no UTF-8":    s.Call(t.Context(), "ping", json.RawMessage("{\"a\":\"\xff\"}"), nil),
		} {
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		if n := len(w.sent("api")); n != 0 {
			t.Errorf("%d calls were sent", n)
		}
	})
}

// Calls, events and lost sockets at one time, on real sockets.
func TestStreamCallsUnderLoad(t *testing.T) {
	f := newFake(t)
	f.onCall = func(s *fakeSocket, call clientFrame) {
		s.answer(call, fmt.Sprintf(`{"res":%q}`, call.Body.Endpoint))
	}
	s, err := runtime.Connect(ctx(t), answering(), f.URL, runtime.WithBackoff(time.Millisecond, time.Millisecond), runtime.WithStreamCalls())
	if err != nil {
		t.Fatal(err)
	}
	var callers sync.WaitGroup
	for i := range 16 {
		callers.Go(func() {
			for j := range 50 {
				endpoint, got := fmt.Sprintf("c%d/%d", i, j), ""
				err := s.Call(ctx(t), endpoint, nil, &got)
				var open *runtime.UnansweredError
				switch {
				case err == nil && got != endpoint:
					t.Errorf("%s got the answer of %s", endpoint, got)
				case err != nil && !errors.As(err, &open) && !errors.Is(err, runtime.ErrNotLive):
					t.Error(err)
				}
				if i == 0 && j%10 == 5 {
					f.drop()
				}
			}
		})
	}
	callers.Wait()
	if err := s.Close(ctx(t)); err != nil {
		t.Error(err)
	}
}
