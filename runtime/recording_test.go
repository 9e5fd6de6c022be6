package runtime_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime"
)

// tape is a writer that keeps what is written, and does what the test says.
type tape struct {
	mu    sync.Mutex
	text  bytes.Buffer
	calls int
	do    func(call int, p []byte) (int, error) // nil takes everything
}

func (w *tape) Write(p []byte) (int, error) {
	w.mu.Lock()
	w.calls++
	call, do := w.calls, w.do
	w.mu.Unlock()
	if do != nil {
		if n, err := do(call, p); n != len(p) || err != nil {
			return n, err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

// line is one of a recording.
type line struct {
	T       *int64
	Conn    string
	Dir     string
	Frame   string
	Cut     bool
	Size    int
	Dropped int
}

func (l line) String() string {
	switch {
	case l.Dropped > 0:
		return fmt.Sprintf("%d dropped", l.Dropped)
	case l.Cut:
		return fmt.Sprintf("%s %s cut from %d: %s", l.Conn, l.Dir, l.Size, l.Frame)
	}
	return l.Conn + " " + l.Dir + " " + l.Frame
}

// lines returns what has been recorded so far.
func (w *tape) lines(t *testing.T) (lines []line) {
	t.Helper()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	sc := bufio.NewScanner(bytes.NewReader(w.text.Bytes()))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var l line
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil || l.T == nil {
			t.Fatalf("line %q: %v", sc.Text(), err)
		}
		lines = append(lines, l)
	}
	return lines
}

// expect compares the recording with what it should be.
func (w *tape) expect(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, l := range w.lines(t) {
		got = append(got, l.String())
	}
	if g, x := strings.Join(got, "\n"), strings.Join(want, "\n"); g != x {
		t.Errorf("recorded\n%s\nwant\n%s", g, x)
	}
}

const ownToken = "t0kenOfMine"

func TestRecordingHasEveryFrameOfEverySocket(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		rec := &tape{}
		s := w.client(runtime.WithToken(ownToken), runtime.WithRecorder(rec))
		var got notes
		_, sock, id := w.join(s, &room, got.handle)
		pass(1500 * time.Millisecond)
		sock.event(id, "text", `"`+ownToken+`"`)
		sock.send(`nonsense`)
		w.all()
		w.drop()
		pass(time.Minute)
		_, again := w.newest("connect")
		got.expect(t, ownToken+", gap by reconnect") // the handler gets what was sent
		if err := s.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		connect := `{"type":"connect","body":{"channel":"room","id":"%s","params":{},"pong":true}}`
		rec.expect(t,
			"1-1 out "+fmt.Sprintf(connect, id),
			`1-1 in {"type":"connected","body":{"id":"`+id+`"}}`,
			`1-1 in {"type":"channel","body":{"id":"`+id+`","type":"text","body":"[redacted]"}}`,
			`1-1 in nonsense`,
			"1-2 out "+fmt.Sprintf(connect, again.Body.ID),
			`1-2 in {"type":"connected","body":{"id":"`+again.Body.ID+`"}}`,
			`1-2 out {"type":"disconnect","body":{"id":"`+again.Body.ID+`"}}`,
		)
		if at := *rec.lines(t)[2].T; at != 1500 {
			t.Errorf("the event came after %d ms, want 1500", at)
		}
		if st := s.Status().Recording; st != (runtime.RecordingStatus{Frames: 7}) {
			t.Errorf("status %+v", st)
		}
	})
}

func TestRecordingKnowsEveryTokenThereWas(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		rec := &tape{}
		n := 0
		s := w.client(runtime.WithRecorder(rec), runtime.WithTokenSource(runtime.TokenSourceFunc(func(context.Context) (string, error) {
			n++
			return fmt.Sprint("renewed-", n), nil
		})))
		w.join(s, &room, nil)
		w.drop()
		pass(time.Minute)
		sock := w.all()[1]
		sock.send(`"renewed-1 and renewed-2"`)
		if lines := rec.lines(t); lines[len(lines)-1].Frame != `"[redacted] and [redacted]"` {
			t.Errorf("recorded %s", lines[len(lines)-1])
		}
	})
}

