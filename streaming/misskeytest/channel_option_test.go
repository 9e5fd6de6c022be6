package misskeytest_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// TestChannelOfAFork lets a channel do what a chat room does: greet, and pass on
// to everybody what one says.
func TestChannelOfAFork(t *testing.T) {
	eachRelease(t, func(t *testing.T, release misskeytest.Release) {
		var srv *misskeytest.Server
		srv = newServer(t, misskeytest.WithRelease(release), misskeytest.WithChannel("lounge",
			misskeytest.OnConnect(func(c misskeytest.Connection) {
				if !c.Publish("welcome", c.ID) {
					t.Errorf("%s is connected and hears nothing", c.ID)
				}
			}),
			misskeytest.OnSend(func(c misskeytest.Connection, m misskeytest.Send) {
				if n := srv.Publish(c.Channel, "said", map[string]any{"by": c.ID, "what": m.Body}); m.Type == "say" && n != 2 {
					t.Errorf("%d connections were told", n)
				}
			}),
		))
		a, b := dial(t, srv, ""), dial(t, srv, "")
		a.connect("lounge", "a", "{}")
		b.connect("lounge", "b", "{}")
		for c, id := range map[*testClient]string{a: "a", b: "b"} {
			welcome := c.waitFor("a welcome", event(id, "welcome"))
			if string(welcome.inner().Body) != `"`+id+`"` {
				t.Errorf("%s is welcomed with %s", id, welcome.inner().Body)
			}
		}
		for i := range 50 {
			a.send(`{"type":"channel","body":{"id":"a","type":"say","body":%d}}`, i)
		}
		for c, id := range map[*testClient]string{a: "a", b: "b"} {
			c.waitFor("the last word", func(f testFrame) bool {
				return event(id, "said")(f) && string(f.inner().Body) == `{"by":"a","what":49}`
			})
			if n := len(c.all(event(id, "welcome"))); n != 1 {
				t.Errorf("%s is welcomed %d times", id, n)
			}
			for i, f := range c.all(event(id, "said")) {
				if want := fmt.Sprintf(`{"by":"a","what":%d}`, i); string(f.inner().Body) != want {
					t.Fatalf("%s hears %s, want %s", id, f.inner().Body, want)
				}
			}
		}
		for _, c := range srv.Connections() {
			if c.ID == "a" && len(c.Sends) != 50 {
				t.Errorf("%d messages are known", len(c.Sends))
			}
		}
	})
}

func TestConnectionsThatAForkRefuses(t *testing.T) {
	srv := newServer(t,
		misskeytest.WithChannel("private", misskeytest.NeedsAccount("read:lounge")),
		misskeytest.WithChannel("mine", misskeytest.NeedsAccount("")),
		misskeytest.WithChannel("once", misskeytest.OncePerSocket()),
		misskeytest.WithChannel("room", misskeytest.TakesParams(func(params json.RawMessage) bool {
			var p struct{ Room string }
			return json.Unmarshal(params, &p) == nil && p.Room != ""
		})),
	)
	alice := srv.AddUser("alice")
	for _, tt := range []struct {
		token, channel, params string
		want                   misskeytest.Refusal
	}{
		{"", "private", "{}", misskeytest.RefusedCredential},
		{alice.AppToken("read:account"), "private", "{}", misskeytest.RefusedPermission},
		{alice.AppToken("read:account", "read:lounge"), "private", "{}", misskeytest.Accepted},
		{alice.Token(), "private", "{}", misskeytest.Accepted},
		{"", "mine", "{}", misskeytest.RefusedCredential},
		{alice.AppToken("read:account"), "mine", "{}", misskeytest.Accepted},
		{"", "once", "{}", misskeytest.Accepted},
		{"", "room", "{}", misskeytest.RefusedParams},
		{"", "room", `{"room":"r"}`, misskeytest.Accepted},
	} {
		c := dial(t, srv, tt.token)
		c.send(`{"type":"connect","body":{"channel":%q,"id":"1","params":%s}}`, tt.channel, tt.params)
		c.sync()
		sockets := srv.Sockets()
		connects := sockets[len(sockets)-1].Connects()
		if len(connects) != 1 || connects[0].Refusal != tt.want {
			t.Errorf("%s with %s: %+v, want %q", tt.channel, tt.params, connects, tt.want)
		}
	}
	c := dial(t, srv, "")
	c.connect("once", "1", "{}")
	c.send(`{"type":"connect","body":{"channel":"once","id":"2"}}`)
	c.sync()
	sockets := srv.Sockets()
	if got := sockets[len(sockets)-1].Connects()[1].Refusal; got != misskeytest.RefusedShared {
		t.Errorf("a second one is %q", got)
	}
}

