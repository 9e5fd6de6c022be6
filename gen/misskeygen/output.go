package main

import (
	"io"

	"golang.org/x/term"
)

// output is standard output or standard error.
type output struct {
	io.Writer
	terminal bool // a person looks on, and lines can be written over
	colours  bool
}

func newOutput(w io.Writer, getenv func(string) string) *output {
	f, ok := w.(interface{ Fd() uintptr })
	terminal := ok && term.IsTerminal(int(f.Fd())) && getenv("TERM") != "dumb"
	return &output{Writer: w, terminal: terminal, colours: terminal && getenv("NO_COLOR") == ""}
}

// colour is what a terminal is told to begin a colour with.
type colour string

const (
	bold   colour = "\x1b[1m"
	red    colour = "\x1b[31m"
	green  colour = "\x1b[32m"
	yellow colour = "\x1b[33m"
	cyan   colour = "\x1b[36m"
)

// paint returns text in a colour, if the output has colours.
func (o *output) paint(c colour, text string) string {
	if !o.colours || c == "" || text == "" {
		return text
	}
	return string(c) + text + "\x1b[0m"
}
