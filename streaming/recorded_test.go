package streaming

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-faster/jx"

	"github.com/misskeyactor/misskeyactor/runtime"
	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/runtime/wire"
)

// allChannels are the channels of protocol.md §6.
var allChannels = []*runtime.Channel{
	&mainChannel, &homeTimelineChannel, &localTimelineChannel, &hybridTimelineChannel, &globalTimelineChannel, &userListChannel,
	&hashtagChannel, &roleTimelineChannel, &antennaChannel, &channelChannel, &driveChannel, &serverStatsChannel, &queueStatsChannel,
	&adminChannel, &chatUserChannel, &chatRoomChannel, &reversiChannel, &reversiGameChannel,
}

// report is what holding a recording against the bindings found.
type report struct {
	frames   int
	types    map[string]int // by channel and event, or frame type
	problems []string
}

// holdRecording decodes every inbound frame into its type and encodes it
// again.
func holdRecording(frames []recorded) *report {
	r := &report{types: map[string]int{}}
	byName := map[string]*runtime.Channel{}
	for _, ch := range allChannels {
		byName[ch.Name] = ch
	}
	channels := map[string]string{} // by socket and wire id
	for i, fr := range frames {
		if fr.Dir == "out" {
			var c struct {
				Type string
				Body struct{ Channel, ID string }
			}
			if json.Unmarshal([]byte(fr.Frame), &c) == nil && c.Type == "connect" {
				channels[fr.Conn+" "+c.Body.ID] = c.Body.Channel
			}
			continue
		}
		r.frames++
		if err := r.hold(fr, channels, byName); err != nil {
			r.problems = append(r.problems, fmt.Sprintf("frame %d: %v", i+1, err))
		}
	}
	return r
}

func (r *report) hold(fr recorded, channels map[string]string, byName map[string]*runtime.Channel) error {
	frame := []byte(fr.Frame)
	env, err := wire.Scan(frame)
	if err != nil {
		return err
	}
	full, err := wire.Full(frame)
	if err != nil {
		return err
	}
	if full.Payload != env.Payload || full.Body != env.Body || string(full.ID) != string(env.ID) || string(full.Event) != string(env.Event) {
		return errors.New("the fast path and the full pass differ")
	}
	typ, event := string(env.Type), string(env.Event)
	var set *runtime.EventSet
	var key string
	payload := env.Payload
	switch {
	case typ == dialect.Words.Connected:
		r.types[typ]++
		return sameJSON(typ, wire.Build(typ, wire.Key("id", string(env.ID))), frame)
	case typ == dialect.Words.Channel:
		name, ok := channels[fr.Conn+" "+string(env.ID)]
		if !ok {
			name = localTimelineChannel.Name // a bare frame of a load recording
		}
		ch := byName[name]
		if ch == nil {
			return fmt.Errorf("unknown channel %q", name)
		}
		set, key = ch.Events, name+"/"+event
	case typ == noteCapture.Update:
		set, key = noteCapture.Events, typ+"/"+event
	case slices.Contains(broadcastEvents.Types, typ):
		set, key, event, payload = &broadcastEvents, typ, typ, env.Body
	default:
		return fmt.Errorf("unknown frame type %q", typ)
	}

	var drift []string
	d := codec.NewDecoder(payload.In(fr.Frame), func(dr codec.Drift) {
		drift = append(drift, fmt.Sprintf("%s %s.%s", dr.Kind, dr.Type, dr.Field))
	})
	e, err := set.Decode(runtime.Meta{}, event, d)
	if err == nil {
		err = d.End()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	if u := unknownMember(reflect.ValueOf(e)); u != "" {
		return fmt.Errorf("%s: unknown %s", key, u)
	}
	if n, ok := e.(*MainNotification); ok {
		key += "/" + string(n.Notification.Kind())
	}
	r.types[key]++
	body := e.(bodyEncoder).EncodeBody
	built := wire.Build(typ, body)
	if string(env.Type) != event {
		built = wire.Build(typ, wire.Message(string(env.ID), event, body))
	}
	if len(drift) > 0 {
		return fmt.Errorf("%s: drift: %s", key, strings.Join(drift, ", "))
	}
	return sameJSON(key, built, frame)
}

// sameJSON compares two JSON texts, keys in any order. A null that came back as an
// absent key is a loss like any other.
func sameJSON(what string, got, want []byte) error {
	var g, w any
	if err := json.Unmarshal(got, &g); err != nil {
		return fmt.Errorf("%s: encoded again: %w", what, err)
	}
	if err := json.Unmarshal(want, &w); err != nil {
		return err
	}
	var lost []string
	compare("", g, w, &lost)
	if len(lost) > 0 {
		return fmt.Errorf("%s: lost or changed: %s", what, strings.Join(lost, ", "))
	}
	return nil
}

func compare(path string, got, want any, lost *[]string) {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			*lost = append(*lost, path)
			return
		}
		for _, k := range slices.Sorted(maps.Keys(w)) {
			if v, there := g[k]; there {
				compare(path+"."+k, v, w[k], lost)
			} else {
				*lost = append(*lost, path+"."+k)
			}
		}
		for _, k := range slices.Sorted(maps.Keys(g)) {
			if _, there := w[k]; !there {
				*lost = append(*lost, path+"."+k+" (added)")
			}
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			*lost = append(*lost, path)
			return
		}
		for i := range w {
			compare(path+"[]", g[i], w[i], lost)
		}
	default:
		if got != want {
			*lost = append(*lost, fmt.Sprintf("%s (%v for %v)", path, got, want))
		}
	}
}

