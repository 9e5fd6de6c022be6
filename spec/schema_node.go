package spec

import (
	"bytes"
	"cmp"
	"encoding/json"
)

// node is a schema, its keywords in the order in which they are written.
type node struct {
	Schema            string     `json:"$schema,omitempty"`
	Ref               string     `json:"$ref,omitempty"`
	Title             string     `json:"title,omitempty"`
	Description       string     `json:"description,omitempty"`
	Type              types      `json:"type,omitempty"`
	Const             any        `json:"const,omitempty"`
	Enum              []string   `json:"enum,omitempty"`
	Pattern           string     `json:"pattern,omitempty"`
	PatternError      string     `json:"patternErrorMessage,omitempty"` // of the YAML language server
	Minimum           int        `json:"minimum,omitempty"`
	Maximum           int        `json:"maximum,omitempty"`
	MinItems          int        `json:"minItems,omitempty"`
	UniqueItems       bool       `json:"uniqueItems,omitempty"`
	Items             *node      `json:"items,omitempty"`
	MinProperties     int        `json:"minProperties,omitempty"`
	MaxProperties     int        `json:"maxProperties,omitempty"`
	Required          []string   `json:"required,omitempty"`
	Properties        properties `json:"properties,omitempty"`
	PatternProperties properties `json:"patternProperties,omitempty"`
	PropertyNames     *node      `json:"propertyNames,omitempty"`
	Additional        *bool      `json:"additionalProperties,omitempty"`
	Dependencies      properties `json:"dependencies,omitempty"`
	Not               *node      `json:"not,omitempty"`
	AnyOf             []*node    `json:"anyOf,omitempty"`
	AllOf             []*node    `json:"allOf,omitempty"`
	If                *node      `json:"if,omitempty"`
	Then              *node      `json:"then,omitempty"`
	Else              *node      `json:"else,omitempty"`
	Definitions       properties `json:"definitions,omitempty"`
}

// no is the schema that nothing satisfies.
var no = new(bool)

// types are the kinds of value that a schema takes.
type types []valueKind

// typeNames is what JSON Schema calls a kind.
var typeNames = map[valueKind]string{
	nullValue: "null", stringValue: "string", booleanValue: "boolean", integerValue: "integer",
	numberValue: "number", listValue: "array", mappingValue: "object",
}

// MarshalJSON writes one kind as a word, several as a list.
func (t types) MarshalJSON() ([]byte, error) {
	names := make([]string, len(t))
	for i, k := range t {
		names[i] = typeNames[k]
	}
	if len(names) == 1 {
		return json.Marshal(names[0])
	}
	return json.Marshal(names)
}

// properties is a JSON object that keeps its order.
type properties []property

type property struct {
	name  string
	value any // a *node, no, or names of properties
}

func (m property) compare(other property) int { return cmp.Compare(m.name, other.name) }

// MarshalJSON writes the properties in order.
func (ms properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, m := range ms {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := e.Encode(m.name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := e.Encode(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
