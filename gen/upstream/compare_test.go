package upstream_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/misskeyactor/misskeyactor/gen/upstream"
	"github.com/misskeyactor/misskeyactor/spec"
)

const dialect = `
name: d
checked: [2026.5.1]
seen: source
socket: {path: /streaming, auth: header, ping: 60s, silence: 120s}
requests:
  connect: {role: connect, reply: connected}
  disconnect: {role: disconnect}
  channel: {role: send}
  subNote: {role: subscribe}
  unsubNote: {role: unsubscribe}
types:
  NoteID: {id: true}
  Note: {fields: {id: NoteID, kind: Kind, files?: "Part[]", at: timestamp | null}}
  Kind: {enum: [a, b]}
  Part: {embeds: [Whole], fields: {size: integer}}
  Whole: {fields: {name: string}}
  Tree: {fields: {leaves: "Tree[]", value: any}}
  Event: {union: type, fields: {id: string}, variants: {x: {fields: {y: number}}, z: {fields: {}}}}
eventSets:
  inner: {events: {note: {body: Note}}}
  outer: {includes: [inner], events: {more: {body: boolean, as: more}}}
channels:
  c:
    params: {id: NoteID, "deep?": "map<Part>"}
    events:
      gone: {body: null}
      list: {body: "Part[] | null", as: list}
      tree: {body: Tree}
      event: {body: Event}
    sends: {say: {fields: {text: string, kind: Kind}}}
  d: {events: outer}
captures:
  note: {method: Capture, subscribe: subNote, unsubscribe: unsubNote, update: noteUpdated, key: {id: NoteID}, events: {gone: {body: null}}}
broadcasts: {events: {all: {fields: {note: Note}}}}
`

