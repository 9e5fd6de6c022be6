package spec

import (
	"regexp"
	"slices"
	"strings"
)

// kindCure says what to write where a value is of the wrong kind.
func (l *loader) kindCure(v *value, kinds []valueKind) string {
	nested := slices.Contains(kinds, mappingValue) || slices.Contains(kinds, listValue)
	nothing := v.kind == nullValue && !l.writesNull(v)
	switch {
	case nothing && nested:
		return "Nothing stands behind the colon. What belongs to a key is written below it, indented further than the key, or behind it in brackets."
	case nothing:
		return "Nothing stands behind the colon: write " + list(waysOf(kinds)) + "."
	case v.kind == nullValue && kinds[0] == stringValue && !nested:
		return "Remove it, or write a string; the word null is one when it stands in quotes."
	case kinds[0] == stringValue && (v.kind.scalar() || v.kind == nullValue):
		return "Put it into quotes."
	case kinds[0] == mappingValue && v.kind == stringValue && gluedKey.MatchString(v.text):
		return "Put a space behind the colon: without it, this is no key."
	case kinds[0] == listValue && v.kind.scalar():
		return "Put it into brackets, as in [" + shortened(v.text) + "]."
	}
	return "Write " + list(waysOf(kinds)) + "."
}

// writesNull reports whether a null is written, and not merely the absence of a
// value.
func (l *loader) writesNull(v *value) bool { return writtenNull.MatchString(l.sourceFrom(v.Pos)) }

// writtenNull is a null that is not merely the absence of a value.
var writtenNull = regexp.MustCompile(`^(?:null|Null|NULL|~)`)

// gluedKey is a key and a value with no space between them.
var gluedKey = regexp.MustCompile(`^[A-Za-z]+\??:\S`)

func waysOf(kinds []valueKind) []string {
	ways := make([]string, len(kinds))
	for i, k := range kinds {
		ways[i] = kindWays[k]
	}
	return ways
}

// kindWays says how a value of a kind is written.
var kindWays = map[valueKind]string{
	nullValue:    "null",
	stringValue:  "a string",
	booleanValue: "true or false",
	integerValue: "a whole number, in digits",
	numberValue:  "a number, in digits",
	listValue:    "a list, as in [a, b]",
	mappingValue: "a mapping, as in {key: value}",
}

// syntaxCure is what to do about a fault that the parser finds.
type syntaxCure struct {
	message string         // a part of the parser's message; "" fits all
	line    *regexp.Regexp // nil fits all
	cure    string
}

// syntaxCures say what most often causes a syntax error, by what the parser
// says or what the line looks like. The first that fits is taken.
var syntaxCures = []syntaxCure{
	{"", regexp.MustCompile(`^\s*\t`),
		"YAML allows no tabs in indentation: use spaces."},
	{"end character of", nil,
		"A quote opens here and is never closed: close it, or leave it out."},
	{"reserved character", nil,
		"A text that begins with this character needs quotes."},
	{"header option", nil,
		`A text that begins with > or | needs quotes, as in "<=2025.11.1".`},
	{"pre-defined", regexp.MustCompile(`'[^']*'\S`),
		"Within single quotes, an apostrophe is written twice; within double quotes it stands as it is."},
	{"non-map value", nil,
		"A key ends with a colon and a space: is it missing here?"},
	{"", regexp.MustCompile(`[{\[].*\[\]`),
		`Inside { } and [ ], quote what has brackets: "Note[]".`},
	{"mapping value is not allowed", regexp.MustCompile(`^[^"'{]*: [^"'{|>]*:(?: |$)`),
		"A text with a colon and a space in it needs quotes. Otherwise the line before is indented otherwise than it should be."},
	{"", nil,
		"Check the indentation, the brackets and the quotes here and on the line before."},
}

// cureSyntax says what to do about what the parser found in a line.
func cureSyntax(message, line string) string {
	i := slices.IndexFunc(syntaxCures, func(c syntaxCure) bool {
		return strings.Contains(message, c.message) && (c.line == nil || c.line.MatchString(line))
	})
	return syntaxCures[i].cure
}
