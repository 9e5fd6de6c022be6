package main

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/misskeyactor/misskeyactor/gen"
	"github.com/misskeyactor/misskeyactor/spec"
)

func TestBreaking(t *testing.T) {
	enterTwo(t)
	stdout, stderr := call(t, exitFaults, "breaking", "before.yaml", "after.yaml")
	const event = `channels.lounge.events.left: the server no longer sends the event [BR005, wire]
    OLD before.yaml:4:41
    NEW after.yaml:4:3
`
	const param = `channels.lounge.params.roomId: its Go type was string, and is ChatRoomID [BR106, goAPI]
    OLD before.yaml:4:83
    NEW after.yaml:4:51
`
	if diff := cmp.Diff(event+param, stdout); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	contains(t, stderr, "misskeygen breaking: 1 of category wire, 1 of category goAPI, 0 accepted\n")

	edit(t, "after.yaml", "extends: misskey\n", `extends: misskey
breaks:
  - {rule: BR005, at: channels.lounge.events.left, reason: Nobody leaves.}
`)
	stdout, _ = call(t, exitFaults, "breaking", "before.yaml", "after.yaml")
	contains(t, stdout, "[BR106, goAPI]")
	edit(t, "after.yaml", "channels:\n", `  - {rule: BR106, at: channels.lounge.params.roomId, reason: It was always one.}
channels:
`)
	stdout, stderr = call(t, exitOK, "breaking", "before.yaml", "after.yaml")
	if stdout != "" {
		t.Errorf("printed %s", stdout)
	}
	contains(t, stderr, "0 of category wire, 0 of category goAPI, 2 accepted\n")
	stdout, _ = call(t, exitOK, "breaking", "-v", "before.yaml", "after.yaml")
	contains(t, stdout, "[BR005, wire]\n", "    accepted: Nobody leaves.\n", "    accepted: It was always one.\n")

	stdout, stderr = call(t, exitFaults, "breaking", "after.yaml", "after.yaml")
	if stdout != "" {
		t.Errorf("printed %s", stdout)
	}
	contains(t, stderr, "after.yaml:4:5: BR005 is accepted", "after.yaml:5:5: BR106 is accepted", "[BR201]\n      - {rule: BR005")

	if stdout, stderr := call(t, exitOK, "breaking", "-strict", "misskey", "misskey"); stdout+stderr != "" {
		t.Errorf("upstream breaks itself: %s%s", stdout, stderr)
	}
}

func TestBreakingAsJSON(t *testing.T) {
	enterTwo(t)
	edit(t, "after.yaml", "extends: misskey\n", `extends: misskey
breaks:
  - {rule: BR106, at: channels.lounge.params.roomId, reason: It was always one.}
  - {rule: BR001, at: channels.lounge, reason: It is there.}
`)
	stdout, stderr := call(t, exitFaults, "breaking", "-json", "before.yaml", "after.yaml")
	var got breakingReport
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatal(err)
	}
	want := breakingReport{"breaking", []findingJSON{
		{
			Rule: gen.CodeEventGone, Category: gen.Wire, At: "channels.lounge.events.left",
			Message: "the server no longer sends the event",
			Old:     &posJSON{"before.yaml", 4, 41}, New: &posJSON{"after.yaml", 7, 3},
		},
		{
			Rule: gen.CodeGoType, Category: gen.GoAPI, At: "channels.lounge.params.roomId",
			Message: "its Go type was string, and is ChatRoomID", Accepted: "It was always one.",
			Old: &posJSON{"before.yaml", 4, 83}, New: &posJSON{"after.yaml", 7, 51},
		},
	}, []diagnosticJSON{{
		Code: gen.CodeStaleBreak, File: "after.yaml", Line: 5, Column: 5,
		Message: `BR001 is accepted at "channels.lounge", and is not found`,
		Hint:    "Remove it: nothing of that kind breaks there any more.",
		Source:  "  - {rule: BR001, at: channels.lounge, reason: It is there.}",
	}}}
	if diff := cmp.Diff(want, got); diff != "" || stderr != "" {
		t.Errorf("%sreport (-want +got):\n%s", stderr, diff)
	}
	stdout, _ = call(t, exitOK, "breaking", "-json", "misskey", "misskey")
	if want := "{\n  \"command\": \"breaking\",\n  \"findings\": [],\n  \"diagnostics\": []\n}\n"; stdout != want {
		t.Errorf("printed %s, want %s", stdout, want)
	}
}

// TestBreakingOfWhatGoCannotHave: a spec that has no bindings breaks none.
func TestBreakingOfWhatGoCannotHave(t *testing.T) {
	enterTwo(t)
	edit(t, "after.yaml", "  lounge:", "  home-timeline: {events: timeline}\n  lounge:")
	stdout, stderr := call(t, exitFaults, "breaking", "before.yaml", "after.yaml", "-json")
	var got diagnosticsReport
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatal(err)
	}
	var codes []spec.Code
	for _, d := range got.Diagnostics {
		codes = append(codes, d.Code)
	}
	if len(codes) != 1 || codes[0] != gen.CodeCollision || stderr != "" {
		t.Errorf("diagnostics %q, %s", codes, stderr)
	}
}
