package gen

import (
	"errors"
	"go/token"
	"go/types"
	"path"
	"strconv"
	"strings"
)

// A dialect may be called what generated code calls something else: any, time,
// dialect. Its entities are then imported under another name, because a name
// that hides another compiles badly or not at all.

// localNames are the names that generated functions use inside, and those of
// the packages that generated files import. A test compares the table with what
// is printed.
var localNames = []string{
	"actor", "address", "body", "bytes", "c", "client", "codec", "context", "ctx", "d", "data", "dial", "e",
	"empty", "enc", "endpoint", "err", "event", "f", "g", "h", "handler", "hooks", "http", "inFlight", "inner",
	"io", "iter", "json", "jx", "key", "known", "logger", "m", "max", "min", "n", "net", "network", "opt",
	"opts", "p", "params", "parent", "perSecond", "permissions", "pid", "ping", "raw", "request", "response",
	"rest", "runtime", "s", "seen", "session", "settings", "silence", "slog", "source", "sub", "system", "tag",
	"time", "tls", "token", "typ", "u", "url", "v", "w", "wire",
}

// seenPrefix begins the names of the variables that note which fields of an
// object were there; the object's name ends them.
const seenPrefix = "seen"

// CheckPackageName returns why no package that others import can have a name,
// or nil.
func CheckPackageName(name string) error {
	switch {
	case !token.IsIdentifier(name) || name == "_":
		return errors.New("it is no identifier of Go")
	case name == "main":
		return errors.New("nothing can import a package of that name")
	case name == "init":
		return errors.New("only functions of Go can have that name")
	}
	return nil
}

// usedNames are the names that an import in a generated file would hide, or be
// hidden by.
func (b *builder) usedNames() map[string]bool {
	used := map[string]bool{}
	for _, name := range localNames {
		used[name] = true
	}
	for _, name := range types.Universe.Names() {
		used[name] = true
	}
	for name := range b.parameters {
		used[name] = true
	}
	for _, in := range []*scope{b.bindings, b.entities} {
		for name := range in.names {
			used[name] = true
		}
	}
	return used
}

// importName is the name that files import the package of entities or of shared
// ones by: its own, or one that is free.
func importName(name string, used map[string]bool) string {
	free := name
	for i := 1; used[free] || i == 1 && strings.HasPrefix(name, seenPrefix); i++ {
		free = name + "entities"
		if i > 1 {
			free += strconv.Itoa(i)
		}
	}
	used[free] = true
	return free
}

// importNames fixes the names that the packages of entities are imported by.
func (b *builder) importNames(opts Options) {
	used := b.usedNames()
	if opts.Shared.Import != "" {
		b.out.sharedName = importName(opts.Shared.Name, used)
	}
	b.out.typesName = importName(opts.TypesPackage, used)
}

// importAs tells a file how a package is called, and by which name to import
// it. A name that the path does not show is written out, as a person would.
func (s *source) importAs(importPath, name, as string) {
	if as == name && path.Base(importPath) == name {
		s.ImportName(importPath, name)
	} else {
		s.ImportAlias(importPath, as)
	}
}
