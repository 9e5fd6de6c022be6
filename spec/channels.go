package spec

func (l *loader) declareChannel(e entry) {
	l.wireName(e.Pos, e.key)
	what := "the channel " + Quote(e.key)
	o := l.object(e.value, e.Pos, what, channelShape)
	c := &Channel{
		Pos:        e.Pos,
		Evidence:   l.evidence(o),
		Name:       e.key,
		GoName:     l.exported(o, "goName"),
		Doc:        l.text(o, "doc"),
		Credential: l.credential(o),
		Permission: l.text(o, "permission"),
		Shared:     l.flag(o, "shared"),
		Leaks:      l.flag(o, "leaks"),
		Overflow:   DropOldest,
	}
	if word := l.word(o, "overflow"); word != "" {
		c.Overflow = Overflow(word)
	}
	if v := o.get("quirks"); v != nil {
		l.strings(v, Quote("quirks"), func(item *value) { c.Quirks = append(c.Quirks, item.text) })
	}
	if v := o.get("params"); v != nil {
		c.Params = l.fieldsOf(paramShape, v, what)
	}
	if v := o.get("sends"); l.want(v, Quote("sends")+" of "+what, mappingValue) {
		c.Sends = l.messages(v, "the send", sendShape)
	}
	l.channelEvents(c, o)
	if v := o.get("tokenEvent"); l.want(v, Quote("tokenEvent"), stringValue) {
		c.TokenEvent = v.text
		l.tokens = append(l.tokens, tokenEvent{c, v.Pos})
	}
	if l.declare("channel", c.Name, c.Pos) {
		l.spec.Channels = append(l.spec.Channels, c)
	}
}

// channelEvents reads the name of an event set, or events that make a set of
// the channel's own.
func (l *loader) channelEvents(c *Channel, o *object) {
	v := o.get("events")
	if !l.want(v, Quote("events"), stringValue, mappingValue) {
		return
	}
	if v.kind == stringValue {
		l.useSet(v, func(s *EventSet) { c.Events = s })
		return
	}
	c.Events = &EventSet{Pos: c.Pos, Evidence: c.Evidence, Name: c.Name, GoName: c.GoName, Events: l.events(v, o.what)}
	if l.claimSet(channelSet, c.Name, c.Pos) {
		l.inlineSets = append(l.inlineSets, c.Events)
	}
}

// credential reads whether an account is needed.
func (l *loader) credential(o *object) bool {
	return l.word(o, "credential") == "required"
}

// tokenEvent is a channel's, to be looked up when all event sets are known.
type tokenEvent struct {
	channel *Channel
	pos     Pos
}

func (l *loader) checkTokenEvent(t tokenEvent) {
	if t.channel.Events == nil {
		return // reported where it was looked for
	}
	names, seen := map[string]bool{}, map[*EventSet]bool{}
	changed := []Pos{t.channel.Pos} // where patches may have taken the event away
	whole := true
	var collect func(*EventSet)
	collect = func(s *EventSet) {
		if s == nil {
			whole = false
		}
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		if g := l.removal(l.factAt("eventSets", s.Name, "events"), t.channel.TokenEvent); g != nil {
			changed = append(changed, g.Pos)
		}
		changed = append(changed, s.Pos)
		for _, m := range s.Events {
			names[m.Name] = true
		}
		for _, inner := range s.Includes {
			collect(inner.Set)
		}
	}
	collect(t.channel.Events)
	if !names[t.channel.TokenEvent] && len(names) > 0 && whole { // else that is reported, and enough
		l.reportAbsent(l.here(t.pos, changed...), CodeEndsWith, "the channel "+Quote(t.channel.Name)+" has no event ", t.channel.TokenEvent, names)
	}
}
