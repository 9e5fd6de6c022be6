package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/misskeyactor/misskeyactor/gen"
	"github.com/misskeyactor/misskeyactor/spec"
)

// enterTwo makes two specs, before.yaml and after.yaml, that differ a little.
func enterTwo(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	write(t, "before.yaml", `name: mine
extends: misskey
channels:
  lounge: {events: {note: {body: Note}, left: {body: UserID, as: user}}, params: {roomId: string}}
`)
	write(t, "after.yaml", `name: mine
extends: misskey
channels:
  lounge: {events: {note: {body: Note}}, params: {roomId: ChatRoomID}}
`)
}

func TestDiff(t *testing.T) {
	enterTwo(t)
	const want = `channel lounge
  param roomId: type string -> ChatRoomID  (before.yaml:4:83 -> after.yaml:4:51)
  event left removed  (was at before.yaml:4:41)
`
	for _, tt := range []struct {
		args []string
		exit int
		want string
	}{
		{[]string{"before.yaml", "after.yaml"}, exitOK, want},
		{[]string{"before.yaml", "after.yaml", "-exit-code"}, exitFaults, want},
		{[]string{"before.yaml", "./before.yaml", "-exit-code"}, exitOK, ""},
		{[]string{"misskey", "misskey", "-exit-code"}, exitOK, ""},
	} {
		stdout, stderr := call(t, tt.exit, append([]string{"diff"}, tt.args...)...)
		if diff := cmp.Diff(tt.want, stdout); diff != "" || stderr != "" {
			t.Errorf("%q: %s(-want +got):\n%s", tt.args, stderr, diff)
		}
	}
}

func TestDiffAsJSON(t *testing.T) {
	enterTwo(t)
	stdout, _ := call(t, exitOK, "diff", "-json", "before.yaml", "after.yaml")
	var got diffReport
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatal(err)
	}
	want := diffReport{"diff", []changeJSON{
		{
			Kind: gen.Altered, Group: "channel lounge", What: "param", Name: "roomId", Path: "channels.lounge.params.roomId",
			Attribute: "type", Before: "string", After: "ChatRoomID", Message: "param roomId: type string -> ChatRoomID",
			Old: &posJSON{"before.yaml", 4, 83}, New: &posJSON{"after.yaml", 4, 51},
		},
		{
			Kind: gen.Removed, Group: "channel lounge", What: "event", Name: "left", Path: "channels.lounge.events.left",
			Message: "event left removed", Old: &posJSON{"before.yaml", 4, 41},
		},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	stdout, _ = call(t, exitOK, "diff", "-json", "misskey", "misskey")
	if want := "{\n  \"command\": \"diff\",\n  \"changes\": []\n}\n"; stdout != want {
		t.Errorf("printed %s, want %s", stdout, want)
	}
}

// TestFaultsOfBothSpecs: one run tells them all.
func TestFaultsOfBothSpecs(t *testing.T) {
	enterTwo(t)
	edit(t, "before.yaml", "body: Note}", "body: Noet}")
	edit(t, "after.yaml", "ChatRoomID", "ChatRoomId")
	for _, command := range []string{"diff", "breaking"} {
		_, stderr := call(t, exitFaults, command, "before.yaml", "after.yaml")
		contains(t, stderr, "before.yaml:4:34: ", "after.yaml:4:59: ")
		_, stderr = call(t, exitUsage, command, "before.yaml")
		contains(t, stderr, "want two specs, got 1")
		_, stderr = call(t, exitUsage, command, "misskey", "miskey")
		contains(t, stderr, "did you mean misskey?")
	}
}

func TestChangesInColours(t *testing.T) {
	var out bytes.Buffer
	c := &task{stdout: &output{Writer: &out, colours: true}}
	c.printChanges([]gen.Change{{Kind: gen.Added, Group: "channel a", What: "event", Name: "b", New: spec.Pos{File: "f", Line: 1, Column: 2}}})
	if want := "\x1b[1mchannel a\x1b[0m\n  \x1b[32mevent b added\x1b[0m  (at f:1:2)\n"; out.String() != want {
		t.Errorf("printed %q, want %q", &out, want)
	}
}
