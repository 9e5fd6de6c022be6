package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/runtime"
)

func TestHalfOpenSocketIsFoundWithinTheSilence(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		start := time.Now()
		hook := &diary{}
		s := w.client(runtime.WithHooks(hook))
		sub, sock, _ := w.join(s, &room, nil)
		pass(30 * time.Second) // it has answered a ping after 25
		sock.sever()
		pass(10 * time.Minute)
		lost := hook.of("disconnected")
		if len(lost) != 1 {
			t.Fatalf("lost the socket %d times", len(lost))
		}
		exactly(t, "found", lost[0].at.Sub(start), 25*time.Second+60*time.Second)
		exactly(t, "dialled again", w.openedAt(1).Sub(lost[0].at), lost[0].pause)
		if err := s.Status().Connections[0].LastErr; err == nil || !strings.Contains(err.Error(), "nothing heard for 1m0s") {
			t.Errorf("reason %v", err)
		}
		if sub.State() != runtime.StateLive {
			t.Errorf("the subscription is %s", sub.State())
		}
	})
}

func TestQuietSocketStaysForADay(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		hook := &diary{}
		s := w.client(runtime.WithHooks(hook))
		w.join(s, &room, nil)
		pass(24 * time.Hour)
		if n, m := len(w.all()), len(hook.of("disconnected")); n != 1 || m != 0 {
			t.Errorf("%d sockets, lost %d times", n, m)
		}
	})
}

// Pongs are not the only sign of life.
func TestAnyFrameCountsAsLife(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		w.onPing = func(*fakeSocket, string) error { return nil }
		hook := &diary{}
		s := w.client(runtime.WithHooks(hook))
		_, sock, id := w.join(s, &room, nil)
		for i := range 100 {
			pass(59 * time.Second)
			if i%2 == 0 {
				sock.event(id, "text", `"x"`)
			} else {
				sock.ping()
			}
		}
		if lost := hook.of("disconnected"); len(lost) != 0 {
			t.Fatalf("lost the socket: %v", lost[0].err)
		}
		silent := time.Now()
		pass(10 * time.Minute)
		lost := hook.of("disconnected")
		if len(lost) == 0 {
			t.Fatal("did not notice the silence")
		}
		exactly(t, "noticed", lost[0].at.Sub(silent), 60*time.Second)
	})
}

func TestLivenessIsConfigured(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		hook := &diary{}
		start := time.Now()
		s := w.client(runtime.WithHooks(hook), runtime.WithLiveness(3*time.Second, 8*time.Second))
		_, sock, _ := w.join(s, &room, nil)
		pass(10 * time.Second)
		sock.sever()
		pass(time.Minute)
		exactly(t, "found", hook.of("disconnected")[0].at.Sub(start), 9*time.Second+8*time.Second)
	})
}

func TestRoundTripIsMeasured(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		var delay atomic.Int64
		delay.Store(int64(40 * time.Millisecond))
		w.onPing = func(s *fakeSocket, payload string) error {
			time.Sleep(time.Duration(delay.Load()))
			return s.pong(payload)
		}
		s := w.client()
		if rtt := s.Status().Connections[0].RoundTrip; rtt != 0 {
			t.Errorf("%v before the first ping", rtt)
		}
		for _, want := range []time.Duration{40 * time.Millisecond, 900 * time.Millisecond} {
			delay.Store(int64(want))
			pass(26 * time.Second)
			exactly(t, "the pong came", s.Status().Connections[0].RoundTrip, want)
		}
	})
}

// pinging is a dialect whose server pings every minute.
func pinging() *runtime.Dialect {
	d := testDialect
	d.ServerPing = time.Minute
	return &d
}

// A proxy may answer our pings for a server that is gone.
func TestServerThatStopsPingingIsFound(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		w.dialect = pinging()
		hook := &diary{}
		start := time.Now()
		s := w.client(runtime.WithHooks(hook))
		_, sock, _ := w.join(s, &room, nil)
		for range 60 {
			pass(time.Minute)
			sock.ping()
		}
		pass(10 * time.Minute)
		lost := hook.of("disconnected")
		if len(lost) != 1 {
			t.Fatalf("lost the socket %d times, want once", len(lost))
		}
		// Two of its pings and one of ours after the last, at our next ping.
		exactly(t, "found", lost[0].at.Sub(start), 60*time.Minute+150*time.Second)
		if err := lost[0].err; !strings.Contains(err.Error(), "has not pinged for 2m30s, and does every 1m0s") {
			t.Errorf("reason %v", err)
		}
	})
}

