package streaming_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime"
	"github.com/misskeyactor/misskeyactor/spec"
	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// handlers are the handler interfaces: all events are parameters of their
// methods.
var handlers = []reflect.Type{
	reflect.TypeFor[streaming.AdminHandler](),
	reflect.TypeFor[streaming.BroadcastHandler](),
	reflect.TypeFor[streaming.ChatRoomHandler](),
	reflect.TypeFor[streaming.ChatUserHandler](),
	reflect.TypeFor[streaming.DriveHandler](),
	reflect.TypeFor[streaming.MainHandler](),
	reflect.TypeFor[streaming.NoteHandler](),
	reflect.TypeFor[streaming.QueueStatsHandler](),
	reflect.TypeFor[streaming.ReversiGameHandler](),
	reflect.TypeFor[streaming.ReversiHandler](),
	reflect.TypeFor[streaming.ServerStatsHandler](),
	reflect.TypeFor[streaming.TimelineHandler](),
	reflect.TypeFor[streaming.UserListHandler](),
}

// unions are the sealed interfaces among the entities, and their members.
var unions = map[reflect.Type][]reflect.Type{
	reflect.TypeFor[misskey.Notification](): {
		reflect.TypeFor[*misskey.NotificationAchievementEarned](),
		reflect.TypeFor[*misskey.NotificationApp](),
		reflect.TypeFor[*misskey.NotificationChatRoomInvitationReceived](),
		reflect.TypeFor[*misskey.NotificationCreateToken](),
		reflect.TypeFor[*misskey.NotificationExportCompleted](),
		reflect.TypeFor[*misskey.NotificationFollow](),
		reflect.TypeFor[*misskey.NotificationFollowRequestAccepted](),
		reflect.TypeFor[*misskey.NotificationLogin](),
		reflect.TypeFor[*misskey.NotificationMention](),
		reflect.TypeFor[*misskey.NotificationNote](),
		reflect.TypeFor[*misskey.NotificationPollEnded](),
		reflect.TypeFor[*misskey.NotificationQuote](),
		reflect.TypeFor[*misskey.NotificationReaction](),
		reflect.TypeFor[*misskey.NotificationReceiveFollowRequest](),
		reflect.TypeFor[*misskey.NotificationRenote](),
		reflect.TypeFor[*misskey.NotificationReply](),
		reflect.TypeFor[*misskey.NotificationRoleAssigned](),
		reflect.TypeFor[*misskey.NotificationScheduledNotePostFailed](),
		reflect.TypeFor[*misskey.NotificationScheduledNotePosted](),
		reflect.TypeFor[*misskey.NotificationTest](),
		reflect.TypeFor[*misskey.UnknownNotification](),
	},
	reflect.TypeFor[misskey.PageBlock](): {
		reflect.TypeFor[*misskey.PageBlockImage](),
		reflect.TypeFor[*misskey.PageBlockNote](),
		reflect.TypeFor[*misskey.PageBlockSection](),
		reflect.TypeFor[*misskey.PageBlockText](),
		reflect.TypeFor[*misskey.UnknownPageBlock](),
	},
	reflect.TypeFor[misskey.RoleCondition](): {
		reflect.TypeFor[*misskey.RoleConditionAnd](),
		reflect.TypeFor[*misskey.RoleConditionCreatedLessThan](),
		reflect.TypeFor[*misskey.RoleConditionCreatedMoreThan](),
		reflect.TypeFor[*misskey.RoleConditionFollowersLessThanOrEq](),
		reflect.TypeFor[*misskey.RoleConditionFollowersMoreThanOrEq](),
		reflect.TypeFor[*misskey.RoleConditionFollowingLessThanOrEq](),
		reflect.TypeFor[*misskey.RoleConditionFollowingMoreThanOrEq](),
		reflect.TypeFor[*misskey.RoleConditionIsBot](),
		reflect.TypeFor[*misskey.RoleConditionIsCat](),
		reflect.TypeFor[*misskey.RoleConditionIsExplorable](),
		reflect.TypeFor[*misskey.RoleConditionIsLocal](),
		reflect.TypeFor[*misskey.RoleConditionIsLocked](),
		reflect.TypeFor[*misskey.RoleConditionIsRemote](),
		reflect.TypeFor[*misskey.RoleConditionIsSuspended](),
		reflect.TypeFor[*misskey.RoleConditionNot](),
		reflect.TypeFor[*misskey.RoleConditionNotesLessThanOrEq](),
		reflect.TypeFor[*misskey.RoleConditionNotesMoreThanOrEq](),
		reflect.TypeFor[*misskey.RoleConditionOr](),
		reflect.TypeFor[*misskey.RoleConditionRoleAssignedTo](),
		reflect.TypeFor[*misskey.UnknownRoleCondition](),
	},
}

