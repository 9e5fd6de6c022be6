package gen

import (
	"testing"
	"testing/fstest"

	"github.com/misskeyactor/misskeyactor/spec"
)

// TestDifferencesOfAnOverlayPointToItsPatches compares an overlay with what it
// extends: what is new stands where the overlay says so.
func TestDifferencesOfAnOverlayPointToItsPatches(t *testing.T) {
	files := fstest.MapFS{
		"below.yaml": {Data: []byte(`name: below
socket: {path: /streaming, auth: header}
limits: {channelsPerConnection: 32}
requests:
  connect: {role: connect}
  disconnect: {role: disconnect}
  channel: {role: send}
  read: {role: request, method: Read, fields: {id: string}}
channels:
  home:
    permission: read:account
    params: {quiet?: {type: boolean, default: false}}
    events: {note: {fields: {id: string}}, gone: {body: string, as: id}}
`)},
		"over.yaml": {Data: []byte(`name: over
extends: ./below.yaml
patch:
  socket.auth: query
  limits.channelsPerConnection: 8
  requests.read: {credential: required}
  channels.home.permission: read:it
  channels.home.params.quiet.default: true
  channels.home.events.note.fields.id: string | null
  channels.home.events.gone: {body: null}
`)},
	}
	below, over := load(t, files, "below.yaml"), load(t, files, "over.yaml")
	where := map[string]int{
		"socket.auth":                         4,
		"limits.channelsPerConnection":        5,
		"requests.read":                       6,
		"channels.home":                       7,
		"channels.home.params.quiet":          8,
		"channels.home.events.note.fields.id": 9,
		"channels.home.events.gone":           10,
	}
	told := map[string]bool{}
	points := func(by, path string, was, is spec.Pos) {
		line, patched := where[path]
		if !patched {
			return
		}
		told[by+" "+path] = true
		if is.File != "over.yaml" || is.Line != line || was.File != "below.yaml" {
			t.Errorf("%s: %s was at %s and is at %s, want over.yaml:%d", by, path, was, is, line)
		}
	}
	for _, c := range Compare(below, over) {
		points("Compare", c.Path, c.Old, c.New)
	}
	findings, err := Breaking(below, over, BreakingOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		points("Breaking", f.At, f.Old, f.New)
	}
	for path := range where {
		for _, by := range []string{"Compare ", "Breaking "} {
			if !told[by+path] {
				t.Errorf("%stells nothing of %s", by, path)
			}
		}
	}
}
