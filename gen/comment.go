package gen

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/misskeyactor/misskeyactor/spec"
)

// doc is the text of a doc comment, by paragraphs.
type doc []string

// with returns d and further paragraphs; empty ones are left out.
func (d doc) with(paragraphs ...string) doc {
	out := append(doc(nil), d...)
	for _, p := range paragraphs {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

// append returns d with further sentences in its last paragraph.
func (d doc) append(text string) doc {
	if text == "" || len(d) == 0 {
		return d.with(text)
	}
	out := append(doc(nil), d...)
	out[len(out)-1] += " " + text
	return out
}

const (
	lineWidth = 78
	tabWidth  = 4
)

// comment renders a doc comment that stands under the given number of tabs.
func (d doc) comment(indent int) jen.Code {
	width := lineWidth - len("// ") - indent*tabWidth
	var lines []string
	for i, p := range d {
		if i > 0 {
			lines = append(lines, "//")
		}
		for _, line := range wrap(p, width) {
			lines = append(lines, "// "+line)
		}
	}
	return jen.Comment(strings.Join(lines, "\n"))
}

// wrap breaks text into lines of at most width runes, if its words allow it.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// paragraphs splits a text of the spec at its blank lines.
func paragraphs(text string) doc {
	var d doc
	for _, p := range strings.Split(text, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			d = append(d, sentence(strings.Join(strings.Fields(p), " ")))
		}
	}
	return d
}

// sentence ends a text with a full stop, if it has no end of its own.
func sentence(text string) string {
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?:") {
		return text
	}
	return text + "."
}

// nouns are words a description begins with when "is" can stand before it.
var nouns = map[string]bool{
	"A": true, "All": true, "An": true, "Another": true, "At": true, "From": true, "How": true, "One": true, "Something": true,
	"The": true, "Those": true, "What": true, "When": true, "Where": true, "Whether": true, "Which": true, "Who": true, "Whose": true,
}

// verbs are words a description begins with when the name itself can stand
// before it.
var verbs = map[string]bool{"Carries": true, "Holds": true, "Lists": true, "Names": true, "Says": true, "Tells": true}

// describe makes the doc comment of name out of its description in the spec:
// "NoteID names a note", "Note is a post". otherwise is used where the spec
// says nothing.
func describe(name, text, otherwise string) doc {
	d := paragraphs(text)
	if len(d) == 0 {
		return doc{name + " " + otherwise}
	}
	first, _, _ := strings.Cut(d[0], " ")
	switch {
	case first == name:
	case nouns[first]:
		d[0] = name + " is " + lowerFirst(d[0])
	case verbs[first]:
		d[0] = name + " " + lowerFirst(d[0])
	default:
		d[0] = name + ": " + d[0]
	}
	return d
}

// does makes the doc comment of a method out of what the spec says that its
// message does: "PutStone puts a stone".
func does(name, text, otherwise string) doc {
	d := paragraphs(text)
	if len(d) == 0 {
		return doc{name + " " + otherwise}
	}
	if first, _, _ := strings.Cut(d[0], " "); strings.HasSuffix(first, "s") && !nouns[first] {
		d[0] = name + " " + lowerFirst(d[0])
	} else {
		d[0] = name + " " + otherwise + " " + d[0]
	}
	return d
}

// introduce makes a doc comment that begins with a sentence of ours and goes
// on as the spec does.
func introduce(begin, text string) doc {
	d := paragraphs(text)
	if len(d) == 0 {
		return doc{begin}
	}
	d[0] = begin + " " + d[0]
	return d
}

func lowerFirst(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToLower(r)) + text[size:]
}

// provenance says where the spec has a fact, and where the fact comes from.
func provenance(pos spec.Pos, what string, e spec.Evidence) string {
	text := "Spec: " + path.Base(pos.File) + ", " + what + "."
	switch {
	case e.Unpublished:
		text += " Servers declare it, and none was seen to send it."
	case len(e.Seen) == 0:
		text += " Read in the servers' source only."
	default:
		text += " Seen on " + spec.Enumerate(e.Seen, "and") + "."
	}
	if e.Since != "" && !strings.HasPrefix(e.Since, "<=") {
		text += " There since " + e.Since + "."
	}
	return text
}

// differs is the part of a field's evidence that its object does not have.
func differs(e, parent spec.Evidence) string {
	text := ""
	if len(e.Seen) == 0 && len(parent.Seen) > 0 {
		text = "Read in the servers' source only."
	}
	if e.Since != parent.Since && e.Since != "" && !strings.HasPrefix(e.Since, "<=") {
		text = strings.TrimSpace(text + " There since " + e.Since + ".")
	}
	return text
}
