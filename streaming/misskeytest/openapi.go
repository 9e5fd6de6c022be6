package misskeytest

import (
	"maps"
	"slices"
	"strings"
)

// document is what GET /api.json answers: a description of the endpoints there
// are, in OpenAPI 3.1.0. It says of each what it asks for, and nothing of what
// it answers.
func (s *Server) document() map[string]any {
	paths := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(endpoints)) {
		e, known := s.endpoint(name)
		if !known {
			continue
		}
		methods := map[string]any{"post": e.describe("post")}
		if e.get {
			methods["get"] = e.describe("get")
		}
		paths["/"+name] = methods
	}
	return map[string]any{
		"openapi": "3.1.0",
		"info":    map[string]any{"title": "Misskey API", "version": s.facts.release},
		"servers": []any{map[string]any{"url": s.URL + strings.TrimSuffix(apiPath, "/")}},
		"paths":   paths,
		"components": map[string]any{
			"schemas":         map[string]any{},
			"securitySchemes": map[string]any{"bearerAuth": map[string]any{"type": "http", "scheme": "bearer"}},
		},
	}
}

func (e *endpoint) describe(method string) map[string]any {
	answer := map[string]any{"description": "OK"}
	operation := map[string]any{
		"operationId": method + "___" + strings.ReplaceAll(e.name, "/", "___"),
		"summary":     e.name,
		"responses":   map[string]any{"200": answer, "204": answer},
	}
	if e.credential {
		operation["security"] = []any{map[string]any{"bearerAuth": []string{}}}
	}
	if len(e.params) == 0 {
		return operation
	}
	if method == "get" {
		operation["parameters"] = e.params.query()
		return operation
	}
	kind := "application/json"
	if e.multipart {
		kind = "multipart/form-data"
	}
	operation["requestBody"] = map[string]any{
		"required": true,
		"content":  map[string]any{kind: map[string]any{"schema": e.params.describe()}},
	}
	return operation
}

func (s schema) query() []any {
	all := []any{}
	for _, p := range s {
		all = append(all, map[string]any{"name": p.name, "in": "query", "required": p.required, "schema": p.describe()})
	}
	return all
}

func (s schema) describe() map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, p := range s {
		properties[p.name] = p.describe()
		if p.required {
			required = append(required, p.name)
		}
	}
	d := map[string]any{"type": "object", "properties": properties}
	if len(required) > 0 {
		d["required"] = required
	}
	return d
}

func (p param) describe() map[string]any {
	d := map[string]any{}
	if p.kind == anObject {
		d = p.fields.describe()
	}
	if name := p.kind.typeName(); name != "" {
		d["type"] = name
		if p.nullable {
			d["type"] = []string{name, "null"}
		}
	}
	switch p.kind {
	case anID:
		d["format"] = "misskey:id"
	case someIDs:
		d["items"] = param{kind: anID}.describe()
	case someTexts:
		d["items"] = param{kind: aText, oneOf: p.oneOf}.describe()
	case aList:
		if p.each != nil {
			d["items"] = p.each.describe()
		}
	}
	if len(p.oneOf) > 0 && p.kind == aText {
		allowed := []any{}
		for _, text := range p.oneOf {
			allowed = append(allowed, text)
		}
		if p.nullable {
			allowed = append(allowed, nil)
		}
		d["enum"] = allowed
	}
	least, most := "minLength", "maxLength"
	switch p.kind {
	case anInteger, aNumber:
		least, most = "minimum", "maximum"
	case someIDs, someTexts, aList:
		least, most = "minItems", "maxItems"
	}
	if p.min != 0 {
		d[least] = p.min
	}
	if p.max != 0 {
		d[most] = p.max
	}
	return d
}
