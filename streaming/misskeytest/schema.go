package misskeytest

import (
	"bytes"
	"encoding/json"
	"fmt"
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
	min, max int      // of a number, or of a length; max 0 = no limits
	oneOf    []string // of a text
}

type paramKind int

const (
	anID paramKind = iota
	aText
	anInteger
	aBoolean
	someIDs
	anObject
)

var idPattern = regexp.MustCompile(`^[a-zA-Z0-9]+$`)

func (s schema) check(params object) *apiError {
	for _, p := range s {
		if _, given := params[p.name]; p.required && !given {
			return invalidParam("#/required", fmt.Sprintf("must have required property '%s'", p.name))
		}
	}
	for _, p := range s {
		raw, given := params[p.name]
		if !given || p.nullable && string(bytes.TrimSpace(raw)) == "null" {
			continue
		}
		if keyword, reason := p.fault(raw); keyword != "" {
			return invalidParam("#/properties/"+p.name+"/"+keyword, reason)
		}
	}
	return nil
}

// fault returns the JSON Schema keyword that a value breaks, and how; "" for a
// good value.
func (p param) fault(raw json.RawMessage) (keyword, reason string) {
	switch p.kind {
	case anID:
		id, ok := toText(raw)
		if !ok {
			return p.wrongType("string")
		}
		if !idPattern.MatchString(id) {
			return "format", `must match format "misskey:id"`
		}
	case aText:
		text, ok := toText(raw)
		if !ok {
			return p.wrongType("string")
		}
		if len(p.oneOf) > 0 && !slices.Contains(p.oneOf, text) {
			return "enum", "must be equal to one of the allowed values"
		}
		return p.lengthFault(len(utf16.Encode([]rune(text))), "Length", "characters")
	case anInteger:
		n, ok := object{"n": raw}.number("n")
		if !ok || n != math.Trunc(n) {
			return p.wrongType("integer")
		}
		switch {
		case p.max != 0 && n < float64(p.min):
			return "minimum", fmt.Sprintf("must be >= %d", p.min)
		case p.max != 0 && n > float64(p.max):
			return "maximum", fmt.Sprintf("must be <= %d", p.max)
		}
	case aBoolean:
		if _, ok := toBoolean(raw); !ok {
			return p.wrongType("boolean")
		}
	case someIDs:
		var ids []json.RawMessage
		if err := json.Unmarshal(raw, &ids); err != nil || ids == nil {
			return p.wrongType("array")
		}
		if keyword, reason := p.lengthFault(len(ids), "Items", "items"); keyword != "" {
			return keyword, reason
		}
		for _, raw := range ids {
			if keyword, reason := (param{kind: anID}).fault(raw); keyword != "" {
				return "items/" + keyword, reason
			}
		}
	case anObject:
		if _, ok := toObject(raw); !ok {
			return p.wrongType("object")
		}
	}
	return "", ""
}

func (p param) wrongType(want string) (keyword, reason string) {
	if p.nullable {
		want += ",null"
	}
	return "type", "must be " + want
}

func (p param) lengthFault(n int, what, unit string) (keyword, reason string) {
	switch {
	case p.max == 0:
	case n < p.min:
		return "min" + what, fmt.Sprintf("must NOT have fewer than %d %s", p.min, unit)
	case n > p.max:
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
	if n, ok := r.params.number(name); ok {
		return int(n)
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

func blank(text string) bool { return strings.TrimSpace(text) == "" }
