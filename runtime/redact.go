package runtime

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// redacted takes the place of a secret.
const redacted = "[redacted]"

// Keys are compared in lower case and without - and _.
var (
	// secretKeys are keys whose strings are secrets: of calls of the API over the
	// socket, of their answers, and of the headers that a signin shows.
	secretKeys = map[string]bool{
		"i": true, "auth": true, "authorization": true, "proxyauthorization": true, "cfaccessjwtassertion": true,
		"backupcodes": true, "qr": true, "pass": true, "smtppass": true,
	}
	// secretEnds are what other such keys end with.
	secretEnds = []string{"token", "tokens", "secret", "password", "cookie", "secretkey", "privatekey", "accesskey", "authkey", "apikey"}
)

func isSecretKey(key string) bool {
	key = strings.ToLower(key)
	if strings.ContainsAny(key, "-_") {
		key = strings.NewReplacer("-", "", "_", "").Replace(key)
	}
	return secretKeys[key] || slices.ContainsFunc(secretEnds, func(end string) bool { return strings.HasSuffix(key, end) })
}

const (
	// maxNested is how deep texts of JSON inside strings of JSON are looked into.
	maxNested = 4
	// minFound is how long a string under a secret key is, at least, to be looked
	// for elsewhere: the shortest tokens of Misskey have this length, and texts are
	// not full of words of it.
	minFound = 16
	// maxSecrets bounds the secrets that are looked for, of a kind.
	maxSecrets = 64
)

// secrets are looked for in all of a recording: the client's tokens, and what
// was found under secret keys. The newest are kept.
type secrets struct {
	own, found []string
	all        []string // of both, the longest first; replaced, never changed
}

// know adds the client's token, in the forms it has in JSON and in URLs.
func (s *secrets) know(token string) {
	if token == "" || slices.Contains(s.own, token) {
		return
	}
	s.own = newest(append(s.own, token))
	s.order()
}

// find adds what was found under secret keys, and reports whether any of it is
// new.
func (s *secrets) find(values []string) bool {
	before := len(s.found)
	for _, v := range values {
		if !slices.Contains(s.all, v) && !slices.Contains(s.found[before:], v) {
			s.found = append(s.found, v)
		}
	}
	if len(s.found) == before {
		return false
	}
	s.found = newest(s.found)
	s.order()
	return true
}

// newest drops the oldest of too many.
func newest(secrets []string) []string {
	return slices.Delete(secrets, 0, max(0, len(secrets)-maxSecrets))
}

// order makes all: a secret that is a part of another must not leave the rest
// of it behind.
func (s *secrets) order() {
	all := slices.Concat(s.own, s.found)
	for _, token := range s.own {
		if escaped := url.QueryEscape(token); escaped != token {
			all = append(all, escaped)
		}
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	s.all = all
}

// redact returns a frame's text without secrets and without the strings under
// secret keys, of which it returns the long ones, and otherwise as it is. The
// text need not be JSON: cut says that it is the beginning of one, whose last
// string may have lost its end.
func redact(text string, secrets []string, cut bool) (clean string, found []string) {
	if cut {
		text = cutSecret(text, secrets)
	}
	r := redaction{secrets: secrets}
	clean = r.text(text, 0)
	return clean, r.found
}

// redaction is what is known and found while a frame is redacted.
type redaction struct{ secrets, found []string }

// text redacts a text that stands in depth strings.
func (r *redaction) text(text string, depth int) string {
	for _, secret := range r.secrets {
		text = strings.ReplaceAll(text, secret, redacted)
	}
	var b strings.Builder
	b.Grow(len(text))
	rest, secret := text, false // whether the value that comes next is under a secret key
	list := 0                   // brackets open in that value
	for rest != "" {
		i := strings.IndexAny(rest, `"[]{},`)
		if i < 0 {
			break
		}
		b.WriteString(rest[:i])
		switch rest = rest[i:]; rest[0] {
		case '"':
			literal := stringLiteral(rest)
			rest = rest[len(literal):]
			after := strings.TrimLeft(rest, " \t\r\n")
			switch {
			case strings.HasPrefix(after, ":"):
				key, _ := plainText(literal)
				secret, list = isSecretKey(key), 0
				b.WriteString(r.literal(literal, depth))
			case secret:
				r.find(literal)
				b.WriteString(`"` + redacted + `"`)
			default:
				b.WriteString(r.literal(literal, depth))
			}
			continue
		case '[':
			list++
		case ']':
			list--
		case '{', '}':
			secret = false
		}
		if list <= 0 && rest[0] != '[' {
			secret = false // its value is over
		}
		b.WriteByte(rest[0])
		rest = rest[1:]
	}
	b.WriteString(rest)
	return b.String()
}

// literal redacts what the escapes of a string literal hide: a secret, or JSON
// that has some of its own. What cannot be looked into does not stay.
func (r *redaction) literal(literal string, depth int) string {
	if !strings.Contains(literal, `\`) {
		return literal
	}
	plain, ok := plainText(literal)
	if !ok || depth >= maxNested {
		return `"` + redacted + `"`
	}
	clean := r.text(plain, depth+1)
	if clean == plain {
		return literal
	}
	encoded, err := json.Marshal(clean)
	if err != nil {
		return `"` + redacted + `"`
	}
	return string(encoded)
}

// find keeps a string under a secret key that may stand elsewhere, as the token
// of a new session does in the URL beside it.
func (r *redaction) find(literal string) {
	value, ok := plainText(literal)
	if ok && len(value) >= minFound && checkToken(value) == nil && !strings.Contains(value, redacted) {
		r.found = append(r.found, value)
	}
}

// stringLiteral returns the string literal that a text begins with, which may
// lack its end.
func stringLiteral(text string) string {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return text[:i+1]
		}
	}
	return text
}

// plainText is what a string literal stands for, as far as it goes; false for
// one that stands for nothing.
func plainText(literal string) (text string, ok bool) {
	if !strings.Contains(literal, `\`) {
		return strings.Trim(literal, `"`), true
	}
	if json.Unmarshal([]byte(literal), &text) == nil {
		return text, true
	}
	// It may have lost its end, and the last escape its own.
	for n := range min(len(literal), len(`\u12ef`)) {
		if json.Unmarshal([]byte(literal[:len(literal)-n]+`"`), &text) == nil {
			return text, true
		}
	}
	return "", false
}

// cutSecret removes the beginning of a secret that a text ends with.
func cutSecret(text string, secrets []string) string {
	longest := 0
	for _, secret := range secrets {
		for n := min(len(secret)-1, len(text)); n > longest; n-- {
			if strings.HasSuffix(text, secret[:n]) {
				longest = n
				break
			}
		}
	}
	return text[:len(text)-longest]
}
