package runtime

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

const (
	// hardFrameLimit is where a frame costs the socket.
	hardFrameLimit = 16 << 20
	// writeTimeout bounds the write of one frame.
	writeTimeout = 10 * time.Second
	// outboxSize is how many callers' writes may wait for the writer.
	outboxSize = 64
	// maxQueued bounds the connection actor's frames that wait for the writer,
	// in bytes: connects and captures by the ten thousand fit.
	maxQueued = 16 << 20
)

var (
	// ErrFrameTooLarge is why a frame larger than WithMaxFrame was skipped.
	ErrFrameTooLarge = errors.New("misskey: frame too large")
	// ErrUnknownFrame is why a frame of a type the bindings do not have was
	// skipped.
	ErrUnknownFrame = errors.New("misskey: unknown frame type")

	errOutboxFull = errors.New("misskey: the socket does not take what is written")
	errReconnect  = errors.New("misskey: reconnect was asked for")
)

// socket is one websocket, a generation of its connection, with a reader and
// a writer goroutine. When it breaks, both end, and the connection actor gets
// a socketEnded.
type socket struct {
	conn *connection
	gen  uint64
	ws   *websocket.Conn
	in   *inlet      // under ws
	free func() bool // see dialed
	info ConnectionInfo

	out    chan outgoing // callers' writes
	queue  queue         // the connection actor's frames
	calls  calls         // that wait for their answers
	pong   chan string   // payload of a ping to answer
	finish chan struct{} // closed to flush, say goodbye and end
	broken chan struct{} // closed when the socket is no longer of use

	bells []*Subscription // to ring, by the reader

	sign atomic.Int64 // when the server itself last showed that it lives, in Unix nanoseconds; 0 = never

	once sync.Once
	err  error // why it broke; set before broken is closed
}

// outgoing is a frame that a caller waits to see written.
type outgoing struct {
	frame   []byte
	written chan<- error
}

// queue holds frames that nobody waits for.
type queue struct {
	filled chan struct{} // holds a token when there may be frames

	mu     sync.Mutex
	frames [][]byte
	bytes  int
}

// put adds frames. It does not wait: false means that the writer is far
// behind.
func (q *queue) put(frames ...[]byte) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, f := range frames {
		q.bytes += len(f)
	}
	q.frames = append(q.frames, frames...)
	select {
	case q.filled <- struct{}{}:
	default:
	}
	return q.bytes <= maxQueued
}

// take empties the queue.
func (q *queue) take() [][]byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	frames := q.frames
	q.frames, q.bytes = nil, 0
	return frames
}

func newSocket(c *connection, d *dialed) *socket {
	return &socket{
		conn: c, gen: d.gen, ws: d.ws, in: d.in, free: d.free, info: ConnectionInfo{Number: c.number, Generation: d.gen},
		out:    make(chan outgoing, outboxSize),
		queue:  queue{filled: make(chan struct{}, 1)},
		pong:   make(chan string, 1),
		finish: make(chan struct{}),
		broken: make(chan struct{}),
	}
}

func (s *socket) words() *Words { return &s.conn.session.dialect.Words }

// run starts the goroutines.
func (s *socket) run() {
	session := s.conn.session
	written := make(chan struct{})
	session.goroutines.Go(func() {
		defer close(written)
		s.breakWith(s.writeLoop())
	})
	session.goroutines.Go(func() {
		s.breakWith(s.readLoop())
		<-written
		session.system.Root.Send(s.conn.pid, &socketEnded{gen: s.gen, err: s.err})
	})
}

// breakWith ends the socket for err. It does not wait.
func (s *socket) breakWith(err error) {
	s.once.Do(func() {
		s.err = err
		close(s.broken)
		// Close may wait for a lock or a TLS peer; whoever breaks a socket has
		// no time for that.
		s.free()
		s.conn.session.goroutines.Go(func() { _ = s.ws.Close() })
	})
}

