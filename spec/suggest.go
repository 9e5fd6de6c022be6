package spec

import (
	"iter"
	"unicode/utf8"
)

// A name longer than this is not a slip of the pen, and comparing it would
// take long.
const suggestMax = 48 // runes

// Nearest returns the candidate that word is most likely a slip for, or "", for
// messages that ask "did you mean". A third of the letters may be wrong; of
// candidates that are equally near it takes the first in the alphabet.
func Nearest(word string, candidates iter.Seq[string]) string {
	if utf8.RuneCountInString(word) > suggestMax {
		return ""
	}
	best, bestDistance := "", max(1, utf8.RuneCountInString(word)/3)+1
	for c := range candidates {
		if utf8.RuneCountInString(c) > suggestMax {
			continue
		}
		d := editDistance(word, c)
		if d < bestDistance || d == bestDistance && best != "" && c < best {
			best, bestDistance = c, d
		}
	}
	return best
}

// DidYouMean ends a message with the word that was probably meant, if any.
func DidYouMean(word string, candidates iter.Seq[string]) string {
	if near := Nearest(word, candidates); near != "" {
		return "; did you mean " + Quote(near) + "?"
	}
	return ""
}

// editDistance counts the insertions, deletions, substitutions and swaps of
// neighbours that turn a into b.
func editDistance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := [3][]int{} // this row, the one before, the one before that
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		rows[0], rows[1], rows[2] = rows[2], rows[0], rows[1]
		rows[0][0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			rows[0][j] = min(rows[1][j]+1, rows[0][j-1]+1, rows[1][j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				rows[0][j] = min(rows[0][j], rows[2][j-2]+1)
			}
		}
	}
	return rows[0][len(t)]
}
