package spec

// inheritEvidence gives every fact without evidence of its own that of the
// fact it belongs to.
func inheritEvidence(s *Spec) {
	s.Socket.inherit(s.Evidence)
	s.Limits.inherit(s.Evidence)
	for _, t := range s.Types {
		t.inherit(s.Evidence)
		for _, v := range t.Values {
			v.inherit(t.Evidence)
		}
		inheritFields(t.Fields, t.Evidence)
		for _, v := range t.Variants {
			v.inherit(t.Evidence)
			inheritFields(v.Fields, v.Evidence)
		}
	}
	for _, c := range s.Channels {
		c.inherit(s.Evidence)
		inheritFields(c.Params, c.Evidence)
		inheritMessages(c.Sends, c.Evidence)
	}
	for _, c := range s.Captures {
		c.inherit(s.Evidence)
		inheritFields([]*Field{c.Key}, c.Evidence)
		inheritSet(c.Events, c.Evidence)
	}
	for _, set := range s.EventSets {
		inheritSet(set, s.Evidence)
	}
	if s.Broadcasts != nil {
		inheritSet(s.Broadcasts, s.Evidence)
	}
	for _, r := range s.Requests {
		r.inherit(s.Evidence)
		inheritFields(r.Fields, r.Evidence)
	}
}

// inherit fills in what is not stated. A nil Seen is not stated; an empty one
// says that the fact was only read in the source.
func (e *Evidence) inherit(from Evidence) {
	if e.Seen == nil {
		e.Seen = from.Seen
	}
	if e.Since == "" {
		e.Since = from.Since
	}
}

func inheritSet(set *EventSet, from Evidence) {
	set.inherit(from)
	inheritMessages(set.Events, set.Evidence)
}

func inheritMessages(messages []*Message, from Evidence) {
	for _, m := range messages {
		m.inherit(from)
		inheritFields(m.Fields, m.Evidence)
	}
}

func inheritFields(fields []*Field, from Evidence) {
	for _, f := range fields {
		f.inherit(from)
	}
}
