package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen/observe"
)

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
	case overlay == nil && f.patch == "-":
		fmt.Fprintln(c.stdout, "There is nothing to offer an overlay for.")
	case overlay == nil && f.patch != "":
		fmt.Fprintf(c.stdout, "There is nothing to offer an overlay for: %s is not written.\n", f.patch)
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
	if f.Unfit != "" {
		fmt.Fprintf(c.stdout, "    Not in the overlay, where it does not fit: %s\n", f.Unfit)
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
