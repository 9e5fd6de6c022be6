package spec

import "strings"

// paint is what a part of a diagnostic is shown in.
type paint func(text string) string

// paints are those of one way to print.
type paints struct{ place, code, caret, hint paint }

func plainly(text string) string { return text }

// escape puts text between the sequence that begins a style in a terminal, and
// the one that ends it.
func escape(style string) paint {
	return func(text string) string { return "\x1b[" + style + "m" + text + "\x1b[0m" }
}

var (
	uncoloured = paints{place: plainly, code: plainly, caret: plainly, hint: plainly}
	coloured   = paints{place: escape("1"), code: escape("33"), caret: escape("1;31"), hint: escape("36")}
)

// Coloured returns the diagnostic as Error does, with colours for a terminal.
func (d *Diagnostic) Coloured() string { return d.print(coloured) }

// Coloured returns every diagnostic, one below the other, with colours for a
// terminal.
func (ds Diagnostics) Coloured() string { return ds.print(coloured) }

// print writes the diagnostic in lines without a newline at the end.
func (d *Diagnostic) print(p paints) string {
	var b strings.Builder
	b.WriteString(p.place(d.Pos.String()+":") + " " + d.Message + " " + p.code("["+string(d.Code)+"]"))
	if d.Source != "" {
		line, caret := excerpt(d.Source, d.Column)
		indent := strings.TrimSuffix(caret, "^")
		b.WriteString("\n    " + line + "\n    " + indent + p.caret("^"))
	}
	if d.Hint != "" {
		b.WriteString("\n    " + p.hint(d.Hint))
	}
	return b.String()
}

func (ds Diagnostics) print(p paints) string {
	texts := make([]string, len(ds))
	for i, d := range ds {
		texts[i] = d.print(p)
	}
	return strings.Join(texts, "\n")
}
