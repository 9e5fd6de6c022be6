package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// below is a dialect to be extended, with something of every kind.
const below = `name: below
checked: [1.0.0]
seen: [1.0.0]
since: 0.9.0
socket: {path: /streaming, auth: header, ping: 60s, silence: 120s}
limits: {channelsPerConnection: 32}
requests:
  connect: {role: connect, reply: connected}
  disconnect: {role: disconnect}
  channel: {role: send}
  subNote: {role: subscribe}
  unsubNote: {role: unsubscribe}
  read: {role: request, method: Read, fields: {id: string}}
types:
  NoteID: {id: true}
  Mood: {enum: [good, bad]}
  File: {fields: {name: string}}
  Note: {fields: {id: NoteID, text: string | null, mood?: Mood, files: "File[]"}}
  Report: {fields: {id: string}}
  Alone: {fields: {id: string}}
eventSets:
  timeline: {events: {note: {body: Note}}}
channels:
  home: {events: timeline, params: {withFiles?: {type: boolean, default: false}}, quirks: [It is slow.]}
  admin: {events: {report: {body: Report}, closed: {body: null}}, permission: "read:admin"}
captures:
  note: {method: Capture, subscribe: subNote, unsubscribe: unsubNote, update: noteUpdated, key: {id: NoteID}, events: {gone: {fields: {at: timestamp}}}}
broadcasts: {events: {notice: {body: string, as: text}}}
`

