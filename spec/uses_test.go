package spec_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/misskeyactor/misskeyactor/spec"
)

func loadText(t *testing.T, text string) *spec.Spec {
	t.Helper()
	s, err := spec.Load(fstest.MapFS{"own.yaml": {Data: []byte(text)}}, "own.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const usesHead = `name: own
socket: {path: /streaming, auth: header}
requests: {connect: {role: connect}, disconnect: {role: disconnect}, channel: {role: send}}
`

// TestUsesAreWrittenAsTheyAreRead: what String writes is what was read.
func TestUsesAreWrittenAsTheyAreRead(t *testing.T) {
	uses := []string{"string", "Thing", "Thing | null", "Thing[]", "(Thing | null)[]", "Thing[] | null", "map<any>", "map<Thing[] | null>[][]", "(map<(integer | null)[]> | null)[] | null"}
	var b strings.Builder
	b.WriteString(usesHead + "types:\n  Thing: {fields: {}}\n  All:\n    fields:\n")
	for i, use := range uses {
		b.WriteString("      f" + string(rune('a'+i)) + ": \"" + use + "\"\n")
	}
	s := loadText(t, b.String())
	for i, f := range s.Types[1].Fields {
		if got := f.Type.String(); got != uses[i] {
			t.Errorf("%s is written %s", uses[i], got)
		}
	}
	if got := (*spec.TypeExpr)(nil).String(); got != "null" {
		t.Errorf("no use is written %s", got)
	}
	if got := s.Types[1].Fields[7].Type.Text(func(t *spec.Type) string { return "«" + t.Name + "»" }); got != "map<«Thing»[] | null>[][]" {
		t.Errorf("with other names it is %s", got)
	}
}

// TestWhatIsInheritedComesOnceAndFirst: an event that comes by two includes is
// one.
func TestWhatIsInheritedComesOnceAndFirst(t *testing.T) {
	s := loadText(t, usesHead+`types:
  Base: {fields: {id: string}}
  Middle: {embeds: [Base], fields: {name: string}}
  Top: {embeds: [Middle], fields: {size: integer}}
eventSets:
  bottom: {events: {bell: {body: null}}}
  left: {includes: [bottom], events: {lamp: {body: null}}}
  right: {includes: [bottom], events: {door: {body: null}}}
  top: {includes: [left, right], events: {roof: {body: null}}}
`)
	var events, fields []string
	for _, m := range s.EventSets[3].AllEvents() {
		events = append(events, m.Name)
	}
	for _, f := range s.Types[2].AllFields() {
		fields = append(fields, f.Name)
	}
	if want := []string{"bell", "lamp", "door", "roof"}; !slices.Equal(events, want) {
		t.Errorf("the events are %v, want %v", events, want)
	}
	if want := []string{"id", "name", "size"}; !slices.Equal(fields, want) {
		t.Errorf("the fields are %v, want %v", fields, want)
	}
}

// TestTypeSetHasWhatItsTypesHold, however it is held.
func TestTypeSetHasWhatItsTypesHold(t *testing.T) {
	s := loadText(t, usesHead+`types:
  Top: {embeds: [Embedded], fields: {list: "Listed[][] | null", itself?: Top}}
  Embedded: {fields: {map: map<Mapped>}}
  Listed: {union: kind, fields: {common: Common}, variants: {one: {fields: {varied: Varied}}}}
  Mapped: {enum: [a]}
  Common: {id: true}
  Varied: {fields: {}}
  Alone: {fields: {top: Top}}
`)
	set := spec.TypeSet{}
	set.Add(s.Types[0])
	var names []string
	for ty := range maps.Keys(set) {
		names = append(names, ty.Name)
	}
	slices.Sort(names)
	if want := []string{"Common", "Embedded", "Listed", "Mapped", "Top", "Varied"}; !slices.Equal(names, want) {
		t.Errorf("the set has %v, want %v", names, want)
	}
}
