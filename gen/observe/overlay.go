package observe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen/internal/seed"
	"github.com/misskeyactor/misskeyactor/spec"
)

// Overlay says what an overlay that is offered calls itself, and how to tell
// whether it is any good.
type Overlay struct {
	Name    string // of the dialect; "" = that of the spec, and "-observed"
	Extends string // what it extends, as its key of that name has it; "" = the spec's name
	Version string // of the server, where it is known, as in 2026.3.2

	// Try loads the overlay and returns what is wrong with it, as
	// spec.Diagnostics in which the overlay is called File. What is said of a
	// finding that it refuses is left out, unless giving it a goName helps. It is
	// called once where nothing is wrong. Nil = the overlay is not tried.
	Try  func(overlay []byte) error
	File string
}

// Offer returns an overlay, as YAML, that says what the recordings have and the
// spec has not, for a person to correct: types are those that fit all values
// that were seen, and nothing is said of what it means. With it the recordings
// depart in nothing that it is offered for; Finding.Offered tells which findings
// these are in the Reports that follow, and Finding.Unfit why others had to be
// left out. It returns nil when there is nothing to offer. Findings that are
// accepted are left out.
func (o *Observer) Offer(as Overlay) []byte {
	f := o.fit(as)
	o.unfit = f.unfit
	p := o.patches(o.offering, f.named)
	if p.declared.empty() && p.patch.empty() {
		return nil
	}
	return []byte(p.page(as).String())
}

// offering reports whether a finding was not refused by the last Offer.
func (o *Observer) offering(finding string) bool { return o.unfit[finding] == "" }

// page writes the overlay.
func (p *patcher) page(as Overlay) *page {
	if as.Name == "" {
		as.Name = p.spec.Name + "-observed"
	}
	if as.Extends == "" {
		as.Extends = p.spec.Name
	}
	head := &node{}
	head.set("name", seed.Word(as.Name))
	head.set("extends", path(as.Extends))
	if as.Version != "" {
		head.set("checked", "["+as.Version+"]")
		head.set("seen", "["+as.Version+"]")
	}
	out := &page{places: map[int]string{}, named: p.named}
	out.printf("", "# Made from what was observed. Types fit what was seen; what it means is for you to say.\n")
	out.lines++
	head.write(out, "", "")
	for _, part := range []*node{&p.declared, {keys: []string{"patch"}, kids: map[string]*node{"patch": &p.patch}}} {
		if inner := part.kids["patch"]; !part.empty() && (inner == nil || !inner.empty()) {
			out.printf("", "")
			part.write(out, "", "")
		}
	}
	return out
}

// patcher makes an overlay of findings.
type patcher struct {
	*Observer
	declared node // sections with what is new
	patch    node
	changes  map[any]*change // by field, or message for its body
	order    []*change
	offered  map[string]bool   // findings, by side and name
	places   map[string]string // of what is new, by the same
	named    map[string]bool   // places that get a goName
}

// change is what becomes of the type of a slot.
type change struct {
	slot     *slot
	optional bool
	nullable map[*spec.TypeExpr]bool
	types    map[*spec.TypeExpr]string
	evidence string
}

// patches makes the overlay of the findings that are wanted and not accepted;
// nil wants all. named are the places that get a goName.
func (o *Observer) patches(wanted func(finding string) bool, named map[string]bool) *patcher {
	p := &patcher{Observer: o, changes: map[any]*change{}, offered: map[string]bool{}, places: map[string]string{}, named: named}
	for _, f := range o.findings() {
		if f.fix != nil && f.Reason == "" && (wanted == nil || wanted(f.key())) {
			p.offered[f.key()] = f.fix.apply(p, f)
		}
	}
	for _, c := range p.order {
		c.write(p)
	}
	slices.Sort(p.patch.keys)
	return p
}

// offers reports whether the overlay cures a finding.
func (p *patcher) offers(f *found) bool { return p.offered[f.key()] }

// isNew notes where in the overlay something new stands that a finding is about.
func (p *patcher) isNew(f *found, a address) {
	keys := append([]string{"patch"}, a...)
	switch {
	case a[0] == "broadcasts" && p.spec.Broadcasts == nil:
		keys = a
	case a[0] != "broadcasts":
		keys = append([]string{"patch", a[:2].String()}, a[2:]...)
	}
	p.places[f.key()] = strings.Join(keys, placeSeparator)
}

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
