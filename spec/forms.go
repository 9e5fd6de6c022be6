package spec

import "strings"

// What stands in messages can be seen and has no spaces. A field's name may
// have a question mark behind it that is not part of it.
const (
	wireNames   = `^[^\s\x00-\x1f\x7f-\x9f]+$`
	fieldKeys   = `^(?:[^\s\x00-\x1f\x7f-\x9f?]|[^\s\x00-\x1f\x7f-\x9f]{2,})$`
	alwaysThere = `^[^\s\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f?]$`
	keyPaths    = `^[A-Za-z]+(?:\.\S*[^\s.])?(?:\[\])?$`
)

// The forms that values of a spec have.
var (
	textForm      = form{{kind: stringValue, pattern: `^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$`, name: "text", hint: visibleHint}}
	filledForm    = form{{kind: stringValue, pattern: `^[^\x00-\x08\x0b-\x1f\x7f-\x9f]+$`, hint: filledHint}}
	nameForm      = form{{kind: stringValue}}
	wireForm      = form{{kind: stringValue, pattern: wireNames, name: "wireName", hint: wireHint}}
	pathForm      = form{{kind: stringValue, pattern: `^(?:/|$)`, hint: pathHint}}
	dialectForm   = form{{kind: stringValue, pattern: dialectName.String(), hint: dialectHint}}
	exportedForm  = form{{kind: stringValue, pattern: goExported.String(), name: "exportedName", hint: exportedHint}}
	smallNameForm = form{{kind: stringValue, pattern: goUnexported.String(), hint: unexportedHint}}
	versionForm   = form{{kind: stringValue, pattern: version.String(), name: "version", hint: versionHint}}
	sinceForm     = form{{kind: stringValue, pattern: `^(?:<=)?` + strings.TrimPrefix(version.String(), "^"), hint: sinceHint}}
	seenForm      = either(word("source"), listOf(versionForm))
	durationForm  = form{{kind: stringValue, pattern: `^\+?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+$`, hint: durationHint}}
	countForm     = form{{kind: integerValue, most: maxCount}}
	flagForm      = form{{kind: booleanValue}}
	yesForm       = form{{kind: booleanValue, yes: true}}
	nullForm      = form{{kind: nullValue}}
	defaultForm   = form{{kind: stringValue}, {kind: booleanValue}, {kind: integerValue}, {kind: numberValue}, {kind: nullValue}}
	typeForm      = form{{kind: stringValue, pattern: typePattern(3), but: typeSlips, name: "typeExpression", hint: typeHint}}
	fieldForm     = either(typeForm, mapping(fieldShape))
)

// typeSlips is what typePattern takes for a name and typeExpr does not: null
// where it stands for a type, and map without what it holds.
const typeSlips = `(?:^|[<(])[ \t\n]*null(?:[^A-Za-z0-9_]|$)|(?:^|[^A-Za-z0-9_])map[ \t\n]*(?:[^ \t\n<A-Za-z0-9_]|$)`

// typePattern is the grammar of typeExpr as a regular expression, which knows
// no recursion: what is nested deeper than this is held to its letters alone.
func typePattern(depth int) string {
	const space = `[ \t\n]*`
	inner := `[A-Za-z0-9_<>()\[\]| \t\n]+`
	for range depth {
		inner = `(?:[A-Za-z0-9_]+|map` + space + `<` + space + inner + `>|\(` + space + inner + `\))` +
			`(?:` + space + `\[\])*` + space + `(?:\|` + space + `null` + space + `)?`
	}
	return `^` + space + inner + `$`
}
