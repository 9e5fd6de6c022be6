package wire_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

func TestScan(t *testing.T) {
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	for _, tt := range []struct {
		name, frame             string
		typ, id, event, payload string
		fast                    bool
		err                     error
	}{
		{name: "channel", frame: `{"type":"channel","body":{"id":"i","type":"note","body":{"a":1}}}`, typ: "channel", id: "i", event: "note", payload: `{"a":1}`, fast: true},
		{name: "null payload", frame: `{"type":"channel","body":{"id":"i","type":"e","body":null}}`, typ: "channel", id: "i", event: "e", payload: `null`, fast: true},
		{name: "other order", frame: `{"body":{"body":[1],"type":"e","id":"i"},"type":"noteUpdated"}`, typ: "noteUpdated", id: "i", event: "e", payload: `[1]`},
		{name: "spaces", frame: " { \"type\" : \"channel\" , \"body\" : { \"id\" : \"i\" , \"type\":\"e\", \"body\" : 1 } } ", typ: "channel", id: "i", event: "e", payload: `1`},
		{name: "escapes", frame: `{"type":"ch\u0061nnel","body":{"id":"\"","type":"e","body":1}}`, typ: "channel", id: `"`, event: "e", payload: `1`},
		{name: "connected", frame: `{"type":"connected","body":{"id":"i"}}`, typ: "connected", id: "i"},
		{name: "broadcast", frame: `{"type":"emojiAdded","body":{"emoji":{}}}`, typ: "emojiAdded"},
		{name: "no body", frame: `{"type":"x"}`, typ: "x"},
		{name: "body no object", frame: `{"type":"x","body":[{"id":"a"}]}`, typ: "x"},
		{name: "duplicate keys, last wins", frame: `{"type":"a","type":"b","body":{"id":"1","id":"2"}}`, typ: "b", id: "2"},
		{name: "extra key", frame: `{"type":"channel","extra":{},"body":{"id":"i","type":"e","body":1}}`, typ: "channel", id: "i", event: "e", payload: `1`},
		{name: "id no string", frame: `{"type":"channel","body":{"id":1,"type":"e","body":1}}`, typ: "channel", event: "e", payload: `1`},
		{name: "not JSON", frame: `h`, err: wire.ErrNotJSON},
		{name: "empty", frame: ``, err: wire.ErrNotJSON},
		{name: "cut short", frame: `{"type":"channel","body":{"id":"i"`, err: wire.ErrNotJSON},
		{name: "trailing", frame: `{"type":"x"} x`, err: wire.ErrNotJSON},
		{name: "two values", frame: `{"type":"x"}{}`, err: wire.ErrNotJSON},
		{name: "not UTF-8 in the payload", frame: "{\"type\":\"channel\",\"body\":{\"id\":\"i\",\"type\":\"e\",\"body\":\"\xff\"}}", typ: "channel", id: "i", event: "e", payload: "\"\xff\"", fast: true},
		{name: "not UTF-8", frame: "{\"type\":\"\xff\"}", err: wire.ErrNotUTF8},
		{name: "null", frame: `null`, err: wire.ErrNoType},
		{name: "no type", frame: `{"body":{}}`, err: wire.ErrNoType},
		{name: "type no string", frame: `{"type":5}`, err: wire.ErrNoType},
		{name: "deep", frame: `{"type":"x","body":` + deep + `}`, err: wire.ErrNotJSON},
	} {
		t.Run(tt.name, func(t *testing.T) {
			frame := []byte(tt.frame)
			env, err := wire.Scan(frame)
			if !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if err != nil {
				return
			}
			got := [4]string{string(env.Type), string(env.ID), string(env.Event), string(env.Payload.Of(frame))}
			if want := [4]string{tt.typ, tt.id, tt.event, tt.payload}; got != want {
				t.Errorf("type, id, event, payload %q, want %q", got, want)
			}
			if env.Whole == tt.fast {
				t.Errorf("whole %v, want %v", env.Whole, !tt.fast)
			}
		})
	}
}

