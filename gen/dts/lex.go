package dts

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/misskeyactor/misskeyactor/spec"
)

// Bounds on one file, far above what the package has: its largest is 0.9 MB.
const (
	maxFileBytes = 1 << 23
	maxDepth     = 100
)

// tokenKind is what a token is.
type tokenKind int

const (
	endToken    tokenKind = iota
	nameToken             // text is the name; keywords are names as well
	stringToken           // text is its value
	numberToken           // text is as written
	markToken             // text is the punctuation
	badToken              // text says what is wrong
)

type token struct {
	kind         tokenKind
	text         string
	line, column int
}

// String says what the token is called in a message.
func (t token) String() string {
	switch t.kind {
	case endToken:
		return "the end of the file"
	case stringToken:
		return "the string " + spec.Quote(t.text)
	case badToken:
		return t.text
	default:
		return spec.Quote(t.text)
	}
}

// marks are the punctuation that declarations use, the longer before those
// they begin with.
var marks = []string{
	"=>", "...", "{", "}", "(", ")", "[", "]", "<", ">", ":", ";", ",", "|", "&", "?", "=", "-", "*", ".",
}

// scanner cuts a text into tokens.
type scanner struct {
	text         string
	next         int // offset of what comes next
	line, column int // of what comes next
}

// scan returns all tokens of a text, the last of which is the end.
func scan(text string) []token {
	s := scanner{text: text, line: 1, column: 1}
	var tokens []token
	for {
		t := s.token()
		tokens = append(tokens, t)
		if t.kind == endToken {
			return tokens
		}
	}
}

func (s *scanner) rest() string { return s.text[s.next:] }

// skip passes over n bytes.
func (s *scanner) skip(n int) {
	for _, r := range s.text[s.next : s.next+n] {
		s.column++
		if r == '\n' {
			s.line++
			s.column = 1
		}
	}
	s.next += n
}

func (s *scanner) token() token {
	if bad, ok := s.space(); !ok {
		return bad
	}
	t := token{line: s.line, column: s.column}
	rest := s.rest()
	if rest == "" {
		return t
	}
	switch c := rest[0]; {
	case isNameStart(c):
		t.kind, t.text = nameToken, rest[:span(rest, isNamePart)]
	case isDigit(c):
		t.kind, t.text = numberToken, rest[:span(rest, isNamePart)]
		if _, err := strconv.Atoi(t.text); err != nil {
			return s.bad(t, len(t.text), "the number %s", t.text)
		}
	case c == '\'' || c == '"':
		return s.str(t, c)
	default:
		for _, mark := range marks {
			if strings.HasPrefix(rest, mark) {
				t.kind, t.text = markToken, mark
				s.skip(len(mark))
				return t
			}
		}
		r, size := utf8.DecodeRuneInString(rest)
		return s.bad(t, size, "the character %q", r)
	}
	s.skip(len(t.text))
	return t
}

// bad passes over n bytes that are no token.
func (s *scanner) bad(t token, n int, format string, args ...any) token {
	t.kind, t.text = badToken, fmt.Sprintf(format, args...)
	s.skip(n)
	return t
}

// space passes over white space and comments. ok is false when one of these
// does not end.
func (s *scanner) space() (bad token, ok bool) {
	for {
		rest := s.rest()
		switch {
		case rest == "":
			return token{}, true
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			s.skip(1)
		case strings.HasPrefix(rest, "//"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			s.skip(end)
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				t := token{line: s.line, column: s.column}
				return s.bad(t, len(rest), "a comment without end"), false
			}
			s.skip(end + 4)
		default:
			return token{}, true
		}
	}
}

// str reads a string. Its escapes are those of the marks themselves, which are
// all that declarations have been seen to use.
func (s *scanner) str(t token, mark byte) token {
	rest := s.rest()
	var value strings.Builder
	for i := 1; i < len(rest) && rest[i] != '\n'; i++ {
		switch c := rest[i]; {
		case c == mark:
			t.kind, t.text = stringToken, value.String()
			s.skip(i + 1)
			return t
		case c == '\\' && i+1 < len(rest) && strings.IndexByte(`\'"`, rest[i+1]) >= 0:
			i++
			value.WriteByte(rest[i])
		case c == '\\':
			s.skip(i)
			t.line, t.column = s.line, s.column
			return s.bad(t, 1, "an escape in a string")
		default:
			value.WriteByte(c)
		}
	}
	end := strings.IndexByte(rest, '\n')
	if end < 0 {
		end = len(rest)
	}
	return s.bad(t, end, "a string without end")
}

func isNameStart(c byte) bool {
	return c == '_' || c == '$' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNamePart(c byte) bool { return isNameStart(c) || isDigit(c) }

// span returns how many bytes at the beginning of s belong.
func span(s string, belongs func(byte) bool) int {
	for i := range len(s) {
		if !belongs(s[i]) {
			return i
		}
	}
	return len(s)
}
