package gen

import (
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// notAliased are the names of the runtime that only bindings and hooks use.
var notAliased = []string{
	"AuthHeader", "AuthQuery", "Auth", "CaptureKind", "Channel", "Connect", "Dialect", "EventSet", "Events", "HandlerFunc",
	"Overflow", "OverflowDropNewest", "OverflowDropOldest", "OverflowEnd", "OverflowLatest", "Request", "Session", "Unknown", "Words",
}

// TestAliasesCoverTheRuntime holds the table of aliases to what the runtime
// has: a bot must find there whatever it needs.
func TestAliasesCoverTheRuntime(t *testing.T) {
	rt, err := exportImporter(t, token.NewFileSet()).Import(runtimePath)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, name := range rt.Scope().Names() {
		if token.IsExported(name) && !slices.Contains(notAliased, name) {
			want[name] = true
		}
	}
	for _, a := range aliases {
		if !strings.HasPrefix(a.doc, a.name) {
			t.Errorf("the doc of %s does not begin with it", a.name)
		}
		if a.from != "" {
			continue
		}
		object := rt.Scope().Lookup(a.name)
		if object == nil {
			t.Errorf("the runtime has no %s", a.name)
			continue
		}
		delete(want, a.name)
		var kind aliasKind
		switch object.(type) {
		case *types.TypeName:
			kind = aliasType
		case *types.Const:
			kind = aliasConst
		case *types.Var:
			kind = aliasError
		case *types.Func:
			kind = aliasFunc
		}
		if kind != a.kind {
			t.Errorf("%s is a %T", a.name, object)
		}
	}
	for _, below := range []string{"rest", "wire"} {
		p, err := exportImporter(t, token.NewFileSet()).Import(runtimePath + "/" + below)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range p.Scope().Names() {
			if strings.HasPrefix(name, "Err") && !slices.ContainsFunc(aliases, func(a alias) bool { return a.name == name || a.of == name }) {
				t.Errorf("%s.%s has no alias", below, name)
			}
		}
	}
	for name := range want {
		t.Errorf("runtime.%s has no alias, and is not among those that need none", name)
	}
	for _, name := range notAliased {
		if rt.Scope().Lookup(name) == nil {
			t.Errorf("the runtime has no %s", name)
		}
	}
}

// TestReservedNamesAreThoseThatAreThere compares the tables of names that a
// spec cannot use with what is generated and what the runtime lends.
func TestReservedNamesAreThoseThatAreThere(t *testing.T) {
	opts := Options{Dir: "streaming", TypesDir: "streaming/misskey", TypesImport: modulePath + "/streaming/misskey"}
	streaming := typeCheck(t, misskey(t), opts)
	var entities *types.Package
	for _, p := range streaming.Imports() {
		if p.Path() == opts.TypesImport {
			entities = p
		}
	}
	for _, tt := range []struct {
		pkg   *types.Package
		name  string
		table []string
		spec  []string // what the spec gives the type
	}{
		{streaming, "MainReadAllNotifications", metaNames, nil},
		{streaming, "ChannelSubscription", subscriptionNames, nil},
		{streaming, "MainSubscription", subscriptionNames, nil},
		{streaming, "HomeTimelineParams", paramsNames, []string{"WithRenotes", "WithFiles"}},
		{streaming, "ReversiGamePutStone", messageNames, []string{"Pos", "ID"}},
		{entities, "NotePoll", entityNames, []string{"Multiple", "ExpiresAt", "Choices"}},
		{entities, "NotificationTest", slices.Concat(entityNames, variantNames), []string{"NotificationCommon", "ID", "CreatedAt"}},
	} {
		object := tt.pkg.Scope().Lookup(tt.name)
		if object == nil {
			t.Errorf("%s is not generated", tt.name)
			continue
		}
		got := exportedMembers(object.Type())
		want := slices.Sorted(slices.Values(slices.Concat(tt.table, tt.spec)))
		if !slices.Equal(got, want) {
			t.Errorf("%s has %q, the tables %q", tt.name, got, want)
		}
	}
}

// exportedMembers lists the exported fields and methods of a struct, those it
// gets by embedding as well.
func exportedMembers(typ types.Type) []string {
	found := map[string]bool{}
	var fields func(types.Type)
	fields = func(typ types.Type) {
		if p, ok := typ.Underlying().(*types.Pointer); ok {
			typ = p.Elem()
		}
		s, ok := typ.Underlying().(*types.Struct)
		if !ok {
			return
		}
		for f := range s.Fields() {
			if f.Exported() {
				found[f.Name()] = true
			}
			if f.Embedded() {
				fields(f.Type())
			}
		}
	}
	fields(typ)
	methods := types.NewMethodSet(types.NewPointer(typ))
	for m := range methods.Methods() {
		if m.Obj().Exported() {
			found[m.Obj().Name()] = true
		}
	}
	var names []string
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestClientNamesAreThoseThatAreThere(t *testing.T) {
	var got []string
	for _, m := range clientMethods {
		got = append(got, m.name)
	}
	if slices.Sort(got); !slices.Equal(got, clientNames) {
		t.Errorf("clients have %q, the table %q", got, clientNames)
	}
}
