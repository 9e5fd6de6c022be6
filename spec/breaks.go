package spec

import "regexp"

// Break is something in which a spec breaks what was made from an older one,
// and is meant to.
type Break struct {
	Pos
	Rule   Code   // the rule that finds it, as in BR005
	At     string // the keys that lead to it, as in "channels.main.events.mention"
	Reason string
}

var breakRule = regexp.MustCompile(`^BR[0-9]{3}$`)

const (
	ruleHint   = "Write BR and three digits, as in BR005."
	filledHint = "Write something, or remove the item."
)

// breaks reads the list of what a spec breaks on purpose.
func (l *loader) breaks(v *value) []*Break {
	const what = "an item of " + `"breaks"`
	if !l.want(v, Quote("breaks"), listValue) {
		return nil
	}
	if len(v.items) == 0 {
		l.report(v.Pos, CodeEmpty, Quote("breaks")+" is an empty list", "List something, or remove the key.")
	}
	var list []*Break
	first := map[[2]string]Pos{}
	for _, item := range v.items {
		if !l.want(item, what, mappingValue) {
			continue
		}
		o := l.object(item, item.Pos, what, breakShape)
		b := &Break{
			Pos:    item.Pos,
			Rule:   Code(l.named(o, "rule", breakRule, ruleHint)),
			At:     l.text(o, "at"),
			Reason: l.text(o, "reason"),
		}
		for _, key := range []string{"at", "reason"} {
			if v := o.get(key); v != nil && v.kind == stringValue && v.text == "" {
				l.report(v.Pos, CodeEmpty, Quote(key)+" is empty", filledHint)
			}
		}
		if id := [2]string{string(b.Rule), b.At}; b.Rule != "" && b.At != "" {
			if at, taken := first[id]; taken {
				l.reportDuplicate(b.Pos, "the break "+Quote(string(b.Rule)+" "+b.At), at)
				continue
			}
			first[id] = b.Pos
		}
		list = append(list, b)
	}
	return list
}
