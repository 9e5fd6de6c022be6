package wire

import (
	"strings"
	"testing"
)

// The reader scans every frame, so what it allocates everybody pays for.
func TestScanningKeepsToItsAllocations(t *testing.T) {
	body := `{"id":"a1b2c3d4e5","text":"` + strings.Repeat("text ", 320) + `"}`
	asWritten := []byte(`{"type":"channel","body":{"id":"a8098c1a-f86e-11da-bd1a-00112444be1e","type":"note","body":` + body + `}}`)
	otherwise := []byte(`{"body":{"type":"note","body":` + body + `,"id":"a8098c1a-f86e-11da-bd1a-00112444be1e"},"type":"channel"}`)
	for _, tt := range []struct {
		name        string
		frame       []byte
		allocations float64
		why         string // they are needed
	}{
		{"a frame as the server writes it", asWritten, 0, "all that is found is a part of the frame"},
		{"a frame of another shape", otherwise, 5, "two decoders and three strings, which may have to be unescaped"},
	} {
		got := testing.AllocsPerRun(100, func() {
			if env, err := Scan(tt.frame); err != nil || len(env.ID) == 0 {
				t.Error(env, err)
			}
		})
		if got > tt.allocations {
			t.Errorf("%s: %v allocations, want at most %v: %s", tt.name, got, tt.allocations, tt.why)
		}
	}
}
