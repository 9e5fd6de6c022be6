package dts_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/misskeyactor/misskeyactor/gen/dts"
	"github.com/misskeyactor/misskeyactor/gen/upstream"
)

// TestPublishedPackageHasTheAcceptedDifferences holds the spec against
// misskey-js 2026.5.1.
func TestPublishedPackageHasTheAcceptedDifferences(t *testing.T) {
	accepted, err := upstream.Known()
	if err != nil {
		t.Fatal(err)
	}
	v := upstream.Judge(dts.Compare(read(t, published(t)), upstreamSpec(t)), accepted)
	for _, d := range v.New {
		t.Errorf("new: %s", d)
	}
	for _, a := range v.Stale {
		t.Errorf("%s: stale: %s", a.Pos, a.Path)
	}
	if len(v.Accepted) != len(accepted) || len(accepted) == 0 {
		t.Errorf("%d of %d are accepted", len(v.Accepted), len(accepted))
	}
}

// TestCompareFindsWhatWasAltered changes the published package in one place
// after another, and all at once.
func TestCompareFindsWhatWasAltered(t *testing.T) {
	accepted, err := upstream.Known()
	if err != nil {
		t.Fatal(err)
	}
	const streaming = "misskey-js/built/streaming.types.d.ts"
	const types = "misskey-js/built/autogen/types.d.ts"
	for _, tt := range []struct {
		name, file, old, new string
		want                 []string
		stale                []string
	}{
		{"a channel is renamed", streaming, "    hashtag: {\n", "    hashTag: {\n", []string{
			"channels.hashTag: a channel of upstream's that the spec has not",
			"channels.hashtag: a channel of the spec's that upstream has not",
		}, nil},
		{"a channel is added", streaming, "    roleTimeline: {\n", "    bubbleTimeline: { params: { a: string }; events: { note: () => void }; receives: null };\n    roleTimeline: {\n", []string{
			"channels.bubbleTimeline: a channel of upstream's that the spec has not",
		}, nil},
		{"an event changes its body", streaming, "            driveFileCreated: (payload: DriveFile) => void;\n", "            driveFileCreated: (payload: DriveFile | null) => void;\n", []string{
			"channels.main.events.driveFileCreated: upstream says DriveFile | null, the spec says DriveFile",
		}, nil},
		{"an event gets a body", streaming, "            notificationFlushed: () => void;\n", "            notificationFlushed: (payload: { at: string }) => void;\n", []string{
			"channels.main.events.notificationFlushed: upstream says object, the spec says null",
		}, nil},
		{"an event is removed", streaming, "            readAllAnnouncements: () => void;\n", "", []string{
			"channels.main.events.readAllAnnouncements: an event of the spec's that upstream has not: null",
		}, nil},
		{"a parameter becomes optional", streaming, "            antennaId: string;\n", "            antennaId?: string;\n", []string{
			"channels.antenna.params.antennaId: upstream says optional string, the spec says string",
		}, nil},
		{"a parameter becomes a list", streaming, "            roleId: string;\n", "            roleId: string[];\n", []string{
			"channels.roleTimeline.params.roleId: upstream says string[], the spec says string",
		}, nil},
		{"a send is added", streaming, "            cancel: null | Record<string, never>;\n", "            surrender: null;\n            cancel: null | Record<string, never>;\n", []string{
			"channels.reversiGame.sends.surrender: a send of upstream's that the spec has not: null",
		}, nil},
		{"a field of a body is added", streaming, "                marker: string;\n", "                marker: string;\n                size: number;\n", []string{
			"channels.main.events.urlUploadFinished.fields.size: a field of upstream's that the spec has not: number",
		}, nil},
		{"a value is added", streaming, "                operation: 'put';\n", "                operation: 'put' | 'pass';\n", []string{
			"channels.reversiGame.events.log.fields.operation.values.pass: a value of upstream's that the spec has not",
		}, nil},
		{"a broadcast is added", streaming, "    emojiAdded: (payload: EmojiAdded) => void;\n", "    emojiAdded: (payload: EmojiAdded) => void;\n    restart: () => void;\n", []string{
			"broadcasts.events.restart: a broadcast of upstream's that the spec has not: null",
		}, nil},
		{"an update of a capture is added", streaming, "    type: 'pollVoted';\n", "    type: 'seen';\n    body: null;\n} | {\n    type: 'pollVoted';\n", []string{
			"captures.note.events.seen: an event of upstream's that the spec has not: null",
		}, nil},
		{"a kind of notification is added", "misskey-js/built/consts.d.ts", "notificationTypes: readonly ['note', ", "notificationTypes: readonly ['note', 'poke', ", []string{
			"types.Notification.variants.poke: a variant of upstream's that the spec has not",
		}, nil},
		{"a field of an entity is added", types, "            renoteCount: number;\n            repliesCount: number;\n            uri?: string;\n", "            renoteCount: number;\n            repliesCount: number;\n            language: string | null;\n            uri?: string;\n", []string{
			"types.Note.fields.language: a field of upstream's that the spec has not: string | null",
		}, nil},
		{"what was accepted is mended", streaming, "                marker: string;\n", "                marker: string | null;\n", nil, []string{
			"channels.main.events.urlUploadFinished.fields.marker",
		}},
		{"what was accepted changes otherwise", streaming, "                marker: string;\n", "                marker: number;\n", []string{
			"channels.main.events.urlUploadFinished.fields.marker: upstream says number, the spec says string | null",
		}, []string{
			"channels.main.events.urlUploadFinished.fields.marker",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := published(t)
			alter(t, files, tt.file, tt.old, tt.new)
			v := upstream.Judge(dts.Compare(read(t, files), upstreamSpec(t)), accepted)
			var found, stale []string
			for _, d := range v.New {
				found = append(found, d.String())
			}
			for _, a := range v.Stale {
				stale = append(stale, a.Path)
			}
			if diff := cmp.Diff(tt.want, found); diff != "" {
				t.Errorf("new (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.stale, stale); diff != "" {
				t.Errorf("stale (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDifferencesPointToBothSides(t *testing.T) {
	files := published(t)
	const file = "misskey-js/built/streaming.types.d.ts"
	alter(t, files, file, "            antennaId: string;\n", "            antennaIds: string[];\n")
	places := map[string][2]string{}
	for _, d := range dts.Compare(read(t, files), upstreamSpec(t)) {
		places[d.Path] = [2]string{d.UpstreamPos.String(), d.SpecPos.File}
	}
	for path, want := range map[string][2]string{
		"channels.antenna.params.antennaIds": {file + ":118:13", "misskey/channels.yaml"},
		"channels.antenna.params.antennaId":  {file + ":116:5", "misskey/channels.yaml"}, // the channel
	} {
		if places[path] != want {
			t.Errorf("%s is at %q, want %q", path, places[path], want)
		}
	}
}
