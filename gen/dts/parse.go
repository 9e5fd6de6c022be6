package dts

import (
	"fmt"
	"strings"

	"github.com/misskeyactor/misskeyactor/spec"
)

// parser reads the declarations of one file by recursive descent. After a
// fault it goes on with the next statement, so that one run finds all.
type parser struct {
	file   string
	lines  []string
	tokens []token
	next   int
	depth  int
	module *module
	faults spec.Diagnostics
}

// syntaxFault ends the reading of a statement.
type syntaxFault struct{}

// parse reads a file. The module is nil when there are faults.
func parse(file, text string) (*module, spec.Diagnostics) {
	p := &parser{file: file, lines: strings.Split(text, "\n"), module: &module{
		file: file, types: map[string]*declaration{}, constants: map[string]*declaration{}, imports: map[string]imported{},
	}}
	p.tokens = scan(text)
	for p.peek().kind != endToken {
		p.statement()
	}
	if len(p.faults) > 0 {
		return nil, p.faults
	}
	return p.module, nil
}

// statement reads one statement, or reports why not and finds the next.
func (p *parser) statement() {
	begin := p.next
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if _, ours := r.(syntaxFault); !ours {
			panic(r)
		}
		p.next = max(p.next, begin+1)
		for !p.atStatement() {
			p.next++
		}
	}()
	p.depth = 0
	switch {
	case p.take("import"):
		p.importNames()
	case p.take("export"):
		switch {
		case p.take("*"):
			p.exportAll()
		case p.take("{"): // marks the file as a module
			p.expect("}")
			p.expect(";")
		default:
			p.declare()
		}
	default:
		p.declare()
	}
}

// statementWords are those that statements begin with.
var statementWords = map[string]bool{
	"import": true, "export": true, "declare": true, "type": true, "interface": true,
}

// atStatement reports whether a statement begins here, as compilers write it:
// at the beginning of a line.
func (p *parser) atStatement() bool {
	t := p.peek()
	return t.kind == endToken || t.column == 1 && t.kind == nameToken && statementWords[t.text]
}

func (p *parser) importNames() {
	p.take("type")
	p.expect("{")
	type local struct {
		pos  spec.Pos
		name string
	}
	var names []local
	for !p.take("}") {
		pos := p.pos()
		names = append(names, local{pos, p.name("the name of a type")})
		if !p.take(",") && !p.is("}") {
			p.unknown(`Names that are imported have commas between them and a "}" behind.`)
		}
	}
	from := p.from()
	for _, n := range names {
		if _, taken := p.module.imports[n.name]; taken {
			p.twice(n.pos, n.name)
			continue
		}
		p.module.imports[n.name] = imported{n.pos, n.name, from}
	}
}

func (p *parser) exportAll() {
	pos := p.pos()
	p.module.exports = append(p.module.exports, imported{Pos: pos, from: p.from()})
}

func (p *parser) from() string {
	p.expect("from")
	t := p.peek()
	if t.kind != stringToken {
		p.unknown("The name of a file belongs here, in quotes.")
	}
	p.next++
	p.expect(";")
	return t.text
}

// declare reads a type alias, an interface or a constant.
func (p *parser) declare() {
	p.take("declare")
	word := p.peek()
	switch {
	case p.take("type"):
		d := p.declaration()
		p.expect("=")
		d.typ = p.typ()
		p.expect(";")
		p.keep(p.module.types, d)
	case p.take("interface"):
		d := p.declaration()
		if !p.is("{") {
			p.unknown(`The members of the interface belong here, in "{" and "}".`)
		}
		d.typ = p.braces()
		p.keep(p.module.types, d)
	case p.take("const"):
		d := &declaration{Pos: p.pos(), name: p.name("the name of the constant")}
		p.expect(":")
		d.typ = p.typ()
		p.expect(";")
		p.keep(p.module.constants, d)
	case word.kind == badToken:
		p.unknown("")
	default:
		p.fail(p.posOf(word), CodeStatement, "a statement that begins with %s is not known here",
			"Declarations are read that begin with import, export, declare, type, interface or const. If the package has come to use others, the importer has to learn them.",
			word)
	}
}

func (p *parser) declaration() *declaration {
	d := &declaration{Pos: p.pos(), name: p.name("the name of the type")}
	d.params = p.typeParams()
	return d
}

func (p *parser) keep(into map[string]*declaration, d *declaration) {
	if into[d.name] != nil {
		p.twice(d.Pos, d.name)
		return
	}
	into[d.name] = d
}

func (p *parser) twice(pos spec.Pos, name string) {
	p.report(pos, CodeTwice, "%s is declared twice", "Only one of the two can be meant: see whether the file is whole.", spec.Quote(name))
}

// Tokens.

func (p *parser) peek() token { return p.ahead(0) }

// ahead returns the token after n others, the end when there are fewer.
func (p *parser) ahead(n int) token { return p.tokens[min(p.next+n, len(p.tokens)-1)] }

func (p *parser) posOf(t token) spec.Pos {
	return spec.Pos{File: p.file, Line: t.line, Column: t.column}
}

func (p *parser) pos() spec.Pos { return p.posOf(p.peek()) }

// is reports whether a word or mark comes next.
func (p *parser) is(text string) bool { return p.aheadIs(0, text) }

func (p *parser) aheadIs(n int, text string) bool {
	t := p.ahead(n)
	return t.text == text && (t.kind == nameToken || t.kind == markToken)
}

// take passes over a word or mark if it comes next.
func (p *parser) take(text string) bool {
	if p.is(text) {
		p.next++
		return true
	}
	return false
}

func (p *parser) expect(text string) {
	if !p.take(text) {
		p.unknown(spec.Quote(text) + " belongs here.")
	}
}

func (p *parser) name(what string) string {
	t := p.peek()
	if t.kind != nameToken {
		p.unknown("Here belongs " + what + ".")
	}
	p.next++
	return t.text
}

// Faults.

// unknown reports the next token as one that is not known where it stands.
func (p *parser) unknown(hint string) {
	t := p.peek()
	if t.kind == badToken {
		p.fail(p.posOf(t), CodeToken, "%s is not known here",
			"Declarations of the package do without it so far: see whether the file is whole, else the importer has to learn it.", t)
	}
	p.fail(p.posOf(t), CodeSyntax, "%s is not known here", hint, t)
}

// fail reports a fault and ends the statement.
func (p *parser) fail(pos spec.Pos, code spec.Code, format, hint string, args ...any) {
	p.report(pos, code, format, hint, args...)
	panic(syntaxFault{})
}

func (p *parser) report(pos spec.Pos, code spec.Code, format, hint string, args ...any) {
	p.faults = append(p.faults, diagnostic(p.lines, pos, code, hint, fmt.Sprintf(format, args...)))
}

// diagnostic makes a fault that shows its line.
func diagnostic(lines []string, pos spec.Pos, code spec.Code, hint, message string) *spec.Diagnostic {
	d := &spec.Diagnostic{Pos: pos, Code: code, Message: message, Hint: hint}
	if 1 <= pos.Line && pos.Line <= len(lines) {
		d.Source = strings.TrimSuffix(lines[pos.Line-1], "\r")
	}
	return d
}
