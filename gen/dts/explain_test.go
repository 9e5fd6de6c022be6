package dts_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/misskeyactor/misskeyactor/gen/dts"
	"github.com/misskeyactor/misskeyactor/spec"
)

func TestExplanations(t *testing.T) {
	all := dts.Explanations()
	if len(all) == 0 || !slices.IsSortedFunc(all, func(a, b spec.Explanation) int { return strings.Compare(string(a.Code), string(b.Code)) }) {
		t.Errorf("%d explanations, or out of order", len(all))
	}
	for _, e := range all {
		t.Run(string(e.Code), func(t *testing.T) {
			if e.Title == "" || strings.HasSuffix(e.Title, ".") || !strings.HasSuffix(e.Text, ".") {
				t.Errorf("the title is %q, the text %q", e.Title, e.Text)
			}
			if codes := codesOf(t, e.Wrong); !slices.Equal(codes, []spec.Code{e.Code}) {
				t.Errorf("the wrong snippet fires %v", codes)
			}
			if codes := codesOf(t, e.Right); len(codes) > 0 {
				t.Errorf("the right snippet fires %v", codes)
			}
		})
	}
}

// codesOf reads a snippet, completed, and returns the codes it fires.
func codesOf(t *testing.T, snippet string) []spec.Code {
	t.Helper()
	for _, name := range []string{"Channels", "BroadcastEvents"} {
		if !strings.Contains(snippet, "type "+name+" ") {
			snippet += "export type " + name + " = {};\n"
		}
	}
	_, err := dts.Read(fstest.MapFS{"streaming.types.d.ts": {Data: []byte(snippet)}}, ".")
	var diagnostics spec.Diagnostics
	if err != nil && !errors.As(err, &diagnostics) {
		t.Fatal(err)
	}
	var codes []spec.Code
	for _, d := range diagnostics {
		codes = append(codes, d.Code)
	}
	return slices.Compact(codes)
}

// TestEveryCodeIsExplained finds the codes where they are declared.
func TestEveryCodeIsExplained(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []spec.Code
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			code, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			declared = append(declared, spec.Code(code))
		}
		return true
	})
	var explained []spec.Code
	for _, e := range dts.Explanations() {
		explained = append(explained, e.Code)
	}
	if !slices.Equal(declared, explained) || len(declared) == 0 {
		t.Errorf("declared are %v, explained %v", declared, explained)
	}
}
