package reference

import "github.com/misskeyactor/misskeyactor/spec"

// events prints the events of a set, those of included sets first, as their
// handler lists them. Their evidence is told where it is not the owner's.
func (p *page) events(set *spec.EventSet, owner spec.Evidence) {
	all := set.AllEvents()
	p.paragraph("Events, which a " + code(p.names.Handlers[set]) + " takes:")
	t := table{head: []string{"Event", "Go", "Body", "Meaning"}}
	for _, m := range all {
		name := p.names.Events[m]
		goName := name.Type
		if name.Field != "" {
			goName += "." + name.Field
		}
		t.row(code(m.Name), code(goName), p.body(m), messageDoc(m, owner))
	}
	p.paragraph(t.String())
	p.bodies(all)
}

// sends prints what can be sent to a channel.
func (p *page) sends(c *spec.Channel) {
	if len(c.Sends) == 0 {
		return
	}
	p.paragraph("Messages it takes, while the subscription is live:")
	t := table{head: []string{"Message", "Go", "Body", "Meaning"}}
	for _, m := range c.Sends {
		t.row(code(m.Name), code("sub."+call(p.names.Sends[m])), p.body(m), messageDoc(m, c.Evidence))
	}
	p.paragraph(t.String())
	p.bodies(c.Sends)
}

// body is the type of a message's body. Fields that are the message's alone
// are listed by bodies.
func (p *page) body(m *spec.Message) string {
	switch {
	case m.Body != nil:
		return p.typeText(m.Body, false)
	case len(m.Fields) > 0:
		return "fields, below"
	default:
		return "null"
	}
}

// bodies prints the fields of messages that have fields of their own.
func (p *page) bodies(messages []*spec.Message) {
	for _, m := range messages {
		if len(m.Fields) > 0 {
			p.paragraph("Fields of " + code(m.Name) + ":")
			p.paragraph(p.fieldTable(m.Fields, m.Evidence))
		}
	}
}

func messageDoc(m *spec.Message, owner spec.Evidence) string {
	return sentences(oneLine(m.Doc), differs(m.Evidence, owner))
}
