package main

import (
	"fmt"

	"github.com/misskeyactor/misskeyactor/gen"
)

const diffUsage = `misskeygen diff [flags] OLD NEW

Tells what differs between two specs, as a person would, with where it stands in
either: channels, events, parameters, types, and what is said of them. How the
files are laid out makes no difference. It exits with 0 unless -exit-code is
given.

  -exit-code  exit with 1 when the specs differ
  -json       print JSON: "changes" has kind (added, removed or changed), group,
              what, name, path, attribute, before, after, message, and old and
              new, each a file, line and column, or null

  misskeygen diff misskey myfork.yaml
  misskeygen diff ../release/spec spec
`

func diff(c *task) error {
	flags := c.flags()
	exitCode := flags.Bool("exit-code", false, "")
	c.jsonFlag(flags)
	old, new, err := c.twoSpecs(flags)
	if err != nil {
		return err
	}
	changes := gen.Compare(old, new)
	if c.json {
		c.printJSON(newDiffReport(c.name(), changes))
	} else {
		c.printChanges(changes)
	}
	if *exitCode && len(changes) > 0 {
		return errFound
	}
	return nil
}

// changeColours are what changes are shown in, by their kind.
var changeColours = map[gen.ChangeKind]colour{gen.Added: green, gen.Removed: red, gen.Altered: yellow}

func (c *task) printChanges(changes []gen.Change) {
	group := ""
	for _, ch := range changes {
		if ch.Group != group {
			group = ch.Group
			fmt.Fprintln(c.stdout, c.stdout.paint(bold, group))
		}
		place := ""
		switch ch.Kind {
		case gen.Added:
			place = fmt.Sprint("at ", ch.New)
		case gen.Removed:
			place = fmt.Sprint("was at ", ch.Old)
		default:
			place = fmt.Sprintf("%s -> %s", ch.Old, ch.New)
		}
		fmt.Fprintf(c.stdout, "  %s  (%s)\n", c.stdout.paint(changeColours[ch.Kind], ch.String()), place)
	}
}

// diffReport is what diff prints with -json.
type diffReport struct {
	Command string       `json:"command"`
	Changes []changeJSON `json:"changes"`
}

type changeJSON struct {
	Kind      gen.ChangeKind `json:"kind"`
	Group     string         `json:"group"`
	What      string         `json:"what"`
	Name      string         `json:"name"`
	Path      string         `json:"path"`
	Attribute string         `json:"attribute"`
	Before    string         `json:"before"`
	After     string         `json:"after"`
	Message   string         `json:"message"`
	Old       *posJSON       `json:"old"`
	New       *posJSON       `json:"new"`
}

func newDiffReport(command string, changes []gen.Change) diffReport {
	r := diffReport{command, make([]changeJSON, len(changes))}
	for i, c := range changes {
		r.Changes[i] = changeJSON{
			c.Kind, c.Group, c.What, c.Name, c.Path, c.Attribute, c.Before, c.After, c.String(), placeJSON(c.Old), placeJSON(c.New),
		}
	}
	return r
}
