package spec

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// related are snippets about what keys mean for one another: the wrong ones are
// refused by Load and by the schema, the right ones taken by both. They stand
// beside testdata/base.yaml, unless they extend it.
var related = []struct{ wrong, right string }{
	{"eventSets: {a: {events: {}}}", "eventSets: {a: {includes: [timeline], events: {}}}"},
	{"eventSets: {a: {doc: Nothing.}}", "eventSets: {a: {includes: [timeline]}}"},
	{event("{body: integer}"), event("{body: integer, as: n}")},
	{event(`{body: "Note[]"}`), event(`{body: "Note[]", as: notes}`)},
	{event("{body: map<Note>}"), event("{body: map<Note>, as: notes}")},
	{event("{body: (string) | null}"), event("{body: (Note) | null}")},
	{event("{body: null, as: n}"), event("{body: Note, as: n}")},
	{event("{as: n}"), event("{body: null}")},
	{event("{doc: Nothing.}"), event("{doc: Nothing., body: null}")},
	{event("{fields: {n: integer}, body: Note}"), event("{body: Note}")},
	{event("{fields: {n: integer}, as: n}"), event("{fields: {n: integer}}")},
	{event("{body: null, unpublished: true, seen: [1.0.0]}"), event("{body: null, unpublished: true, seen: source}")},
	{event("{body: null, unpublished: true, seen: [1.0.0]}"), event("{body: null, unpublished: false, seen: [1.0.0]}")},
	{send("{body: integer}"), send("{body: integer, as: n}")},
	{send("{body: null, as: n}"), send("{body: null}")},
	{send("{fields: {n: integer}, body: Note}"), send("{body: Note}")},
	{send("{doc: Nothing.}"), send("{fields: {n: integer}}")},
	{request("{role: request}"), request("{role: request, method: R}")},
	{request("{role: subscribe, method: R}"), request("{role: subscribe}")},
	{request("{role: subscribe, body: null}"), request("{role: request, method: R, body: null}")},
	{request("{role: request, method: R, body: integer}"), request("{role: request, method: R, body: integer, as: n}")},
	{request("{role: request, method: R, as: n}"), request("{role: request, method: R, body: Note, as: n}")},
	{request("{role: request, method: R, fields: {n: integer}, body: Note}"), request("{role: request, method: R, fields: {n: integer}}")},
	{request("{role: call}"), request(`{role: call, reply: "r:"}`)},
	{request("{role: request, method: R, bodyOptional: true}"), request("{role: request, method: R, bodyOptional: false}")},
	{request("{role: request, method: R, bodyOptional: true, fields: {a: string}}"),
		request("{role: request, method: R, bodyOptional: true, fields: {a?: string}}")},
	{"types: {A: {doc: Nothing.}}", "types: {A: {doc: Nothing., fields: {}}}"},
	{"types: {A: {union: kind}}", "types: {A: {union: kind, variants: {a: {}}}}"},
	{"types: {A: {fields: {}, empty: true}}", "types: {A: {union: kind, empty: true, variants: {a: {}}}}"},
	{"types: {A: {embeds: [Note], variants: {a: {}}}}", "types: {A: {embeds: [Note]}}"},
	{"types: {A: {embeds: [Note], union: kind, variants: {a: {}}}}", "types: {A: {embeds: [Note], fields: {a: string}}}"},
	{"types: {A: {id: true, fields: {}}}", "types: {A: {id: true}}"},
	{"types: {A: {enum: [a], fields: {}}}", "types: {A: {enum: [a]}}"},
	{"name: a\nsocket: {path: /, auth: header, silence: 2m}\n" + roles, "name: a\nsocket: {path: /, auth: header, ping: 1m, silence: 2m}\n" + roles},
	{over("patch: {sockt.auth: query}"), over("patch: {socket.auth: query}")},
	{over("patch: {socket.: query}"), over("patch: {socket: {auth: query}}")},
	{over("only: [home]\nwithout: [home]\nchannels: {home: {events: timeline}}"), over("without: [home]\nchannels: {home: {events: timeline}}")},
}

const roles = "requests: {connect: {role: connect}, disconnect: {role: disconnect}, channel: {role: send}}\n"

func event(message string) string {
	return "channels: {a: {events: {e: " + message + "}}}"
}

func send(message string) string {
	return "channels: {a: {events: timeline, sends: {s: " + message + "}}}"
}

func request(request string) string { return "requests: {r: " + request + "}" }

func over(overlay string) string { return "name: over\nextends: ./base.yaml\n" + overlay }

func TestRelatedKeys(t *testing.T) {
	schema := compile(t)
	for _, c := range related {
		if loads(t, c.wrong) {
			t.Errorf("Load takes %s", c.wrong)
		}
		if valid(t, schema, c.wrong) {
			t.Errorf("the schema takes %s", c.wrong)
		}
		if !loads(t, c.right) {
			t.Errorf("Load refuses %s", c.right)
		}
		if !valid(t, schema, c.right) {
			t.Errorf("the schema refuses %s", c.right)
		}
	}
}

// TestEveryRelationCounts takes each relation out of the schema, which must
// then take something that is wrong.
func TestEveryRelationCounts(t *testing.T) {
	wrongTaken := func() bool {
		schema := compile(t)
		return slices.ContainsFunc(related, func(c struct{ wrong, right string }) bool { return valid(t, schema, c.wrong) })
	}
	count := func(what string, take func() (giveBack func())) {
		giveBack := take()
		defer giveBack()
		if !wrongTaken() {
			t.Errorf("nothing wrong is taken without %s", what)
		}
	}
	for _, sh := range shapes() {
		for i := range relations[sh] {
			count(fmt.Sprintf("relation %d of %s", i, sh.name), func() func() {
				all := relations[sh]
				relations[sh] = slices.Delete(slices.Clone(all), i, i+1)
				return func() { relations[sh] = all }
			})
		}
		if sh.anyOf != nil {
			count("what "+sh.name+" must have", func() func() {
				was := sh.anyOf
				sh.anyOf = nil
				return func() { sh.anyOf = was }
			})
		}
		for i := range sh.keys {
			k := &sh.keys[i]
			if k.with != nil {
				count("what stands with "+sh.name+"."+k.name, func() func() {
					was := k.with
					k.with = nil
					return func() { k.with = was }
				})
			}
			if k.excludes != nil {
				count("what "+sh.name+"."+k.name+" excludes", func() func() {
					was := k.excludes
					k.excludes = nil
					return func() { k.excludes = was }
				})
			}
		}
	}
}

func loads(t *testing.T, snippet string) bool {
	t.Helper()
	base, err := os.ReadFile("testdata/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"base.yaml": {Data: base}, "snippet.yaml": {Data: []byte(snippet)}}
	dir := "."
	if root := parsed(t, "snippet.yaml", []byte(snippet)); root.entry("name") != nil {
		dir = "snippet.yaml"
	}
	_, err = Load(files, dir)
	return err == nil
}

func valid(t *testing.T, schema *jsonschema.Schema, snippet string) bool {
	t.Helper()
	return schema.Validate(plainOf(parsed(t, "snippet.yaml", []byte(snippet)))) == nil
}
