package runtime_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime"
)

// slow keeps acknowledgements back until the test sends them.
func (w *world) slow() (ack func(*fakeSocket, clientFrame)) {
	w.silent = func(string) bool { return true }
	return func(s *fakeSocket, fr clientFrame) {
		s.send(`{"type":"connected","body":{"id":"` + fr.Body.ID + `"}}`)
		w.all()
	}
}

// On the server a channel that is disconnected before it is open goes on for
// ever.
func TestChannelLeftBeforeItsAcknowledgementIsDisconnectedAfterIt(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		ack := w.slow()
		s := w.client(runtime.WithChannelsPerConnection(1))
		sub := subscribe(t, s, &room, nil)
		sock, fr := w.newest("connect")
		sub.Close()
		<-sub.Done()
		pass(5 * time.Second)
		if n := sock.count("disconnect"); n != 0 {
			t.Fatal("disconnected before the acknowledgement")
		}
		if n := s.Status().Connections[0].Channels; n != 1 {
			t.Errorf("%d places taken before the acknowledgement, want 1", n)
		}
		next := subscribe(t, s, &room, nil)
		if n := next.Connection().Number; n != 2 {
			t.Errorf("its place was given away: the next is on connection %d", n)
		}
		ack(sock, fr)
		if got := sock.frame("disconnect", 0).Body.ID; got != fr.Body.ID || sock.count("disconnect") != 1 {
			t.Errorf("disconnected %s, want %s", got, fr.Body.ID)
		}
		if n := s.Status().Connections[0].Channels; n != 0 {
			t.Errorf("%d places taken after it, want none", n)
		}
		if n := subscribe(t, s, &room, nil).Connection().Number; n != 1 {
			t.Errorf("the place is not taken again: on connection %d", n)
		}
		sock.event(fr.Body.ID, "text", `"late"`)
		w.all()
		if n := s.Status().Stats.Unowned; n != 1 {
			t.Errorf("%d unowned messages, want 1", n)
		}
	})
}

func TestChannelLeftAndNeverAcknowledgedIsLetGoAfterTheTimeout(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		w.slow()
		s := w.client(runtime.WithAckTimeout(10 * time.Second))
		sub := subscribe(t, s, &room, nil)
		sock, fr := w.newest("connect")
		pass(3 * time.Second)
		sub.Close()
		pass(time.Hour)
		left := sock.frame("disconnect", 0)
		exactly(t, "disconnected", left.at.Sub(fr.at), 10*time.Second)
		if n := s.Status().Connections[0].Channels; n != 0 || len(w.sent("connect")) != 1 || len(w.sent("disconnect")) != 1 {
			t.Errorf("%d places taken, %d connects, %d disconnects", n, len(w.sent("connect")), len(w.sent("disconnect")))
		}
	})
}

func TestChannelAboutToBeLeftIsTakenUpAgain(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		ack := w.slow()
		s := w.client()
		sub := subscribe(t, s, &stats, nil)
		sock, fr := w.newest("connect")
		sub.Close()
		w.all()
		var got notes
		again := subscribe(t, s, &stats, got.handle)
		ack(sock, fr)
		if again.State() != runtime.StateLive {
			t.Errorf("it is %s", again.State())
		}
		sock.event(fr.Body.ID, "text", `"x"`)
		got.expect(t, "x")
		if n, m := len(w.sent("connect")), len(w.sent("disconnect")); n != 1 || m != 0 {
			t.Errorf("%d connects and %d disconnects, want 1 and 0", n, m)
		}
	})
}

func TestChannelAboutToBeLeftDoesNotComeBack(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		w.slow()
		s := w.client()
		subscribe(t, s, &room, nil).Close()
		w.all()[0].cut()
		pass(time.Minute)
		if n := len(w.sent("connect")); n != 1 {
			t.Errorf("%d connects, want 1", n)
		}
		if n := s.Status().Connections[0].Channels; n != 0 {
			t.Errorf("%d places taken, want none", n)
		}
	})
}

func TestChannelLeftBetweenTwoAttemptsSendsNothing(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		w.slow()
		s := w.client(runtime.WithAckTimeout(10*time.Second), runtime.WithBackoff(time.Hour, time.Hour))
		sub := subscribe(t, s, &room, nil)
		pass(10 * time.Second)
		if n := len(w.sent("disconnect")); n != 1 {
			t.Fatalf("%d disconnects, want 1", n)
		}
		sub.Close()
		pass(2 * time.Hour)
		if n, m := len(w.sent("connect")), len(w.sent("disconnect")); n != 1 || m != 1 {
			t.Errorf("%d connects and %d disconnects, want 1 and 1", n, m)
		}
		if n := s.Status().Connections[0].Channels; n != 0 {
			t.Errorf("%d places taken, want none", n)
		}
	})
}

func TestParkedChannelThatIsNotAcknowledgedIsLetGo(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		w.slow()
		s := w.client(runtime.WithToken("secret"))
		subscribe(t, s, &mine, nil).Close()
		pass(time.Hour)
		if n := len(w.sent("connect")); n != 1 {
			t.Errorf("%d connects for nobody, want 1", n)
		}
		if n := s.Status().Connections[0].Channels; n != 0 {
			t.Errorf("%d places taken, want none", n)
		}
	})
}

// A server that only answers the second time must not confuse the two.
func TestAcknowledgementOfAnIDThatWasLeftIsDropped(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		var quiet atomic.Bool
		quiet.Store(true)
		w.silent = func(string) bool { return quiet.Load() }
		s := w.client()
		sub := subscribe(t, s, &room, nil)
		sock, fr := w.newest("connect")
		pass(10 * time.Second) // left
		sock.send(`{"type":"connected","body":{"id":"` + fr.Body.ID + `"}}`)
		w.all()
		if state := sub.State(); state != runtime.StateConnecting {
			t.Errorf("it is %s by the acknowledgement of an id it has left", state)
		}
		quiet.Store(false)
		pass(time.Minute)
		if state := sub.State(); state != runtime.StateLive {
			t.Errorf("it is %s", state)
		}
	})
}
