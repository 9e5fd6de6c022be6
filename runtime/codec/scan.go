package codec

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON (RFC 8259) out of a string, strictly, without copying
// what stands in it unescaped. Strings have to be UTF-8; elsewhere JSON has
// nothing but ASCII.
type scanner struct {
	src   string
	pos   int
	depth int
	buf   []byte // strings with escapes are put together here
}

// maxBuf is how large a buffer for them is kept.
const maxBuf = 16 << 10

// maxDepth is how deep objects and arrays nest, as with encoding/json.
const maxDepth = 10_000

var (
	errEnd   = errors.New("unexpected end of the text")
	errUTF8  = errors.New("a string that is not UTF-8")
	errDepth = fmt.Errorf("nested more than %d deep", maxDepth)
)

// unexpected is the error for what stands at the scanner's place.
func (s *scanner) unexpected(want string) error {
	if s.pos >= len(s.src) {
		return errEnd
	}
	r, _ := utf8.DecodeRuneInString(s.src[s.pos:])
	return fmt.Errorf("%q at byte %d, where %s belongs", r, s.pos, want)
}

// next returns the first byte of the next token without reading it; 0 at the
// end. Servers write no white space.
func (s *scanner) next() byte {
	if s.pos < len(s.src) && s.src[s.pos] > ' ' {
		return s.src[s.pos]
	}
	return s.nextBehindSpace()
}

func (s *scanner) nextBehindSpace() byte {
	for ; s.pos < len(s.src); s.pos++ {
		switch c := s.src[s.pos]; c {
		case ' ', '\n', '\r', '\t':
		default:
			return c
		}
	}
	return 0
}

// literal reads null, true or false.
func (s *scanner) literal(word string) error {
	if s.passes(word) {
		return nil
	}
	return s.unexpected(word)
}

// passes reads the word, if it stands there.
func (s *scanner) passes(word string) bool {
	if !strings.HasPrefix(s.src[s.pos:], word) {
		return false
	}
	s.pos += len(word)
	return true
}

// enter goes into an object or an array that begins with open, and reports
// whether there is anything in it.
func (s *scanner) enter(open, end byte, what string) (more bool, err error) {
	if s.next() != open {
		return false, s.unexpected(what)
	}
	s.pos++
	if s.depth++; s.depth > maxDepth {
		return false, errDepth
	}
	if s.next() == end {
		s.pos++
		s.depth--
		return false, nil
	}
	return true, nil
}

// another goes on to the next member, or out.
func (s *scanner) another(end byte) (more bool, err error) {
	switch s.next() {
	case ',':
		s.pos++
		return true, nil
	case end:
		s.pos++
		s.depth--
		return false, nil
	default:
		return false, s.unexpected(`"," or "` + string(rune(end)) + `"`)
	}
}

// key reads a key with its colon.
func (s *scanner) key() (string, error) {
	if s.next() == '"' {
		begin := s.pos + 1
		if end, wide := plain(s.src, begin); !wide && end+1 < len(s.src) && s.src[end] == '"' && s.src[end+1] == ':' {
			s.pos = end + 2
			return s.src[begin:end], nil
		}
	}
	// Not as servers write it: with an escape, white space, not ASCII.
	key, err := s.text("a key")
	if err != nil {
		return "", err
	}
	if s.next() != ':' {
		return "", s.unexpected(`":"`)
	}
	s.pos++
	return key, nil
}

// text reads a string. Without an escape it is a part of src.
func (s *scanner) text(want string) (string, error) {
	if s.next() != '"' {
		return "", s.unexpected(want)
	}
	begin := s.pos + 1
	end, wide := plain(s.src, begin)
	if end >= len(s.src) || s.src[end] != '"' {
		s.pos = end
		return s.escaped(begin, wide)
	}
	if wide && !utf8.ValidString(s.src[begin:end]) {
		return "", errUTF8
	}
	s.pos = end + 1
	return s.src[begin:end], nil
}

// plain finds the end of what means itself in a string, from i on. wide is set
// when some of it is not ASCII.
func plain(src string, i int) (end int, wide bool) {
	const (
		low  = 0x0101010101010101
		high = 0x8080808080808080
	)
	seen := uint64(0)
	for ; i+8 <= len(src); i += 8 {
		b := src[i : i+8]
		w := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		// A byte's high bit is left where the byte is below a space, a quote or
		// a backslash; by a borrow also behind such a byte, so the first counts.
		if found := ((w - ' '*low) | ((w ^ '"'*low) - low) | ((w ^ '\\'*low) - low)) &^ w & high; found != 0 {
			seen |= w & (found&-found - 1)
			return i + bits.TrailingZeros64(found)/8, seen&high != 0
		}
		seen |= w
	}
	for ; i < len(src); i++ {
		c := src[i]
		if c == '"' || c == '\\' || c < ' ' {
			break
		}
		seen |= uint64(c)
	}
	return i, seen&high != 0
}

