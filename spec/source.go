package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds on one file, far above what a spec needs. The YAML parser recurses
// over the entries of a mapping, and the time it takes for a line grows with
// the square of the line's length.
const (
	maxFileBytes = 1 << 19
	maxFileLines = 20_000
	maxLineBytes = 2_000
	maxDepth     = 32
)

// source is one file of a spec.
type source struct {
	name  string
	lines []string
}

// readSource reads a file and returns its lines and its text. ok is false
// when it cannot be looked at any further.
func (l *loader) readSource(file string) (src *source, text string, ok bool) {
	name := l.at.shown(file)
	src = &source{name: name}
	data, err := fs.ReadFile(l.at.fsys, file)
	if err != nil {
		l.reportCause(err, src.start(), CodeUnreadable, "the file cannot be read: "+reason(err),
			"Check that it exists and that you may read it.")
		return src, "", false
	}
	text = strings.TrimPrefix(string(data), "\ufeff")
	if len(text) > maxFileBytes {
		l.report(src.start(), CodeTooLarge,
			fmt.Sprintf("the file has %d bytes; a spec file may have %d", len(text), maxFileBytes),
			"Split it: a section may be spread over several files.")
		return src, "", false
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	src.lines = strings.Split(text, "\n")
	if len(src.lines) > maxFileLines {
		l.report(src.start(), CodeTooLarge,
			fmt.Sprintf("the file has %d lines; a spec file may have %d", len(src.lines), maxFileLines),
			"Split it: a section may be spread over several files.")
		return src, "", false
	}
	for i, line := range src.lines {
		if len(line) > maxLineBytes {
			l.report(Pos{name, i + 1, 1}, CodeTooLarge,
				fmt.Sprintf("the line has %d bytes; a line of a spec may have %d", len(line), maxLineBytes),
				"Break it: a text may go on in the next line, a list may have an item on each.")
			return src, "", false
		}
	}
	l.sources[name] = src
	if line, column, bad := invalidUTF8(src.lines); bad {
		l.report(Pos{name, line, column}, CodeNotUTF8, "the file is not UTF-8 here",
			"Save the file as UTF-8.")
		return src, "", false
	}
	if i := strings.IndexFunc(text, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xfeff
	}); i >= 0 {
		r, _ := utf8.DecodeRuneInString(text[i:])
		l.report(src.posAt(text, i), CodeSyntax, fmt.Sprintf("the control character %U stands here", r),
			"Remove it, or write it as an escape in double quotes.")
		return src, "", false
	}
	return src, text, true
}

// parse turns the text of a file into its tree. ok is false when there is
// none to walk.
func (l *loader) parse(src *source, text string) (root *value, ok bool) {
	defer func() {
		// The text is a stranger's: should the parser give up on it with a
		// panic, that is a fault of the text to us, and positions it lacks.
		if r := recover(); r != nil {
			l.report(src.start(), CodeSyntax, fmt.Sprintf("the file is not YAML: the parser failed with %q", fmt.Sprint(r)),
				"Halve the file until the faulty line is found.")
			root, ok = nil, false
		}
	}()
	tokens := lexer.Tokenize(text)
	features, shallow := l.checkTokens(src, tokens)
	if !shallow {
		return nil, false
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		if !features { // else it may only be an echo of what was just reported
			pos, message := src.start(), err.Error()
			if syntax, ok := errors.AsType[yaml.Error](err); ok {
				pos, message = src.pos(syntax.GetToken()), syntax.GetMessage()
			}
			l.report(pos, CodeSyntax, "the file is not YAML: "+message, cureSyntax(message, src.line(pos.Line)))
		}
		return nil, false
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case body == nil:
			body = doc.Body
		default:
			l.report(src.nodePos(doc.Body), CodeYAMLFeature, "a second document begins here",
				"A spec file is one document: remove the --- line, or make it a file of its own.")
		}
	}
	if body == nil {
		l.report(src.start(), CodeEmpty, "the file is empty", "Remove it, or fill it: "+sectionsHint)
		return nil, false
	}
	return l.tree(src, body, 0), true
}

// checkTokens reports what specs do without, and tells whether it found any
// and whether the text is shallow enough to be parsed by recursion.
func (l *loader) checkTokens(src *source, tokens token.Tokens) (features, shallow bool) {
	flow, line, onLine := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, onLine = t.Position.Line, 0
		}
		what := ""
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType:
			onLine++
		case token.MappingKeyType:
			what = "a complex key"
		case token.AnchorType:
			what = "an anchor"
		case token.AliasType:
			what = "an alias"
		case token.MergeKeyType:
			what = "a merge key"
		case token.TagType:
			what = "a tag"
		case token.DirectiveType:
			what = "a directive"
		}
		if what != "" {
			onLine++
			features = true
			hint := "Specs do without it, so that every fact can be read where it stands: write the value out."
			if t.Position.Column > 1 && strings.Contains("%&*!", t.Value[:min(1, len(t.Value))]) {
				hint += " If it is meant as a text, put it into quotes."
			}
			l.report(src.pos(t), CodeYAMLFeature, what+" stands here", hint)
		}
		if flow > maxDepth || onLine > maxDepth {
			l.reportTooDeep(src.pos(t))
			return features, false
		}
	}
	return features, true
}

func (l *loader) reportTooDeep(pos Pos) {
	l.report(pos, CodeTooDeep, fmt.Sprintf("values are nested more than %d deep", maxDepth),
		"No part of a spec nests like this: check the brackets and the indentation.")
}

// start is the position of a file's first rune, for faults of the whole file.
func (s *source) start() Pos { return Pos{File: s.name, Line: 1, Column: 1} }

// line returns a line by its number, "" when there is none.
func (s *source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return s.lines[n-1]
}

// pos returns where a token stands. Positions of the parser can lie just
// outside the text, at its end; these are moved inside.
func (s *source) pos(t *token.Token) Pos {
	p := s.start()
	if t == nil || t.Position == nil {
		return p
	}
	p.Line = min(max(t.Position.Line, 1), max(len(s.lines), 1))
	p.Column = min(max(t.Position.Column, 1), utf8.RuneCountInString(s.line(p.Line))+1)
	return p
}

// posAt returns the position of a byte offset in the file's text.
func (s *source) posAt(text string, offset int) Pos {
	line := strings.Count(text[:offset], "\n")
	begin := strings.LastIndexByte(text[:offset], '\n') + 1
	return Pos{s.name, line + 1, utf8.RuneCountInString(text[begin:offset]) + 1}
}

func invalidUTF8(lines []string) (line, column int, found bool) {
	for i, text := range lines {
		if utf8.ValidString(text) {
			continue
		}
		column := 1
		for rest := text; ; column++ {
			r, size := utf8.DecodeRuneInString(rest)
			if r == utf8.RuneError && size == 1 {
				return i + 1, column, true
			}
			rest = rest[size:]
		}
	}
	return 0, 0, false
}

// reason is an I/O error without the path, which the position already names.
func reason(err error) string {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err.Error()
	}
	return err.Error()
}
