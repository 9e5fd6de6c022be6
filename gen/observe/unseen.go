package observe

import "github.com/misskeyactor/misskeyactor/spec"

// Unseen is something of the spec that no recording had.
type Unseen struct {
	Path string // the key path that leads to it in the spec's files
	What string // channel, event, send, capture, broadcast, request, type, field, value or variant
	// Expected is set for what servers are not known to send: it is unpublished,
	// or was only ever read in their source.
	Expected bool
	spec.Pos
}

// unseen lists what was not met. Of what was not met itself nothing is listed
// that belongs to it.
func (o *Observer) unseen() (all []Unseen) {
	met := o.ledger.met
	miss := func(a address, what string, e spec.Evidence, pos spec.Pos) {
		all = append(all, Unseen{a.String(), what, e.Unpublished || len(e.Seen) == 0, pos})
	}
	for _, c := range o.spec.Channels {
		ch := o.index.channels[c.Name]
		if met[c] == 0 && o.unowned != ch {
			miss(address{"channels", c.Name}, "channel", c.Evidence, c.Pos)
			continue
		}
		for _, m := range ch.events.all {
			if met[heard{c.Name, m.Message}] == 0 {
				miss(address{"channels", c.Name, "events", m.Name}, "event", m.Evidence, m.Pos)
			}
		}
		for _, m := range ch.sends.all {
			if met[m.Message] == 0 {
				miss(m.address, "send", m.Evidence, m.Pos)
			}
		}
		for _, s := range ch.params.all {
			if met[s.field] == 0 {
				miss(s.address, "parameter", s.field.Evidence, s.field.Pos)
			}
		}
	}
	for _, c := range o.spec.Captures {
		if met[c] == 0 {
			miss(address{"captures", c.Name}, "capture", c.Evidence, c.Pos)
			continue
		}
		for _, m := range o.index.captures[c.Update].events.all {
			if met[m.Message] == 0 {
				miss(m.address, "event", m.Evidence, m.Pos)
			}
		}
	}
	for _, m := range o.index.broadcasts.all {
		if met[m.Message] == 0 {
			miss(m.address, "broadcast", m.Evidence, m.Pos)
		}
	}
	for _, r := range o.spec.Requests {
		if met[r] == 0 {
			miss(address{"requests", r.Name}, "request", r.Evidence, r.Pos)
		}
	}
	for _, t := range o.spec.Types {
		o.unseenOf(t, miss)
	}
	return all
}

// unseenOf lists what was not met of a type.
func (o *Observer) unseenOf(t *spec.Type, miss func(address, string, spec.Evidence, spec.Pos)) {
	met, here := o.ledger.met, address{"types", t.Name}
	fields := func(at address, fields []*spec.Field) {
		for _, f := range fields {
			if met[f] == 0 {
				miss(at.at("fields", f.Name), "field", f.Evidence, f.Pos)
			}
		}
	}
	if t.Kind == spec.KindID {
		return // it is what its fields are
	}
	if !o.metType(t) {
		miss(here, "type", t.Evidence, t.Pos)
		return
	}
	for _, v := range t.Values {
		if met[v] == 0 {
			miss(here.at("enum", v.Value), "value", v.Evidence, v.Pos)
		}
	}
	fields(here, t.Fields)
	for _, v := range t.Variants {
		if met[v] == 0 {
			miss(here.at("variants", v.Tag), "variant", v.Evidence, v.Pos)
			continue
		}
		fields(here.at("variants", v.Tag), v.Fields)
	}
}

// metType reports whether a type was met, by itself or embedded.
func (o *Observer) metType(t *spec.Type) bool {
	if o.ledger.met[t] > 0 {
		return true
	}
	for _, f := range t.Fields {
		if o.ledger.met[f] > 0 {
			return true
		}
	}
	return false
}