func TestServerThatNeverPingedIsLeftInPeace(t *testing.T) {
	for name, dialect := range map[string]*runtime.Dialect{"the dialect says it does": pinging(), "the dialect does not say": &testDialect} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				w.dialect = dialect
				s := w.client()
				_, sock, _ := w.join(s, &room, nil)
				if dialect.ServerPing == 0 {
					sock.ping()
				}
				pass(24 * time.Hour)
				if n := len(w.all()); n != 1 {
					t.Errorf("%d sockets", n)
				}
			})
		})
	}
}

func TestCloseOfTheServerIsExplained(t *testing.T) {
	for _, tt := range []struct {
		name, says string
		code       int
		end        func(*fakeSocket)
	}{
		{"without a word", "without a word", 1006, (*fakeSocket).cut},
		{"restart", `it is restarting: "back soon"`, 1012, closing(1012, "back soon")},
		{"its own code", `(4321): a code of its own: "no"`, 4321, closing(4321, "no")},
		{"no reason", "it does not say why", 1005, closing(websocket.CloseNoStatusReceived, "")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				hook := &diary{}
				s := w.client(runtime.WithHooks(hook))
				sub, sock, _ := w.join(s, &room, nil)
				tt.end(sock)
				lost := hook.of("disconnected")
				if len(lost) != 1 {
					t.Fatalf("lost the socket %d times", len(lost))
				}
				var closed *runtime.CloseError
				if !errors.As(lost[0].err, &closed) || closed.Code != tt.code || !strings.Contains(closed.Error(), tt.says) {
					t.Errorf("got %v", lost[0].err)
				}
				pass(time.Minute)
				if !errors.As(s.Status().Connections[0].LastErr, &closed) || sub.State() != runtime.StateLive {
					t.Errorf("%v, %s", s.Status().Connections[0].LastErr, sub.State())
				}
			})
		})
	}
}

func closing(code int, reason string) func(*fakeSocket) {
	return func(s *fakeSocket) {
		_ = s.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(wait))
		s.cut()
	}
}

func TestPausesBetweenDialsDoubleUpToTheirCap(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		var down atomic.Bool
		down.Store(true)
		refuse(w, &down)
		longest := make([]time.Duration, 6)
		for range 100 {
			hook := &diary{}
			s := w.client(runtime.WithHooks(hook), runtime.WithBackoff(time.Second, 10*time.Second), runtime.WithKeepTrying())
			pass(2 * time.Minute)
			for i, e := range hook.of("disconnected")[:len(longest)] {
				longest[i] = max(longest[i], e.pause)
			}
			if err := s.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		for i, ceiling := range []time.Duration{1, 2, 4, 8, 10, 10} {
			ceiling *= time.Second
			if longest[i] > ceiling || longest[i] < ceiling*3/4 {
				t.Errorf("the longest pause number %d of 100 is %v, of at most %v", i, longest[i], ceiling)
			}
		}
	})
}

func TestSocketThatWasUpForLongIsANewTrouble(t *testing.T) {
	for name, tt := range map[string]struct {
		up   time.Duration
		grow bool
	}{"flapping": {time.Second, true}, "up for longer than the longest pause": {11 * time.Second, false}} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				hook := &diary{}
				w.client(runtime.WithHooks(hook), runtime.WithBackoff(time.Second, 10*time.Second))
				for i := range 40 {
					pass(tt.up)
					w.socket(i).cut()
					pass(hook.of("disconnected")[i].pause)
				}
				longest := time.Duration(0)
				for _, e := range hook.of("disconnected") {
					longest = max(longest, e.pause)
				}
				if grown := longest > time.Second; grown != tt.grow {
					t.Errorf("the longest of 40 pauses is %v", longest)
				}
			})
		})
	}
}

// refuse has the server answer 502 while it is down.
func refuse(w *world, down *atomic.Bool) {
	w.accept = func(_ int, rw http.ResponseWriter, _ *http.Request) bool {
		if down.Load() {
			rw.WriteHeader(http.StatusBadGateway)
			w.note(func() {})
			return false
		}
		return true
	}
}

