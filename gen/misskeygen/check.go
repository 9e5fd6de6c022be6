package main

import (
	"fmt"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen"
)

const checkUsage = `misskeygen check [flags]

Compares the bindings with the spec and writes nothing: made for CI. It prints
every file that is different, with what generating would change as a unified
diff; every one that is missing; and every one that is stale, which is generated
and no longer wanted. Any of them makes it exit with 1.
` + flagsUsage + `
With -json, "files" has path, kind (different, missing or stale) and diff.

  misskeygen check
  misskeygen check -spec myfork -out mybot/fork
`

func check(c *task) error {
	tree, err := c.tree()
	if err != nil {
		return err
	}
	differences, err := tree.Check("")
	if err != nil {
		return err
	}
	if c.json {
		c.printJSON(newCheckReport(c.name(), differences))
	} else {
		c.printDifferences(differences)
	}
	if len(differences) > 0 {
		return errFound
	}
	return nil
}

func (c *task) printDifferences(differences []gen.Difference) {
	for _, d := range differences {
		fmt.Fprintf(c.stdout, "%s is %s\n", c.stdout.paint(bold, d.Path), d.Kind)
		for line := range strings.Lines(d.Diff) {
			text, end := strings.CutSuffix(line, "\n")
			fmt.Fprint(c.stdout, c.stdout.paint(diffColour(text), text))
			if end {
				fmt.Fprintln(c.stdout)
			}
		}
	}
	if len(differences) > 0 {
		fmt.Fprintf(c.stderr, "misskeygen check: %s; run misskeygen generate with the same flags\n", countDifferences(differences))
	}
}

// diffColour is what a line of a unified diff is shown in.
func diffColour(line string) colour {
	switch {
	case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"):
		return bold
	case strings.HasPrefix(line, "@@"):
		return cyan
	case strings.HasPrefix(line, "+"):
		return green
	case strings.HasPrefix(line, "-"):
		return red
	default:
		return ""
	}
}

// countDifferences says "2 files are different and 1 is stale".
func countDifferences(differences []gen.Difference) string {
	counts := map[gen.DifferenceKind]int{}
	for _, d := range differences {
		counts[d.Kind]++
	}
	var parts []string
	for _, kind := range []gen.DifferenceKind{gen.Changed, gen.Missing, gen.Stale} {
		switch n := counts[kind]; n {
		case 0:
		case 1:
			parts = append(parts, fmt.Sprintf("1 file is %s", kind))
		default:
			parts = append(parts, fmt.Sprintf("%d files are %s", n, kind))
		}
	}
	return strings.Join(parts, ", ")
}

// checkReport is what check prints with -json.
type checkReport struct {
	Command string     `json:"command"`
	Files   []fileJSON `json:"files"`
}

// fileJSON is a file that is not as the spec makes it.
type fileJSON struct {
	Path string `json:"path"`
	Kind string `json:"kind"` // different, missing or stale
	Diff string `json:"diff"` // of a different file: unified
}

func newCheckReport(command string, differences []gen.Difference) checkReport {
	r := checkReport{command, make([]fileJSON, len(differences))}
	for i, d := range differences {
		r.Files[i] = fileJSON{d.Path, string(d.Kind), d.Diff}
	}
	return r
}
