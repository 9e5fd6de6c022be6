package spec

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// dialect is a spec of one file, laid out to be pointed into.
const dialect = `name: test
title: Test
doc: A dialect.
checked: [1.0.0, 2.0.0]
seen: [1.0.0, 2.0.0]
since: "<=1.0.0"
socket: {path: /streaming, auth: query, ping: 1m, silence: 120s, textPing: true}
limits: {channelsPerConnection: {value: 32, since: 0.9.0}}
types:
  NoteID: {id: true, doc: Names a note.}
  Mood: {enum: [good, {value: "-", goName: MoodNone, doc: None., seen: source}]}
  Base: {fields: {id: NoteID}}
  Note:
    embeds: [Base]
    since: 1.5.0
    fields:
      reply?: Note | null
      moods: map<Mood[] | null>
      grid?: {type: "any[][]", goName: Squares, seen: source}
  Notice:
    union: type
    empty: true
    fields: {at: timestamp}
    variants:
      note: {fields: {note: Note}, goName: Noted, since: 2.0.0}
      test: {}
eventSets:
  timeline:
    events:
      note: {body: Note, as: note}
  wide:
    includes: [timeline]
    events:
      gone: {body: null, unpublished: true}
channels:
  plain: {events: wide}
  full:
    doc: All there is.
    credential: required
    permission: read:it
    shared: true
    leaks: true
    overflow: end
    seen: source
    quirks: [It is slow.]
    params:
      mood?: {type: Mood, default: good}
    events:
      tick: {fields: {n: integer}}
    sends:
      tock: {body: number, as: n, seen: [2.0.0]}
captures:
  note:
    method: Capture
    subscribe: sub
    unsubscribe: unsub
    update: noteUpdated
    key: {id: NoteID}
    endsWith: deleted
    events:
      deleted: {body: null}
broadcasts:
  events:
    all: {body: boolean, as: on}
requests:
  connect: {role: connect, reply: connected}
  disconnect: {role: disconnect}
  channel: {role: send, aliases: [ch]}
  sub: {role: subscribe}
  unsub: {role: unsubscribe}
  read: {role: request, method: Read, credential: required, bodyOptional: true, fields: {id?: string}}
  api: {role: call, reply: "api:"}
`

func load(t *testing.T, files map[string]string) (*Spec, error) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys["spec/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Load(fsys, "spec")
}