func TestNextDialIsAfterThePauseThatWasTold(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		hook := &diary{}
		s := w.client(runtime.WithHooks(hook))
		_, sock, _ := w.join(s, &room, nil)
		for i := range 20 {
			pass(time.Second)
			sock.cut()
			pass(time.Minute)
			lost := hook.of("disconnected")[i]
			exactly(t, "dialled", w.openedAt(i+1).Sub(lost.at), lost.pause)
			sock = w.socket(i + 1)
		}
	})
}

func TestRetryAfterIsHonouredByEachInItsOwnTime(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		var busy atomic.Bool
		w.accept = func(_ int, rw http.ResponseWriter, _ *http.Request) bool {
			if busy.Load() {
				rw.Header().Set("Retry-After", "90")
				rw.WriteHeader(http.StatusTooManyRequests)
				return false
			}
			return true
		}
		hook := &diary{}
		for range 20 {
			w.client(runtime.WithHooks(hook))
		}
		busy.Store(true)
		w.drop()
		pass(time.Minute)
		busy.Store(false)
		pass(time.Hour)
		seen := make(map[time.Duration]bool)
		for _, e := range hook.of("disconnected") {
			var h *runtime.HandshakeError
			if !errors.As(e.err, &h) {
				continue
			}
			if h.Kind != runtime.RateLimited || h.RetryAfter != 90*time.Second || h.Final {
				t.Errorf("got %+v", h)
			}
			if e.pause < 90*time.Second || e.pause > 92*time.Second {
				t.Errorf("a pause of %v", e.pause)
			}
			seen[e.pause] = true
		}
		if len(seen) != 20 {
			t.Errorf("20 clients come back at %d times", len(seen))
		}
		if n := len(w.all()); n != 40 {
			t.Errorf("%d sockets, want 40", n)
		}
	})
}

func TestNoTwoClientsReconnectInStep(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		const n = 400
		for range n {
			w.client(runtime.WithBackoff(10*time.Second, time.Minute))
		}
		pass(time.Hour)
		w.drop()
		lost := time.Now()
		pass(time.Minute)
		var after []time.Duration
		for _, sock := range w.all()[n:] {
			after = append(after, sock.at.Sub(lost))
		}
		slices.Sort(after)
		if len(after) != n || after[n-1] > 10*time.Second {
			t.Fatalf("%d came back, the last after %v", len(after), after[len(after)-1])
		}
		if distinct := len(slices.Compact(slices.Clone(after))); distinct != n {
			t.Errorf("%d clients came back at %d times", n, distinct)
		}
		for second := range 10 { // 40 are expected in each
			in := 0
			for _, d := range after {
				if int(d/time.Second) == second {
					in++
				}
			}
			if in < 15 || in > 75 {
				t.Errorf("%d of %d came back in second %d", in, n, second)
			}
		}
	})
}

func TestReconnectWakesThePause(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		var down atomic.Bool
		refuse(w, &down)
		s := w.client(runtime.WithBackoff(time.Hour, 24*time.Hour))
		sub, sock, _ := w.join(s, &room, nil)
		down.Store(true)
		pass(time.Second)
		sock.cut()
		w.all()
		s.Reconnect() // fails, and pauses again
		pass(100 * time.Millisecond)
		down.Store(false)
		asked := time.Now()
		s.Reconnect()
		w.all()
		if state := sub.State(); state != runtime.StateLive {
			t.Fatalf("it is %s", state)
		}
		exactly(t, "dialled", w.openedAt(1).Sub(asked), 0)
		pass(48 * time.Hour)
		if n := w.dials; n != 3 {
			t.Errorf("%d dials, want 3: the pause that was woken must not dial again", n)
		}
	})
}

func TestServerThatDoesNotAnswerTheHandshakeCostsTheDialTimeout(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		stall := make(chan struct{})
		defer close(stall)
		w.accept = func(int, http.ResponseWriter, *http.Request) bool { <-stall; return false }
		start := time.Now()
		_, err := w.tryClient()
		var h *runtime.HandshakeError
		if !errors.As(err, &h) || h.Kind != runtime.TimedOut || h.Final {
			t.Errorf("got %v", err)
		}
		exactly(t, "given up", time.Since(start), 15*time.Second)
	})
}

