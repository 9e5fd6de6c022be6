package spec

// inheritEvidence gives every fact without evidence of its own that of the
// fact it belongs to. What an overlay adds to a fact of the dialect it extends
// was not seen where that was: it has the evidence at the overlay's root.
func (l *loader) inheritEvidence() {
	s := l.spec
	l.roots[l.at.String()] = s.Evidence
	root := fact{s.Evidence, l.at.String()}
	l.inherit(&s.Socket.Evidence, s.Socket.Pos, root)
	l.inherit(&s.Limits.Evidence, s.Limits.Pos, root)
	for _, t := range s.Types {
		of := l.inherit(&t.Evidence, t.Pos, root)
		for _, v := range t.Values {
			l.inherit(&v.Evidence, v.Pos, of)
		}
		l.inheritFields(t.Fields, of)
		for _, v := range t.Variants {
			l.inheritFields(v.Fields, l.inherit(&v.Evidence, v.Pos, of))
		}
	}
	for _, c := range s.Channels {
		of := l.inherit(&c.Evidence, c.Pos, root)
		l.inheritFields(c.Params, of)
		l.inheritMessages(c.Sends, of)
	}
	for _, c := range s.Captures {
		of := l.inherit(&c.Evidence, c.Pos, root)
		l.inheritFields([]*Field{c.Key}, of)
		l.inheritSet(c.Events, of)
	}
	for _, set := range s.EventSets {
		l.inheritSet(set, root)
	}
	if s.Broadcasts != nil {
		l.inheritSet(s.Broadcasts, root)
	}
	for _, r := range s.Requests {
		l.inheritFields(r.Fields, l.inherit(&r.Evidence, r.Pos, root))
	}
}

// fact is what evidence is inherited from.
type fact struct {
	Evidence
	layer string
}

// inherit fills in what is not stated of a fact that stands at pos. A nil Seen
// is not stated; an empty one says that the fact was only read in the source.
func (l *loader) inherit(e *Evidence, pos Pos, from fact) fact {
	layer := l.layer(pos)
	if layer == "" {
		layer = from.layer // of a section that is not there
	}
	if layer != from.layer {
		from.Evidence = l.roots[layer]
	}
	if e.Seen == nil {
		e.Seen = from.Seen
	}
	if e.Since == "" {
		e.Since = from.Since
	}
	return fact{*e, layer}
}

func (l *loader) inheritSet(set *EventSet, from fact) {
	l.inheritMessages(set.Events, l.inherit(&set.Evidence, set.Pos, from))
}

func (l *loader) inheritMessages(messages []*Message, from fact) {
	for _, m := range messages {
		l.inheritFields(m.Fields, l.inherit(&m.Evidence, m.Pos, from))
	}
}

func (l *loader) inheritFields(fields []*Field, from fact) {
	for _, f := range fields {
		l.inherit(&f.Evidence, f.Pos, from)
	}
}
