package main

import (
	"flag"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/misskeyactor/misskeyactor/gen/upstream"
	"github.com/misskeyactor/misskeyactor/spec"
)

// comparison is how the importers hold a spec against a publication.
type comparison struct {
	spec, accept string
	verbose      bool
}

func (w *comparison) flags(flags *flag.FlagSet) {
	flags.StringVar(&w.spec, "spec", "misskey", "")
	flags.StringVar(&w.accept, "accept", "", "")
	flags.BoolVar(&w.verbose, "v", false, "")
}

// check refuses flags that say nothing in the way the importer was called:
// those of the comparison in a seed, and those of a seed in the comparison.
func (w *comparison) check(flags *flag.FlagSet, compares bool, ofSeed ...string) error {
	var wrong error
	flags.Visit(func(f *flag.Flag) {
		switch seeds := slices.Contains(ofSeed, f.Name); {
		case f.Name == "compare":
		case compares && seeds:
			wrong = wrongCallf("-%s is of no use with -compare, which writes no seed", f.Name)
		case !compares && !seeds:
			wrong = wrongCallf("-%s is of no use without -compare", f.Name)
		}
	})
	return wrong
}

// accepted loads the accepted differences, by default those that come along.
func (w *comparison) accepted(own func() ([]*spec.AcceptedDifference, error)) ([]*spec.AcceptedDifference, error) {
	if w.accept == "" {
		return own()
	}
	return spec.LoadAccepted(disk{}, filepath.ToSlash(filepath.Clean(w.accept)))
}

// compareReport is what a comparison prints with -json.
type compareReport struct {
	Command  string           `json:"command"`
	Upstream string           `json:"upstream"`
	Spec     string           `json:"spec"`
	New      []differenceJSON `json:"new"`
	Accepted []acceptedJSON   `json:"accepted"`
	Stale    []staleJSON      `json:"stale"`
}

type differenceJSON struct {
	Kind          upstream.Kind `json:"kind"`
	Path          string        `json:"path"`
	What          string        `json:"what"`
	Upstream      string        `json:"upstream"`
	Spec          string        `json:"spec"`
	UpstreamPlace *posJSON      `json:"upstreamPlace"`
	SpecPlace     *posJSON      `json:"specPlace"`
}

type acceptedJSON struct {
	differenceJSON
	Reason string `json:"reason"`
}

type staleJSON struct {
	Path     string   `json:"path"`
	Upstream string   `json:"upstream"`
	Spec     string   `json:"spec"`
	Reason   string   `json:"reason"`
	Place    *posJSON `json:"place"`
}

func newDifference(d upstream.Difference) differenceJSON {
	return differenceJSON{
		Kind: d.Kind, Path: d.Path, What: d.What, Upstream: d.Upstream, Spec: d.Spec,
		UpstreamPlace: placeJSON(d.UpstreamPos), SpecPlace: placeJSON(d.SpecPos),
	}
}

// judge prints how a publication and a spec differ, and returns errFound when
// somebody has to look at it.
func (c *task) judge(publication string, s *spec.Spec, v upstream.Verdict, verbose bool) error {
	if c.json {
		c.printJSON(newCompareReport(c.name(), publication, s, v))
	} else {
		c.printVerdict(publication, s, v, verbose)
	}
	if !v.Clean() {
		return errFound
	}
	return nil
}

func newCompareReport(command, publication string, s *spec.Spec, v upstream.Verdict) compareReport {
	report := compareReport{
		Command: command, Upstream: publication, Spec: s.Name,
		New: []differenceJSON{}, Accepted: []acceptedJSON{}, Stale: []staleJSON{},
	}
	for _, d := range v.New {
		report.New = append(report.New, newDifference(d))
	}
	for _, a := range v.Accepted {
		report.Accepted = append(report.Accepted, acceptedJSON{newDifference(a.Difference), a.Reason})
	}
	for _, a := range v.Stale {
		report.Stale = append(report.Stale, staleJSON{a.Path, a.Upstream, a.Spec, a.Reason, placeJSON(a.Pos)})
	}
	return report
}

func (c *task) printVerdict(publication string, s *spec.Spec, v upstream.Verdict, verbose bool) {
	out := c.stdout
	if verbose {
		for _, a := range v.Accepted {
			fmt.Fprintf(out, "accepted %s\n    %s\n", a.Difference, a.Reason)
		}
	}
	for _, d := range v.New {
		fmt.Fprintf(out, "%s %s\n", out.paint(red, "new"), d)
		for _, at := range []spec.Pos{d.UpstreamPos, d.SpecPos} {
			if at != (spec.Pos{}) {
				fmt.Fprintf(out, "    %s\n", at)
			}
		}
	}
	for _, a := range v.Stale {
		fmt.Fprintf(out, "%s %s: it was accepted that %s, which is no longer so\n    %s\n", out.paint(yellow, "stale"), a.Path, accepts(a), a.Pos)
	}
	fmt.Fprintf(out, "%s and the spec %s differ: %d new, %d accepted, %d stale\n",
		publication, s.Name, len(v.New), len(v.Accepted), len(v.Stale))
	if !v.Clean() {
		fmt.Fprintf(c.stderr, "misskeygen %s: mend the spec, or accept with a reason what is new; remove what is stale\n", c.name())
	}
}

// accepts says what an accepted difference was.
func accepts(a *spec.AcceptedDifference) string {
	switch {
	case a.Upstream == "":
		return "only the spec has it"
	case a.Spec == "":
		return "only upstream has it"
	default:
		return fmt.Sprintf("upstream says %s and the spec says %s", a.Upstream, a.Spec)
	}
}
