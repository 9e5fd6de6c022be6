package spec

func (l *loader) declareCapture(e entry) {
	l.wireName(e.Pos, e.key)
	what := "the capture " + Quote(e.key)
	o := l.object(e.value, e.Pos, what, captureShape)
	c := &Capture{
		Pos:         e.Pos,
		Evidence:    l.evidence(o),
		Name:        e.key,
		GoName:      l.exported(o, "goName"),
		Method:      l.exported(o, "method"),
		Doc:         l.text(o, "doc"),
		Subscribe:   l.captureRequest(o, "subscribe", RoleSubscribe),
		Unsubscribe: l.captureRequest(o, "unsubscribe", RoleUnsubscribe),
		Key:         l.captureKey(o),
	}
	if v := o.get("update"); l.want(v, Quote("update"), stringValue) {
		c.Update = v.text
		l.wireName(v.Pos, v.text)
		l.declare(frameSpace, c.Update, v.Pos)
	}
	events := o.get("events")
	c.Events = &EventSet{Pos: e.Pos, Evidence: c.Evidence, Name: c.Name, GoName: c.GoName, Doc: c.Doc}
	c.Events.Events = l.events(events, what)
	if v := o.get("endsWith"); l.want(v, Quote("endsWith"), stringValue) {
		c.EndsWith = v.text
		l.checkEndsWith(c, v, events)
	}
	if l.declare("capture", c.Name, c.Pos) {
		l.claimSet(captureSet, c.Name, c.Pos)
		l.spec.Captures = append(l.spec.Captures, c)
	}
}

// captureRequest reads the name of a request that must have a role.
func (l *loader) captureRequest(o *object, key string, role Role) string {
	v := o.get(key)
	if !l.want(v, Quote(key), stringValue) {
		return ""
	}
	l.uses = append(l.uses, use{pos: v.Pos, name: v.text, resolve: func(u use) { l.resolveRequest(u, key, role) }})
	return v.text
}

// captureKey reads the one field that names the captured entity.
func (l *loader) captureKey(o *object) *Field {
	v := o.get("key")
	if !l.want(v, Quote("key"), mappingValue) {
		return nil
	}
	fields := l.fields(v, Quote("key"))
	if len(v.entries) != 1 {
		l.report(v.Pos, CodeCapture, "the key of a capture is one field", "Write one field, as in key: {id: NoteID}.")
		return nil
	}
	if f := fields[0]; f.Optional || f.Type != nil && f.Type.Nullable {
		l.report(f.Pos, CodeCapture, "the key of a capture must always be there",
			`Remove the question mark and "| null".`)
	}
	return fields[0]
}

func (l *loader) checkEndsWith(c *Capture, v, events *value) {
	if events == nil || events.kind != mappingValue {
		return
	}
	names := map[string]bool{}
	for _, e := range events.entries {
		names[e.key] = true
	}
	if !names[v.text] && len(names) > 0 { // else it has no events, which is reported
		l.reportAbsent(v.Pos, CodeEndsWith, "the capture "+Quote(c.Name)+" has no event ", v.text, names)
	}
}
