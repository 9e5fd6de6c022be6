package spec

import (
	"maps"
	"regexp"
	"slices"
)

const sectionsHint = "a spec has types, eventSets, channels, captures, broadcasts and requests."

var dialectName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// walkFile takes the declarations of one file into the spec.
func (l *loader) walkFile(root *value) {
	o := l.object(root, root.Pos, "a spec file", rootShape)
	if o == nil || o.unknown {
		l.incomplete = true // an unread section may hold any name
	}
	if o == nil {
		return
	}
	for _, e := range root.entries {
		if k := rootShape.key(e.key); k != nil && !k.spread {
			if o.get(e.key) != e.value {
				continue // a second time in this file, which is reported
			}
			if first, taken := l.rootKeys[e.key]; taken {
				l.reportDuplicate(e.Pos, "the key "+Quote(e.key), first)
				continue
			}
			l.rootKeys[e.key] = e.Pos
		}
		l.walkKey(o, e)
	}
}

func (l *loader) walkKey(o *object, e entry) {
	s := l.spec
	switch e.key {
	case "name":
		s.Pos = e.Pos
		s.Name = l.named(o, e.key, dialectName, dialectHint)
	case "title":
		s.Title = l.text(o, e.key)
	case "doc":
		s.Doc = l.text(o, e.key)
	case "checked":
		l.items(e.value, Quote(e.key), func(item *value) {
			if v := l.version(item, "an item of "+Quote(e.key), false); v != "" {
				s.Checked = append(s.Checked, v)
			}
		})
	case "seen":
		s.Seen = l.evidence(&object{l: l, shape: rootShape, values: map[string]*value{e.key: e.value}}).Seen
	case "since":
		s.Since = l.version(e.value, Quote(e.key), true)
	case "only":
		l.strings(e.value, Quote(e.key), func(item *value) { l.only = append(l.only, item) })
	case "without":
		l.strings(e.value, Quote(e.key), func(item *value) { l.without = append(l.without, item) })
	case "breaks":
		s.Breaks = l.breaks(e.value)
	case "socket":
		s.Socket = l.socket(e)
	case "limits":
		s.Limits = l.limits(e)
	case "broadcasts":
		s.Broadcasts = l.broadcasts(e)
	case "types":
		l.declarations(e, l.declareType)
	case "eventSets":
		l.declarations(e, l.declareSet)
	case "channels":
		l.declarations(e, l.declareChannel)
	case "captures":
		l.declarations(e, l.declareCapture)
	case "requests":
		l.declarations(e, l.declareRequest)
	}
}

// declarations calls declare for each entry of a section.
func (l *loader) declarations(section entry, declare func(entry)) {
	if !l.want(section.value, Quote(section.key), mappingValue) {
		l.incomplete = true
		return
	}
	for _, e := range section.value.entries {
		declare(e)
	}
}

func (l *loader) socket(e entry) Socket {
	o := l.object(e.value, e.Pos, "the socket", socketShape)
	s := Socket{
		Pos:            e.Pos,
		Evidence:       l.evidence(o),
		Path:           l.text(o, "path"),
		Auth:           Auth(l.word(o, "auth")),
		PingSeconds:    l.seconds(o.get("ping"), Quote("ping")),
		SilenceSeconds: l.seconds(o.get("silence"), Quote("silence")),
		TextPing:       l.flag(o, "textPing"),
	}
	if v := o.get("silence"); v != nil && o.get("ping") == nil {
		l.report(l.here(v.Pos, e.Pos), CodeConflict, "the server closes for want of a pong, and never pings",
			"Write how often it pings, as in ping: 60s, or remove silence.")
	}
	if v := o.get("path"); s.Path != "" && s.Path[0] != '/' {
		l.report(v.Pos, CodeBadName, Quote(s.Path)+" is no path", pathHint)
	}
	return s
}

