package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime"
)

// keys is a token source and a server that takes one token at a time.
type keys struct {
	source, server atomic.Pointer[string]
	status         int // for the others
	asked          atomic.Int32
}

func newKeys(w *world, status int, token string) *keys {
	k := &keys{status: status}
	k.source.Store(&token)
	k.server.Store(&token)
	w.accept = func(_ int, rw http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") != "Bearer "+*k.server.Load() {
			rw.WriteHeader(k.status)
			return false
		}
		return true
	}
	return k
}

func (k *keys) Token(context.Context) (string, error) {
	k.asked.Add(1)
	return *k.source.Load(), nil
}

func set(token *atomic.Pointer[string], value string) { token.Store(&value) }

func TestRefusedTokenIsAskedForAgain(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				k := newKeys(w, status, "old")
				renewing := runtime.TokenSourceFunc(func(ctx context.Context) (string, error) {
					token, err := k.Token(ctx)
					if k.asked.Load() == 3 { // after the refusal
						set(&k.source, "new")
						token = "new"
					}
					return token, err
				})
				hook := &diary{}
				s := w.client(runtime.WithTokenSource(renewing), runtime.WithHooks(hook))
				sub, sock, _ := w.join(s, &mine, nil)
				if n := k.asked.Load(); n != 1 {
					t.Errorf("asked %d times for one dial", n)
				}
				set(&k.server, "new")
				sock.cut()
				pass(time.Minute)
				if s.Err() != nil || sub.State() != runtime.StateLive {
					t.Fatalf("%v, %s", s.Err(), sub.State())
				}
				lost := hook.of("disconnected")
				if len(lost) != 2 || lost[1].pause < 0 {
					t.Fatalf("hook got %+v", lost)
				}
				var refused *runtime.HandshakeError
				if !errors.As(lost[1].err, &refused) || refused.Final || refused.Status != status {
					t.Errorf("the refusal was %v, final %v", refused, refused.Final)
				}
			})
		})
	}
}

func TestTokenThatIsGivenAgainAfterItsRefusalEndsTheClient(t *testing.T) {
	for status, want := range map[int]error{http.StatusUnauthorized: runtime.ErrUnauthorized, http.StatusForbidden: runtime.ErrForbidden} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				k := newKeys(w, status, "old")
				s := w.client(runtime.WithTokenSource(k))
				sub, sock, _ := w.join(s, &mine, nil)
				set(&k.server, "new")
				sock.cut()
				<-s.Done()
				if !errors.Is(s.Err(), want) || !errors.Is(sub.Err(), want) {
					t.Errorf("reasons %v and %v, want %v", s.Err(), sub.Err(), want)
				}
				if n := k.asked.Load(); n != 3 { // two dials, and once more
					t.Errorf("asked %d times, want 3", n)
				}
			})
		})
	}
}

func TestFirstDialTakesTheRenewedToken(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		k := newKeys(w, http.StatusUnauthorized, "good")
		s := w.client(runtime.WithTokenSource(runtime.TokenSourceFunc(func(context.Context) (string, error) {
			if k.asked.Add(1) == 1 {
				return "stale", nil // as a cache may
			}
			return "good", nil
		})))
		w.join(s, &mine, nil)
	})
}

// A source that has a new token every time must not keep Connect for ever.
func TestFirstDialIsRepeatedOnceForARenewedToken(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		k := newKeys(w, http.StatusUnauthorized, "good")
		_, err := w.tryClient(runtime.WithTokenSource(runtime.TokenSourceFunc(func(context.Context) (string, error) {
			return fmt.Sprint("bad", k.asked.Add(1)), nil
		})))
		if !errors.Is(err, runtime.ErrUnauthorized) || w.dials != 2 {
			t.Errorf("%v after %d dials, want 2", err, w.dials)
		}
	})
}

