package main

import (
	"fmt"

	"github.com/misskeyactor/misskeyactor/gen"
)

const checkUsage = `misskeygen check [flags]

Compares the bindings with the spec and writes nothing. It prints every file
that differs, is missing or is stale, and then exits with 1.
` + flagsUsage + `
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
		fmt.Fprintf(c.stdout, "%s %s\n%s", d.Path, d.Kind, d.Diff)
	}
	if len(differences) > 0 {
		fmt.Fprintf(c.stderr, "misskeygen: %d of the files are not as the spec makes them; run misskeygen generate with the same flags\n",
			len(differences))
	}
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
