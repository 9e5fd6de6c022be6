package runtime_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime"
)

func TestChannelsPerConnectionTakesTheDialectsPlace(t *testing.T) {
	for _, tt := range []struct {
		opts []runtime.Option
		want []int // connects by socket
	}{
		{nil, []int{3, 3, 1}},
		{[]runtime.Option{runtime.WithChannelsPerConnection(2)}, []int{2, 2, 2, 1}},
		{[]runtime.Option{runtime.WithChannelsPerConnection(100)}, []int{7}},
	} {
		t.Run(fmt.Sprint(tt.want), func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				s := w.client(tt.opts...)
				for range 7 {
					subscribe(t, s, &room, nil)
				}
				pass(time.Second)
				var got []int
				for _, sock := range w.all() {
					got = append(got, sock.count("connect"))
				}
				if fmt.Sprint(got) != fmt.Sprint(tt.want) {
					t.Errorf("channels by socket: %v, want %v", got, tt.want)
				}
			})
		})
	}
}

func TestCapturesSpreadOverConnections(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client(runtime.WithCapturesPerConnection(10))
		for i := range 25 {
			w.capture(s, fmt.Sprint("n", i), nil)
			w.capture(s, fmt.Sprint("n", i), nil) // takes no place of its own
		}
		pass(time.Second)
		for i, want := range []int{10, 10, 5} {
			if n := w.socket(i).count("subNote"); n != want {
				t.Errorf("%d captures on socket %d, want %d", n, i, want)
			}
			if st := s.Status().Connections[i]; st.Captures != want || st.Channels != 0 {
				t.Errorf("status %+v", st)
			}
		}
		if n := len(w.all()); n != 3 {
			t.Errorf("%d sockets, want 3", n)
		}
	})
}

func TestSocketsAreOpenedAtABoundedRate(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		start := time.Now()
		s := w.client(runtime.WithDialRate(10), runtime.WithChannelsPerConnection(1), runtime.WithBackoff(time.Nanosecond, time.Nanosecond))
		for range 30 {
			subscribe(t, s, &room, nil)
		}
		pass(10 * time.Second)
		for i, sock := range w.all() {
			exactly(t, fmt.Sprint("socket ", i), sock.at.Sub(start), time.Duration(i)*100*time.Millisecond)
		}
		w.drop() // the server restarts, and all want to come back at once
		lost := time.Now()
		pass(10 * time.Second)
		socks := w.all()
		if len(socks) != 60 {
			t.Fatalf("%d sockets, want 60", len(socks))
		}
		for i, sock := range socks[30:] {
			if at := sock.at.Sub(lost) - time.Duration(i)*100*time.Millisecond; at < 0 || at > 10*time.Nanosecond {
				t.Errorf("socket %d came back after %v", i, sock.at.Sub(lost))
			}
		}
		for _, sub := range s.Status().Subscriptions {
			if sub.State != runtime.StateLive {
				t.Errorf("one is %s", sub.State)
			}
		}
	})
}

func TestReconnectKeepsTheRate(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client(runtime.WithDialRate(1), runtime.WithChannelsPerConnection(1))
		for range 4 {
			subscribe(t, s, &room, nil)
		}
		for range 5 {
			s.Reconnect()
			pass(300 * time.Millisecond)
		}
		pass(time.Minute)
		var last time.Time
		for _, sock := range w.all() {
			if between := sock.at.Sub(last); between < time.Second {
				t.Errorf("two sockets within %v", between)
			}
			last = sock.at
		}
		for _, c := range s.Status().Connections {
			if !c.Open {
				t.Errorf("connection %d is not open", c.Number)
			}
		}
	})
}

