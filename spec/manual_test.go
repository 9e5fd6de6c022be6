package spec

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func TestManualIsCommitted(t *testing.T) {
	committed, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, Manual()) {
		t.Error("README.md is not what the keys make; run go generate . in the root of the module")
	}
}

// TestManualHasEveryKey looks for the row of each key, and for the targets of
// the links.
func TestManualHasEveryKey(t *testing.T) {
	page := string(Manual())
	if !strings.HasPrefix(page, ManualTitle+"\n") {
		t.Error("the page has another title")
	}
	for _, sh := range shapes() {
		_, section, found := strings.Cut(page, "\n### "+sh.name+"\n")
		if !found {
			t.Errorf("there is no section %s", sh.name)
			continue
		}
		section, _, _ = strings.Cut(section, "\n### ")
		own := section
		for _, k := range sh.keys {
			section := own
			if _, besides, _ := strings.Cut(section, "\nBesides: "); strings.Contains(besides, "`"+k.name+"`") {
				section = page // in the table of what many have
			}
			if !strings.Contains(section, "\n| `"+k.name+"` | ") {
				t.Errorf("%s has no row of %s", sh.name, k.name)
			}
		}
	}
	for _, m := range regexp.MustCompile(`\]\(#([a-z]+)\)`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(strings.ToLower(page), "\n### "+m[1]+"\n") {
			t.Errorf("a link leads to %s", m[1])
		}
	}
	for row := range strings.Lines(page) {
		if strings.HasPrefix(row, "| ") && strings.Count(strings.ReplaceAll(row, `\|`, ""), "|") != 4 {
			t.Errorf("a row of another width: %s", row)
		}
	}
}

// TestExamplesOfTheManualLoad loads each example as its reader would.
func TestExamplesOfTheManualLoad(t *testing.T) {
	count := 0
	for i, part := range strings.Split(string(Manual()), "\n```yaml\n")[1:] {
		example, _, ended := strings.Cut(part, "\n```\n")
		if !ended {
			t.Fatal("an example does not end")
		}
		file := fmt.Sprintf("example%d.yaml", i)
		if _, err := Load(fstest.MapFS{file: {Data: []byte(example)}}, file); err != nil {
			t.Error(err)
		}
		count++
	}
	if count < 2 {
		t.Errorf("there are %d examples", count)
	}
	for _, name := range Dialects() {
		if !strings.Contains(introduction, "`"+name+"`") {
			t.Errorf("the dialect %s is not mentioned", name)
		}
	}
}
