package entities_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-faster/jx"
	"github.com/google/go-cmp/cmp"

	"github.com/misskeyactor/misskeyactor/gen/internal/fork/entities"
	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/runtime/opt"
)

const author = `{"id":"a1","name":"Ann","mood":"calm"}`

// fullPost has every key of a Post, in the spec's order.
const fullPost = `{"id":"p1","createdAt":"2026-01-02T03:04:05.700Z","author":` + author + `,"text":"hello \"you\"","cw":"c",` +
	`"html":null,"likes":3,"score":1.5,"pinned":true,"mood":"+1","editedAt":"2026-01-02T03:04:06.000Z",` +
	`"editor":{"id":"m1","url":"https://m.example","name":null,"canDelete":true,"canBan":false,"since":"2020-01-01T00:00:00.000Z"},` +
	`"parent":` + smallPost + `,"tags":["x","y"],"links":[],"maybe":null,"grid":[[1,2],[]],"holes":["a",null],` +
	`"authors":[` + author + `],"ghosts":[null,` + author + `],"moods":{"a":"8x8","b":"other"},"counts":{"n":1},` +
	`"byName":{"ann":` + author + `},"extra":{"k":[1,null]},"more":[true],"rest":null,` +
	`"rule":{"type":"all","of":[{"type":"isBot"},{},{"type":"not","of":{"type":"later","x":1}}]},"rules":[],` +
	`"reaction":{"kind":"emoji","id":"r1","at":"2026-01-02T03:04:05.000Z","emoji":"🎉","by":` + author + `},"type":"t"}`

// smallPost has the required keys of a Post alone.
const smallPost = `{"id":"p0","createdAt":"2026-01-01T00:00:00.000Z","author":{"id":"a0","name":null},"text":null,"likes":0,` +
	`"score":0,"pinned":false,"mood":"","tags":[],"maybe":[],"grid":[],"holes":[],"authors":[],"ghosts":[],"moods":{},` +
	`"counts":null,"extra":null,"rest":null,"rule":{},"type":""}`

// decode decodes text and returns the drift.
func decode(t *testing.T, text string, into interface {
	Decode(*codec.Decoder) error
}) []codec.Drift {
	t.Helper()
	var drift []codec.Drift
	d := codec.NewDecoder(text, func(x codec.Drift) { drift = append(drift, x) })
	if err := into.Decode(d); err != nil {
		t.Fatalf("decode %s: %v", text, err)
	}
	if err := d.End(); err != nil {
		t.Fatalf("decode %s: %v", text, err)
	}
	return drift
}

func encode(v interface{ Encode(*jx.Encoder) }) string {
	var e jx.Encoder
	v.Encode(&e)
	return e.String()
}

// replace returns text with one occurrence of old replaced, and fails where
// there is none.
func replace(t *testing.T, text, old, new string) string {
	t.Helper()
	if strings.Count(text, old) == 0 {
		t.Fatalf("no %s in %s", old, text)
	}
	return strings.Replace(text, old, new, 1)
}

func TestRoundTripKeepsEveryByte(t *testing.T) {
	later := codec.Drift{Kind: codec.DriftVariant, Type: "Rule", Field: "type", Value: "later"}
	for text, want := range map[string][]codec.Drift{fullPost: {later}, smallPost: nil} {
		var p entities.Post
		if drift := decode(t, text, &p); !slices.Equal(drift, want) {
			t.Errorf("drift %v, want %v", drift, want)
		}
		if got := encode(&p); got != text {
			t.Errorf("encoded\n%s, want\n%s", got, text)
		}
		var q entities.Post
		if err := json.Unmarshal([]byte(text), &q); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, q, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
			t.Errorf("encoding/json decodes otherwise:\n%s", diff)
		}
		// json.Marshal escapes < > &, of which there are none here.
		if got, err := json.Marshal(q); err != nil || string(got) != text {
			t.Errorf("json.Marshal: %s, %v", got, err)
		}
	}
}