// Each call took a place of the rate of its own: impatience put the dial off.
func TestReconnectInALoopPutsNoDialOff(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client(runtime.WithDialRate(1), runtime.WithChannelsPerConnection(1))
		subscribe(t, s, &room, nil)
		second := subscribe(t, s, &room, nil) // on a second socket, in a second
		for range 20 {
			s.Reconnect()
			pass(100 * time.Millisecond)
		}
		pass(2 * time.Second)
		if second.State() != runtime.StateLive {
			t.Errorf("after four seconds it is %s", second.State())
		}
	})
}

func TestEmptyConnectionLingers(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client(runtime.WithChannelsPerConnection(1), runtime.WithLinger(20*time.Second))
		first := subscribe(t, s, &room, nil)
		second := subscribe(t, s, &room, nil)
		pass(time.Second)
		second.Close()
		pass(15 * time.Second)
		if n := len(s.Status().Connections); n != 2 {
			t.Fatalf("%d connections, want 2", n)
		}
		taken := subscribe(t, s, &room, nil) // in time
		pass(10 * time.Second)
		if taken.State() != runtime.StateLive || len(w.all()) != 2 || taken.Connection().Number != 2 {
			t.Errorf("%s on %+v, %d sockets", taken.State(), taken.Connection(), len(w.all()))
		}
		taken.Close()
		pass(time.Second)
		again := subscribe(t, s, &room, nil)
		pass(5 * time.Second)
		first.Close()
		again.Close() // the time begins anew
		closed := time.Now()
		pass(time.Hour)
		sock := w.socket(1)
		exactly(t, "the connection closed", sock.left.Sub(closed), 20*time.Second)
		if st := s.Status().Connections; len(st) != 1 || st[0].Number != 1 || !st[0].Open {
			t.Errorf("the first connection goes with the client: %+v", st)
		}
		if n := len(w.all()); n != 2 {
			t.Errorf("%d sockets, want 2", n)
		}
	})
}

// A channel that leaks is parked for as long as there is a socket: that must not
// keep the socket.
func TestParkedChannelDoesNotKeepItsConnection(t *testing.T) {
	for _, linger := range []time.Duration{0, 20 * time.Second} {
		t.Run(linger.String(), func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				s := w.client(runtime.WithToken("t"), runtime.WithChannelsPerConnection(1), runtime.WithLinger(linger))
				subscribe(t, s, &room, nil)
				parked, sock, id := w.join(s, &mine, nil)
				parked.Close()
				closed := time.Now()
				pass(time.Hour)
				if !sock.gone {
					t.Fatal("the connection stays for what is parked on it")
				}
				exactly(t, "the connection closed", sock.left.Sub(closed), linger)
				if st := s.Status().Connections; len(st) != 1 {
					t.Errorf("connections %+v", st)
				}
				again, _, fresh := w.join(s, &mine, nil)
				if again.Connection().Number != 3 || fresh == id {
					t.Errorf("it came back on %+v under %s", again.Connection(), fresh)
				}
			})
		})
	}
}

func TestPlaceThatIsGivenBackIsTakenAgain(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client()
		var subs []*runtime.Subscription
		for range 6 {
			sub, _, _ := w.join(s, &room, nil)
			subs = append(subs, sub)
		}
		for i := range 20 {
			subs[i%3].Close()
			w.all()
			sub, _, _ := w.join(s, &room, nil)
			if sub.Connection().Number != 1 {
				t.Fatalf("round %d: on connection %d", i, sub.Connection().Number)
			}
			subs[i%3] = sub
		}
		if n := len(w.all()); n != 2 {
			t.Errorf("%d sockets, want 2", n)
		}
	})
}