// hand hands one frame to the writer. An error means that it will not be
// written; otherwise written tells.
func (s *socket) hand(ctx context.Context, frame []byte) (written <-chan error, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-s.broken: // with room for what nobody will write
		return nil, ErrNotLive
	default:
	}
	done := make(chan error, 1)
	select {
	case s.out <- outgoing{frame: frame, written: done}:
		return done, nil
	case <-s.broken:
		return nil, ErrNotLive
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// write writes one frame and waits until it is written.
func (s *socket) write(ctx context.Context, frame []byte) error {
	written, err := s.hand(ctx, frame)
	if err != nil {
		return err
	}
	select {
	case err := <-written:
		return err
	case <-s.broken:
		select {
		case err := <-written:
			return err
		default:
			return fmt.Errorf("%w: the socket broke while it was written", ErrNotLive)
		}
	case <-ctx.Done():
		return fmt.Errorf("not known to be written: %w", ctx.Err())
	}
}

func (s *socket) writeLoop() error {
	ping := time.NewTicker(s.conn.session.config.ping)
	defer ping.Stop()
	for {
		select {
		case <-s.queue.filled:
			if err := s.writeQueue(); err != nil {
				return err
			}
		case o := <-s.out:
			// What the actor queued came first: a message goes to a channel that
			// is connected.
			err := s.writeQueue()
			if err == nil {
				err = s.writeFrame(o.frame)
			}
			if err != nil {
				o.written <- fmt.Errorf("%w: %w", ErrNotLive, err)
				return err
			}
			o.written <- nil
		case payload := <-s.pong:
			if err := s.control(websocket.PongMessage, []byte(payload)); err != nil {
				return err
			}
		case <-ping.C:
			if err := s.watch(); err != nil {
				return err
			}
			if err := s.ping(); err != nil {
				return err
			}
		case <-s.finish:
			return s.farewell()
		case <-s.broken:
			return nil
		}
	}
}

func (s *socket) writeQueue() error {
	for _, frame := range s.queue.take() {
		if err := s.writeFrame(frame); err != nil {
			return err
		}
	}
	return nil
}

func (s *socket) writeFrame(frame []byte) error {
	// Recorded and counted before its answer can be.
	s.conn.session.recording.frame(s.info, recordOut, frame, true)
	s.conn.session.stats.framesOut.Add(1)
	_ = s.ws.SetWriteDeadline(time.Now().Add(writeTimeout))
	if err := s.ws.WriteMessage(websocket.TextMessage, frame); err != nil {
		s.conn.session.stats.framesOut.Add(^uint64(0)) // it was none
		return fmt.Errorf("misskey: writing: %w", err)
	}
	return nil
}

func (s *socket) control(typ int, payload []byte) error {
	return s.ws.WriteControl(typ, payload, time.Now().Add(writeTimeout))
}

// farewell writes what is still waiting, and a close frame.
func (s *socket) farewell() error {
	if err := s.writeQueue(); err != nil {
		return err
	}
	_ = s.control(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""))
	return ErrClosed
}

// readLoop reads frames until the socket breaks. It rings for those that a read of
// the network has brought when all of them are where they belong: an actor is woken
// once for many, and not while the reader has more for it.
func (s *socket) readLoop() error {
	s.in.dry = s.ring
	defer s.ring()
	c := s.conn.session.config
	heard := time.Now()
	hear := func() {
		heard = time.Now()
		_ = s.ws.SetReadDeadline(heard.Add(c.silence))
	}
	hear()
	s.ws.SetReadLimit(hardFrameLimit)
	s.ws.SetPingHandler(func(payload string) error {
		hear()
		s.pinged(heard)
		select {
		case s.pong <- payload:
		default: // one is on its way
		}
		return nil
	})
	s.ws.SetCloseHandler(func(code int, _ string) error {
		s.ring() // the answer may have to wait for the writer
		_ = s.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
		return nil
	})
	s.ws.SetPongHandler(func(payload string) error {
		hear()
		if len(payload) == 8 {
			sent := time.Unix(0, int64(binary.BigEndian.Uint64([]byte(payload))))
			s.conn.roundTrip.Store(int64(heard.Sub(sent)))
		}
		return nil
	})
	buf := make([]byte, 0, 4<<10)
	for {
		_, r, err := s.ws.NextReader()
		if err != nil {
			return readError(err, c.silence)
		}
		select {
		case <-s.broken: // another socket may have taken over
			return nil
		default:
		}
		var whole bool
		if buf, whole, err = readFrame(r, buf[:0], c.maxFrame); err != nil {
			return readError(err, c.silence)
		}
		// Of all frames that one read brought.
		now := s.in.at
		if now.Sub(heard) > time.Second { // a deadline per frame would cost more than the frame
			hear()
		}
		s.conn.session.stats.framesIn.Add(1)
		s.conn.session.stats.bytesIn.Add(uint64(len(buf)))
		s.conn.session.recording.frame(s.info, recordIn, buf, whole)
		if whole {
			s.receive(buf, now)
		} else {
			s.tooLarge(buf, fmt.Errorf("%w: more than %d bytes", ErrFrameTooLarge, c.maxFrame))
		}
		s.conn.lastHeard.Store(now.UnixNano()) // only now: a gap may begin here
		if cap(buf) > 256<<10 {
			buf = make([]byte, 0, 4<<10)
		}
	}
}

// readFrame reads a message of at most limit bytes into buf. whole is false
// for a larger one; its rest is left to the next NextReader, which skips it.
func readFrame(r io.Reader, buf []byte, limit int) (_ []byte, whole bool, err error) {
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if len(buf) > limit {
			return buf[:limit], false, nil
		}
		if err == io.EOF {
			return buf, true, nil
		}
		if err != nil {
			return buf, false, err
		}
	}
}

