package main

import (
	"fmt"
	"strings"
)

// overview lists the commands.
func overview(list []*command) string {
	var b strings.Builder
	b.WriteString("misskeygen keeps the spec of a Misskey server and the Go bindings made from it.\n\n")
	var each func([]*command)
	each = func(list []*command) {
		for _, c := range list {
			if c.words != nil {
				each(c.words)
				continue
			}
			fmt.Fprintf(&b, "  %-16s %s\n", c.name, c.short)
		}
	}
	each(list)
	fmt.Fprintf(&b, "  %-16s %s\n", helpCommand.name, helpCommand.short)
	b.WriteString(conventions)
	return b.String()
}

const conventions = `
Where a SPEC is asked for, write a directory of YAML files, one YAML file, or
the name of a dialect that comes with the command, as in misskey. A directory
of such a name is written ./misskey.

Results go to standard output; faults, notes and progress to standard error.
With -json a command prints one JSON object to standard output instead, whose
"command" is its name. A spec's faults are its "diagnostics", each with code,
file, line, column, message, hint and source; any other failure is its "error".
Colours and progress are for terminals; NO_COLOR turns colours off.

Exit status: 0 all is well; 1 something was found: faults of a spec or document,
differences; 2 wrong call, or a file cannot be read or written.
`

// help prints how a command is called, or lists the commands.
func (c *task) help(args []string) error {
	list := commands()
	if len(args) == 0 {
		fmt.Fprint(c.stdout, overview(list))
		return nil
	}
	found, rest, err := find(append(list, helpCommand), args)
	switch {
	case err != nil:
		return err
	case len(rest) > 0:
		return wrongCallf("%q is no part of a command's name", rest[0])
	}
	fmt.Fprint(c.stdout, found.usage)
	return nil
}

func isHelpFlag(arg string) bool { return arg == "-h" || arg == "-help" || arg == "--help" }
