// Package reference renders a spec as a page of Markdown for the users of its
// bindings: every channel with its parameters, events and messages, what it
// asks of an account and what is odd about it, the captures, broadcasts and
// requests, and the types that all of these carry.
//
// The page is Markdown as GitHub renders it, without HTML, and can be read as
// plain text. Its headings, and so the anchors that others link to, have the
// kind and the name of what they are about, as in #channel-hometimeline, and
// change with nothing else.
package reference

import (
	"bytes"

	"github.com/misskeyactor/misskeyactor/gen"
	"github.com/misskeyactor/misskeyactor/spec"
)

// Options say what a page looks like. The zero value is good.
type Options struct {
	// Link returns the target that shows a place of the spec, as in
	// "../spec/misskey/channels.yaml#L66", or "" for a place that can only be
	// named. Nil is a function that always returns "".
	Link func(spec.Pos) string
}

// Render makes the page. Equal input gives equal bytes. A spec that cannot be
// made into Go, whose names the page could not tell, is an error of type
// spec.Diagnostics, as gen.Generate returns it.
func Render(s *spec.Spec, opts Options) ([]byte, error) {
	names, err := gen.GoNamesOf(s)
	if err != nil {
		return nil, err
	}
	if opts.Link == nil {
		opts.Link = func(spec.Pos) string { return "" }
	}
	p := &page{spec: s, names: names, opts: opts, types: carriedTypes(s)}
	p.headings = p.outline()
	p.head()
	p.socket()
	p.channels()
	p.captures()
	p.broadcasts()
	p.requests()
	p.typesAppendix()
	return []byte(p.text.String()), nil
}

// IsPage reports whether a file is a page that Render has made, of whichever
// spec.
func IsPage(text []byte) bool { return bytes.Contains(text, []byte(pageMark)) }
