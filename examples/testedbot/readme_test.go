package testedbot

import (
	"os"
	"strings"
	"testing"
)

// The README shows a test that passes: mention_test.go, to the letter.
func TestREADMEShowsMentionTest(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	test, err := os.ReadFile("mention_test.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```go\n"+string(test)+"```\n") {
		t.Error("the README shows another test than mention_test.go")
	}
}
