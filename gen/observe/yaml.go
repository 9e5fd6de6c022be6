package observe

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen/internal/seed"
)

// node is a value of YAML that is being written: a mapping with its keys in
// order, a list of words, or a value in one line.
type node struct {
	line string // as it is written
	list []string
	keys []string
	kids map[string]*node

	comment string // stands before the key
}

// at returns the mapping under a key, which it makes if need be.
func (n *node) at(keys ...string) *node {
	for _, key := range keys {
		if n.kids[key] == nil {
			if n.kids == nil {
				n.kids = map[string]*node{}
			}
			n.kids[key] = &node{}
			n.keys = append(n.keys, key)
		}
		n = n.kids[key]
	}
	return n
}

// set gives a key a value in one line.
func (n *node) set(key, line string) *node {
	kid := n.at(key)
	kid.line = line
	return kid
}

// put gives a key a value.
func (n *node) put(key string, value *node) {
	n.at(key)
	n.kids[key] = value
}

func (n *node) empty() bool { return n.line == "" && len(n.list) == 0 && len(n.keys) == 0 }

// page is an overlay that is being written.
type page struct {
	strings.Builder
	lines  int
	places map[int]string  // what stands in which line: the keys that lead there
	named  map[string]bool // places that get a goName
}

// printf writes a line.
func (p *page) printf(place, format string, args ...any) {
	fmt.Fprintf(p, format+"\n", args...)
	p.lines++
	p.places[p.lines] = place
}

// write writes the keys of a mapping at a place.
func (n *node) write(out *page, indent, place string) {
	for _, key := range n.keys {
		kid, here := n.kids[key], key
		if place != "" {
			here = place + placeSeparator + key
		}
		if kid.comment != "" {
			out.printf("", "%s# %s", indent, kid.comment)
		}
		word := indent + seed.Word(key) + ":"
		switch {
		case kid.line != "" && out.named[here]:
			out.printf(here, "%s {type: %s, goName: %s}", word, flow(kid.line), goName(here))
		case kid.line != "":
			out.printf(here, "%s %s", word, kid.line)
		case len(kid.list) > 0:
			out.printf(here, "%s", word)
			for _, item := range kid.list {
				at, text := here+placeSeparator+item, seed.Word(item)
				if out.named[at] {
					text = fmt.Sprintf("{value: %s, goName: %s}", text, goName(at))
				}
				out.printf(at, "%s  - %s", indent, text)
			}
		case len(kid.keys) == 0:
			out.printf(here, "%s {}", word)
		default:
			out.printf(here, "%s", word)
			kid.write(out, indent+"  ", here)
			if out.named[here] {
				out.printf("", "%s  goName: %s", indent, goName(here))
			}
		}
	}
}

// flow writes a type between braces. Anywhere else a type needs no quotes.
func flow(text string) string {
	if strings.Contains(text, "[]") {
		return strconv.Quote(text)
	}
	return text
}

// plainPath is a path that needs no quotes.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9_./-]+$`)

func path(text string) string {
	if plainPath.MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}
