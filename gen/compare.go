package gen

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/spec"
)

// Change is one thing in which two specs differ. What came or went as a whole
// is one change, whatever it holds.
type Change struct {
	Kind  ChangeKind
	Group string // what a person would look under, as in "channel main" or "socket"
	What  string // what it is, as in "event"
	Name  string // of it, as in "mention"
	Path  string // the keys that lead to it, as in "channels.main.events.mention"

	// Attribute is what Changed is about, as in "type" or "permission"; ""
	// when the thing is a mere value, as the socket's path. Before and After
	// are what it was and is, as the files write it; "" stands for nothing.
	Attribute     string
	Before, After string

	// Old and New are where it stands in either spec, zero where it does not.
	Old, New spec.Pos

	within string // what of the group it belongs to, as in "send move"; "" = the group itself
	prose  bool   // Before and After are for people
}

// ChangeKind says what happened to a thing.
type ChangeKind string

const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Altered ChangeKind = "changed"
)

// String tells the change without its group, as in "event foo added" or
// "param listId: type string -> UserListID".
func (c Change) String() string {
	what := c.What
	if c.Name != "" {
		what += " " + c.Name
	}
	if what == c.Group || c.What == c.Group {
		what = strings.TrimSpace(strings.TrimPrefix(what, c.Group)) // it is said above
	}
	if c.within != "" {
		what = c.within + ", " + what
	}
	if c.Kind != Altered {
		return strings.TrimSpace(what + " " + string(c.Kind))
	}
	if what != "" {
		what += ": "
	}
	attribute, before, after := c.Attribute, c.Before, c.After
	if attribute != "" {
		attribute += " "
	}
	if c.prose {
		before, after = summary(before), summary(after)
	}
	switch {
	case before == "":
		return what + attribute + after + " added"
	case after == "":
		return what + attribute + before + " removed"
	case c.prose:
		return what + attribute + "reworded"
	default:
		return what + attribute + before + " -> " + after
	}
}

// summary puts prose on one line of bearable length, in quotes.
func summary(text string) string {
	const most = 60
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) > most {
		line = append(line[:most:most], '…')
	}
	if len(line) == 0 {
		return ""
	}
	return quoted(string(line))
}

// Compare tells what differs between two specs, documentation and evidence
// included. The changes of a group stand together, in the order of the new
// spec, what is gone last. A type that only got another name is a change of its
// name, and not of all that use it. Specs that say the same give nothing,
// however they are written.
func Compare(old, new *spec.Spec) []Change {
	var out []Change
	for _, c := range newComparison(old, new).changes() {
		out = append(out, c.export()...)
	}
	slices.SortStableFunc(out, func(a, b Change) int {
		return cmp.Or(cmp.Compare(groupRank(a.Group), groupRank(b.Group)), cmp.Compare(a.Group, b.Group))
	})
	return out
}

// groupRanks is the order in which groups are told, by their first word.
var groupRanks = []string{"spec", "socket", "limits", "channel", "event", "capture", "broadcasts", "request", "type"}

func groupRank(group string) int {
	first, _, _ := strings.Cut(group, " ")
	return slices.Index(groupRanks, first)
}

// comparison is two specs fact by fact.
type comparison struct {
	old, new *collector
	renamed  map[string]string // old name of a type: its new one
}

func newComparison(old, new *spec.Spec) *comparison {
	renamed := renames(old, new)
	return &comparison{old: factsOf(old, renamed), new: factsOf(new, nil), renamed: renamed}
}

// change is a fact that came, went, or has an attribute that is another.
type change struct {
	old, new *fact // nil where it is not
	attr     *attrChange
}

type attrChange struct{ old, new attr }

// changes finds what differs. What belongs to a fact that came or went is not
// found besides.
func (c *comparison) changes() []change {
	var out []change
	for _, now := range c.new.facts {
		was := c.old.byKey[now.key]
		if was == nil {
			if now.parent == nil || c.old.byKey[now.parent.key] != nil {
				out = append(out, change{new: now})
			}
			continue
		}
		if was.name != now.name && was.kind == factType {
			name := attrChange{attribute("name", was.name), attribute("name", now.name)}
			out = append(out, change{was, now, &name})
		}
		for _, b := range now.attrs {
			for _, a := range was.attrs {
				if a.name == b.name && a.same != b.same && !(a.inherited && b.inherited) {
					out = append(out, change{was, now, &attrChange{a, b}})
				}
			}
		}
	}
	for _, was := range c.old.facts {
		if c.new.byKey[was.key] == nil && (was.parent == nil || c.new.byKey[was.parent.key] != nil) {
			out = append(out, change{old: was})
		}
	}
	return out
}

