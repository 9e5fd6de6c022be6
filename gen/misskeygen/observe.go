package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen/observe"
	"github.com/misskeyactor/misskeyactor/spec"
)

const observeUsage = `misskeygen observe [flags] FILE...

Holds recordings of a client's frames against a spec and prints what departs
from it: channels, events, keys and values that the spec does not have, absences
and nulls that it does not allow, each with a count and an example; and what of
the spec was never seen. A finding exits with 1, unless it is accepted.

A recording is what streaming.WithRecorder writes, or frames as they were
received, one a line; compressed by gzip or not; - is standard input.

  -spec SPEC     the spec (default misskey, which comes with the command)
  -patch FILE    a new file for an overlay that makes the spec say what was
                 observed, for you to correct; - prints it behind the report
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

// The forms that a spec has for what an overlay says of itself.
var (
	dialectName   = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	serverVersion = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z]+([.-][0-9A-Za-z]+)*)?$`)
)

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
	case f.overlay.Version != "" && !serverVersion.MatchString(f.overlay.Version):
		return wrongCallf("-version %s is no version of a server; one is as in 2026.3.2", f.overlay.Version)
	case f.overlay.Name != "" && !dialectName.MatchString(f.overlay.Name):
		return wrongCallf("-name %s cannot be a dialect's name; one is as in my-fork", f.overlay.Name)
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
	report, overlay := o.Report(), o.Offer(f.overlay)
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

// printObserved prints a report for a person.
func (c *task) printObserved(r *observe.Report, f *observeFlags, overlay []byte) {
	offered := 0
	for _, finding := range r.Findings {
		c.printFinding(&finding)
		if finding.Offered {
			offered++
		}
	}
	if len(r.Findings) > 0 {
		fmt.Fprintln(c.stdout)
	}
	c.printCounts(r)
	c.printUnseen(r.Unseen, f.unseen)
	for _, a := range r.Stale {
		fmt.Fprintf(c.stdout, "%s: %s is accepted, and was not found\n", a.Pos, a.Finding)
	}
	switch {
	case overlay == nil:
	case f.patch == "-":
		fmt.Fprintf(c.stdout, "\n%s", overlay)
	case f.patch == "":
		fmt.Fprintf(c.stdout, "-patch FILE writes an overlay for %s.\n", counted(offered, "of them"))
	default:
		fmt.Fprintf(c.stdout, "%s has an overlay for %s.\n", f.patch, counted(offered, "of them"))
	}
}

func (c *task) printFinding(f *observe.Finding) {
	who := ""
	if f.Side == observe.Client {
		who = "client: "
	}
	code := c.stdout.paint(yellow, "["+string(f.Code)+"]")
	fmt.Fprintf(c.stdout, "%s%s %s %s\n", who, c.stdout.paint(bold, f.Path), f.Message, code)
	fmt.Fprintf(c.stdout, "    %s, as in %s:%d: %s\n", counted(int(f.Count), "time"), f.Example.File, f.Example.Line, f.Example.Text)
	if f.Reason != "" {
		fmt.Fprintf(c.stdout, "    %s\n", c.stdout.paint(cyan, "Accepted: "+f.Reason))
	}
}

