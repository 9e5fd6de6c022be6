// Package seed writes parts of a spec as YAML, for importers and for overlays
// that are offered.
package seed

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

// Types writes types as a spec's types section.
func Types(types []*spec.Type) []byte {
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
		Body(&out, t)
	}
	return []byte(out.String())
}

// Body writes what a type is, without its name.
func Body(out *strings.Builder, t *spec.Type) {
	switch t.Kind {
	case spec.KindID:
		out.WriteString("    id: true\n")
	case spec.KindEnum:
		values := make([]string, len(t.Values))
		for i, v := range t.Values {
			values[i] = Word(v.Value)
		}
		list(out, "enum", values)
	case spec.KindObject:
		if len(t.Embeds) > 0 {
			names := make([]string, len(t.Embeds))
			for i, e := range t.Embeds {
				names[i] = e.Type.Name
			}
			list(out, "embeds", names)
		}
		Fields(out, "fields", t.Fields, "    ")
	case spec.KindUnion:
		fmt.Fprintf(out, "    union: %s\n", Word(t.Discriminator))
		if len(t.Fields) > 0 {
			Fields(out, "fields", t.Fields, "    ")
		}
		out.WriteString("    variants:\n")
		for _, v := range t.Variants {
			fmt.Fprintf(out, "      %s:\n", Word(v.Tag))
			Fields(out, "fields", v.Fields, "        ")
		}
	}
}

// list writes words on one line, or each on its own.
func list(out *strings.Builder, key string, words []string) {
	if line := fmt.Sprintf("    %s: [%s]\n", key, strings.Join(words, ", ")); len(line) <= lineWidth {
		out.WriteString(line)
		return
	}
	fmt.Fprintf(out, "    %s:\n", key)
	for _, w := range words {
		fmt.Fprintf(out, "      - %s\n", w)
	}
}

// Fields writes fields under a key, as in params or fields.
func Fields(out *strings.Builder, key string, fields []*spec.Field, indent string) {
	if len(fields) == 0 {
		fmt.Fprintf(out, "%s%s: {}\n", indent, key)
		return
	}
	fmt.Fprintf(out, "%s%s:\n", indent, key)
	for _, f := range fields {
		key := f.Name
		if f.Optional {
			key += "?"
		}
		fmt.Fprintf(out, "%s  %s: %s\n", indent, Word(key), f.Type)
	}
}

var (
	plain    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*\??$`)
	reserved = []string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
)

// Word writes a string as YAML, in quotes where it would be something else.
func Word(s string) string {
	if plain.MatchString(s) && !slices.Contains(reserved, strings.ToLower(s)) {
		return s
	}
	return strconv.Quote(s)
}
