package streaming_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestChaosFindsABrokenRuntime runs TestChaos on runtimes that are broken on
// purpose, one line each, and wants it to fail for the right reason.
func TestChaosFindsABrokenRuntime(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the runtime three times")
	}
	if raceDetector {
		t.Skip("runs what is broken in processes without the race detector, which the tests without it do as well")
	}
	for _, tt := range []struct {
		name, file, line, broken string
		complaints               []string // one of them
	}{
		{
			name:       "channels do not come back after a reconnect",
			file:       "generation.go",
			line:       "\tfor _, l := range lives {\n\t\tif l.slot.capture != nil {",
			broken:     "\tfor _, l := range lives {\n\t\tif sock.gen > 1 && l.slot.channel != nil {\n\t\t\tcontinue\n\t\t}\n\t\tif l.slot.capture != nil {",
			complaints: []string{"waiting to be live", "the server has", "has heard nothing after"},
		},
		{
			name:   "ids that were left are still routed",
			file:   "routes.go",
			line:   "\tdelete(r.to, id)\n",
			broken: "",
			// What comes under an old id comes twice, or ends a gap too early.
			complaints: []string{errTwice.Error(), errLost.Error()},
		},
		{
			name:       "gaps are not announced",
			file:       "inbox.go",
			line:       "\tin.append(&item{gap: gap})\n",
			broken:     "",
			complaints: []string{errLost.Error()},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file, err := filepath.Abs(filepath.Join("..", "runtime", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(source), tt.line); n != 1 {
				t.Fatalf("%s has the line to break %d times:\n%s", tt.file, n, tt.line)
			}
			dir := t.TempDir()
			broken := filepath.Join(dir, tt.file)
			if err := os.WriteFile(broken, []byte(strings.Replace(string(source), tt.line, tt.broken, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{file: broken}})
			if err != nil {
				t.Fatal(err)
			}
			overlaid := filepath.Join(dir, "overlay.json")
			if err := os.WriteFile(overlaid, overlay, 0o600); err != nil {
				t.Fatal(err)
			}
			// Chance decides whether a fault meets what is broken: it has several.
			var out []byte
			for range 10 {
				cmd := exec.CommandContext(t.Context(), "go", "test", "-overlay", overlaid, "-run", "^TestChaos$", "-count", "1", ".")
				cmd.Env = append(os.Environ(), "MISSKEY_CHAOS=4s", "MISSKEY_CHAOS_SEED=", "MISSKEY_CHAOS_PATIENCE=5s")
				if out, err = cmd.CombinedOutput(); err != nil {
					break
				}
			}
			if err == nil {
				t.Fatal("TestChaos passes")
			}
			for _, complaint := range tt.complaints {
				if strings.Contains(string(out), complaint) {
					return
				}
			}
			t.Errorf("TestChaos fails, but says none of %q:\n%s", tt.complaints, out)
		})
	}
}
