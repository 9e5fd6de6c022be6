package misskeytest

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Fault is something that can go wrong. It does when it is given to
// [Server.Inject]: one that befalls sockets at once, on every open socket, or
// with [Fault.On] when so many events have been sent; one that befalls connects,
// disconnects, handshakes or calls over the socket at the next of them.
//
//	srv.Inject(misskeytest.Drop())                            // now, everybody
//	srv.Inject(misskeytest.HalfOpen().On(100), misskeytest.OfUser(bot))
//	srv.Inject(misskeytest.SilentRefusal().Times(3), misskeytest.OnChannel("main"))
//
// A Fault is a value: it can be injected any number of times.
type Fault struct {
	name  string
	on    int // 0 = at once, or at the first
	times int // 0 = until stopped

	// One of these is set, by what the fault befalls.
	socket     func(k *Socket, do inOrder) (undo func())
	connect    func(*connectFaults)
	reorder    int // acks held back until there are as many
	disconnect bool
	handshake  *badHandshake
	answer     func(*answerFaults)
}

// On makes the fault wait. One that befalls sockets strikes the socket on which
// the n-th event is sent, behind that event; events are those that meet the
// targets of the injection, on all sockets together: channel messages, note
// updates and broadcasts. Every other kind strikes the n-th connect,
// acknowledgment, disconnect, handshake or call. On panics unless n is positive.
func (f Fault) On(n int) Fault {
	if n <= 0 {
		panic(fmt.Sprintf("misskeytest: On(%d): the first is 1", n))
	}
	f.on = n
	return f
}

// Times sets how often the fault strikes, waiting for as many events as [Fault.On]
// says each time. Without it that is once; 0 is without end, until
// [Injection.Stop]. It does not count for a fault that strikes sockets at once.
// Times panics when n is negative.
func (f Fault) Times(n int) Fault {
	f.times = atLeast(0, "Times", n)
	return f
}

// befalls says what the fault strikes, and what is known of one.
func (f Fault) befalls() (kind string, known aspect) {
	switch {
	case f.socket != nil:
		return "socket or event", ofEvents
	case f.connect != nil:
		return "connect", ofEvents
	case f.reorder > 0:
		return "acknowledgment", ofEvents
	case f.disconnect:
		return "disconnect", ofEvents
	case f.handshake != nil:
		return "handshake", itsUser
	case f.answer != nil:
		return "call", itsUser | itsSocket | itsEndpoint
	}
	panic("misskeytest: Inject: the zero Fault; Drop, HalfOpen and others make one")
}

// String returns the fault's name, as in "half-open".
func (f Fault) String() string { return f.name }

// Faults that befall sockets.

// Drop cuts the socket off without a close frame: the client sees the end of
// the connection. With [Fault.On] it still gets everything up to that event, and
// nothing behind it.
func Drop() Fault {
	return socketFault("drop", func(k *Socket, do inOrder) func() {
		k.end()
		do(func() { _ = k.conn.Close() })
		k.out.close()
		return nil
	})
}

// HalfOpen makes the network fall silent for good, in both directions and
// without a FIN: the client can write and is not told that nobody reads, not even
// by [Server.Stop]; [Server.Close] alone closes the connection. The server finds
// out by its pings, like the real one, if it sends any.
func HalfOpen() Fault {
	return socketFault("half-open", func(k *Socket, do inOrder) func() {
		do(k.conn.trouble.silence)
		return nil
	})
}

// StallReads makes the server stop reading: what the client sends is not acted
// on, pings included, until [Injection.Stop].
func StallReads() Fault {
	return socketFault("stalled reads", func(k *Socket, _ inOrder) func() {
		k.conn.trouble.stallReads()
		return k.conn.trouble.resumeReads
	})
}

