package observe

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/misskeyactor/misskeyactor/gen/internal/seed"
	"github.com/misskeyactor/misskeyactor/spec"
)

// fix is what an overlay has to say, so that something is no departure any more.
// It reports false when that cannot be said.
type fix interface {
	apply(p *patcher, f *found) bool
}

type (
	// newField adds a field to an object, a message, or the parameters of a
	// channel.
	newField struct {
		owner *members
		key   string
	}
	// lostField makes a field optional.
	lostField struct{ slot *slot }
	// retype makes a type, or a part of one, nullable, or another one.
	retype struct {
		slot *slot
		expr *spec.TypeExpr
	}
	newValue struct {
		enum  *spec.Type
		value string
	}
	newVariant struct {
		union *spec.Type
		tag   string
	}
	// newMessageFix adds an event, a broadcast or a send.
	newMessageFix struct {
		owner *messages
		name  string
	}
	// newBody gives a body to a message that has none.
	newBody struct{ message *message }
	// newChannel adds a channel.
	newChannel struct{ channel *channel }
)

// certain is in how many objects a new key must always have been to be called
// required.
const certain = 10

func (x newField) apply(p *patcher, f *found) bool {
	if !nameable(x.key) {
		return false
	}
	key := x.key
	if met := p.ledger.met[x.owner]; f.Count < met || met < certain {
		key += "?"
	}
	p.at(x.owner.address).set(key, f.shape.expression(p.index, x.key)).comment = f.evidence()
	p.isNew(f, x.owner.address.at(key))
	return true
}

func (x lostField) apply(p *patcher, f *found) bool {
	if f.Side == Client {
		return false
	}
	p.change(x.slot, f).optional = true
	return true
}

func (x retype) apply(p *patcher, f *found) bool {
	if f.Side == Client {
		return false
	}
	c := p.change(x.slot, f)
	if f.Code == CodeNull {
		c.nullable[x.expr] = true
	} else {
		c.types[x.expr] = p.joined(x.expr, &f.shape)
	}
	return true
}

func (x newValue) apply(p *patcher, f *found) bool {
	if f.Side == Client || !printable(x.value) {
		return false
	}
	values := p.patch.at(address{"types", x.enum.Name, "enum"}.String() + "[]")
	if values.comment == "" {
		values.comment = f.evidence()
	}
	values.list = append(values.list, x.value)
	p.places[f.key()] = strings.Join([]string{"patch", address{"types", x.enum.Name, "enum"}.String() + "[]", x.value}, placeSeparator)
	return true
}

func (x newVariant) apply(p *patcher, f *found) bool {
	if f.Side == Client || !nameable(x.tag) {
		return false
	}
	fields, ok := f.shape.fieldNodes(p.index, func(key string) bool {
		return key != x.union.Discriminator && !slices.ContainsFunc(x.union.Fields, func(common *spec.Field) bool { return common.Name == key })
	})
	if !ok {
		return false
	}
	at := address{"types", x.union.Name, "variants", x.tag}
	p.isNew(f, at)
	n := p.at(at)
	n.comment = f.evidence()
	n.put("fields", fields)
	return true
}

func (x newMessageFix) apply(p *patcher, f *found) bool {
	if !nameable(x.name) {
		return false
	}
	p.isNew(f, x.owner.at(x.name))
	n := p.at(x.owner.at(x.name))
	n.comment = f.evidence()
	f.shape.message(p.index, n)
	return true
}

func (x newBody) apply(p *patcher, f *found) bool {
	n := p.at(x.message.address)
	n.comment = f.evidence()
	body := f.shape
	if without := p.ledger.met[x.message.Message] - f.Count; without > 0 {
		body.nulls, body.seen = body.nulls+without, body.seen+without
	}
	body.message(p.index, n)
	if n.kids["body"] == nil {
		n.set("body", "null") // it is taken away
	}
	return true
}

func (x newChannel) apply(p *patcher, f *found) bool {
	s := x.channel.stray
	if !nameable(x.channel.name) || len(s.events) == 0 {
		return false
	}
	n := &node{comment: f.evidence()}
	if set := s.set(p.spec.EventSets, p.index); set != nil {
		n.set("events", seed.Word(set.Name))
	} else if !addMessages(p.index, n.at("events"), s.events) {
		return false
	}
	if len(s.sends) > 0 && !addMessages(p.index, n.at("sends"), s.sends) {
		return false
	}
	if len(s.params.fields) > 0 {
		params, ok := s.params.fieldNodes(p.index, func(string) bool { return true })
		if !ok {
			return false
		}
		n.put("params", params)
	}
	p.declared.at("channels").put(x.channel.name, n)
	p.places[f.key()] = "channels" + placeSeparator + x.channel.name
	return true
}

// addMessages writes what was seen of each type of message.
func addMessages(x *index, n *node, all map[string]*shape) bool {
	for _, typ := range slices.Sorted(maps.Keys(all)) {
		if !nameable(typ) {
			return false
		}
		all[typ].message(x, n.at(typ))
	}
	return true
}

// message writes what carries the values: fields, or a body of one type.
func (s *shape) message(x *index, n *node) {
	if s.nulls == s.seen {
		n.set("body", "null")
		return
	}
	if s.objects == s.seen && s.declared() == nil && len(s.fields) > 0 && !s.wide {
		if fields, ok := s.fieldNodes(x, func(string) bool { return true }); ok {
			n.put("fields", fields)
			return
		}
	}
	n.set("body", s.expression(x, ""))
	if s.objects == 0 || s.declared() == nil {
		n.set("as", "body") // the type has no name to go by
	}
}

// fieldNodes writes the keys of objects as fields, those that are wanted.
func (s *shape) fieldNodes(x *index, want func(key string) bool) (*node, bool) {
	n := &node{}
	for _, key := range slices.Sorted(maps.Keys(s.fields)) {
		if !want(key) {
			continue
		}
		if !nameable(key) {
			return nil, false
		}
		f := s.fields[key]
		text := f.expression(x, key)
		if f.seen < s.objects {
			key += "?"
		}
		n.set(key, text)
	}
	return n, !s.wide
}

// nameable reports whether a spec can have a name: a server chooses them, and
// not every one can be written down.
func nameable(name string) bool {
	return name != "" && printable(name) && !strings.HasSuffix(name, "?") && !strings.ContainsFunc(name, unicode.IsSpace)
}

func printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar || r == '\ufeff' })
}
