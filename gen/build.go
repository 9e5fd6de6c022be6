package gen

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/misskeyactor/misskeyactor/spec"
)

// builder turns a spec into a program.
type builder struct {
	*faults
	out    *program
	shared map[*spec.Type]*spec.Type // types that come from the package of shared entities

	entities   *scope          // the package of entities
	bindings   *scope          // the package of bindings
	parameters map[string]bool // names of parameters that the spec chose

	objects map[*spec.Type]*object
	unions  map[*spec.Type]*union
	strings map[*spec.Type]string
	sets    map[*spec.EventSet]*eventSet
}

func newBuilder(s *spec.Spec, opts Options, f *faults) *builder {
	b := &builder{
		faults:   f,
		out:      &program{spec: s},
		entities: f.newScope(),
		bindings: f.newScope(),

		parameters: map[string]bool{},

		objects: map[*spec.Type]*object{},
		unions:  map[*spec.Type]*union{},
		strings: map[*spec.Type]string{},
		sets:    map[*spec.EventSet]*eventSet{},
	}
	if opts.Shared != (Package{}) {
		b.shared = unchanged(s, bottom(s))
	}
	return b
}

// build fixes every name. The program is complete only when nothing was
// found.
func (b *builder) build() *program {
	s := b.out.spec
	b.bindings.reserve("a part of every package of bindings", bindingNames...)
	for _, a := range aliases {
		b.bindings.reserve("the alias of runtime."+a.name, a.name)
	}

	b.declareTypes(s.Types)
	b.defineTypes(s.Types)
	breakValueCycles(b.out.objects)
	b.out.dropShared()

	client := b.newScope()
	client.reserve("a method of every client", clientNames...)
	for _, set := range s.EventSets {
		b.eventSet(set)
	}
	if s.Broadcasts != nil {
		b.out.broadcasts = b.eventSet(s.Broadcasts)
		b.bindings.claim("BroadcastSubscription", s.Broadcasts.Pos, "the set of broadcasts")
		client.claim(broadcastsMethod, s.Broadcasts.Pos, "the set of broadcasts")
	}
	for _, c := range s.Channels {
		b.channel(c, client)
	}
	for _, c := range s.Captures {
		b.capture(c, client)
	}
	for _, r := range s.Requests {
		if r.Role == spec.RoleRequest {
			b.request(r, client)
		}
	}
	b.acceptedRules(s.Breaks)
	b.fileNames()
	return b.out
}

// goName returns the Go name of something: what the spec gives, or what its
// name makes.
func (b *builder) goName(given, name string, pos spec.Pos, what string) string {
	goName := given
	if goName == "" {
		goName = exported(name)
	}
	if !isExportedName(goName) {
		b.report(pos, CodeGoName, "Give it a Go name that begins with a capital letter, with `goName:`"+longForm(what)+".",
			"%s cannot be the Go name of %s", quoted(goName), what)
		return placeholder(pos)
	}
	return goName
}

// suffix is goName for a name that only ever stands after another one, where
// "8x8" is as good as any.
func (b *builder) suffix(given, name string, pos spec.Pos, what string) string {
	goName := given
	if goName == "" {
		goName = exported(name)
	}
	if goName == "" || !isExportedName("X"+goName) {
		b.report(pos, CodeGoName, "Give it a Go name with `goName:`"+longForm(what)+".",
			"%s cannot be part of a Go name, for %s", quoted(goName), what)
		return placeholder(pos)
	}
	return goName
}

// placeholder stands for a name that was reported, so that it meets no other
// and is not reported again.
func placeholder(pos spec.Pos) string { return fmt.Sprintf("L%dC%d", pos.Line, pos.Column) }

func quoted(name string) string { return fmt.Sprintf("%q", name) }

// fields builds the fields of an object within scope.
func (b *builder) fields(list []*spec.Field, in *scope, parent spec.Evidence) []*field {
	var out []*field
	for _, f := range list {
		what := "field " + quoted(f.Name)
		name := b.goName(f.GoName, f.Name, f.Pos, what)
		in.claim(name, f.Pos, what)
		t := b.typ(f.Type)
		if f.Optional {
			b.noEmptyUnion(f.Type, "may be absent")
		}
		d := paragraphs(f.Doc)
		if f.Default != "" {
			d = d.append("Default: " + f.Default + ".")
		}
		d = d.append(differs(f.Evidence, parent))
		out = append(out, &field{
			name:     name,
			key:      f.Name,
			doc:      d,
			typ:      t,
			form:     formOf(t, f.Optional || f.Type.Nullable),
			optional: f.Optional,
			nullable: f.Type.Nullable,

			noEmptyItems: f.NoEmptyItems,
		})
	}
	return out
}

// typeFields builds the fields of an entity, of which a program has to know that
// codec.Map leaves nil what is empty.
func (b *builder) typeFields(list []*spec.Field, in *scope, parent spec.Evidence) []*field {
	fields := b.fields(list, in, parent)
	for _, f := range fields {
		if f.typ.kind == kindMap && !f.optional && !f.nullable {
			f.doc = f.doc.append("Nil when it is empty.")
		}
	}
	return fields
}

// formOf tells how a field holds a value of type t that may be missing.
func formOf(t *typ, missing bool) form {
	switch {
	case !missing:
		return plain
	case t.kind == kindObject:
		return pointer
	case t.scalar():
		return wrapped
	default:
		return plain
	}
}

