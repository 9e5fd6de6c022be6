package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDoc(t *testing.T) {
	enter(t)
	stdout, stderr := call(t, exitOK, "doc", "-spec", "spec")
	contains(t, stdout, "### Channel `lounge`", "client.Lounge(ctx, LoungeParams{…}, handler)", "](spec/channels.yaml#L")
	if stderr != "" {
		t.Errorf("printed %q", stderr)
	}

	// Links lead from the page to the spec, wherever the two are.
	if err := os.Mkdir("my docs", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename("spec", "the spec"); err != nil {
		t.Fatal(err)
	}
	page := filepath.Join("my docs", "CHANNELS.md")
	for range 2 { // the second time over the first
		stdout, _ = call(t, exitOK, "doc", "-spec", "the spec", "-o", page)
		if stdout != "" {
			t.Errorf("printed %q", stdout)
		}
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(text), "### Channel `lounge`", "](../the%20spec/channels.yaml#L")
}

func TestDocOfWhatComesWithTheCommand(t *testing.T) {
	enter(t)
	write(t, "misskey/channels.yaml", "") // of the name that the facts have in the command
	stdout, _ := call(t, exitOK, "doc", "-spec", "misskey")
	contains(t, stdout, "Spec: misskey/channels.yaml:", "### Channel `homeTimeline`")
}

func TestDocReplacesPagesOnly(t *testing.T) {
	enter(t)
	write(t, "README.md", "# Mine\n")
	_, stderr := call(t, exitUsage, "doc", "-spec", "spec", "-o", "README.md")
	contains(t, stderr, "README.md is there and no page of misskeygen doc")
	if text, err := os.ReadFile("README.md"); err != nil || string(text) != "# Mine\n" {
		t.Errorf("the file is now %q, %v", text, err)
	}
	_, stderr = call(t, exitUsage, "doc", "-spec", "spec", "-o", filepath.Join("nowhere", "README.md"))
	contains(t, stderr, "nowhere")
}

func TestDocOfASpecWithFaults(t *testing.T) {
	enter(t)
	edit(t, "spec/types.yaml", "      text: string | null", "      text: strin | null")
	_, stderr := call(t, exitFaults, "doc", "-spec", "spec", "-o", "CHANNELS.md")
	contains(t, stderr, "spec/types.yaml:", `"strin"`)
	if _, err := os.Stat("CHANNELS.md"); err == nil {
		t.Error("a page was written")
	}
}
