package misskeytest_test

import (
	"encoding/json"
	"slices"
	"testing"
)

// What the user's own clients keep is told of; what an app keeps is its own.
func TestRegistryByREST(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	c := dial(t, srv, alice.Token())
	c.connect("main", "m", "{}")
	a := restClient{t, srv, alice}
	scope := []string{"client", "base"}
	in := func(key string) map[string]any { return map[string]any{"scope": scope, "key": key} }

	a.do("i/registry/set", map[string]any{"scope": scope, "key": "k", "value": map[string]any{"a": 1}})
	f := c.waitFor("registryUpdated", event("m", "registryUpdated"))
	if got := string(f.inner().Body); got != `{"scope":["client","base"],"key":"k","value":{"a":1}}` {
		t.Errorf("registryUpdated %s", got)
	}
	alice.SetRegistry("n", nil, scope...)
	alice.SetRegistry("top", "x")
	c.waitFor("a top key", func(f testFrame) bool { return string(f.inner().Body) == `{"scope":[],"key":"top","value":"x"}` })
	var value json.RawMessage
	a.get("i/registry/get", in("k"), &value)
	if string(value) != `{"a":1}` {
		t.Errorf("value %s", value)
	}
	a.get("i/registry/get", in("n"), &value)
	if string(value) != "null" {
		t.Errorf("value %s, want null", value)
	}
	var detail struct {
		UpdatedAt string
		Value     json.RawMessage
	}
	if a.get("i/registry/get-detail", in("k"), &detail); detail.UpdatedAt == "" || string(detail.Value) != `{"a":1}` {
		t.Errorf("detail %+v", detail)
	}
	var all map[string]any
	if a.get("i/registry/get-all", map[string]any{"scope": scope}, &all); len(all) != 2 {
		t.Errorf("all %v", all)
	}
	var keys []string
	if a.get("i/registry/keys", map[string]any{"scope": scope}, &keys); !slices.Equal(keys, []string{"k", "n"}) {
		t.Errorf("keys %q", keys)
	}
	var types map[string]string
	if a.get("i/registry/keys-with-type", map[string]any{"scope": scope}, &types); types["k"] != "object" || types["n"] != "null" {
		t.Errorf("types %v", types)
	}

	app := alice.AppToken("read:account", "write:account")
	events := c.count("m", "registryUpdated")
	if status := call(t, srv, app, "i/registry/set", map[string]any{"scope": scope, "key": "k", "value": 2}, nil); status != 204 {
		t.Errorf("an app's set: %d", status)
	}
	call(t, srv, app, "i/registry/get", in("k"), &value)
	if n := c.count("m", "registryUpdated"); string(value) != "2" || n != events {
		t.Errorf("an app reads %s, and %d events came of what it wrote", value, n-events)
	}
	var scopes []struct {
		Scopes [][]string
		Domain *string
	}
	a.get("i/registry/scopes-with-domain", nil, &scopes)
	if len(scopes) != 2 || scopes[0].Domain != nil || len(scopes[0].Scopes) != 2 || scopes[1].Domain == nil {
		t.Errorf("scopes %+v, want alice's two and the app's", scopes)
	}

	a.do("i/registry/remove", in("k"))
	for _, endpoint := range []string{"i/registry/get", "i/registry/get-detail", "i/registry/remove"} {
		a.refused(endpoint, in("k"), 400, "NO_SUCH_KEY")
	}
	a.refused("i/registry/set", map[string]any{"scope": scope, "key": "k"}, 400, "INVALID_PARAM")
}
