package reference

import (
	"strconv"
	"strings"
	"unicode"
)

// heading is a title on the page, and where a link to it leads.
type heading struct {
	text   string
	anchor string
}

// anchors gives headings their anchors as GitHub does: in the order of the
// page, a second of the same name with a number.
type anchors map[string]int

func (a anchors) heading(text string) heading {
	base := slug(text)
	anchor := base
	for {
		if _, taken := a[anchor]; !taken {
			break
		}
		a[base]++
		anchor = base + "-" + strconv.Itoa(a[base])
	}
	a[anchor] = 0
	return heading{text, "#" + anchor}
}

// slug is a heading in lower case, with hyphens for spaces and without
// punctuation.
func slug(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			return unicode.ToLower(r)
		default:
			return -1
		}
	}, text)
}
