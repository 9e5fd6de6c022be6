package runtime

import (
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/go-faster/jx"
)

// Bounds of a recording. What the writer has not taken yet is bounded in frames
// and in bytes; the largest frame seen of a real server has 10 KB.
const (
	maxRecordedFrame = 256 << 10
	maxRecordQueue   = 4096
	maxRecordBytes   = 8 << 20
	chunkSize        = 64 << 10 // what is written at a time, about
)

// The directions of a recorded frame.
const (
	recordIn  = "in"
	recordOut = "out"
)

// WithRecorder writes every frame of every socket of the client to w, both
// ways, for misskeygen observe to hold against the spec, or for a test to play
// again. A line is a JSON object:
//
//	{"t": milliseconds since Connect, "conn": "1-1", "dir": "in" or "out", "frame": "the text"}
//
// conn names a socket: the connection's number and its generation. Outgoing
// frames stand where they were handed to the socket, of which the last may be
// lost with it. The client's tokens are replaced wherever they stand, and so are
// the strings under keys that hold secrets, such as i, accessToken, password and
// cookie; those of 16 bytes and more wherever they come again. What people write
// and whom they write to stays: a recording is as private as the account.
//
// The client never waits for w. What w is too slow for, beyond 4,096 frames or 8
// MiB that wait, is dropped; a line {"t": …, "dropped": n} stands there. A frame that is
// no UTF-8 or larger than 256 KiB or WithMaxFrame is recorded by its first 256
// bytes, with "cut": true and, where it is known, "size". An error or panic of w
// ends the recording and nothing else. It is logged; Status tells it, and what
// was dropped.
//
// w is called by one goroutine at a time, with whole lines, many at once. It is not
// called any more once Close has returned nil, or Done is closed: then is the time
// to flush or close it. Close gives it until its deadline to take what waits. A
// Connect that fails begins no call of w; one that hangs may still be under way.
func WithRecorder(w io.Writer) Option {
	return func(c *config) error {
		if w == nil {
			return errors.New("misskey: WithRecorder: nil writer")
		}
		c.recorder = w
		return nil
	}
}

// RecordingStatus is what has become of the frames given to WithRecorder's
// writer.
type RecordingStatus struct {
	Frames  uint64 // written
	Cut     uint64 // of these, written without all of their text
	Dropped uint64 // not written: the writer is too slow, has failed, or had no more time
	Err     error  // why the recording ended before the client did; nil if it has not
}

// recording writes the frames of a session's sockets to the user's writer, in
// a goroutine of its own: readers and writers of sockets only put into a
// bounded queue. A nil recording records nothing.
type recording struct {
	w      io.Writer
	logger *slog.Logger
	start  time.Time

	filled chan struct{} // holds a token when there may be frames
	ending chan struct{} // closed when no frame will come any more
	done   chan struct{} // closed when the writer is not called any more

	writing                 atomic.Bool // a call of the writer is under way
	cutOff                  atomic.Bool // there is to be no other
	frames, clipped, missed atomic.Uint64

	mu      sync.Mutex
	queue   []recordedFrame
	waiting int    // frames in the queue and on their way to the writer
	bytes   int    // of their texts
	dropped uint64 // since the last frame that was taken
	secrets secrets
	over    bool // nothing is taken any more
	err     error
}

// recordedFrame is a frame on its way to the writer.
type recordedFrame struct {
	at      time.Duration // since the start
	conn    ConnectionInfo
	dir     string
	text    string
	cut     bool // text is the beginning only
	size    int  // of the whole; 0 = not known
	dropped uint64
}

func newRecording(w io.Writer, logger *slog.Logger) *recording {
	r := &recording{
		w: w, logger: logger, start: time.Now(),
		filled: make(chan struct{}, 1), ending: make(chan struct{}), done: make(chan struct{}),
	}
	go r.run()
	return r
}

// know keeps a token out of the recording from now on.
func (r *recording) know(token string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets.know(token)
}

// frame takes a frame, of which it keeps a copy. It never waits. whole is false
// for one of which only the beginning was read.
func (r *recording) frame(conn ConnectionInfo, dir string, frame []byte, whole bool) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over || r.waiting >= maxRecordQueue || r.bytes+min(len(frame), maxRecordedFrame) > maxRecordBytes {
		r.dropped++
		r.missed.Add(1)
		return
	}
	f := recordedFrame{at: time.Since(r.start), conn: conn, dir: dir, dropped: r.dropped}
	f.text, f.cut = recordable(frame, whole)
	if f.cut && whole {
		f.size = len(frame)
	}
	r.dropped = 0
	r.waiting++
	r.bytes += len(f.text)
	r.queue = append(r.queue, f)
	select {
	case r.filled <- struct{}{}:
	default:
	}
}

