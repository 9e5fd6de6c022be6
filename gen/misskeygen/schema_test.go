package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/misskeyactor/misskeyactor/spec"
)

func TestSchema(t *testing.T) {
	want := string(spec.Schema())
	stdout, _ := call(t, exitOK, "schema")
	if stdout != want {
		t.Error("it prints another schema")
	}
	file := filepath.Join(t.TempDir(), "schema.json")
	for range 2 { // the second time it is there
		if stdout, _ := call(t, exitOK, "schema", "-o", file); stdout != "" {
			t.Errorf("printed %q", stdout)
		}
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != want {
		t.Errorf("wrote %q, %v", text, err)
	}
	call(t, exitUsage, "schema", "-o", filepath.Join(t.TempDir(), "nowhere", "schema.json"))
	_, stderr := call(t, exitUsage, "schema", "schema.json")
	contains(t, stderr, `"schema.json" is one argument too many`)
}

func TestSchemaForPeople(t *testing.T) {
	t.Chdir(t.TempDir())
	stdout, _ := call(t, exitOK, "schema", "-markdown")
	if stdout != string(spec.Manual()) {
		t.Error("it prints another page")
	}
	for range 2 { // the second time it is there
		call(t, exitOK, "schema", "-markdown", "-o", "FORMAT.md")
	}
	if text, err := os.ReadFile("FORMAT.md"); err != nil || string(text) != stdout {
		t.Errorf("wrote %q, %v", text, err)
	}
	write(t, "README.md", "# Mine\n")
	_, stderr := call(t, exitUsage, "schema", "-markdown", "-o", "README.md")
	contains(t, stderr, "README.md is there and no page of misskeygen schema")
}

func TestSchemaReplacesSchemasOnly(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "fork.yaml", "name: mine\n")
	_, stderr := call(t, exitUsage, "schema", "-o", "fork.yaml")
	contains(t, stderr, "fork.yaml is there and no schema of misskeygen")
	if text, err := os.ReadFile("fork.yaml"); err != nil || string(text) != "name: mine\n" {
		t.Errorf("the file is now %q, %v", text, err)
	}
}
