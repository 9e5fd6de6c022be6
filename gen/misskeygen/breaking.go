package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/misskeyactor/misskeyactor/gen"
	"github.com/misskeyactor/misskeyactor/spec"
)

const breakingUsage = `misskeygen breaking [flags] OLD NEW

Finds what a new spec breaks of bots that were made from an old one, with where
it stands in either. A finding is of category wire, when a bot that runs on the
old bindings misses or misreads something, or goes unheeded, on a server that is
as NEW says; or of category goAPI, when a program that was written for the old
bindings does not compile with the new ones, or does something else. misskeygen
explain tells more of a rule. Any finding makes it exit with 1.

What is meant to break is accepted in NEW, with a reason that others can read:

  breaks:
    - {rule: BR005, at: channels.main.events.pageEvent, reason: Pages are gone.}

What is accepted and not found is a fault, so that the list stays true: begin a
new one when NEW has become OLD.

  -strict  find as well what breaks only programs that do not do as the
           documentation of bindings says: a new event breaks handlers that do
           not embed the Unimplemented… of their set
  -v       print what is accepted, too
  -json    print JSON: "findings" has rule, category, at, message, accepted
           (the reason, or ""), and old and new, each a file, line and column,
           or null; "diagnostics" what is accepted and not found

  misskeygen breaking misskey myfork.yaml
  misskeygen breaking -strict ../release/spec spec
`

func breaking(c *task) error {
	flags := c.flags()
	strict := flags.Bool("strict", false, "")
	verbose := flags.Bool("v", false, "")
	c.jsonFlag(flags)
	old, new, err := c.twoSpecs(flags)
	if err != nil {
		return err
	}
	findings, err := gen.Breaking(old, new, gen.BreakingOptions{Strict: *strict})
	var stale spec.Diagnostics
	if err != nil && !errors.As(err, &stale) {
		return err
	}
	if c.json {
		c.printJSON(newBreakingReport(c.name(), findings, stale))
	} else {
		c.printFindings(findings, *verbose)
		if len(stale) > 0 {
			c.printDiagnostics(stale)
		}
	}
	if len(stale) > 0 || slices.ContainsFunc(findings, isNew) {
		return errFound
	}
	return nil
}

// isNew reports whether nobody has accepted a finding.
func isNew(f gen.Finding) bool { return f.Accepted == "" }

func (c *task) printFindings(findings []gen.Finding, verbose bool) {
	counts := map[gen.Category]int{}
	accepted := 0
	for _, f := range findings {
		if isNew(f) {
			counts[f.Category]++
		} else if accepted++; !verbose {
			continue
		}
		fmt.Fprintf(c.stdout, "%s: %s [%s, %s]\n", c.stdout.paint(bold, f.At), f.Message, c.stdout.paint(red, string(f.Rule)), f.Category)
		c.printPlace("OLD", f.Old)
		c.printPlace("NEW", f.New)
		if !isNew(f) {
			fmt.Fprintf(c.stdout, "    accepted: %s\n", f.Accepted)
		}
	}
	if len(findings) > 0 {
		fmt.Fprintf(c.stderr, "misskeygen breaking: %d of category wire, %d of category goAPI, %d accepted\n",
			counts[gen.Wire], counts[gen.GoAPI], accepted)
	}
}

func (c *task) printPlace(name string, pos spec.Pos) {
	if pos != (spec.Pos{}) {
		fmt.Fprintf(c.stdout, "    %s %s\n", name, pos)
	}
}

// breakingReport is what breaking prints with -json.
type breakingReport struct {
	Command     string           `json:"command"`
	Findings    []findingJSON    `json:"findings"`
	Diagnostics []diagnosticJSON `json:"diagnostics"`
}

type findingJSON struct {
	Rule     spec.Code    `json:"rule"`
	Category gen.Category `json:"category"`
	At       string       `json:"at"`
	Message  string       `json:"message"`
	Accepted string       `json:"accepted"`
	Old      *posJSON     `json:"old"`
	New      *posJSON     `json:"new"`
}

func newBreakingReport(command string, findings []gen.Finding, stale spec.Diagnostics) breakingReport {
	r := breakingReport{command, make([]findingJSON, len(findings)), diagnosticsJSON(stale)}
	for i, f := range findings {
		r.Findings[i] = findingJSON{f.Rule, f.Category, f.At, f.Message, f.Accepted, placeJSON(f.Old), placeJSON(f.New)}
	}
	return r
}
