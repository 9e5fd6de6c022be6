package spec

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// textless are the codes of what cannot stand in a snippet.
var textless = map[Code]bool{CodeUnreadable: true, CodeNotUTF8: true, CodeTooLarge: true}

func TestExplanations(t *testing.T) {
	all := Explanations()
	if len(all) != len(meanings) || len(all) != len(explained) {
		t.Errorf("%d explanations of %d codes, %d in the table", len(all), len(meanings), len(explained))
	}
	for _, e := range all {
		t.Run(string(e.Code), func(t *testing.T) {
			if e.Title == "" || strings.HasSuffix(e.Title, ".") || strings.Contains(e.Title, "\n") {
				t.Errorf("the title is %q", e.Title)
			}
			if !strings.HasSuffix(e.Text, ".") {
				t.Errorf("the text is %q", e.Text)
			}
			if textless[e.Code] {
				if e.Wrong+e.Right != "" {
					t.Error("its snippets are not tested")
				}
				return
			}
			if codes := codesOf(t, e.Wrong); !slices.Equal(codes, []Code{e.Code}) {
				t.Errorf("the wrong snippet fires %v", codes)
			}
			if codes := codesOf(t, e.Right); len(codes) > 0 {
				t.Errorf("the right snippet fires %v", codes)
			}
		})
	}
}

// codesOf loads a snippet and returns the codes it fires, each once.
func codesOf(t *testing.T, snippet string) []Code {
	t.Helper()
	files := fstest.MapFS{"spec/snippet.yaml": {Data: []byte(snippet)}}
	if !strings.HasPrefix(snippet, "name:") {
		base, err := os.ReadFile("testdata/base.yaml")
		if err != nil {
			t.Fatal(err)
		}
		files["spec/base.yaml"] = &fstest.MapFile{Data: base}
	}
	_, err := Load(files, "spec")
	var diagnostics Diagnostics
	if err != nil && !errors.As(err, &diagnostics) {
		t.Fatal(err)
	}
	var codes []Code
	for _, d := range diagnostics {
		if !slices.Contains(codes, d.Code) {
			codes = append(codes, d.Code)
		}
	}
	return codes
}
