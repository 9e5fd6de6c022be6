package main

import (
	"strings"
	"testing"
)

const comparedDocument = `{"openapi": "3.1.0", "info": {"version": "2026.3.2"}, "components": {"schemas": {
	"OnlineStatus": {"type": "string", "enum": ["unknown", "online", "active", "offline"]},
	"NotePollChoice": {"type": "object", "required": ["text", "votes"], "properties": {
		"text": {"type": "string"}, "votes": {"type": "integer"}, "isVoted": {"type": "boolean"}}},
	"Unused": {"type": "object", "properties": {"a": {"type": "string"}}}}}}`

func TestCompareOpenAPI(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "api.json", comparedDocument)
	stdout, stderr := call(t, exitFaults, "import", "openapi", "--compare", "api.json")
	contains(t, stdout,
		"new types.NotePollChoice.fields.isVoted: upstream says optional boolean, the spec says boolean\n    misskey/types.yaml:",
		"api.json 2026.3.2 and the spec misskey differ: 1 new, 0 accepted, 0 stale\n")
	contains(t, stderr, "misskeygen import openapi: ")

	write(t, "known.yaml", "accepted:\n  - reason: It is always sent.\n    at:\n      types.NotePollChoice.fields.isVoted: {upstream: optional boolean, spec: boolean}\n")
	stdout, _ = call(t, exitOK, "import", "openapi", "--compare", "-accept", "known.yaml", "-v", "api.json")
	contains(t, stdout, "accepted types.NotePollChoice.fields.isVoted: ", "\n    It is always sent.\n", "0 new, 1 accepted, 0 stale")

	write(t, "api.json", strings.Replace(comparedDocument, `"required": ["text", "votes"]`, `"required": ["text", "votes", "isVoted"]`, 1))
	stdout, _ = call(t, exitOK, "import", "openapi", "--compare", "-json", "api.json")
	contains(t, stdout, `"command": "import openapi"`, `"new": []`, `"accepted": []`, `"stale": []`)
	stdout, _ = call(t, exitFaults, "import", "openapi", "--compare", "-accept", "known.yaml", "api.json")
	contains(t, stdout, "stale types.NotePollChoice.fields.isVoted: it was accepted that upstream says optional boolean and the spec says boolean, which is no longer so\n    known.yaml:4:7\n")
}

func TestWrongCallsOfImportOpenAPI(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "api.json", comparedDocument)
	write(t, "bad.json", `{"openapi": "3.0.0"}`)
	for _, tt := range []struct{ args, want string }{
		{"-compare -root Note api.json", "-root is of no use with -compare"},
		{"-v api.json", "-v is of no use without -compare"},
		{"-compare nowhere.json", "nowhere.json"},
	} {
		_, stderr := call(t, exitUsage, append([]string{"import", "openapi"}, strings.Fields(tt.args)...)...)
		contains(t, stderr, tt.want)
	}
	_, stderr := call(t, exitFaults, "import", "openapi", "-compare", "bad.json")
	contains(t, stderr, "3.0.0")
}
