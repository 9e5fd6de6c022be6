package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen/openapi"
	"github.com/misskeyactor/misskeyactor/spec"
)

// What the command exits with.
const (
	exitOK     = 0
	exitFaults = 1 // faults of a spec or document, differences, findings
	exitUsage  = 2 // wrong call; files that cannot be read or written
)

// errFound is returned by a command that has printed what it found, to exit
// with 1.
var errFound = errors.New("something was found")

// task is one run of a command: what it was given, and where it prints.
// Results go to stdout; faults, notes and progress go to stderr.
type task struct {
	command *command
	args    []string // what stands behind the command's name; after parse, only what is no flag
	json    bool     // print one JSON object to stdout, and nothing to stderr

	stdin          io.Reader
	stdout, stderr *output
}

// dispatch finds the command that the words name and runs it.
func (c *task) dispatch(args []string) int {
	if len(args) > 0 && (args[0] == helpCommand.name || isHelpFlag(args[0])) {
		return c.finish(c.help(args[1:]))
	}
	list := commands()
	found, rest, err := find(append(list, helpCommand), args)
	c.command, c.args = found, rest
	switch {
	case err != nil:
		return c.finish(err)
	case found == nil && len(rest) > 0:
		return c.finish(wrongCallf("a command comes before the flag %s", rest[0]))
	case found == nil:
		fmt.Fprint(c.stderr, overview(list))
		return exitUsage
	case found.run == nil && len(rest) > 0 && isHelpFlag(rest[0]):
		return c.finish(flag.ErrHelp)
	case found.run == nil:
		return c.finish(wrongCallf("say what to %s: %s", found.name, strings.Join(lastWords(found.words), " or ")))
	}
	return c.finish(found.run(c))
}

// flags begins the flags of a command.
func (c *task) flags() *flag.FlagSet {
	flags := flag.NewFlagSet(c.command.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // parse words its errors
	flags.Usage = func() {}
	return flags
}

// jsonFlag adds the flag -json.
func (c *task) jsonFlag(flags *flag.FlagSet) { flags.BoolVar(&c.json, "json", false, "") }

// parse takes the flags out of the arguments, wherever they stand before a
// "--", and checks how many others there are: at least min and, unless it is
// negative, at most max. what names them for the error, as in "two specs".
func (c *task) parse(flags *flag.FlagSet, min, max int, what string) error {
	var operands []string
	for rest := c.args; len(rest) > 0; {
		if err := flags.Parse(rest); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return err
			}
			if flags.Lookup("json") != nil {
				c.json = c.json || slices.Contains(c.args, "-json") || slices.Contains(c.args, "--json")
			}
			return wrongFlag(flags, err)
		}
		parsed := len(rest) - flags.NArg()
		if parsed > 0 && rest[parsed-1] == "--" {
			operands = append(operands, flags.Args()...)
			break
		}
		if rest = flags.Args(); len(rest) > 0 {
			operands, rest = append(operands, rest[0]), rest[1:]
		}
	}
	c.args = operands
	if name := empty(flags); name != "" {
		return wrongCallf("-%s is given without a value: leave it out for its default", name)
	}
	switch {
	case max == 0 && len(operands) > 0:
		return wrongCallf("%q is one argument too many: there are only flags", operands[0])
	case len(operands) < min || max >= 0 && len(operands) > max:
		return wrongCallf("want %s, got %d", what, len(operands))
	}
	return nil
}

// empty returns the first flag that was given with nothing as its value, as a
// variable that is not set leaves it; "" for none.
func empty(flags *flag.FlagSet) (name string) {
	flags.Visit(func(f *flag.Flag) {
		if name == "" && f.Value.String() == "" {
			name = f.Name
		}
	})
	return name
}

// wrongFlag words an error of the flag package.
func wrongFlag(flags *flag.FlagSet, err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !unknown {
		return wrongCallf("%v", err)
	}
	var known []string
	flags.VisitAll(func(f *flag.Flag) { known = append(known, "-"+f.Name) })
	return wrongCallf("there is no flag -%s%s", name, didYouMean("-"+name, known))
}

// didYouMean ends a sentence with the word that was probably meant, if any.
func didYouMean(word string, known []string) string {
	if near := spec.Nearest(word, slices.Values(known)); near != "" {
		return fmt.Sprintf("; did you mean %s?", near)
	}
	return ""
}

// wrongCall is a command line that says nothing a command could do.
type wrongCall string

func wrongCallf(format string, args ...any) error { return wrongCall(fmt.Sprintf(format, args...)) }

func (w wrongCall) Error() string { return string(w) }

// finish prints an error, unless that was done, and returns what to exit with.
func (c *task) finish(err error) int {
	var (
		diagnostics spec.Diagnostics
		fault       *openapi.Error
		wrong       wrongCall
	)
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(c.stdout, c.command.usage)
		return exitOK
	case errors.Is(err, errFound):
		return exitFaults
	case errors.As(err, &diagnostics):
		c.printDiagnostics(diagnostics)
		if slices.ContainsFunc(diagnostics, func(d *spec.Diagnostic) bool { return d.Code == spec.CodeUnreadable }) {
			return exitUsage
		}
		return exitFaults
	case errors.As(err, &fault):
		c.printError(err, "")
		return exitFaults
	case errors.As(err, &wrong):
		c.printError(err, "\nRun "+strings.TrimSpace("misskeygen help "+c.name())+" for how to call it.")
		return exitUsage
	default:
		c.printError(err, "")
		return exitUsage
	}
}

// name is the command's name, "" before it is known.
func (c *task) name() string {
	if c.command == nil {
		return ""
	}
	return c.command.name
}

// printDiagnostics prints what is wrong with a spec.
func (c *task) printDiagnostics(ds spec.Diagnostics) {
	if c.json {
		c.printJSON(diagnosticsReport{c.name(), diagnosticsJSON(ds)})
		return
	}
	text := ds.Error()
	if c.stderr.colours {
		text = ds.Coloured()
	}
	fmt.Fprintln(c.stderr, text)
	if c.stderr.terminal {
		fmt.Fprintf(c.stderr, "\nmisskeygen explain %s tells more.\n", ds[0].Code)
	}
}

// printError prints an error, and for a person what else there is to say.
func (c *task) printError(err error, more string) {
	if c.json {
		c.printJSON(errorReport{c.name(), err.Error()})
		return
	}
	fmt.Fprintf(c.stderr, "%s: %v%s\n", strings.TrimSpace("misskeygen "+c.name()), err, more)
}