func TestPublishOnAConnectionThatIsLeft(t *testing.T) {
	srv := newServer(t, misskeytest.WithChannel("lounge"))
	c := dial(t, srv, "")
	c.connect("lounge", "1", "{}")
	c.connect("lounge", "2", "{}")
	first := srv.Connections()[0]
	if !first.Publish("hello", 1) {
		t.Error("a connection hears nothing")
	}
	c.send(`{"type":"disconnect","body":{"id":"1"}}`)
	c.sync()
	if first.Publish("hello", 2) {
		t.Error("a connection that was left hears something")
	}
	if n := len(c.all(event("1", "hello"))); n != 1 {
		t.Errorf("%d events, want 1", n)
	}
	if n := len(c.all(event("2", "hello"))); n != 0 {
		t.Errorf("%d events on the other connection", n)
	}
}

func TestUsersInBodiesOfATest(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice", misskeytest.WithName("Alice"), misskeytest.AsCat())
	if got, want := alice.Lite(), alice.Post("hello").User; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want the author of a note, %+v", got, want)
	}
}

// TestCloseWaitsForHooks closes a server while a function of the test's is at
// work, and others wait.
func TestCloseWaitsForHooks(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	var done []string
	srv := misskeytest.NewServer(misskeytest.WithOpenTime(0), misskeytest.WithChannel("lounge",
		misskeytest.OnSend(func(_ misskeytest.Connection, m misskeytest.Send) {
			close(begun) // a second call panics
			<-release
			mu.Lock()
			defer mu.Unlock()
			done = append(done, m.Type)
		})))
	a, b := dial(t, srv, ""), dial(t, srv, "")
	a.connect("lounge", "a", "{}")
	b.connect("lounge", "b", "{}")
	a.send(`{"type":"channel","body":{"id":"a","type":"one","body":null}}`)
	<-begun
	b.send(`{"type":"channel","body":{"id":"b","type":"two","body":null}}`)
	b.sync()
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		srv.Close()
	}()
	_ = b.end() // the server is about to close, and what waits is not begun any more
	close(release)
	<-closed
	mu.Lock()
	defer mu.Unlock()
	if !slices.Contains(done, "one") {
		t.Error("Close has not waited")
	}
}

// TestHookEndsItsGoroutine has a function of the test's fail, as a test's FailNow
// does: it costs the socket whose message it was called with.
func TestHookEndsItsGoroutine(t *testing.T) {
	srv := newServer(t, misskeytest.WithChannel("lounge",
		misskeytest.OnSend(func(c misskeytest.Connection, m misskeytest.Send) {
			if m.Type == "bad" {
				runtime.Goexit()
			}
			c.Publish("heard", nil)
		})))
	a, b := dial(t, srv, ""), dial(t, srv, "")
	a.connect("lounge", "a", "{}")
	b.connect("lounge", "b", "{}")
	a.send(`{"type":"channel","body":{"id":"a","type":"bad","body":null}}`)
	await(t, srv, "the end of the socket", func() bool { return srv.Listening("lounge") == 1 })
	b.send(`{"type":"channel","body":{"id":"b","type":"good","body":null}}`)
	b.waitFor("an answer", event("b", "heard"))
}

func ExampleWithChannel() {
	srv := misskeytest.NewServer(misskeytest.WithChannel("lounge",
		misskeytest.NeedsAccount("read:account"),
		misskeytest.OnConnect(func(c misskeytest.Connection) {
			c.Publish("said", "welcome") // on this connection
		}),
		misskeytest.OnSend(func(c misskeytest.Connection, m misskeytest.Send) {
			fmt.Printf("%s was sent %s\n", m.Type, m.Body)
			c.Publish("said", "goodbye")
		}),
	))
	defer srv.Close()
	bot := srv.AddUser("bot")

	b := startBot(srv, bot, "1") // as every bot here, it connects main
	defer b.stop()
	fmt.Println(b.hears())
	b.say(`{"type":"connect","body":{"channel":"lounge","id":"2"}}`)
	fmt.Println(b.hears())
	b.say(`{"type":"channel","body":{"id":"2","type":"say","body":"hello"}}`)
	fmt.Println(b.hears())
	// Output:
	// connected
	// said
	// say was sent "hello"
	// said
}
