package spec

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// witnessed is a dialect whose facts have evidence of their own.
const witnessed = `name: below
seen: [1.0.0]
since: 0.9.0
checked: [1.0.0, 1.1.0]
socket: {path: /streaming, auth: header, ping: 60s, silence: 120s}
limits: {channelsPerConnection: {value: 32, since: 0.9.1}}
requests:
  connect: {role: connect, reply: connected}
  disconnect: {role: disconnect}
  channel: {role: send, aliases: [ch]}
  subNote: {role: subscribe}
  unsubNote: {role: unsubscribe}
  read: {role: request, method: Read, fields: {id: string}, since: 0.9.2}
types:
  NoteID: {id: true}
  Mood: {enum: [good, {value: bad, since: 0.9.8}], since: 0.9.3}
  Note: {fields: {id: NoteID, text: {type: string | null, since: 0.9.9}, mood?: Mood}, since: 0.9.4}
  Shape: {union: kind, fields: {at: timestamp}, variants: {square: {fields: {side: number}}}, since: 0.9.3}
  Base: {fields: {key: string}}
  Pinned: {embeds: [Note, Base]}
eventSets:
  timeline: {events: {note: {body: Note}}, since: 0.9.5}
  list: {includes: [timeline]}
channels:
  home:
    events: {tick: {fields: {n: integer, m: {type: integer, since: 0.9.9}}}, tock: {body: string, as: text, seen: [1.1.0]}}
    params: {quiet?: {type: boolean, default: false}, mood?: {type: Mood, default: good}, words?: {type: "string[][]", noEmptyItems: true}}
    sends: {say: {fields: {text: string}}}
    permission: read:account
    quirks: [It is slow.]
    since: 0.9.6
    seen: [1.1.0]
  list: {events: list, tokenEvent: note}
captures:
  note: {method: Capture, subscribe: subNote, unsubscribe: unsubNote, update: noteUpdated, key: {id: NoteID}, endsWith: gone, events: {gone: {fields: {at: timestamp}}}, since: 0.9.7}
broadcasts: {events: {notice: {body: string, as: text}}}
`

// origins tells of each fact of a spec, by the keys that lead to it, in which
// file it stands and what is its evidence.
func origins(s *Spec) map[string]string {
	all := map[string]string{}
	note := func(way string, pos Pos, e Evidence) {
		file, _, _ := strings.Cut(pos.File, ".")
		all[way] = strings.Join(append([]string{file}, append(slices.Clone(e.Seen), e.Since)...), " ")
	}
	fields := func(way string, list []*Field) {
		for _, f := range list {
			note(way+"."+f.Name, f.Pos, f.Evidence)
		}
	}
	messages := func(way string, list []*Message) {
		for _, m := range list {
			note(way+"."+m.Name, m.Pos, m.Evidence)
			fields(way+"."+m.Name+".fields", m.Fields)
		}
	}
	note("socket", s.Socket.Pos, s.Socket.Evidence)
	note("limits", s.Limits.Pos, s.Limits.Evidence)
	for _, t := range s.Types {
		way := "types." + t.Name
		note(way, t.Pos, t.Evidence)
		fields(way+".fields", t.Fields)
		for _, v := range t.Values {
			note(way+".enum."+v.Value, v.Pos, v.Evidence)
		}
		for _, v := range t.Variants {
			note(way+".variants."+v.Tag, v.Pos, v.Evidence)
			fields(way+".variants."+v.Tag+".fields", v.Fields)
		}
	}
	for _, set := range s.EventSets {
		if !slices.ContainsFunc(s.Channels, func(c *Channel) bool { return c.Pos == set.Pos }) {
			note("eventSets."+set.Name, set.Pos, set.Evidence)
		}
		messages("eventSets."+set.Name+".events", set.Events)
	}
	for _, c := range s.Channels {
		note("channels."+c.Name, c.Pos, c.Evidence)
		fields("channels."+c.Name+".params", c.Params)
		messages("channels."+c.Name+".sends", c.Sends)
	}
	for _, c := range s.Captures {
		note("captures."+c.Name, c.Pos, c.Evidence)
		note("captures."+c.Name+".key", c.Key.Pos, c.Key.Evidence)
		messages("captures."+c.Name+".events", c.Events.Events)
	}
	note("broadcasts", s.Broadcasts.Pos, s.Broadcasts.Evidence)
	messages("broadcasts.events", s.Broadcasts.Events)
	for _, r := range s.Requests {
		note("requests."+r.Name, r.Pos, r.Evidence)
		fields("requests."+r.Name+".fields", r.Fields)
	}
	return all
}

