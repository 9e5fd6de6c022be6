package upstream

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/spec"
)

// FromSpec returns the facts of a spec that a publication can speak of: its
// channels with their parameters, events and sends, its broadcasts and
// captures, the frames that answer requests, and its entities.
//
// Entities are the types that isEntity knows. Where one is used it goes by its
// name; every other type is taken apart there, for such types are named as
// either side likes.
func FromSpec(s *spec.Spec, isEntity func(name string) bool) *Facts {
	b := specFacts{facts: &Facts{}, isEntity: isEntity}
	for _, c := range s.Channels {
		b.channel(c)
	}
	for _, c := range s.Captures {
		b.capture(c)
	}
	if s.Broadcasts != nil {
		b.messages("", "broadcasts.events", "a broadcast", s.Broadcasts.AllEvents())
	}
	for _, r := range s.Requests {
		if r.Reply != "" {
			b.facts.Add("", "requests."+r.Name+".reply."+r.Reply, "a reply", r.Pos)
		}
	}
	b.entities(s)
	return b.facts
}

// FromTypes returns the facts of a spec's entities alone, for publications
// that say nothing else.
func FromTypes(s *spec.Spec, isEntity func(name string) bool) *Facts {
	b := specFacts{facts: &Facts{}, isEntity: isEntity}
	b.entities(s)
	return b.facts
}

func (b *specFacts) entities(s *spec.Spec) {
	for _, t := range s.Types {
		if b.isEntity(t.Name) {
			b.entity(t)
		}
	}
}

type specFacts struct {
	facts    *Facts
	isEntity func(string) bool
	open     []*spec.Type // being taken apart
}

func (b *specFacts) channel(c *spec.Channel) {
	path := b.facts.Add("", "channels."+c.Name, "a channel", c.Pos)
	b.facts.AddFields(path, "params", "a parameter", b.fields(c.Params))
	b.messages(path, "events", "an event", c.Events.AllEvents())
	b.messages(path, "sends", "a send", c.Sends)
}

func (b *specFacts) capture(c *spec.Capture) {
	path := b.facts.Add("", "captures."+c.Name, "a capture", c.Pos)
	b.facts.AddFields(path, "key", "a key", b.fields([]*spec.Field{c.Key}))
	b.messages(path, "events", "an event", c.Events.AllEvents())
}

func (b *specFacts) messages(parent, section, what string, messages []*spec.Message) {
	for _, m := range messages {
		var body *Shape
		switch {
		case m.Body != nil:
			body = b.shape(m.Body)
		case len(m.Fields) > 0:
			body = &Shape{Form: Object, Fields: b.fields(m.Fields)}
		}
		b.facts.AddShape(parent, section+"."+m.Name, what, m.Pos, body, false)
	}
}

func (b *specFacts) fields(fields []*spec.Field) []Field {
	out := make([]Field, len(fields))
	for i, f := range fields {
		out[i] = Field{Pos: f.Pos, Name: f.Name, Optional: f.Optional, Shape: b.shape(f.Type)}
	}
	return out
}

var basicForms = map[spec.Basic]Form{
	spec.String: String, spec.Timestamp: String, spec.Integer: Number, spec.Number: Number, spec.Boolean: Boolean,
	spec.Any: Any,
}

func (b *specFacts) shape(t *spec.TypeExpr) *Shape {
	var s *Shape
	switch {
	case t.List != nil:
		s = &Shape{Form: List, Of: b.shape(t.List)}
	case t.Map != nil:
		s = &Shape{Form: Map, Of: b.shape(t.Map)}
	case t.Named != nil:
		s = b.named(t.Named)
	default:
		s = &Shape{Form: basicForms[t.Basic]}
	}
	s.Nullable = t.Nullable && s.Form != Any
	return s
}

// named takes a type apart, unless it is an entity or does not come apart: a
// union, or an object inside of itself.
func (b *specFacts) named(t *spec.Type) *Shape {
	switch {
	case t.Kind == spec.KindID:
		return &Shape{Form: String}
	case b.isEntity(t.Name) || t.Kind == spec.KindUnion || slices.Contains(b.open, t):
		return &Shape{Form: Entity, Name: t.Name}
	case t.Kind == spec.KindEnum:
		return b.enum(t)
	}
	b.open = append(b.open, t)
	defer func() { b.open = b.open[:len(b.open)-1] }()
	return &Shape{Form: Object, Fields: b.fields(t.AllFields())}
}

func (b *specFacts) enum(t *spec.Type) *Shape {
	s := &Shape{Form: Enum}
	for _, v := range t.Values {
		s.Values = append(s.Values, Value{v.Pos, v.Value})
	}
	return s
}

// entity notes what an entity is made of.
func (b *specFacts) entity(t *spec.Type) {
	switch t.Kind {
	case spec.KindEnum:
		b.facts.AddShape("", entityPath(t.Name), anEntity, t.Pos, b.enum(t), false)
	case spec.KindObject:
		o := &Shape{Form: Object, Fields: b.fields(t.AllFields())}
		b.facts.AddShape("", entityPath(t.Name), anEntity, t.Pos, o, false)
	case spec.KindUnion:
		path := b.facts.Add("", entityPath(t.Name), anEntity, t.Pos)
		for _, v := range t.Variants {
			o := &Shape{Form: Object, Fields: slices.Concat(b.fields(t.Fields), b.fields(v.Fields))}
			b.facts.AddShape(path, "variants."+v.Tag, aVariant, v.Pos, o, false)
		}
	}
}
