package openapi

import (
	"slices"
	"strconv"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen/internal/seed"
	"github.com/misskeyactor/misskeyactor/spec"
)

// place is where a schema is used: what inline types and ids are named after.
type place struct {
	owner   string // the type
	prefix  string // the type, and the variant of a union
	field   string
	inList  bool // in a list or map, which is named in the plural
	pointer string
}

func (p place) item() place {
	p.inList = true
	return p
}

func (p place) typeName() string {
	name := pascal(p.field)
	if p.inList {
		name = singular(name)
	}
	return p.prefix + name
}

// id returns the use of a typed id, or a plain string where the field's name
// does not say whose id it is.
func (b *builder) id(p place) *spec.TypeExpr {
	name, known := idName(p.owner, p.field)
	if name == "" {
		b.note(p.pointer, "whose id %s is cannot be told from its name; taken as string", p.field)
		return &spec.TypeExpr{Basic: spec.String}
	}
	t := b.byID[name]
	if t == nil {
		if !known && !b.names[strings.TrimSuffix(name, "ID")] {
			b.note(p.pointer, "%s is named after the field %s", name, p.field)
		}
		t = &spec.Type{Kind: spec.KindID, Name: b.unique(name)}
		b.noteRename(name, t.Name, p.pointer)
		b.byID[name] = t
		b.ids = append(b.ids, t)
	}
	return &spec.TypeExpr{Named: t}
}

// inlineType is the type of a schema without a name. A union that takes over
// the fields of an object it stands in comes to contain itself, so the type is
// known by its schema from the moment it has a name.
type inlineType struct {
	typ  *spec.Type
	open bool // its content is being read
	used bool // by its own content
}

// inline declares the type of a schema without a name, or finds one that was
// declared with the same content.
func (b *builder) inline(n *node, s *shape, p place) *spec.Type {
	if known := b.inlined[n]; known != nil {
		known.used = known.used || known.open
		return known.typ
	}
	at := len(b.types)
	name := b.unique(p.typeName())
	i := &inlineType{typ: &spec.Type{Name: name}, open: true}
	b.inlined[n] = i
	b.content(i.typ, s)
	i.open = false
	key := content(i.typ)
	if known := b.shared[key]; known != nil && !i.used {
		delete(b.names, name)
		i.typ = known
		return known
	}
	b.noteRename(p.typeName(), name, p.pointer)
	b.shared[key] = i.typ
	b.types = slices.Insert(b.types, at, i.typ)
	return i.typ
}

// unique takes the name, or the name and a number where it is taken.
func (b *builder) unique(name string) string {
	free := name
	for i := 2; b.names[free]; i++ {
		free = name + strconv.Itoa(i)
	}
	b.names[free] = true
	return free
}

func (b *builder) noteRename(wanted, name, pointer string) {
	if name != wanted {
		b.note(pointer, "%s is the name of another type; named %s", wanted, name)
	}
}

// content returns what makes two types alike: all but their names.
func content(t *spec.Type) string {
	var out strings.Builder
	seed.Body(&out, t)
	return out.String()
}
