package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/misskeyactor/misskeyactor/spec"
)

// newerServer is a recording of a server that departs from the spec in three
// ways, and of a client in one.
const newerServer = `{"t":1,"conn":"1-1","dir":"out","frame":"{\"type\":\"connect\",\"body\":{\"channel\":\"main\",\"id\":\"m\",\"params\":{},\"pong\":true}}"}
{"t":2,"conn":"1-1","dir":"in","frame":"{\"type\":\"connected\",\"body\":{\"id\":\"m\"}}"}
{"t":3,"conn":"1-1","dir":"in","frame":"{\"type\":\"channel\",\"body\":{\"id\":\"m\",\"type\":\"yawned\",\"body\":null}}"}
{"t":4,"conn":"1-1","dir":"in","frame":"{\"type\":\"channel\",\"body\":{\"id\":\"m\",\"type\":\"notification\",\"body\":{\"id\":\"n1\",\"createdAt\":\"2026-01-02T03:04:05.678Z\",\"type\":\"test\",\"loud\":true}}}"}
{"t":5,"dropped":2}
{"t":6,"conn":"1-1","dir":"in","frame":"{\"type\":\"emojiDeleted\",\"body\":{\"emojis\":null}}"}
{"t":7,"conn":"1-1","dir":"out","frame":"ping"}
`

const acceptPing = `accepted:
  - reason: Somebody typed it.
    findings: [OB003 frames, OB004 broadcasts.events.never]
`

func TestObserve(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "frames.ndjson", newerServer)
	write(t, "known.yaml", acceptPing)
	stdout, stderr := call(t, exitFaults, "observe", "-accept", "known.yaml", "-version", "2026.4.0", "-patch", "new.yaml", "frames.ndjson")
	contains(t, stdout,
		"channels.main.events.yawned is not in the spec [OB006]\n    1 time, as in frames.ndjson:3: null\n",
		"types.Notification.variants.test.fields.loud is not in the spec [OB007]\n    1 time, as in frames.ndjson:4: true\n",
		"broadcasts.events.emojiDeleted.fields.emojis is null [OB009]\n",
		"client: frames are not all JSON objects with a type [OB003]\n", "    Accepted: Somebody typed it.\n",
		"4 frames in and 2 out, on 1 socket: 4 findings, 1 of them accepted\n2 frames dropped by the recorder\n",
		"known.yaml:3:30: OB004 broadcasts.events.never is accepted, and was not found\n",
		"  17 channels\n      channels.homeTimeline\n", "and 12 more (-unseen)\n",
		"new.yaml has an overlay for 3 of them.\n",
	)
	if stderr != "" {
		t.Errorf("standard error has %q", stderr)
	}
	overlay, err := os.ReadFile("new.yaml")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(overlay), "\nname: misskey-observed\nextends: misskey\nchecked: [2026.4.0]\nseen: [2026.4.0]\n", "      yawned:\n        body: null\n")

	// With the overlay there is nothing left to say.
	stdout, _ = call(t, exitOK, "observe", "-spec", "new.yaml", "-accept", "known.yaml", "frames.ndjson")
	contains(t, stdout, ": 1 finding, 1 of them accepted\n")

	// An overlay that somebody may have corrected stays, and is named before the
	// recordings are read.
	_, stderr = call(t, exitUsage, "observe", "-patch", "new.yaml", "nowhere.ndjson")
	contains(t, stderr, "new.yaml exists")
	if text, err := os.ReadFile("new.yaml"); err != nil || !bytes.Equal(text, overlay) {
		t.Errorf("the file is now %q, %v", text, err)
	}
}

