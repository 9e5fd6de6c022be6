package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen/dts"
	"github.com/misskeyactor/misskeyactor/gen/upstream"
	"github.com/misskeyactor/misskeyactor/spec"
)

const importDTSUsage = `misskeygen import dts [flags] PACKAGE

Reads the TypeScript declarations of the npm package misskey-js. PACKAGE is the
archive that npm pack writes, a directory with what is in it, or - for such an
archive on standard input.

Prints the channels, captures and broadcasts that are declared, in YAML, and on
standard error what it could not take over: a seed for a person to correct. The
entities come from import openapi.

With -compare it prints where the declarations and a spec differ instead: what
one has and the other has not, or says otherwise, of channels, parameters,
events, sends, broadcasts, captures and the entities that both have. Accepted
differences are known by a file that gives the reason of each; any other, and
an accepted one that is no longer there, makes it exit with 1; of what is
accepted for observe that is only told.

  -o FILE       a new file to write the seed to (default standard output)
` + comparisonUsage + `
  npm pack misskey-js@latest
  misskeygen import dts -o channels.yaml misskey-js-2026.5.1.tgz
  misskeygen import dts -compare misskey-js-2026.5.1.tgz
  misskeygen import dts -compare -spec ./myfork -accept known.yaml misskey-js
`

func importDTS(c *task) error {
	var (
		out  string
		with comparison
	)
	flags := c.flags()
	flags.StringVar(&out, "o", "", "")
	with.flags(c, flags)
	if err := c.parse(flags, 1, 1, "one package"); err != nil {
		return err
	}
	if err := with.check(flags, "o"); err != nil {
		return err
	}
	api, err := c.readPackage(c.args[0])
	if err != nil {
		return err
	}
	if with.compare {
		return with.run(c, publication{
			name:    strings.TrimSpace("misskey-js " + api.Version),
			compare: func(s *spec.Spec) []upstream.Difference { return dts.Compare(api, s) },
		})
	}
	yaml, notes := dts.Seed(api)
	for _, note := range notes {
		fmt.Fprintln(c.stderr, note)
	}
	return c.writeSeed(out, yaml)
}

// readPackage reads a directory or an archive.
func (c *task) readPackage(name string) (*dts.API, error) {
	if name == "-" {
		return readArchive("standard input", c.stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return dts.Read(disk{}, filepath.ToSlash(filepath.Clean(name)))
	default:
		return readArchive(name, f)
	}
}

func readArchive(name string, r io.Reader) (*dts.API, error) {
	files, err := dts.Archive(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	api, err := dts.Read(files, ".")
	if errors.Is(err, dts.ErrNoPackage) {
		return nil, fmt.Errorf("%s: %w", name, dts.ErrNoPackage)
	}
	return api, err
}
