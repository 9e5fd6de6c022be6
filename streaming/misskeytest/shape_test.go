package misskeytest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// shape is what the bodies of one kind look like. Paths are keys joined by
// dots, with [] for what is in a list and * for a key that is data.
type shape struct {
	places  map[string]*place
	objects map[string]int // how many objects there were at a path
}

// place is what was found at a path.
type place struct {
	times int
	kinds map[string]bool // JSON kinds, or names of entities
}

// shapes are those of kinds of events and of entities, by name.
type shapes map[string]*shape

func (s shapes) of(name string) *shape {
	if s[name] == nil {
		s[name] = &shape{places: map[string]*place{}, objects: map[string]int{}}
	}
	return s[name]
}

func (s *shape) mark(path, kind string) {
	if s.places[path] == nil {
		s.places[path] = &place{kinds: map[string]bool{}}
	}
	s.places[path].times++
	s.places[path].kinds[kind] = true
}

// always reports whether the path was there in every object it could be in.
// Nothing is said of what is in lists.
func (s *shape) always(path string) bool {
	if strings.HasSuffix(path, "[]") || strings.HasSuffix(path, ".*") {
		return false
	}
	parent := ""
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		parent = path[:i]
	}
	return s.places[path].times >= s.objects[parent]
}

// data are objects whose keys are data, and opaque what may be anything.
var (
	data   = []string{"reactions", "reactionEmojis", "emojis", "headers"}
	opaque = []string{"var", "value", "condFormula"}
)

// visit adds a body to a shape. An entity inside is named there, and adds to the
// shape of its name: what a body looks like is what its parts look like.
func (s shapes) visit(name, path string, body any) {
	at := s.of(name)
	last := path[strings.LastIndexByte(path, '.')+1:]
	if slices.Contains(opaque, last) {
		at.mark(path, "anything")
		return
	}
	switch v := body.(type) {
	case map[string]any:
		if entity := entityOf(v); entity != "" && (path != "" || entity != name) {
			at.mark(path, entity)
			s.visit(entity, "", body)
			return
		}
		at.mark(path, "object")
		if slices.Contains(data, last) || last == "policies" && name != "MeDetailed" {
			for _, value := range v {
				s.visit(name, path+".*", value)
			}
			return
		}
		at.objects[path]++
		for key, value := range v {
			s.visit(name, strings.TrimPrefix(path+"."+key, "."), value)
		}
	case []any:
		at.mark(path, "array")
		for _, value := range v {
			s.visit(name, path+"[]", value)
		}
	case string:
		at.mark(path, "string")
	case float64:
		at.mark(path, "number")
	case bool:
		at.mark(path, "boolean")
	case nil:
		at.mark(path, "null")
	}
}

// entityOf tells by its keys what an object is, "" for none of those that occur
// in several kinds of events. A note is named by how it was written out.
func entityOf(o map[string]any) string {
	has := func(keys ...string) bool {
		for _, key := range keys {
			if _, ok := o[key]; !ok {
				return false
			}
		}
		return true
	}
	switch {
	case has("username", "policies"):
		return "MeDetailed"
	case has("username", "followersCount"):
		return "UserDetailedNotMe"
	case has("username"):
		return "UserLite"
	case has("renoteCount", "reactionAcceptance"):
		name := "Note"
		if has("reactionAndUserPairCache") {
			name = "streamed " + name
		}
		if !has("clippedCount") {
			name = "brief " + name
		}
		return name
	case has("md5"):
		return "DriveFile"
	case has("timeLimitForEachTurn"):
		return "ReversiGameDetailed"
	case has("condFormula"):
		return "Role"
	case has("invitationExists"):
		return "ChatRoom"
	case has("aliases"):
		return "EmojiDetailed"
	}
	return ""
}

// see adds a frame that came from the server. channels has the channel of each
// wire id.
func (s shapes) see(t testing.TB, f testFrame, channels map[string]string) {
	t.Helper()
	name, raw := f.Type, f.Body
	switch i := f.inner(); f.Type {
	case "channel":
		name, raw = channels[i.ID]+" "+i.Type, i.Body
		var n struct{ Type string }
		if strings.HasSuffix(i.Type, "otification") && json.Unmarshal(i.Body, &n) == nil {
			name += " " + n.Type
		}
	case "noteUpdated":
		name, raw = "noteUpdated "+i.Type, i.Body
	}
	var body any
	if err := json.Unmarshal(raw, &body); err != nil {
		t.Fatalf("%s: %v: %s", name, err, raw)
	}
	s.visit(name, "", body)
}

// difference is one between what this server sends and what was recorded.
type difference struct{ where, path, what string }

func (d difference) String() string { return fmt.Sprintf("{%q, %q, %q}", d.where, d.path, d.what) }

// compare finds the differences between what was seen here and what was
// recorded.
func compare(here, recorded shapes) []difference {
	var all []difference
	for _, where := range slices.Sorted(maps.Keys(union(here, recorded))) {
		switch {
		case here[where] == nil:
			all = append(all, difference{where, "", "never provoked"})
		case recorded[where] == nil:
			all = append(all, difference{where, "", "never recorded"})
		default:
			all = append(all, compareShapes(where, here[where], recorded[where])...)
		}
	}
	return all
}

