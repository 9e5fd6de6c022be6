package spec

import (
	"os"
	"strings"
	"testing"
)

func TestEverySyntaxCureIsShown(t *testing.T) {
	text, err := os.ReadFile("testdata/negative/SP004-syntax.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range syntaxCures {
		if !strings.Contains(string(text), "    "+c.cure+"\n") {
			t.Errorf("no fault of the archive gets %q", c.cure)
		}
	}
}