// A frame whose literal shape lies about its payload passes the fast path;
// Full tells the truth.
func TestFullCorrectsFast(t *testing.T) {
	for _, frame := range []string{
		`{"type":"channel","body":{"id":"i","type":"e","body":{}},"x":{"a":1}}`,
		`{"type":"channel","body":{"id":"i","type":"e","body":1,"id":"j"}}`,
		`{"type":"channel","body":{"id":"i","type":"e","body":[}}`,
	} {
		if _, ok := wire.Fast([]byte(frame)); !ok {
			t.Errorf("%s: not taken by the fast path", frame)
		}
		env, err := wire.Full([]byte(frame))
		if err == nil && string(env.Payload.Of([]byte(frame))) == string(must(wire.Fast([]byte(frame))).Payload.Of([]byte(frame))) {
			t.Errorf("%s: Full agrees with Fast", frame)
		}
	}
}

func must(env wire.Envelope, _ bool) wire.Envelope { return env }

func TestString(t *testing.T) {
	for _, tt := range []struct{ frame, want string }{
		{`{"type":"userUpdated","body":{"type":"x","userId":"u1","body":{"userId":"no"}}}`, "u1"},
		{`{"type":"userUpdated","body":{"userId":"a","userId":"b"}}`, "b"},
		{`{"type":"userUpdated","body":{"userId":5}}`, ""},
		{`{"type":"userUpdated","body":{}}`, ""},
		{`{"type":"userUpdated","body":["userId"]}`, ""},
		{`{"type":"userUpdated"}`, ""},
	} {
		frame := []byte(tt.frame)
		env, err := wire.Scan(frame)
		if err != nil {
			t.Fatal(err)
		}
		if got := wire.String(frame, env.Body, "userId"); string(got) != tt.want {
			t.Errorf("%s: got %q, want %q", frame, got, tt.want)
		}
	}
}

func TestBuild(t *testing.T) {
	for want, got := range map[string][]byte{
		`{"type":"readNotification"}`: wire.Build("readNotification", nil),
		`{"type":"connect","body":{"channel":"main","id":"a","params":{},"pong":true}}`:  wire.Build("connect", wire.Connect("main", "a", []byte("{}"))),
		`{"type":"disconnect","body":{"id":"a"}}`:                                        wire.Build("disconnect", wire.Key("id", "a")),
		`{"type":"api","body":{"id":"a","endpoint":"notes/show","data":{"noteId":"b"}}}`: wire.Build("api", wire.Call("a", "notes/show", []byte(`{"noteId":"b"}`))),
		`{"type":"channel","body":{"id":"a","type":"cancel","body":null}}`:               wire.Build("channel", wire.Message("a", "cancel", nil)),
	} {
		if string(got) != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}

func TestTypeOfABeginning(t *testing.T) {
	for begin, want := range map[string]string{
		`{"type":"api:a","body":{"res":[`: "api:a",
		`{"type":""`:                      "",
		`{"type":"a`:                      "none",
		`{"type":"a\"b","body"`:           "none",
		`{"body":{},"type":"a"`:           "none",
		``:                                "none",
	} {
		got, ok := wire.Type([]byte(begin))
		if !ok {
			got = []byte("none")
		}
		if string(got) != want {
			t.Errorf("%s: got %q, want %q", begin, got, want)
		}
	}
}

// FuzzScan holds the fast path to the full one: where the payload it found is
// JSON, the full pass must find the same.
func FuzzScan(f *testing.F) {
	f.Add([]byte(`{"type":"channel","body":{"id":"i","type":"note","body":{"a":1}}}`))
	f.Add([]byte(`{"type":"channel","body":{"id":"i","type":"e","body":{}},"x":{"a":1}}`))
	f.Add([]byte(`{"type":"channel","body":{"id":"i","type":"e","body":1,"id":"j"}}`))
	f.Add([]byte(`{"body":{"body":[1],"type":"e","id":"i"},"type":"noteUpdated"}`))
	f.Add([]byte(`{"type":"connected","body":{"id":"\u0000"}}`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		env, err := wire.Scan(frame)
		if err != nil {
			if len(env.Type) != 0 {
				t.Fatal("an envelope beside an error")
			}
			return
		}
		if env.Whole || !json(env.Payload.Of(frame)) {
			return
		}
		full, err := wire.Full(frame)
		if err != nil {
			t.Fatalf("fast path took what Full refuses: %v", err)
		}
		if string(env.Type) != string(full.Type) || string(env.ID) != string(full.ID) || string(env.Event) != string(full.Event) ||
			env.Payload != full.Payload || env.Body != full.Body {
			t.Fatalf("fast %+v, full %+v", env, full)
		}
	})
}
