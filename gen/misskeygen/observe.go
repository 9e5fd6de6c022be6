package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen"
	"github.com/misskeyactor/misskeyactor/gen/observe"
	"github.com/misskeyactor/misskeyactor/spec"
)

const observeUsage = `misskeygen observe [flags] FILE...

Holds recordings of a client's frames against a spec and prints what departs
from it: channels, events, keys and values that the spec does not have, absences
and nulls that it does not allow, each with a count and an example; and what of
the spec was never seen. A finding exits with 1, unless it is accepted; so does
a recording without a frame. What is accepted and was not found is listed and no
fault, for no recording has everything; with import -compare it is one.

A recording is what streaming.WithRecorder writes, or frames as they were
received, one a line; compressed by gzip or not; - is standard input.

  -spec SPEC     the spec (default misskey, which comes with the command)
  -patch FILE    a new file for an overlay that makes the spec say what was
                 observed, for you to correct; - prints it behind the report.
                 It loads and generates: the report tells what had to be left
                 out for that. It cannot stand in the spec's own directory.
  -name NAME     the name of the overlay's dialect (default the spec's, and
                 -observed)
  -version V     the server's version, as evidence in the overlay
  -accept FILE   findings to let stand: a list under accepted: of items with a
                 reason: and a list of findings: by code and path
  -channel NAME  the channel of messages whose connect is not in the recording
  -unseen        list all that was never seen, and not the first of each kind
  -json          print counts, findings, unseen, stale (accepted, and not made)
                 and overlay, which is its text

  misskeygen observe frames.ndjson
  misskeygen observe -spec myfork -version 2026.4.0 -patch new.yaml *.ndjson.gz
  misskeygen observe -accept known.yaml -patch - frames.ndjson
`

// observeFlags are those of observe.
type observeFlags struct {
	spec, patch, accept, channel string
	overlay                      observe.Overlay
	unseen                       bool
}

func observeRecordings(c *task) error {
	var f observeFlags
	flags := c.flags()
	flags.StringVar(&f.spec, "spec", "misskey", "")
	flags.StringVar(&f.patch, "patch", "", "")
	flags.StringVar(&f.overlay.Name, "name", "", "")
	flags.StringVar(&f.overlay.Version, "version", "", "")
	flags.StringVar(&f.accept, "accept", "", "")
	flags.StringVar(&f.channel, "channel", "", "")
	flags.BoolVar(&f.unseen, "unseen", false, "")
	c.jsonFlag(flags)
	if err := c.parse(flags, 1, -1, "at least one file"); err != nil {
		return err
	}
	switch {
	case f.overlay.Version != "" && !spec.IsVersion(f.overlay.Version):
		return wrongCallf("-version %s is no version of a server; one is as in 2026.3.2", f.overlay.Version)
	case f.overlay.Name != "" && !spec.IsDialectName(f.overlay.Name):
		return wrongCallf("-name %s cannot be a dialect's name; one is as in my-fork", f.overlay.Name)
	}
	if f.patch != "" && f.patch != "-" {
		if _, err := os.Lstat(f.patch); err == nil {
			return existsError(f.patch) // before reading what may take long
		}
		if !slices.Contains(spec.Dialects(), f.spec) && same(filepath.Dir(f.patch), f.spec) {
			return wrongCallf("-patch %s is a file of the spec in %s, and an overlay is not one of those: name a file in another directory", f.patch, f.spec)
		}
	}
	o, err := f.observer()
	if err != nil {
		return err
	}
	if err := c.read(o); err != nil {
		return err
	}
	if f.overlay.Extends, err = extends(f.spec, f.patch); err != nil {
		return err
	}
	f.try()
	overlay := o.Offer(f.overlay)
	report := o.Report()
	if f.patch != "" && f.patch != "-" && overlay != nil {
		if err := writeNew(f.patch, overlay); err != nil {
			return err
		}
	}
	if c.json {
		c.printJSON(newObserveReport(c.name(), report, overlay))
	} else {
		c.printObserved(report, &f, overlay)
	}
	if report.Open() > 0 {
		return errFound
	}
	return nil
}

func (f *observeFlags) observer() (*observe.Observer, error) {
	s, err := loadSpec(f.spec)
	if err != nil {
		return nil, err
	}
	opts := observe.Options{Channel: f.channel}
	if f.accept != "" {
		if opts.Accepted, err = spec.LoadAcceptedFindings(disk{}, filepath.ToSlash(f.accept)); err != nil {
			return nil, err
		}
	}
	o, err := observe.New(s, opts)
	if errors.Is(err, observe.ErrNoChannel) {
		return nil, wrongCallf("-channel: %v", err)
	}
	return o, err
}

// read holds every file against the spec.
func (c *task) read(o *observe.Observer) error {
	for _, name := range c.args {
		if err := c.readOne(o, name); err != nil {
			return err
		}
	}
	return nil
}

func (c *task) readOne(o *observe.Observer, name string) error {
	defer c.progress("reading " + name)()
	r := c.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		r = f
	}
	return o.Read(name, r)
}

// try has the overlay loaded as from the file that it is for, and its names in
// Go fixed, before it is offered.
func (f *observeFlags) try() {
	name := filepath.ToSlash(filepath.Clean(f.patch))
	if f.patch == "" || f.patch == "-" {
		name = "overlay.yaml"
	}
	f.overlay.File = name
	f.overlay.Try = func(overlay []byte) error {
		s, err := spec.Load(draft{name: name, text: overlay}, name)
		if err == nil {
			_, err = gen.GoNamesOf(s)
		}
		return err
	}
}

// extends is what the overlay at patch says that it extends.
func extends(arg, patch string) (string, error) {
	if slices.Contains(spec.Dialects(), arg) {
		return arg, nil
	}
	dir := "."
	if patch != "-" {
		dir = filepath.Dir(patch)
	}
	from, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	to, err := filepath.Abs(arg)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(from, to)
	if err != nil {
		return "", err
	}
	if rel = filepath.ToSlash(rel); !strings.HasPrefix(rel, "../") {
		rel = "./" + rel
	}
	return rel, nil
}
