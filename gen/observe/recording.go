package observe

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
)

// Read holds a recording against the spec; name is what findings call it by.
// One that is compressed by gzip is seen to be. It reads line by line, and its
// memory does not grow with the recording. A line or frame that is not what it
// should be is a finding, and so are a compressed stream that breaks off and a
// recording without a frame; the error is that of r.
func (o *Observer) Read(name string, r io.Reader) error {
	source := &source{r: r}
	in := bufio.NewReader(source)
	rec := &recording{Observer: o, at: place{File: name, Line: 1}, side: Server, sockets: map[string]*socket{}}
	err := rec.read(in)
	if source.err != nil {
		return fmt.Errorf("%s: %w", name, source.err)
	}
	switch {
	case err != nil:
		rec.find(departure{code: CodeBreak, path: recordingPath, text: "breaks off", shown: err.Error()})
	case !rec.filled:
		rec.find(departure{code: CodeEmpty, path: recordingPath, text: "has no frame", shown: "(nothing)"})
	}
	return nil
}

// What stands for the recording itself in findings, and for its frames.
const (
	recordingPath = "recording"
	framesPath    = "frames"
)

// source keeps the error of what is read, to tell it from those of what is in
// it.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// recording is one that is being read.
type recording struct {
	*Observer
	at      place
	side    Side // who has sent the frame that is looked at
	lossy   bool // frames are missing
	filled  bool // there is a frame
	sockets map[string]*socket
}

// find makes a finding where the recording is read.
func (r *recording) find(d departure) {
	d.at, d.side = r.at, r.side
	r.ledger.add(d)
}

func (r *recording) read(in *bufio.Reader) error {
	var text io.Reader = in
	if magic, _ := in.Peek(2); string(magic) == "\x1f\x8b" {
		zipped, err := gzip.NewReader(in)
		if err != nil {
			return err
		}
		text = zipped
	}
	return eachLine(text,
		func(number int, text []byte) {
			r.at.Line = number
			l, err := parseLine(text)
			if err != nil {
				r.find(departure{code: CodeLine, path: recordingPath, text: "has lines that are none", shown: fmt.Sprintf("%s (%v)", shorten(string(text)), err)})
				return
			}
			r.line(l)
		},
		func(number int) {
			r.at.Line = number
			r.find(departure{code: CodeLine, path: recordingPath, text: "has lines that are none", shown: fmt.Sprintf("(more than %d MiB)", maxLine>>20)})
		})
}

// line takes one line.
func (r *recording) line(l line) {
	if l.Frame == nil {
		r.counts.Dropped += l.Dropped
		r.lossy = true
		return
	}
	r.filled = true
	s := r.socket(l.Conn)
	if l.Dir == dirIn {
		r.counts.In++
	} else {
		r.counts.Out++
	}
	if l.Cut {
		r.counts.Cut++
		r.lossy = true
		return
	}
	r.frame(s, l.Dir, *l.Frame)
}

// textPings are the texts that older servers and their clients send to keep a
// socket open, which are no frames.
var textPings = map[Side]string{Client: "ping", Server: "pong"}

// frame takes a frame.
func (r *recording) frame(s *socket, dir, text string) {
	r.side = Server
	if dir == dirOut {
		r.side = Client
	}
	defer func() { r.side = Server }()
	if r.spec.Socket.TextPing && text == textPings[r.side] {
		return
	}
	frame, err := decode(text)
	if err != nil {
		r.find(departure{code: CodeNotFrame, path: framesPath, text: "are not all JSON objects with a type", shown: fmt.Sprintf("%s (%v)", shorten(text), err)})
		return
	}
	r.unknownKeys(address{framesPath}, frame, "type", "body")
	typ, body := frame["type"].(string), frame["body"]
	if r.side == Client {
		r.outbound(s, typ, body)
	} else {
		r.inbound(s, typ, body)
	}
}

// The most that is remembered of a recording that goes on for weeks. What is
// older is forgotten first.
const (
	maxSockets  = 4096
	maxConnects = 4096 // of one socket
)

// socket is what is known of one socket: which channel stands behind which id.
// Ids stay known after a disconnect, because some channels go on sending.
type socket struct {
	connects map[string]*connect
	order    []string // of their ids
}

// connect is one channel connection.
type connect struct {
	channel *channel
	awaits  bool // an answer that has not come
}

func (r *recording) socket(name string) *socket {
	if s := r.sockets[name]; s != nil {
		return s
	}
	if len(r.sockets) >= maxSockets {
		clear(r.sockets)
		r.lossy = true
	}
	r.counts.Sockets++
	s := &socket{connects: map[string]*connect{}}
	r.sockets[name] = s
	return s
}

// remember notes a connect. Of one id the last counts.
func (s *socket) remember(id string, c *connect) {
	if s.connects[id] == nil {
		s.order = append(s.order, id)
	}
	s.connects[id] = c
	if len(s.order) > maxConnects {
		delete(s.connects, s.order[0])
		s.order = s.order[1:]
	}
}
