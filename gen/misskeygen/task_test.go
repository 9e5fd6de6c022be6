package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestFlagsStandAnywhere(t *testing.T) {
	for _, tt := range []struct {
		args string
		want []string // operands
		json bool
	}{
		{"", nil, false},
		{"a b -json", []string{"a", "b"}, true},
		{"-json a b", []string{"a", "b"}, true},
		{"a -json -o x b", []string{"a", "b"}, true},
		{"-o x -- -json", []string{"-json"}, false},
		{"a -- b -- -json", []string{"a", "b", "--", "-json"}, false},
		{"a -", []string{"a", "-"}, false},
	} {
		c := &task{command: &command{name: "test"}, args: strings.Fields(tt.args)}
		flags := c.flags()
		c.jsonFlag(flags)
		flags.String("o", "", "")
		if err := c.parse(flags, 0, -1, "anything"); err != nil {
			t.Errorf("%q: %v", tt.args, err)
		}
		if !slices.Equal(c.args, tt.want) || c.json != tt.json {
			t.Errorf("%q: operands %q, json %t, want %q, %t", tt.args, c.args, c.json, tt.want, tt.json)
		}
	}
}

// TestFailuresAsJSON: whatever goes wrong, standard output has one object and
// standard error nothing.
func TestFailuresAsJSON(t *testing.T) {
	enter(t)
	edit(t, "spec/types.yaml", "      text: string | null", "      text: strin | null")
	type diagnostic struct {
		Code, File, Message, Hint, Source string
		Line, Column                      int
	}
	for _, tt := range []struct {
		args  string
		exit  int
		error string     // part of it
		first diagnostic // but for message and hint
	}{
		{args: "generate -json -spec spec -out bot", exit: exitFaults,
			first: diagnostic{Code: "SP018", File: "spec/types.yaml", Line: 33, Column: 13, Source: "      text: strin | null"}},
		{args: "check -spec nowhere/at/all -out bot --json", exit: exitUsage,
			first: diagnostic{Code: "SP001", File: "nowhere/at/all", Line: 1, Column: 1}},
		{args: "check -spec nowhere -json", exit: exitUsage, error: `there is no spec "nowhere"`},
		{args: "check -json -x", exit: exitUsage, error: "there is no flag -x"},
		{args: "check -x -json", exit: exitUsage, error: "there is no flag -x"},
	} {
		stdout, stderr := call(t, tt.exit, strings.Fields(tt.args)...)
		if stderr != "" {
			t.Errorf("%s prints %q to standard error", tt.args, stderr)
		}
		var got struct {
			Command, Error string
			Diagnostics    []diagnostic
		}
		d := json.NewDecoder(strings.NewReader(stdout))
		d.DisallowUnknownFields()
		if err := d.Decode(&got); err != nil || d.More() {
			t.Errorf("%s: %v in %s", tt.args, err, stdout)
			continue
		}
		if want, _, _ := strings.Cut(tt.args, " "); got.Command != want {
			t.Errorf("%s: command %q", tt.args, got.Command)
		}
		if (got.Error == "") != (tt.error == "") || !strings.Contains(got.Error, tt.error) {
			t.Errorf("%s: error %q, want %q", tt.args, got.Error, tt.error)
		}
		if tt.error != "" {
			continue
		}
		if len(got.Diagnostics) == 0 || got.Diagnostics[0].Message == "" || got.Diagnostics[0].Hint == "" {
			t.Errorf("%s: diagnostics %+v", tt.args, got.Diagnostics)
			continue
		}
		first := got.Diagnostics[0]
		first.Message, first.Hint = "", ""
		if first != tt.first {
			t.Errorf("%s: diagnostic %+v, want %+v", tt.args, first, tt.first)
		}
	}
}

func TestColoursAreForTerminals(t *testing.T) {
	if got := (&output{colours: true}).paint(red, "x"); got != "\x1b[31mx\x1b[0m" {
		t.Errorf("with colours %q", got)
	}
	for _, o := range []*output{{terminal: true}, newOutput(&bytes.Buffer{}, func(string) string { return "" })} {
		if got := o.paint(red, "x"); got != "x" {
			t.Errorf("without colours %q", got)
		}
	}
}

func TestProgressIsShownAfterASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		c := &task{stderr: &output{Writer: &out, terminal: true}}
		end := c.progress("reading")
		time.Sleep(time.Second - 1)
		end()
		end()
		if out.Len() > 0 {
			t.Errorf("too early: %q", &out)
		}
		end = c.progress("reading")
		time.Sleep(2500 * time.Millisecond)
		end()
		if got, want := out.String(), "\rreading … 1 s\rreading … 2 s\r\x1b[K"; got != want {
			t.Errorf("printed %q, want %q", got, want)
		}
		out.Reset()
		for _, c := range []*task{{stderr: &output{Writer: &out}}, {stderr: c.stderr, json: true}} {
			end := c.progress("reading")
			time.Sleep(time.Minute)
			end()
		}
		if out.Len() > 0 {
			t.Errorf("nobody looks on, and yet: %q", &out)
		}
	})
}
