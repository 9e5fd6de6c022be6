// Command misskeygen makes Go bindings from a spec of a Misskey server, checks
// that they are up to date, and seeds specs from OpenAPI documents.
//
//	misskeygen generate [flags]              write the bindings
//	misskeygen check [flags]                 compare them with the spec
//	misskeygen import openapi [flags] FILE   print a document's schemas as YAML
//	misskeygen help [command]
//
// It exits with 0 when all is well, with 1 when the spec or the document has
// faults, or check finds a difference, and with 2 when it was called wrongly
// or cannot read or write a file.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/misskeyactor/misskeyactor/gen/openapi"
	"github.com/misskeyactor/misskeyactor/spec"
)

// What the command exits with.
const (
	exitOK     = 0
	exitFaults = 1 // of the spec or the document; differences found by check
	exitUsage  = 2 // wrong call; files that cannot be read or written
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// command is one of the words that misskeygen knows.
type command struct {
	name  string
	usage string
	run   func(args []string, stdout, stderr io.Writer) error
}

// errUsage is returned when what is wrong was said already.
var errUsage = errors.New("wrong call")

// errDifferent is returned by check when it has printed differences.
var errDifferent = errors.New("files differ from the spec")

func commands() []command {
	return []command{
		{name: "generate", usage: generateUsage, run: generate},
		{name: "check", usage: checkUsage, run: check},
		{name: "import", usage: importUsage, run: importDocument},
	}
}

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return exitUsage
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" {
		return help(args[1:], stdout, stderr)
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return exitCode(c.run(args[1:], stdout, stderr), stderr)
		}
	}
	fmt.Fprintf(stderr, "misskeygen: unknown command %q\n\n%s", args[0], usage)
	return exitUsage
}

// exitCode prints an error that nobody has printed yet, and returns what to
// exit with.
func exitCode(err error, stderr io.Writer) int {
	var (
		diagnostics spec.Diagnostics
		fault       *openapi.Error
	)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, errUsage):
		return exitUsage
	case errors.Is(err, errDifferent):
		return exitFaults
	case errors.As(err, &diagnostics):
		fmt.Fprintln(stderr, diagnostics)
		if slices.ContainsFunc(diagnostics, func(d *spec.Diagnostic) bool { return d.Code == spec.CodeUnreadable }) {
			return exitUsage
		}
		return exitFaults
	case errors.As(err, &fault):
		fmt.Fprintln(stderr, err)
		return exitFaults
	default:
		fmt.Fprintln(stderr, "misskeygen:", err)
		return exitUsage
	}
}

const usage = `misskeygen makes Go bindings from a spec of a Misskey server.

  misskeygen generate [flags]              write the bindings
  misskeygen check [flags]                 compare them with the spec
  misskeygen import openapi [flags] FILE   print a document's schemas as YAML
  misskeygen help COMMAND                  tell more about a command

Exit status: 0 all is well; 1 the spec or document has faults, or check found a
difference; 2 wrong call, or a file cannot be read or written.
`

func help(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stdout, usage)
		return exitOK
	}
	for _, c := range commands() {
		if c.name == args[0] {
			fmt.Fprint(stdout, c.usage)
			return exitOK
		}
	}
	fmt.Fprintf(stderr, "misskeygen: unknown command %q\n\n%s", args[0], usage)
	return exitUsage
}

// newFlags returns a set of flags that prints usage when it is misused.
func newFlags(name, usage string, stderr io.Writer) *flag.FlagSet {
	flags := flag.NewFlagSet("misskeygen "+name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, "\n", usage) }
	return flags
}

// parse parses the flags of a command.
func parse(flags *flag.FlagSet, args []string) error {
	err := flags.Parse(args)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return err
	}
	return errUsage
}
