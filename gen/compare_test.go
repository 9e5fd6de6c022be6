package gen

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/misskeyactor/misskeyactor/spec"
)

// TestCompare compares the specs of the archives in testdata/compare and what
// is told of them with their want.
func TestCompare(t *testing.T) {
	names, err := filepath.Glob("testdata/compare/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, files := pairArchive(t, name)
			got := compareText(Compare(load(t, files, "old"), load(t, files, "new")))
			for _, dir := range []string{"old", "new"} {
				if same := Compare(load(t, files, dir), load(t, files, dir)); len(same) > 0 {
					t.Errorf("%s differs from itself: %v", dir, same)
				}
			}
			want := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
			if *update {
				if want >= 0 {
					a.Files = slices.Delete(a.Files, want, want+1)
				}
				a.Files = append(a.Files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want < 0 {
				t.Fatal("there is no want")
			}
			if diff := cmp.Diff(string(a.Files[want].Data), got); diff != "" {
				t.Errorf("changes (-want +got); if they should, run go test ./gen -update\n%s", diff)
			}
		})
	}
}

func compareText(changes []Change) string {
	var b strings.Builder
	group := ""
	for _, c := range changes {
		if c.Group != group {
			group = c.Group
			fmt.Fprintln(&b, group)
		}
		fmt.Fprintf(&b, "  %s (%s, %s %s)\n", c, c.Path, placeText(c.Old), placeText(c.New))
	}
	return b.String()
}

// TestEverythingASpecSaysIsCompared alters the test's fork and upstream in one
// thing after the other, whatever the model has, and wants each to be told.
func TestEverythingASpecSaysIsCompared(t *testing.T) {
	for _, dir := range []string{"gen/internal/fork/spec", "spec/misskey"} {
		files := os.DirFS("..")
		old, new := load(t, files, dir), load(t, files, dir)
		told := map[string]bool{} // by the field of the model
		alterEach(reflect.ValueOf(new).Elem(), "Spec", map[any]bool{}, func(what string) {
			if told[what] {
				return // for another value
			}
			told[what] = true
			if len(Compare(old, new)) == 0 {
				t.Errorf("%s: %s is another, and nothing is told", dir, what)
			}
		})
		if len(told) < 50 {
			t.Errorf("%s: only %d kinds of value were altered", dir, len(told))
		}
		if left := Compare(old, new); len(left) > 0 {
			t.Fatalf("the test does not undo what it does: %v", left)
		}
	}
}

// alterEach alters every value below v, one at a time, and calls f while it is.
func alterEach(v reflect.Value, what string, seen map[any]bool, f func(what string)) {
	alter := func(to reflect.Value) {
		was := reflect.ValueOf(v.Interface())
		v.Set(to)
		f(what)
		v.Set(was)
	}
	switch v.Kind() {
	case reflect.String:
		alter(reflect.ValueOf(v.String() + "x").Convert(v.Type()))
	case reflect.Bool:
		alter(reflect.ValueOf(!v.Bool()).Convert(v.Type()))
	case reflect.Int:
		alter(reflect.ValueOf(v.Int() + 1).Convert(v.Type()))
	case reflect.Pointer:
		if v.IsNil() || seen[v.Interface()] {
			return
		}
		seen[v.Interface()] = true
		alterEach(v.Elem(), v.Elem().Type().Name(), seen, f)
	case reflect.Slice:
		if n := v.Len(); n > 0 {
			alter(v.Slice(0, n-1))
		}
		for i := range v.Len() {
			alterEach(v.Index(i), what, seen, f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() || saysNothing(v, field.Name) {
				continue
			}
			name := what + "." + field.Name
			if field.Anonymous {
				name = what
			}
			alterEach(v.Field(i), name, seen, f)
		}
	}
}

// saysNothing tells what of the model is no fact of its own.
func saysNothing(v reflect.Value, field string) bool {
	switch field {
	case "Pos", "BuiltIn", "Extends", "Breaks":
		return true // where it stands, and what is said of other specs
	case "Basic":
		return v.Interface().(spec.TypeExpr).Basic == "" // it is a named type, a list or a map
	}
	set, ok := v.Interface().(spec.EventSet)
	// The set of a channel or a capture is called and described as that is.
	return ok && set.Doc == "" && set.GoName == "" && field != "Includes" && field != "Events"
}
