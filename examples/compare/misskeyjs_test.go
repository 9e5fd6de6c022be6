//go:build unix

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestMisskeyJSIsThereOrSaysWhyNot(t *testing.T) {
	const npm = `#!/bin/sh
test "$1" = ci && test -f package-lock.json && test -f client.mjs || exit 9
/bin/mkdir -p node_modules/misskey-js
echo '{"version": "1.2.3"}' >node_modules/misskey-js/package.json
`
	const node = "#!/bin/sh\necho v99\n"
	for _, tt := range []struct {
		name     string
		programs map[string]string
		why      string
	}{
		{"no node", map[string]string{"npm": npm}, "there is no node on the PATH"},
		{"no npm", map[string]string{"node": node}, "there is no npm on the PATH"},
		{"node does not run", map[string]string{"node": "#!/bin/sh\nexit 7\n", "npm": npm}, "node --version: exit status 7"},
		{"npm fails", map[string]string{"node": node, "npm": "#!/bin/sh\necho no such registry >&2\nexit 1\n"}, "npm ci: exit status 1: no such registry"},
		{"npm installs something else", map[string]string{"node": node, "npm": "#!/bin/sh\n"}, "npm ci: open"},
		{"all is there", map[string]string{"node": node, "npm": npm}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bin, dir := t.TempDir(), t.TempDir()
			for name, script := range tt.programs {
				if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", bin)
			js, err := installMisskeyJS(t.Context(), dir)
			if tt.why != "" {
				if err == nil || !strings.HasPrefix(err.Error(), tt.why) {
					t.Errorf("%v, want %s", err, tt.why)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := []string{filepath.Join(bin, "node"), filepath.Join(dir, "misskeyjs", "client.mjs")}
			if js.version != "1.2.3" || js.node != "v99" || !slices.Equal(js.command, want) {
				t.Errorf("%+v", js)
			}
		})
	}
}
