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

// write writes the keys of a mapping.
func (n *node) write(out *strings.Builder, indent string) {
	for _, key := range n.keys {
		kid := n.kids[key]
		if kid.comment != "" {
			fmt.Fprintf(out, "%s# %s\n", indent, kid.comment)
		}
		fmt.Fprintf(out, "%s%s:", indent, seed.Word(key))
		switch {
		case kid.line != "":
			fmt.Fprintf(out, " %s\n", kid.line)
		case len(kid.list) > 0:
			out.WriteString("\n")
			for _, item := range kid.list {
				fmt.Fprintf(out, "%s  - %s\n", indent, seed.Word(item))
			}
		case len(kid.keys) == 0:
			out.WriteString(" {}\n")
		default:
			out.WriteString("\n")
			kid.write(out, indent+"  ")
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
