package observe

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/misskeyactor/misskeyactor/spec"
)

const (
	recordings = "../../streaming/testdata"
	recorded   = recordings + "/misskey-2026.3.2.ndjson.gz"
)

func misskey(t testing.TB) *spec.Spec {
	t.Helper()
	s, err := spec.Misskey()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func observer(t testing.TB, s *spec.Spec, opts Options) *Observer {
	t.Helper()
	o, err := New(s, opts)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// accepted are the findings that the recording has on purpose.
func accepted(t testing.TB) []*spec.AcceptedFinding {
	t.Helper()
	all, err := spec.LoadAcceptedFindings(os.DirFS(recordings), "misskey-2026.3.2.accepted.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// describe is a finding in one line.
func describe(f Finding) string {
	text := fmt.Sprintf("%s %s %s %s; %d, %s:%d: %s", f.Side, f.Code, f.Path, f.Message, f.Count, f.Example.File, f.Example.Line, f.Example.Text)
	if f.Reason != "" {
		text += " (" + f.Reason + ")"
	}
	if f.Offered {
		text += " [offered]"
	}
	if f.Unfit != "" {
		text += " [unfit: " + f.Unfit + "]"
	}
	return text
}

func TestRecordingOfARealServerHasNothingThatIsNotAccepted(t *testing.T) {
	f, err := os.Open(recorded)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	o := observer(t, misskey(t), Options{Accepted: accepted(t)})
	if err := o.Read(recorded, f); err != nil {
		t.Fatal(err)
	}
	r := o.Report()
	for _, f := range r.Findings {
		if f.Reason == "" {
			t.Error(describe(f))
		}
	}
	for _, a := range r.Stale {
		t.Errorf("accepted and not found: %s", a.Finding)
	}
	if want := (Counts{Sockets: 6, In: 2589, Out: 247, Unanswered: 4}); r.Counts != want {
		t.Errorf("counts %+v, want %+v", r.Counts, want)
	}
	if overlay := o.Offer(Overlay{}); overlay != nil {
		t.Errorf("it offers\n%s", overlay)
	}
	// What is published and was seen by those who wrote the spec, and is not in
	// this recording.
	unseen := map[string]bool{
		"channels.hybridTimeline.params.withRenotes": true, "channels.hybridTimeline.params.withFiles": true,
		"channels.globalTimeline.params.withFiles": true,
	}
	for _, u := range r.Unseen {
		if u.Expected || unseen[u.Path] || strings.HasPrefix(u.Path, "types.AchievementName.enum.") {
			delete(unseen, u.Path)
			continue
		}
		t.Errorf("the %s %s is not seen", u.What, u.Path)
	}
	for path := range unseen {
		t.Errorf("%s is seen", path)
	}
}

func TestFramesWithoutTheirConnect(t *testing.T) {
	const path = "../../streaming/testdata/notes-2026.3.2.ndjson.gz"
	for channel, want := range map[string]Counts{
		"":              {Sockets: 1, In: 300, Unfollowed: 300},
		"localTimeline": {Sockets: 1, In: 300},
	} {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		o := observer(t, misskey(t), Options{Channel: channel})
		if err := o.Read(path, f); err != nil {
			t.Fatal(err)
		}
		f.Close()
		r := o.Report()
		for _, f := range r.Findings {
			t.Error(describe(f))
		}
		if r.Counts != want {
			t.Errorf("%q: counts %+v, want %+v", channel, r.Counts, want)
		}
	}
	if _, err := New(misskey(t), Options{Channel: "localTimelin"}); err == nil || !strings.Contains(err.Error(), `did you mean "localTimeline"?`) {
		t.Errorf("error %v", err)
	}
}

// overlaid loads an overlay that is offered for upstream Misskey.
func overlaid(t testing.TB, overlay []byte) *spec.Spec {
	t.Helper()
	s, err := spec.Load(fstest.MapFS{"observed.yaml": {Data: overlay}}, "observed.yaml")
	if err != nil {
		t.Fatalf("%v\n%s", err, overlay)
	}
	return s
}

// TestEventByTwoIncludesIsUnseenOnce: an event that comes to a set by two
// includes is one.
func TestEventByTwoIncludesIsUnseenOnce(t *testing.T) {
	files := fstest.MapFS{"own.yaml": {Data: []byte(`name: own
socket: {path: /streaming, auth: header}
requests: {connect: {role: connect}, disconnect: {role: disconnect}, channel: {role: send}}
eventSets:
  bottom: {events: {bell: {body: null}}}
  left: {includes: [bottom]}
  right: {includes: [bottom]}
  top: {includes: [left, right]}
channels: {lounge: {events: top}}
`)}}
	_, report := held(t, files, "own.yaml", frameLines(t, `> {"type":"connect","body":{"channel":"lounge","id":"a"}}`))
	n := 0
	for _, u := range report.Unseen {
		if u.Path == "channels.lounge.events.bell" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the event is unseen %d times: %+v", n, report.Unseen)
	}
}
