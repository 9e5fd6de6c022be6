package gen

import (
	"fmt"
	"strings"

	"github.com/misskeyactor/misskeyactor/spec"
)

// goThing is what a program meets in place of a fact. Its name is its own
// part of the Go name: what it belongs to gives the rest, and tells of itself
// when that is another.
type goThing struct {
	name string
	typ  string // its Go type, or what its method takes; "" for none
	kind factKind
}

// surface is a spec's Go API, by the keys of its facts; what holds the body of
// a message has the key of the message and ".body".
type surface struct {
	things map[string]goThing
	// types are the Go names by which typ names types and handlers, by the
	// keys of their facts.
	types map[string]string
}

// surfaceOf lists what a built spec gives a program.
func surfaceOf(s *spec.Spec, b *builder, renamed map[string]string) *surface {
	u := &surface{things: map[string]goThing{}, types: map[string]string{}}
	for _, t := range s.Types {
		name := t.Name
		if other, ok := renamed[name]; ok {
			name = other
		}
		u.typ("types."+name, t, b)
	}
	for from, set := range b.sets {
		u.set(from, set)
	}
	for _, c := range b.out.channels {
		u.channel(c)
	}
	for _, c := range b.out.captures {
		key := "captures." + c.spec.Name
		u.things[key] = goThing{c.method, fmt.Sprintf("(%s, %sHandler)", goText(c.key.typ, plain), c.events.name), factCapture}
	}
	for _, r := range b.out.requests {
		u.message("requests."+r.spec.Name, r.method, r.body, r.object, factRequest)
	}
	return u
}

func (u *surface) typ(key string, t *spec.Type, b *builder) {
	thing := goThing{kind: factType}
	switch t.Kind {
	case spec.KindObject:
		o := b.objects[t]
		thing.name = o.name
		u.fields(key, o)
	case spec.KindUnion:
		union := b.unions[t]
		thing.name = union.name
		if union.common != nil {
			u.fields(key, union.common)
		}
		for _, v := range union.variants {
			variant := key + ".variants." + v.tag
			u.things[variant] = goThing{strings.TrimPrefix(v.name, union.name), "", factVariant}
			u.fields(variant, v)
		}
	default:
		thing.name = b.strings[t]
		for _, e := range b.out.enums {
			if e.name != thing.name {
				continue
			}
			for _, v := range e.values {
				u.things[key+".enum."+v.value] = goThing{strings.TrimPrefix(v.name, e.name), "", factValue}
			}
		}
	}
	u.things[key], u.types[key] = thing, thing.name
}

func (u *surface) set(from *spec.EventSet, set *eventSet) {
	key := "eventSets." + from.Name
	u.things[key] = goThing{set.name, "", factSet}
	u.types[key] = set.name + "Handler"
	for _, e := range set.own {
		event := key + ".events." + e.wire
		u.things[event] = goThing{e.name, "", factEvent}
		u.body(event, e.body, e.object)
	}
}

func (u *surface) channel(c *channel) {
	key := "channels." + c.spec.Name
	takes := "(" + c.events.name + "Handler)"
	if c.params != nil {
		takes = "(params, " + c.events.name + "Handler)"
		for _, f := range c.params.fields {
			u.things[key+".params."+f.key] = fieldThing(f)
		}
	}
	u.things[key] = goThing{c.name, takes, factChannel}
	for _, m := range c.sends {
		u.message(key+".sends."+m.wire, m.name, m.body, m.object, factSend)
	}
}

// message lists a method that sends something.
func (u *surface) message(key, name string, b body, o *object, kind factKind) {
	takes := "()"
	switch b {
	case bodyValue:
		takes = "(" + goText(o.fields[0].typ, o.fields[0].form) + ")"
	case bodyFields:
		takes = "(its fields)"
		u.fields(key, o)
	}
	u.things[key] = goThing{name, takes, kind}
}

// body lists the fields of an event.
func (u *surface) body(key string, b body, o *object) {
	switch b {
	case bodyValue:
		u.things[key+".body"] = fieldThing(o.fields[0])
	case bodyFields:
		u.fields(key, o)
	}
}

func (u *surface) fields(key string, o *object) {
	for _, f := range o.fields {
		u.things[key+".fields."+f.key] = fieldThing(f)
	}
}

func fieldThing(f *field) goThing { return goThing{f.name, goText(f.typ, f.form), factField} }