// SlowWrites makes the server write no more than so many bytes a second, until
// [Injection.Stop]; 0 is nothing at all. What is not written yet queues up, as
// in the real server, which never slows down for anyone. The seconds are real
// ones. It panics when the number is negative.
func SlowWrites(bytesPerSecond int) Fault {
	atLeast(0, "SlowWrites", bytesPerSecond)
	return socketFault("slow writes", func(k *Socket, do inOrder) func() {
		p, over := &pace{bytesPerSecond}, false
		do(func() {
			if !over {
				k.conn.trouble.slowWrites(p)
			}
		})
		return func() {
			over = true
			k.conn.trouble.resumeWrites(p)
		}
	})
}

// CloseWith ends the socket by a close frame, as in CloseWith(1001, "going away"),
// behind what is queued. It panics like [Socket.Close].
func CloseWith(code int, reason string) Fault {
	mustFit("CloseWith", code, reason)
	return socketFault(fmt.Sprintf("close frame %d", code), func(k *Socket, _ inOrder) func() {
		k.close(code, reason)
		return nil
	})
}

// Garbage sends text frames of the test's choice; none given, some of each kind
// that a client has to bear: not JSON, JSON of the wrong shape, types and ids
// that do not exist.
func Garbage(frames ...string) Fault {
	if len(frames) == 0 {
		frames = garbage
	}
	return socketFault("garbage", func(k *Socket, _ inOrder) func() {
		for _, f := range frames {
			k.sendText([]byte(f))
		}
		return nil
	})
}

var garbage = []string{
	"", "not JSON", "null", "5", "[]", "{}", `{"type":null}`, `{"type":"channel"}`, `{"type":"channel","body":null}`,
	`{"type":"channel","body":{"id":7,"type":"note","body":{}}}`, `{"type":"channel","body":{"id":"nobody's","type":"note","body":{}}}`,
	`{"type":"connected","body":{"id":"nobody's"}}`, `{"type":"connected","body":{}}`, `{"type":"noteUpdated","body":{"id":"nowhere","type":"deleted"}}`,
	`{"type":"neverHeardOf","body":{"id":"x"}}`, `{"type":"emojiAdded","body":"?"}`, "{\"type\":\"channel\",\"body\":", "\x00\x01",
}

// Oversized sends a text frame of so many bytes: JSON, of no type that exists, and
// therefore never less than the 30 that it takes. It panics unless bytes is
// positive.
func Oversized(bytes int) Fault {
	atLeast(1, "Oversized", bytes)
	return socketFault("oversized frame", func(k *Socket, _ inOrder) func() {
		k.sendText(oversizedFrame(bytes))
		return nil
	})
}

func oversizedFrame(size int) []byte {
	const head, tail = `{"type":"oversized","body":"`, `"}`
	frame := make([]byte, 0, max(size, len(head)+len(tail)))
	frame = append(frame, head...)
	for len(frame) < size-len(tail) {
		frame = append(frame, 'x')
	}
	return append(frame, tail...)
}

// Faults that befall connects.

// connectFaults is what goes wrong with one connect.
type connectFaults struct {
	refuse bool          // ignored
	dead   bool          // acknowledged, and then silent
	mute   bool          // works, and is not acknowledged
	late   time.Duration // acknowledged so much later
	slow   time.Duration // opens so much later
}

// SilentRefusal makes the server ignore the connect, as it does for whatever
// reason: no `connected`, no event.
func SilentRefusal() Fault {
	return connectFault("silent refusal", func(c *connectFaults) { c.refuse = true })
}

// DeadChannel makes the server acknowledge the connect and never send an event
// on the channel. Its Connect is [Accepted], like any other; its Connection is
// there and Silent, and [Server.Listening] does not count it.
func DeadChannel() Fault {
	return connectFault("dead channel", func(c *connectFaults) { c.dead = true })
}

// LostAck makes the channel work without ever being acknowledged.
func LostAck() Fault { return connectFault("lost ack", func(c *connectFaults) { c.mute = true }) }

// LateAck holds `connected` back by d of the server's clock. The channel works
// meanwhile, so that events arrive before it. It panics when d is negative.
func LateAck(d time.Duration) Fault {
	mustWait("LateAck", d)
	return connectFault("late ack", func(c *connectFaults) { c.late = d })
}