// untyped are the fields that hold what the spec calls any, and their names
// there. No others hold raw bytes or a catch-all map.
var untyped = map[string]string{
	"misskey.MeDetailed.HardMutedWords":          "MeDetailed.hardMutedWords",
	"misskey.MeDetailed.MutedWords":              "MeDetailed.mutedWords",
	"misskey.Page.Variables":                     "Page.variables",
	"misskey.ReversiGameDetailed.Form1":          "ReversiGameDetailed.form1",
	"misskey.ReversiGameDetailed.Form2":          "ReversiGameDetailed.form2",
	"misskey.RolePolicy.Value":                   "RolePolicy.value",
	"misskey.Signin.Headers":                     "Signin.headers",
	"streaming.MainPageEvent.Var":                "main.pageEvent.var",
	"streaming.MainRegistryUpdated.Value":        "main.registryUpdated.value",
	"streaming.ReversiGameSettingsUpdated.Value": "reversiGame.updateSettings.value",
	"streaming.ReversiGameUpdateSettings.Value":  "reversiGame send updateSettings.value",
	"streaming.ServerStatsRequestLog.ID":         "serverStats send requestLog.id",
}

// TestNoFieldPassesByCopying walks over every type that an event, a
// parameter, a send or a request is made of. Raw bytes and interfaces that
// are no unions would survive a round trip without being understood.
func TestNoFieldPassesByCopying(t *testing.T) {
	w := walk{reached: map[reflect.Type]bool{}, untyped: map[string]bool{}}
	for _, h := range handlers {
		for i := range h.NumMethod() {
			w.visit(h.Method(i).Type.In(1), "")
		}
	}
	client := reflect.TypeFor[*streaming.Client]()
	for i := range client.NumMethod() {
		w.parameters(client.Method(i).Type)
		if out := client.Method(i).Type; out.NumOut() > 0 && out.Out(0).Kind() == reflect.Pointer {
			for j := range out.Out(0).NumMethod() {
				w.parameters(out.Out(0).Method(j).Type)
			}
		}
	}
	if got, want := slices.Sorted(maps.Keys(w.untyped)), slices.Sorted(maps.Keys(untyped)); !slices.Equal(got, want) {
		t.Errorf("untyped fields\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, problem := range w.problems {
		t.Error(problem)
	}

	// The walk has been everywhere, so that nothing hides from it.
	reached := map[string]bool{}
	for typ := range w.reached {
		reached[typ.String()] = true
	}
	for _, dir := range []string{".", "misskey"} {
		for _, name := range declared(t, dir).structs {
			if typ := shortName(dir, name); !reached[typ] {
				t.Errorf("%s is out of reach", typ)
			}
		}
	}
	t.Logf("%d types, %d untyped fields", len(w.reached), len(w.untyped))
}

// TestUntypedFieldsAreTheSpecsAny compares the list above with the spec.
func TestUntypedFieldsAreTheSpecsAny(t *testing.T) {
	s, err := spec.Misskey()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	look := func(label string, fields []*spec.Field) {
		for _, f := range fields {
			if holdsAny(f.Type) {
				want = append(want, label+"."+f.Name)
			}
		}
	}
	messages := func(label string, ms []*spec.Message) {
		for _, m := range ms {
			look(label+"."+m.Name, m.Fields)
			if holdsAny(m.Body) {
				want = append(want, label+"."+m.Name)
			}
		}
	}
	for _, typ := range s.Types {
		look(typ.Name, typ.Fields)
		for _, v := range typ.Variants {
			look(typ.Name+"."+v.Tag, v.Fields)
		}
	}
	for _, set := range s.EventSets {
		messages(set.Name, set.Events)
	}
	messages(s.Broadcasts.Name, s.Broadcasts.Events)
	for _, ch := range s.Channels {
		look(ch.Name, ch.Params)
		for _, m := range ch.Sends {
			look(ch.Name+" send "+m.Name, m.Fields)
			if holdsAny(m.Body) {
				want = append(want, ch.Name+" send "+m.Name)
			}
		}
	}
	for _, c := range s.Captures {
		look(c.Name, []*spec.Field{c.Key})
		messages(c.Name, c.Events.Events)
	}
	for _, r := range s.Requests {
		if r.Role == spec.RoleRequest {
			look(r.Name, r.Fields)
		}
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Values(untyped)); !slices.Equal(got, slices.Compact(want)) {
		t.Errorf("the spec has any in\n%s\nlisted are\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
	}
}

func holdsAny(t *spec.TypeExpr) bool {
	return t != nil && (t.Basic == spec.Any || holdsAny(t.List) || holdsAny(t.Map))
}

// TestRegistryIsComplete holds the two lists above to the source.
func TestRegistryIsComplete(t *testing.T) {
	var got, want []string
	for _, h := range handlers {
		got = append(got, h.String())
	}
	for _, name := range declared(t, ".").handlers {
		want = append(want, shortName(".", name))
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("handlers %v, declared are %v", got, want)
	}

	got, want = nil, declared(t, "misskey").markers
	for union, members := range unions {
		for _, m := range members {
			if !m.Implements(union) {
				t.Errorf("%v is no %v", m, union)
			}
			got = append(got, union.Name()+" "+m.Elem().Name())
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("union members\n%s\ndeclared are\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestWalkFindsWhatIsUntyped shows that the walk can fail.
func TestWalkFindsWhatIsUntyped(t *testing.T) {
	type inner struct{ Raw []byte }
	type outer struct {
		List    []map[string]inner
		Free    map[string]any
		Pointer *any
		Bytes   [4]byte
		Fine    time.Time
		Choice  misskey.PageBlock
	}
	w := walk{reached: map[reflect.Type]bool{}, untyped: map[string]bool{}}
	w.visit(reflect.TypeFor[*outer](), "")
	want := []string{"streaming_test.inner.Raw", "streaming_test.outer.Bytes", "streaming_test.outer.Free", "streaming_test.outer.Pointer"}
	for _, field := range want {
		if !w.untyped[field] {
			t.Errorf("%s is not found", field)
		}
	}
	if w.untyped["streaming_test.outer.Fine"] || !w.reached[reflect.TypeFor[misskey.PageBlockNote]()] {
		t.Errorf("found %v", w.untyped)
	}
}

// walk visits types.
type walk struct {
	reached  map[reflect.Type]bool // structs
	untyped  map[string]bool       // fields
	problems []string
}

// parameters visits the structs of package streaming that a method takes.
func (w *walk) parameters(method reflect.Type) {
	for i := range method.NumIn() {
		if in := method.In(i); i > 0 && in.Kind() == reflect.Struct && strings.HasPrefix(in.String(), "streaming.") {
			w.visit(in, "")
		}
	}
}

// visit looks at a type that stands in field.
func (w *walk) visit(typ reflect.Type, field string) {
	switch typ.Kind() {
	case reflect.Bool, reflect.Int64, reflect.Float64, reflect.String, reflect.Uint64:
	case reflect.Slice, reflect.Array:
		if typ.Elem().Kind() == reflect.Uint8 {
			w.untyped[field] = true
			return
		}
		w.visit(typ.Elem(), field)
	case reflect.Map:
		w.visit(typ.Key(), field)
		w.visit(typ.Elem(), field)
	case reflect.Pointer:
		w.visit(typ.Elem(), field)
	case reflect.Interface:
		members, ok := unions[typ]
		if !ok {
			w.untyped[field] = true
			return
		}
		for _, m := range members {
			w.visit(m, field)
		}
	case reflect.Struct:
		w.visitStruct(typ, field)
	default:
		w.problems = append(w.problems, fmt.Sprintf("%s has a %v", field, typ))
	}
}

func (w *walk) visitStruct(typ reflect.Type, field string) {
	switch {
	case w.reached[typ], typ == reflect.TypeFor[runtime.Meta](), typ == reflect.TypeFor[time.Time]():
		return
	case strings.HasPrefix(typ.Name(), "Opt["):
		w.visit(typ.Field(0).Type, field)
		return
	}
	w.reached[typ] = true
	if strings.HasPrefix(typ.Name(), "Unknown") {
		return // it is what is not known
	}
	for i := range typ.NumField() {
		f := typ.Field(i)
		if !f.IsExported() {
			w.problems = append(w.problems, fmt.Sprintf("%v.%s is hidden", typ, f.Name))
			continue
		}
		w.visit(f.Type, typ.String()+"."+f.Name)
	}
}

// declarations is what the source of a package declares.
type declarations struct {
	structs  []string // that carry data: entities, events, parameters
	handlers []string
	markers  []string // "Union Member", by the methods that seal a union
}

func declared(t *testing.T, dir string) declarations {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var d declarations
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for n := range ast.Preorder(file) {
			switch n := n.(type) {
			case *ast.TypeSpec:
				d.add(n)
			case *ast.FuncDecl:
				if union, ok := strings.CutPrefix(n.Name.Name, "is"); ok && n.Recv != nil {
					d.markers = append(d.markers, union+" "+receiver(n))
				}
			}
		}
	}
	slices.Sort(d.structs)
	slices.Sort(d.handlers)
	slices.Sort(d.markers)
	return d
}

func receiver(n *ast.FuncDecl) string {
	typ := n.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	return typ.(*ast.Ident).Name
}

// bookkeeping are the endings of structs that carry no data.
var bookkeeping = []string{"Handler", "Funcs", "Subscription", "Capture", "Client"}

func (d *declarations) add(n *ast.TypeSpec) {
	switch n.Type.(type) {
	case *ast.InterfaceType:
		if strings.HasSuffix(n.Name.Name, "Handler") {
			d.handlers = append(d.handlers, n.Name.Name)
		}
	case *ast.StructType:
		if !slices.ContainsFunc(bookkeeping, func(end string) bool { return strings.HasSuffix(n.Name.Name, end) }) {
			d.structs = append(d.structs, n.Name.Name)
		}
	}
}

// shortName is what reflect calls a type of the package in dir.
func shortName(dir, name string) string {
	if dir == "." {
		return "streaming." + name
	}
	return dir + "." + name
}
