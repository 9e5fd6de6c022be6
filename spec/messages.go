package spec

// message reads an event or a send: a body of one type, fields, or null.
func (l *loader) message(e entry, what string, shape *shape) *Message {
	l.wireName(e.Pos, e.key)
	what += " " + Quote(e.key)
	o := l.object(e.value, e.Pos, what, shape)
	m := &Message{Pos: e.Pos, Name: e.key}
	l.messageOf(m, o)
	if !o.has("body") && !o.has("fields") {
		o.need("body", "Write the type of its body, body: null when it has none, or fields.")
	}
	if e := o.get("unpublished"); l.flag(o, "unpublished") {
		m.Unpublished = true
		if len(m.Seen) > 0 {
			l.report(l.here(e.Pos, o.get("seen").Pos), CodeConflict, what+" is unpublished and yet seen",
				"What was seen is published: remove one of the two keys.")
		}
		if m.Seen == nil {
			m.Seen = []string{}
		}
	}
	return m
}

// messageOf fills what events, sends and requests have in common.
func (l *loader) messageOf(m *Message, o *object) {
	m.Evidence = l.evidence(o)
	m.Doc = l.text(o, "doc")
	m.GoName = l.exported(o, "goName")
	body := o.get("body")
	if o.get("fields") != nil {
		m.Fields = l.fields(o.get("fields"), o.what)
		if v := o.get("fields"); v.kind == mappingValue && len(v.entries) == 0 {
			l.report(l.emptied(v), CodeEmpty, o.what+" has no fields", "Write body: null when it has no body, or declare a field.")
		}
		return
	}
	switch {
	case l.wantCured(body, Quote("body"), l.typeCure(body), stringValue, nullValue) && body.kind == stringValue:
		m.Body = l.typeExpr(body, Quote("body"))
		m.As = l.unexported(o, "as")
		if m.Body != nil && (m.Body.Basic != "" || m.Body.List != nil || m.Body.Map != nil) {
			o.need("as", "Name what the body is, as in as: stats; its type has no name to go by.")
		}
	case o.get("as") != nil && (body == nil || body.kind == nullValue):
		l.report(o.get("as").Pos, CodeConflict, o.what+` names its body with "as" and has none`,
			"Remove the key, or write the type of the body.")
	}
}

// events reads a mapping of events, each new in its set.
func (l *loader) events(v *value, set string) []*Message {
	if !l.want(v, Quote("events")+" of "+set, mappingValue) {
		return nil
	}
	if len(v.entries) == 0 {
		l.report(l.emptied(v), CodeEmpty, set+" has no events", "Declare an event.")
	}
	return l.messages(v, "the event", eventShape)
}

// messages reads a mapping of messages, the first of each name.
func (l *loader) messages(v *value, what string, shape *shape) []*Message {
	var messages []*Message
	first := map[string]Pos{}
	for _, e := range v.entries {
		m := l.message(e, what, shape)
		if at, taken := first[e.key]; taken {
			l.reportDuplicate(e.Pos, what+" "+Quote(e.key), at)
			continue
		}
		first[e.key] = e.Pos
		messages = append(messages, m)
	}
	return messages
}

func (l *loader) declareSet(e entry) {
	l.wireName(e.Pos, e.key)
	what := "the event set " + Quote(e.key)
	o := l.object(e.value, e.Pos, what, eventSetShape)
	set := &EventSet{Pos: e.Pos, Name: e.key}
	set.Evidence = l.evidence(o)
	set.Doc = l.text(o, "doc")
	set.GoName = l.exported(o, "goName")
	if !o.has("includes") {
		o.need("events", "Declare its events, or include a set.")
	}
	l.strings(o.get("includes"), Quote("includes"), func(item *value) {
		ref := &SetRef{Pos: item.Pos}
		set.Includes = append(set.Includes, ref)
		l.useSet(item, func(s *EventSet) { ref.Set = s })
	})
	if events := o.get("events"); events != nil && o.get("includes") != nil && len(events.entries) == 0 {
		l.want(events, Quote("events")+" of "+what, mappingValue) // {} beside an include
	} else {
		set.Events = l.events(events, what)
	}
	l.claimSet(declaredSet, set.Name, set.Pos)
	if l.sets[set.Name] == nil { // also when a set of another kind has the name, which is enough to report
		l.sets[set.Name] = set
		l.spec.EventSets = append(l.spec.EventSets, set)
	}
}

// broadcasts reads the events that reach every socket.
func (l *loader) broadcasts(e entry) *EventSet {
	o := l.object(e.value, e.Pos, "the section broadcasts", broadcastsShape)
	set := &EventSet{Pos: e.Pos, Name: "broadcast"}
	set.Evidence = l.evidence(o)
	set.Doc = l.text(o, "doc")
	set.GoName = l.exported(o, "goName")
	set.Events = l.events(o.get("events"), "the section broadcasts")
	l.claimSet(broadcastSet, set.Name, set.Pos)
	return set
}
