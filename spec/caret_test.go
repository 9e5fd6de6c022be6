package spec

import (
	"strings"
	"testing"
)

func TestCaretStandsUnderItsRune(t *testing.T) {
	for _, c := range []struct {
		name, source string
		column       int
		line, caret  string
	}{
		{"ascii", "key: value", 6, "key: value", "     ^"},
		{"first column", "key: value", 1, "key: value", "^"},
		{"behind the end", "key:", 5, "key:", "    ^"},
		{"far behind the end", "key:", 50, "key:", "    ^"},
		{"column zero", "key:", 0, "key:", "^"},
		{"han and kana", "日本語: かな", 6, "日本語: かな", "        ^"},
		{"on a wide rune", "日本語", 2, "日本語", "  ^"},
		{"hangul", "한국 x", 4, "한국 x", "     ^"},
		{"full width and half width", "Ａｱx", 3, "Ａｱx", "   ^"},
		{"ideographic space", "　x", 2, "　x", "  ^"},
		{"extension B", "𠮷x", 2, "𠮷x", "  ^"},
		{"emoji", "🎉 x", 3, "🎉 x", "   ^"},
		{"combining mark", "e\u0301x", 3, "e\u0301x", " ^"},
		{"zero width joiner", "a\u200dx", 3, "a\u200dx", " ^"},
		{"accented latin stays narrow", "é x", 3, "é x", "  ^"},
		{"tab stays a tab", "\ta:\tb", 5, "\ta:\tb", "\t  \t^"},
		{"escape sequence is defused", "\x1b[31mx", 6, "\ufffd[31mx", "     ^"},
	} {
		t.Run(c.name, func(t *testing.T) {
			line, caret := excerpt(c.source, c.column)
			if line != c.line || caret != c.caret {
				t.Errorf("got\n%q\n%q\nwant\n%q\n%q", line, caret, c.line, c.caret)
			}
		})
	}
}

// TestCaretInLongLine looks at the rune above the caret in a window of the line.
func TestCaretInLongLine(t *testing.T) {
	for _, at := range []int{1, 90, 150, 500, 999, 1000} {
		runes := []rune(strings.Repeat("あ", 1000))
		runes[at-1] = 'X'
		line, caret := excerpt(string(runes), at)
		if n := len([]rune(line)); n > excerptMax+2 {
			t.Errorf("column %d: the window has %d runes", at, n)
		}
		column := 0
		for _, r := range line {
			if r == 'X' {
				break
			}
			column += displayWidth(r)
		}
		if want := strings.Repeat(" ", column) + "^"; caret != want {
			t.Errorf("column %d: X stands in cell %d, the caret in %d", at, column, len(caret)-1)
		}
	}
}

func TestWideTableIsSorted(t *testing.T) {
	last := -1
	for _, r := range wide.R16 {
		if int(r.Lo) <= last || r.Hi < r.Lo || (r.Hi-r.Lo)%r.Stride != 0 {
			t.Errorf("%#x to %#x by %d", r.Lo, r.Hi, r.Stride)
		}
		last = int(r.Hi)
	}
	for _, r := range wide.R32 {
		if int(r.Lo) <= last || r.Hi < r.Lo || (r.Hi-r.Lo)%r.Stride != 0 {
			t.Errorf("%#x to %#x by %d", r.Lo, r.Hi, r.Stride)
		}
		last = int(r.Hi)
	}
}
