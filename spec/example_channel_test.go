package spec

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// TestCommentedChannelLoads adds the channel that the head of channels.yaml
// gives as its example, in a file of its own, as its reader would.
func TestCommentedChannelLoads(t *testing.T) {
	files := fstest.MapFS{}
	names, err := fs.Glob(FS(), "misskey/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(FS(), name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	_, example, found := strings.Cut(string(files["misskey/channels.yaml"].Data), "ten lines:\n#\n")
	example, _, ended := strings.Cut(example, "#\n# ")
	if !found || !ended {
		t.Fatal("channels.yaml begins with no example")
	}
	example = strings.ReplaceAll(example, "#   ", "  ")
	if lines := strings.Count(example, "\n"); lines > 10 {
		t.Errorf("the example has %d lines", lines)
	}
	files["misskey/bubble.yaml"] = &fstest.MapFile{Data: []byte("channels:\n" + example)}
	s, err := Load(files, "misskey")
	if err != nil {
		t.Fatal(err)
	}
	c := s.Channels[0]
	if c.Name != "bubbleTimeline" || c.Events == nil || c.Events.Name != "timeline" || len(c.Params) != 1 {
		t.Errorf("it is read as %+v", c)
	}
}
