// Command misskeygen keeps the spec of a Misskey server and the Go bindings
// made from it: it generates them, checks that they are up to date, tells what
// differs between two specs and what that breaks, holds specs against what is
// published of servers and recorded of them, and seeds specs from documents.
//
//	misskeygen init [flags] [FILE]           begin a spec of your own
//	misskeygen generate [flags]              write the bindings of a spec
//	misskeygen check [flags]                 compare the bindings with the spec
//	misskeygen diff [flags] OLD NEW          tell what differs between two specs
//	misskeygen breaking [flags] OLD NEW      find what a new spec breaks of the bots of an old one
//	misskeygen doc [flags]                   print a reference of the channels
//	misskeygen import openapi [flags] FILE   print the entities of an OpenAPI document as YAML, or compare them
//	misskeygen import dts [flags] PACKAGE    print what misskey-js declares as YAML, or compare it
//	misskeygen observe [flags] FILE...       hold recordings of frames against a spec
//	misskeygen schema [flags]                print the JSON Schema of spec files, for editors
//	misskeygen explain [flags] [CODE]        tell what the code of a message stands for
//	misskeygen help [COMMAND]                tell more about a command
//
// It exits with 0 when all is well, with 1 when it found something: faults of
// a spec, files or specs that differ; and with 2 when it was called wrongly or
// cannot read or write a file.
package main

import (
	"io"
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// run does what a command line says, and returns what to exit with. It touches
// nothing of the process but its working directory.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	c := &task{stdin: stdin, stdout: newOutput(stdout, getenv), stderr: newOutput(stderr, getenv)}
	return c.dispatch(args)
}
