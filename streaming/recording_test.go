package streaming

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
)

// recorded is one frame of a recording.
type recorded struct {
	Conn  string `json:"conn"`
	Dir   string `json:"dir"` // "in" or "out"
	Frame string `json:"frame"`

	Cut     bool `json:"cut"`     // frame is the beginning only
	Dropped int  `json:"dropped"` // frames that the recorder dropped here; there is no frame then
}

// readRecording reads a recording, gzipped or not, in either format: a line
// is a JSON object with conn, dir and frame, or a frame as it was received. What
// has no whole frame is passed over.
func readRecording(t testing.TB, path string) []recorded {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	var frames []recorded
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if strings.TrimSpace(line) == "" {
			continue
		}
		var fr recorded
		if err := json.Unmarshal([]byte(line), &fr); err != nil {
			t.Fatalf("%s:%d: %v", path, n, err)
		}
		if fr.Cut || fr.Dropped > 0 {
			continue
		}
		if fr.Dir == "" {
			fr = recorded{Conn: path, Dir: "in", Frame: line}
		}
		frames = append(frames, fr)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if len(frames) == 0 {
		t.Fatalf("%s: no frames", path)
	}
	return frames
}
