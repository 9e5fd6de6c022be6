package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/misskeyactor/misskeyactor/gen/reference"
	"github.com/misskeyactor/misskeyactor/spec"
)

const docUsage = `misskeygen doc [flags]

Prints a reference of a spec in Markdown, for the users of its bindings: every
channel with its parameters, events and messages, what it asks of an account,
what is odd about it and since when it is there; captures, broadcasts and
requests; and the types that all of these carry. Each fact links to its place in
the spec's files, where those are not the ones that come with the command.

  -spec SPEC  the spec (default the directory spec/misskey)
  -o FILE     the page to write (default standard output). A file that is there
              and is no such page is left as it is. Links in the page are
              relative to it, or to the working directory.

  misskeygen doc
  misskeygen doc -spec myfork.yaml -o fork/CHANNELS.md
  misskeygen doc -spec misskey
`

func doc(c *task) error {
	var name, out string
	flags := c.flags()
	flags.StringVar(&name, "spec", "spec/misskey", "")
	flags.StringVar(&out, "o", "", "")
	if err := c.parse(flags, 0, 0, ""); err != nil {
		return err
	}
	page, err := docPage(name, out)
	if err != nil {
		return err
	}
	if out == "" {
		_, err = c.stdout.Write(page)
		return err
	}
	return writeOver(out, page, "page of misskeygen doc", reference.IsPage)
}

// docPage renders the reference of a spec, to be written to out.
func docPage(name, out string) ([]byte, error) {
	s, err := loadSpec(name)
	if err != nil {
		return nil, err
	}
	var opts reference.Options
	if !s.BuiltIn {
		opts.Link = linker(filepath.Dir(out))
	}
	return reference.Render(s, opts)
}

// linker links to places in files from a page in dir. Files that are not on the
// disk, because they come with the command, and those on another volume cannot
// be linked to.
func linker(dir string) func(spec.Pos) string {
	targets := map[string]string{}
	return func(pos spec.Pos) string {
		target, known := targets[pos.File]
		if !known {
			target = relative(dir, filepath.FromSlash(pos.File))
			targets[pos.File] = target
		}
		if target == "" {
			return ""
		}
		return fmt.Sprintf("%s#L%d", target, pos.Line)
	}
}

// relative is the way from a directory to a file as a URL has it, or "".
func relative(dir, file string) string {
	if _, err := os.Stat(file); err != nil {
		return ""
	}
	from, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	to, err := filepath.Abs(file)
	if err != nil {
		return ""
	}
	way, err := filepath.Rel(from, to)
	if err != nil {
		return ""
	}
	return (&url.URL{Path: filepath.ToSlash(way)}).String()
}