// SlowOpen makes the channel take d of the server's clock longer to open. It panics
// when d is negative.
func SlowOpen(d time.Duration) Fault {
	mustWait("SlowOpen", d)
	return connectFault("slow opening", func(c *connectFaults) { c.slow = d })
}

// ReorderedAcks holds back n acknowledgments and sends them when the last is due,
// in the opposite order. Connects that get none, being ignored or without
// `pong`, do not count. It befalls n acknowledgments unless [Fault.Times] says
// otherwise; [Injection.Stop] sends those that are held back. It panics unless n is
// positive.
func ReorderedAcks(n int) Fault {
	atLeast(1, "ReorderedAcks", n)
	return Fault{name: "reordered acks", times: n, reorder: n}
}

// shuffle collects calls and makes them in the opposite order.
type shuffle struct {
	size int
	held []func()
}

func (s *shuffle) hold(f func()) {
	if s.held = append(s.held, f); len(s.held) >= s.size {
		s.release()
	}
}

func (s *shuffle) release() {
	for _, f := range slices.Backward(s.held) {
		f()
	}
	s.held = nil
}

// EventsAfterDisconnect makes the server go on sending on a channel that the
// client has disconnected, as it always does on main, drive and admin: those it
// does not strike.
func EventsAfterDisconnect() Fault {
	return Fault{name: "events after disconnect", times: 1, disconnect: true}
}

// Faults that befall calls over the socket, which Misskey 12 answers.

// answerFaults is what goes wrong with the answer to one call.
type answerFaults struct {
	lost bool
	late time.Duration
}

// LostAnswer makes the server do what a call over the socket asks for, and never
// answer. [OnEndpoint] picks the calls.
func LostAnswer() Fault {
	return answerFault("lost answer", func(a *answerFaults) { a.lost = true })
}

// LateAnswer makes the server do what a call over the socket asks for at once,
// and answer after d of its clock: behind the answers to later calls.
// [OnEndpoint] picks the calls. It panics when d is negative.
func LateAnswer(d time.Duration) Fault {
	mustWait("LateAnswer", d)
	return answerFault("late answer", func(a *answerFaults) { a.late = d })
}

// Faults that befall handshakes.

// RejectHandshake answers a handshake with a status other than 101, some header
// fields and a body, as a proxy before the server may: 429 with Retry-After, 502
// with HTML. header may be nil. It panics over a status that is not in 200 to 599.
func RejectHandshake(status int, header http.Header, body string) Fault {
	if status < 200 || status > 599 {
		panic(fmt.Sprintf("misskeytest: RejectHandshake(%d): no status from 200 to 599", status))
	}
	return Fault{
		name: fmt.Sprintf("handshake rejected with %d", status), times: 1,
		handshake: &badHandshake{status: status, header: header.Clone(), body: body},
	}
}

// HangHandshake never answers a handshake.
func HangHandshake() Fault {
	return Fault{name: "hanging handshake", times: 1, handshake: &badHandshake{hang: true}}
}

// CutHandshake closes the connection instead of answering a handshake.
func CutHandshake() Fault {
	return Fault{name: "cut handshake", times: 1, handshake: &badHandshake{}}
}

// atLeast panics over a number that makes no sense, and returns any other.
func atLeast(least int, call string, n int) int {
	if n < least {
		panic(fmt.Sprintf("misskeytest: %s(%d): less than %d", call, n, least))
	}
	return n
}

func mustWait(call string, d time.Duration) {
	if d < 0 {
		panic(fmt.Sprintf("misskeytest: %s(%s): less than 0", call, d))
	}
}

// inOrder makes something happen to a socket, with Server.mu held: at once, or
// when what is queued for it has been written.
type inOrder func(func())

func socketFault(name string, strike func(*Socket, inOrder) func()) Fault {
	return Fault{name: name, times: 1, socket: strike}
}

func connectFault(name string, strike func(*connectFaults)) Fault {
	return Fault{name: name, times: 1, connect: strike}
}

func answerFault(name string, strike func(*answerFaults)) Fault {
	return Fault{name: name, times: 1, answer: strike}
}
