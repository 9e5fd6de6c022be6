package spec

import (
	"io/fs"
	"path"
	"strings"
)

// AcceptedFinding is something that recordings have and a spec has not, that
// somebody looked into and lets stand.
type AcceptedFinding struct {
	Pos
	Finding string // its code and path, as in "OB007 types.Note.fields.mood"
	Reason  string // why it is let stand
}

// LoadAcceptedFindings reads a file of accepted findings:
//
//	accepted:
//	  - reason: The test sends what is no JSON on purpose.
//	    findings: [OB003 frames]
//
// They come in the order of the file. When anything is wrong, it returns none,
// and an error of type Diagnostics with every fault, as Load does.
func LoadAcceptedFindings(fsys fs.FS, name string) ([]*AcceptedFinding, error) {
	l := newLoader()
	l.at = place{fsys: fsys, name: path.Clean(name)}
	var accepted []*AcceptedFinding
	if src, text, ok := l.readSource(l.at.name); ok {
		if root, ok := l.parse(src, text); ok {
			accepted = l.acceptedFindings(root)
		}
	}
	if len(l.diagnostics) > 0 {
		l.diagnostics.Sort()
		return nil, l.diagnostics
	}
	return accepted, nil
}

// The mappings of such a file.
var (
	acceptedFindingsShape = &shape{name: "acceptedFindings", keys: []key{
		{name: "accepted", need: "Write the list of findings, [] for none."},
	}}
	acceptedFindingsItemShape = &shape{name: "acceptedFindingsItem", keys: []key{
		{name: "reason", need: "Say why these findings are let stand."},
		{name: "findings", need: "List the findings by code and path, as in OB007 types.Note.fields.mood."},
	}}
)

func (l *loader) acceptedFindings(root *value) []*AcceptedFinding {
	list := l.object(root, root.Pos, "a file of accepted findings", acceptedFindingsShape).get("accepted")
	if !l.want(list, quote("accepted"), listValue) {
		return nil
	}
	var accepted []*AcceptedFinding
	for _, item := range list.items {
		o := l.object(item, item.Pos, "an item of "+quote("accepted"), acceptedFindingsItemShape)
		reason := l.text(o, "reason")
		if v := o.get("reason"); v != nil && v.kind == stringValue && strings.TrimSpace(reason) == "" {
			l.report(v.Pos, CodeEmpty, quote("reason")+" is empty", "Say why these findings are let stand.")
		}
		l.strings(o.get("findings"), quote("findings"), func(finding *value) {
			if code, at, _ := strings.Cut(finding.text, " "); code == "" || at == "" {
				l.report(finding.Pos, CodeBadName, quote(finding.text)+" is no finding",
					"Write its code and its path, as in OB007 types.Note.fields.mood.")
				return
			}
			if l.declare("finding", finding.text, finding.Pos) {
				accepted = append(accepted, &AcceptedFinding{finding.Pos, finding.text, reason})
			}
		})
	}
	return accepted
}
