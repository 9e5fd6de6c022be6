package gen

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/misskeyactor/misskeyactor/spec"
)

// snippetBase is the spec that snippets stand beside.
const snippetBase = `name: base
socket: {path: /streaming, auth: header, ping: 60s, silence: 120s}
requests:
  connect: {role: connect, reply: connected}
  disconnect: {role: disconnect}
  channel: {role: send}
  subNote: {role: subscribe}
  unsubNote: {role: unsubscribe}
types:
  NoteID: {id: true}
  Note: {fields: {id: NoteID, text: string | null}}
eventSets:
  timeline: {events: {note: {body: Note}}}
`

func TestExplanations(t *testing.T) {
	all := Explanations()
	for code := range codes(t) {
		if !slices.ContainsFunc(all, func(e spec.Explanation) bool { return string(e.Code) == code }) {
			t.Errorf("%s is not explained", code)
		}
	}
	if !slices.IsSortedFunc(all, func(a, b spec.Explanation) int { return strings.Compare(string(a.Code), string(b.Code)) }) {
		t.Error("they are not sorted")
	}
	for _, e := range all {
		t.Run(string(e.Code), func(t *testing.T) {
			if e.Title == "" || strings.HasSuffix(e.Title, ".") || strings.Contains(e.Title, "\n") {
				t.Errorf("the title is %q", e.Title)
			}
			if !strings.HasSuffix(e.Text, ".") {
				t.Errorf("the text is %q", e.Text)
			}
			if e.Code == CodeTooMany || !strings.HasPrefix(string(e.Code), "GN") {
				return // its snippet would be too long, or shows two specs
			}
			if codes := codesOf(t, e.Wrong); !slices.Equal(codes, []spec.Code{e.Code}) {
				t.Errorf("the wrong snippet fires %v", codes)
			}
			if codes := codesOf(t, e.Right); len(codes) > 0 {
				t.Errorf("the right snippet fires %v", codes)
			}
		})
	}
}

// codesOf generates from a snippet and returns the codes it fires, each once.
func codesOf(t *testing.T, snippet string) []spec.Code {
	t.Helper()
	files := fstest.MapFS{"spec/base.yaml": {Data: []byte(snippetBase)}, "spec/snippet.yaml": {Data: []byte(snippet)}}
	_, err := Generate(load(t, files, "spec"), testOptions())
	var diagnostics spec.Diagnostics
	if err != nil && !errors.As(err, &diagnostics) {
		t.Fatal(err)
	}
	var codes []spec.Code
	for _, d := range diagnostics {
		if !slices.Contains(codes, d.Code) {
			codes = append(codes, d.Code)
		}
	}
	return codes
}
