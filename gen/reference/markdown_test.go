package reference

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"github.com/misskeyactor/misskeyactor/spec"
)

// github reads and renders Markdown as GitHub does.
var github = goldmark.New(goldmark.WithExtensions(extension.GFM))

func parse(source []byte) ast.Node { return github.Parser().Parse(text.NewReader(source)) }

var tags = regexp.MustCompile(`<[^>]*>`)

// plain is what a reader sees of a node.
func plain(t *testing.T, n ast.Node, source []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := github.Renderer().Render(&b, source, n); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(html.UnescapeString(tags.ReplaceAllString(b.String(), "")), "\n", "")
}

// nasty are texts that Markdown would read something into.
var nasty = []string{
	"plain text", "a | b", `back\slash`, `\|`, `a\|b`, "*bold* and **bolder**", "_under_ snake_case __init__", "`code`", "``",
	"[link](http://example.org)", "![image](x)", "<b>html</b>", "a < b > c", "&amp; &#35; AT&T", "~~gone~~", "$x$ and $5",
	"# heading", "## heading", "- item", "+ item", "* item", "1. item", "12) item", "> quote", "=== rule", "--- rule",
	"https://example.org/a_b?c=d", "[x] done", "map<Note>[]", "name@host", "…", "😀 | 👍", "-", "#", "1.", "  spaced   out  ",
}

func TestTextsAreWhatTheySay(t *testing.T) {
	for _, what := range nasty {
		checkText(t, what)
	}
}

func FuzzEscape(f *testing.F) {
	for _, what := range nasty {
		f.Add(what)
	}
	f.Fuzz(func(t *testing.T, what string) {
		if !printable(what) {
			t.Skip("no spec has it")
		}
		checkText(t, what)
	})
}

// printable reports whether a spec may hold the text.
func printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r == unicode.ReplacementChar || unicode.IsControl(r) || r == '\ufeff' })
}

// checkText checks that a text of the spec comes out of every place it is put
// into.
func checkText(t *testing.T, what string) {
	t.Helper()
	want := strings.Join(strings.Fields(what), " ")
	if want == "" {
		return
	}
	page := table{head: []string{"a", "b", "c"}}
	page.row(escape(what), link(escape(what), "#x"), "end")
	for place, source := range map[string]string{
		"a paragraph": escape(what) + "\n",
		"an item":     "- " + escape(what) + "\n",
		"a cell":      page.String(),
	} {
		node := parse([]byte(source))
		seen := plain(t, node, []byte(source))
		if place == "a cell" {
			if got := "abc" + want + want + "end"; seen != got {
				t.Errorf("%q is %q in a table, not %q:\n%s", what, seen, got, source)
			}
			continue
		}
		if seen != want {
			t.Errorf("%q is %q in %s:\n%s", what, seen, place, source)
		}
	}
	named := code(want)
	if seen := plain(t, parse([]byte(named)), []byte(named)); seen != want {
		t.Errorf("%q is %q as code", want, seen)
	}
}

func TestEmptyColumnsAreLeftOut(t *testing.T) {
	page := table{head: []string{"a", "b", "c"}}
	if page.String() != "" {
		t.Errorf("a table without rows is %q", page.String())
	}
	page.row("1", "", "")
	page.row("2", "", "3|4")
	const want = "| a | c |\n|---|---|\n| 1 |  |\n| 2 | 3\\|4 |\n"
	if page.String() != want {
		t.Errorf("got %q, want %q", page.String(), want)
	}
}

// TestLinksLeadSomewhere looks at the page of every dialect.
func TestLinksLeadSomewhere(t *testing.T) {
	for _, name := range spec.Dialects() {
		t.Run(name, func(t *testing.T) {
			s, err := spec.Dialect(name)
			if err != nil {
				t.Fatal(err)
			}
			checkPage(t, render(t, s))
		})
	}
}

// checkPage follows every link within a page, to the anchors that GitHub makes of
// its headings, and looks for HTML and for cells that run over.
func checkPage(t *testing.T, source []byte) {
	t.Helper()
	anchors, links := map[string]bool{}, 0
	root := parse(source)
	walk := func(f func(ast.Node)) {
		_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if entering {
				f(n)
			}
			return ast.WalkContinue, nil
		})
	}
	walk(func(n ast.Node) {
		switch n := n.(type) {
		case *ast.Heading:
			name := strings.ReplaceAll(strings.ToLower(plain(t, n, source)), " ", "-")
			if anchors[name] {
				t.Errorf("two headings are %q", name)
			}
			anchors[name] = true
		case *ast.RawHTML, *ast.HTMLBlock:
			t.Errorf("HTML on the page: %q", plain(t, n, source))
		}
	})
	walk(func(n ast.Node) {
		switch n := n.(type) {
		case *ast.Link:
			links++
			if target, ok := strings.CutPrefix(string(n.Destination), "#"); ok && !anchors[target] {
				t.Errorf("%s links to %s, which is no heading", plain(t, n, source), n.Destination)
			}
		case *east.TableRow:
			for cell := n.FirstChild(); cell != nil; cell = cell.NextSibling() {
				if strings.Contains(plain(t, cell, source), " | ") {
					t.Errorf("a cell runs over: %q", plain(t, cell, source))
				}
			}
		}
	})
	if links < 100 || len(anchors) < 50 {
		t.Errorf("%d links and %d headings were found", links, len(anchors))
	}
}

func TestAnchorsAreThoseOfGitHub(t *testing.T) {
	a := anchors{}
	for i, tt := range []struct{ text, want string }{
		{"The socket", "#the-socket"},
		{"Channel `homeTimeline`", "#channel-hometimeline"},
		{"Channel `hometimeline`", "#channel-hometimeline-1"},
		{"Channel `HomeTimeline`", "#channel-hometimeline-2"},
		{"Channel `a:b_c-d/e`", "#channel-ab_c-de"},
		{"Type Straße", "#type-straße"},
		{"Type 猫", "#type-猫"},
	} {
		if got := a.heading(tt.text); got != (heading{tt.text, tt.want}) {
			t.Errorf("%d: %q leads to %s, want %s", i, got.text, got.anchor, tt.want)
		}
	}
	for i := range 3 { // "x-1" is taken when the second "x" comes
		want := []string{"#x-1", "#x", "#x-2"}[i]
		if got := a.heading([]string{"x-1", "x", "x"}[i]); got.anchor != want {
			t.Errorf("got %s, want %s", got.anchor, want)
		}
	}
}

func TestTargetsOfLinks(t *testing.T) {
	for target, want := range map[string]string{
		"":               "text",
		"#a":             "[text](#a)",
		"my spec/a.yaml": "[text](<my%20spec/a.yaml>)",
		"a(1).yaml#L3":   "[text](<a(1).yaml#L3>)",
		"../a.yaml#L3":   "[text](../a.yaml#L3)",
	} {
		if got := link("text", target); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
