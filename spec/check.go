package spec

import (
	"fmt"
	"strings"
)

// check looks at what only the whole spec can show.
func (l *loader) check() {
	l.checkIncludes()
	l.checkEmbeds()
	l.checkRoles()
	l.checkFrames()
	for _, t := range l.tokens {
		l.checkTokenEvent(t)
	}
	for _, d := range l.defaults {
		l.checkDefault(d)
	}
	l.checkTrimming()
}

// checkIncludes reports event sets that include themselves, and events that
// reach a set from two places.
func (l *loader) checkIncludes() {
	includes := func(s *EventSet) []edge[EventSet] {
		var edges []edge[EventSet]
		for _, ref := range s.Includes {
			edges = append(edges, edge[EventSet]{ref.Pos, ref.Set})
		}
		return edges
	}
	cyclic := cycles(l.spec.EventSets, includes, func(pos Pos, round []*EventSet) {
		l.report(l.here(pos, along(round, includes)...), CodeIncludeCycle, "an event set includes itself: "+way(round, func(s *EventSet) string { return s.Name }),
			"Remove one of these includes.")
	})
	heritage[EventSet]{
		parents: includes,
		own: func(s *EventSet) []member {
			var own []member
			for _, m := range s.Events {
				own = append(own, member{m.Name, m.Pos})
			}
			return own
		},
		clash: func(s *EventSet, at Pos, m member, first Pos, same bool) {
			if !same { // one event that comes by two ways stays one
				l.reportDuplicate(l.here(at, m.pos), "the event "+Quote(m.name)+" of the event set "+Quote(s.Name), first)
			}
		},
	}.check(l.spec.EventSets, cyclic)
}

// checkEmbeds reports objects that embed themselves, and fields that reach an
// object from two places.
func (l *loader) checkEmbeds() {
	embeds := func(t *Type) []edge[Type] {
		var edges []edge[Type]
		for _, ref := range t.Embeds {
			edges = append(edges, edge[Type]{ref.Pos, ref.Type})
		}
		return edges
	}
	cyclic := cycles(l.spec.Types, embeds, func(pos Pos, round []*Type) {
		l.report(l.here(pos, along(round, embeds)...), CodeEmbedCycle, "an object embeds itself: "+way(round, func(t *Type) string { return t.Name }),
			"Remove one of these embeds; a field may have the type instead.")
	})
	heritage[Type]{
		parents: embeds,
		own: func(t *Type) []member {
			var own []member
			if t.Kind == KindObject {
				for _, f := range t.Fields {
					own = append(own, member{f.Name, f.Pos})
				}
			}
			return own
		},
		clash: func(t *Type, at Pos, m member, first Pos, _ bool) {
			l.reportFieldTwice(l.here(at, m.pos), m.name, "the type "+Quote(t.Name), first)
		},
	}.check(l.spec.Types, cyclic)
}

func (l *loader) reportFieldTwice(pos Pos, name, owner string, first Pos) {
	at, other, ordered := l.hereOf(pos, first)
	which := "first"
	if !ordered {
		which = "also"
	}
	l.report(at, CodeFieldTwice, "the field "+Quote(name)+" comes to "+owner+" twice, "+which+" from "+other.String(),
		"Remove one of the two: a JSON object has a key once.")
}

// checkRoles reports roles without which the runtime cannot speak, and roles
// it could not choose a request for.
func (l *loader) checkRoles() {
	taken := map[Role]*Request{}
	for _, r := range l.spec.Requests {
		switch r.Role {
		case "":
			return // reported where it stands; it may be the one that is missing
		case RoleConnect, RoleDisconnect, RoleSend, RoleCall:
			if first := taken[r.Role]; first != nil {
				l.report(r.Pos, CodeRole, fmt.Sprintf("a second request has the role %s; the first is at %s", r.Role, first.Pos),
					"Make it an alias of the first: the runtime sends one word for it.")
				continue
			}
			taken[r.Role] = r
		}
	}
	if l.incomplete {
		return
	}
	for _, role := range []Role{RoleConnect, RoleDisconnect, RoleSend} {
		if taken[role] == nil {
			pos, why := l.base, ""
			if g := l.removedRole(role); g != nil {
				pos, why = g.Pos, ": this patch removes the one that had it"
			}
			l.report(pos, CodeRole, "no request has the role "+string(role)+why,
				"Declare one under requests, as in channel: {role: "+string(role)+"}.")
		}
	}
}

// removedRole returns the request of a role that a patch of this dialect has
// removed, nil when it has removed none.
func (l *loader) removedRole(role Role) *entry {
	requests := l.factAt("requests")
	if requests == nil {
		return nil
	}
	for i := range requests.gone {
		g := &requests.gone[i]
		if v := g.value.entry("role"); v != nil && v.value.text == string(role) && l.own(g.Pos) {
			return g
		}
	}
	return nil
}

// checkFrames reports frame types that two things claim. Replies and updates
// have claimed theirs as they were read.
func (l *loader) checkFrames() {
	for _, r := range l.spec.Requests {
		if r.Role == RoleSend {
			l.declare(frameSpace, r.Name, r.Pos) // events of channels come under the word that carries sends
		}
	}
	if l.spec.Broadcasts != nil {
		for _, m := range l.spec.Broadcasts.Events {
			l.declare(frameSpace, m.Name, m.Pos)
		}
	}
	for _, r := range l.spec.Requests {
		if r.Role == RoleCall && r.Reply != "" {
			l.checkAnswers(r)
		}
	}
}

// checkAnswers reports frame types that look like answers to calls, which
// have no type of their own but what it begins with.
func (l *loader) checkAnswers(call *Request) {
	for _, name := range sortedNames(l.names[frameSpace]) {
		if name != call.Reply && strings.HasPrefix(name, call.Reply) {
			l.report(l.names[frameSpace][name], CodeDuplicate,
				fmt.Sprintf("the frame type %s begins with %s, as the answers to calls do, see %s", Quote(name), Quote(call.Reply), call.Pos),
				"Rename one of the two.")
		}
	}
}
