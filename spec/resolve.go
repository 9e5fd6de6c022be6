package spec

import (
	"maps"
	"slices"
)

// use is a name that stands for something declared elsewhere, maybe further
// down or in a file read later.
type use struct {
	pos     Pos
	name    string
	resolve func(use)
}

// resolve puts what is declared in the place of every name.
func (l *loader) resolve() {
	l.spec.EventSets = append(l.spec.EventSets, l.inlineSets...)
	for _, u := range l.uses {
		u.resolve(u)
	}
}

// reportUnknown reports a name that nothing bears, unless what bears it may
// not have been read.
func (l *loader) reportUnknown(u use, code Code, what string, known map[string]bool) {
	if l.reportRemoved(u, code, what) {
		return
	}
	l.reportAbsent(u.pos, code, "there is no "+what+" ", u.name, known)
}

// reportAbsent is reportUnknown with words of its own before the name.
func (l *loader) reportAbsent(pos Pos, code Code, words, name string, known map[string]bool) {
	if l.incomplete {
		return
	}
	message := words + Quote(name) + DidYouMean(name, maps.Keys(known))
	hint := "Declare it, or name another."
	if len(known) > 0 && len(known) <= 12 {
		hint = "Declare it, or write " + list(sortedNames(known)) + "."
	}
	l.report(pos, code, message, hint)
}

func namesOf[V any](m map[string]V) map[string]bool {
	names := make(map[string]bool, len(m))
	for name := range m {
		names[name] = true
	}
	return names
}

// foreign are words of other languages for our basic types.
var foreign = map[string]Basic{
	"bool": Boolean, "int": Integer, "int32": Integer, "int64": Integer, "float": Number, "double": Number,
	"float64": Number, "str": String, "text": String, "date": Timestamp, "datetime": Timestamp, "time": Timestamp,
	"object": Any, "unknown": Any, "json": Any, "array": Any,
}

func (l *loader) resolveType(u use, t *TypeExpr) {
	if t.Named = l.types[u.name]; t.Named != nil {
		return
	}
	if basic, ok := foreign[u.name]; ok {
		l.report(u.pos, CodeUnknownType, "there is no type "+Quote(u.name)+"; did you mean "+Quote(string(basic))+"?",
			"The basic types are string, integer, number, boolean, timestamp and any.")
		return
	}
	names := namesOf(l.types)
	for _, b := range basics {
		names[string(b)] = true
	}
	l.reportUnknown(u, CodeUnknownType, "type", names)
}

func (l *loader) resolveEmbed(u use, ref *Ref) {
	switch t := l.types[u.name]; {
	case slices.Contains(basics, Basic(u.name)):
		l.report(u.pos, CodeEmbedKind, Quote(u.name)+" is a basic type and cannot be embedded",
			"Embed an object, or write a field.")
	case t == nil:
		l.reportUnknown(u, CodeUnknownType, "type", namesOf(l.types))
	case t.Kind == KindObject:
		ref.Type = t
	case t.Kind != 0: // else what it is has been asked already
		at, other, ordered := l.hereOf(u.pos, t.Pos)
		where := Quote(u.name) + " stands at "
		if !ordered {
			where = "It is embedded at "
		}
		l.report(at, CodeEmbedKind, Quote(u.name)+" is no object and cannot be embedded",
			"Embed an object, or write a field. "+where+other.String()+".")
	}
}

// useSet notes the name of an event set.
func (l *loader) useSet(v *value, found func(*EventSet)) {
	l.uses = append(l.uses, use{pos: v.Pos, name: v.text, resolve: func(u use) {
		if s := l.sets[u.name]; s != nil {
			found(s)
			return
		}
		l.reportUnknown(u, CodeUnknownSet, "event set", namesOf(l.sets))
	}})
}

// resolveRequest checks that a request a capture names is there and has the
// role it needs.
func (l *loader) resolveRequest(u use, key string, role Role) {
	r := l.requests[u.name]
	if r == nil {
		for _, other := range l.spec.Requests {
			if slices.Contains(other.Aliases, u.name) {
				l.report(l.here(u.pos, other.Pos), CodeCapture, Quote(u.name)+" is an alias of the request "+Quote(other.Name),
					"Name the request itself; aliases are never sent.")
				return
			}
		}
		fitting := map[string]bool{}
		for _, other := range l.spec.Requests {
			if other.Role == role {
				fitting[other.Name] = true
			}
		}
		l.reportUnknown(u, CodeCapture, "request", fitting)
		return
	}
	if r.Role != role && r.Role != "" {
		at, other, ordered := l.hereOf(u.pos, r.Pos)
		hint := "Name a request of role " + string(role) + ", or change the role at "
		if !ordered {
			hint = "Leave the role, or have another request of role " + string(role) + " named at "
		}
		l.report(at, CodeCapture, Quote(key)+" names the request "+Quote(u.name)+" of role "+string(r.Role), hint+other.String()+".")
	}
}

// resolveChecked checks that what was seen was seen on a version that the
// spec was checked against.
func (l *loader) resolveChecked(u use) {
	if _, stated := l.rootKeys["checked"]; !stated || slices.Contains(l.spec.Checked, u.name) || l.incomplete {
		return
	}
	if !l.own(u.pos) {
		return // of a dialect that this one extends, which has versions of its own
	}
	l.report(u.pos, CodeBadVersion, Quote(u.name)+" is not among the versions checked",
		`Add it to "checked" at `+l.rootKeys["checked"].String()+", or name one of those.")
}
