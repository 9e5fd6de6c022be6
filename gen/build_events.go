package gen

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/spec"
)

// eventSet builds a set once, its includes first.
func (b *builder) eventSet(s *spec.EventSet) *eventSet {
	if set, ok := b.sets[s]; ok {
		return set
	}
	what := "event set " + quoted(s.Name)
	set := &eventSet{wire: s.Name, name: b.goName(s.GoName, s.Name, s.Pos, what)}
	b.sets[s] = set
	handlers := b.newScope() // methods of the handler, by the event's name
	for _, ref := range s.Includes {
		included := b.eventSet(ref.Set)
		set.includes = append(set.includes, included)
		for _, e := range included.all {
			if slices.Contains(set.all, e) {
				continue // included twice, by two ways
			}
			handlers.claim(e.name, ref.Pos, "event "+quoted(e.wire)+" of the included set "+quoted(included.wire))
			set.all = append(set.all, e)
		}
	}
	handlers.reserve("an event of every set", "Unknown", "Gap")
	for _, name := range []string{
		set.name + "Event", set.handler(), set.name + "Funcs", "Unimplemented" + set.handler(),
		set.descriptor(), set.decoder(), set.dispatcher(),
	} {
		b.bindings.claim(name, s.Pos, what)
	}
	set.doc = paragraphs(s.Doc).with(provenance(s.Pos, s.Name, s.Evidence))
	for _, m := range s.Events {
		e := b.event(set, m)
		handlers.claim(e.name, m.Pos, "event "+quoted(m.Name))
		set.own = append(set.own, e)
		set.all = append(set.all, e)
	}
	b.out.sets = append(b.out.sets, set)
	return set
}

func (s *eventSet) handler() string    { return s.name + "Handler" }
func (s *eventSet) descriptor() string { return unexported(s.name) + "Events" }
func (s *eventSet) decoder() string    { return "decode" + s.name + "Event" }
func (s *eventSet) dispatcher() string { return unexported(s.name) + "Dispatch" }

func (b *builder) event(set *eventSet, m *spec.Message) *event {
	what := "event " + quoted(m.Name)
	e := &event{set: set, wire: m.Name, name: b.goName(m.GoName, m.Name, m.Pos, what)}
	o := &object{name: set.name + e.name, label: set.wire + "." + m.Name, pos: m.Pos}
	o.doc = introduce(o.name+" is the event "+quoted(m.Name)+".", m.Doc).with(provenance(m.Pos, o.label, m.Evidence))
	e.handlerDoc = introduce("On"+e.name+" takes the event "+quoted(m.Name)+".", m.Doc)
	b.bindings.claim(o.name, m.Pos, what)
	in := b.newScope()
	in.reserve("a part of every event", metaNames...)
	e.body = b.bodyObject(m, o, in)
	e.object = o
	return e
}
