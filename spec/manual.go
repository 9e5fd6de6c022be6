package spec

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed introduction.md
var introduction string

// ManualTitle is the first line of what Manual returns, whatever the version.
const ManualTitle = "# The format of a spec"

// Manual returns the page in Markdown that explains the format of specs to a
// person: an introduction with examples, and every key there is. Each call
// returns the same bytes, the caller's to keep.
func Manual() []byte {
	var b bytes.Buffer
	b.WriteString(introduction)
	b.WriteString("## Every key\n\nMany mappings have these, and say so by their names alone:\n")
	table(&b, manyHave)
	for _, sh := range manualOrder() {
		sh.manual(&b)
	}
	return b.Bytes()
}

// manyHave are the keys that the manual explains once.
var manyHave = []key{goNameKey, seenKey, sinceKey}

// manualOrder lists the shapes, each behind the first one that holds it.
func manualOrder() []*shape {
	order := []*shape{rootShape}
	for i := 0; i < len(order); i++ {
		for _, k := range order[i].keys {
			for _, sh := range k.takes.shapes() {
				if !slices.Contains(order, sh) {
					order = append(order, sh)
				}
			}
		}
	}
	return order
}

// shapes returns the shapes of what a value of the form is or holds.
func (f form) shapes() []*shape {
	var all []*shape
	for _, a := range f {
		if a.shape != nil {
			all = append(all, a.shape)
		}
		all = append(all, a.items.shapes()...)
		all = append(all, a.values.shapes()...)
	}
	return all
}

// manual writes what the manual has of a shape.
func (s *shape) manual(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n### %s\n\n%s", s.name, s.doc)
	if len(s.anyOf) > 0 {
		fmt.Fprintf(b, " It has at least one of the keys %s.", list(coded(s.anyOf)))
	}
	b.WriteString("\n")
	var own []key
	var common []string
	for _, k := range s.keys {
		if slices.ContainsFunc(manyHave, func(c key) bool { return c.name == k.name }) {
			common = append(common, k.name)
			continue
		}
		own = append(own, k)
	}
	table(b, own)
	if len(common) > 0 {
		fmt.Fprintf(b, "\nBesides: %s.\n", Enumerate(coded(common), "and"))
	}
}

// table writes a row for each key.
func table(b *bytes.Buffer, keys []key) {
	b.WriteString("\n| key | takes | says |\n|---|---|---|\n")
	for _, k := range keys {
		says := k.doc
		if k.need != "" {
			says += " It must be there."
		}
		if len(k.with) > 0 {
			says += " Only with " + Enumerate(coded(k.with), "and") + "."
		}
		if len(k.excludes) > 0 {
			says += " Not beside " + list(coded(k.excludes)) + "."
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", k.name, cell(k.takes.words()), cell(says))
	}
}

// cell readies a text for a table, in which a bar ends a cell.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func coded(words []string) []string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "`" + w + "`"
	}
	return quoted
}

// words says in words what a value of the form is.
func (f form) words() string {
	var ways []string
	for _, a := range f {
		ways = append(ways, a.ways()...)
	}
	if len(ways) == 0 {
		return "anything"
	}
	return list(ways)
}

// plainWays says how values are called that have no more to them than their
// kind.
var plainWays = map[valueKind]string{
	nullValue:    "`null`",
	stringValue:  "a string",
	booleanValue: "`true` or `false`",
	integerValue: "a whole number",
	numberValue:  "a number",
}

// namedForms say what the forms that have a name are called.
var namedForms = map[string]string{
	"text":           "a text",
	"wireName":       "a name on the wire",
	"exportedName":   "a name in Go, as in `NoteID`",
	"version":        "a version",
	"typeExpression": "a type",
}

func (a alternative) ways() []string {
	switch {
	case namedForms[a.name] != "":
		return []string{namedForms[a.name]}
	case a.words != nil:
		return coded(a.words)
	case a.yes:
		return []string{"`true`"}
	case a.shape != nil:
		return []string{fmt.Sprintf("[%s](#%s)", a.shape.name, strings.ToLower(a.shape.name))}
	case a.kind == listValue:
		return []string{"a list, each " + a.items.words()}
	case a.kind == mappingValue && a.most == 1:
		return []string{"a mapping of one name to " + a.values.words()}
	case a.kind == mappingValue:
		return []string{"a mapping of names to " + a.values.words()}
	}
	return []string{plainWays[a.kind]}
}
