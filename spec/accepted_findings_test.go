package spec

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestAcceptedFindings(t *testing.T) {
	const text = `
accepted:
  - reason: On purpose.
    findings: [OB003 frames, OB011 types.Mood.enum so so]
  - {reason: Known., findings: [OB007 types.Note.fields.mood]}
`
	got, err := LoadAcceptedFindings(fstest.MapFS{"d/accepted.yaml": {Data: []byte(text)}}, "d/accepted.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := []*AcceptedFinding{
		{Pos{"d/accepted.yaml", 4, 16}, "OB003 frames", "On purpose."},
		{Pos{"d/accepted.yaml", 4, 30}, "OB011 types.Mood.enum so so", "On purpose."},
		{Pos{"d/accepted.yaml", 5, 33}, "OB007 types.Note.fields.mood", "Known."},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFaultsOfAcceptedFindings(t *testing.T) {
	const text = `accepted:
  - reason: " "
    findings: [OB003 frames]
  - findings: []
  - {reason: Said twice., findings: [OB003 frames, OB004, 5]}
  - {reason: Slip., finding: [OB005 channels.a]}
`
	const want = `f.yaml:2:13: "reason" is empty [SP007]
      - reason: " "
                ^
    Say why these findings are let stand.
f.yaml:4:5: an item of "accepted" lacks the key "reason" [SP010]
      - findings: []
        ^
    Say why these findings are let stand.
f.yaml:4:15: "findings" is an empty list [SP007]
      - findings: []
                  ^
    List something, or remove the key.
f.yaml:5:38: the finding "OB003 frames" is given twice, first at f.yaml:3:16 [SP011]
      - {reason: Said twice., findings: [OB003 frames, OB004, 5]}
                                         ^
    Remove one of the two, or rename it.
f.yaml:5:52: "OB004" is no finding [SP015]
      - {reason: Said twice., findings: [OB003 frames, OB004, 5]}
                                                       ^
    Write its code and its path, as in OB007 types.Note.fields.mood.
f.yaml:5:59: an item of "findings" is an integer here, where a string belongs [SP008]
      - {reason: Said twice., findings: [OB003 frames, OB004, 5]}
                                                              ^
    Put it into quotes.
f.yaml:6:21: "finding" is no key of an item of "accepted"; did you mean "findings"? [SP009]
      - {reason: Slip., finding: [OB005 channels.a]}
                        ^
    Known keys are findings, reason.`
	got, err := LoadAcceptedFindings(fstest.MapFS{"f.yaml": {Data: []byte(text)}}, "f.yaml")
	if err == nil {
		t.Fatalf("it loads: %v", got)
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