func TestLoadReadsEveryFact(t *testing.T) {
	got, err := load(t, map[string]string{"test.yaml": dialect, "README.md": "{not yaml", "sub/x.yaml": "{not ours"})
	if err != nil {
		t.Fatal(err)
	}
	var (
		both   = Evidence{Seen: []string{"1.0.0", "2.0.0"}, Since: "<=1.0.0"}
		source = Evidence{Seen: []string{}, Since: "<=1.0.0"}
		later  = Evidence{Seen: []string{"1.0.0", "2.0.0"}, Since: "1.5.0"}
		last   = Evidence{Seen: []string{"1.0.0", "2.0.0"}, Since: "2.0.0"}

		id     = &Type{Evidence: both, Name: "NoteID", Doc: "Names a note.", Kind: KindID}
		none   = &EnumValue{Evidence: source, Value: "-", GoName: "MoodNone", Doc: "None."}
		mood   = &Type{Evidence: both, Name: "Mood", Kind: KindEnum, Values: []*EnumValue{{Evidence: both, Value: "good"}, none}}
		base   = &Type{Evidence: both, Name: "Base", Kind: KindObject, Fields: []*Field{{Evidence: both, Name: "id", Type: &TypeExpr{Named: id}}}}
		note   = &Type{Evidence: later, Name: "Note", Kind: KindObject, Embeds: []*Ref{{Type: base}}}
		notice = &Type{
			Evidence: both, Name: "Notice", Kind: KindUnion, Discriminator: "type", Empty: true,
			Fields: []*Field{{Evidence: both, Name: "at", Type: &TypeExpr{Basic: Timestamp}}},
			Variants: []*Variant{
				{Evidence: last, Tag: "note", GoName: "Noted", Fields: []*Field{{Evidence: last, Name: "note", Type: &TypeExpr{Named: note}}}},
				{Evidence: both, Tag: "test"},
			},
		}
		timeline = &EventSet{Evidence: both, Name: "timeline", Events: []*Message{
			{Evidence: both, Name: "note", Body: &TypeExpr{Named: note}, As: "note"},
		}}
		wide = &EventSet{Evidence: both, Name: "wide", Includes: []*SetRef{{Set: timeline}}, Events: []*Message{
			{Evidence: Evidence{Seen: []string{}, Since: "<=1.0.0", Unpublished: true}, Name: "gone"},
		}}
		full = &EventSet{Evidence: source, Name: "full", Events: []*Message{
			{Evidence: source, Name: "tick", Fields: []*Field{{Evidence: source, Name: "n", Type: &TypeExpr{Basic: Integer}}}},
		}}
	)
	note.Fields = []*Field{
		{Evidence: later, Name: "reply", Optional: true, Type: &TypeExpr{Named: note, Nullable: true}},
		{Evidence: later, Name: "moods", Type: &TypeExpr{Map: &TypeExpr{Nullable: true, List: &TypeExpr{Named: mood}}}},
		{Evidence: Evidence{Seen: []string{}, Since: "1.5.0"}, Name: "grid", GoName: "Squares", Optional: true,
			Type: &TypeExpr{List: &TypeExpr{List: &TypeExpr{Basic: Any}}}},
	}
	request := func(name string, role Role) *Request {
		return &Request{Message: Message{Evidence: both, Name: name}, Role: role}
	}
	connect, send, read, call := request("connect", RoleConnect), request("channel", RoleSend), request("read", RoleRequest), request("api", RoleCall)
	connect.Reply, call.Reply = "connected", "api:"
	send.Aliases = []string{"ch"}
	read.Method, read.Credential, read.BodyOptional = "Read", true, true
	read.Fields = []*Field{{Evidence: both, Name: "id", Optional: true, Type: &TypeExpr{Basic: String}}}
	want := &Spec{
		Name: "test", Title: "Test", Doc: "A dialect.", Checked: []string{"1.0.0", "2.0.0"}, Evidence: both,
		Socket:    Socket{Evidence: both, Path: "/streaming", Auth: AuthQuery, PingSeconds: 60, SilenceSeconds: 120, TextPing: true},
		Limits:    Limits{Evidence: Evidence{Seen: both.Seen, Since: "0.9.0"}, ChannelsPerConnection: 32},
		Types:     []*Type{id, mood, base, note, notice},
		EventSets: []*EventSet{timeline, wide, full},
		Channels: []*Channel{
			{Evidence: both, Name: "plain", Overflow: DropOldest, Events: wide},
			{
				Evidence: source, Name: "full", Doc: "All there is.", Credential: true, Permission: "read:it",
				Shared: true, Leaks: true, Overflow: End, Quirks: []string{"It is slow."}, Events: full,
				Params: []*Field{{Evidence: source, Name: "mood", Optional: true, Type: &TypeExpr{Named: mood}, Default: "good"}},
				Sends: []*Message{{
					Evidence: Evidence{Seen: []string{"2.0.0"}, Since: "<=1.0.0"}, Name: "tock",
					Body: &TypeExpr{Basic: Number}, As: "n",
				}},
			},
		},
		Captures: []*Capture{{
			Evidence: both, Name: "note", Method: "Capture", Subscribe: "sub", Unsubscribe: "unsub", Update: "noteUpdated",
			Key:      &Field{Evidence: both, Name: "id", Type: &TypeExpr{Named: id}},
			EndsWith: "deleted",
			Events:   &EventSet{Evidence: both, Name: "note", Events: []*Message{{Evidence: both, Name: "deleted"}}},
		}},
		Broadcasts: &EventSet{Evidence: both, Name: "broadcast", Events: []*Message{
			{Evidence: both, Name: "all", Body: &TypeExpr{Basic: Boolean}, As: "on"},
		}},
		Requests: []*Request{connect, request("disconnect", RoleDisconnect), send,
			request("sub", RoleSubscribe), request("unsub", RoleUnsubscribe), read, call},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(Pos{}), cmpopts.IgnoreUnexported(Spec{})); diff != "" {
		t.Errorf("spec (-want +got):\n%s", diff)
	}
}

// TestLoadPositions finds at each position the text that was read there.
func TestLoadPositions(t *testing.T) {
	s, err := load(t, map[string]string{"test.yaml": dialect})
	if err != nil {
		t.Fatal(err)
	}
	note, notice := s.Types[3], s.Types[4]
	full := s.Channels[1]
	for _, c := range []struct {
		pos  Pos
		text string
	}{
		{s.Pos, "name: test"},
		{s.Socket.Pos, "socket:"},
		{s.Limits.Pos, "channelsPerConnection:"},
		{note.Pos, "Note:"},
		{note.Embeds[0].Pos, "Base]"},
		{note.Fields[0].Pos, "reply?:"},
		{note.Fields[0].Type.Pos, "Note | null"},
		{note.Fields[1].Type.Map.Pos, "Mood[] | null"},
		{note.Fields[2].Type.Pos, "any[][]"},
		{s.Types[1].Values[1].Pos, "{value"},
		{notice.Variants[0].Pos, "note: {fields"},
		{s.EventSets[1].Includes[0].Pos, "timeline]"},
		{full.Params[0].Pos, "mood?:"},
		{full.Sends[0].Pos, "tock:"},
		{full.Events.Pos, "full:"},
		{s.Captures[0].Key.Pos, "id: NoteID"},
		{s.Broadcasts.Events[0].Pos, "all:"},
		{s.Requests[5].Pos, "read: {role"},
	} {
		line := strings.Split(dialect, "\n")[c.pos.Line-1]
		if c.pos.File != "spec/test.yaml" || !strings.HasPrefix(line[c.pos.Column-1:], c.text) {
			t.Errorf("%v does not point at %q", c.pos, c.text)
		}
	}
}

