package misskeytest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// waiting starts a Wait that has looked once when waiting returns.
func waiting(t *testing.T, srv *misskeytest.Server, condition func() bool) (ended <-chan error) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	looked, result := make(chan struct{}, 1), make(chan error, 1)
	go func() {
		defer stop()
		result <- srv.Wait(ctx, func() bool {
			met := condition()
			select {
			case looked <- struct{}{}:
			default:
			}
			return met
		})
	}()
	<-looked
	return result
}

// Wait looks again when a fault has struck, whatever kind it is of: nothing else
// happens at a handshake that is not answered.
func TestWaitSeesFaultsStrike(t *testing.T) {
	for _, tt := range []struct {
		fault     misskeytest.Fault
		handshake bool // or an event
	}{
		{misskeytest.HangHandshake(), true},
		{misskeytest.CutHandshake(), true},
		{misskeytest.RejectHandshake(502, nil, ""), true},
		{misskeytest.StallReads().On(1), false},
		{misskeytest.SlowWrites(0).On(1), false},
		{misskeytest.HalfOpen().On(1), false},
		{misskeytest.Drop().On(1), false},
	} {
		t.Run(tt.fault.String(), func(t *testing.T) {
			srv := newServer(t)
			dial(t, srv, "").sync()
			i := srv.Inject(tt.fault)
			seen := waiting(t, srv, func() bool { return i.Struck() == 1 })
			ended := make(chan error, 2)
			go func() {
				if !tt.handshake {
					srv.Broadcast("e", nil)
					ended <- nil
					return
				}
				if _, _, err := websocket.DefaultDialer.Dial(srv.StreamURL(), nil); err == nil {
					ended <- errors.New("the handshake was answered")
				}
				ended <- nil
			}()
			if err := <-seen; err != nil {
				t.Error(err)
			}
			srv.Stop() // which hangs up
			if err := <-ended; err != nil {
				t.Error(err)
			}
			i.Stop()
		})
	}
}

// What the server sends later of itself is seen as well.
func TestWaitSeesWhatComesLater(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer(t, misskeytest.WithClock(clock))
	alice := srv.AddUser("alice")
	c := dial(t, srv, alice.Token())
	c.connect("main", "m", "{}")
	alice.Notify(&misskey.NotificationTest{})
	unread := func() bool {
		for _, d := range srv.Deliveries() {
			if d.Type == "unreadNotification" {
				return true
			}
		}
		return false
	}
	seen := waiting(t, srv, unread)
	clock.Advance(misskeytest.DefaultUnreadDelay)
	if err := <-seen; err != nil {
		t.Error(err)
	}
}

// Nobody waits for a closed server, unless what they wait for is there.
func TestWaitEndsWithTheServer(t *testing.T) {
	srv := newServer(t)
	dial(t, srv, "").sync()
	never := waiting(t, srv, func() bool { return false })
	all := waiting(t, srv, func() bool { return len(srv.PastSockets()) == 1 })
	srv.Close()
	if err := <-never; !errors.Is(err, misskeytest.ErrServerClosed) {
		t.Errorf("%v, want ErrServerClosed", err)
	}
	if err := <-all; err != nil {
		t.Errorf("%v, though every socket has ended", err)
	}
	if err := srv.Wait(t.Context(), func() bool { return false }); !errors.Is(err, misskeytest.ErrServerClosed) {
		t.Errorf("%v after Close, want ErrServerClosed", err)
	}
	if err := srv.Wait(t.Context(), func() bool { return true }); err != nil {
		t.Errorf("%v after Close, though there is nothing to wait for", err)
	}
}
