package openapi_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/misskeyactor/misskeyactor/gen/openapi"
	"github.com/misskeyactor/misskeyactor/spec"
)

// comparedDocument agrees with comparedTypes but where the test says so.
const comparedDocument = `{"openapi": "3.1.0", "info": {"version": "2026.3.2"}, "components": {"schemas": {
	"Base": {"type": "object", "required": ["id"], "properties": {
		"id": {"type": "string", "format": "id"}, "at": {"type": "string", "format": "date-time"}, "kept": {"type": "boolean"}}},
	"Note": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "required": ["kept", "size", "either", "tags"], "properties": {
		"kept": {"type": "boolean"},
		"size": {"type": ["integer", "null"]},
		"either": {"oneOf": [{"type": "string"}, {"type": "number"}]},
		"tags": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
		"reply": {"oneOf": [{"$ref": "#/components/schemas/Note"}, {"type": "null"}]},
		"emojis": {"type": "object", "additionalProperties": {"type": "string"}},
		"raw": {"type": "object"},
		"inner": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "properties": {"self": {"allOf": [{"$ref": "#/components/schemas/Note"}, {"type": "object", "properties": {"x": {"type": "string"}}}]}}}]}}}]},
	"Event": {"oneOf": [
		{"$ref": "#/components/schemas/Poked"},
		{"type": "object", "required": ["type"], "properties": {"type": {"type": "string", "enum": ["sent", "lost"]}}},
		{"type": "null"}]},
	"Poked": {"type": "object", "required": ["type", "by"], "properties": {"type": {"type": "string", "enum": ["poked"]}, "by": {"type": "string"}}},
	"Kind": {"type": "string", "enum": ["a", "c"]},
	"Unused": {"type": "object", "properties": {"a": {"type": "string"}}}
}}}`

const comparedTypes = `
types:
  NoteID: {id: true}
  Kind: {enum: [a, b]}
  Tag: {enum: [a, b]}
  Note:
    fields:
      id: NoteID
      at?: timestamp
      kept: boolean
      size: integer
      either: any
      tags: Tag[]
      reply?: Note | null
      emojis?: map<string>
      raw?: any
      inner?: Inner
  Inner: {fields: {id: NoteID, at?: timestamp, kept?: string}}
  Event: {union: type, variants: {poked: {fields: {by: string, at: timestamp}}, sent: {fields: {}}}}
`

func TestCompare(t *testing.T) {
	api, err := openapi.Read(strings.NewReader(comparedDocument))
	if err != nil {
		t.Fatal(err)
	}
	if api.Version != "2026.3.2" {
		t.Errorf("the version is %q", api.Version)
	}
	s, err := spec.Load(fstest.MapFS{"d/d.yaml": {Data: []byte(smallestSpec)}, "d/types.yaml": {Data: []byte(comparedTypes)}}, "d")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range openapi.Compare(api, s) {
		got = append(got, d.String())
	}
	want := []string{
		"types.Event.variants.lost: a variant of upstream's that the spec has not: object",
		"types.Event.variants.poked.fields.at: a field of the spec's that upstream has not: string",
		"types.Kind.values.b: a value of the spec's that upstream has not",
		"types.Kind.values.c: a value of upstream's that the spec has not",
		"types.Note.fields.either: upstream says number | string, the spec says any",
		"types.Note.fields.inner.fields.kept: upstream says optional boolean, the spec says optional string",
		"types.Note.fields.inner.fields.self: a field of upstream's that the spec has not: optional object",
		"types.Note.fields.raw: upstream says optional object, the spec says optional any",
		"types.Note.fields.size: upstream says number | null, the spec says number",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadStopsAtTooMuch(t *testing.T) {
	// Each schema has the next one as a part twice, so that the last would be
	// looked at a million times.
	var schemas []string
	for i := range 20 {
		part := `{"allOf": [{"$ref": "#/components/schemas/` + string(rune('B'+i)) + `"}, {"type": "object", "properties": {"x": {"type": "string"}}}]}`
		schemas = append(schemas, `"`+string(rune('A'+i))+`": {"type": "object", "properties": {"a": `+part+`, "b": `+part+`}}`)
	}
	document := `{"openapi": "3.1.0", "components": {"schemas": {` + strings.Join(schemas, ",") + `, "U": {"type": "object", "properties": {"y": {"type": "string"}}}}}}`
	_, err := openapi.Read(strings.NewReader(document))
	if err == nil || !strings.Contains(err.Error(), "too many") {
		t.Errorf("got %v, want an error that says it is too much", err)
	}
}

func TestFaultsOfRead(t *testing.T) {
	broken := errors.New("broken")
	if _, err := openapi.Read(io.MultiReader(strings.NewReader("{"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("got %v, want the reader's error", err)
	}
	for document, want := range map[string]string{
		`{"openapi"`:           "unexpected EOF",
		`{"openapi": "3.0.0"}`: "3.0.0",
		`{"openapi": "3.1.0", "components": {"schemas": {"A": {"$ref": "#/nowhere"}}}}`: "#/nowhere",
	} {
		_, err := openapi.Read(strings.NewReader(document))
		if fault := (*openapi.Error)(nil); !errors.As(err, &fault) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an *Error with %s", document, err, want)
		}
	}
}
