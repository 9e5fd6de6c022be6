package gen

import (
	"slices"
	"testing"

	"github.com/misskeyactor/misskeyactor/spec"
)

func TestNames(t *testing.T) {
	for _, tt := range []struct{ name, exported, unexported, snake string }{
		{"homeTimeline", "HomeTimeline", "homeTimeline", "home_timeline"},
		{"id", "ID", "id", "id"},
		{"fileIds", "FileIDs", "fileIDs", "file_ids"},
		{"IDs", "IDs", "ids", "ids"},
		{"NoteIDsOfAll", "NoteIDsOfAll", "noteIDsOfAll", "note_ids_of_all"},
		{"avatarUrl", "AvatarURL", "avatarURL", "avatar_url"},
		{"URLPreview", "URLPreview", "urlPreview", "url_preview"},
		{"imageUrls", "ImageURLs", "imageURLs", "image_urls"},
		{"md5", "MD5", "md5", "md5"},
		{"isNSFW", "IsNSFW", "isNSFW", "is_nsfw"},
		{"HTMLParser", "HTMLParser", "htmlParser", "html_parser"},
		{"cw", "CW", "cw", "cw"},
		{"uri", "URI", "uri", "uri"},
		{"user1Id", "User1ID", "user1ID", "user1_id"},
		{"read:account", "ReadAccount", "readAccount", "read_account"},
		{"snake_case-name", "SnakeCaseName", "snakeCaseName", "snake_case_name"},
		{"Identity", "Identity", "identity", "identity"},
		{"2fa", "2fa", "2fa", "2fa"},
		{"+1", "1", "1", "1"},
		{"?", "", "", ""},
		{"", "", "", ""},
	} {
		if got := exported(tt.name); got != tt.exported {
			t.Errorf("exported(%q) = %q, want %q", tt.name, got, tt.exported)
		}
		if got := exported(tt.exported); got != tt.exported {
			t.Errorf("exported(%q) = %q: it does not keep a Go name", tt.exported, got)
		}
		if got := unexported(tt.exported); got != tt.unexported {
			t.Errorf("unexported(%q) = %q, want %q", tt.exported, got, tt.unexported)
		}
		if got := snake(tt.exported); got != tt.snake {
			t.Errorf("snake(%q) = %q, want %q", tt.exported, got, tt.snake)
		}
	}
}

func TestWrap(t *testing.T) {
	got := wrap("one two three fourfivesix sévèn", 9)
	if want := []string{"one two", "three", "fourfivesix", "sévèn"}; !slices.Equal(got, want) {
		t.Errorf("wrapped %q, want %q", got, want)
	}
}

func TestDescriptionsBecomeSentences(t *testing.T) {
	for text, want := range map[string]string{
		"A post":                  "Note is a post.",
		"Names a note.":           "Note names a note.",
		"Note is what it is.":     "Note is what it is.",
		"Whatever is posted.":     "Note: Whatever is posted.",
		"What a\n note  is.":      "Note is what a note is.",
		"":                        "Note is an object.",
		"The first.\n\nAnd more.": "Note is the first.",
	} {
		if got := describe("Note", text, "is an object."); got[0] != want {
			t.Errorf("%q becomes %q, want %q", text, got[0], want)
		}
	}
	for text, want := range map[string]string{
		"Puts a stone.": "PutStone puts a stone.",
		"A stone.":      "PutStone sends it. A stone.",
		"":              "PutStone sends it.",
	} {
		if got := does("PutStone", text, "sends it."); got[0] != want {
			t.Errorf("%q becomes %q, want %q", text, got[0], want)
		}
	}
}

func TestProvenance(t *testing.T) {
	pos := spec.Pos{File: "spec/misskey/channels.yaml", Line: 1}
	for _, tt := range []struct {
		e    spec.Evidence
		want string
	}{
		{spec.Evidence{Seen: []string{"1", "2", "3"}, Since: "<=1"}, "Spec: channels.yaml, main. Seen on 1, 2 and 3."},
		{spec.Evidence{Since: "2"}, "Spec: channels.yaml, main. Read in the servers' source only. There since 2."},
		{spec.Evidence{Seen: []string{"1"}, Unpublished: true}, "Spec: channels.yaml, main. Servers declare it, and none was seen to send it."},
	} {
		if got := provenance(pos, "main", tt.e); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.e, got, tt.want)
		}
	}
}