func TestSourceThatFailsIsADialThatFailed(t *testing.T) {
	broken := errors.New("the vault is sealed")
	for _, tt := range []struct {
		name   string
		source func() (string, error)
		is     error
	}{
		{"an error", func() (string, error) { return "", broken }, broken},
		{"a panic", func() (string, error) { panic(broken) }, broken},
		{"an empty token", func() (string, error) { return "", nil }, nil},
		{"no token at all", func() (string, error) { return "secret\r\nX-Evil: 1", nil }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				var well atomic.Bool
				source := runtime.TokenSourceFunc(func(context.Context) (string, error) {
					if well.Load() {
						return "good", nil
					}
					return tt.source()
				})
				_, err := w.tryClient(runtime.WithTokenSource(source))
				var h *runtime.HandshakeError
				if !errors.As(err, &h) || h.Kind != runtime.NoToken || h.Final {
					t.Fatalf("got %v", err)
				}
				if tt.is != nil && !errors.Is(err, tt.is) {
					t.Errorf("%v is not %v", err, tt.is)
				}
				if strings.Contains(fmt.Sprintf("%v %+v", err, err), "secret") {
					t.Errorf("the error repeats the token: %v", err)
				}
				s := w.client(runtime.WithTokenSource(source), runtime.WithKeepTrying())
				pass(10 * time.Minute)
				if w.dials != 0 {
					t.Errorf("dialled %d times without a token", w.dials)
				}
				if err := s.Call(context.Background(), "i", nil, nil); err == nil || strings.Contains(err.Error(), "secret") {
					t.Errorf("Call: %v", err)
				}
				well.Store(true)
				pass(time.Minute)
				w.join(s, &mine, nil)
			})
		})
	}
}

func TestSourceIsGivenTheTimeOfADial(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		start := time.Now()
		_, err := w.tryClient(runtime.WithTokenSource(runtime.TokenSourceFunc(func(ctx context.Context) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		})), runtime.WithDialTimeout(7*time.Second))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		exactly(t, "given up", time.Since(start), 7*time.Second)
	})
}

func TestCallsCarryTheTokenOfTheMoment(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		k := newKeys(w, http.StatusUnauthorized, "old")
		got := make(chan string, 1)
		w.api = func(_ http.ResponseWriter, r *http.Request) { got <- r.URL.Path + " " + r.Header.Get("Authorization") }
		s := w.client(runtime.WithTokenSource(k))
		for _, token := range []string{"old", "new"} {
			set(&k.source, token)
			if err := s.Call(context.Background(), "i", nil, nil); err != nil {
				t.Fatal(err)
			}
			if auth := <-got; auth != "/api/i Bearer "+token {
				t.Errorf("sent %q", auth)
			}
		}
	})
}

func TestHookIsToldThatTheAccountHasANewToken(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		renewable := mine
		renewable.TokenEvent = "bye"
		hook := &diary{}
		s := w.client(runtime.WithToken("secret"), runtime.WithHooks(hook))
		var a, b notes
		_, sock, id := w.join(s, &renewable, a.handle)
		w.join(s, &renewable, b.handle)
		sock.event(id, "text", `"bye"`)
		sock.event(id, "bye", `null`)
		a.expect(t, "bye, bye")
		b.expect(t, "bye, bye")
		if n := len(hook.of("token")); n != 1 {
			t.Errorf("told %d times", n)
		}
		if s.Err() != nil {
			t.Errorf("the client closed: %v", s.Err())
		}
	})
}

func TestMissingPermissionIsToldAtOnce(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		chat := runtime.Channel{Name: "chat", Credential: true, Permission: "read:chat", Events: &testEvents}
		s := w.client(runtime.WithToken("secret"), runtime.WithPermissions("read:account"))
		_, err := s.Subscribe(context.Background(), &chat, nil, nil)
		if !errors.Is(err, runtime.ErrPermissionRequired) || !strings.Contains(err.Error(), "read:chat") {
			t.Errorf("got %v", err)
		}
		if n := len(w.sent("connect")); n != 0 {
			t.Errorf("%d connects were sent", n)
		}
		w.join(s, &mine, nil) // needs none
		w.join(w.client(runtime.WithToken("secret"), runtime.WithPermissions("read:chat", "read:account")), &chat, nil)
		w.join(w.client(runtime.WithToken("secret")), &chat, nil) // nobody knows
	})
}

func TestPanicInTheUsersDialIsADialThatFailed(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		var dials atomic.Int32
		s := w.client(runtime.WithKeepTrying(), runtime.WithNetDial(func(ctx context.Context, network, address string) (net.Conn, error) {
			if dials.Add(1) == 1 {
				panic("no route")
			}
			return w.net.dial(ctx, network, address)
		}))
		var panicked *runtime.PanicError
		if err := s.Status().Connections[0].LastErr; !errors.As(err, &panicked) || panicked.Value != "no route" {
			t.Errorf("the first dial: %v", err)
		}
		pass(time.Second)
		if !s.Status().Connections[0].Open {
			t.Error("no second dial")
		}
	})
}
