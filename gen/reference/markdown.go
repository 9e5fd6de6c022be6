package reference

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// blockStarts are the beginnings of a line that make a heading, a list, a
// quote or a rule of it.
var blockStarts = regexp.MustCompile(`^(?:[#+=>-]|\d+[.)])`)

// escape makes plain text into Markdown that renders as that text, on one
// line. A pipe is left as it is: only table rows mind it, and see to it.
func escape(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	var b strings.Builder
	start := ""
	if m := blockStarts.FindString(text); m != "" {
		// In "1." it is the full stop that counts.
		start = m[:len(m)-1] + `\` + m[len(m)-1:]
		text = text[len(m):]
	}
	b.WriteString(start)
	before := ' '
	for i, r := range text {
		after, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
		if special(r, before, after) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// special reports whether Markdown, or GitHub's of it, may read something into
// a rune between two others.
func special(r, before, after rune) bool {
	switch r {
	case '\\', '`', '*', '[', ']', '<', '~', '$':
		return true
	case '_': // within a word it is one of its letters
		return !isWord(before) || !isWord(after)
	case '&': // begins a character reference
		return after == '#' || isWord(after)
	default:
		return false
	}
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// code sets a name as code. What code cannot hold, everywhere and in tables,
// becomes text.
func code(name string) string {
	if strings.ContainsAny(name, "`|\\") || strings.TrimSpace(name) == "" {
		return escape(name)
	}
	return "`" + name + "`"
}

// link makes a link of text that is Markdown already.
func link(text, target string) string {
	if target == "" {
		return text
	}
	if strings.ContainsAny(target, " ()<>") {
		target = "<" + strings.NewReplacer(" ", "%20", "<", "%3C", ">", "%3E").Replace(target) + ">"
	}
	return "[" + text + "](" + target + ")"
}

// paragraphs splits a text of the spec at its blank lines, and escapes it.
func paragraphs(text string) []string {
	var out []string
	for _, p := range strings.Split(text, "\n\n") {
		if p = escape(p); p != "" {
			out = append(out, sentence(p))
		}
	}
	return out
}

// sentence ends a text with a full stop, if it has no end of its own.
func sentence(text string) string {
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?:") {
		return text
	}
	return text + "."
}

// oneLine is a text of the spec for a table's cell.
func oneLine(text string) string { return strings.Join(paragraphs(text), " ") }

// sentences joins those that are not empty.
func sentences(all ...string) string {
	var kept []string
	for _, s := range all {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, " ")
}

// table is a table of Markdown cells.
type table struct {
	head []string
	rows [][]string
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// String renders the table without the columns that are empty in every row. It
// is "" without rows.
func (t *table) String() string {
	if len(t.rows) == 0 {
		return ""
	}
	used := make([]bool, len(t.head))
	for _, row := range t.rows {
		for i, cell := range row {
			used[i] = used[i] || cell != ""
		}
	}
	var b strings.Builder
	line := func(cells []string) {
		for i, cell := range cells {
			if used[i] {
				b.WriteString("| " + strings.ReplaceAll(cell, "|", `\|`) + " ")
			}
		}
		b.WriteString("|\n")
	}
	line(t.head)
	for _, u := range used {
		if u {
			b.WriteString("|---")
		}
	}
	b.WriteString("|\n")
	for _, row := range t.rows {
		line(row)
	}
	return b.String()
}