func load(t *testing.T) *spec.Spec {
	t.Helper()
	s, err := spec.Load(fstest.MapFS{"d/d.yaml": {Data: []byte(dialect)}}, "d")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func names(list ...string) func(string) bool {
	return func(name string) bool { return slices.Contains(list, name) }
}

// sentences are what Compare tells.
func sentences(theirs, ours *upstream.Facts) []string {
	var out []string
	for _, d := range upstream.Compare(theirs, ours) {
		out = append(out, d.String())
	}
	return out
}

// TestFactsOfASpec lists all facts of a spec by comparing it with nothing, and
// then what lies below each, by comparing it with the bare names.
func TestFactsOfASpec(t *testing.T) {
	s := load(t)
	got := sentences(&upstream.Facts{}, upstream.FromSpec(s, names("Note", "Event", "Kind")))
	want := []string{
		"broadcasts.events.all: a broadcast of the spec's that upstream has not: object",
		"captures.note: a capture of the spec's that upstream has not",
		"channels.c: a channel of the spec's that upstream has not",
		"channels.d: a channel of the spec's that upstream has not",
		"requests.connect.reply.connected: a reply of the spec's that upstream has not",
		"types.Event: an entity of the spec's that upstream has not",
		"types.Kind: an entity of the spec's that upstream has not: enum",
		"types.Note: an entity of the spec's that upstream has not: object",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	bare := &upstream.Facts{}
	channel := bare.Add("", "channels.c", "a channel", spec.Pos{})
	bare.Add("", "channels.d", "a channel", spec.Pos{})
	bare.Add("", "captures.note", "a capture", spec.Pos{})
	bare.Add("", "types.Event", "an entity", spec.Pos{})
	for key, shape := range map[string]*upstream.Shape{
		"events.list": {Form: upstream.List, Of: &upstream.Shape{Form: upstream.Object}},
		"events.tree": {Form: upstream.Object},
		"sends.say":   {Form: upstream.Object},
	} {
		bare.AddShape(channel, key, "an event", spec.Pos{}, shape, false)
	}
	got = sentences(bare, upstream.FromSpec(s, names("Note", "Event")))
	want = []string{
		"broadcasts.events.all: a broadcast of the spec's that upstream has not: object",
		"captures.note.events.gone: an event of the spec's that upstream has not: null",
		"captures.note.key.id: a key of the spec's that upstream has not: string",
		"channels.c.events.event: an event of the spec's that upstream has not: Event",
		"channels.c.events.gone: an event of the spec's that upstream has not: null",
		"channels.c.events.list: upstream says object[], the spec says object[] | null",
		"channels.c.events.list.fields.name: a field of the spec's that upstream has not: string",
		"channels.c.events.list.fields.size: a field of the spec's that upstream has not: number",
		"channels.c.events.tree.fields.leaves: a field of the spec's that upstream has not: Tree[]",
		"channels.c.events.tree.fields.value: a field of the spec's that upstream has not: any",
		"channels.c.params.deep: a parameter of the spec's that upstream has not: optional map<object>",
		"channels.c.params.id: a parameter of the spec's that upstream has not: string",
		"channels.c.sends.say.fields.kind: a field of the spec's that upstream has not: enum",
		"channels.c.sends.say.fields.text: a field of the spec's that upstream has not: string",
		"channels.d.events.more: an event of the spec's that upstream has not: boolean",
		"channels.d.events.note: an event of the spec's that upstream has not: Note",
		"requests.connect.reply.connected: a reply of the spec's that upstream has not",
		"types.Event.variants.x: a variant of the spec's that upstream has not: object",
		"types.Event.variants.z: a variant of the spec's that upstream has not: object",
		"types.Note: an entity of the spec's that upstream has not: object",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestASpecDoesNotDifferFromItself(t *testing.T) {
	s, err := spec.Misskey()
	if err != nil {
		t.Fatal(err)
	}
	all := func(string) bool { return true }
	if got := sentences(upstream.FromSpec(s, all), upstream.FromSpec(s, all)); len(got) > 0 {
		t.Errorf("it differs: %q", got)
	}
}

// TestSchemasInTheTermsOfASpec adds entities as a publication declares them.
func TestSchemasInTheTermsOfASpec(t *testing.T) {
	s := load(t)
	word := func(words ...string) *upstream.Shape {
		e := &upstream.Shape{Form: upstream.Enum}
		for _, w := range words {
			e.Values = append(e.Values, upstream.Value{Word: w})
		}
		return e
	}
	object := func(fields ...upstream.Field) *upstream.Shape {
		return &upstream.Shape{Form: upstream.Object, Fields: fields}
	}
	field := func(name string, shape *upstream.Shape) upstream.Field {
		return upstream.Field{Name: name, Shape: shape}
	}
	text, number := &upstream.Shape{Form: upstream.String}, &upstream.Shape{Form: upstream.Number}
	theirs := &upstream.Facts{}
	theirs.AddSchema(&upstream.Schema{Name: "Kind", Shape: word("a", "c")}, s)
	theirs.AddSchema(&upstream.Schema{Name: "Unused", Shape: word("a")}, s)
	cases := []*upstream.Shape{
		object(field("type", word("x")), field("id", text), field("y", text)),
		object(field("type", word("z", "w")), field("id", text)),
		object(field("type", word("w")), field("id", text), field("more", number)),
		object(field("id", text)), // not told apart by anything
	}
	theirs.AddSchema(&upstream.Schema{Name: "Event", Shape: upstream.JoinObjects(cases), Cases: cases}, s)
	theirs.AddVariant("Event", "x", spec.Pos{})
	theirs.AddVariant("Event", "poke", spec.Pos{})
	theirs.AddVariant("Unused", "poke", spec.Pos{})
	got := sentences(theirs, upstream.FromTypes(s, names("Kind", "Event", "Unused")))
	want := []string{
		"types.Event.variants.poke: a variant of upstream's that the spec has not",
		"types.Event.variants.w: a variant of upstream's that the spec has not: object",
		"types.Event.variants.x.fields.y: upstream says string, the spec says number",
		"types.Kind.values.b: a value of the spec's that upstream has not",
		"types.Kind.values.c: a value of upstream's that the spec has not",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestJoin(t *testing.T) {
	shape := func(form upstream.Form) *upstream.Shape { return &upstream.Shape{Form: form} }
	nullable := func(form upstream.Form) *upstream.Shape { return &upstream.Shape{Form: form, Nullable: true} }
	entity := func(name string) *upstream.Shape { return &upstream.Shape{Form: upstream.Entity, Name: name} }
	enum := &upstream.Shape{Form: upstream.Enum, Values: []upstream.Value{{Word: "a"}}}
	for _, tt := range []struct {
		of   []*upstream.Shape
		want string
	}{
		{[]*upstream.Shape{shape(upstream.String)}, "string"},
		{[]*upstream.Shape{shape(upstream.String), shape(upstream.Null)}, "string | null"},
		{[]*upstream.Shape{shape(upstream.Null), shape(upstream.Null)}, "null"},
		{[]*upstream.Shape{shape(upstream.String), enum}, "string"},
		{[]*upstream.Shape{enum, enum}, "enum"},
		{[]*upstream.Shape{enum, shape(upstream.Number)}, "enum | number"},
		{[]*upstream.Shape{nullable(upstream.Number), shape(upstream.Number)}, "number | null"},
		{[]*upstream.Shape{shape(upstream.Any), shape(upstream.Null), enum}, "any"},
		{[]*upstream.Shape{entity("B"), entity("A"), entity("B")}, "A | B"},
		{[]*upstream.Shape{{Form: upstream.List, Of: nullable(upstream.String)}}, "(string | null)[]"},
		{[]*upstream.Shape{{Form: upstream.Map, Of: shape(upstream.Object)}}, "map<object>"},
	} {
		if got := upstream.Join(tt.of).String(); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
	if got := upstream.Join(nil); got != nil {
		t.Errorf("of nothing comes %s", got)
	}
	choice := upstream.Join([]*upstream.Shape{entity("A"), entity("B")})
	if got := upstream.Join([]*upstream.Shape{choice, entity("C"), shape(upstream.Null)}).String(); got != "A | B | C | null" {
		t.Errorf("a choice in a choice is %s", got)
	}
}

func TestJudge(t *testing.T) {
	differences := []upstream.Difference{
		{Path: "a", Upstream: "string", Spec: "number"},
		{Path: "b", Upstream: "string"},
		{Path: "c", Spec: "string"},
	}
	known := []*spec.AcceptedDifference{
		{Path: "a", Upstream: "string", Spec: "number", Reason: "A."},
		{Path: "b", Upstream: "boolean", Reason: "B."},
		{Path: "d", Spec: "string", Reason: "D."},
	}
	v := upstream.Judge(differences, known)
	want := upstream.Verdict{
		New:      differences[1:],
		Accepted: []upstream.Accepted{{Difference: differences[0], Reason: "A."}},
		Stale:    known[1:],
	}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if v.Clean() || !upstream.Judge(differences[:1], known[:1]).Clean() {
		t.Error("clean is what has nothing new and nothing stale")
	}
}

func TestKnownDifferencesHaveReasons(t *testing.T) {
	known, err := upstream.Known()
	if err != nil || len(known) == 0 {
		t.Fatal(len(known), err)
	}
	for _, a := range known {
		if len(a.Reason) < len("It is.") || a.Reason[len(a.Reason)-1] != '.' {
			t.Errorf("%s: the reason of %s is %q", a.Pos, a.Path, a.Reason)
		}
	}
}
