package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen/openapi"
	"github.com/misskeyactor/misskeyactor/gen/upstream"
	"github.com/misskeyactor/misskeyactor/spec"
)

const importUsage = `misskeygen import KIND [flags] FILE

Reads what describes servers and prints it as the seed of a spec, or compares a
spec with it. KIND is openapi for a server's own description of its API, or dts
for the TypeScript declarations of the npm package misskey-js.

  misskeygen help import dts
  misskeygen import openapi api.json
  misskeygen import dts -compare misskey-js-2026.5.1.tgz
`

const importOpenAPIUsage = `misskeygen import openapi [flags] FILE

Prints the schemas of an OpenAPI 3.1 document in JSON as the types section of a
spec, in YAML, and on standard error what it could not take over. The result is
a seed for a person to correct. FILE may be - for standard input.

With -compare it prints where the schemas and the types of a spec differ
instead, of those that both have. Accepted differences are known by a file that
gives the reason of each; any other makes it exit with 1. So does an accepted
one that is no longer there, if the file was named: those that come with the
command are kept for the newest server, and yours may be another.

  -root NAME    a schema to begin with; what it uses comes along, and nothing
                else. May be repeated. Without it every schema is taken.
  -o FILE       a new file to write to (default standard output)
` + comparisonUsage + `
  misskeygen import openapi api.json
  misskeygen import openapi -root Note -root Notification -o types.yaml api.json
  misskeygen import openapi -compare api.json
`

// names is a flag that may be repeated.
type names []string

func (n *names) String() string     { return fmt.Sprint(*n) }
func (n *names) Set(v string) error { *n = append(*n, v); return nil }

func importOpenAPI(c *task) error {
	var (
		roots names
		out   string
		with  comparison
	)
	flags := c.flags()
	flags.Var(&roots, "root", "")
	flags.StringVar(&out, "o", "", "")
	with.flags(c, flags)
	if err := c.parse(flags, 1, 1, "one file"); err != nil {
		return err
	}
	if err := with.check(flags, "root", "o"); err != nil {
		return err
	}
	if with.compare {
		return c.compareOpenAPI(with)
	}
	var report openapi.Report
	yaml, err := c.importFile(c.args[0], openapi.Options{Roots: roots, Report: &report})
	for _, note := range report.Notes {
		fmt.Fprintln(c.stderr, note)
	}
	if err != nil {
		return err
	}
	return c.writeSeed(out, yaml)
}

// writeSeed writes to a new file, or to standard output when none is named.
func (c *task) writeSeed(out string, yaml []byte) error {
	if out != "" {
		return writeNew(out, yaml)
	}
	_, err := c.stdout.Write(yaml)
	return err
}

func (c *task) importFile(name string, opts openapi.Options) ([]byte, error) {
	f, err := c.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return openapi.Import(f, opts)
}

// open opens a file, or standard input by the name "-".
func (c *task) open(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(c.stdin), nil
	}
	return os.Open(name)
}

func (c *task) compareOpenAPI(with comparison) error {
	f, err := c.open(c.args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	api, err := openapi.Read(f)
	if err != nil {
		return err
	}
	return with.run(c, publication{
		name:    strings.TrimSpace("api.json " + api.Version),
		compare: func(s *spec.Spec) []upstream.Difference { return openapi.Compare(api, s) },
		older:   true,
	})
}
