package spec

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// A line wider than this is shown as a window around the caret, in cells of
// the terminal.
const (
	excerptMax    = 160
	excerptBefore = 100 // of these, before the caret
)

// excerpt returns a source line fit for a terminal, and below it a caret
// under the rune at column (from 1). Tabs stay tabs in both, so that they line
// up whatever their width.
func excerpt(source string, column int) (line, caret string) {
	shown, at := glyphs(source, column-1)
	shown, at, cutLeft, cutRight := window(shown, at)
	var l, c strings.Builder
	if cutLeft {
		l.WriteString("…")
		c.WriteByte(' ')
	}
	for i, g := range shown {
		l.WriteString(g.text)
		switch {
		case i >= at:
		case g.text == "\t":
			c.WriteByte('\t')
		default:
			c.WriteString(strings.Repeat(" ", g.width))
		}
	}
	if cutRight {
		l.WriteString("…")
	}
	c.WriteByte('^')
	return l.String(), c.String()
}

// glyph is what a reader takes for one character, which may be several runes:
// a letter with its marks, an emoji with its modifiers.
type glyph struct {
	text  string
	width int // cells of the terminal; of a tab, about
}

const tabWidth = 4

// glyphs splits a line, and returns the index of the glyph that has the rune at
// this offset, or how many there are when the offset is behind the end.
func glyphs(source string, offset int) (all []glyph, at int) {
	at = -1
	valid := string([]rune(source)) // a byte that is no UTF-8 counts as a rune
	for rest, state, begin := valid, -1, 0; rest != ""; {
		var g glyph
		g.text, rest, g.width, state = uniseg.FirstGraphemeClusterInString(rest, state)
		begin += utf8.RuneCountInString(g.text)
		if at < 0 && begin > offset {
			at = len(all)
		}
		switch r, _ := utf8.DecodeRuneInString(g.text); {
		case r == '\t':
			g.width = tabWidth
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			g = glyph{string(utf8.RuneError), 1} // nothing steers the terminal or turns the line around
		}
		all = append(all, g)
	}
	if at < 0 {
		at = len(all)
	}
	return all, at
}

// window cuts a line that is too wide to what stands around a glyph.
func window(all []glyph, at int) (shown []glyph, shownAt int, cutLeft, cutRight bool) {
	width := 0
	for _, g := range all {
		width += g.width
	}
	if width <= excerptMax {
		return all, at, false, false
	}
	begin, end, width := at, at, 0
	for begin > 0 && width+all[begin-1].width <= excerptBefore {
		begin--
		width += all[begin].width
	}
	for end < len(all) && width+all[end].width <= excerptMax {
		width += all[end].width
		end++
	}
	for begin > 0 && width+all[begin-1].width <= excerptMax {
		begin--
		width += all[begin].width
	}
	return all[begin:end], at - begin, begin > 0, end < len(all)
}
