package observe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen/internal/seed"
	"github.com/misskeyactor/misskeyactor/spec"
)

// Overlay says what an overlay that is offered calls itself.
type Overlay struct {
	Name    string // of the dialect; "" = that of the spec, and "-observed"
	Extends string // what it extends, as its key of that name has it; "" = the spec's name
	Version string // of the server, where it is known, as in 2026.3.2
}

// Offer returns an overlay, as YAML, that says what the recordings have and the
// spec has not, for a person to correct: types are those that fit all values
// that were seen, and nothing is said of what it means. With it the recordings
// depart in nothing that it is offered for; Finding.Offered tells which findings
// these are. It returns nil when there is nothing to offer. Findings that are
// accepted are left out.
func (o *Observer) Offer(as Overlay) []byte {
	p := o.patches()
	if p.declared.empty() && p.patch.empty() {
		return nil
	}
	if as.Name == "" {
		as.Name = o.spec.Name + "-observed"
	}
	if as.Extends == "" {
		as.Extends = o.spec.Name
	}
	head := &node{}
	head.set("name", seed.Word(as.Name))
	head.set("extends", path(as.Extends))
	if as.Version != "" {
		head.set("checked", "["+as.Version+"]")
		head.set("seen", "["+as.Version+"]")
	}
	var out strings.Builder
	out.WriteString("# Made from what was observed. Types fit what was seen; what it means is for you to say.\n\n")
	head.write(&out, "")
	for _, part := range []*node{&p.declared, {keys: []string{"patch"}, kids: map[string]*node{"patch": &p.patch}}} {
		if inner := part.kids["patch"]; !part.empty() && (inner == nil || !inner.empty()) {
			out.WriteString("\n")
			part.write(&out, "")
		}
	}
	return []byte(out.String())
}

// patcher makes an overlay of findings.
type patcher struct {
	*Observer
	declared node // sections with what is new
	patch    node
	changes  map[any]*change // by field, or message for its body
	order    []*change
	offered  map[string]bool // findings, by side and name
}

// change is what becomes of the type of a slot.
type change struct {
	slot     *slot
	optional bool
	nullable map[*spec.TypeExpr]bool
	types    map[*spec.TypeExpr]string
	evidence string
}

// patches makes the overlay of all findings that are not accepted.
func (o *Observer) patches() *patcher {
	p := &patcher{Observer: o, changes: map[any]*change{}, offered: map[string]bool{}}
	for _, f := range o.findings() {
		if f.fix != nil && f.Reason == "" {
			p.offered[string(f.Side)+f.Name()] = f.fix.apply(p, f)
		}
	}
	for _, c := range p.order {
		c.write(p)
	}
	slices.Sort(p.patch.keys)
	return p
}

// offers reports whether the overlay cures a finding.
func (p *patcher) offers(f *found) bool { return p.offered[string(f.Side)+f.Name()] }

// at returns the mapping at an address, as a patch: below the path to the
// declaration.
func (p *patcher) at(a address) *node {
	switch {
	case a[0] == "broadcasts" && p.spec.Broadcasts == nil:
		return p.declared.at(a...)
	case a[0] == "broadcasts":
		return p.patch.at(a...)
	}
	return p.patch.at(a[:2].String()).at(a[2:]...)
}

// change returns what becomes of a slot.
func (p *patcher) change(s *slot, f *found) *change {
	var key any = s.field
	if s.field == nil {
		key = s.body
	}
	c := p.changes[key]
	if c == nil {
		c = &change{slot: s, nullable: map[*spec.TypeExpr]bool{}, types: map[*spec.TypeExpr]string{}, evidence: f.evidence()}
		p.changes[key] = c
		p.order = append(p.order, c)
	}
	return c
}

// write writes the type that a slot gets.
func (c *change) write(p *patcher) {
	text := c.expression(c.slot.expr)
	last := len(c.slot.address) - 1
	owner := p.at(c.slot.address[:last])
	if c.slot.field == nil {
		owner.comment = c.evidence
		owner.set("body", text)
		if named := strings.TrimSuffix(text, " | null"); c.slot.body.As == "" && !slices.ContainsFunc(p.spec.Types, func(t *spec.Type) bool { return t.Name == named }) {
			owner.set("as", "body")
		}
		return
	}
	key := c.slot.address[last]
	if c.optional || c.slot.field.Optional {
		key += "?"
	}
	owner.set(key, "{type: "+flow(text)+"}").comment = c.evidence
}

// expression writes a type with its changes.
func (c *change) expression(e *spec.TypeExpr) string {
	text, changed := c.types[e]
	switch {
	case changed:
	case e.Named != nil:
		text = e.Named.Name
	case e.List != nil:
		text = listOf(c.expression(e.List))
	case e.Map != nil:
		text = "map<" + c.expression(e.Map) + ">"
	default:
		text = string(e.Basic)
	}
	if (e.Nullable || c.nullable[e]) && text != string(spec.Any) && !strings.HasSuffix(text, "| null") {
		text += " | null"
	}
	return text
}

// joined is the type of values that were of the type, if there were any, and of
// those that were not.
func (p *patcher) joined(e *spec.TypeExpr, other *shape) string {
	seen := other.element(p.index)
	switch {
	case p.ledger.met[e] == 0:
		return seen
	case e.Basic == spec.Integer && seen == string(spec.Number):
		return seen
	case e.Basic == spec.Timestamp && seen == string(spec.String):
		return seen
	}
	return string(spec.Any)
}

// evidence says on what a part of an overlay rests.
func (f *found) evidence() string {
	times := "once"
	if f.Count > 1 {
		times = fmt.Sprintf("%d times", f.Count)
	}
	text := fmt.Sprintf("%s, as in %s:%d", times, shorten(f.Example.File), f.Example.Line)
	if f.Side == Client {
		text = "Sent by the client " + text + "; whether the server takes it is not known."
	} else {
		text = "Seen " + text + "."
	}
	return text
}
