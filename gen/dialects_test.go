package gen

import (
	"testing"

	"github.com/misskeyactor/misskeyactor/spec"
)

// dialect generates the bindings of a dialect that comes with package spec, as
// some stand in this module, for tests.
func dialect(t *testing.T, name, pkg string) (*Tree, Options) {
	t.Helper()
	s, err := spec.Dialect(name)
	if err != nil {
		t.Fatal(err)
	}
	dir := "gen/internal/dialects/" + pkg
	opts := Options{
		Dir: dir, Package: pkg, TypesDir: dir + "/entities", TypesImport: modulePath + "/" + dir + "/entities",
		Shared: Package{Import: modulePath + "/streaming/misskey"},
	}
	tree, err := Generate(s, opts)
	if err != nil {
		t.Fatal(err)
	}
	return tree, opts
}

// TestDialects generates every dialect that comes with package spec, with what
// it does not change shared.
func TestDialects(t *testing.T) {
	for _, name := range spec.Dialects() {
		if name == "misskey" {
			continue // shares with nobody; see TestUpstream
		}
		t.Run(name, func(t *testing.T) {
			tree, opts := dialect(t, name, "bot")
			typeCheck(t, tree, opts)
			checkFormat(t, tree)
		})
	}
}
