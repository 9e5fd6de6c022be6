package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen"
	"github.com/misskeyactor/misskeyactor/gen/dts"
	"github.com/misskeyactor/misskeyactor/gen/observe"
	"github.com/misskeyactor/misskeyactor/spec"
)

const explainUsage = `misskeygen explain [flags] [CODE]

Tells what a code behind a message stands for, why it is a fault and what to do,
with a snippet that has the fault and one that has not. Without a code it lists
all of them.

  -json  print "explanations", each with code, title, text, wrong and right

  misskeygen explain SP019
  misskeygen explain
`

// explanations are those of every code that a message may have, package by
// package.
func explanations() []spec.Explanation {
	return slices.Concat(spec.Explanations(), gen.Explanations(), dts.Explanations(), observe.Explanations())
}

func explain(c *task) error {
	flags := c.flags()
	c.jsonFlag(flags)
	if err := c.parse(flags, 0, 1, "one code"); err != nil {
		return err
	}
	all := explanations()
	if len(c.args) == 1 {
		found, err := explanationOf(all, c.args[0])
		if err != nil {
			return err
		}
		all = []spec.Explanation{found}
	}
	switch {
	case c.json:
		c.printJSON(newExplainReport(c.name(), all))
	case len(c.args) == 1:
		c.printExplanation(all[0])
	default:
		for _, e := range all {
			fmt.Fprintf(c.stdout, "%s  %s\n", c.stdout.paint(bold, string(e.Code)), e.Title)
		}
	}
	return nil
}

// explanationOf finds a code however it is capitalized.
func explanationOf(all []spec.Explanation, code string) (spec.Explanation, error) {
	code = strings.ToUpper(strings.Trim(code, "[]"))
	var codes []string
	for _, e := range all {
		if string(e.Code) == code {
			return e, nil
		}
		codes = append(codes, string(e.Code))
	}
	return spec.Explanation{}, wrongCallf("there is no code %s%s", code, didYouMean(code, codes))
}

func (c *task) printExplanation(e spec.Explanation) {
	fmt.Fprintf(c.stdout, "%s: %s\n\n%s\n", c.stdout.paint(bold, string(e.Code)), e.Title, wrapped(e.Text))
	c.printSnippet("Wrong", red, e.Wrong)
	c.printSnippet("Right", green, e.Right)
}

func (c *task) printSnippet(title string, colour colour, snippet string) {
	if snippet == "" {
		return
	}
	fmt.Fprintf(c.stdout, "\n%s:\n\n", c.stdout.paint(colour, title))
	for line := range strings.Lines(snippet) {
		fmt.Fprint(c.stdout, "    ", line)
	}
}

// wrapped breaks a text's paragraphs into lines of bearable length.
func wrapped(text string) string {
	const most = 80
	var paragraphs []string
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		var b strings.Builder
		column := 0
		for _, word := range strings.Fields(paragraph) {
			switch {
			case column == 0:
			case column+1+len(word) > most:
				b.WriteByte('\n')
				column = 0
			default:
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += len(word)
		}
		paragraphs = append(paragraphs, b.String())
	}
	return strings.Join(paragraphs, "\n\n")
}

// explainReport is what explain prints with -json.
type explainReport struct {
	Command      string            `json:"command"`
	Explanations []explanationJSON `json:"explanations"`
}

type explanationJSON struct {
	Code  spec.Code `json:"code"`
	Title string    `json:"title"`
	Text  string    `json:"text"`
	Wrong string    `json:"wrong"`
	Right string    `json:"right"`
}

func newExplainReport(command string, all []spec.Explanation) explainReport {
	r := explainReport{command, make([]explanationJSON, len(all))}
	for i, e := range all {
		r.Explanations[i] = explanationJSON(e)
	}
	return r
}
