package misskeytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
)

// schema is what an endpoint asks of its params, in the order in which the
// server looks at them. Only the first fault is reported. Params that it does
// not name are ignored.
type schema []param

type param struct {
	name     string
	kind     paramKind
	required bool
	nullable bool
	min, max int      // of a number, or of a length; max 0 = no upper limit
	oneOf    []string // of a text, or of each of someTexts
	unique   bool     // of a list: nothing twice
	each     *param   // of a list: what each thing in it has to be
	fields   schema   // of an object
}

type paramKind int

const (
	anID paramKind = iota
	aText
	anInteger
	aNumber
	aBoolean
	someIDs
	someTexts
	aList // of what each says, of anything without it
	anObject
	anything
)

var idPattern = regexp.MustCompile(`^[a-zA-Z0-9]+$`)

func (s schema) check(params object) *apiError {
	if keyword, reason := s.fault(params); keyword != "" {
		return invalidParam("#/"+keyword, reason)
	}
	return nil
}

// fault returns the path of the JSON Schema keyword that the params break, and
// how; "" when there is none.
func (s schema) fault(params object) (keyword, reason string) {
	for _, p := range s {
		if _, given := params[p.name]; p.required && !given {
			return "required", fmt.Sprintf("must have required property '%s'", p.name)
		}
	}
	for _, p := range s {
		raw, given := params[p.name]
		if !given {
			continue
		}
		if keyword, reason := p.fault(raw); keyword != "" {
			return "properties/" + p.name + "/" + keyword, reason
		}
	}
	return "", ""
}

// cast turns text into the numbers and booleans that the schema asks for, as
// queries and forms have nothing else. All other params stay text.
func (s schema) cast(params object) (object, *apiError) {
	values := maps.Clone(params)
	for _, p := range s {
		want := p.kind.typeName()
		if want != "number" && want != "integer" && want != "boolean" {
			continue
		}
		text, ok := params.text(p.name)
		if !ok {
			continue
		}
		if !json.Valid([]byte(text)) {
			return nil, invalidParam(p.name, "cannot cast to "+want)
		}
		values[p.name] = json.RawMessage(text)
	}
	return values, nil
}

func (p param) fault(raw json.RawMessage) (keyword, reason string) {
	if p.nullable && string(bytes.TrimSpace(raw)) == "null" {
		return "", ""
	}
	switch p.kind {
	case anID, aText:
		return p.textFault(raw)
	case anInteger, aNumber:
		return p.numberFault(raw)
	case aBoolean:
		if _, ok := toBoolean(raw); !ok {
			return p.wrongType()
		}
	case someIDs, someTexts, aList:
		return p.listFault(raw)
	case anObject:
		o, ok := toObject(raw)
		if !ok {
			return p.wrongType()
		}
		return p.fields.fault(o)
	case anything:
	}
	return "", ""
}

func (p param) textFault(raw json.RawMessage) (keyword, reason string) {
	text, ok := toText(raw)
	switch {
	case !ok:
		return p.wrongType()
	case p.kind == anID && !idPattern.MatchString(text):
		return "format", `must match format "misskey:id"`
	case len(p.oneOf) > 0 && !slices.Contains(p.oneOf, text):
		return "enum", "must be equal to one of the allowed values"
	}
	return p.lengthFault(len(utf16.Encode([]rune(text))), "Length", "characters")
}

func (p param) numberFault(raw json.RawMessage) (keyword, reason string) {
	n, ok := object{"n": raw}.number("n")
	switch {
	case !ok || p.kind == anInteger && n != math.Trunc(n):
		return p.wrongType()
	case n < float64(p.min) && (p.min != 0 || p.max != 0):
		return "minimum", fmt.Sprintf("must be >= %d", p.min)
	case p.max != 0 && n > float64(p.max):
		return "maximum", fmt.Sprintf("must be <= %d", p.max)
	}
	return "", ""
}

func (p param) listFault(raw json.RawMessage) (keyword, reason string) {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil || list == nil {
		return p.wrongType()
	}
	if keyword, reason := p.lengthFault(len(list), "Items", "items"); keyword != "" {
		return keyword, reason
	}
	each := p.each
	switch p.kind {
	case someIDs:
		each = &param{kind: anID}
	case someTexts:
		each = &param{kind: aText, oneOf: p.oneOf}
	}
	if each != nil {
		for _, raw := range list {
			if keyword, reason := each.fault(raw); keyword != "" {
				return "items/" + keyword, reason
			}
		}
	}
	if i, j := twice(list); p.unique && i >= 0 {
		return "uniqueItems", fmt.Sprintf("must NOT have duplicate items (items ## %d and %d are identical)", i, j)
	}
	return "", ""
}

// twice finds two equal things in a list; -1 when there are none.
func twice(list []json.RawMessage) (i, j int) {
	seen := map[string]int{}
	for i, raw := range list {
		key := string(bytes.TrimSpace(raw))
		if j, known := seen[key]; known {
			return j, i
		}
		seen[key] = i
	}
	return -1, -1
}

func (k paramKind) typeName() string {
	switch k {
	case anInteger:
		return "integer"
	case aNumber:
		return "number"
	case aBoolean:
		return "boolean"
	case someIDs, someTexts, aList:
		return "array"
	case anObject:
		return "object"
	case anything:
		return ""
	}
	return "string"
}

func (p param) wrongType() (keyword, reason string) {
	want := p.kind.typeName()
	if p.nullable {
		want += ",null"
	}
	return "type", "must be " + want
}

func (p param) lengthFault(n int, what, unit string) (keyword, reason string) {
	switch {
	case n < p.min:
		return "min" + what, fmt.Sprintf("must NOT have fewer than %d %s", p.min, unit)
	case p.max != 0 && n > p.max:
		return "max" + what, fmt.Sprintf("must NOT have more than %d %s", p.max, unit)
	}
	return "", ""
}

// The accessors of a request read params that the schema has let pass.

func (r *request) text(name string) string {
	text, _ := r.params.text(name)
	return text
}

func (r *request) integer(name string, fallback int) int {
	if n, ok := r.params.integer(name); ok {
		return n
	}
	return fallback
}

func (r *request) boolean(name string, fallback bool) bool {
	if b, ok := toBoolean(r.params[name]); ok {
		return b
	}
	return fallback
}

func (r *request) texts(name string) []string {
	var all []string
	_ = json.Unmarshal(r.params[name], &all) // absent or checked
	return all
}

func (r *request) groups(name string) [][]string {
	var all [][]string
	_ = json.Unmarshal(r.params[name], &all) // absent or checked
	return all
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }
