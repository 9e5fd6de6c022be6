package main

import (
	"encoding/json"

	"github.com/misskeyactor/misskeyactor/spec"
)

// printJSON prints the one object that a command prints with -json: a struct
// whose first field is Command, and whose lists are not nil.
func (c *task) printJSON(report any) {
	e := json.NewEncoder(c.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(report); err != nil {
		panic(err) // reports are made of strings and numbers
	}
}

// errorReport is printed when a command was called wrongly, or could not do
// its work.
type errorReport struct {
	Command string `json:"command"`
	Error   string `json:"error"`
}

// diagnosticsReport is printed when a spec has faults, and by commands that
// have nothing else to report.
type diagnosticsReport struct {
	Command     string           `json:"command"`
	Diagnostics []diagnosticJSON `json:"diagnostics"`
}

type diagnosticJSON struct {
	Code    spec.Code `json:"code"`
	File    string    `json:"file"`
	Line    int       `json:"line"`
	Column  int       `json:"column"`
	Message string    `json:"message"`
	Hint    string    `json:"hint"`
	Source  string    `json:"source"`
}

func diagnosticsJSON(ds spec.Diagnostics) []diagnosticJSON {
	out := make([]diagnosticJSON, len(ds))
	for i, d := range ds {
		out[i] = diagnosticJSON{d.Code, d.File, d.Line, d.Column, d.Message, d.Hint, d.Source}
	}
	return out
}

// posJSON is a place in a spec.
type posJSON struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// placeJSON is null for what does not stand anywhere.
func placeJSON(p spec.Pos) *posJSON {
	if p == (spec.Pos{}) {
		return nil
	}
	return &posJSON{p.File, p.Line, p.Column}
}
