package gen

import (
	"go/token"
	"strings"
	"unicode"
	"unicode/utf8"
)

// initialisms are the words that Go writes in capitals, by their lower case.
var initialisms = map[string]string{
	"api":  "API",
	"cpu":  "CPU",
	"cw":   "CW",
	"fs":   "FS",
	"html": "HTML",
	"id":   "ID",
	"ids":  "IDs",
	"ip":   "IP",
	"md5":  "MD5",
	"uri":  "URI",
	"url":  "URL",
	"urls": "URLs",
}

// exported derives an exported Go name from a name of the spec: "avatarUrl"
// becomes AvatarURL, "read:account" ReadAccount. The result need not be an
// identifier: "+1" has no letter and becomes "1".
func exported(name string) string {
	var b strings.Builder
	for _, w := range words(name) {
		if up, ok := initialisms[strings.ToLower(w)]; ok {
			b.WriteString(up)
			continue
		}
		r, size := utf8.DecodeRuneInString(w)
		b.WriteRune(unicode.ToUpper(r))
		b.WriteString(w[size:])
	}
	return b.String()
}

// unexported turns an exported Go name into one that is not: HomeTimeline
// becomes homeTimeline, URLPreview urlPreview.
func unexported(name string) string {
	ws := words(name)
	if len(ws) == 0 {
		return ""
	}
	first := ws[0]
	if r, size := utf8.DecodeRuneInString(first); isInitialism(first) {
		first = strings.ToLower(first)
	} else {
		first = string(unicode.ToLower(r)) + first[size:]
	}
	return first + strings.Join(ws[1:], "")
}

// snake turns a Go name into one for a file: HomeTimeline becomes
// home_timeline.
func snake(name string) string {
	ws := words(name)
	for i, w := range ws {
		ws[i] = strings.ToLower(w)
	}
	return strings.Join(ws, "_")
}

func isInitialism(word string) bool {
	_, ok := initialisms[strings.ToLower(word)]
	return ok && strings.ToLower(word) != word
}

// words splits a name where its case changes and at everything that is
// neither letter nor digit. A run of capitals is one word, up to the one that
// begins the next: "HTMLParser" has two.
func words(name string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, string(word))
			word = nil
		}
	}
	runes := []rune(name)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if n := pluralInitialism(runes[i:]); n > 0 {
			flush()
			out = append(out, string(runes[i:i+n]))
			i += n - 1
			continue
		}
		if unicode.IsUpper(r) && len(word) > 0 {
			last := word[len(word)-1]
			beginsWord := i+1 < len(runes) && unicode.IsLower(runes[i+1]) && pluralInitialism(runes[i+1:]) == 0
			if !unicode.IsUpper(last) || beginsWord {
				flush()
			}
		}
		word = append(word, r)
	}
	flush()
	return out
}

// pluralInitialism returns the length of the initialism with a small letter
// in it, such as IDs, that text begins with, or zero.
func pluralInitialism(text []rune) int {
	for _, word := range []string{"URLs", "IDs"} {
		n := len(word)
		if len(text) < n || string(text[:n]) != word {
			continue
		}
		if len(text) == n || !unicode.IsLower(text[n]) {
			return n
		}
	}
	return 0
}

// isExportedName reports whether name can stand for something exported.
func isExportedName(name string) bool {
	return token.IsIdentifier(name) && token.IsExported(name)
}

// taken are the predeclared names that a parameter should not hide, and
// those that generated functions use themselves.
var taken = map[string]bool{
	"any": true, "bool": true, "byte": true, "cap": true, "clear": true, "close": true, "copy": true, "delete": true,
	"error": true, "false": true, "float64": true, "int": true, "int64": true, "len": true, "make": true, "map": true,
	"max": true, "min": true, "new": true, "nil": true, "panic": true, "print": true, "real": true, "string": true, "true": true,

	"c": true, "codec": true, "context": true, "ctx": true, "e": true, "err": true, "handler": true, "iter": true,
	"json": true, "jx": true, "opt": true, "opts": true, "runtime": true, "s": true, "sub": true, "time": true,
}

// isParameterName reports whether name can stand for a parameter of a
// generated function.
func isParameterName(name string) bool {
	return token.IsIdentifier(name) && !taken[name]
}
