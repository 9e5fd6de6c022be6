package main

import (
	_ "embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/misskeyactor/misskeyactor/spec"
)

const initUsage = `misskeygen init [flags] [FILE]

Begins a spec of your own, for a server that has channels, events or types that
others have not: one YAML file (default fork.yaml) with examples to uncomment.
It extends a dialect, so that only what is different has to be written down, and
tells which commands to type next. Nothing is replaced. A FILE that does not end
with .yaml is a directory to put the file into.

  -extends DIALECT  one that comes with the command (default misskey), or a path
                    from FILE's directory that begins with ./ or ../
  -name NAME        the dialect's name: small letters, digits and hyphens
                    (default the name of FILE)

  misskeygen init
  misskeygen init -extends misskey-12 myserver.yaml
  misskeygen init -extends ../base.yaml -name my-server specs/myserver
`

func initialise(c *task) error {
	var seed seed
	flags := c.flags()
	flags.StringVar(&seed.Extends, "extends", "misskey", "")
	flags.StringVar(&seed.Name, "name", "", "")
	if err := c.parse(flags, 0, 1, "one file"); err != nil {
		return err
	}
	file := "fork.yaml"
	if len(c.args) > 0 {
		file = filepath.Clean(c.args[0])
	}
	base, isFile := strings.CutSuffix(filepath.Base(file), ".yaml")
	if name, ok := strings.CutSuffix(file, ".yml"); ok {
		return wrongCallf("the file of a spec ends with .yaml: write %s.yaml", name)
	}
	if err := seed.name(base, file); err != nil {
		return err
	}
	if err := seed.base(); err != nil {
		return err
	}
	if !isFile {
		file = filepath.Join(file, seed.Name+".yaml")
	}
	text, err := seed.grow(filepath.ToSlash(file))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	if err := writeNew(file, text); err != nil {
		return err
	}
	schema, out := filepath.Join(filepath.Dir(file), "schema.json"), filepath.Join(filepath.Dir(file), packageOf(seed.Name))
	fmt.Fprintf(c.stdout, initNext, file, seed.Extends, bare(file), bare(schema), bare(out))
	return nil
}

const initNext = `%[1]s is a spec that extends %[2]s. What to type next:

  $EDITOR %[3]s
  go tool misskeygen schema -o %[4]s    # for your editor to complete keys
  go tool misskeygen generate -spec %[3]s -out %[5]s
  go tool misskeygen doc -spec %[3]s
`

var plainWord = regexp.MustCompile(`^[A-Za-z0-9._/-]+$`)

// bare is a word as YAML and shells take it: in quotes only where it has to be.
func bare(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return strconv.Quote(word)
}

//go:embed init.yaml.tmpl
var initTemplate string

// seed is what a new spec is made of.
type seed struct {
	Name    string
	Extends string // as the spec says it
	Base    string // the name of the dialect that it extends

	// For the examples: channels of the base, or "".
	Kept, Left, Removed string
	Patched             string // one with parameters
}

// name checks the dialect's name, or makes it of the file's.
func (s *seed) name(base, file string) error {
	switch {
	case s.Name == "":
		if s.Name = strings.ToLower(base); !spec.IsDialectName(s.Name) {
			return wrongCallf("%q, of %s, cannot be a dialect's name: it has small letters, digits and hyphens, and begins with a letter; give one with -name, as in -name my-fork", s.Name, file)
		}
	case !spec.IsDialectName(s.Name):
		return wrongCallf("-name %s cannot be a dialect's name; one is as in my-fork", s.Name)
	}
	if err := checkPackage(packageOf(s.Name)); err != nil {
		return wrongCallf("a dialect called %s would have its entities in a package %s: %v; give another name with -name, as in -name my-fork", s.Name, packageOf(s.Name), err)
	}
	return nil
}

// base checks what is extended where that may have been meant otherwise.
func (s *seed) base() error {
	word := s.Extends
	if slices.Contains(spec.Dialects(), word) || strings.HasPrefix(word, "./") || strings.HasPrefix(word, "../") {
		return nil
	}
	if strings.ContainsAny(word, `/.`) {
		return wrongCallf("-extends %s is no dialect that comes with the command, and a path begins with ./ or ../; did you mean ./%[1]s?", word)
	}
	return nil
}

// grow makes the text of a spec that is going to stand in file. It looks as
// generate will whether the spec is in order.
func (s seed) grow(file string) ([]byte, error) {
	s.Base = s.Extends
	text, err := s.text()
	if err != nil {
		return nil, err
	}
	loaded, err := spec.Load(draft{name: file, text: text}, file)
	if err != nil {
		return nil, err
	}
	s.examples(loaded.Extends)
	return s.text()
}

// examples takes channels for the examples from the base.
func (s *seed) examples(base *spec.Spec) {
	s.Base = base.Name
	channels := base.Channels
	if n := len(channels); n >= 4 {
		s.Kept, s.Removed, s.Left = channels[0].Name+", "+channels[1].Name, channels[n-2].Name, channels[n-1].Name
	}
	for _, c := range channels {
		if len(c.Params) > 0 && c.Name != s.Removed && c.Name != s.Left {
			s.Patched = c.Name
			return
		}
	}
}

func (s *seed) text() ([]byte, error) {
	t, err := template.New("init").Funcs(template.FuncMap{"bare": bare}).Parse(initTemplate)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	if err := t.Execute(&b, s); err != nil {
		return nil, err
	}
	return []byte(b.String()), nil
}

// draft is the disk with a file that is not written yet.
type draft struct {
	disk
	name string
	text []byte
}

func (d draft) ReadFile(name string) ([]byte, error) {
	if name == d.name {
		return d.text, nil
	}
	return fs.ReadFile(d.disk, name)
}
