package runtime

import (
	"encoding/json"
	"slices"
	"strings"
)

// redacted takes the place of a secret.
const redacted = "[redacted]"

// secretKeys are the keys, in lower case, whose strings are secrets: of API
// calls over the socket, of their answers, and of the headers that a signin
// shows.
var secretKeys = map[string]bool{
	"i": true, "token": true, "accesstoken": true, "access_token": true, "refreshtoken": true, "refresh_token": true,
	"password": true, "currentpassword": true, "newpassword": true,
	"secret": true, "appsecret": true, "clientsecret": true, "client_secret": true, "backupcodes": true,
	"authorization": true, "proxy-authorization": true, "cookie": true, "set-cookie": true,
}

// maxNested is how deep texts of JSON inside strings of JSON are looked into.
const maxNested = 4

// redact returns a frame's text without the client's tokens and without the
// strings under secret keys, and otherwise as it is. The text need not be JSON:
// cut says that it is the beginning of one, whose last string may have lost its
// end.
func redact(text string, tokens []string, cut bool) string {
	if cut {
		text = cutToken(text, tokens)
	}
	return redactText(text, tokens, 0)
}

func redactText(text string, tokens []string, depth int) string {
	var b strings.Builder
	for _, token := range tokens {
		text = strings.ReplaceAll(text, token, redacted)
	}
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
				secret, list = secretKeys[strings.ToLower(plainText(literal))], 0
				b.WriteString(redactLiteral(literal, tokens, depth))
			case secret:
				b.WriteString(`"` + redacted + `"`)
			default:
				b.WriteString(redactLiteral(literal, tokens, depth))
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

// redactLiteral returns a string literal without what its escapes hide: a token,
// or JSON that has secrets of its own.
func redactLiteral(literal string, tokens []string, depth int) string {
	if depth >= maxNested || !strings.Contains(literal, `\`) {
		return literal
	}
	plain := plainText(literal)
	clean := redactText(plain, tokens, depth+1)
	if clean == plain {
		return literal
	}
	encoded, err := json.Marshal(clean)
	if err != nil {
		return `"` + redacted + `"`
	}
	return string(encoded)
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

// plainText is what a string literal stands for; what it looks like, where it is
// none.
func plainText(literal string) string {
	var s string
	if strings.Contains(literal, `\`) && json.Unmarshal([]byte(literal), &s) == nil {
		return s
	}
	return strings.Trim(literal, `"`)
}

// cutToken removes the beginning of a token that a text ends with.
func cutToken(text string, tokens []string) string {
	longest := 0
	for _, token := range tokens {
		for n := min(len(token)-1, len(text)); n > longest; n-- {
			if strings.HasSuffix(text, token[:n]) {
				longest = n
				break
			}
		}
	}
	return text[:len(text)-longest]
}

// longestFirst orders tokens so that one that is a part of another does not leave
// the rest of it behind.
func longestFirst(tokens []string) []string {
	slices.SortFunc(tokens, func(a, b string) int { return len(b) - len(a) })
	return tokens
}