func TestObserveStandardInput(t *testing.T) {
	t.Chdir(t.TempDir())
	stdout, _ := callWith(t, newerServer, exitFaults, "observe", "-unseen", "-name", "mine", "-patch", "-", "-")
	contains(t, stdout, "as in -:3: null", "channels.reversiGame\n", "\n\n# Made from what was observed.", "\nname: mine\nextends: misskey\n\npatch:\n")
	stdout, _ = callWith(t, newerServer, exitFaults, "observe", "-")
	contains(t, stdout, "-patch FILE writes an overlay for 3 of them.\n")
	stdout, _ = callWith(t, "", exitFaults, "observe", "-")
	contains(t, stdout, "recording has no frame [OB018]\n", "0 frames in and 0 out, on 0 sockets: 1 finding\n")
	stdout, _ = callWith(t, "\ufeff"+newerServer, exitFaults, "observe", "-")
	contains(t, stdout, ": 4 findings\n")
}

// TestObserveOffersWhatLoads: what does not fit into the spec is told by name
// and left out, and what would have a name twice gets another.
func TestObserveOffersWhatLoads(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "s.yaml", `name: s
extends: misskey
types:
  Song: {fields: {a: string}}
  Long: {embeds: [Song], fields: {b: string}}
channels: {z: {events: {e: {body: Song}, f: {body: Long}}, sends: {play: {fields: {a: string}}}}}
`)
	frames := func(bodies ...string) string {
		text := `{"t":1,"conn":"1","dir":"out","frame":"{\"type\":\"connect\",\"body\":{\"channel\":\"z\",\"id\":\"1\"}}"}` + "\n"
		for _, b := range bodies {
			text += `{"type":"channel","body":{"id":"1","type":` + b + "}}\n"
		}
		return strings.Replace(text, `"conn":"1",`, "", 1)
	}
	write(t, "r.ndjson", frames(`"e","body":{"a":"x","b":"y"}`, `"e","body":{"a":"x","c":"y"}`, `"play","body":{"ok":true}`))
	stdout, _ := call(t, exitFaults, "observe", "-spec", "s.yaml", "-patch", "o.yaml", "r.ndjson")
	contains(t, stdout, "types.Song.fields.b is not in the spec", `Not in the overlay, where it does not fit: the field "b" comes to the type "Long" twice`,
		"o.yaml has an overlay for 2 of them.\n")
	call(t, exitOK, "doc", "-spec", "o.yaml") // finds faults as generate does
	text, err := os.ReadFile("o.yaml")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(text), "      c?: string\n", "          ok: boolean\n        goName: PlayEvent\n")

	write(t, "r.ndjson", frames(`"e","body":{"a":"x","b":"y"}`))
	stdout, _ = call(t, exitFaults, "observe", "-spec", "s.yaml", "-patch", "none.yaml", "r.ndjson")
	contains(t, stdout, "There is nothing to offer an overlay for: none.yaml is not written.\n")
	if _, err := os.Stat("none.yaml"); err == nil {
		t.Error("none.yaml is written")
	}
}

// TestObserveKeepsOutOfTheSpec: a file beside those of a spec is one of them.
func TestObserveKeepsOutOfTheSpec(t *testing.T) {
	enter(t)
	write(t, "frames.ndjson", newerServer)
	_, stderr := call(t, exitUsage, "observe", "-spec", "spec", "-patch", "spec/new.yaml", "frames.ndjson")
	contains(t, stderr, "-patch spec/new.yaml is a file of the spec in spec", "name a file in another directory")
	write(t, "misskey/readme", "")
	call(t, exitFaults, "observe", "-spec", "misskey", "-patch", "misskey/new.yaml", "frames.ndjson")
}

// TestObserveExtendsASpecOnDisk follows the path that the overlay has.
func TestObserveExtendsASpecOnDisk(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "specs/mine.yaml", "name: mine\nextends: misskey\n")
	write(t, "frames.ndjson", newerServer)
	for patch, want := range map[string]string{
		"over.yaml": "./specs/mine.yaml", "specs/over.yaml": "./mine.yaml", "other/over.yaml": "../specs/mine.yaml",
	} {
		if err := os.MkdirAll(filepath.Dir(patch), 0o777); err != nil {
			t.Fatal(err)
		}
		call(t, exitFaults, "observe", "-spec", filepath.Join("specs", "mine.yaml"), "-patch", patch, "frames.ndjson")
		text, err := os.ReadFile(patch)
		if err != nil {
			t.Fatal(err)
		}
		contains(t, string(text), "\nname: mine-observed\nextends: "+want+"\n")
		s, err := spec.Load(disk{}, filepath.ToSlash(patch))
		if err != nil || s.Extends.Name != "mine" {
			t.Errorf("%s: %v", patch, err)
		}
	}
}

