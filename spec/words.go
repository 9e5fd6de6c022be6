package spec

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Quote puts a word of a file into a message: in quotes, on one line and of
// bearable length.
func Quote(word string) string { return fmt.Sprintf("%q", shortened(word)) }

// shortened cuts a word of a file that is too long for a message.
func shortened(word string) string {
	const most = 60
	if utf8.RuneCountInString(word) > most {
		word = string([]rune(word)[:most]) + "…"
	}
	return word
}

// Enumerate joins words as a sentence does, the last two by another word, such
// as "and": "a, b and c".
func Enumerate(words []string, by string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + by + " " + words[last]
}

// list joins words for a hint: "a, b or c".
func list(words []string) string { return Enumerate(words, "or") }

// IsDialectName reports whether a spec can have a name.
func IsDialectName(name string) bool { return dialectName.MatchString(name) }

// IsVersion reports whether a word is the version of a server, as in 2026.3.2
// or 2025.3.2-beta.9.
func IsVersion(word string) bool { return version.MatchString(word) }
