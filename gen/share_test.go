package gen

import (
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/misskeyactor/misskeyactor/spec"
)

// over loads an overlay of upstream Misskey.
func over(t *testing.T, text string) *spec.Spec {
	t.Helper()
	return load(t, fstest.MapFS{"over.yaml": {Data: []byte("name: over\nextends: misskey\n" + text)}}, "over.yaml")
}

// TestWhatAnOverlayChanges holds which entities are generated for an overlay:
// those that it changes, those it adds, and all that hold one of them.
func TestWhatAnOverlayChanges(t *testing.T) {
	tests := []struct {
		name, overlay string
		want          string
	}{
		{"nothing", "", ""},
		{"a channel less", "without: [admin]", ""},
		{"words", "patch: {types.Note: {doc: A post.}, types.Note.fields.text: {doc: What it says.}}", ""},
		{"a value more in an enum", "patch: {'types.NoteVisibility.enum[]': [bubble]}", ""},
		{"a value less in an enum", "patch: {types.NoteVisibility.enum: [public]}", ""},
		{"a new type", "types: {Bell: {fields: {by: UserLite, of: Note}}}", "Bell"},
		{"an embedded type of upstream's", "types: {Bell: {embeds: [UserLite]}}", "Bell"},
		{"an embedded type that nobody embeds upstream", "types: {Bell: {embeds: [NotePollChoice]}}",
			"Bell MeDetailed Note NoteDraft NotePoll NotePollChoice Notification UserDetailedNotMe UserProfile"},
		{"a field's Go name", "patch: {types.Signin.fields.id: {goName: Key}}", "Signin"},
		{"a field that may be absent", "patch: {types.Signin.fields: {ip?: string}}", "Signin"},
		{"a field that may be null", "patch: {types.Signin.fields.ip: string | null}", "Signin"},
		{"a variant more", "patch: {types.Notification.variants: {bell: {}}}", "Notification"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := over(t, test.overlay)
			same := unchanged(s, bottom(s))
			var changed []string
			for _, typ := range s.Types {
				if same[typ] == nil {
					changed = append(changed, typ.Name)
				}
			}
			slices.Sort(changed)
			want := strings.Fields(test.want)
			slices.Sort(want)
			if !slices.Equal(changed, want) {
				t.Errorf("changed %v, want %v", changed, want)
			}
		})
	}
}

// TestOverlayThatChangesNoEntity generates a fork that differs in its channels
// alone: it needs no entities of its own.
func TestOverlayThatChangesNoEntity(t *testing.T) {
	opts := testOptions()
	opts.Shared = Package{Import: modulePath + "/streaming/misskey"}
	tree, err := Generate(over(t, "channels: {bubbleTimeline: {events: timeline}}"), opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tree.Paths() {
		if path.Dir(name) != "bot" {
			t.Errorf("%s is generated, though upstream has its entities", name)
		}
		if strings.Contains(string(tree.File(name)), opts.TypesImport) {
			t.Errorf("%s imports entities that are not there", name)
		}
	}
	typeCheck(t, tree, opts)
	if err := tree.Write(t.TempDir()); err != nil {
		t.Error(err)
	}
}

// TestOverlayWithoutSharing generates every entity of a fork.
func TestOverlayWithoutSharing(t *testing.T) {
	opts := testOptions()
	tree, err := Generate(over(t, ""), opts)
	if err != nil {
		t.Fatal(err)
	}
	if tree.File("bot/entities/ids.go") == nil {
		t.Error("no entities are generated")
	}
	typeCheck(t, tree, opts)
}

func TestSharingNeedsSomethingBelow(t *testing.T) {
	opts := testOptions()
	opts.Shared = Package{Import: modulePath + "/streaming/misskey"}
	s, err := spec.Misskey()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Generate(s, opts); err == nil || !strings.Contains(err.Error(), "extends no dialect") {
		t.Errorf("got %v", err)
	}
}