// export is the change as users see it; a list gives one for each item that
// came or went.
func (c change) export() []Change {
	f, out := c.new, Change{Kind: Altered}
	switch {
	case c.old == nil:
		out.Kind, out.New = Added, f.pos
	case c.new == nil:
		f = c.old
		out.Kind, out.Old = Removed, f.pos
	default:
		out.Old, out.New = c.old.pos, f.pos
	}
	out.Group, out.What, out.Name, out.Path = f.group, string(f.kind), f.name, f.path
	if p := f.parent; p != nil && p.parent != nil && p.kind != factSet {
		out.within = string(p.kind) + " " + p.name
	}
	if c.attr == nil {
		return []Change{out}
	}
	old, new := c.attr.old, c.attr.new
	out.Attribute, out.prose = new.name, new.prose
	if old.items == nil && new.items == nil {
		out.Before, out.After = old.value, new.value
		return []Change{out}
	}
	var all []Change
	item := func(before, after string) {
		one := out
		one.Before, one.After = before, after
		all = append(all, one)
	}
	for _, text := range old.items {
		if !slices.Contains(new.items, text) {
			item(text, "")
		}
	}
	for _, text := range new.items {
		if !slices.Contains(old.items, text) {
			item("", text)
		}
	}
	if all == nil { // the same in another order
		item(strings.Join(old.items, ", "), strings.Join(new.items, ", "))
	}
	return all
}

// renames finds the types that have another name in the new spec and are
// otherwise the same: where one that is gone was used, there is now one that
// is new, wherever it was used.
func renames(old, new *spec.Spec) map[string]string {
	was, is := typesByName(old), typesByName(new)
	before, after := factsOf(old, nil), factsOf(new, nil)
	found, taken := map[string]string{}, map[string]string{}
	bad := map[string]bool{}
	pair := func(a, b *spec.Type) {
		if a.Name == b.Name || is[a.Name] != nil || was[b.Name] != nil {
			return
		}
		if other, ok := found[a.Name]; ok && other != b.Name {
			bad[a.Name] = true
		}
		if other, ok := taken[b.Name]; ok && other != a.Name {
			bad[a.Name], bad[other] = true, true
		}
		found[a.Name], taken[b.Name] = b.Name, a.Name
	}
	for _, f := range before.facts {
		if g := after.byKey[f.key]; g != nil {
			for _, uses := range zip(f.uses(), g.uses()) {
				pairTypes(uses[0], uses[1], pair)
			}
		}
	}
	for name, other := range found {
		if bad[name] || shape(was[name]) != shape(is[other]) {
			delete(found, name)
		}
	}
	return found
}

func typesByName(s *spec.Spec) map[string]*spec.Type {
	types := map[string]*spec.Type{}
	for _, t := range s.Types {
		types[t.Name] = t
	}
	return types
}

// uses are the types that a fact uses.
func (f *fact) uses() []*spec.TypeExpr {
	switch is := f.is.(type) {
	case *spec.Field:
		return []*spec.TypeExpr{is.Type}
	case *spec.Message:
		return []*spec.TypeExpr{is.Body}
	case *spec.Request:
		return []*spec.TypeExpr{is.Body}
	case *spec.Type:
		var uses []*spec.TypeExpr
		for _, ref := range is.Embeds {
			uses = append(uses, &spec.TypeExpr{Pos: ref.Pos, Named: ref.Type})
		}
		return uses
	}
	return nil
}

func zip[T any](a, b []T) [][2]T {
	var pairs [][2]T
	for i := range min(len(a), len(b)) {
		pairs = append(pairs, [2]T{a[i], b[i]})
	}
	return pairs
}

// pairTypes calls pair for the named types that stand in the same place of two
// uses.
func pairTypes(a, b *spec.TypeExpr, pair func(a, b *spec.Type)) {
	for a != nil && b != nil {
		switch {
		case a.Named != nil && b.Named != nil:
			pair(a.Named, b.Named)
			return
		case a.List != nil && b.List != nil:
			a, b = a.List, b.List
		case a.Map != nil && b.Map != nil:
			a, b = a.Map, b.Map
		default:
			return
		}
	}
}

// shape is what a type is, apart from its name and from what is said of it.
func shape(t *spec.Type) string {
	var b strings.Builder
	name := func(use *spec.Type) string {
		if use == t {
			return "·" // itself
		}
		return use.Name
	}
	fields := func(list []*spec.Field) {
		for _, f := range list {
			fmt.Fprintf(&b, " %q %t %s", f.Name, f.Optional, f.Type.Text(name))
		}
	}
	fmt.Fprintf(&b, "%d %q %t", t.Kind, t.Discriminator, t.Empty)
	for _, ref := range t.Embeds {
		fmt.Fprintf(&b, " embeds %s", ref.Type.Name)
	}
	fields(t.Fields)
	for _, v := range t.Values {
		fmt.Fprintf(&b, " value %q", v.Value)
	}
	for _, v := range t.Variants {
		fmt.Fprintf(&b, " variant %q", v.Tag)
		fields(v.Fields)
	}
	return b.String()
}
