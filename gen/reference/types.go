package reference

import "github.com/misskeyactor/misskeyactor/spec"

// typesAppendix prints the types that messages carry.
func (p *page) typesAppendix() {
	if len(p.types) == 0 {
		return
	}
	p.heading(2, typeSection)
	p.paragraph("What the messages above carry. In Go, these are the package of entities.")
	p.ids()
	for _, t := range p.types {
		if t.Kind == spec.KindID {
			continue
		}
		p.heading(3, t)
		p.prose(t.Doc)
		if name := p.names.Types[t]; name != t.Name {
			p.paragraph("In Go: " + code(name) + ".")
		}
		switch t.Kind {
		case spec.KindEnum:
			p.enum(t)
		case spec.KindUnion:
			p.union(t)
		default:
			p.object(t)
		}
		p.provenance(t.Evidence, t.Pos)
	}
}

// ids prints a table of all ids: there is little to say of each.
func (p *page) ids() {
	list := table{head: []string{"Id", "Go", "Meaning", "Spec"}}
	for _, t := range p.types {
		if t.Kind != spec.KindID {
			continue
		}
		goName := ""
		if name := p.names.Types[t]; name != t.Name {
			goName = code(name)
		}
		list.row(escape(t.Name), goName, sentences(oneLine(t.Doc), p.differsFromMost(t.Evidence)), p.source(t.Pos))
	}
	if len(list.rows) > 0 {
		p.heading(3, idSection)
		p.paragraph("Strings that name something, each of a type of its own.")
		p.paragraph(list.String())
	}
}

func (p *page) enum(t *spec.Type) {
	p.paragraph("A string; a server may send others than these:")
	values := table{head: []string{"Value", "Meaning"}}
	explained := false
	var plain []string
	for _, v := range t.Values {
		doc := sentences(oneLine(v.Doc), differs(v.Evidence, t.Evidence))
		explained = explained || doc != ""
		values.row(code(v.Value), doc)
		plain = append(plain, code(v.Value))
	}
	if explained {
		p.paragraph(values.String())
		return
	}
	p.bullets(plain)
}

func (p *page) object(t *spec.Type) {
	var embedded []string
	for _, ref := range t.Embeds {
		embedded = append(embedded, p.linkTo(ref.Type))
	}
	switch {
	case len(embedded) > 0 && len(t.Fields) > 0:
		p.paragraph("All fields of " + spec.Enumerate(embedded, "and") + ", and:")
	case len(embedded) > 0:
		p.paragraph("All fields of " + spec.Enumerate(embedded, "and") + ".")
	}
	p.paragraph(p.fieldTable(t.Fields, t.Evidence))
}

func (p *page) linkTo(t *spec.Type) string { return link(escape(t.Name), p.headings[t].anchor) }

// union prints the fields that every variant has, and then a row for each
// field that is a variant's own.
func (p *page) union(t *spec.Type) {
	text := "One of several objects, told apart by " + code(t.Discriminator) + "; a server may send others than these."
	if t.Empty {
		text += " " + code("{}") + " stands for none."
	}
	p.paragraph(text)
	if len(t.Fields) > 0 {
		p.paragraph("Every one has:")
		p.paragraph(p.fieldTable(t.Fields, t.Evidence))
	}
	variants := table{head: []string{code(t.Discriminator), "Key", "Type", "Meaning"}}
	for _, v := range t.Variants {
		doc := sentences(oneLine(v.Doc), differs(v.Evidence, t.Evidence))
		tag := code(v.Tag)
		if doc != "" || len(v.Fields) == 0 {
			variants.row(tag, "", "", doc)
			tag = ""
		}
		for _, f := range v.Fields {
			variants.row(tag, code(f.Name), p.typeText(f.Type, f.Optional), fieldDoc(f, v.Evidence))
			tag = ""
		}
	}
	p.paragraph(variants.String())
}