func (l *loader) limits(e entry) Limits {
	const key = "channelsPerConnection"
	o := l.object(e.value, e.Pos, "the limits", limitsShape)
	limits := Limits{Pos: e.Pos}
	v := o.get(key)
	if !l.want(v, Quote(key), integerValue, mappingValue) {
		return limits
	}
	if v.kind == mappingValue {
		o := l.object(v, v.Pos, "a limit", limitShape)
		limits.Evidence = l.evidence(o)
		v = o.get("value")
	}
	limits.Pos = e.value.entry(key).Pos
	limits.ChannelsPerConnection = l.count(v, Quote(key))
	return limits
}

// finishRoot reports what every spec needs to have.
func (l *loader) finishRoot() {
	if pos, ok := l.rootKeys["name"]; ok {
		l.base = pos
	}
	if l.incomplete {
		return
	}
	for _, needed := range [][2]string{
		{"name", "Write into one of the files what the dialect is called, as in name: mydialect."},
		{"socket", "Write into one of the files how the server is reached, as in socket: {path: /streaming, auth: header}; or have the dialect extend one that says it, as in extends: misskey."},
	} {
		if _, ok := l.rootKeys[needed[0]]; !ok {
			pos, why := l.base, ""
			if g := l.removal(l.facts, needed[0]); g != nil && l.own(g.Pos) {
				pos, why = g.Pos, ": this patch removes it"
			}
			l.report(pos, CodeMissingKey, "the spec lacks the key "+Quote(needed[0])+why, needed[1])
		}
	}
	only, without := l.rootKeys["only"], l.rootKeys["without"]
	if only.File != "" && without.File != "" && only.File != without.File { // in one file they have met already
		l.report(without, CodeConflict, `the spec has both "only" and "without"`, "Remove one of the two: they exclude each other.")
	}
}

// fields reads a mapping of fields. owner says what they belong to.
func (l *loader) fields(v *value, owner string) []*Field { return l.fieldsOf(fieldShape, v, owner) }

// fieldsOf reads fields that may have the keys of a shape.
func (l *loader) fieldsOf(shape *shape, v *value, owner string) []*Field {
	if !l.want(v, Quote("fields")+" of "+owner, mappingValue) {
		return nil
	}
	var fields []*Field
	first := map[string]Pos{}
	for _, e := range v.entries {
		f := l.field(shape, e)
		if at, taken := first[f.Name]; taken && f.Name != "" {
			l.reportDuplicate(f.Pos, "the field "+Quote(f.Name), at)
			continue
		}
		first[f.Name] = f.Pos
		fields = append(fields, f)
	}
	return fields
}

// field reads a field in its short form, "name: type", or its long one. A
// question mark behind the name says that the key may be absent.
func (l *loader) field(shape *shape, e entry) *Field {
	f := &Field{Pos: e.Pos, Name: e.key}
	if n := len(e.key) - 1; n >= 0 && e.key[n] == '?' {
		f.Name, f.Optional = e.key[:n], true
	}
	l.wireName(e.Pos, f.Name)
	what := "the field " + Quote(f.Name)
	if e.value.kind != mappingValue {
		if l.wantCured(e.value, what, l.typeCure(e.value), stringValue, mappingValue) {
			f.Type = l.typeExpr(e.value, what)
		}
		return f
	}
	o := l.object(e.value, e.Pos, what, shape)
	f.Evidence = l.evidence(o)
	f.Doc = l.text(o, "doc")
	f.GoName = l.exported(o, "goName")
	f.Type = l.typeExpr(o.get("type"), Quote("type"))
	if v := o.get("default"); v != nil && v.kind != badValue {
		f.Default = v.text
		if v.kind == nullValue {
			f.Default = "null"
		}
		l.defaults = append(l.defaults, fieldDefault{f, v})
	}
	if v := o.get("noEmptyItems"); l.flag(o, "noEmptyItems") {
		f.NoEmptyItems = true
		if t := f.Type; t != nil && !t.holdsLists() {
			l.report(l.here(v.Pos, e.Pos), CodeConflict, what+" has no items that could be empty", `Remove the key: it is for lists of lists or maps, as in "string[][]".`)
		}
	}
	return f
}

// sortedNames returns the names of a map in order, for messages that must not
// change from run to run.
func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