func TestValuesArriveInTheirFields(t *testing.T) {
	var p entities.Post
	decode(t, fullPost, &p)
	moderator := p.Editor
	for what, ok := range map[string]bool{
		"id":           p.ID == entities.PostID("p1"),
		"time":         p.CreatedAt.Equal(time.Date(2026, 1, 2, 3, 4, 5, 700e6, time.UTC)),
		"object":       p.Author.ID == "a1" && p.Author.Name == opt.Of("Ann"),
		"escaped":      p.Text == opt.Of(`hello "you"`),
		"null":         p.HTML.IsNull() && p.Author.URL.IsZero(),
		"enum":         p.Mood == entities.MoodPlusOne && p.Mood.Known() && !entities.Mood("?").Known(),
		"embedded":     moderator != nil && moderator.ID == "m1" && moderator.CanDelete && moderator.CanBan == opt.Of(false),
		"parent":       p.Parent != nil && p.Parent.ID == "p0",
		"empty list":   p.Links != nil && len(p.Links) == 0,
		"null list":    p.Maybe == nil,
		"nested":       len(p.Grid) == 2 && slices.Equal(p.Grid[0], []int64{1, 2}) && p.Grid[1] != nil,
		"holes":        len(p.Holes) == 2 && p.Holes[0] == opt.Of("a") && p.Holes[1].IsNull(),
		"null objects": len(p.Ghosts) == 2 && p.Ghosts[0] == nil && p.Ghosts[1].ID == "a1",
		"map":          maps.Equal(p.Moods, map[string]entities.Mood{"a": entities.Mood8x8, "b": "other"}),
		"goName":       p.Kind == "t",
	} {
		if !ok {
			t.Errorf("%s: wrong in %+v", what, p)
		}
	}
	r, ok := p.Reaction.(*entities.ReactionEmoji)
	if !ok || r.Emoji != "🎉" || r.Common().ID != "r1" || r.Kind() != entities.ReactionKindEmoji || r.By.ID != "a1" {
		t.Errorf("reaction %+v", p.Reaction)
	}
	all := p.Rule.(*entities.RuleAll)
	if len(all.Of) != 3 || all.Of[1] != nil {
		t.Fatalf("rule %+v", all)
	}
	later := all.Of[2].(*entities.RuleNot).Of.(*entities.UnknownRule)
	if later.Type != "later" || later.Kind().Known() || string(later.Raw) != `{"type":"later","x":1}` {
		t.Errorf("unknown rule %+v", later)
	}
}

// TestNullRules changes one key of a small post at a time, and says what
// becomes of it when the post is encoded again.
func TestNullRules(t *testing.T) {
	tests := []struct {
		name     string
		old, new string
		drift    []codec.Drift
		back     string // what new becomes; "" = new
	}{
		{"required string null", `"id":"p0"`, `"id":null`, null("Post", "id"), `"id":""`},
		{"required integer null", `"likes":0`, `"likes":null`, null("Post", "likes"), `"likes":0`},
		{"required time null", `"createdAt":"2026-01-01T00:00:00.000Z"`, `"createdAt":null`, null("Post", "createdAt"), `"createdAt":"0001-01-01T00:00:00.000Z"`},
		{"required object null", `"author":{"id":"a0","name":null}`, `"author":null`, null("Post", "author"), `"author":{"id":"","name":null}`},
		{"required list null", `"tags":[]`, `"tags":null`, null("Post", "tags"), `"tags":[]`},
		{"required map null", `"moods":{}`, `"moods":null`, null("Post", "moods"), `"moods":{}`},
		{"required union null", `"rule":{}`, `"rule":null`, null("Post", "rule"), `"rule":{}`},
		{"element null", `"tags":[]`, `"tags":["a",null]`, null("Post", "tags"), `"tags":["a",""]`},
		{"nested element null", `"grid":[]`, `"grid":[[1],[null]]`, null("Post", "grid"), `"grid":[[1],[0]]`},
		{"object element null", `"authors":[]`, `"authors":[null]`, null("Post", "authors"), `"authors":[{"id":"","name":null}]`},
		{"map element null", `"moods":{}`, `"moods":{"a":null}`, null("Post", "moods"), `"moods":{"a":""}`},
		{"element null in a list that may be null", `"maybe":[]`, `"maybe":[null]`, null("Post", "maybe"), `"maybe":[""]`},
		{"optional, not nullable, null", `"pinned":false`, `"pinned":false,"cw":null`, null("Post", "cw"), `"cw":null`},
		{"optional object null", `"pinned":false`, `"pinned":false,"parent":null`, null("Post", "parent"), `"pinned":false`},
		{"optional nullable object null", `"pinned":false`, `"pinned":false,"editor":null`, nil, `"pinned":false`},
		{"optional nullable union null", `"pinned":false`, `"pinned":false,"reaction":null`, nil, `"pinned":false`},
		{"optional nullable null", `"pinned":false`, `"pinned":false,"html":null`, nil, `"html":null`},
		{"optional list null", `"pinned":false`, `"pinned":false,"links":null`, null("Post", "links"), `"pinned":false`},
		{"nullable list null", `"maybe":[]`, `"maybe":null`, nil, ""},
		{"nullable map empty", `"counts":null`, `"counts":{}`, nil, ""},
		{"any null", `"pinned":false`, `"pinned":false,"more":null`, nil, `"more":null`},
		{"integer written as a float", `"likes":0`, `"likes":2.0`, nil, `"likes":2`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var p entities.Post
			drift := decode(t, replace(t, smallPost, tt.old, tt.new), &p)
			if !slices.Equal(drift, tt.drift) {
				t.Errorf("drift %v, want %v", drift, tt.drift)
			}
			back := tt.back
			if back == "" {
				back = tt.new
			}
			if got := encode(&p); !strings.Contains(got, back) || back == `"pinned":false` && len(got) != len(smallPost) {
				t.Errorf("encoded as %s, want %s in it", got, back)
			}
		})
	}
}

