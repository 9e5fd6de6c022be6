package openapi

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/misskeyactor/misskeyactor/spec"
)

// lineWidth is where lists are broken into lines.
const lineWidth = 100

// render writes types as a spec's types section.
func render(types []*spec.Type) []byte {
	var out strings.Builder
	if len(types) == 0 {
		return []byte("types: {}\n")
	}
	out.WriteString("types:\n")
	for i, t := range types {
		short := t.Kind == spec.KindID
		if i > 0 && !(short && types[i-1].Kind == spec.KindID) {
			out.WriteString("\n")
		}
		if short {
			fmt.Fprintf(&out, "  %s: {id: true}\n", t.Name)
			continue
		}
		fmt.Fprintf(&out, "  %s:\n", t.Name)
		renderBody(&out, t)
	}
	return []byte(out.String())
}

func renderBody(out *strings.Builder, t *spec.Type) {
	switch t.Kind {
	case spec.KindID:
		out.WriteString("    id: true\n")
	case spec.KindEnum:
		values := make([]string, len(t.Values))
		for i, v := range t.Values {
			values[i] = word(v.Value)
		}
		renderList(out, "enum", values)
	case spec.KindObject:
		if len(t.Embeds) > 0 {
			names := make([]string, len(t.Embeds))
			for i, e := range t.Embeds {
				names[i] = e.Type.Name
			}
			renderList(out, "embeds", names)
		}
		renderFields(out, t.Fields, "    ")
	case spec.KindUnion:
		fmt.Fprintf(out, "    union: %s\n", word(t.Discriminator))
		if len(t.Fields) > 0 {
			renderFields(out, t.Fields, "    ")
		}
		out.WriteString("    variants:\n")
		for _, v := range t.Variants {
			fmt.Fprintf(out, "      %s:\n", word(v.Tag))
			renderFields(out, v.Fields, "        ")
		}
	}
}

// renderList writes words on one line, or each on its own.
func renderList(out *strings.Builder, key string, words []string) {
	if line := fmt.Sprintf("    %s: [%s]\n", key, strings.Join(words, ", ")); len(line) <= lineWidth {
		out.WriteString(line)
		return
	}
	fmt.Fprintf(out, "    %s:\n", key)
	for _, w := range words {
		fmt.Fprintf(out, "      - %s\n", w)
	}
}

func renderFields(out *strings.Builder, fields []*spec.Field, indent string) {
	if len(fields) == 0 {
		out.WriteString(indent + "fields: {}\n")
		return
	}
	out.WriteString(indent + "fields:\n")
	for _, f := range fields {
		key := f.Name
		if f.Optional {
			key += "?"
		}
		fmt.Fprintf(out, "%s  %s: %s\n", indent, word(key), expression(f.Type))
	}
}

// expression writes a type as fields have it.
func expression(e *spec.TypeExpr) string {
	var out string
	switch {
	case e.Named != nil:
		out = e.Named.Name
	case e.List != nil && e.List.Nullable:
		out = "(" + expression(e.List) + ")[]"
	case e.List != nil:
		out = expression(e.List) + "[]"
	case e.Map != nil:
		out = "map<" + expression(e.Map) + ">"
	default:
		out = string(e.Basic)
	}
	if e.Nullable {
		out += " | null"
	}
	return out
}

var (
	plain    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*\??$`)
	reserved = []string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
)

// word writes a string as YAML, in quotes where it would be something else.
func word(s string) string {
	if plain.MatchString(s) && !slices.Contains(reserved, strings.ToLower(s)) {
		return s
	}
	return strconv.Quote(s)
}