func TestObserveAsJSON(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "frames.ndjson", newerServer)
	write(t, "known.yaml", acceptPing)
	stdout, stderr := call(t, exitFaults, "observe", "-json", "-accept", "known.yaml", "frames.ndjson")
	var report struct {
		Command  string
		Counts   struct{ In, Out, Sockets, Dropped int }
		Findings []struct {
			Code, Path, Side, Message, Reason string
			Count                             int
			Example                           struct {
				File, Text string
				Line       int
			}
			Offered bool
		}
		Unseen []struct {
			Path, What string
			Expected   bool
			At         *struct{ File string }
		}
		Stale []struct {
			Finding string
			At      *struct{ Line int }
		}
		Overlay string
	}
	d := json.NewDecoder(strings.NewReader(stdout))
	if err := d.Decode(&report); err != nil || d.More() || stderr != "" {
		t.Fatalf("%v\n%s%s", err, stdout, stderr)
	}
	if report.Command != "observe" || report.Counts.In != 4 || report.Counts.Dropped != 2 || len(report.Findings) != 4 || len(report.Stale) != 1 || report.Overlay == "" {
		t.Errorf("report %+v", report)
	}
	first := report.Findings[0]
	if first.Code != "OB006" || first.Path != "channels.main.events.yawned" || first.Side != "server" || first.Count != 1 || !first.Offered ||
		first.Example.File != "frames.ndjson" || first.Example.Line != 3 || first.Example.Text != "null" {
		t.Errorf("the first finding %+v", first)
	}
	if last := report.Findings[3]; last.Side != "client" || last.Reason != "Somebody typed it." || last.Offered {
		t.Errorf("the last finding %+v", last)
	}
	if u := report.Unseen[0]; u.At == nil || !strings.HasSuffix(u.At.File, "channels.yaml") {
		t.Errorf("unseen %+v", u)
	}
	stdout, _ = callWith(t, `{"type":"connected","body":{"id":"a"}}`, exitOK, "observe", "-json", "-")
	contains(t, stdout, `"findings": []`, `"stale": []`, `"overlay": ""`)
}

func TestObserveIsCalledWrongly(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "frames.ndjson", newerServer)
	write(t, "known.yaml", "accepted:\n  - {reason: x, findings: [OB003]}\n")
	for args, want := range map[string]string{
		"observe":                                    "want at least one file, got 0",
		"observe nowhere.ndjson":                     "nowhere.ndjson",
		"observe -spec misskei frames.ndjson":        "did you mean misskey?",
		"observe -version four frames.ndjson":        "-version four is no version of a server",
		"observe -name Mine frames.ndjson":           "-name Mine cannot be a dialect's name",
		"observe -channel mian frames.ndjson":        `did you mean "main"?`,
		"observe -accept nowhere.yaml frames.ndjson": "nowhere.yaml",
	} {
		_, stderr := call(t, exitUsage, strings.Fields(args)...)
		contains(t, stderr, want)
	}
	_, stderr := call(t, exitFaults, "observe", "-accept", "known.yaml", "frames.ndjson")
	contains(t, stderr, `known.yaml:2:28: "OB003" is no finding [SP015]`)
}

// callWith is call with something on standard input.
func callWith(t *testing.T, stdin string, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if got := run(args, strings.NewReader(stdin), &out, &errs, func(string) string { return "" }); got != want {
		t.Fatalf("misskeygen %s exits with %d, want %d\n%s%s", strings.Join(args, " "), got, want, &out, &errs)
	}
	return out.String(), errs.String()
}