func TestHandshakeTable(t *testing.T) {
	for _, tt := range []struct {
		status int
		kind   runtime.HandshakeKind
		final  bool
	}{
		{200, runtime.NotWebSocket, false},
		{301, runtime.NotWebSocket, false},
		{400, runtime.NotWebSocket, false},
		{401, runtime.Unauthorized, true},
		{403, runtime.Forbidden, true},
		{404, runtime.NotWebSocket, false},
		{429, runtime.RateLimited, false},
		{500, runtime.ServerError, false},
		{503, runtime.ServerError, false},
		{530, runtime.ServerError, false},
	} {
		t.Run(fmt.Sprint(tt.status), func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				w.accept = func(_ int, rw http.ResponseWriter, _ *http.Request) bool {
					rw.WriteHeader(tt.status)
					_, _ = rw.Write([]byte("<html>"))
					return false
				}
				s, err := w.tryClient(runtime.WithToken("secret"), runtime.WithKeepTrying())
				if err != nil {
					t.Fatal(err)
				}
				pass(time.Minute)
				if closed := s.Err() != nil; closed != tt.final {
					t.Errorf("closed: %v", s.Err())
				}
				var h *runtime.HandshakeError
				if err := s.Status().Connections; tt.final {
					if !errors.As(s.Err(), &h) {
						t.Fatal(s.Err())
					}
				} else if !errors.As(err[0].LastErr, &h) {
					t.Fatal(err[0].LastErr)
				}
				if h.Kind != tt.kind || h.Status != tt.status || h.Final != tt.final || strings.Contains(h.Error(), "secret") || !strings.Contains(h.Error(), "misskey.example") {
					t.Errorf("got %+v: %v", h, h)
				}
				if w.dials < 2 && !tt.final {
					t.Error("not tried again")
				}
				if err := s.Close(context.Background()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestDialsThatGetNoAnswerAreNamed(t *testing.T) {
	for kind, cause := range map[runtime.HandshakeKind]error{
		runtime.UnknownHost:  &net.DNSError{Err: "no such host", Name: "misskey.example", IsNotFound: true},
		runtime.Refused:      &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED},
		runtime.TimedOut:     context.DeadlineExceeded,
		runtime.NetworkError: syscall.ENETUNREACH,
	} {
		t.Run(string(kind), func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				_, err := w.tryClient(runtime.WithNetDial(func(context.Context, string, string) (net.Conn, error) { return nil, cause }))
				var h *runtime.HandshakeError
				if !errors.As(err, &h) || h.Kind != kind || h.Final || !errors.Is(err, cause) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// texting is a dialect whose server answers text pings.
func texting() *runtime.Dialect {
	d := testDialect
	d.TextPing = true
	return &d
}

// A proxy may answer our pings for a server that is gone; it does not answer
// text.
func TestServerThatStopsAnsweringTextIsFound(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		w.dialect = texting()
		var gone atomic.Bool
		w.onTextPing = func(s *fakeSocket) {
			if !gone.Load() {
				s.send("pong")
			}
		}
		hook := &diary{}
		start := time.Now()
		s := w.client(runtime.WithHooks(hook))
		pass(time.Hour)
		if n := len(hook.of("disconnected")); n != 0 {
			t.Fatalf("lost the socket %d times", n)
		}
		gone.Store(true)
		pass(10 * time.Minute)
		lost := hook.of("disconnected")
		if len(lost) != 1 {
			t.Fatalf("lost the socket %d times, want once", len(lost))
		}
		// The last answer came at the full hour, and three pings bring none.
		exactly(t, "found", lost[0].at.Sub(start), time.Hour+4*25*time.Second)
		if !strings.Contains(lost[0].err.Error(), "no text ping") {
			t.Errorf("reason %v", lost[0].err)
		}
		if st := s.Status().Stats; st.Malformed != 0 {
			t.Errorf("%d frames were malformed", st.Malformed)
		}
	})
}

// Whoever never answered text may be no such server.
func TestServerThatNeverAnswersTextIsLeftInPeace(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		w.dialect = texting()
		asked := 0
		w.onTextPing = func(s *fakeSocket) { asked++; s.ping() }
		hook := &diary{}
		w.client(runtime.WithHooks(hook))
		pass(time.Hour)
		if n := len(hook.of("disconnected")); n != 0 || asked != 3600/25 {
			t.Errorf("lost the socket %d times, asked %d times", n, asked)
		}
	})
}

// Without the dialect's word a text pong is rubbish, and no text ping is sent:
// the fake server would say so.
func TestTextPongOfAServerThatHasNoneIsSkipped(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client()
		w.all()[0].send("pong")
		pass(time.Minute)
		if st := s.Status().Stats; st.Malformed != 1 {
			t.Errorf("%d frames were malformed, want 1", st.Malformed)
		}
	})
}
