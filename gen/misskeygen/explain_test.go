package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestExplain(t *testing.T) {
	stdout, _ := call(t, exitOK, "explain", "SP019")
	contains(t, stdout, "SP019: an event set is not declared\n\n", "\nWrong:\n\n    channels:\n", "timline", "\nRight:\n\n    channels:\n", "timeline")
	for _, line := range strings.Split(stdout, "\n") {
		if len(line) > 80 {
			t.Errorf("a long line: %s", line)
		}
	}
	for _, spelling := range []string{"sp019", "[SP019]"} {
		if other, _ := call(t, exitOK, "explain", spelling); other != stdout {
			t.Errorf("explain %s prints %q", spelling, other)
		}
	}
	if stdout, _ := call(t, exitOK, "explain", "SP001"); strings.Contains(stdout, "Wrong") {
		t.Errorf("what cannot stand in a text is shown:\n%s", stdout)
	}
	_, stderr := call(t, exitUsage, "explain", "SP19")
	contains(t, stderr, "there is no code SP19; did you mean SP019?")
	_, stderr = call(t, exitUsage, "explain", "SP001", "SP002")
	contains(t, stderr, "want one code, got 2")
}

// TestEveryCodeIsExplained finds the codes that the module declares, in its
// source.
func TestEveryCodeIsExplained(t *testing.T) {
	declared := regexp.MustCompile(`Code\s*=\s*"([A-Z]{2}[0-9]{3})"`)
	found := 0
	for _, dir := range []string{"spec", "gen"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(name string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := os.ReadFile(name)
			for _, match := range declared.FindAllStringSubmatch(string(text), -1) {
				found++
				if _, err := explanationOf(explanations(), match[1]); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 40 {
		t.Errorf("found only %d codes", found)
	}
}

func TestExplainListsEveryCode(t *testing.T) {
	stdout, _ := call(t, exitOK, "explain")
	contains(t, stdout, "SP001  a file or the directory cannot be read\n", "GN006  ")
	var report struct {
		Command      string
		Explanations []struct{ Code, Title, Text, Wrong, Right string }
	}
	printed, _ := call(t, exitOK, "explain", "-json")
	if err := json.Unmarshal([]byte(printed), &report); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(stdout, "\n"); report.Command != "explain" || len(report.Explanations) != n {
		t.Errorf("%s reports %d codes, of %d lines", report.Command, len(report.Explanations), n)
	}
	var codes []string
	for _, e := range report.Explanations {
		codes = append(codes, e.Code)
		if e.Title == "" || e.Text == "" {
			t.Errorf("%s is not explained", e.Code)
		}
	}
	if slices.Sort(codes); len(slices.Compact(codes)) != len(report.Explanations) {
		t.Error("a code is explained twice")
	}
}
