package observe

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
)

// Explained is a finding that is known, and why it is no fault.
type Explained struct {
	Finding string `yaml:"finding"` // its Name: code and path
	Reason  string `yaml:"reason"`
}

// ParseExplained reads a file of explanations, in YAML: a list of
//
//   - finding: OB003 frames
//     reason: The test sends what is no JSON on purpose.
//
// The error names every entry that says less, or more.
func ParseExplained(data []byte) ([]Explained, error) {
	var all []Explained
	if err := yaml.UnmarshalWithOptions(data, &all, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("explanations: %w", err)
	}
	var errs []error
	first := map[string]int{}
	for i, e := range all {
		code, path, _ := strings.Cut(e.Finding, " ")
		switch {
		case code == "" || path == "":
			errs = append(errs, fmt.Errorf(`explanation %d: "finding" is no code and path, as in "OB007 types.Note.fields.mood"`, i+1))
		case strings.TrimSpace(e.Reason) == "":
			errs = append(errs, fmt.Errorf("explanation %d, of %s: there is no reason", i+1, e.Finding))
		case first[e.Finding] > 0:
			errs = append(errs, fmt.Errorf("explanation %d: %s is explained by %d already", i+1, e.Finding, first[e.Finding]))
		default:
			first[e.Finding] = i + 1
		}
	}
	return all, errors.Join(errs...)
}
