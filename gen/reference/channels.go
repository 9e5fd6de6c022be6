package reference

import "github.com/misskeyactor/misskeyactor/spec"

func (p *page) channels() {
	if len(p.spec.Channels) == 0 {
		return
	}
	p.heading(2, channelSection)
	for _, c := range p.spec.Channels {
		p.channel(c)
	}
}

func (p *page) channel(c *spec.Channel) {
	p.heading(3, c)
	p.prose(c.Doc)
	params := ""
	if name := p.names.Channels[c].Params; name != "" {
		params = name + "{…}, "
	}
	p.goCode("sub, err := client.%s(ctx, %shandler)", p.names.Channels[c].Method, params)
	p.bullets(channelFacts(c))
	p.params(c)
	p.events(c.Events, c.Evidence)
	p.sends(c)
	p.quirks(c)
	p.provenance(c.Evidence, c.Pos)
}

// channelFacts says what a channel asks for and how its subscriptions behave.
func channelFacts(c *spec.Channel) []string {
	var facts []string
	if c.Credential {
		facts = append(facts, "It needs an account; an anonymous client gets "+code("ErrCredentialRequired")+".")
	} else {
		facts = append(facts, "It asks for no account.")
	}
	if c.Permission != "" {
		facts = append(facts, "An app's token needs the permission "+code(c.Permission)+".")
	}
	if c.Shared {
		facts = append(facts, "The server connects it once per socket; further subscriptions share that connection.")
	}
	if c.Leaks {
		facts = append(facts, "The server goes on sending after a disconnect, which the client hides.")
	}
	facts = append(facts, overflows[c.Overflow])
	if c.TokenEvent != "" {
		facts = append(facts, "Its event "+code(c.TokenEvent)+" says that the account has a new token.")
	}
	return facts
}

// overflows says what a subscription does by default when its inbox is full.
var overflows = map[spec.Overflow]string{
	spec.DropOldest: "When the inbox is full, its oldest event makes room and a " + code("Gap") + " says so.",
	spec.DropNewest: "When the inbox is full, what comes is dropped and a " + code("Gap") + " says so.",
	spec.End:        "When the inbox is full, the subscription ends with " + code("ErrSlowConsumer") + ", unless an option says otherwise.",
}

// quirks lists what a user of a channel has to know besides.
func (p *page) quirks(c *spec.Channel) {
	if len(c.Quirks) == 0 {
		return
	}
	p.paragraph("Good to know:")
	var items []string
	for _, quirk := range c.Quirks {
		items = append(items, oneLine(quirk))
	}
	p.bullets(items)
}

func (p *page) params(c *spec.Channel) {
	if len(c.Params) == 0 {
		return
	}
	p.paragraph("Parameters:")
	t := table{head: []string{"Parameter", "Type", "Needed", "Default", "Meaning"}}
	for _, f := range c.Params {
		needed, byDefault := "yes", ""
		if f.Optional {
			needed = "no"
		}
		if f.Default != "" {
			byDefault = code(f.Default)
		}
		t.row(code(f.Name), p.typeText(f.Type, false), needed, byDefault, sentences(oneLine(f.Doc), noEmptyItems(f), differs(f.Evidence, c.Evidence)))
	}
	p.paragraph(t.String())
}

// noEmptyItems says that a parameter takes no empty items.
func noEmptyItems(f *spec.Field) string {
	switch {
	case !f.NoEmptyItems:
		return ""
	case f.Type.List.Map != nil:
		return "No map in it may be empty."
	default:
		return "No list in it may be empty."
	}
}
