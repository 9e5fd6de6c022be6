package spec

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestAcceptedDifferences(t *testing.T) {
	const text = `
accepted:
  - reason: The types forgot it.
    at:
      channels.a.events.b: {spec: Note}
      channels.a.events.c: {upstream: Note | null, spec: null}
  - {reason: Too new., at: {types.T: {upstream: object}}}
`
	got, err := LoadAcceptedDifferences(fstest.MapFS{"d/accepted.yaml": {Data: []byte(text)}}, "d/accepted.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := []*AcceptedDifference{
		{Pos{"d/accepted.yaml", 5, 7}, "channels.a.events.b", "", "Note", "The types forgot it."},
		{Pos{"d/accepted.yaml", 6, 7}, "channels.a.events.c", "Note | null", "null", "The types forgot it."},
		{Pos{"d/accepted.yaml", 7, 29}, "types.T", "object", "", "Too new."},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFaultsOfAcceptedDifferences(t *testing.T) {
	const text = `accepted:
  - reason: ""
    at: {a: {spec: x}}
  - at: {}
  - reason: Said twice.
    at:
      a: {upstream: x}
      b: {}
      c: {upstraem: x}
      d: {spec: [x]}
  - 1
reasons: []
`
	const want = `f.yaml:2:13: "reason" is empty [SP007]
      - reason: ""
                ^
    Say why these differences are let stand.
f.yaml:4:5: an item of "accepted" lacks the key "reason" [SP010]
      - at: {}
        ^
    Say why these differences are let stand.
f.yaml:4:9: "at" names no path [SP007]
      - at: {}
            ^
    Name one, or remove the item.
f.yaml:7:7: the difference "a" is given twice, first at f.yaml:3:10 [SP011]
          a: {upstream: x}
          ^
    Remove one of the two, or rename it.
f.yaml:8:7: the difference at "b" says nothing of either side [SP010]
          b: {}
          ^
    Write what upstream says, what the spec says, or both; a side that has nothing there is left out.
f.yaml:9:11: "upstraem" is no key of the difference at "c"; did you mean "upstream"? [SP009]
          c: {upstraem: x}
              ^
    Known keys are spec, upstream.
f.yaml:10:17: "spec" is a list here, where a string belongs [SP008]
          d: {spec: [x]}
                    ^
    Write a string.
f.yaml:11:5: an item of "accepted" is an integer here, where a mapping belongs [SP008]
      - 1
        ^
    Write a mapping, as in {key: value}.
f.yaml:12:1: "reasons" is no key of a file of accepted differences [SP009]
    reasons: []
    ^
    Known keys are accepted.`
	got, err := LoadAcceptedDifferences(fstest.MapFS{"f.yaml": {Data: []byte(text)}}, "f.yaml")
	if err == nil {
		t.Fatalf("it loads: %v", got)
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