type bodyEncoder interface{ EncodeBody(*jx.Encoder) }

// unknownMember finds a union's unknown member in a decoded event.
func unknownMember(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return ""
		}
		if v.Kind() == reflect.Pointer && strings.HasPrefix(v.Type().Elem().Name(), "Unknown") {
			return fmt.Sprintf("%s %q", v.Type().Elem().Name(), v.Elem().FieldByName("Type"))
		}
		return unknownMember(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[runtime.Meta]() {
			return ""
		}
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue
			}
			if u := unknownMember(v.Field(i)); u != "" {
				return u
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if u := unknownMember(v.Index(i)); u != "" {
				return u
			}
		}
	}
	return ""
}

// TestRecordedFrames decodes every inbound frame of a real server into its
// type and encodes it again: nothing unknown, nothing lost. The recording is
// the one in testdata, or the file named in MISSKEY_FRAMES.
func TestRecordedFrames(t *testing.T) {
	paths := []string{"testdata/misskey-2026.3.2.ndjson.gz", "testdata/notes-2026.3.2.ndjson.gz"}
	if path := os.Getenv("MISSKEY_FRAMES"); path != "" {
		paths = []string{path}
	}
	for _, path := range paths {
		r := holdRecording(readRecording(t, path))
		for _, p := range r.problems {
			t.Error(p)
		}
		t.Logf("%s: %d frames of %d types, %d problems", path, r.frames, len(r.types), len(r.problems))
		for _, typ := range slices.Sorted(maps.Keys(r.types)) {
			t.Logf("%6d %s", r.types[typ], typ)
		}
	}
}

// TestRecordingCoversTheSpec names every event that the recording does not
// have.
func TestRecordingCoversTheSpec(t *testing.T) {
	unpublished := map[string]bool{"main/unreadAntenna": true, "main/readAntenna": true, "noteUpdated/updated": true}
	r := holdRecording(readRecording(t, "testdata/misskey-2026.3.2.ndjson.gz"))
	seen := map[string]bool{}
	for typ := range r.types {
		parts := strings.Split(typ, "/")
		seen[strings.Join(parts[:min(2, len(parts))], "/")] = true
	}
	check := func(key string) {
		if seen[key] == unpublished[key] {
			t.Errorf("%s: seen %v, declared but never published %v", key, seen[key], unpublished[key])
		}
	}
	if len(allChannels) != 18 {
		t.Errorf("%d channels", len(allChannels))
	}
	for _, ch := range allChannels {
		for _, typ := range ch.Events.Types {
			check(ch.Name + "/" + typ)
		}
	}
	for _, typ := range noteEvents.Types {
		check("noteUpdated/" + typ)
	}
	for _, typ := range broadcastEvents.Types {
		check(typ)
	}
	kinds := 0
	for typ := range r.types {
		if strings.HasPrefix(typ, "main/notification/") {
			kinds++
		}
	}
	if kinds != 20 {
		t.Errorf("%d kinds of notification in the recording, want 20", kinds)
	}
}