// overlaid loads over.yaml over below.
func overlaid(t *testing.T, overlay string) *Spec {
	t.Helper()
	s, err := loadOver(overlay)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func loadOver(overlay string) (*Spec, error) {
	return Load(fstest.MapFS{
		"below/below.yaml": {Data: []byte(below)},
		"over.yaml":        {Data: []byte("name: over\nextends: ./below\n" + overlay)},
	}, "over.yaml")
}

func TestOverlayIsItsBaseUntilItSaysOtherwise(t *testing.T) {
	base, err := Load(fstest.MapFS{"below/below.yaml": {Data: []byte(below)}}, "below")
	if err != nil {
		t.Fatal(err)
	}
	s := overlaid(t, "")
	if diff := cmp.Diff(base, s.Extends, cmpopts.IgnoreUnexported(Spec{})); diff != "" {
		t.Errorf("what it extends (-alone +extended):\n%s", diff)
	}
	if s.Name != "over" || len(s.Checked) != 0 || s.Seen != nil || s.Since != "" {
		t.Errorf("what it says of itself comes from its base: %+v", s)
	}
	same := *s
	same.Pos, same.Name, same.Checked, same.Evidence, same.Extends = base.Pos, base.Name, base.Checked, base.Evidence, nil
	if diff := cmp.Diff(base, &same, cmpopts.IgnoreUnexported(Spec{})); diff != "" {
		t.Errorf("the facts (-base +overlay):\n%s", diff)
	}
}

func TestPatches(t *testing.T) {
	tests := []struct {
		name, overlay string
		look          func(s *Spec) any
		want          any
	}{
		{"a scalar replaces", "patch: {socket.auth: query}",
			func(s *Spec) any { return s.Socket.Auth }, AuthQuery},
		{"a list replaces", "patch: {channels.home.quirks: [It is fast.]}",
			func(s *Spec) any { return channelOf(s, "home").Quirks }, []string{"It is fast."}},
		{"null removes a declaration", "patch: {channels.admin: null}",
			func(s *Spec) any { return channelNames(s) }, []string{"home"}},
		{"null removes a section", "patch: {limits: null}",
			func(s *Spec) any { return s.Limits }, Limits{}},
		{"null removes an attribute", "patch: {channels.admin.permission: null}",
			func(s *Spec) any { return channelOf(s, "admin").Permission }, ""},
		{"a mapping merges", "patch: {channels.home: {shared: true, quirks: null, params: {dimension?: integer}}}",
			func(s *Spec) any {
				c := channelOf(s, "home")
				return fmt.Sprintln(c.Shared, c.Quirks, fieldNames(c.Params), c.Events.Name)
			}, "true [] [withFiles? dimension?] timeline\n"},
		{"a mapping merges at every depth", "patch: {channels: {home: {params: {withFiles?: {default: true}}}}}",
			func(s *Spec) any { f := channelOf(s, "home").Params[0]; return f.Default + " " + string(f.Type.Basic) }, "true boolean"},
		{"items are added to a list", "patch: {'types.Mood.enum[]': [odd, {value: '?', goName: Unsure}]}",
			func(s *Spec) any {
				var values []string
				for _, v := range typeOf(s, "Mood").Values {
					values = append(values, v.Value)
				}
				return values
			}, []string{"good", "bad", "odd", "?"}},
		{"a field is found without its question mark", "patch: {types.Note.fields.mood: string}",
			func(s *Spec) any {
				f := fieldOf(s, "Note", "mood")
				return fmt.Sprintf("%v %v", f.Optional, f.Type.Basic)
			}, "true string"},
		{"a merge makes a field optional", "patch: {types.Note.fields: {text?: string}}",
			func(s *Spec) any { return fieldNames(typeOf(s, "Note").Fields) }, []string{"id", "text?", "mood?", "files"}},
		{"a merge makes a field required", "patch: {types.Note.fields: {mood: {doc: How.}}}",
			func(s *Spec) any {
				f := fieldOf(s, "Note", "mood")
				return fmt.Sprintf("%v %v %v", f.Optional, f.Type.Named.Name, f.Doc)
			}, "false Mood How."},
		{"the short form of a field is its type", "patch: {types.Note.fields.text: {doc: In MFM.}}",
			func(s *Spec) any {
				f := fieldOf(s, "Note", "text")
				return fmt.Sprintf("%v %v %v", f.Type.Basic, f.Type.Nullable, f.Doc)
			}, "string true In MFM."},
		{"the type of a short field by its path", "patch: {types.Note.fields.text.type: integer}",
			func(s *Spec) any { return fieldOf(s, "Note", "text").Type.Basic }, Integer},
		{"an event is added to a set", "patch: {eventSets.timeline.events: {edited: {body: null, doc: It was.}}}",
			func(s *Spec) any { return messageNames(channelOf(s, "home").Events.Events) }, []string{"note", "edited"}},
		{"an event of a channel's own is patched", "patch: {channels.admin.events.report.body: string, channels.admin.events.report: {as: text}}",
			func(s *Spec) any { return channelOf(s, "admin").Events.Events[0].Body.Basic }, String},
		{"a set takes the place of a channel's own events", "patch: {channels.admin.events: timeline}",
			func(s *Spec) any { return channelOf(s, "admin").Events.Name }, "timeline"},
		{"a message that loses its body has none", "patch: {channels.admin.events.report.body: null}",
			func(s *Spec) any { return channelOf(s, "admin").Events.Events[0].Body == nil }, true},
		{"a message that loses its fields has no body", "patch: {captures.note.events.gone: {fields: null}}",
			func(s *Spec) any { m := s.Captures[0].Events.Events[0]; return m.Body == nil && m.Fields == nil }, true},
		{"a request that carries nothing of its own stays so", "patch: {requests.subNote: {aliases: [s]}}",
			func(s *Spec) any { return s.Requests[3].Aliases }, []string{"s"}},
		{"a request of the client that loses its fields has no body", "patch: {requests.read.fields: null}",
			func(s *Spec) any { r := s.Requests[5]; return r.Body == nil && r.Fields == nil }, true},
		{"a body becomes fields", "patch: {eventSets.timeline.events.note: {body: null, fields: {id: NoteID}}}",
			func(s *Spec) any { return fieldNames(s.EventSets[0].Events[0].Fields) }, []string{"id"}},
		{"fields take the place of a body and its name", "patch: {broadcasts.events.notice: {fields: {text: string}}}",
			func(s *Spec) any {
				m := s.Broadcasts.Events[0]
				return fmt.Sprint(fieldNames(m.Fields), m.Body == nil, m.As == "")
			}, "[text] true true"},
		{"which may be said, too", "patch: {broadcasts.events.notice: {body: null, as: null, fields: {text: string}}}",
			func(s *Spec) any { return fieldNames(s.Broadcasts.Events[0].Fields) }, []string{"text"}},
		{"a body takes the place of fields", "patch: {captures.note.events.gone: {body: Note}}",
			func(s *Spec) any {
				m := s.Captures[0].Events.Events[0]
				return fmt.Sprint(m.Body.Named.Name, fieldNames(m.Fields))
			}, "Note[]"},
		{"the name of a body goes with it", "patch: {broadcasts.events.notice.body: null}",
			func(s *Spec) any { m := s.Broadcasts.Events[0]; return m.Body == nil && m.As == "" }, true},
		{"and stays with another", "patch: {broadcasts.events.notice.body: integer}",
			func(s *Spec) any { m := s.Broadcasts.Events[0]; return string(m.Body.Basic) + " " + m.As }, "integer text"},
		{"patches build on one another", "patch: {channels.home.params: {a?: string}, channels.home.params.a: integer}",
			func(s *Spec) any { return channelOf(s, "home").Params[1].Type.Basic }, Integer},
		{"a new channel may use what the base has", "channels: {bubble: {events: timeline}}",
			func(s *Spec) any { return channelNames(s) }, []string{"home", "admin", "bubble"}},
		{"a name may have dots", "channels: {a.b: {events: timeline}}",
			func(s *Spec) any { return channelOf(s, "a.b").Events.Name }, "timeline"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.look(overlaid(t, test.overlay))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPatchOfANameWithDots(t *testing.T) {
	s, err := Load(fstest.MapFS{
		"below/below.yaml": {Data: []byte(below)},
		"mid.yaml":         {Data: []byte("name: mid\nextends: ./below\nchannels: {a.b: {events: timeline}, a: {events: timeline}}")},
		"over/over.yaml":   {Data: []byte("name: over\nextends: ../mid.yaml\npatch: {channels.a.b: {leaks: true}}")},
	}, "over")
	if err != nil {
		t.Fatal(err)
	}
	if !channelOf(s, "a.b").Leaks || channelOf(s, "a").Leaks {
		t.Error("the patch did not reach the channel of that name")
	}
	if s.Extends.Name != "mid" || s.Extends.Extends.Name != "below" {
		t.Error("the chain of what it extends is broken")
	}
}

// TestOverlayKeepsPositionsAndEvidence looks at where facts of an overlay come
// from: what the base says was seen on the base's servers, what the overlay
// adds on the overlay's.
func TestOverlayKeepsPositionsAndEvidence(t *testing.T) {
	s := overlaid(t, `checked: [2.0.0-fork.1]
seen: [2.0.0-fork.1]
since: 2.0.0
channels: {bubble: {events: {ring: {body: null}}, params: {loud?: {type: boolean, seen: source}}}}
patch:
  channels.home: {leaks: true, params: {dimension?: integer}}
  types.Note.fields.text: string
  types.Note.fields: {files?: {}}
`)
	type origin struct {
		file string
		line int
		seen string
	}
	of := func(p Pos, e Evidence) origin {
		return origin{p.File, p.Line, strings.Join(e.Seen, " ") + " " + e.Since}
	}
	home, bubble := channelOf(s, "home"), channelOf(s, "bubble")
	text, id, fileList := fieldOf(s, "Note", "text"), fieldOf(s, "Note", "id"), fieldOf(s, "Note", "files")
	tests := map[string]struct{ got, want origin }{
		"the patched channel":          {of(home.Pos, home.Evidence), origin{"over.yaml", 8, "2.0.0-fork.1 2.0.0"}},
		"its param":                    {of(home.Params[0].Pos, home.Params[0].Evidence), origin{"below/below.yaml", 24, "1.0.0 0.9.0"}},
		"the param that was added":     {of(home.Params[1].Pos, home.Params[1].Evidence), origin{"over.yaml", 8, "2.0.0-fork.1 2.0.0"}},
		"a field":                      {of(id.Pos, id.Evidence), origin{"below/below.yaml", 18, "1.0.0 0.9.0"}},
		"the field that was patched":   {of(text.Pos, text.Evidence), origin{"over.yaml", 9, "2.0.0-fork.1 2.0.0"}},
		"the field that may be absent": {of(fileList.Pos, fileList.Evidence), origin{"over.yaml", 10, "2.0.0-fork.1 2.0.0"}},
		"the overlay's channel":        {of(bubble.Pos, bubble.Evidence), origin{"over.yaml", 6, "2.0.0-fork.1 2.0.0"}},
		"its event":                    {of(bubble.Events.Events[0].Pos, bubble.Events.Events[0].Evidence), origin{"over.yaml", 6, "2.0.0-fork.1 2.0.0"}},
		"its param of the source":      {of(bubble.Params[0].Pos, bubble.Params[0].Evidence), origin{"over.yaml", 6, " 2.0.0"}},
		"the capture's event":          {of(s.Captures[0].Events.Events[0].Pos, s.Captures[0].Events.Events[0].Evidence), origin{"below/below.yaml", 27, "1.0.0 0.9.0"}},
		"the limits":                   {of(s.Limits.Pos, s.Limits.Evidence), origin{"below/below.yaml", 6, "1.0.0 0.9.0"}},
	}
	for name, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: %+v, want %+v", name, test.got, test.want)
		}
	}
	if base := channelOf(s.Extends, "home"); base.Leaks || len(base.Params) != 1 {
		t.Error("the patches reached the base itself")
	}
}

func TestFaultsOfAPatchedFactPointAtThePatch(t *testing.T) {
	_, err := loadOver("patch:\n  types.Note.fields.text: Noet\n  channels.home: {colour: red}\n")
	want := `over.yaml:4:27: there is no type "Noet"; did you mean "Note"? [SP018]
      types.Note.fields.text: Noet
                              ^
    Declare it, or write Alone, File, Mood, Note, NoteID, Report, any, boolean, integer, number, string or timestamp.
over.yaml:5:19: "colour" is no key of the channel "home" [SP009]
      channels.home: {colour: red}
                      ^`
	if got := fmt.Sprint(err); !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTrimming(t *testing.T) {
	tests := []struct {
		name, overlay         string
		channels, sets, types []string
	}{
		{"only", "only: [home]",
			[]string{"home"}, []string{"timeline"}, []string{"NoteID", "Mood", "File", "Note", "Alone"}},
		{"only, without the timeline", "only: [admin]",
			[]string{"admin"}, []string{"admin"}, []string{"NoteID", "Report", "Alone"}},
		{"without", "without: [home]",
			[]string{"admin"}, []string{"admin"}, []string{"NoteID", "Report", "Alone"}},
		{"a channel of the overlay's own", "only: [bell]\nchannels: {bell: {events: {ring: {body: File}}}}",
			[]string{"bell"}, []string{"bell"}, []string{"NoteID", "File", "Alone"}},
		{"only, beside channels of the overlay's own", "only: [admin]\nchannels: {bell: {events: {ring: {body: File}}}}\npatch: {channels: {gong: {events: {rung: {body: null}}}}}",
			[]string{"admin", "gong", "bell"}, []string{"admin", "gong", "bell"}, []string{"NoteID", "File", "Report", "Alone"}},
		{"only, beside a channel that is patched", "only: [admin]\npatch: {channels.home: {shared: true}}",
			[]string{"admin"}, []string{"admin"}, []string{"NoteID", "Report", "Alone"}},
		{"only, beside a channel declared anew", "only: [admin]\npatch: {channels.home: null}\nchannels: {home: {events: {ring: {body: File}}}}",
			[]string{"admin", "home"}, []string{"admin", "home"}, []string{"NoteID", "File", "Report", "Alone"}},
		{"without a channel of the overlay's own", "without: [bell, home]\nchannels: {bell: {events: {ring: {body: File}}}}",
			[]string{"admin"}, []string{"admin"}, []string{"NoteID", "Report", "Alone"}},
		{"without what a patch has left the other use of", "without: [admin]\npatch: {eventSets.timeline.events.note: {body: null}}",
			[]string{"home"}, []string{"timeline"}, []string{"NoteID", "Alone"}},
		{"what something unused uses", "without: [home]\ntypes: {Bell: {fields: {rang: File}}}",
			[]string{"admin"}, []string{"admin"}, []string{"NoteID", "File", "Report", "Alone", "Bell"}},
		{"without all", "without: [home, admin]", nil, nil, []string{"NoteID", "Alone"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := overlaid(t, test.overlay)
			var sets, types []string
			for _, set := range s.EventSets {
				sets = append(sets, set.Name)
			}
			for _, typ := range s.Types {
				types = append(types, typ.Name)
			}
			for what, pair := range map[string][2][]string{
				"channels": {test.channels, channelNames(s)}, "sets": {test.sets, sets}, "types": {test.types, types},
			} {
				if !slices.Equal(pair[0], pair[1]) {
					t.Errorf("%s: got %v, want %v", what, pair[1], pair[0])
				}
			}
			if len(s.Captures) != 1 || s.Broadcasts == nil || len(s.Requests) != 6 {
				t.Error("more than channels was left out")
			}
		})
	}
}

func TestTrimmingOfADialectThatExtendsNothing(t *testing.T) {
	s, err := Load(fstest.MapFS{"below.yaml": {Data: []byte(below + "only: [admin]\n")}}, "below.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got := channelNames(s); !slices.Equal(got, []string{"admin"}) {
		t.Errorf("channels %v", got)
	}
}

// TestOverlayOfATrimmedDialect holds that what was left out stays out.
func TestOverlayOfATrimmedDialect(t *testing.T) {
	files := fstest.MapFS{
		"below/below.yaml": {Data: []byte(below)},
		"mid.yaml":         {Data: []byte("name: mid\nextends: ./below\nonly: [home]")},
		"over.yaml":        {Data: []byte("name: over\nextends: ./mid.yaml\nchannels: {bell: {events: {ring: {body: File}}}}\ntypes: {Report: {fields: {a: string}}}")},
	}
	s, err := Load(files, "over.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got := channelNames(s); !slices.Equal(got, []string{"home", "bell"}) {
		t.Errorf("channels %v", got)
	}
}

func TestExtendsChainIsBounded(t *testing.T) {
	files := fstest.MapFS{"0.yaml": {Data: []byte(below)}}
	for i := 1; i <= maxExtends+1; i++ {
		files[fmt.Sprintf("%d.yaml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "name: n%d\nextends: ./%d.yaml", i, i-1)}
	}
	if _, err := Load(files, fmt.Sprintf("%d.yaml", maxExtends)); err != nil {
		t.Errorf("%d dialects on top of one another: %v", maxExtends, err)
	}
	_, err := Load(files, fmt.Sprintf("%d.yaml", maxExtends+1))
	var found Diagnostics
	if !errors.As(err, &found) || len(found) != 1 || found[0].Code != CodeExtends || found[0].File != "1.yaml" {
		t.Errorf("one more: %v", err)
	}
}

func TestMissingBaseWrapsItsCause(t *testing.T) {
	_, err := Load(fstest.MapFS{"a.yaml": {Data: []byte("name: a\nextends: ./gone")}}, "a.yaml")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestDialects(t *testing.T) {
	if !slices.Contains(Dialects(), "misskey") || !slices.IsSorted(Dialects()) {
		t.Errorf("dialects: %v", Dialects())
	}
	for _, name := range Dialects() {
		s, err := Dialect(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s.Name != name {
			t.Errorf("the dialect %s is called %s by its file", name, s.Name)
		}
	}
	if _, err := Dialect("mastodon"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a dialect that is not there: %v", err)
	}
}

func channelOf(s *Spec, name string) *Channel {
	i := slices.IndexFunc(s.Channels, func(c *Channel) bool { return c.Name == name })
	return s.Channels[i]
}

func channelNames(s *Spec) []string {
	var names []string
	for _, c := range s.Channels {
		names = append(names, c.Name)
	}
	return names
}

func typeOf(s *Spec, name string) *Type {
	i := slices.IndexFunc(s.Types, func(t *Type) bool { return t.Name == name })
	return s.Types[i]
}

func fieldOf(s *Spec, typ, name string) *Field {
	fields := typeOf(s, typ).Fields
	return fields[slices.IndexFunc(fields, func(f *Field) bool { return f.Name == name })]
}

func fieldNames(fields []*Field) []string {
	var names []string
	for _, f := range fields {
		name := f.Name
		if f.Optional {
			name += "?"
		}
		names = append(names, name)
	}
	return names
}

func messageNames(messages []*Message) []string {
	var names []string
	for _, m := range messages {
		names = append(names, m.Name)
	}
	return names
}