// TestLoadMergesFiles spreads sections over files and finds the same spec.
func TestLoadMergesFiles(t *testing.T) {
	whole, err := load(t, map[string]string{"test.yaml": dialect})
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(dialect, "types:\n")
	types, rest, _ := strings.Cut(rest, "eventSets:\n")
	first, second, _ := strings.Cut(types, "  Note:\n")
	parts, err := load(t, map[string]string{
		"a.yaml": "types:\n" + first,
		"b.yaml": "types:\n  Note:\n" + second,
		"c.yaml": "eventSets:\n" + rest,
		"d.yaml": "\ufeff" + strings.ReplaceAll(head, "\n", "\r\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole, parts, cmpopts.IgnoreTypes(Pos{}), cmpopts.IgnoreUnexported(Spec{})); diff != "" {
		t.Errorf("one file against four:\n%s", diff)
	}
}

// TestLoadUnreadable has the faults that cannot stand in a text file.
func TestLoadUnreadable(t *testing.T) {
	file := func(data string) fs.FS {
		return fstest.MapFS{"spec/a.yaml": {Data: []byte(data)}, "spec/test.yaml": {Data: []byte(dialect)}}
	}
	for _, c := range []struct {
		name string
		fsys fs.FS
		dir  string
		want string
	}{
		{"no directory", fstest.MapFS{}, "nowhere", "nowhere:1:1: the directory cannot be read: file does not exist [SP001]"},
		{"no files", fstest.MapFS{"spec/a.yml": {}}, "spec", "spec:1:1: the directory holds no *.yaml file [SP007]"},
		{"another file", fstest.MapFS{"spec/a.yml": {}}, "spec/a.yml", `spec/a.yml:1:1: "spec/a.yml" is a file whose name does not end with .yaml [SP001]`},
		{"another file that is extended", fstest.MapFS{"a.yaml": {Data: []byte("name: a\nextends: ./b.yml\n")}, "b.yml": {}}, "a.yaml", `a.yaml:2:10: "b.yml" is a file whose name does not end with .yaml [SP029]`},
		{"file that fails", failing{file("")}, "spec", "spec/a.yaml:1:1: the file cannot be read: broken disk [SP001]"},
		{"latin 1", file("title: x\ndoc: \"日本 caf\xe9\"\n"), "spec", "spec/a.yaml:2:13: the file is not UTF-8 here [SP002]"},
		{"large", file("doc: " + strings.Repeat("x", maxFileBytes)), "spec", "spec/a.yaml:1:1: the file has 524293 bytes; a spec file may have 524288 [SP003]"},
		{"long line", file("title: x\ndoc: " + strings.Repeat("x", maxLineBytes)), "spec", "spec/a.yaml:2:1: the line has 2005 bytes; a line of a spec may have 2000 [SP003]"},
		{"long", file(strings.Repeat("\n", maxFileLines)), "spec", "spec/a.yaml:1:1: the file has 20001 lines; a spec file may have 20000 [SP003]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(c.fsys, c.dir)
			var diagnostics Diagnostics
			if !errors.As(err, &diagnostics) || len(diagnostics) != 1 {
				t.Fatalf("got %v, want one diagnostic", err)
			}
			if got, _, _ := strings.Cut(err.Error(), "\n"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if hint := diagnostics[0].Hint; strings.Contains(c.want, ".yml") && !strings.Contains(hint, ".yaml") {
				t.Errorf("the cure is %s", hint)
			}
		})
	}
}

func TestDiagnosticsWrapTheirCause(t *testing.T) {
	_, err := Load(fstest.MapFS{}, "nowhere")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
	if d, ok := errors.AsType[*Diagnostic](err); !ok || d.Code != CodeUnreadable {
		t.Errorf("%v holds no Diagnostic of its code", err)
	}
}

// failing is a file system whose a.yaml is listed and cannot be read.
type failing struct{ fs.FS }

func (f failing) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, "a.yaml") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("broken disk")}
	}
	return f.FS.Open(name)
}
