package dts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen/internal/seed"
	"github.com/misskeyactor/misskeyactor/gen/upstream"
	"github.com/misskeyactor/misskeyactor/spec"
)

// Seed writes what the declarations say as the channels, captures and
// broadcasts of a spec, in YAML, with the types that they alone use. Entities
// are used by name: import openapi declares them. Notes tell what a person has
// to add or correct.
//
// The same API gives the same bytes.
func Seed(a *API) (yaml []byte, notes []string) {
	w := &seedWriter{api: a, types: map[string]*spec.Type{}, noted: map[string]bool{}}
	w.channels()
	w.captures()
	w.broadcasts()
	if len(w.ids)+len(w.declared) > 0 {
		w.out.WriteString("\n")
		w.out.Write(seed.Types(append(w.ids, w.declared...)))
	}
	w.closingNotes()
	return []byte(w.out.String()), w.notes
}

// seedWriter writes a seed.
type seedWriter struct {
	api      *API
	out      strings.Builder
	types    map[string]*spec.Type // those that were named, the entities too
	ids      []*spec.Type          // those that the seed declares, ids
	declared []*spec.Type          // and others
	entities []string              // those that it uses
	notes    []string
	noted    map[string]bool
}

func (w *seedWriter) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !w.noted[text] {
		w.noted[text] = true
		w.notes = append(w.notes, text)
	}
}

func (w *seedWriter) closingNotes() {
	w.note("whether a channel asks for an account or a permission, is shared or leaks is not declared")
	if len(w.entities) > 0 {
		slices.Sort(w.entities)
		w.note("entities that import openapi declares: %s", strings.Join(w.entities, ", "))
	}
}

func (w *seedWriter) channels() {
	if len(w.api.Channels) == 0 {
		w.out.WriteString("channels: {}\n")
		return
	}
	w.out.WriteString("channels:\n")
	for _, c := range w.api.Channels {
		fmt.Fprintf(&w.out, "  %s:\n", seed.Word(c.Name))
		if len(c.Params) > 0 {
			path := "channels." + c.Name + ".params"
			seed.Fields(&w.out, "params", w.fields(path, goName(c.Name), c.Params), "    ")
		}
		w.messages("channels."+c.Name+".events", "events", "    ", goName(c.Name), c.Events)
		if len(c.Sends) > 0 {
			w.messages("channels."+c.Name+".sends", "sends", "    ", goName(c.Name), c.Sends)
		}
	}
}

func (w *seedWriter) captures() {
	if len(w.api.Captures) == 0 {
		return
	}
	w.out.WriteString("\ncaptures:\n")
	for _, c := range w.api.Captures {
		fmt.Fprintf(&w.out, "  %s:\n    update: %s\n", seed.Word(c.Name), seed.Word(c.Update))
		seed.Fields(&w.out, "key", w.fields("captures."+c.Name+".key", goName(c.Name), c.Key), "    ")
		w.messages("captures."+c.Name+".events", "events", "    ", goName(c.Name), c.Events)
		w.note("captures.%s: method, subscribe and unsubscribe are not declared, nor whether an event ends it", c.Name)
	}
}

func (w *seedWriter) broadcasts() {
	if len(w.api.Broadcasts) == 0 {
		return
	}
	w.out.WriteString("\nbroadcasts:\n")
	w.messages("broadcasts.events", "events", "  ", "Broadcast", w.api.Broadcasts)
}

// messages writes events or sends. owner is what types are named after when
// the message's own name is taken.
func (w *seedWriter) messages(path, key, indent, owner string, messages []*Message) {
	if len(messages) == 0 {
		fmt.Fprintf(&w.out, "%s%s: {}\n", indent, key)
		w.note("%s: none is declared, and a spec wants one", path)
		return
	}
	fmt.Fprintf(&w.out, "%s%s:\n", indent, key)
	for _, m := range messages {
		fmt.Fprintf(&w.out, "%s  %s:", indent, seed.Word(m.Name))
		w.body(path+"."+m.Name, indent+"    ", owner, m)
	}
}

func (w *seedWriter) body(path, indent, owner string, m *Message) {
	switch {
	case m.Body == nil:
		w.out.WriteString(" {body: null}\n")
	case m.Body.Form == upstream.Object && m.Body.Name == "" && !m.Body.Nullable && len(m.Body.Fields) > 0:
		w.out.WriteString("\n")
		seed.Fields(&w.out, "fields", w.fields(path, owner+goName(m.Name), m.Body.Fields), indent)
	default:
		t := w.expression(path, owner+goName(m.Name), m.Body)
		fmt.Fprintf(&w.out, "\n%sbody: %s\n", indent, t)
		if t.Named == nil {
			fmt.Fprintf(&w.out, "%sas: %s\n", indent, smallName(m.Name))
		}
	}
}

