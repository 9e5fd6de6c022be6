package misskeytest_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// What is encoded inside something else may use the server as well; what is no
// JSON goes out as it is.
func TestBodiesOfAllKinds(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	page := alice.AddPage("t", "page")
	c := dial(t, srv, alice.Token())
	c.connect("main", "m", "{}")
	alice.SetRegistry("key", curious{srv})
	alice.PushToPage(page.ID, "event", curious{srv})
	srv.Publish("main", "nothing", (*curious)(nil))
	srv.Broadcast("raw", json.RawMessage(`{"cut`))
	c.sync()
	for typ, want := range map[string]string{"registryUpdated": `"value":1`, "pageEvent": `"var":1`, "nothing": "null"} {
		got := c.all(event("m", typ))
		if len(got) != 1 || !strings.Contains(string(got[0].inner().Body), want) {
			t.Errorf("%s: %s, want %s in it", typ, got, want)
		}
	}
	raw := c.all(ofType("not JSON"))
	if len(raw) != 1 || string(raw[0].Body) != `{"type":"raw","body":{"cut}` {
		t.Errorf("%s, want what was given", raw)
	}
}
