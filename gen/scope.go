package gen

import (
	"fmt"

	"github.com/misskeyactor/misskeyactor/spec"
)

// scope is a space in which Go names have to differ: a package, a struct with
// its methods, a set's handler.
type scope struct {
	faults *faults
	names  map[string]claim
}

// claim is a name and what it is for.
type claim struct {
	pos  spec.Pos // zero for what is in every package we generate
	what string   // as in `field "id"`
	key  string   // of the spec, which chooses another name: goName or method
}

func (f *faults) newScope() *scope {
	return &scope{faults: f, names: map[string]claim{}}
}

// reserve takes names for what is generated whatever the spec says.
func (s *scope) reserve(what string, names ...string) {
	for _, name := range names {
		s.names[name] = claim{what: what}
	}
}

// claim takes a name for what stands at pos, and reports a name that is taken
// already. The key goName chooses another.
func (s *scope) claim(name string, pos spec.Pos, what string) {
	s.claimBy("goName", name, pos, what)
}

// claimBy is claim for a name that another key chooses.
func (s *scope) claimBy(key, name string, pos spec.Pos, what string) {
	mine := claim{pos: pos, what: what, key: key}
	first, taken := s.names[name]
	if !taken {
		s.names[name] = mine
		return
	}
	s.faults.collision(name, first, mine)
}

func (c claim) String() string {
	if c.pos == (spec.Pos{}) {
		return c.what
	}
	return fmt.Sprintf("%s at %s", c.what, c.pos)
}