func null(typ, field string) []codec.Drift {
	return []codec.Drift{{Kind: codec.DriftNull, Type: typ, Field: field}}
}

func TestMissingAndUnknownKeysAreDrift(t *testing.T) {
	var p entities.Post
	text := replace(t, smallPost, `"likes":0,`, "")
	text = replace(t, text, `"id":"a0"`, `"added":[{"id":1}]`)
	drift := decode(t, text, &p)
	want := []codec.Drift{
		{Kind: codec.DriftUnknown, Type: "Author", Field: "added"},
		{Kind: codec.DriftMissing, Type: "Base", Field: "id"},
		{Kind: codec.DriftMissing, Type: "Post", Field: "likes"},
	}
	if !slices.Equal(drift, want) {
		t.Errorf("drift %v, want %v", drift, want)
	}

	var everything entities.Post
	missing := decode(t, `{}`, &everything)
	var required map[string]json.RawMessage
	if err := json.Unmarshal([]byte(smallPost), &required); err != nil {
		t.Fatal(err)
	}
	if len(missing) != len(required) {
		t.Errorf("%d keys reported missing, want %d", len(missing), len(required))
	}
	for _, m := range missing {
		if _, ok := required[m.Field]; !ok || m.Kind != codec.DriftMissing {
			t.Errorf("%v is no required key", m)
		}
	}
}

func TestDecodeForgetsWhatWasThere(t *testing.T) {
	var p entities.Post
	decode(t, fullPost, &p)
	decode(t, smallPost, &p)
	if got := encode(&p); got != smallPost {
		t.Errorf("something stayed: %s", got)
	}
}