// TestRecordedFramesCanFail shows that the test above finds what it is there
// to find.
func TestRecordedFramesCanFail(t *testing.T) {
	frames := readRecording(t, "testdata/misskey-2026.3.2.ndjson.gz")
	first := func(contains string) int {
		i := slices.IndexFunc(frames, func(fr recorded) bool { return fr.Dir == "in" && strings.Contains(fr.Frame, contains) })
		if i < 0 {
			t.Fatalf("no frame contains %s", contains)
		}
		return i
	}
	connects := slices.DeleteFunc(slices.Clone(frames), func(fr recorded) bool { return fr.Dir == "in" })
	for _, tt := range []struct {
		name, in, old, new, problem string
	}{
		{"a field more", `"type":"mention","body"`, `"visibility":`, `"mood":"fine","visibility":`, "mood"},
		{"a field less", `"type":"mention","body"`, `"visibility":"specified",`, ``, "visibility"},
		{"a field the encoder would drop", `"type":"fileUpdated"`, `"folderId":`, `"folderID":`, "folderI"},
		{"a null where there is none", `"type":"mention","body"`, `"visibility":"specified"`, `"visibility":null`, "visibility"},
		{"an event", `"type":"userAdded"`, `"userAdded"`, `"userPromoted"`, "unknown message type"},
		{"a kind of notification", `"type":"createToken"`, `"type":"createToken"`, `"type":"raffleWon"`, "raffleWon"},
		{"a frame type", `"type":"emojiAdded"`, `"emojiAdded"`, `"emojiRetired"`, "emojiRetired"},
		{"a number", `"type":"pollVoted"`, `"choice":`, `"choice":0.5,"x":`, "choice"},
		{"a timestamp", `"type":"deleted","body":{"deletedAt"`, `"deletedAt":"2`, `"deletedAt":"never 2`, "never"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			frame := frames[first(tt.in)]
			changed := frame
			changed.Frame = strings.Replace(frame.Frame, tt.old, tt.new, 1)
			if changed.Frame == frame.Frame {
				t.Fatalf("%s is not in %s", tt.old, frame.Frame)
			}
			if r := holdRecording(append(slices.Clone(connects), frame)); len(r.problems) != 0 {
				t.Fatalf("before: %q", r.problems)
			}
			r := holdRecording(append(slices.Clone(connects), changed))
			if len(r.problems) != 1 || !strings.Contains(r.problems[0], tt.problem) {
				t.Errorf("problems %q, want one that names %q", r.problems, tt.problem)
			}
		})
	}
	t.Run("an encoder that drops a field", func(t *testing.T) {
		for _, null := range []string{`"c":null`, `"user":null`} {
			if err := sameJSON("x", []byte(`{"a":{"b":1}}`), []byte(`{"a":{"b":1,`+null+`}}`)); err == nil {
				t.Errorf("%s: not found", null)
			}
		}
	})
	t.Run("a channel", func(t *testing.T) {
		changed := slices.Clone(frames)
		for i := range changed {
			changed[i].Frame = strings.Replace(changed[i].Frame, `"channel":"antenna"`, `"channel":"radar"`, 1)
		}
		if r := holdRecording(changed); len(r.problems) == 0 || !strings.Contains(r.problems[0], "radar") {
			t.Errorf("problems %q", r.problems)
		}
	})
}