func TestRecordingCutsWhatItCannotHold(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		rec := &tape{}
		w.client(runtime.WithToken(ownToken), runtime.WithRecorder(rec), runtime.WithMaxFrame(300<<10))
		sock := w.socket(0)
		begin := `"` + strings.Repeat("x", 255-len(ownToken)/2)
		sock.send(begin + ownToken + strings.Repeat("x", 256<<10) + `"`) // the token stands at the cut
		sock.send(strings.Repeat("z", 301<<10))
		sock.send("\"ab\xffcd\"")
		rec.expect(t,
			fmt.Sprintf("1-1 in cut from %d: %s", len(begin)+len(ownToken)+256<<10+1, begin),
			"1-1 in cut from 0: "+strings.Repeat("z", 256),
			`1-1 in cut from 7: "ab`,
		)
	})
}

// While the writer hangs everything else goes on, and the recording says what it
// lacks.
func TestRecordingNeverWaitsForItsWriter(t *testing.T) {
	for _, tt := range []struct {
		name   string
		frame  string
		frames int
		fit    int // frames that wait
	}{
		{"frames", `"x"`, 5000, 4096},
		{"bytes", `"` + strings.Repeat("x", 100<<10) + `"`, 100, 8 << 20 / (100 << 10)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				release := make(chan struct{})
				rec := &tape{do: func(_ int, p []byte) (int, error) { <-release; return len(p), nil }}
				s := w.client(runtime.WithRecorder(rec))
				sub, sock, id := w.join(s, &room, nil) // whose connect hangs in the writer
				for range tt.frames {
					sock.event(id, "text", tt.frame)
				}
				w.all()
				if st := sub.Status(); int(st.SinceLive) != tt.frames {
					t.Errorf("%d events came through, want %d", st.SinceLive, tt.frames)
				}
				st := s.Status().Recording
				fit := tt.frames - int(st.Dropped)
				if st.Frames != 0 || fit > tt.fit || fit < tt.fit-2 { // connect and connected have places as well
					t.Errorf("status %+v, want %d frames to fit", st, tt.fit)
				}
				close(release)
				w.all()
				sock.event(id, "text", `"after"`)
				lines := rec.lines(t)
				if l := lines[len(lines)-2]; l.Dropped != int(st.Dropped) {
					t.Errorf("before the frame that fits again stands %s, want %d dropped", l, st.Dropped)
				}
				if l := lines[len(lines)-1]; !strings.Contains(l.Frame, `"after"`) {
					t.Errorf("the last line is %s", l)
				}
				if got := s.Status().Recording; int(got.Frames) != len(lines)-1 || got.Dropped != st.Dropped || got.Err != nil {
					t.Errorf("status %+v, with %d lines", got, len(lines))
				}
			})
		})
	}
}

func TestCloseGivesTheRecorderItsDeadlineAndNoMore(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		slow := &tape{do: func(_ int, p []byte) (int, error) { time.Sleep(3 * time.Second); return len(p), nil }}
		s, err := w.tryClient(runtime.WithRecorder(slow))
		if err != nil {
			t.Fatal(err)
		}
		begin := func(n int) { // a call of the writer, and give the next one two frames
			w.socket(n).send(`{"type":"text"}`)
			w.all()
			w.join(s, &room, nil)
		}
		begin(0)
		start := time.Now()
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
		exactly(t, "a slow writer has what there was", time.Since(start), 6*time.Second)
		if lines := slow.lines(t); len(lines) != 4 {
			t.Errorf("recorded %v", lines)
		}

		release := make(chan struct{})
		stuck := &tape{do: func(_ int, p []byte) (int, error) { <-release; return len(p), nil }}
		if s, err = w.tryClient(runtime.WithRecorder(stuck)); err != nil {
			t.Fatal(err)
		}
		begin(1)
		start = time.Now()
		bound, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		err = s.Close(bound)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "the writer of WithRecorder") {
			t.Errorf("Close: %v", err)
		}
		exactly(t, "Close returned", time.Since(start), 7*time.Second) // the deadline, and the grace
		close(release)
		<-s.Done()
		if st := s.Status().Recording; st.Frames != 1 || st.Dropped != 3 || !errors.Is(st.Err, runtime.ErrClosed) {
			t.Errorf("status %+v", st)
		}
		stuck.expect(t, `1-1 in {"type":"text"}`) // the call under way, and no other
	})
}

