package gen

import (
	"errors"
	"go/types"
	"os"
	"testing"

	"github.com/misskeyactor/misskeyactor/spec"
)

// TestGoNamesAreThoseThatAreThere looks every name up in the packages that are
// generated.
func TestGoNamesAreThoseThatAreThere(t *testing.T) {
	s := load(t, os.DirFS(".."), "spec/misskey")
	names, err := GoNamesOf(s)
	if err != nil {
		t.Fatal(err)
	}
	opts := Options{Dir: "streaming", TypesDir: "streaming/misskey", TypesImport: modulePath + "/streaming/misskey"}
	bindings := typeCheck(t, misskey(t), opts)
	var entities *types.Package
	for _, p := range bindings.Imports() {
		if p.Path() == opts.TypesImport {
			entities = p
		}
	}
	exists := func(pkg *types.Package, name string) types.Type {
		t.Helper()
		object := pkg.Scope().Lookup(name)
		if object == nil {
			t.Errorf("%s has no %q", pkg.Name(), name)
			return types.Typ[types.Invalid]
		}
		return object.Type()
	}
	// parameters are those of a method.
	parameters := func(typ types.Type, name string) *types.Tuple {
		t.Helper()
		if object, _, _ := types.LookupFieldOrMethod(typ, true, bindings, name); object != nil {
			if signature, ok := object.Type().(*types.Signature); ok {
				return signature.Params()
			}
		}
		t.Errorf("%s has no method %q", typ, name)
		return types.NewTuple()
	}
	typeOf := func(p *types.Tuple, i int) string {
		if i >= p.Len() {
			return ""
		}
		return types.TypeString(p.At(i).Type(), func(p *types.Package) string { return "" })
	}
	client := exists(bindings, "Client")
	call := func(on types.Type, name CallName) {
		t.Helper()
		p := parameters(on, name.Method)
		if name.Param == "" {
			if p.Len() != 1 {
				t.Errorf("%s takes %s, and should take no body", name.Method, p)
			}
			return
		}
		if p.Len() != 2 || p.At(1).Name() != name.Param || name.Message != "" && typeOf(p, 1) != name.Message {
			t.Errorf("%s takes %s, not the parameter %s %s", name.Method, p, name.Param, name.Message)
		}
	}

	for _, typ := range s.Types {
		exists(entities, names.Types[typ])
	}
	for _, set := range append(s.EventSets, s.Broadcasts) {
		handler := exists(bindings, names.Handlers[set])
		for _, m := range set.Events {
			name := names.Events[m]
			event := exists(bindings, name.Type)
			if got := typeOf(parameters(handler, name.Method), 1); got != "*"+name.Type {
				t.Errorf("%s takes %s, not *%s", name.Method, got, name.Type)
			}
			if (name.Field != "") != (m.Body != nil) {
				t.Errorf("the body of %s is in %q", name.Type, name.Field)
			}
			if name.Field == "" {
				continue
			}
			if object, _, _ := types.LookupFieldOrMethod(event, true, bindings, name.Field); object == nil {
				t.Errorf("%s has no %s", name.Type, name.Field)
			}
		}
	}
	for _, c := range s.Channels {
		name := names.Channels[c]
		p, handlerAt := parameters(client, name.Method), 1
		if name.Params != "" {
			handlerAt = 2
			if got := typeOf(p, 1); got != name.Params {
				t.Errorf("%s takes %s, not %s", name.Method, got, name.Params)
			}
		}
		if got := typeOf(p, handlerAt); got != names.Handlers[c.Events] {
			t.Errorf("%s takes %s, not %s", name.Method, got, names.Handlers[c.Events])
		}
		subscription := exists(bindings, name.Subscription)
		for _, m := range c.Sends {
			call(subscription, names.Sends[m])
		}
	}
	for _, c := range s.Captures {
		name := names.Captures[c]
		exists(bindings, name.Subscription)
		if p := parameters(client, name.Method); p.Len() < 2 || p.At(1).Name() != name.Key {
			t.Errorf("%s takes %s, not %s", name.Method, p, name.Key)
		}
	}
	for _, r := range s.Requests {
		if r.Role == spec.RoleRequest {
			call(client, names.Requests[r])
		}
	}
	parameters(client, names.Broadcasts)
}

func TestGoNamesReportWhatGenerateWould(t *testing.T) {
	_, files := archive(t, "testdata/negative/GN001-collision-channels.txtar")
	s := load(t, files, "spec")
	_, want := Generate(s, testOptions())
	_, got := GoNamesOf(s)
	var diagnostics spec.Diagnostics
	if !errors.As(got, &diagnostics) || got.Error() != want.Error() {
		t.Errorf("error %v, want %v", got, want)
	}
}