// counted says "1 time" and "2 times".
func counted(n int, what string) string {
	if n != 1 && !strings.Contains(what, " ") {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

func (c *task) printCounts(r *observe.Report) {
	n := r.Counts
	fmt.Fprintf(c.stdout, "%s in and %d out, on %s: %s", counted(int(n.In), "frame"), n.Out, counted(int(n.Sockets), "socket"), counted(len(r.Findings), "finding"))
	if accepted := len(r.Findings) - r.Open(); accepted > 0 {
		fmt.Fprintf(c.stdout, ", %d of them accepted", accepted)
	}
	fmt.Fprintln(c.stdout)
	for _, more := range []struct {
		n    uint64
		what string
	}{
		{n.Cut, "recorded without all of their text and passed over"},
		{n.Dropped, "dropped by the recorder"},
		{n.Unfollowed, "passed over: their connect is not in the recording (see -channel)"},
	} {
		if more.n > 0 {
			fmt.Fprintf(c.stdout, "%s %s\n", counted(int(more.n), "frame"), more.what)
		}
	}
	if n.Unanswered > 0 {
		fmt.Fprintf(c.stdout, "%s without an answer\n", counted(int(n.Unanswered), "connect"))
	}
}

// shownUnseen is how many of a kind are listed without -unseen.
const shownUnseen = 5

// printUnseen lists what was never seen, by kind.
func (c *task) printUnseen(all []observe.Unseen, everything bool) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintln(c.stdout, "Never seen:")
	byKind := map[string][]observe.Unseen{}
	var kinds []string
	for _, u := range all {
		if byKind[u.What] == nil {
			kinds = append(kinds, u.What)
		}
		byKind[u.What] = append(byKind[u.What], u)
	}
	for _, kind := range kinds {
		list := byKind[kind]
		expected := 0
		for _, u := range list {
			if u.Expected {
				expected++
			}
		}
		// What ought to be there comes first.
		slices.SortStableFunc(list, func(a, b observe.Unseen) int {
			switch {
			case a.Expected == b.Expected:
				return 0
			case b.Expected:
				return -1
			default:
				return 1
			}
		})
		fmt.Fprintf(c.stdout, "  %s", counted(len(list), kind))
		switch {
		case expected == len(list):
			fmt.Fprint(c.stdout, ", which no server is known to send")
		case expected > 0:
			fmt.Fprintf(c.stdout, ", %d of which no server is known to send", expected)
		}
		fmt.Fprintln(c.stdout)
		for i, u := range list {
			if i == shownUnseen && !everything {
				fmt.Fprintf(c.stdout, "      and %d more (-unseen)\n", len(list)-i)
				break
			}
			fmt.Fprintf(c.stdout, "      %s\n", u.Path)
		}
	}
}

// observeReport is what observe prints with -json.
type observeReport struct {
	Command  string            `json:"command"`
	Counts   countsJSON        `json:"counts"`
	Findings []observationJSON `json:"findings"`
	Unseen   []unseenJSON      `json:"unseen"`
	Stale    []staleReasonJSON `json:"stale"`
	Overlay  string            `json:"overlay"` // "" when there is nothing to offer
}

type countsJSON struct {
	Sockets    uint64 `json:"sockets"`
	In         uint64 `json:"in"`
	Out        uint64 `json:"out"`
	Cut        uint64 `json:"cut"`
	Dropped    uint64 `json:"dropped"`
	Unfollowed uint64 `json:"unfollowed"`
	Unanswered uint64 `json:"unanswered"`
}

type observationJSON struct {
	Code    spec.Code   `json:"code"`
	Path    string      `json:"path"`
	Side    string      `json:"side"` // server or client
	Message string      `json:"message"`
	Count   uint64      `json:"count"`
	Example exampleJSON `json:"example"`
	Reason  string      `json:"reason"`  // "" unless it is accepted
	Offered bool        `json:"offered"` // the overlay cures it
}

type exampleJSON struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

type unseenJSON struct {
	Path     string   `json:"path"`
	What     string   `json:"what"`
	Expected bool     `json:"expected"`
	At       *posJSON `json:"at"`
}

type staleReasonJSON struct {
	Finding string   `json:"finding"`
	Reason  string   `json:"reason"`
	At      *posJSON `json:"at"`
}

func newObserveReport(command string, r *observe.Report, overlay []byte) observeReport {
	out := observeReport{
		Command: command, Counts: countsJSON(r.Counts), Overlay: string(overlay),
		Findings: make([]observationJSON, len(r.Findings)), Unseen: make([]unseenJSON, len(r.Unseen)), Stale: make([]staleReasonJSON, len(r.Stale)),
	}
	for i, f := range r.Findings {
		out.Findings[i] = observationJSON{f.Code, f.Path, string(f.Side), f.Message, f.Count, exampleJSON(f.Example), f.Reason, f.Offered}
	}
	for i, u := range r.Unseen {
		out.Unseen[i] = unseenJSON{u.Path, u.What, u.Expected, placeJSON(u.Pos)}
	}
	for i, a := range r.Stale {
		out.Stale[i] = staleReasonJSON{a.Finding, a.Reason, placeJSON(a.Pos)}
	}
	return out
}
