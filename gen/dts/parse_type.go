package dts

import "github.com/misskeyactor/misskeyactor/spec"

// The grammar of types, the loosest binding first:
//
//	type         = [ "|" ] intersection { "|" intersection } .
//	intersection = [ "&" ] prefixed { "&" prefixed } .
//	prefixed     = ( "readonly" | "keyof" ) prefixed | postfixed .
//	postfixed    = primary { "[" [ type ] "]" } .
//	primary      = string | number | name [ "<" type { "," type } ">" ] | "typeof" name
//	             | "(" type ")" | function | "{" … "}" | "[" [ type { "," type } ] "]" .
//	function     = [ typeParams ] "(" [ param { "," param } ] ")" "=>" type .
//	param        = name [ "?" ] ":" type .

// deeper bounds the recursion; the caller defers what it returns.
func (p *parser) deeper() func() {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.pos(), CodeDeep, "types are nested more than %d deep here",
			"No declaration of the package nests like this: see whether the file is whole.", maxDepth)
	}
	return func() { p.depth-- }
}

func (p *parser) typ() node {
	defer p.deeper()()
	of := p.separated("|", p.intersection)
	if len(of) == 1 {
		return of[0]
	}
	return &union{of}
}

func (p *parser) intersection() node {
	of := p.separated("&", p.prefixed)
	if len(of) == 1 {
		return of[0]
	}
	return &intersection{of}
}

// separated reads types with a mark between them, and maybe before the first.
func (p *parser) separated(mark string, read func() node) []node {
	p.take(mark)
	of := []node{read()}
	for p.take(mark) {
		of = append(of, read())
	}
	return of
}

func (p *parser) prefixed() node {
	defer p.deeper()()
	begin := at(p.pos())
	switch {
	case p.is("readonly") && !p.endsType(1):
		p.next++ // who only reads may pass over it
		return p.prefixed()
	case p.is("keyof") && !p.endsType(1):
		p.next++
		return &keyof{begin, p.prefixed()}
	default:
		return p.postfixed()
	}
}

// endsType reports whether the token after n others cannot begin a type, so
// that a word before it is a name.
func (p *parser) endsType(n int) bool {
	t := p.ahead(n)
	return t.kind == endToken || t.kind == markToken && t.text != "{" && t.text != "(" && t.text != "["
}

func (p *parser) postfixed() node {
	t := p.primary()
	for {
		defer p.deeper()() // what is made nests, though the reading does not
		begin := at(p.pos())
		if !p.take("[") {
			return t
		}
		if p.take("]") {
			t = &array{begin, t}
			continue
		}
		t = &access{t, p.typ()}
		p.expect("]")
	}
}

func (p *parser) primary() node {
	begin := at(p.pos())
	switch t := p.peek(); {
	case t.kind == stringToken || t.kind == numberToken:
		p.next++
		return &literal{begin, t.text, t.kind == numberToken}
	case p.take("typeof"):
		return &typeof{begin, p.name("the name of a constant")}
	case t.kind == nameToken:
		p.next++
		return &name{begin, t.text, p.typeArgs()}
	case p.is("{"):
		return p.braces()
	case p.take("["):
		return &tuple{begin, p.listed("]")}
	case p.is("<") || p.atFunction():
		return p.function()
	case p.take("("):
		inner := p.typ()
		p.expect(")")
		return inner
	default:
		p.unknown("A type belongs here, of those that the importer knows.")
		return nil
	}
}

// listed reads types with commas between them up to a mark.
func (p *parser) listed(end string) []node {
	var of []node
	for !p.take(end) {
		of = append(of, p.typ())
		if !p.take(",") && !p.is(end) {
			p.unknown(`"," or ` + spec.Quote(end) + " belongs here.")
		}
	}
	return of
}

func (p *parser) typeArgs() []node {
	if !p.take("<") {
		return nil
	}
	return p.listed(">")
}

func (p *parser) typeParams() []typeParam {
	if !p.take("<") {
		return nil
	}
	var params []typeParam
	for !p.take(">") {
		param := typeParam{name: p.name("the name of a type parameter")}
		if p.take("extends") {
			param.bound = p.typ()
		}
		params = append(params, param)
		if !p.take(",") && !p.is(">") {
			p.unknown(`"," or ">" belongs here.`)
		}
	}
	return params
}

// atFunction tells a function's parameters from a type in parentheses.
func (p *parser) atFunction() bool {
	return p.is("(") && (p.aheadIs(1, ")") ||
		p.ahead(1).kind == nameToken && (p.aheadIs(2, ":") || p.aheadIs(2, "?") || p.aheadIs(2, ",")))
}

func (p *parser) function() node {
	f := &function{at: at(p.pos()), typeParams: p.typeParams()}
	p.expect("(")
	for !p.take(")") {
		m := &member{Pos: p.pos(), name: p.name("the name of a parameter")}
		m.optional = p.take("?")
		p.expect(":")
		m.typ = p.typ()
		f.params = append(f.params, m)
		if !p.take(",") && !p.is(")") {
			p.unknown(`"," or ")" belongs here.`)
		}
	}
	p.expect("=>")
	f.result = p.typ()
	return f
}

// braces reads an object type or a mapped type.
func (p *parser) braces() node {
	defer p.deeper()()
	o := &object{at: at(p.pos())}
	p.expect("{")
	first := map[string]bool{}
	for !p.take("}") {
		if p.is("readonly") && !p.aheadIs(1, ":") && !p.aheadIs(1, "?") {
			p.next++
		}
		if p.is("[") {
			if p.aheadIs(2, "in") {
				return p.mapped(o.at)
			}
			p.indexSignature(o)
			continue
		}
		m := &member{Pos: p.pos(), name: p.key()}
		m.optional = p.take("?")
		p.expect(":")
		m.typ = p.typ()
		if first[m.name] {
			p.twice(m.Pos, m.name)
		}
		first[m.name] = true
		o.members = append(o.members, m)
		p.endMember()
	}
	return o
}

func (p *parser) key() string {
	t := p.peek()
	if t.kind != nameToken && t.kind != stringToken && t.kind != numberToken {
		p.unknown("The name of a member belongs here.")
	}
	p.next++
	return t.text
}

func (p *parser) endMember() {
	if !p.take(";") && !p.take(",") && !p.is("}") {
		p.unknown(`";" belongs behind the member.`)
	}
}

// indexSignature reads the type of free keys, which are strings.
func (p *parser) indexSignature(o *object) {
	pos := p.pos()
	p.expect("[")
	p.name("the name of the key")
	p.expect(":")
	p.expect("string")
	p.expect("]")
	p.expect(":")
	if o.index != nil {
		p.twice(pos, "[key]")
	}
	o.index = p.typ()
	p.endMember()
}

// mapped reads a mapped type. What it makes is not kept: none that the
// streaming API uses has one, and whoever meets it says so.
func (p *parser) mapped(begin at) node {
	p.expect("[")
	p.name("the name of the key")
	p.expect("in")
	p.typ()
	p.expect("]")
	p.take("-")
	p.take("?")
	p.expect(":")
	p.typ()
	p.endMember()
	p.expect("}")
	return &mapped{begin}
}
