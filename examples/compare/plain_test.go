package main

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// TestPlainTypesAreEquivalent holds them to the generated ones, so that the
// comparison is one.
func TestPlainTypesAreEquivalent(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var same func(plain, generated reflect.Type)
	same = func(plain, generated reflect.Type) {
		if strings.HasPrefix(generated.Name(), "Opt[") && plain.Kind() == reflect.Pointer {
			plain, generated = plain.Elem(), generated.Field(0).Type
		}
		if plain == generated {
			return
		}
		if plain.Kind() != generated.Kind() {
			t.Errorf("%v for %v", plain, generated)
			return
		}
		switch plain.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			same(plain.Elem(), generated.Elem())
		case reflect.Struct:
			if seen[plain] {
				return
			}
			seen[plain] = true
			if plain.NumField() != generated.NumField() {
				t.Errorf("%v has %d fields, %v has %d", plain, plain.NumField(), generated, generated.NumField())
				return
			}
			for i := range plain.NumField() {
				if name := generated.Field(i).Name; plain.Field(i).Name != name {
					t.Errorf("%v has %s for %s", plain, plain.Field(i).Name, name)
				}
				same(plain.Field(i).Type, generated.Field(i).Type)
			}
		default:
			t.Errorf("%v for %v", plain, generated)
		}
	}
	same(reflect.TypeFor[plainNote](), reflect.TypeFor[misskey.Note]())
	if len(seen) < 10 {
		t.Errorf("%d types compared", len(seen))
	}

	for _, recorded := range mustLoadNotes(t) {
		// What the plain types make of a note is the same note.
		var plain plainNote
		if err := json.Unmarshal(recorded.bytes, &plain); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(plain)
		if err != nil {
			t.Fatal(err)
		}
		var got, want misskey.Note
		if err := got.UnmarshalJSON(again); err != nil {
			t.Fatal(err)
		}
		if err := want.UnmarshalJSON(recorded.bytes); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
			t.Fatal(diff)
		}
	}
}
