package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// table is printed as Markdown, with its columns aligned.
type table struct {
	title string
	head  []string // a column that begins with a blank is aligned to the right
	rows  [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) print(w io.Writer) {
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(strings.TrimSpace(cell)), 3)
		}
	}
	line := func(cells []string) {
		for i, cell := range cells {
			cell = strings.TrimSpace(cell)
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if strings.HasPrefix(t.head[i], " ") {
				cell = pad + cell
			} else {
				cell += pad
			}
			fmt.Fprintf(w, "| %s ", cell)
		}
		fmt.Fprintln(w, "|")
	}
	fmt.Fprintf(w, "\n%s\n\n", t.title)
	line(t.head)
	for i := range t.head {
		if strings.HasPrefix(t.head[i], " ") {
			fmt.Fprintf(w, "|%s:", strings.Repeat("-", widths[i]+1))
		} else {
			fmt.Fprintf(w, "|%s", strings.Repeat("-", widths[i]+2))
		}
	}
	fmt.Fprintln(w, "|")
	for _, row := range t.rows {
		line(row)
	}
}

// number writes a figure with as many digits as mean something.
func number(f float64) string {
	switch {
	case f == float64(int64(f)) && f < 1000 && f > -1000:
		return fmt.Sprintf("%.0f", f)
	case f < 0.1 && f > -0.1:
		return fmt.Sprintf("%.3f", f)
	case f < 10 && f > -10:
		return fmt.Sprintf("%.2f", f)
	case f < 100 && f > -100:
		return fmt.Sprintf("%.1f", f)
	}
	whole := fmt.Sprintf("%.0f", f)
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole
}

// middle writes the median of a figure's rounds, spread also how far they lie
// apart. Both are a dash without any.
func middle(figures []float64, err error) string {
	if err != nil || len(figures) == 0 {
		return "–"
	}
	return number(summarize(figures).Median)
}

func (s summary) spread() string {
	if s.Min == s.Max {
		return ""
	}
	return number(s.Min) + " – " + number(s.Max)
}