func TestLastOfDuplicateKeysWins(t *testing.T) {
	var p entities.Post
	decode(t, replace(t, smallPost, `"tags":[]`, `"tags":["a"],"tags":["b"]`), &p)
	if !slices.Equal(p.Tags, []string{"b"}) {
		t.Errorf("tags %q", p.Tags)
	}
	r, err := entities.DecodeReaction(codec.NewDecoder(`{"kind":"like","id":"r","at":"2026-01-01T00:00:00Z","kind":"emoji","emoji":"e"}`, nil))
	if e, ok := r.(*entities.ReactionEmoji); err != nil || !ok || e.Emoji != "e" {
		t.Errorf("reaction %+v, %v", r, err)
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	tests := []struct{ old, new, path string }{
		{`"likes":0`, `"likes":"many"`, "likes"},
		{`"likes":0`, `"likes":1.5`, "likes"},
		{`"tags":[]`, `"tags":["a",1]`, "tags.[1]"},
		{`"authors":[]`, `"authors":[{"id":7}]`, "authors.[0].id"},
		{`"moods":{}`, `"moods":{"a.b":false}`, "moods.a.b"},
		{`"grid":[]`, `"grid":[[],["x"]]`, "grid.[1].[0]"},
		{`"rule":{}`, `"rule":{"type":"not","of":{"type":"all","of":[3]}}`, "rule.of.of.[0]"},
		{`"createdAt":"2026-01-01T00:00:00.000Z"`, `"createdAt":"yesterday"`, "createdAt"},
		{`"author":{`, `"author":[],"x":{`, "author"},
	}
	for _, tt := range tests {
		err := codec.Unmarshal([]byte(replace(t, smallPost, tt.old, tt.new)), new(entities.Post).Decode)
		var at *codec.Error
		if !errors.As(err, &at) || at.Path != tt.path {
			t.Errorf("%s: error %v, want one at %s", tt.new, err, tt.path)
		}
	}
}

func TestUnionMembers(t *testing.T) {
	const common = `"id":"r","at":"2026-01-01T00:00:00.000Z"`
	for _, tt := range []struct{ text, want, back string }{
		{`{` + common + `,"kind":"like"}`, "*entities.ReactionLike", `{"kind":"like",` + common + `}`},
		{`{"kind":"quote",` + common + `,"post":` + smallPost + `}`, "*entities.ReactionQuote", ""},
		{`{"x":[{}],` + common + `,"kind":"later"}`, "*entities.UnknownReaction", ""},
		{`{` + common + `}`, "*entities.UnknownReaction", ""},
		{`{"kind":7,` + common + `}`, "*entities.UnknownReaction", ""},
	} {
		r, err := entities.DecodeReaction(codec.NewDecoder(tt.text, nil))
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if got := fmt.Sprintf("%T", r); got != tt.want {
			t.Errorf("%s is a %s, want %s", tt.text, got, tt.want)
		}
		if r.Common().ID != "r" || r.Common().At.IsZero() {
			t.Errorf("%s: common fields are %+v", tt.text, r.Common())
		}
		back := tt.back
		if back == "" {
			back = tt.text
		}
		if got := encode(r); got != back {
			t.Errorf("encoded as %s, want %s", got, back)
		}
		if got, err := json.Marshal(r); err != nil || string(got) != back {
			t.Errorf("json.Marshal gives %s, %v", got, err)
		}
	}
}

func TestUnknownMemberReadsWhatItCan(t *testing.T) {
	r, err := entities.DecodeReaction(codec.NewDecoder(`{"kind":"later","at":"never","id":"r"}`, nil))
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Common(); c.ID != "r" || !c.At.IsZero() {
		t.Errorf("common fields are %+v", c)
	}
}

func TestWhatIsNoUnion(t *testing.T) {
	for _, text := range []string{`[]`, `"like"`, `7`, `{"kind":"like"`, ``} {
		if r, err := entities.DecodeReaction(codec.NewDecoder(text, nil)); err == nil || r != nil {
			t.Errorf("%s decodes to %v, %v", text, r, err)
		}
	}
	if r, err := entities.DecodeReaction(codec.NewDecoder(`null`, nil)); r != nil || !errors.Is(err, codec.ErrNull) {
		t.Errorf("null decodes to %v, %v", r, err)
	}
}

func TestObjectsThatHoldEachOther(t *testing.T) {
	const text = `{"hen":{"egg":{"hen":null,"size":1},"name":"h"},"size":2}`
	var e entities.Egg
	drift := decode(t, text, &e)
	if !slices.Equal(drift, null("Egg", "hen")) {
		t.Errorf("drift %v", drift)
	}
	if got := encode(&e); got != text {
		t.Errorf("encoded as %s", got)
	}
}

func TestCloneSharesNothing(t *testing.T) {
	var p entities.Post
	decode(t, fullPost, &p)
	c := p.Clone()
	if got := encode(&c); got != fullPost {
		t.Errorf("the clone is %s", got)
	}
	// Whatever is changed in the original through a reference must not show.
	p.Author.Name = opt.Of("other")
	p.Parent.ID = "other"
	p.Editor.Name = opt.Of("other")
	p.Tags[0], p.Grid[0][0], p.Holes[0] = "other", 9, opt.Of("other")
	p.Authors[0].ID, p.Ghosts[1].ID = "other", "other"
	p.Moods["a"], p.Counts["n"] = "other", 9
	delete(p.ByName, "ann")
	p.Extra[0], p.More[0] = '9', '9'
	p.Rule.(*entities.RuleAll).Of[0] = nil
	p.Rule.(*entities.RuleAll).Of[2].(*entities.RuleNot).Of.(*entities.UnknownRule).Raw[0] = '9'
	p.Reaction.(*entities.ReactionEmoji).By.ID = "other"
	if got := encode(&c); got != fullPost {
		t.Errorf("the clone changed:\n%s", got)
	}
	var nothing entities.Post
	if c := nothing.Clone(); c.Tags != nil || c.Moods != nil || c.Parent != nil || c.Rule != nil || c.Extra != nil {
		t.Errorf("the clone of nothing is %+v", c)
	}
}

func TestUnmarshalNullChangesNothing(t *testing.T) {
	p := entities.Post{ID: "p"}
	if err := json.Unmarshal([]byte("null"), &p); err != nil || p.ID != "p" {
		t.Errorf("post %q, error %v", p.ID, err)
	}
}

// TestDecodeAllocates guards the reasons for generated decoders: strings are
// parts of the frame, and what is left are pointers, lists and maps.
func TestDecodeAllocates(t *testing.T) {
	d := codec.NewDecoder(smallPost, nil)
	var p entities.Post
	got := testing.AllocsPerRun(100, func() {
		d.Reset(smallPost)
		if err := p.Decode(d); err != nil {
			t.Fatal(err)
		}
	})
	// Two raw values and one empty map.
	if got > 3 {
		t.Errorf("%v allocations, want 3 at most", got)
	}
}
