package spec

import "slices"

// AllEvents returns the events of a set and of those it includes, which come
// first, each event once.
func (s *EventSet) AllEvents() []*Message {
	var all []*Message
	for _, ref := range s.Includes {
		for _, m := range ref.Set.AllEvents() {
			if !slices.Contains(all, m) {
				all = append(all, m)
			}
		}
	}
	return append(all, s.Events...)
}

// AllFields returns the fields of an object and of those it embeds, which come
// first. Of a union it returns those that every variant has.
func (t *Type) AllFields() []*Field {
	var all []*Field
	for _, ref := range t.Embeds {
		all = append(all, ref.Type.AllFields()...)
	}
	return append(all, t.Fields...)
}