// fields makes fields of a spec. parent is what types are named after that
// have no name of their own.
func (w *seedWriter) fields(path, parent string, fields []upstream.Field) []*spec.Field {
	out := make([]*spec.Field, len(fields))
	for i, f := range fields {
		out[i] = &spec.Field{
			Name: f.Name, Optional: f.Optional,
			Type: w.expression(path+"."+f.Name, parent+goName(f.Name), f.Shape),
		}
	}
	return out
}

// expression makes a type expression of a shape. wanted is the name of a type
// that has to be declared for it.
func (w *seedWriter) expression(path, wanted string, s *upstream.Shape) *spec.TypeExpr {
	t := &spec.TypeExpr{Nullable: s.Nullable}
	switch s.Form {
	case upstream.String:
		if t.Basic = spec.String; s.Name != "" {
			t.Basic, t.Named = "", w.id(s.Name)
		}
	case upstream.Number:
		t.Basic = spec.Number
	case upstream.Boolean:
		t.Basic = spec.Boolean
	case upstream.List:
		t.List = w.expression(path, wanted, s.Of)
	case upstream.Map:
		t.Map = w.expression(path, wanted, s.Of)
	case upstream.Entity:
		t.Named = w.entity(s.Name)
	case upstream.Enum, upstream.Object:
		if s.Form == upstream.Object && len(s.Fields) == 0 {
			w.note("%s: an object of which nothing is declared is taken as any", path)
			return &spec.TypeExpr{Basic: spec.Any}
		}
		t.Named = w.declare(path, wanted, s)
	default:
		if s.Form != upstream.Any {
			w.note("%s: %s is taken as any", path, s)
		}
		return &spec.TypeExpr{Basic: spec.Any}
	}
	return t
}

func (w *seedWriter) entity(name string) *spec.Type {
	if w.types[name] == nil {
		w.types[name] = &spec.Type{Name: name}
		w.entities = append(w.entities, name)
	}
	return w.types[name]
}

// id declares the type of the ids of an entity.
func (w *seedWriter) id(entity string) *spec.Type {
	name := entity + "ID"
	if w.types[name] == nil {
		w.types[name] = &spec.Type{Name: name, Kind: spec.KindID}
		w.ids = append(w.ids, w.types[name])
	}
	return w.types[name]
}

// declare declares an object or enum, or finds the same one.
func (w *seedWriter) declare(path, wanted string, s *upstream.Shape) *spec.Type {
	t := &spec.Type{Kind: spec.KindEnum}
	before := len(w.declared) // what it uses comes behind it
	if s.Name != "" {
		wanted = goName(s.Name)
	}
	if s.Form == upstream.Object {
		t.Kind = spec.KindObject
		t.Fields = w.fields(path, wanted, s.Fields)
	}
	for _, v := range s.Values {
		t.Values = append(t.Values, &spec.EnumValue{Value: v.Word})
	}
	t.Name = wanted
	for n := 2; w.types[t.Name] != nil || w.api.IsEntity(t.Name); n++ {
		if other := w.types[t.Name]; other != nil && content(other) == content(t) {
			return other
		}
		t.Name = fmt.Sprint(wanted, n)
	}
	w.types[t.Name] = t
	w.declared = slices.Insert(w.declared, before, t)
	return t
}

// content is what makes two types alike: all but their names.
func content(t *spec.Type) string {
	var b strings.Builder
	seed.Body(&b, t)
	return b.String()
}

// goName makes the name of a type of a name on the wire: its letters and
// digits, each word with a capital.
func goName(wire string) string {
	var b strings.Builder
	capital := true
	for i := range len(wire) {
		c := wire[i]
		if !isNamePart(c) || c == '_' || c == '$' {
			capital = true
			continue
		}
		if capital && 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if b.Len() == 0 && isDigit(c) {
			b.WriteByte('X')
		}
		capital = false
		b.WriteByte(c)
	}
	if b.Len() == 0 {
		return "X"
	}
	return b.String()
}

// smallName makes the name of a body's field in Go.
func smallName(wire string) string {
	name := goName(wire)
	return strings.ToLower(name[:1]) + name[1:]
}