// TestAFactThatIsOtherwiseStandsInThePatch makes one patch at a time. The facts
// that it makes others stand in the patch and have its evidence; all others
// stand where they stood and have the evidence that they had.
func TestAFactThatIsOtherwiseStandsInThePatch(t *testing.T) {
	load := func(t *testing.T, files map[string]string) *Spec {
		t.Helper()
		fsys := fstest.MapFS{"below.yaml": {Data: []byte(witnessed)}}
		for name, text := range files {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
		s, err := Load(fsys, "over.yaml")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const head = "name: over\nchecked: [2.0.0]\nseen: [2.0.0]\nsince: 1.9.0\n"
	for _, test := range []struct{ patch, moved string }{
		{"socket.path: /stream", "socket"},
		{"socket: {textPing: true}", "socket"},
		{"socket.silence: null", "socket"},
		{"limits.channelsPerConnection: 8", "limits"},
		{"limits.channelsPerConnection.value: 8", "limits"},
		{"limits: {channelsPerConnection: {value: 8}}", "limits"},
		{"requests.read: {credential: required}", "requests.read"},
		{"requests.channel.aliases[]: [c]", "requests.channel"},
		{"requests.read: {fields: {id: integer}}", "requests.read.fields.id"},
		{"requests.read: {body: string, as: id}", "requests.read"},
		{"types.Note.fields.text: string", "types.Note.fields.text"},
		{"types.Note.fields.text.type: string", "types.Note.fields.text"},
		{"types.Note.fields.text: {type: string, doc: Short.}", "types.Note.fields.text"},
		{"types.Note.fields: {text: {type: string}}", "types.Note.fields.text"},
		{"types.Note.fields: {text?: {}}", "types.Note.fields.text"},
		{"types.Note.fields: {mood: {}}", "types.Note.fields.mood"},
		{"types.Note.fields: {text: {doc: Short.}}", ""},
		{"types.Note.fields: {mood?: {doc: Good or bad.}}", ""},
		{"types.Note.fields.mood: {goName: Feeling}", ""},
		{"types.Note: {doc: It is short., goName: Post}", ""},
		{"types.Note.fields.mood: null", ""},
		{"types.Mood: {enum: null, id: true}", "types.Mood"},
		{"types.Shape: {empty: true}", "types.Shape"},
		{"types.Shape.variants.square: {fields: {side: integer}}", "types.Shape.variants.square.fields.side"},
		{"types.Pinned: {embeds: [Whole]}\ntypes: {Whole: {fields: {id: NoteID}}}", "types.Pinned types.Whole types.Whole.fields.id"},
		{"types.Mood: {doc: Of people.}", ""},
		{"types.Mood.enum: [good]", "types.Mood.enum.good"},
		{"eventSets.list: {includes: null, events: {note: {body: null}}}", "eventSets.list eventSets.list.events.note"},
		{"eventSets.timeline.events.note: {as: post}", "eventSets.timeline.events.note"},
		{"channels.home.permission: read:x", "channels.home"},
		{"channels.home: {permission: read:x}", "channels.home"},
		{"channels: {home: {permission: null}}", "channels.home"},
		{"channels.home.permission: null", "channels.home"},
		{"channels.home: {overflow: end, leaks: true}", "channels.home"},
		{"channels.home: {quirks: null, doc: It is fast.}", ""},
		{"channels.home.quirks[]: [It is odd.]", ""},
		{"channels.home.sends: null", ""},
		{"channels.list.events: timeline", "channels.list"},
		{"channels.home.params: {quiet?: {default: true}}", "channels.home.params.quiet"},
		{"channels.home.params.quiet.default: true", "channels.home.params.quiet"},
		{"channels.home.params.quiet.default: null", "channels.home.params.quiet"},
		{"channels.home.sends.say: {body: string, as: text}", "channels.home.sends.say"},
		{"channels.home.sends.say.fields.text: integer", "channels.home.sends.say.fields.text"},
		{"captures.note.update: changed", "captures.note"},
		{"captures.note: {endsWith: gone}", "captures.note"},
		{"captures.note.key.id: string", "captures.note.key"},
		{"captures.note.events.gone: {fields: null}", "captures.note.events.gone"},
		{"captures.note.events.gone: {unpublished: true, seen: source}", "captures.note.events.gone"},
		{"broadcasts.events.notice.body: integer", "broadcasts.events.notice"},
	} {
		before := origins(load(t, map[string]string{"over.yaml": head + "extends: ./below.yaml\n"}))
		one := origins(load(t, map[string]string{"over.yaml": head + "extends: ./below.yaml\npatch:\n  " + test.patch}))
		mid := origins(load(t, map[string]string{
			"over.yaml": "name: top\nseen: [3.0.0]\nsince: 2.9.0\nextends: ./mid.yaml\npatch: {channels.list: {leaks: true}}\n",
			"mid.yaml":  head + "extends: ./below.yaml\npatch:\n  " + test.patch,
		}))
		var moved []string
		for way, now := range one {
			switch want, was := before[way]; {
			case strings.HasPrefix(now, "over"):
				moved = append(moved, way)
				if seen := "over 2.0.0 1.9.0"; now != seen && !strings.Contains(test.patch, "seen:") {
					t.Errorf("%s: %s is %s, want %s", test.patch, way, now, seen)
				}
			case was && now != want:
				t.Errorf("%s: %s was %s, and is %s", test.patch, way, want, now)
			}
			if above := mid[way]; way != "channels.list" && above != strings.Replace(now, "over", "mid", 1) {
				t.Errorf("%s: with one more overlay, %s is %s, not %s", test.patch, way, above, now)
			}
		}
		slices.Sort(moved)
		if got := strings.Join(moved, " "); got != test.moved {
			t.Errorf("%s: there stand %q, want %q", test.patch, got, test.moved)
		}
	}
}

// TestAPatchKeepsTheEvidenceItStates has two patches of one fact: the second
// one leaves alone what the first says of evidence.
func TestAPatchKeepsTheEvidenceItStates(t *testing.T) {
	s, err := Load(fstest.MapFS{
		"below.yaml": {Data: []byte(witnessed)},
		"over.yaml": {Data: []byte(`name: over
extends: ./below.yaml
checked: [2.0.0]
seen: [2.0.0]
patch:
  channels.home: {shared: true, seen: source, since: 1.9.5}
  channels.home.permission: read:x
`)}}, "over.yaml")
	if err != nil {
		t.Fatal(err)
	}
	home := channelOf(s, "home")
	if len(home.Seen) != 0 || home.Since != "1.9.5" || home.Pos.Line != 7 {
		t.Errorf("the channel has %v of %v", home.Evidence, home.Pos)
	}
	if p := home.Params[0]; !slices.Equal(p.Seen, []string{"1.1.0"}) || p.Since != "0.9.6" {
		t.Errorf("its parameter has %v", p.Evidence)
	}
	events := home.Events.Events
	if m := events[0].Fields[1]; m.Since != "0.9.9" || !slices.Equal(m.Seen, []string{"1.1.0"}) {
		t.Errorf("a field of its event has %v", m.Evidence)
	}
	if tock := events[1]; tock.Since != "0.9.6" || !slices.Equal(tock.Seen, []string{"1.1.0"}) {
		t.Errorf("its other event has %v", tock.Evidence)
	}
}
