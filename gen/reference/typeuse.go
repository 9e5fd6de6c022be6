package reference

import "github.com/misskeyactor/misskeyactor/spec"

// typeText puts a use of a type into words, with links to what is declared:
// "list of Note or null". absent is set for what may be left out.
func (p *page) typeText(e *spec.TypeExpr, absent bool) string {
	choices := []string{p.valueText(e)}
	if e.Nullable {
		choices = append(choices, "null")
	}
	if absent {
		choices = append(choices, "absent")
	}
	return spec.Enumerate(choices, "or")
}

// valueText is typeText of a value that is there.
func (p *page) valueText(e *spec.TypeExpr) string {
	switch {
	case e.List != nil:
		return "list of " + p.elementText(e.List)
	case e.Map != nil:
		return "map to " + p.elementText(e.Map)
	case e.Named != nil:
		return link(escape(e.Named.Name), p.headings[e.Named].anchor)
	case e.Basic == spec.Any:
		return "any JSON"
	default:
		return string(e.Basic)
	}
}

func (p *page) elementText(e *spec.TypeExpr) string {
	if e.Nullable {
		return "(" + p.typeText(e, false) + ")"
	}
	return p.valueText(e)
}

// fieldTable lists fields whose parent has the given evidence.
func (p *page) fieldTable(fields []*spec.Field, parent spec.Evidence) string {
	t := table{head: []string{"Key", "Type", "Meaning"}}
	for _, f := range fields {
		t.row(code(f.Name), p.typeText(f.Type, f.Optional), fieldDoc(f, parent))
	}
	return t.String()
}

// fieldDoc is what the spec says of a field, and what sets its evidence apart.
func fieldDoc(f *spec.Field, parent spec.Evidence) string {
	text := oneLine(f.Doc)
	if f.Default != "" {
		text = sentences(text, "Default: "+code(f.Default)+".")
	}
	return sentences(text, differs(f.Evidence, parent))
}
