package observe

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/misskeyactor/misskeyactor/spec"
)

// findings reads a recording and returns what is found in it.
func findings(t *testing.T, r io.Reader) []string {
	t.Helper()
	o := observer(t, misskey(t), Options{})
	if err := o.Read("frames", r); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range o.Report().Findings {
		found = append(found, fmt.Sprintf("%s; %d, %s:%d: %s", f.Name(), f.Count, f.Example.File, f.Example.Line, f.Example.Text))
	}
	return found
}

const notice = `{"type":"emojiDeleted","body":{"emojis":[]}}` + "\n"

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCompressedRecordingThatBreaksOff(t *testing.T) {
	whole := zipped(t, strings.Repeat(notice, 100))
	if found := findings(t, bytes.NewReader(whole)); len(found) != 0 {
		t.Errorf("a whole one: %q", found)
	}
	found := findings(t, bytes.NewReader(whole[:len(whole)-9]))
	if len(found) != 1 || !strings.HasPrefix(found[0], "OB002 recording; 1, frames:100: unexpected EOF") {
		t.Errorf("without its end: %q", found)
	}
	found = findings(t, strings.NewReader("\x1f\x8bnonsense, and more of it"))
	if len(found) != 1 || !strings.HasPrefix(found[0], "OB002 recording; 1, frames:1: gzip") {
		t.Errorf("without its beginning: %q", found)
	}
}

func TestReadersErrorIsNotTheRecordings(t *testing.T) {
	broken := errors.New("the disk is gone")
	o := observer(t, misskey(t), Options{})
	err := o.Read("frames", io.MultiReader(strings.NewReader(notice+"{"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "frames: ") {
		t.Errorf("error %v", err)
	}
	if r := o.Report(); len(r.Findings) != 0 || r.Counts.In != 1 {
		t.Errorf("report %+v", r)
	}
}

func TestLineThatIsTooLong(t *testing.T) {
	long := `{"type":"x","body":"` + strings.Repeat("x", maxLine) + `"}` + "\n"
	found := findings(t, strings.NewReader(notice+long+notice+`{"a`))
	want := []string{"OB001 recording; 2, frames:2: (more than 16 MiB)"}
	if !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
}

func TestMoreFindingsThanAreKept(t *testing.T) {
	var text strings.Builder
	for i := range maxFindings + 7 {
		fmt.Fprintf(&text, "{\"type\":\"unheard%d\"}\n", i)
	}
	found := findings(t, strings.NewReader(text.String()))
	if n := len(found); n != maxFindings+1 {
		t.Errorf("%d findings are kept", n)
	}
	if last, want := found[len(found)-1], "OB017 recording; 7, frames:10001: broadcasts.events.unheard10000 is not in the spec"; last != want {
		t.Errorf("the last is %q, want %q", last, want)
	}
}

func TestObjectsWithMoreKeysThanAreKept(t *testing.T) {
	var text strings.Builder
	for i := range maxShapeKeys + 7 {
		fmt.Fprintf(&text, "{\"type\":\"scores\",\"body\":{\"player%d\":%d}}\n", i, i)
	}
	o := observer(t, misskey(t), Options{})
	if err := o.Read("frames", strings.NewReader(text.String())); err != nil {
		t.Fatal(err)
	}
	overlay := o.Offer(Overlay{})
	if !bytes.Contains(overlay, []byte("body: map<integer>\n")) {
		t.Errorf("offered\n%s", overlay)
	}
	overlaid(t, overlay)
}

// What is connected and forgotten since is passed over.
func TestManyConnectsOfOneSocket(t *testing.T) {
	var text strings.Builder
	line := func(dir, frame string) { fmt.Fprintf(&text, "{\"conn\":\"1\",\"dir\":%q,\"frame\":%q}\n", dir, frame) }
	for i := range maxConnects + 1 {
		line("out", fmt.Sprintf(`{"type":"connect","body":{"channel":"main","id":"%d"}}`, i))
	}
	for _, id := range []int{0, 1, maxConnects} {
		line("in", fmt.Sprintf(`{"type":"channel","body":{"id":"%d","type":"readAllNotifications","body":null}}`, id))
	}
	o := observer(t, misskey(t), Options{})
	if err := o.Read("frames", strings.NewReader(text.String())); err != nil {
		t.Fatal(err)
	}
	if r := o.Report(); r.Counts.Unfollowed != 1 || len(r.Findings) != 0 {
		t.Errorf("report %+v", r)
	}
}

func TestOlderServersPingInText(t *testing.T) {
	const recording = `{"conn":"1","dir":"out","frame":"ping"}
{"conn":"1","dir":"in","frame":"pong"}
{"conn":"1","dir":"out","frame":"{\"type\":\"api\",\"body\":{\"id\":\"7\",\"ep\":\"i\",\"data\":{}}}"}
{"conn":"1","dir":"in","frame":"{\"type\":\"api:7\",\"body\":{\"res\":{}}}"}
{"conn":"1","dir":"in","frame":"ping"}
`
	s, err := spec.Load(fstest.MapFS{"old.yaml": {Data: []byte(`name: old
extends: misskey
patch:
  socket: {textPing: true}
  requests: {api: {role: call, reply: "api:"}}
`)}}, "old.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o := observer(t, s, Options{})
	if err := o.Read("frames", strings.NewReader(recording)); err != nil {
		t.Fatal(err)
	}
	if r := o.Report(); len(r.Findings) != 1 || r.Findings[0].Code != CodeNotFrame || r.Findings[0].Side != Server || r.Findings[0].Count != 1 {
		t.Errorf("findings %+v", r.Findings)
	}
}