func TestSubscriptionStaysOnItsConnection(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client()
		for range 3 {
			w.join(s, &room, nil)
		}
		sub, sock, _ := w.join(s, &room, nil)
		if c := sub.Connection(); c != (runtime.ConnectionInfo{Number: 2, Generation: 1}) {
			t.Errorf("on %+v", c)
		}
		for gen := range uint64(3) {
			sock.cut()
			pass(time.Minute)
			if c := sub.Connection(); c != (runtime.ConnectionInfo{Number: 2, Generation: gen + 2}) {
				t.Errorf("on %+v", c)
			}
			if st := sub.Status(); st.Connection != sub.Connection() {
				t.Errorf("status %+v", st)
			}
			sock, _ = w.newest("connect")
		}
		for _, other := range s.Status().Subscriptions {
			if other.Connection.Number == 1 && other.Connection.Generation != 1 {
				t.Errorf("one of the first connection moved: %+v", other.Connection)
			}
		}
	})
}

func TestCapturesComeBackInBatches(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client()
		const n = 1000
		captures := make(map[string]*runtime.Subscription)
		for i := range n {
			note := fmt.Sprint("n", i)
			sub, err := s.Capture(t.Context(), &noted, note, nil)
			if err != nil {
				t.Fatal(err)
			}
			captures[note] = sub
		}
		w.all()[0].cut()
		pass(time.Second)
		back := w.socket(1)
		batches := make(map[time.Duration]int)
		seen := make(map[string]int)
		for _, fr := range back.sent {
			batches[fr.at.Sub(back.at)]++
			seen[fr.Body.ID]++
		}
		for i, want := range []int{256, 256, 256, 232} {
			if got := batches[time.Duration(i)*10*time.Millisecond]; got != want {
				t.Errorf("batch %d has %d, want %d", i, got, want)
			}
		}
		if len(seen) != n || len(back.sent) != n {
			t.Errorf("%d of %d notes in %d frames", len(seen), n, len(back.sent))
		}

		// Those that end while they wait for their turn are not sent, and those
		// that begin are sent at once, and once.
		back.cut()
		w.until("another socket", func() bool { return len(w.sockets) > 2 })
		for i := 900; i < n; i++ {
			captures[fmt.Sprint("n", i)].Close()
		}
		w.capture(s, "late", nil)
		w.capture(s, "n800", nil)
		pass(time.Second)
		again := make(map[string]int)
		for _, fr := range w.socket(2).sent {
			if fr.Type == "subNote" {
				again[fr.Body.ID]++
			}
		}
		if len(again) != 901 || again["late"] != 1 || again["n800"] != 1 {
			t.Errorf("%d notes came back, want 901", len(again))
		}
		for note, times := range again {
			if times != 1 {
				t.Errorf("%s was sent %d times", note, times)
			}
		}
		for _, st := range s.Status().Subscriptions {
			if st.State != runtime.StateLive {
				t.Fatalf("%s is %s", st.Key, st.State)
			}
		}
	})
}

// The old socket's batches must not go on over the new one.
func TestSocketLostDuringTheReplayBeginsItAnew(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		s := w.client(runtime.WithBackoff(time.Nanosecond, time.Nanosecond), runtime.WithDialRate(1000))
		for i := range 600 {
			if _, err := s.Capture(t.Context(), &noted, fmt.Sprint("n", i), nil); err != nil {
				t.Fatal(err)
			}
		}
		pass(time.Second)
		w.all()[0].cut()
		pass(5 * time.Millisecond)
		w.all()[1].cut() // one batch was sent
		pass(time.Second)
		if n := w.socket(1).count("subNote"); n != 256 {
			t.Errorf("%d on the socket that was lost", n)
		}
		seen := make(map[string]int)
		batches := make(map[time.Duration]int)
		for _, fr := range w.socket(2).sent {
			seen[fr.Body.ID]++
			batches[fr.at.Sub(w.openedAt(2))]++
		}
		for i, want := range []int{256, 256, 88} {
			if got := batches[time.Duration(i)*10*time.Millisecond]; got != want {
				t.Errorf("batch %d has %d, want %d", i, got, want)
			}
		}
		if len(seen) != 600 || w.socket(2).count("subNote") != 600 {
			t.Errorf("%d notes in %d frames, want 600", len(seen), w.socket(2).count("subNote"))
		}
	})
}
