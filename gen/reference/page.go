package reference

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen"
	"github.com/misskeyactor/misskeyactor/spec"
)

// page is a reference being written.
type page struct {
	spec     *spec.Spec
	names    *gen.GoNames
	opts     Options
	types    []*spec.Type // those that are carried
	headings map[any]heading
	text     strings.Builder
}

// section is one of the page's parts.
type section string

const (
	socketSection    section = "The socket"
	channelSection   section = "Channels"
	captureSection   section = "Captures"
	broadcastSection section = "Broadcasts"
	requestSection   section = "Requests"
	typeSection      section = "Types"
	idSection        section = "Ids"
)

// outline gives each section and each fact with a heading of its own that
// heading, in the order of the page, so that links can lead down as well as up.
func (p *page) outline() map[any]heading {
	taken := anchors{}
	taken.heading(p.title())
	headings := map[any]heading{}
	section := func(name section, there bool) bool {
		if there {
			headings[name] = taken.heading(string(name))
		}
		return there
	}
	section(socketSection, true)
	section(channelSection, len(p.spec.Channels) > 0)
	for _, c := range p.spec.Channels {
		headings[c] = taken.heading("Channel " + code(c.Name))
	}
	section(captureSection, len(p.spec.Captures) > 0)
	for _, c := range p.spec.Captures {
		headings[c] = taken.heading("Capture " + code(c.Name))
	}
	section(broadcastSection, p.spec.Broadcasts != nil)
	section(requestSection, len(p.spec.Requests) > 0)
	for _, r := range p.spec.Requests {
		if r.Role == spec.RoleRequest {
			headings[r] = taken.heading("Request " + code(r.Name))
		}
	}
	section(typeSection, len(p.types) > 0)
	ids := section(idSection, slices.ContainsFunc(p.types, func(t *spec.Type) bool { return t.Kind == spec.KindID }))
	for _, t := range p.types {
		switch {
		case t.Kind != spec.KindID:
			headings[t] = taken.heading("Type " + t.Name)
		case ids:
			headings[t] = headings[idSection]
		}
	}
	return headings
}

// title is the page's first heading.
func (p *page) title() string {
	name := p.spec.Title
	if name == "" {
		name = p.spec.Name
	}
	return "The streaming API of " + escape(name)
}

// heading prints the heading of a section or fact.
func (p *page) heading(level int, of any) {
	p.paragraph(strings.Repeat("#", level) + " " + p.headings[of].text)
}

// paragraph prints text that is Markdown already; empty text is left out.
func (p *page) paragraph(text string) {
	if text == "" {
		return
	}
	if p.text.Len() > 0 {
		p.text.WriteByte('\n')
	}
	p.text.WriteString(strings.TrimSuffix(text, "\n") + "\n")
}

// prose prints a text of the spec.
func (p *page) prose(text string) {
	for _, paragraph := range paragraphs(text) {
		p.paragraph(paragraph)
	}
}

// bullets prints a list of items that are Markdown already.
func (p *page) bullets(items []string) {
	if len(items) > 0 {
		p.paragraph("- " + strings.Join(items, "\n- "))
	}
}

// goCode prints a line of Go.
func (p *page) goCode(format string, args ...any) {
	p.paragraph("```go\n" + fmt.Sprintf(format, args...) + "\n```")
}

// source names the place of a fact, with a link where there is one.
func (p *page) source(pos spec.Pos) string {
	name := path.Base(pos.File)
	if p.opts.Link(pos) == "" {
		name = pos.File // all there is to find it by
	}
	return link(escape(fmt.Sprintf("%s:%d", name, pos.Line)), p.opts.Link(pos))
}

// provenance says where a fact comes from and where it stands.
func (p *page) provenance(e spec.Evidence, pos spec.Pos) {
	text := seen(e)
	if since := since(e); since != "" {
		text += "; there " + since
	}
	p.paragraph(text + ". Spec: " + p.source(pos) + ".")
}

// seen says how a fact is known, without a full stop.
func seen(e spec.Evidence) string {
	switch {
	case e.Unpublished:
		return "Servers declare it, and none was seen to send it"
	case len(e.Seen) == 0:
		return "Read in the servers' source only"
	default:
		return "Seen on " + spec.Enumerate(e.Seen, "and")
	}
}

// since says since when a fact is there; "" when that is not known.
func since(e spec.Evidence) string {
	if version, ok := strings.CutPrefix(e.Since, "<="); ok {
		return "since " + version + " or before"
	}
	if e.Since == "" {
		return ""
	}
	return "since " + e.Since
}

// differs says of a fact's evidence what that of the fact it belongs to does
// not say. A fact whose first version is not known is as old as that one, for
// all that anybody knows.
func differs(e, parent spec.Evidence) string {
	text := ""
	if e.Unpublished || !slices.Equal(e.Seen, parent.Seen) {
		text = seen(e) + "."
	}
	if e.Since != parent.Since && e.Since != "" && !strings.HasPrefix(e.Since, "<=") {
		text = sentences(text, "There "+since(e)+".")
	}
	return text
}

// differsFromMost says of a fact's evidence what most facts of the spec, or of
// those that it extends, do not have.
func (p *page) differsFromMost(e spec.Evidence) string {
	for s := p.spec; s != nil; s = s.Extends {
		if differs(e, s.Evidence) == "" {
			return ""
		}
	}
	return differs(e, p.spec.Evidence)
}
