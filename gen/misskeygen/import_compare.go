package main

import (
	"flag"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/misskeyactor/misskeyactor/gen/upstream"
	"github.com/misskeyactor/misskeyactor/spec"
)

const comparisonUsage = `  -compare      compare with a spec
  -spec SPEC    the spec to compare with (default misskey)
  -accept FILE  the accepted differences (default those between what upstream
                publishes and misskey, which come with the command)
  -v            print accepted differences as well
  -json         print "new", "accepted" and "stale": differences with kind
                (missing in the spec, extra in it, or differs), path, what,
                upstream, spec, upstreamPlace, specPlace; accepted and stale
                ones with their reason
`

// comparison is how an importer is told to hold a spec against a publication.
type comparison struct {
	compare      bool
	spec, accept string
	verbose      bool
}

// publication is what a spec is held against.
type publication struct {
	name    string
	compare func(*spec.Spec) []upstream.Difference
	// older is set when it need not be the newest, which the accepted
	// differences that come along are kept for.
	older bool
}

func (w *comparison) flags(c *task, flags *flag.FlagSet) {
	flags.BoolVar(&w.compare, "compare", false, "")
	flags.StringVar(&w.spec, "spec", "misskey", "")
	flags.StringVar(&w.accept, "accept", "", "")
	flags.BoolVar(&w.verbose, "v", false, "")
	c.jsonFlag(flags)
}

// check refuses flags that say nothing in the way the importer was called:
// those of the comparison in a seed, and those of a seed in the comparison.
func (w *comparison) check(flags *flag.FlagSet, ofSeed ...string) error {
	var wrong error
	flags.Visit(func(f *flag.Flag) {
		switch seeds := slices.Contains(ofSeed, f.Name); {
		case w.compare && seeds:
			wrong = wrongCallf("-%s is of no use with -compare, which writes no seed", f.Name)
		case !w.compare && !seeds && f.Name != "compare":
			wrong = wrongCallf("-%s is of no use without -compare", f.Name)
		}
	})
	return wrong
}

// run prints how the publication and the spec differ, and returns errFound
// when somebody has to look at it.
func (w *comparison) run(c *task, p publication) error {
	s, err := loadSpec(w.spec)
	if err != nil {
		return err
	}
	accepted, err := w.accepted()
	if err != nil {
		return err
	}
	v := upstream.Judge(p.compare(s), accepted)
	if p.older && w.accept == "" {
		v.Stale = nil
	}
	if c.json {
		c.printJSON(newCompareReport(c.name(), p.name, s, v))
	} else {
		c.printVerdict(p.name, s, v, w.verbose)
	}
	if !v.Clean() {
		return errFound
	}
	return nil
}

// accepted loads the accepted differences, by default those that come along.
func (w *comparison) accepted() ([]*spec.AcceptedDifference, error) {
	if w.accept == "" {
		return upstream.Known()
	}
	return spec.LoadAcceptedDifferences(disk{}, filepath.ToSlash(filepath.Clean(w.accept)))
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
