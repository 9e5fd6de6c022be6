package observe

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// drifts are the ways in which a server may depart from the spec, each put into
// the frames of the recording that have what it changes.
var drifts = []struct {
	name     string
	in       string // what frames have that it happens to
	old, new string
	dir      string
	all      bool // to all such frames, else to one
	want     []string
}{
	{name: "a channel", in: `"channel":"antenna"`, old: `"antenna"`, new: `"radar"`, dir: dirOut, all: true, want: []string{"OB005 channels.radar"}},
	{name: "an event", in: `"type":"userAdded"`, old: `"userAdded"`, new: `"userPromoted"`, dir: dirIn, want: []string{"OB006 eventSets.userList.events.userPromoted"}},
	{name: "a capture's event", in: `"type":"unreacted"`, old: `"unreacted"`, new: `"cooled"`, dir: dirIn, want: []string{"OB006 captures.note.events.cooled"}},
	{name: "a broadcast", in: `{"type":"emojiAdded"`, old: `"emojiAdded"`, new: `"emojiRetired"`, dir: dirIn, want: []string{"OB004 broadcasts.events.emojiRetired"}},
	{name: "a kind of notification", in: `"type":"createToken"`, old: `"type":"createToken"`, new: `"type":"raffleWon","prize":7`, dir: dirIn, want: []string{"OB012 types.Notification.variants.raffleWon"}},
	{name: "a field", in: `"type":"mention","body"`, old: `"visibility":`, new: `"moods":["fine",null],"visibility":`, dir: dirIn, want: []string{"OB007 types.Note.fields.moods"}},
	{name: "an absence", in: `"type":"folderCreated"`, old: `,"parentId":null`, new: ``, dir: dirIn, want: []string{"OB008 types.DriveFolder.fields.parentId"}},
	{name: "a null", in: `"type":"newAbuseUserReport"`, old: `"comment":"`, new: `"comment":null,"was":"`, dir: dirIn, want: []string{"OB009 channels.admin.events.newAbuseUserReport.fields.comment", "OB007 channels.admin.events.newAbuseUserReport.fields.was"}},
	{name: "another kind", in: `"type":"pollVoted"`, old: `"choice":`, new: `"choice":0.5,"rank":`, dir: dirIn, want: []string{"OB010 captures.note.events.pollVoted.fields.choice", "OB007 captures.note.events.pollVoted.fields.rank"}},
	{name: "a value of an enum", in: `"type":"reply","body"`, old: `"visibility":"public"`, new: `"visibility":"galaxy"`, dir: dirIn, want: []string{"OB011 types.NoteVisibility.enum galaxy"}},
	{name: "a body", in: `"type":"readAllAnnouncements"`, old: `"body":null`, new: `"body":{"at":"2026-01-02T03:04:05.678Z"}`, dir: dirIn, want: []string{"OB013 channels.main.events.readAllAnnouncements"}},
	{name: "a parameter", in: `"channel":"globalTimeline"`, old: `"params":{}`, new: `"params":{"minimize":true}`, dir: dirOut, want: []string{"OB007 channels.globalTimeline.params.minimize"}},
}

type frame struct {
	T     int64  `json:"t"`
	Conn  string `json:"conn"`
	Dir   string `json:"dir"`
	Frame string `json:"frame"`
}

// recordedFrames reads the recording.
func recordedFrames(t testing.TB) (frames []frame) {
	t.Helper()
	f, err := os.Open(recorded)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var fr frame
		if err := json.Unmarshal(sc.Bytes(), &fr); err != nil {
			t.Fatal(err)
		}
		frames = append(frames, fr)
	}
	return frames
}

func written(t testing.TB, frames []frame) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	for _, fr := range frames {
		if err := e.Encode(fr); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// TestInjectedDrift puts every kind of drift into the recording, each alone and
// all together: each is found, and nothing else; and with the overlay that is
// offered, nothing is.
func TestInjectedDrift(t *testing.T) {
	frames := recordedFrames(t)
	known := accepted(t)
	inject := func(t *testing.T, frames []frame, i int) {
		d, n := drifts[i], 0
		for k := range frames {
			fr := &frames[k]
			if fr.Dir != d.dir || !strings.Contains(fr.Frame, d.in) || !strings.Contains(fr.Frame, d.old) || n > 0 && !d.all {
				continue
			}
			fr.Frame = strings.Replace(fr.Frame, d.old, d.new, 1)
			n++
		}
		if n == 0 {
			t.Fatalf("no frame has %s and %s", d.in, d.old)
		}
	}
	check := func(t *testing.T, frames []frame, want []string) {
		text := written(t, frames)
		o := observer(t, misskey(t), Options{Accepted: known})
		if err := o.Read("frames.ndjson", strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range o.Report().Findings {
			if f.Reason != "" {
				continue
			}
			got = append(got, f.Name())
			if !f.Offered {
				t.Errorf("nothing is offered for %s", describe(f))
			}
		}
		if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("found %q, want %q", got, want)
		}
		overlay := o.Offer(Overlay{Version: "2026.4.0"})
		o = observer(t, overlaid(t, overlay), Options{Accepted: known})
		if err := o.Read("frames.ndjson", strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		for _, f := range o.Report().Findings {
			if f.Reason == "" {
				t.Errorf("with the overlay: %s", describe(f))
			}
		}
		if t.Failed() || testing.Verbose() {
			t.Logf("offered:\n%s", overlay)
		}
	}
	var all []string
	everything := slices.Clone(frames)
	for i, d := range drifts {
		all = append(all, d.want...)
		t.Run(d.name, func(t *testing.T) {
			changed := slices.Clone(frames)
			inject(t, changed, i)
			check(t, changed, d.want)
		})
		inject(t, everything, i)
	}
	t.Run("all together", func(t *testing.T) { check(t, everything, all) })
}
