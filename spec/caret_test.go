package spec

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
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
		{"family of joined emoji", "👩\u200d👩\u200d👧 x", 7, "👩\u200d👩\u200d👧 x", "   ^"},
		{"within joined emoji", "a👩\u200d👩\u200d👧", 4, "a👩\u200d👩\u200d👧", " ^"},
		{"emoji with a skin tone", "👍🏽 x", 4, "👍🏽 x", "   ^"},
		{"flag", "🇯🇵 x", 4, "🇯🇵 x", "   ^"},
		{"text made an emoji", "❤\ufe0f x", 4, "❤\ufe0f x", "   ^"},
		{"dakuten as a mark", "か\u3099x", 3, "か\u3099x", "  ^"},
		{"thai vowels", "ที่x", 4, "ที่x", " ^"},
		{"hangul in jamo", "\u1112\u1161\u11abx", 4, "\u1112\u1161\u11abx", "  ^"},
		{"wide runes behind a tab", "\t日\tx", 4, "\t日\tx", "\t  \t^"},
		{"bytes that are no UTF-8", "caf\xe9\xe9: x", 8, "caf\ufffd\ufffd: x", "       ^"},
		{"turned around", "a\u202eb: x", 5, "a\ufffdb: x", "    ^"},
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

// TestCaretInLongLine looks at what stands above the caret in a window of the
// line, and at how wide the window is.
func TestCaretInLongLine(t *testing.T) {
	for _, filler := range []string{"x", "あ", "e\u0301", "👩‍👩‍👧"} {
		size := utf8.RuneCountInString(filler)
		for _, at := range []int{0, 1, 89, 150, 500, 998, 999} {
			source := strings.Repeat(filler, at) + "X" + strings.Repeat(filler, 999-at)
			line, caret := excerpt(source, at*size+1)
			if n := uniseg.StringWidth(line); n > excerptMax+2 || n < excerptMax-2 {
				t.Errorf("%q: the window at %d is %d wide", filler, at, n)
			}
			before, _, found := strings.Cut(line, "X")
			if !found {
				t.Errorf("%q: X is not in the window at %d: %s", filler, at, line)
			}
			if want := strings.Repeat(" ", uniseg.StringWidth(before)) + "^"; caret != want {
				t.Errorf("%q: X stands in cell %d, the caret in %d", filler, len(want)-1, len(caret)-1)
			}
			shown := strings.Trim(line, "…")
			if strings.HasPrefix(line, "…") == strings.HasPrefix(source, shown) || strings.HasSuffix(line, "…") == strings.HasSuffix(source, shown) {
				t.Errorf("%q: the window at %d does not show where it was cut: %s", filler, at, line)
			}
		}
	}
}

func TestLineThatFitsIsWhole(t *testing.T) {
	for _, c := range []struct {
		source string
		whole  bool
	}{
		{strings.Repeat("x", excerptMax), true},
		{strings.Repeat("x", excerptMax+1), false},
		{strings.Repeat("あ", excerptMax/2), true},
		{strings.Repeat("あ", excerptMax/2+1), false},
	} {
		if line, _ := excerpt(c.source, 1); (line == c.source) != c.whole {
			t.Errorf("of %d cells is shown %q", uniseg.StringWidth(c.source), line)
		}
	}
}
