package spec

import (
	"io/fs"
	"path"
	"strings"
)

// AcceptedDifference is a difference between a spec and what upstream
// publishes that somebody looked into and lets stand.
type AcceptedDifference struct {
	Pos
	// Path is where they differ, by the keys of a spec, as in
	// channels.main.events.follow.
	Path string
	// Upstream and Spec are what the two sides say there; "" for a side that
	// has nothing there.
	Upstream, Spec string
	Reason         string // why it is let stand
}

// LoadAcceptedDifferences reads a file of accepted differences:
//
//	accepted:
//	  - reason: The list channel tells of its members; upstream's types forgot it.
//	    at:
//	      channels.userList.events.userAdded: {spec: UserLite}
//	      channels.main.events.followed: {upstream: UserDetailed | UserLite, spec: UserLite}
//
// They come in the order of the file. When anything is wrong, it returns none,
// and an error of type Diagnostics with every fault, as Load does.
func LoadAcceptedDifferences(fsys fs.FS, name string) ([]*AcceptedDifference, error) {
	return loadAccepted(fsys, name, acceptedDifferences, func(l *loader, o *object, reason string) (accepted []*AcceptedDifference) {
		at := o.get("at")
		if !l.want(at, Quote("at"), mappingValue) {
			return nil
		}
		if len(at.entries) == 0 {
			l.report(at.Pos, CodeEmpty, Quote("at")+" names no path", "Name one, or remove the item.")
		}
		for _, e := range at.entries {
			if l.declare("difference", e.key, e.Pos) {
				accepted = append(accepted, l.acceptedAt(e, reason))
			}
		}
		return accepted
	})
}

// acceptedKind is what a file accepts. Such a file is no part of a spec, so that
// the schema of specs does not have its mappings.
type acceptedKind struct {
	what       string // in the plural
	root, item *shape
}

func newAcceptedKind(what string, where key) acceptedKind {
	return acceptedKind{
		what: what,
		root: &shape{keys: []key{{name: "accepted", need: "Write the list of " + what + ", [] for none."}}},
		item: &shape{keys: []key{{name: "reason", need: "Say why these " + what + " are let stand."}, where}},
	}
}

var (
	acceptedDifferences = newAcceptedKind("differences",
		key{name: "at", need: "Name the paths where the two differ, and what they say there."})
	acceptedSidesShape = &shape{keys: []key{{name: "upstream"}, {name: "spec"}}}
)

// loadAccepted reads a file that lists what is accepted, by items with a reason.
func loadAccepted[T any](fsys fs.FS, name string, kind acceptedKind, read func(l *loader, o *object, reason string) []T) ([]T, error) {
	l := newLoader()
	l.at = place{fsys: fsys, name: path.Clean(name)}
	var accepted []T
	if src, text, ok := l.readSource(l.at.name); ok {
		if root, ok := l.parse(src, text); ok {
			for _, item := range l.acceptedItems(root, kind) {
				o := l.object(item, item.Pos, "an item of "+Quote("accepted"), kind.item)
				accepted = append(accepted, read(l, o, l.acceptedReason(o, kind))...)
			}
		}
	}
	if len(l.diagnostics) > 0 {
		l.diagnostics.Sort()
		return nil, l.diagnostics
	}
	return accepted, nil
}

func (l *loader) acceptedItems(root *value, kind acceptedKind) []*value {
	list := l.object(root, root.Pos, "a file of accepted "+kind.what, kind.root).get("accepted")
	if !l.want(list, Quote("accepted"), listValue) {
		return nil
	}
	return list.items
}

func (l *loader) acceptedReason(o *object, kind acceptedKind) string {
	reason := l.text(o, "reason")
	if v := o.get("reason"); v != nil && v.kind == stringValue && strings.TrimSpace(v.text) == "" {
		l.report(v.Pos, CodeEmpty, Quote("reason")+" is empty", "Say why these "+kind.what+" are let stand.")
	}
	return reason
}

func (l *loader) acceptedAt(e entry, reason string) *AcceptedDifference {
	what := "the difference at " + Quote(e.key)
	o := l.object(e.value, e.Pos, what, acceptedSidesShape)
	a := &AcceptedDifference{
		Pos: e.Pos, Path: e.key, Reason: reason,
		Upstream: l.says(o, "upstream"), Spec: l.says(o, "spec"),
	}
	if o != nil && !o.unknown && len(o.given("upstream", "spec")) == 0 {
		l.report(e.Pos, CodeMissingKey, what+" says nothing of either side",
			"Write what upstream says, what the spec says, or both; a side that has nothing there is left out.")
	}
	return a
}

// says reads what a side says, which may be the word null.
func (l *loader) says(o *object, key string) string {
	if v := o.get(key); v != nil && v.kind == nullValue {
		return "null"
	}
	return l.text(o, key)
}