func TestRecorderThatFailsEndsTheRecordingOnly(t *testing.T) {
	broken := errors.New("disk full")
	for _, tt := range []struct {
		name string
		do   func(call int, p []byte) (int, error)
		err  func(error) bool
	}{
		{"an error", func(int, []byte) (int, error) { return 0, broken }, func(err error) bool { return errors.Is(err, broken) }},
		{"a short write", func(_ int, p []byte) (int, error) { return len(p) / 2, nil }, func(err error) bool { return errors.Is(err, io.ErrShortWrite) }},
		{"a panic", func(int, []byte) (int, error) { panic("tape torn") }, func(err error) bool {
			var p *runtime.PanicError
			return errors.As(err, &p) && p.Value == "tape torn"
		}},
		{"a Goexit", func(int, []byte) (int, error) { goruntime.Goexit(); return 0, nil }, func(err error) bool {
			var p *runtime.PanicError
			return errors.As(err, &p)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				rec := &tape{do: tt.do}
				var log tape
				s := w.client(runtime.WithRecorder(rec), runtime.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
				var got notes
				_, sock, id := w.join(s, &room, got.handle)
				sock.event(id, "text", `"a"`)
				sock.event(id, "text", `"b"`)
				got.expect(t, "a, b")
				if st := s.Status().Recording; !tt.err(st.Err) || st.Frames != 0 || st.Dropped != 4 {
					t.Errorf("status %+v", st)
				}
				if rec.calls != 1 {
					t.Errorf("the writer was called %d times", rec.calls)
				}
				if n := strings.Count(log.text.String(), "recording ended"); n != 1 {
					t.Errorf("logged %d times:\n%s", n, &log.text)
				}
				if err := s.Close(context.Background()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestRecorderIsNotCalledAfterAClientThatDidNotOpen(t *testing.T) {
	virtual(t, func(t *testing.T, w *world) {
		w.Server.Close()
		rec := &tape{}
		if _, err := w.tryClient(runtime.WithRecorder(rec)); err == nil {
			t.Fatal("connected to nobody")
		}
		synctest.Wait() // what is about to end has ended
		if all, _, _ := goroutines(); all != 0 || rec.calls != 0 {
			t.Errorf("%d goroutines left, %d calls", all, rec.calls)
		}
	})
}

// What is written and what is dropped is all there was, also where the writer
// fails with frames behind it, and where a frame was dropped last.
func TestRecordingCountsEveryFrame(t *testing.T) {
	for name, fail := range map[string]bool{"the writer goes on": false, "the writer fails": true} {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T, w *world) {
				release := make(chan struct{})
				rec := &tape{do: func(_ int, p []byte) (int, error) {
					<-release
					if fail {
						return 0, io.ErrClosedPipe
					}
					return len(p), nil
				}}
				s := w.client(runtime.WithRecorder(rec))
				sock := w.socket(0)
				const n = 6000
				for range n {
					sock.send(`"x"`)
				}
				w.all()
				closed := make(chan error, 1)
				go func() { closed <- s.Close(context.Background()) }()
				synctest.Wait() // what was dropped last is to be noted at the end
				close(release)
				if err := <-closed; err != nil {
					t.Error(err)
				}
				st := s.Status().Recording
				if st.Frames+st.Dropped != n || fail != (st.Frames == 0) {
					t.Errorf("status %+v, want %d frames in all", st, n)
				}
				if lines := rec.lines(t); !fail && lines[len(lines)-1].Dropped != int(st.Dropped) {
					t.Errorf("the last line is %s", lines[len(lines)-1])
				}
				gone, cancel := context.WithCancel(context.Background())
				cancel()
				_ = s.Close(gone) // ends nothing that is over
				if after := s.Status().Recording; after != st {
					t.Errorf("status %+v, and after another Close %+v", st, after)
				}
			})
		})
	}
}

func TestRecorderMustBeThere(t *testing.T) {
	if _, err := runtime.Connect(ctx(t), &testDialect, "https://misskey.example", runtime.WithRecorder(nil)); err == nil || !strings.Contains(err.Error(), "WithRecorder") {
		t.Errorf("got %v", err)
	}
}