func readError(err error, silence time.Duration) error {
	if closed := (*websocket.CloseError)(nil); errors.As(err, &closed) {
		return newCloseError(closed)
	}
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Errorf("misskey: nothing heard for %v: %w", silence, err)
	}
	return fmt.Errorf("misskey: reading: %w", err)
}

// receive takes one frame to where it belongs. It never waits, and does not
// keep frame.
func (s *socket) receive(frame []byte, now time.Time) {
	if s.isTextPong(frame, now) {
		return
	}
	env, err := wire.Scan(frame)
	if err != nil {
		s.malformed(err, frame)
		return
	}
	words := s.words()
	switch string(env.Type) {
	case words.Channel:
		s.deliver(&s.conn.channels, env.ID, frame, env, now)
		return
	case words.Connected:
		s.conn.tell(&acked{gen: s.gen, wireID: string(env.ID)})
		return
	}
	if captures := s.conn.captures[string(env.Type)]; captures != nil {
		id := env.ID
		if key := captures.kind.Key; key != "id" {
			if env, err = whole(frame, env); err != nil {
				s.malformed(err, frame)
				return
			}
			id = wire.String(frame, env.Body, key)
		}
		s.deliver(&captures.routes, id, frame, env, now)
		return
	}
	if session := s.conn.session; session.broadcastTypes[string(env.Type)] {
		s.broadcast(frame, env, now)
		return
	}
	if id, ok := s.answers(env.Type); ok {
		if err := s.answered(id, frame, env); err != nil {
			s.malformed(err, frame)
		}
		return
	}
	if env, err = whole(frame, env); err != nil {
		s.malformed(err, frame)
		return
	}
	s.conn.session.stats.unknownFrames.Add(1)
	s.skip(fmt.Errorf("%w %q", ErrUnknownFrame, excerpt(env.Type)), frame, len(frame))
}

// broadcast offers a broadcast to whoever listens, if this is the socket that
// brings them.
func (s *socket) broadcast(frame []byte, env wire.Envelope, now time.Time) {
	session := s.conn.session
	session.broadcasts.deliver(nil, func(subs []*Subscription) {
		if session.bringer.Load() != s {
			return
		}
		env, err := whole(frame, env)
		if err != nil {
			s.malformed(err, frame)
			return
		}
		s.offer(subs, item{frame: string(frame), payload: env.Body, typ: string(env.Type), received: now, socket: s.info, whole: true}, frame)
	})
}

// whole reads a frame to its end, if the scan has not: for frames that are
// routed by more than the scan looks at.
func whole(frame []byte, env wire.Envelope) (wire.Envelope, error) {
	if env.Whole {
		return env, nil
	}
	return wire.Full(frame)
}

// deliver offers a message to the subscriptions that its id belongs to.
func (s *socket) deliver(to *routes, id, frame []byte, env wire.Envelope, now time.Time) {
	owned := to.deliver(id, func(subs []*Subscription) {
		switch sl := subs[0].slot; {
		case sl.capture != nil:
			sl.heard.Store(now.UnixNano())
		case sl.channel != nil && sl.channel.TokenEvent != "" && sl.channel.TokenEvent == string(env.Event):
			s.conn.tell(&tokenRegenerated{})
		}
		// One copy of the frame serves all its inboxes, and every string that is
		// decoded from it.
		s.offer(subs, item{frame: string(frame), payload: env.Payload, typ: subs[0].set.typeOf(env.Event), received: now, socket: s.info, whole: env.Whole}, frame)
	})
	if !owned {
		s.conn.session.stats.unowned.Add(1)
	}
}

// offer gives an event to subscriptions, and notes whom to ring. frame is what
// it.frame is a copy of.
func (s *socket) offer(subs []*Subscription, it item, frame []byte) {
	for _, sub := range subs {
		sub.offer(it, frame)
		if sub.hasConsumer() && sub.takeBell() {
			s.bells = append(s.bells, sub)
		}
	}
}

// ring wakes the actors that have something to do since the last time.
func (s *socket) ring() {
	for i, sub := range s.bells {
		sub.sound()
		s.bells[i] = nil
	}
	s.bells = s.bells[:0]
}

// malformed counts and skips a frame that is not JSON in UTF-8, or has no type.
func (s *socket) malformed(err error, frame []byte) {
	s.conn.session.stats.malformed.Add(1)
	s.skip(err, frame, len(frame))
}

// skip hands a frame that is no use to the connection actor, which tells of
// it, unless it has enough to tell.
func (s *socket) skip(err error, frame []byte, size int) {
	if s.conn.skips.Add(1) > maxSkips {
		s.conn.skips.Add(-1)
		return
	}
	s.conn.tell(&skippedFrame{info: s.info, err: err, excerpt: excerpt(frame), size: size})
}

// excerpt is a frame's beginning, for people.
func excerpt(frame []byte) string { return string(frame[:min(len(frame), excerptSize)]) }
