package spec

// setOwner is what an event set belongs to. Each set becomes a handler that is
// called after it, so that their names have to differ whatever they belong to.
type setOwner int

const (
	declaredSet setOwner = iota
	channelSet
	captureSet
	broadcastSet
)

// setOwners say how a set is called after its owner, and what to do where two
// are called alike: the one with the greater number can change its name.
var setOwners = []struct{ what, cure string }{
	declaredSet:  {"the event set", "Rename one of the two."},
	channelSet:   {"the channel", "Rename the event set, or have the channel use it, as in events: "},
	captureSet:   {"the capture", "Rename the capture, whose name never goes over the wire."},
	broadcastSet: {"the section broadcasts", "Rename the other, or have it use an event set: the section's own is called "},
}

// setClaim is a set's name that is taken.
type setClaim struct {
	owner setOwner
	pos   Pos
}

// claimSet takes a name for an event set and tells whether it was free. One
// that was not is reported.
func (l *loader) claimSet(owner setOwner, name string, pos Pos) bool {
	first, taken := l.setClaims[name]
	switch {
	case !taken:
		l.setClaims[name] = setClaim{owner, pos}
		return true
	case first.owner == owner:
		l.reportDuplicate(pos, setOwners[owner].what+" "+Quote(name), first.pos)
		return false
	}
	named := func(o setOwner) string {
		if o == broadcastSet {
			return setOwners[o].what
		}
		return setOwners[o].what + " " + Quote(name)
	}
	cure := setOwners[max(owner, first.owner)].cure
	switch max(owner, first.owner) {
	case channelSet:
		cure += name + "."
	case broadcastSet:
		cure += Quote(name) + "."
	}
	l.report(pos, CodeDuplicate,
		named(owner)+" has events of its own, as has "+named(first.owner)+" at "+first.pos.String()+": both would have one handler",
		cure)
	return false
}
