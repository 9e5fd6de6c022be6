package openapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/misskeyactor/misskeyactor/gen/openapi"
	"github.com/misskeyactor/misskeyactor/spec"
)

// FuzzImport imports anything.
func FuzzImport(f *testing.F) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(section(archive, "openapi.json").Data)
	}
	f.Fuzz(func(t *testing.T, document []byte) { keepsItsPromises(t, document) })
}

// FuzzImportSchemas imports documents that are well formed, and senseless.
func FuzzImportSchemas(f *testing.F) {
	for seed := range 100 {
		var choices []byte
		for i := range 300 {
			choices = append(choices, byte(seed*131+i*i*(seed+7)))
		}
		f.Add(choices)
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		m := maker{choices}
		schemas := map[string]any{"Cat": m.tagged("cat", 0), "Dog": m.tagged("dog", 0)}
		for _, name := range schemaNames {
			schemas[name] = m.schema(0)
		}
		document, err := json.Marshal(map[string]any{"openapi": "3.1.0", "components": map[string]any{"schemas": schemas}})
		if err != nil {
			t.Fatal(err)
		}
		keepsItsPromises(t, document)
	})
}

// keepsItsPromises fails the test unless Import returns an *Error, or types
// that load as a spec and are as many as the report says. What Import takes
// can be read and compared as well.
func keepsItsPromises(t *testing.T, document []byte) {
	t.Helper()
	var report openapi.Report
	out, err := openapi.Import(bytes.NewReader(document), openapi.Options{Report: &report})
	if err != nil {
		if fault := (*openapi.Error)(nil); !errors.As(err, &fault) {
			t.Fatalf("an error of another type: %v", err)
		}
		return
	}
	types := load(t, out)
	if len(types) != report.Types {
		t.Fatalf("report counts %d types, the spec has %d", report.Types, len(types))
	}
	api, err := openapi.Read(bytes.NewReader(document))
	if fault := (*openapi.Error)(nil); err != nil && !errors.As(err, &fault) {
		t.Fatalf("an error of another type: %v", err)
	} else if err != nil {
		return
	}
	openapi.Compare(api, &spec.Spec{Types: types})
}

var schemaNames = []string{"A", "b", "c-d", "AB", "AType", "AID", "Pet"}

// maker makes schemas out of bytes, each of which makes one choice.
type maker struct{ choices []byte }

// choose returns a number below n; 0 when the bytes are used up.
func (m *maker) choose(n int) int {
	if len(m.choices) == 0 {
		return 0
	}
	c := int(m.choices[0])
	m.choices = m.choices[1:]
	return c % n
}

func choice[T any](m *maker, from ...T) T { return from[m.choose(len(from))] }

func (m *maker) list(depth int) []any {
	var list []any
	for range m.choose(4) {
		list = append(list, m.schema(depth+1))
	}
	return list
}

func (m *maker) schema(depth int) any {
	kinds := 14
	if depth > 4 {
		kinds = 5 // those without others inside
	}
	types := func(word string) any { return choice[any](m, word, []any{word, "null"}) }
	switch m.choose(kinds) {
	case 0:
		return map[string]any{"type": types("string")}
	case 1:
		return map[string]any{"$ref": "#/components/schemas/" + choice(m, schemaNames...)}
	case 2:
		return map[string]any{"type": types("string"), "format": choice(m, "id", "date-time", "url")}
	case 3:
		values := [][]any{{"a"}, {"b"}, {"a", "b"}, {"a", nil}, {1}, {"on", "1", "é", "c d"}}
		return map[string]any{"enum": choice(m, values...)}
	case 4:
		return choice[any](m, map[string]any{"type": "null"}, map[string]any{"type": "number"}, map[string]any{"type": "object"}, true)
	case 5, 6, 7:
		properties, required := m.properties(depth)
		return map[string]any{"type": types("object"), "properties": properties, "required": required}
	case 8:
		return map[string]any{"type": types("array"), "items": m.schema(depth + 1)}
	case 9:
		return map[string]any{"type": types("object"), "additionalProperties": m.schema(depth + 1)}
	case 10:
		return map[string]any{"allOf": append(m.list(depth), m.schema(depth+1))}
	case 11, 12:
		members := []any{
			map[string]any{"$ref": "#/components/schemas/Cat"},
			map[string]any{"$ref": "#/components/schemas/Dog"},
			m.tagged("bird", depth+1),
			map[string]any{"type": "null"},
		}
		return map[string]any{"oneOf": members[m.choose(3) : 3+m.choose(2)]}
	default:
		return map[string]any{fmt.Sprint(choice(m, "one", "any"), "Of"): append(m.list(depth), m.schema(depth+1))}
	}
}

func (m *maker) properties(depth int) (properties map[string]any, required []any) {
	properties, required = map[string]any{}, []any{}
	for range m.choose(5) {
		name := choice(m, "type", "id", "on", "userId", "as", "a:b", "名")
		properties[name] = m.schema(depth + 1)
		if m.choose(2) == 0 {
			required = append(required, name)
		}
	}
	return properties, required
}

// tagged makes an object that can be a case of a union.
func (m *maker) tagged(tag string, depth int) any {
	properties, required := m.properties(depth)
	properties["type"] = map[string]any{"const": tag}
	return map[string]any{"type": "object", "properties": properties, "required": append(required, "type")}
}