func compareShapes(where string, here, recorded *shape) []difference {
	var all []difference
	found := func(path, format string, args ...any) {
		all = append(all, difference{where, path, fmt.Sprintf(format, args...)})
	}
	for _, path := range slices.Sorted(maps.Keys(union(here.places, recorded.places))) {
		h, r := here.places[path], recorded.places[path]
		switch {
		case h == nil:
			if covered(path, here) {
				found(path, "never here")
			}
			continue
		case r == nil:
			if covered(path, recorded) {
				found(path, "never recorded")
			}
			continue
		}
		for _, kind := range slices.Sorted(maps.Keys(union(h.kinds, r.kinds))) {
			switch {
			case !h.kinds[kind]:
				found(path, "never %s here", kind)
			case !r.kinds[kind]:
				found(path, "%s, never recorded", kind)
			}
		}
		switch a, b := here.always(path), recorded.always(path); {
		case a && !b:
			found(path, "always here")
		case b && !a:
			found(path, "absent here, always recorded")
		}
	}
	return all
}

// covered reports whether the path's parent is there: if it is not, that is the
// difference.
func covered(path string, s *shape) bool {
	parent := strings.TrimSuffix(path, "[]")
	if parent == path {
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			return true
		}
		parent = path[:i]
	}
	return s.places[parent] != nil
}

func union[V any](a, b map[string]V) map[string]bool {
	all := map[string]bool{}
	for key := range a {
		all[key] = true
	}
	for key := range b {
		all[key] = true
	}
	return all
}

// seeRecording adds every inbound frame of the recording.
func seeRecording(t testing.TB, frames []recordedFrame) shapes {
	t.Helper()
	all, channels := shapes{}, map[string]string{}
	for _, r := range frames {
		var f testFrame
		if json.Unmarshal([]byte(r.Frame), &f) != nil {
			continue // two of the client's frames
		}
		if r.Dir == "in" {
			all.see(t, f, channels)
			continue
		}
		var connect struct{ Channel, ID string }
		if f.Type == "connect" && json.Unmarshal(f.Body, &connect) == nil {
			channels[connect.ID] = connect.Channel
		}
	}
	return all
}

// The comparison finds whatever can be wrong with a body.
func TestShapesThatDiffer(t *testing.T) {
	const good = `{"id":"x","n":1,"user":{"username":"u","avatarUrl":"a","name":null},"list":[{"a":1}],"maybe":true}`
	const without = `{"id":"y","n":2,"user":{"username":"u","avatarUrl":"a","name":null},"list":[]}`
	tests := []struct {
		name string
		here []string
		want []difference
	}{
		{"the same", []string{good, without}, nil},
		{"a key too few", []string{good, `{"id":"x","user":{"username":"u","avatarUrl":"a","name":null},"list":[]}`},
			[]difference{{"main e", "n", "absent here, always recorded"}}},
		{"a key too many", []string{good, `{"id":"x","n":1,"user":{"username":"u","avatarUrl":"a","name":null},"list":[],"more":1}`},
			[]difference{{"main e", "more", "never recorded"}}},
		{"another kind", []string{good, `{"id":"x","n":"1","user":{"username":"u","avatarUrl":"a","name":null},"list":[]}`},
			[]difference{{"main e", "n", "string, never recorded"}}},
		{"an optional key that is always there", []string{good}, []difference{{"main e", "maybe", "always here"}}},
		{"an optional key that is never there", []string{without},
			[]difference{{"main e", "list[]", "never here"}, {"main e", "maybe", "never here"}}},
		{"inside an entity", []string{good, without, `{"id":"x","n":1,"user":{"username":"u","avatarUrl":5,"name":"n"},"list":[]}`},
			[]difference{
				{"UserLite", "avatarUrl", "number, never recorded"}, {"UserLite", "name", "string, never recorded"},
			}},
		{"no entity where there was one", []string{good, `{"id":"x","n":1,"user":null,"list":[]}`},
			[]difference{{"main e", "user", "null, never recorded"}}},
		{"inside a list", []string{good, `{"id":"x","n":1,"user":{"username":"u","avatarUrl":"a","name":null},"list":[{"b":1}]}`},
			[]difference{{"main e", "list[].a", "absent here, always recorded"}, {"main e", "list[].b", "never recorded"}}},
		{"another event", nil, []difference{
			{"UserLite", "", "never provoked"}, {"main e", "", "never provoked"}, {"main other", "", "never recorded"},
		}},
	}
	see := func(event string, bodies ...string) shapes {
		o := shapes{}
		for _, body := range bodies {
			frame := fmt.Appendf(nil, `{"id":"m","type":%q,"body":%s}`, event, body)
			o.see(t, testFrame{Type: "channel", Body: frame}, map[string]string{"m": "main"})
		}
		return o
	}
	recorded := see("e", good, without)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			here := see("e", tt.here...)
			if tt.here == nil {
				here = see("other", "null")
			}
			if got := compare(here, recorded); !slices.Equal(got, tt.want) {
				t.Errorf("differences %v, want %v", got, tt.want)
			}
		})
	}
}
