package observe

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/misskeyactor/misskeyactor/spec"
)

// TestExplanations holds that there is one for every code.
func TestExplanations(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			if value, ok := v.Values[0].(*ast.BasicLit); ok {
				codes = append(codes, strings.Trim(value.Value, `"`))
			}
		}
		return true
	})
	all := Explanations()
	var explained []string
	for _, e := range all {
		explained = append(explained, string(e.Code))
		if e.Title == "" || strings.HasSuffix(e.Title, ".") || strings.Contains(e.Title, "\n") {
			t.Errorf("%s has the title %q", e.Code, e.Title)
		}
		if !strings.HasSuffix(e.Text, ".") {
			t.Errorf("%s has the text %q", e.Code, e.Text)
		}
	}
	if len(codes) < 10 || !slices.Equal(codes, explained) || !slices.IsSortedFunc(all, func(a, b spec.Explanation) int { return strings.Compare(string(a.Code), string(b.Code)) }) {
		t.Errorf("codes %q, explained %q", codes, explained)
	}
}