// goText is a Go type as a person writes it, without package names.
func goText(t *typ, f form) string {
	switch f {
	case wrapped:
		return "Opt[" + goText(t, plain) + "]"
	case pointer:
		return "*" + goText(t, plain)
	}
	switch t.kind {
	case kindObject:
		return t.object.name
	case kindUnion:
		return t.union.name
	case kindList:
		return "[]" + goText(t.elem, formOf(t.elem, t.elem.nullable))
	case kindMap:
		return "map[string]" + goText(t.elem, formOf(t.elem, t.elem.nullable))
	case kindString:
		if t.name != "" {
			return t.name
		}
	}
	return goBasics[t.kind]
}

var goBasics = map[kind]string{
	kindString:    "string",
	kindInteger:   "int64",
	kindNumber:    "float64",
	kindBoolean:   "bool",
	kindTimestamp: "time.Time",
	kindAny:       "json.RawMessage",
}

// goAPI compares two surfaces. What a finding about the wire says already is
// not said again.
func (b *breaking) goAPI(old, new *surface) {
	names := map[string]string{} // of types: the old ones, and what they are now
	for key, name := range old.types {
		if now, ok := new.types[key]; ok {
			names[name] = now
		}
	}
	for _, f := range b.old.facts {
		now := b.new.byKey[f.key]
		if now == nil {
			b.movedEvent(f, old)
			continue
		}
		b.goThing(f, now, old, new, f.key, names)
		b.goThing(f, now, old, new, f.key+".body", names)
	}
}

func (b *breaking) goThing(f, now *fact, old, new *surface, key string, names map[string]string) {
	was, before := old.things[key]
	is, after := new.things[key]
	if !before || !after {
		return
	}
	what, takes := "its Go name", "its Go type was %s, and is %s"
	if f.key != key {
		what, takes = "the Go name of its body", "the Go type of its body was %s, and is %s"
	}
	switch was.kind {
	case factChannel, factCapture, factSend, factRequest:
		takes = "its method took %s, and takes %s"
	}
	told := b.toldOfType(f.key)
	if was.name != is.name && (f.key == key || !told) { // a body is called after its type
		b.report(CodeRenamed, f, now, fmt.Sprintf("%s was %s, and is %s", what, was.name, is.name))
	}
	if renameAll(was.typ, names) != is.typ && !told {
		b.report(CodeGoType, f, now, fmt.Sprintf(takes, was.typ, is.typ))
	}
}

// movedEvent looks at an event that its set gets from another one now.
func (b *breaking) movedEvent(f *fact, old *surface) {
	set, ok := b.newSet(f)
	if !ok || f.kind != factEvent || eventOf(set, f.name) == nil {
		return
	}
	b.add(CodeRenamed, f.key, f.path, f.pos, b.newParent(f).pos,
		"its Go name began with "+old.things[f.parent.key].name+", and begins with that of the event set it comes from")
}

// toldOfType reports whether a finding says that the value is another.
func (b *breaking) toldOfType(key string) bool {
	for _, f := range b.at[key] {
		switch f.Rule {
		case CodeTypeChanged, CodeAbsent, CodeNull, CodeSentType, CodeRequired, CodeKind:
			return true
		}
	}
	return false
}

// renameAll writes a Go type with the names that its parts have now.
func renameAll(text string, names map[string]string) string {
	var b strings.Builder
	for text != "" {
		n := 0
		for n < len(text) && isNameByte(text[n]) {
			n++
		}
		if n == 0 {
			b.WriteByte(text[0])
			text = text[1:]
			continue
		}
		word := text[:n]
		if now, ok := names[word]; ok {
			word = now
		}
		b.WriteString(word)
		text = text[n:]
	}
	return b.String()
}

func isNameByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || c >= 0x80
}

// sharing finds the entities that two overlays of one dialect do not both
// import from where that dialect's are: to Go they are two types.
func (b *breaking) sharing(old, new *spec.Spec) {
	below, still := bottom(old), bottom(new)
	if below == nil || still == nil || below.Name != still.Name || !below.BuiltIn || !still.BuiltIn {
		return
	}
	was, is := unchanged(old, below), unchanged(new, still)
	for _, f := range b.old.facts {
		now := b.new.byKey[f.key]
		t, ok := f.is.(*spec.Type)
		if !ok || now == nil {
			continue
		}
		switch before, after := was[t] != nil, is[now.is.(*spec.Type)] != nil; {
		case before && !after:
			b.report(CodeGoType, f, now, "it was imported from the entities of "+below.Name+", and is generated with the bindings")
		case !before && after:
			b.report(CodeGoType, f, now, "it was generated with the bindings, and is imported from the entities of "+below.Name)
		}
	}
}
