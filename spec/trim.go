package spec

import "slices"

// checkTrimming reports channels that only and without name and that are not
// there.
func (l *loader) checkTrimming() {
	names := map[string]bool{}
	for _, c := range l.spec.Channels {
		names[c.Name] = true
	}
	for _, item := range slices.Concat(l.only, l.without) {
		if !names[item.text] {
			l.reportUnknown(use{pos: item.Pos, name: item.text}, CodeTrim, "channel", names)
		}
	}
}

// trim leaves out the channels that are not wanted, and the event sets and
// types that nothing uses without them and the patches. What nothing used
// before, here or in the dialect below, stays: it was declared for its own sake.
//
// What only names is what stays of the dialect below; the channels that an
// overlay declares itself are there because it wants them.
func (l *loader) trim(roots []*value) {
	if l.only == nil && l.without == nil {
		return
	}
	s := l.spec
	before := reach(s)
	before.below(s)
	inherited := l.inheritedChannels(roots)
	s.Channels = slices.DeleteFunc(s.Channels, func(c *Channel) bool {
		dropped := l.only != nil && !names(l.only, c.Name) && (s.Extends == nil || inherited[c.Name])
		return dropped || names(l.without, c.Name)
	})
	after := reach(s)
	after.others(s, before)
	s.EventSets = slices.DeleteFunc(s.EventSets, func(set *EventSet) bool { return before.sets[set] && !after.sets[set] })
	s.Types = slices.DeleteFunc(s.Types, func(t *Type) bool { return before.types[t] && !after.types[t] })

	// An overlay of this dialect gets what is left.
	kept := map[string]map[string]bool{"channels": {}, "eventSets": {}, "types": {}}
	for _, c := range s.Channels {
		kept["channels"][c.Name] = true
	}
	for _, set := range s.EventSets {
		kept["eventSets"][set.Name] = true
	}
	for _, t := range s.Types {
		kept["types"][t.Name] = true
	}
	for section, left := range kept {
		if e := l.facts.entry(section); e != nil {
			e.value.entries = slices.DeleteFunc(e.value.entries, func(e entry) bool { return !left[e.key] })
		}
	}
}

// inheritedChannels returns the channels of the dialect below, but those that
// files of this one declare anew.
func (l *loader) inheritedChannels(roots []*value) map[string]bool {
	inherited := map[string]bool{}
	if l.spec.Extends != nil {
		for _, c := range l.spec.Extends.Channels {
			inherited[c.Name] = true
		}
	}
	for _, root := range roots {
		if section := root.entry("channels"); section != nil {
			for _, e := range section.value.entries {
				delete(inherited, e.key)
			}
		}
	}
	return inherited
}

func names(list []*value, name string) bool {
	return slices.ContainsFunc(list, func(v *value) bool { return v.text == name })
}

// reached is what the messages of a spec use.
type reached struct {
	sets  map[*EventSet]bool
	types TypeSet
}

// reach follows every message of the spec to the types it carries.
func reach(s *Spec) reached {
	r := reached{map[*EventSet]bool{}, TypeSet{}}
	for _, c := range s.Channels {
		r.types.AddFields(c.Params...)
		r.types.AddMessages(c.Sends...)
		r.set(c.Events)
	}
	for _, c := range s.Captures {
		r.types.AddFields(c.Key)
		r.set(c.Events)
	}
	if s.Broadcasts != nil {
		r.set(s.Broadcasts)
	}
	for _, q := range s.Requests {
		r.types.AddMessages(&q.Message)
	}
	return r
}

// below adds what the dialect below uses, where it is still there.
func (r reached) below(s *Spec) {
	if s.Extends == nil {
		return
	}
	sets, types := map[string]bool{}, map[string]bool{}
	there := reach(s.Extends)
	for set := range there.sets {
		sets[set.Name] = true
	}
	for t := range there.types {
		types[t.Name] = true
	}
	for _, set := range s.EventSets {
		r.sets[set] = r.sets[set] || sets[set.Name]
	}
	for _, t := range s.Types {
		r.types[t] = r.types[t] || types[t.Name]
	}
}

// others adds what is declared for its own sake, with all that it uses.
func (r reached) others(s *Spec, used reached) {
	for _, set := range s.EventSets {
		if !used.sets[set] {
			r.set(set)
		}
	}
	for _, t := range s.Types {
		if !used.types[t] {
			r.types.Add(t)
		}
	}
}

func (r reached) set(s *EventSet) {
	if r.sets[s] {
		return
	}
	r.sets[s] = true
	for _, ref := range s.Includes {
		r.set(ref.Set)
	}
	r.types.AddMessages(s.Events...)
}
