package reference

import (
	"fmt"
	"strconv"

	"github.com/misskeyactor/misskeyactor/spec"
)

// pageMark tells a page from what others have written.
const pageMark = " by `misskeygen doc`: change the spec, not the page."

// head prints what the page is about and what is on it.
func (p *page) head() {
	p.paragraph("# " + p.title())
	p.prose(p.spec.Doc)
	text := "This page is made from the spec " + code(p.spec.Name) + pageMark
	if base := p.spec.Extends; base != nil {
		text += " That extends the spec " + code(base.Name) + "; facts that come from there were seen on the servers that it describes."
	}
	if len(p.spec.Checked) > 0 {
		text += " Its facts were measured on " + spec.Enumerate(p.spec.Checked, "and") + "."
	}
	p.paragraph(text)
	p.paragraph("Go names are those of the bindings that are generated from the same spec: " + code("client") + " is their " + code("Client") +
		", and " + code("sub") + " what its method returns. A key that may be absent need not be there; a map is an object with any keys.")

	contents := []string{p.toSection(socketSection)}
	for _, name := range []section{channelSection, captureSection, broadcastSection, requestSection, typeSection} {
		if _, there := p.headings[name]; there {
			contents = append(contents, p.toSection(name))
		}
	}
	p.bullets(contents)
	t := table{head: []string{"Channel", "Account", "Permission of an app's token", "What it is"}}
	for _, c := range p.spec.Channels {
		account := ""
		if c.Credential {
			account = "needed"
		}
		permission := ""
		if c.Permission != "" {
			permission = code(c.Permission)
		}
		t.row(link(code(c.Name), p.headings[c].anchor), account, permission, oneLine(c.Doc))
	}
	p.paragraph(t.String())
}

func (p *page) toSection(name section) string { return link(string(name), p.headings[name].anchor) }

// socket prints what holds for the socket as a whole.
func (p *page) socket() {
	p.heading(2, socketSection)
	s := p.spec.Socket
	t := table{head: []string{"Fact", "Value"}}
	t.row("Path", code(s.Path))
	switch s.Auth {
	case spec.AuthQuery:
		t.row("Token", "in the query of the URL, as "+code("?i=")+", and as "+code("i")+" in the bodies of calls")
	default:
		t.row("Token", "in the header "+code("Authorization: Bearer"))
	}
	seconds := func(what string, n int) {
		if n > 0 {
			t.row(what, fmt.Sprintf("%d seconds", n))
		}
	}
	seconds("The server pings every", s.PingSeconds)
	seconds("The server closes after a silence of", s.SilenceSeconds)
	if s.TextPing {
		t.row("The text "+code("ping"), "is answered by the text "+code("pong"))
	}
	if n := p.spec.Limits.ChannelsPerConnection; n > 0 {
		t.row("Channels on one socket, at most", sentences(strconv.Itoa(n)+".", p.differsFromMost(p.spec.Limits.Evidence)))
	}
	p.paragraph(t.String())
	p.provenance(s.Evidence, s.Pos)
}
