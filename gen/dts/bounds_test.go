package dts_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/misskeyactor/misskeyactor/gen/dts"
	"github.com/misskeyactor/misskeyactor/spec"
)

// TestBounds reads declarations that are too much of something, and wants a
// fault that says so.
func TestBounds(t *testing.T) {
	const n = 50_000
	one := func(text string) fstest.MapFS {
		return fstest.MapFS{"streaming.types.d.ts": {Data: []byte(text + "\nexport type BroadcastEvents = {};\n")}}
	}
	channel := func(text string) fstest.MapFS {
		return one(text + "\nexport type Channels = { a: { params: null; events: { a: (payload: T0) => void }; receives: null } };\n")
	}
	doubling := ""
	for i := range 60 {
		doubling += fmt.Sprintf("type T%d = { a: T%d; b: T%d };\n", i, i+1, i+1)
	}
	choices := "type T0 = " + strings.Repeat("({ a: 1 } | { b: 1 } | { c: 1 } | { d: 1 }) & ", 30) + "{ e: 1 };\n"
	chain := ""
	for i := range 1000 {
		chain += fmt.Sprintf("type T%d = T%d;\n", i, i+1)
	}
	many := channel("import { T0 } from './f0.js';\n")
	for i := range 40 {
		many[fmt.Sprintf("f%d.d.ts", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "export * from './f%d.js';\n", i+1)}
	}
	for _, tt := range []struct {
		name  string
		files fstest.MapFS
		code  spec.Code
	}{
		{"tuples in tuples", one("type A = " + strings.Repeat("[", n)), dts.CodeDeep},
		{"parentheses", one("type A = " + strings.Repeat("(", n)), dts.CodeDeep},
		{"objects in objects", one("type A = " + strings.Repeat("{a:", n)), dts.CodeDeep},
		{"generics in generics", one("type A = " + strings.Repeat("A<", n)), dts.CodeDeep},
		{"functions of functions", one("type A = " + strings.Repeat("(a:", n)), dts.CodeDeep},
		{"lists of lists", one("type A = string" + strings.Repeat("[]", n) + ";"), dts.CodeDeep},
		{"words before a type", one("type A = " + strings.Repeat("readonly ", n) + "string[];"), dts.CodeDeep},
		{"members of members", one("type A = A" + strings.Repeat("['a']", n) + ";"), dts.CodeDeep},
		{"types that double", channel(doubling + "type T60 = string;\n"), dts.CodeDeep},
		{"choices that multiply", channel(choices), dts.CodeDeep},
		{"names of names", channel(chain + "type T1000 = string;\n"), dts.CodeCircle},
		{"a large file", one("//" + strings.Repeat("x", 1<<23)), dts.CodeFile},
		{"no text", one("type A = '\xff';"), dts.CodeFile},
		{"many files", many, dts.CodeDeep},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := dts.Read(tt.files, ".")
			var diagnostics spec.Diagnostics
			if !errors.As(err, &diagnostics) {
				t.Fatalf("got %v, want faults", err)
			}
			for _, d := range diagnostics {
				if d.Code == tt.code {
					return
				}
			}
			t.Errorf("no %s among %d faults, the first of which is %.300v", tt.code, len(diagnostics), diagnostics[0])
		})
	}
}