// recordable returns what of a frame a line of JSON can hold, and whether that is
// not all.
func recordable(frame []byte, whole bool) (text string, cut bool) {
	if whole && len(frame) <= maxRecordedFrame && utf8.Valid(frame) {
		return string(frame), false
	}
	frame = frame[:min(len(frame), excerptSize)]
	valid := 0
	for valid < len(frame) {
		r, n := utf8.DecodeRune(frame[valid:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		valid += n
	}
	return string(frame[:valid]), true
}

// run writes what is in the queue until the session ends, or the writer fails.
func (r *recording) run() {
	defer close(r.done)
	for last := false; !last; {
		select {
		case <-r.filled:
		case <-r.ending:
			last = true
		}
		frames, dropped := r.take(last)
		for len(frames) > 0 || dropped > 0 {
			var c chunk
			for len(frames) > 0 && len(c.lines.Buf) < chunkSize {
				c.add(&frames[0], r.redacted(&frames[0]))
				frames = frames[1:]
			}
			if len(frames) == 0 {
				c.gap(time.Since(r.start), dropped)
				dropped = 0
			}
			if !r.write(&c) {
				r.missed.Add(uint64(len(frames)))
				return
			}
		}
	}
}

// take empties the queue. The last time it tells what has been dropped since.
func (r *recording) take(last bool) (frames []recordedFrame, dropped uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	frames, r.queue = r.queue, nil
	if last {
		r.over = true
		dropped = r.dropped
	}
	return frames, dropped
}

// redacted returns a frame's text without secrets. Those that it shows itself are
// looked for from now on.
func (r *recording) redacted(f *recordedFrame) string {
	r.mu.Lock()
	known := r.secrets.all
	r.mu.Unlock()
	text, found := redact(f.text, known, f.cut)
	if len(found) == 0 {
		return text
	}
	r.mu.Lock()
	isNew := r.secrets.find(found)
	known = r.secrets.all
	r.mu.Unlock()
	if isNew { // and may stand elsewhere in it as well
		text, _ = redact(f.text, known, f.cut)
	}
	return text
}

// write reports whether the writer has taken a chunk and may be given more.
func (r *recording) write(c *chunk) bool {
	if r.cutOff.Load() {
		r.missed.Add(c.frames)
		return false
	}
	var err error
	r.writing.Store(true)
	crash := contain(func() {
		var n int
		if n, err = r.w.Write(c.lines.Buf); err == nil && n < len(c.lines.Buf) {
			err = io.ErrShortWrite
		}
	})
	r.writing.Store(false)
	if crash != nil {
		err = crash
	}
	if err == nil {
		r.frames.Add(c.frames)
		r.clipped.Add(c.cut)
		r.mu.Lock()
		r.waiting -= int(c.frames)
		r.bytes -= c.bytes
		r.mu.Unlock()
		return true
	}
	r.missed.Add(c.frames)
	r.stop(err)
	// A logger that panics must not keep the session from closing.
	_ = contain(func() { r.logger.Error("misskey: recording ended", "error", err) })
	return false
}

// stop ends the recording before the session, for err. What waits is dropped.
func (r *recording) stop(err error) {
	r.cutOff.Store(true)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.missed.Add(uint64(len(r.queue)))
	r.queue, r.over = nil, true
	if r.err == nil {
		r.err = err
	}
}

// giveUp ends the recording, unless it is over, because there is no more time. It
// does not wait.
func (r *recording) giveUp() {
	if r == nil {
		return
	}
	select {
	case <-r.done:
	default:
		r.stop(ErrClosed)
	}
}

// finish is called when no frame will come any more. It returns when what waits
// has been written or given up, and the writer is not called any more.
func (r *recording) finish() {
	if r == nil {
		return
	}
	close(r.ending)
	bound := time.NewTimer(drainTimeout) // where nobody waits who has a deadline
	defer bound.Stop()
	select {
	case <-r.done:
	case <-bound.C:
		r.giveUp()
		<-r.done
	}
	if n := r.missed.Load(); n > 0 {
		_ = contain(func() { r.logger.Warn("misskey: recording lacks frames", "frames", n) })
	}
}

func (r *recording) status() (st RecordingStatus) {
	if r == nil {
		return st
	}
	r.mu.Lock()
	st.Err = r.err
	r.mu.Unlock()
	st.Frames, st.Cut, st.Dropped = r.frames.Load(), r.clipped.Load(), r.missed.Load()
	return st
}

// isWriting reports whether the writer is being called.
func (r *recording) isWriting() bool { return r != nil && r.writing.Load() }

// chunk is lines on their way to the writer.
type chunk struct {
	lines       jx.Writer
	frames, cut uint64
	bytes       int // of the frames' texts, as they waited
}

// begin begins a line.
func (c *chunk) begin(at time.Duration) {
	c.lines.RawStr(`{"t":`)
	c.lines.Int64(at.Milliseconds())
}

// gap appends a line for frames that were dropped, if any were.
func (c *chunk) gap(at time.Duration, dropped uint64) {
	if dropped == 0 {
		return
	}
	c.begin(at)
	c.lines.RawStr(`,"dropped":`)
	c.lines.UInt64(dropped)
	c.lines.RawStr("}\n")
}

// add appends a frame, of which text is left, as a line of JSON, and before it
// one for what has been dropped there.
func (c *chunk) add(f *recordedFrame, text string) {
	c.gap(f.at, f.dropped)
	c.begin(f.at)
	w := &c.lines
	w.RawStr(`,"conn":"`)
	w.Int(f.conn.Number)
	w.RawStr("-")
	w.UInt64(f.conn.Generation)
	w.RawStr(`","dir":"`)
	w.RawStr(f.dir)
	w.RawStr(`","frame":`)
	w.Str(text)
	if f.cut {
		w.RawStr(`,"cut":true`)
		c.cut++
	}
	if f.size > 0 {
		w.RawStr(`,"size":`)
		w.Int(f.size)
	}
	w.RawStr("}\n")
	c.frames++
	c.bytes += len(f.text)
}