// escaped reads the rest of a string that has escapes.
func (s *scanner) escaped(begin int, wide bool) (string, error) {
	out := s.buf[:0]
	defer func() {
		if cap(out) <= maxBuf {
			s.buf = out
		}
	}()
	for {
		out = append(out, s.src[begin:s.pos]...)
		if s.pos >= len(s.src) {
			return "", errEnd
		}
		switch s.src[s.pos] {
		case '"':
			s.pos++
			if wide && !utf8.Valid(out) {
				return "", errUTF8
			}
			return string(out), nil
		case '\\':
			s.pos++
			var err error
			if out, err = s.escape(out); err != nil {
				return "", err
			}
		default:
			return "", s.unexpected("no control character")
		}
		begin = s.pos
		var more bool
		s.pos, more = plain(s.src, begin)
		wide = wide || more
	}
}

// escapes are the characters that may follow a backslash, but for u.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads what follows a backslash.
func (s *scanner) escape(out []byte) ([]byte, error) {
	if s.pos >= len(s.src) {
		return out, errEnd
	}
	if c := escapes[s.src[s.pos]]; c != 0 {
		s.pos++
		return append(out, c), nil
	}
	if s.src[s.pos] != 'u' {
		return out, s.unexpected("an escape")
	}
	s.pos++
	r, err := s.hex()
	if err != nil {
		return out, err
	}
	if utf16.IsSurrogate(r) {
		// Half of a pair that has no other half is U+FFFD.
		whole := rune(utf8.RuneError)
		if strings.HasPrefix(s.src[s.pos:], `\u`) {
			at := s.pos
			s.pos += len(`\u`)
			low, err := s.hex()
			if err != nil {
				return out, err
			}
			if whole = utf16.DecodeRune(r, low); whole == utf8.RuneError {
				s.pos = at
			}
		}
		r = whole
	}
	return utf8.AppendRune(out, r), nil
}

// hex reads four hexadecimal digits.
func (s *scanner) hex() (rune, error) {
	r := rune(0)
	for range 4 {
		if s.pos >= len(s.src) {
			return 0, errEnd
		}
		c := s.src[s.pos]
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, s.unexpected("a hexadecimal digit")
		}
		r = r<<4 | rune(c)
		s.pos++
	}
	return r, nil
}

// number reads a number and returns its text, and whether it is written as a
// whole one.
func (s *scanner) number() (text string, whole bool, err error) {
	if c := s.next(); c != '-' && (c < '0' || c > '9') {
		return "", false, s.unexpected("a number")
	}
	begin := s.pos
	if s.src[s.pos] == '-' {
		s.pos++
	}
	if s.pos < len(s.src) && s.src[s.pos] == '0' {
		s.pos++
	} else if err := s.digits(); err != nil {
		return "", false, err
	}
	whole = true
	if s.pos < len(s.src) && s.src[s.pos] == '.' {
		s.pos++
		whole = false
		if err := s.digits(); err != nil {
			return "", false, err
		}
	}
	if s.pos < len(s.src) && s.src[s.pos]|0x20 == 'e' {
		s.pos++
		whole = false
		if s.pos < len(s.src) && (s.src[s.pos] == '+' || s.src[s.pos] == '-') {
			s.pos++
		}
		if err := s.digits(); err != nil {
			return "", false, err
		}
	}
	return s.src[begin:s.pos], whole, nil
}

// digit reads a number of one digit, as most counts are, where one stands before a
// comma.
func (s *scanner) digit() (n int64, ok bool) {
	if s.pos+1 < len(s.src) && s.src[s.pos+1] == ',' {
		if d := s.src[s.pos] - '0'; d <= 9 {
			s.pos++
			return int64(d), true
		}
	}
	return 0, false
}

// digits reads at least one digit.
func (s *scanner) digits() error {
	begin := s.pos
	for s.pos < len(s.src) && '0' <= s.src[s.pos] && s.src[s.pos] <= '9' {
		s.pos++
	}
	if s.pos == begin {
		return s.unexpected("a digit")
	}
	return nil
}

// skip reads a value and drops it.
func (s *scanner) skip() error {
	switch s.next() {
	case '{':
		more, err := s.enter('{', '}', "an object")
		for more && err == nil {
			if _, err = s.key(); err == nil {
				err = s.skip()
			}
			if err == nil {
				more, err = s.another('}')
			}
		}
		return err
	case '[':
		more, err := s.enter('[', ']', "an array")
		for more && err == nil {
			if err = s.skip(); err == nil {
				more, err = s.another(']')
			}
		}
		return err
	case '"':
		_, err := s.text("a string")
		return err
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	default:
		_, _, err := s.number()
		return err
	}
}

// wholeNumber is the value of a text that number called whole.
func wholeNumber(text string) (int64, error) {
	if len(text) > 18 { // may not fit
		return strconv.ParseInt(text, 10, 64)
	}
	digits := strings.TrimPrefix(text, "-")
	n := int64(0)
	for i := range len(digits) {
		n = n*10 + int64(digits[i]-'0')
	}
	if len(digits) < len(text) {
		n = -n
	}
	return n, nil
}
