package gen

import (
	"maps"

	"github.com/misskeyactor/misskeyactor/spec"
)

// acceptedRules reports what a spec accepts to break under rules that are none.
func (b *builder) acceptedRules(breaks []*spec.Break) {
	for _, accepted := range breaks {
		if isRule(accepted.Rule) {
			continue
		}
		hint := "Write the rule that `misskeygen breaking` prints, as in BR005."
		if near := spec.Nearest(string(accepted.Rule), ruleNames()); near != "" {
			hint = "Did you mean " + near + "? `misskeygen breaking` prints the rule of each finding."
		}
		b.report(accepted.Pos, CodeNoRule, hint, "there is no rule %s", accepted.Rule)
	}
}

// isRule reports whether findings of Breaking can have a code.
func isRule(code spec.Code) bool {
	_, known := breakingTexts[code]
	return known && code != CodeStaleBreak
}

func ruleNames() func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for code := range maps.Keys(breakingTexts) {
			if isRule(code) && !yield(string(code)) {
				return
			}
		}
	}
}
