package observe

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// maxLine is how long a line may be, in bytes: room for a frame of the largest
// size that bots read, escaped.
const maxLine = 16 << 20

// The directions of a frame.
const (
	dirIn  = "in"
	dirOut = "out"
)

// line is one of a recording: a frame, or a note of some that are missing.
type line struct {
	Conn    string          `json:"conn"`
	Dir     string          `json:"dir"`
	Frame   *string         `json:"frame"`
	Cut     bool            `json:"cut"`     // frame is not whole
	Dropped uint64          `json:"dropped"` // frames that are missing here; there is no frame then
	Type    json.RawMessage `json:"type"`    // of a line that is a frame itself
}

var errLine = errors.New("it is no frame, and no object with dir and frame")

// parseLine reads a line of either form. A line that is a frame itself was
// received.
func parseLine(text []byte) (line, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		if errors.As(err, new(*json.UnmarshalTypeError)) {
			err = errLine // JSON of another shape
		}
		return line{}, err
	}
	switch {
	case l.Type != nil && l.Frame == nil:
		frame := string(text)
		return line{Dir: dirIn, Frame: &frame}, nil
	case l.Dropped > 0 && l.Frame == nil:
		return l, nil
	case l.Frame == nil || l.Dir != dirIn && l.Dir != dirOut:
		return line{}, errLine
	}
	return l, nil
}

// eachLine calls f with every line that holds anything, and its number, and
// tooLong for one that is too long to be read. text is valid until f returns.
func eachLine(r io.Reader, f func(number int, text []byte), tooLong func(number int)) error {
	in := bufio.NewReaderSize(r, 64<<10)
	var text []byte
	for number := 1; ; number++ {
		var long bool
		var err error
		text, long, err = readLine(in, text[:0])
		if long {
			tooLong(number)
		} else if trimmed := bytes.TrimSpace(withoutMark(number, text)); len(trimmed) > 0 && (err == nil || err == io.EOF) {
			f(number, trimmed)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// withoutMark returns a line without the byte order mark that some editors
// begin a file with.
func withoutMark(number int, text []byte) []byte {
	if number > 1 {
		return text
	}
	return bytes.TrimPrefix(text, []byte("\ufeff"))
}

// readLine reads up to the end of a line into buf. long is set for a line that
// does not fit, of which nothing is kept.
func readLine(in *bufio.Reader, buf []byte) (text []byte, long bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if long = long || len(buf)+len(part) > maxLine; long {
			buf = buf[:0]
		} else {
			buf = append(buf, part...)
		}
		if err != bufio.ErrBufferFull {
			return buf, long, err
		}
	}
}
