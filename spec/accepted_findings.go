package spec

import (
	"io/fs"
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
	return loadAccepted(fsys, name, acceptedFindings, func(l *loader, o *object, reason string) (accepted []*AcceptedFinding) {
		l.strings(o.get("findings"), Quote("findings"), func(finding *value) {
			if code, at, _ := strings.Cut(finding.text, " "); code == "" || at == "" {
				l.report(finding.Pos, CodeBadName, Quote(finding.text)+" is no finding",
					"Write its code and its path, as in OB007 types.Note.fields.mood.")
				return
			}
			if l.declare("finding", finding.text, finding.Pos) {
				accepted = append(accepted, &AcceptedFinding{finding.Pos, finding.text, reason})
			}
		})
		return accepted
	})
}

var acceptedFindings = newAcceptedKind("findings",
	key{name: "findings", need: "List the findings by code and path, as in OB007 types.Note.fields.mood."})