// noEmptyUnion refuses what nil would have to stand for besides {}.
func (b *builder) noEmptyUnion(e *spec.TypeExpr, may string) {
	if e.Named != nil && e.Named.Kind == spec.KindUnion && e.Named.Empty {
		b.report(e.Pos, CodeEmptyUnion, "In Go, nil stands for {} here: make it one that is always there, or the union one that is never empty.",
			"%s has `empty: true` and %s", e.Named.Name, may)
	}
}

// typ resolves a use of a type.
func (b *builder) typ(e *spec.TypeExpr) *typ {
	t := &typ{nullable: e.Nullable}
	switch {
	case e.List != nil:
		t.kind, t.elem = kindList, b.typ(e.List)
	case e.Map != nil:
		t.kind, t.elem = kindMap, b.typ(e.Map)
	case e.Named != nil:
		if e.Nullable {
			b.noEmptyUnion(e, "may be null")
		}
		b.named(t, e.Named)
	default:
		t.kind = basics[e.Basic]
	}
	return t
}

var basics = map[spec.Basic]kind{
	spec.String:    kindString,
	spec.Integer:   kindInteger,
	spec.Number:    kindNumber,
	spec.Boolean:   kindBoolean,
	spec.Timestamp: kindTimestamp,
	spec.Any:       kindAny,
}

func (b *builder) named(t *typ, named *spec.Type) {
	switch named.Kind {
	case spec.KindObject:
		t.kind, t.object = kindObject, b.objects[named]
	case spec.KindUnion:
		t.kind, t.union = kindUnion, b.unions[named]
	default:
		t.kind, t.name, t.shared = kindString, b.strings[named], b.shared[named] != nil
	}
}

// bodyObject builds the struct of a message: its one value, its fields, or
// nothing.
func (b *builder) bodyObject(m *spec.Message, o *object, in *scope) body {
	switch {
	case m.Body != nil:
		name := b.asName(m)
		in.claim(name, m.Pos, "the body of "+quoted(m.Name))
		t := b.typ(m.Body)
		o.fields = []*field{{name: name, key: m.As, typ: t, form: formOf(t, m.Body.Nullable), nullable: m.Body.Nullable}}
		return bodyValue
	case len(m.Fields) > 0:
		o.fields = b.fields(m.Fields, in, m.Evidence)
		b.tooMany(o, bodyType)
		return bodyFields
	default:
		return bodyNull
	}
}

// asName is the Go name of the field that holds a message's body.
func (b *builder) asName(m *spec.Message) string {
	switch {
	case m.As != "":
		return b.goName("", m.As, m.Pos, "the body of "+quoted(m.Name))
	case m.Body.Named != nil:
		return exported(b.typeName(m.Body.Named))
	default:
		b.report(m.Pos, CodeAs, "Name it with `as:`, in lower camel case, as in `as: ready`.",
			"the body of %s has no name: its type has none to lend", quoted(m.Name))
		return "Body"
	}
}

func (b *builder) typeName(t *spec.Type) string {
	if t.GoName != "" {
		return t.GoName
	}
	return exported(t.Name)
}

// The cures for more required fields than bindings tell apart: a type embeds
// others, and what has fields of its own in another place does not.
const (
	embedSome = "Move some of its fields to a type of their own, and embed that."
	bodyType  = "Give it a body of one type, as in `body: Report`, that embeds others with some of the fields each."
)

func (b *builder) tooMany(o *object, cure string) {
	if n := o.required(); n > maxRequired {
		b.report(o.pos, CodeTooMany, cure,
			"%s has %d required fields, and bindings tell at most %d apart", o.label, n, maxRequired)
	}
}

// parameter returns the name of a method's parameter; cure says how to choose
// another.
func (b *builder) parameter(name string, pos spec.Pos, what, cure string) string {
	param := unexported(exported(name))
	b.parameters[param] = true
	if !isParameterName(param) {
		b.report(pos, CodeAs, cure, "%s cannot be the parameter that takes %s: Go, or the method itself, uses that name", quoted(param), what)
	}
	return param
}

// fileNames gives each set and channel a file. Names that Go's build would
// read something into, or that another file has, get a longer one.
func (b *builder) fileNames() {
	used := map[string]bool{}
	for _, name := range []string{"client", "events", "runtime", "captures", "broadcasts", "requests", "dialect", "doc"} {
		used[name] = true
	}
	pick := func(base, suffix string) string {
		for used[base] || hasBuildSuffix(base) {
			base += suffix
		}
		used[base] = true
		return base + ".go"
	}
	for _, s := range b.out.sets {
		s.file = pick(short(snake(s.name))+"_events", "_set")
	}
	for _, c := range b.out.channels {
		c.file = pick(short(snake(c.name)), "_channel")
	}
}

// short cuts the name of a file where systems that take no more than 255 bytes
// could refuse it, with room for what is put behind.
func short(base string) string {
	const most = 160
	if len(base) <= most {
		return base
	}
	cut := most
	for !utf8.RuneStart(base[cut]) {
		cut--
	}
	return base[:cut]
}

// hasBuildSuffix reports whether Go would take a file of this name for a test
// or for one platform only.
func hasBuildSuffix(base string) bool {
	i := strings.LastIndexByte(base, '_')
	return i >= 0 && slices.Contains(buildSuffixes, base[i+1:])
}

// buildSuffixes are the systems and architectures of Go, and "test".
var buildSuffixes = strings.Fields(`test
	aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos
	386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64
	ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm`)
