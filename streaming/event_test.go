package streaming

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/misskeyactor/misskeyactor/runtime"
	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/runtime/wire"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// decoded is an event of the recording.
type decoded struct {
	name    string // channel and type
	payload string
	event   any
}

// decodedEvents returns the first few events of each type in the recording,
// each decoded out of memory of its own.
func decodedEvents(t *testing.T) []decoded {
	t.Helper()
	channels := map[string]*runtime.Channel{} // by socket and wire id
	count := map[string]int{}
	var events []decoded
	for _, fr := range readRecording(t, "testdata/misskey-2026.3.2.ndjson.gz") {
		var c struct {
			Type string
			Body struct{ Channel, ID string }
		}
		if err := json.Unmarshal([]byte(fr.Frame), &c); err != nil {
			continue // a line that was sent on purpose
		}
		if fr.Dir == "out" {
			for _, ch := range allChannels {
				if c.Type == "connect" && ch.Name == c.Body.Channel {
					channels[fr.Conn+" "+c.Body.ID] = ch
				}
			}
			continue
		}
		env, err := wire.Full([]byte(fr.Frame))
		if err != nil {
			t.Fatal(err)
		}
		set, name, typ, payload := &noteEvents, c.Type, string(env.Event), env.Payload
		switch {
		case c.Type == dialect.Words.Connected:
			continue
		case c.Type == dialect.Words.Channel:
			ch := channels[fr.Conn+" "+c.Body.ID]
			set, name = ch.Events, ch.Name
		case c.Type != noteCapture.Update:
			set, typ, payload = &broadcastEvents, c.Type, env.Body
		}
		name += "/" + typ
		limit := 5
		if typ == "notification" {
			limit = 1000 // for all its kinds
		}
		if count[name]++; count[name] > limit {
			continue
		}
		text := strings.Clone(payload.In(fr.Frame))
		e, err := set.Decode(runtime.Meta{Channel: name, EventType: typ}, typ, codec.NewDecoder(text, nil))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		events = append(events, decoded{name, text, e})
	}
	if len(count) < 60 {
		t.Errorf("events of %d types", len(count))
	}
	return events
}

// TestEventJSON: an event's JSON is its body, without its metadata, as a
// pointer and as a value.
func TestEventJSON(t *testing.T) {
	for _, d := range decodedEvents(t) {
		for _, v := range []any{d.event, reflect.ValueOf(d.event).Elem().Interface()} {
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatalf("%s: %v", d.name, err)
			}
			if err := sameJSON(d.name, text, []byte(d.payload)); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestUnknownEventJSON(t *testing.T) {
	const body = `{"any":["thing",null]}`
	e := newUnknownEvent(runtime.Meta{EventType: "x"}, runtime.Unknown{Raw: []byte(body), Err: ErrUnknownType})
	if text, err := json.Marshal(e); string(text) != body || err != nil {
		t.Errorf("%s, %v", text, err)
	}
}

// TestDecodedStringsArePartsOfTheFrame is why Clone exists: all strings that
// JSON holds unescaped share the frame's memory.
func TestDecodedStringsArePartsOfTheFrame(t *testing.T) {
	shared, copied := 0, 0
	for _, d := range decodedEvents(t) {
		for _, field := range bodyOf(d.event) {
			eachString(field, func(s string) {
				switch {
				case s == "":
				case isPart(s, d.payload):
					shared++
				default:
					copied++
					if quoted, _ := json.Marshal(s); !strings.Contains(string(quoted), `\`) {
						t.Errorf("%s: %q was copied", d.name, s)
					}
				}
			})
		}
	}
	if shared < 1000 || copied == 0 {
		t.Errorf("%d strings shared, %d copied for their escapes", shared, copied)
	}
}

// TestClonesAreDetached: a clone equals what it was made of, and nothing of it
// lies in the frame or in the original.
func TestClonesAreDetached(t *testing.T) {
	clones := 0
	for _, d := range decodedEvents(t) {
		for _, field := range bodyOf(d.event) {
			clone, ok := cloneOf(field)
			if !ok {
				continue
			}
			clones++
			if !reflect.DeepEqual(clone.Interface(), field.Interface()) {
				t.Errorf("%s: the clone differs:\n%+v\n%+v", d.name, clone, field)
			}
			eachString(clone, func(s string) {
				if isPart(s, d.payload) {
					t.Errorf("%s: %q is still a part of the frame", d.name, s)
				}
			})
			original := map[unsafe.Pointer]bool{}
			eachPointer(field, func(p unsafe.Pointer) { original[p] = true })
			eachPointer(clone, func(p unsafe.Pointer) {
				if original[p] {
					t.Errorf("%s: the clone shares memory with the original", d.name)
				}
			})
		}
	}
	if clones < 300 {
		t.Errorf("%d clones", clones)
	}
}

// bodyOf returns the fields of an event but its metadata.
func bodyOf(event any) (fields []reflect.Value) {
	e := reflect.ValueOf(event).Elem()
	for i := range e.NumField() {
		if f := e.Field(i); f.Type() != reflect.TypeFor[runtime.Meta]() {
			fields = append(fields, f)
		}
	}
	return fields
}

// cloneOf clones an entity; ok is false for what is none.
func cloneOf(v reflect.Value) (clone reflect.Value, ok bool) {
	if n, ok := v.Interface().(misskey.Notification); ok {
		clone = reflect.New(v.Type()).Elem() // of the interface's type, as v is
		clone.Set(reflect.ValueOf(misskey.CloneNotification(n)))
		return clone, true
	}
	method := v.MethodByName("Clone")
	if !method.IsValid() || v.Kind() != reflect.Struct {
		return reflect.Value{}, false
	}
	return method.Call(nil)[0], true
}

// isPart reports whether s lies in text's memory.
func isPart(s, text string) bool {
	begin, at := uintptr(unsafe.Pointer(unsafe.StringData(text))), uintptr(unsafe.Pointer(unsafe.StringData(s)))
	return s != "" && at >= begin && at+uintptr(len(s)) <= begin+uintptr(len(text))
}

// eachString calls f for every string that v holds, keys of maps included.
func eachString(v reflect.Value, f func(string)) {
	each(v, func(v reflect.Value) {
		if v.Kind() == reflect.String {
			f(v.String())
		}
	})
}

// eachPointer calls f for all memory that v points to and that can be
// written.
func eachPointer(v reflect.Value, f func(unsafe.Pointer)) {
	each(v, func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Map:
			if !v.IsNil() && v.Type() != reflect.TypeFor[*time.Location]() {
				f(v.UnsafePointer())
			}
		case reflect.Slice:
			if v.Cap() > 0 {
				f(v.UnsafePointer())
			}
		}
	})
}

// each calls f for v and everything in it.
func each(v reflect.Value, f func(reflect.Value)) {
	f(v)
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() && v.Type() != reflect.TypeFor[*time.Location]() {
			each(v.Elem(), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			each(v.Field(i), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			each(v.Index(i), f)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			each(it.Key(), f)
			each(it.Value(), f)
		}
	}
}
