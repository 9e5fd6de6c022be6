package spec

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

var basics = []Basic{String, Integer, Number, Boolean, Timestamp, Any}

const typeHint = `Write a name, "X[]" for a list, "map<X>" for an object with string keys, and "X | null" for what may be null.`

// typeExpr reads a type expression:
//
//	type    = element [ "|" "null" ] .
//	element = ( name | "map" "<" type ">" | "(" type ")" ) { "[]" } .
//
// It returns nil, having reported it, when the value is none.
func (l *loader) typeExpr(v *value, what string) *TypeExpr {
	if !l.wantCured(v, what, l.typeCure(v), stringValue) {
		return nil
	}
	p := typeParser{l: l, text: v.text, at: v.inner}
	p.written = p.at != v.Pos || strings.HasPrefix(l.sourceFrom(v.Pos), v.text)
	t := p.parseType(0)
	p.space()
	if !p.failed && p.next < len(p.text) {
		p.fail("%s is not expected here", Quote(p.rest()))
	}
	if p.failed {
		return nil
	}
	l.uses = append(l.uses, p.uses...)
	return t
}

// typeCure says what to write for a type instead of a value that is none; ""
// for what is nothing that was meant as a type.
func (l *loader) typeCure(v *value) string {
	switch {
	case v == nil:
	case v.kind == listValue && len(v.items) == 1 && v.items[0].kind == stringValue:
		return "For a list write " + Quote(v.items[0].text+"[]") + "."
	case v.kind == nullValue && l.writesNull(v):
		return "Write what its value is when it is not null, as in string | null."
	}
	return ""
}

// sourceFrom returns the rest of a line.
func (l *loader) sourceFrom(pos Pos) string {
	src := l.sources[pos.File]
	if src == nil {
		return ""
	}
	line := []rune(src.line(pos.Line))
	return string(line[min(pos.Column-1, len(line)):])
}

// typeParser reads one expression by recursive descent and reports its first
// fault only, for the second would be an echo.
type typeParser struct {
	l       *loader
	text    string
	at      Pos  // where text begins
	written bool // text stands in the file as it reads, so columns count
	next    int  // offset of what comes next
	uses    []use
	failed  bool
}

func (p *typeParser) pos() Pos {
	pos := p.at
	if p.written {
		pos.Column += utf8.RuneCountInString(p.text[:p.next])
	}
	return pos
}

func (p *typeParser) fail(format string, args ...any) {
	if p.failed {
		return
	}
	p.failed = true
	hint := typeHint
	if strings.HasPrefix(p.rest(), "?") {
		hint = `A key that may be absent has the question mark behind itself, as in "text?: string".`
	}
	p.l.report(p.pos(), CodeBadType, "this is no type: "+fmt.Sprintf(format, args...), hint)
}

func (p *typeParser) rest() string { return p.text[p.next:] }

func (p *typeParser) space() {
	for p.next < len(p.text) && strings.IndexByte(" \t\n", p.text[p.next]) >= 0 {
		p.next++
	}
}

// take skips a mark if it comes next.
func (p *typeParser) take(mark string) bool {
	p.space()
	if !strings.HasPrefix(p.rest(), mark) {
		return false
	}
	p.next += len(mark)
	return true
}

func (p *typeParser) expect(mark string) {
	if !p.take(mark) {
		p.fail("%s is missing here", Quote(mark))
	}
}

// name takes the letters, digits and underscores that come next.
func (p *typeParser) name() string {
	p.space()
	rest := p.rest()
	end := strings.IndexFunc(rest, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	if end < 0 {
		end = len(rest)
	}
	p.next += end
	return rest[:end]
}

func (p *typeParser) parseType(depth int) *TypeExpr {
	t := p.parseElement(depth)
	if p.failed || !p.take("|") {
		return t
	}
	p.space()
	begin := p.next
	if p.name() != "null" {
		p.next = begin
		p.fail(`only null may follow "|"; for a choice of types declare a union`)
		return t
	}
	t.Nullable = true
	return t
}

func (p *typeParser) parseElement(depth int) *TypeExpr {
	if depth > maxDepth {
		p.fail("it is nested more than %d deep", maxDepth)
	}
	if p.failed {
		return nil
	}
	p.space()
	begin := p.next
	t := &TypeExpr{Pos: p.pos()}
	switch name := p.name(); {
	case name == "" && p.take("("):
		t = p.parseType(depth + 1)
		p.expect(")")
	case name == "" && p.next == len(p.text):
		p.fail("a name is missing here")
	case name == "":
		p.fail("%s is not expected here", Quote(p.rest()))
	case name == "null":
		p.next = begin
		p.fail("null stands alone; write X | null")
	case name == "map":
		p.expect("<")
		t.Map = p.parseType(depth + 1)
		p.expect(">")
	case slices.Contains(basics, Basic(name)):
		t.Basic = Basic(name)
	default:
		named := t // t itself may become the list of these
		p.uses = append(p.uses, use{pos: t.Pos, name: name, resolve: func(u use) { p.l.resolveType(u, named) }})
	}
	for lists := 0; !p.failed && p.take("[]"); lists++ {
		if lists > maxDepth {
			p.fail("it is nested more than %d deep", maxDepth)
		}
		t = &TypeExpr{Pos: t.Pos, List: t}
	}
	return t
}
