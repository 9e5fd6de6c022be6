package gen

import "github.com/misskeyactor/misskeyactor/spec"

// heirs finds what is lost, or comes in another shape, where something had
// parts from elsewhere: a channel from another event set, an event set from
// one that it included, an object from one that it embedded.
func (b *breaking) heirs(c change) {
	if c.new == nil {
		if set, ok := b.newSet(c.old); ok && c.old.kind == factEvent {
			b.moved(c.old, set)
		}
		return
	}
	if c.attr == nil || c.old == nil {
		return
	}
	switch name := c.attr.new.name; {
	case c.new.kind == factChannel && name == "events":
		was, is := c.old.is.(*spec.Channel), c.new.is.(*spec.Channel)
		b.lost(c, was.Events.AllEvents(), is.Events)
	case c.new.kind == factSet && name == "includes":
		is := c.new.is.(*spec.EventSet)
		for _, ref := range c.old.is.(*spec.EventSet).Includes {
			if !includes(is, ref.Set.Name) {
				b.lost(c, ref.Set.AllEvents(), is)
			}
		}
	case c.new.kind == factType && name == "embeds":
		b.embeds(c)
	}
}

// newSet is the set that an old event's set has become.
func (b *breaking) newSet(f *fact) (*spec.EventSet, bool) {
	if f.parent == nil || b.newParent(f) == nil {
		return nil, false
	}
	set, ok := b.newParent(f).is.(*spec.EventSet)
	return set, ok
}

// moved looks at an event that its set no longer has for itself, and may get
// from one that it includes.
func (b *breaking) moved(old *fact, set *spec.EventSet) {
	m := eventOf(set, old.name)
	if m == nil {
		return // gone, and found
	}
	if !b.readsNew().readsMessage(old.is.(*spec.Message), m) {
		b.add(CodeTypeChanged, old.key, old.path, old.pos, m.Pos, "its body is another where the event comes from now")
	}
}

// lost compares the events that something had with those of the set it has
// now.
func (b *breaking) lost(c change, old []*spec.Message, set *spec.EventSet) {
	for _, m := range old {
		key, path := c.new.key+".events."+m.Name, c.new.path+".events."+m.Name
		switch is := eventOf(set, m.Name); {
		case m.Unpublished && (is == nil || is.Unpublished):
		case is == nil:
			b.add(CodeEventGone, key, path, m.Pos, c.new.pos, "the server no longer sends the event")
		case is.Unpublished && !m.Unpublished:
			b.add(CodeEventGone, key, path, m.Pos, is.Pos, "the server declares the event, and no longer sends it")
		case !b.readsNew().readsMessage(m, is):
			b.add(CodeTypeChanged, key, path, m.Pos, is.Pos, "its body is another in the event set "+set.Name)
		}
	}
}

// embeds looks at the fields that an object had from what it no longer
// embeds.
func (b *breaking) embeds(c change) {
	was, is := c.old.is.(*spec.Type), c.new.is.(*spec.Type)
	has := map[string]bool{}
	for _, f := range is.AllFields() {
		has[f.Name] = true
	}
	kept := map[string]bool{}
	for _, ref := range is.Embeds {
		kept[ref.Type.Name] = true
	}
	for _, ref := range was.Embeds {
		name := ref.Type.Name
		if other, ok := b.renamed[name]; ok {
			name = other
		}
		if kept[name] {
			continue
		}
		b.add(CodeEmbedGone, c.new.key, c.new.path, ref.Pos, c.new.pos, "it no longer embeds "+ref.Type.Name)
		for _, f := range ref.Type.AllFields() {
			if !has[f.Name] {
				b.add(CodeFieldGone, c.new.key+".fields."+f.Name, c.new.path+".fields."+f.Name, f.Pos, c.new.pos, "the server no longer sends the field")
			}
		}
	}
}

func eventOf(set *spec.EventSet, name string) *spec.Message {
	for _, m := range set.AllEvents() {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// includes reports whether a set has what another of this name has.
func includes(set *spec.EventSet, name string) bool {
	for _, ref := range set.Includes {
		if ref.Set.Name == name || includes(ref.Set, name) {
			return true
		}
	}
	return false
}
