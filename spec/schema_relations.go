package spec

import "strings"

// relations are what the values of a mapping's keys mean for one another, as
// far as one file shows it. The loader finds these faults where it reads the
// keys.
var relations = map[*shape][]*node{
	rootShape: {
		{Properties: properties{{"patch", &node{PropertyNames: &node{
			Pattern: pathStarts(), PatternError: "Begin with a section of the spec, as in channels.main.overflow.",
		}}}}},
	},
	eventSetShape: {
		{If: not(has("includes")), Then: &node{Properties: properties{{"events", &node{MinProperties: 1}}}}},
	},
	eventShape: {namedBody, bodyToName,
		when(is("unpublished", &node{Const: true}), &node{Properties: properties{{"seen", &node{Type: types{stringValue}}}}}),
	},
	sendShape: {namedBody, bodyToName},
	requestShape: {namedBody, bodyToName,
		{
			If:   is("role", &node{Const: string(RoleRequest)}),
			Then: has("method"),
			Else: without("method", "bodyOptional", "body", "as", "fields"),
		},
		when(is("role", &node{Const: string(RoleCall)}), has("reply")),
		when(is("bodyOptional", &node{Const: true}),
			&node{Required: []string{"fields"}, Properties: properties{{"fields", &node{PatternProperties: properties{{`[^?]$`, no}}}}}}),
	},
}

// namedBody asks for "as" beside a body whose type has no name: a basic one, a
// list or a map.
var namedBody = when(is("body", &node{
	Type:    types{stringValue},
	Pattern: `\[\]|^[ \t\n(]*(?:map[ \t\n]*<|(?:` + basicWords() + `)(?:[^A-Za-z0-9_]|$))`,
}), has("as"))

// bodyToName asks for a body beside "as" that is not null.
var bodyToName = when(has("as"), is("body", &node{Type: types{stringValue}}))

func basicWords() string {
	words := make([]string, len(basics))
	for i, b := range basics {
		words[i] = string(b)
	}
	return strings.Join(words, "|")
}

// pathStarts is the form of key paths that lead into what an overlay gets.
func pathStarts() string {
	var words []string
	for _, k := range rootShape.keys {
		if k.inherited {
			words = append(words, k.name)
		}
	}
	return `^(?:` + strings.Join(words, "|") + `)(?:\.|\[|$)`
}

// has is satisfied by mappings that have a key.
func has(key string) *node { return &node{Required: []string{key}} }

// is is satisfied by mappings that have a key with such a value.
func is(key string, value *node) *node {
	return &node{Required: []string{key}, Properties: properties{{key, value}}}
}

// without is satisfied by mappings that have none of the keys.
func without(keys ...string) *node {
	n := &node{}
	for _, key := range keys {
		n.Properties = append(n.Properties, property{key, no})
	}
	return n
}

func not(n *node) *node { return &node{Not: n} }

// when asks for what follows wherever a condition is satisfied.
func when(condition, follows *node) *node { return &node{If: condition, Then: follows} }
