package reference

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/gen"
	"github.com/misskeyactor/misskeyactor/spec"
)

func (p *page) captures() {
	if len(p.spec.Captures) == 0 {
		return
	}
	p.heading(2, captureSection)
	p.paragraph("A capture follows one thing without a channel.")
	for _, c := range p.spec.Captures {
		p.heading(3, c)
		p.prose(c.Doc)
		p.goCode("sub, err := client.%s(ctx, %s, handler)", p.names.Captures[c].Method, p.names.Captures[c].Key)
		facts := []string{
			"What is captured is named by " + code(c.Key.Name) + ", of type " + p.typeText(c.Key.Type, c.Key.Optional) + ".",
			"The client sends " + code(c.Subscribe) + " and " + code(c.Unsubscribe) + "; events come as " + code(c.Update) + ".",
		}
		if c.EndsWith != "" {
			facts = append(facts, "It ends by itself after the event "+code(c.EndsWith)+".")
		}
		p.bullets(facts)
		p.events(c.Events, c.Evidence)
		p.provenance(c.Evidence, c.Pos)
	}
}

func (p *page) broadcasts() {
	set := p.spec.Broadcasts
	if set == nil {
		return
	}
	p.heading(2, broadcastSection)
	p.prose(set.Doc)
	p.paragraph("Broadcasts reach every socket, without a connect and without an account.")
	p.goCode("sub, err := client.%s(ctx, handler)", p.names.Broadcasts)
	p.events(set, set.Evidence)
	p.provenance(set.Evidence, set.Pos)
}

// requests lists those that the client sends by itself, and then prints those
// that are its methods.
func (p *page) requests() {
	if len(p.spec.Requests) == 0 {
		return
	}
	p.heading(2, requestSection)
	own := table{head: []string{"Request", "Answer", "Other names", "Meaning"}}
	for _, r := range p.spec.Requests {
		if r.Role != spec.RoleRequest {
			own.row(code(r.Name), answer(r), codes(r.Aliases), sentences(oneLine(r.Doc), p.differsFromMost(r.Evidence)))
		}
	}
	if len(own.rows) > 0 {
		p.paragraph("The client sends these by itself:")
		p.paragraph(own.String())
	}
	if slices.ContainsFunc(p.spec.Requests, func(r *spec.Request) bool { return r.Role == spec.RoleCall }) {
		p.paragraph("Calls of the API go over the socket with the option " + code("WithStreamCalls") + ".")
	}
	for _, r := range p.spec.Requests {
		if r.Role == spec.RoleRequest {
			p.request(r)
		}
	}
}

// answer is the frame type that answers a request; "" for none.
func answer(r *spec.Request) string {
	switch {
	case r.Reply == "":
		return ""
	case r.Role == spec.RoleCall:
		return code(r.Reply) + " and the call's id"
	default:
		return code(r.Reply)
	}
}

func (p *page) request(r *spec.Request) {
	p.heading(3, r)
	p.prose(r.Doc)
	p.goCode("err := client.%s", call(p.names.Requests[r]))
	var facts []string
	if r.Credential {
		facts = append(facts, "It needs an account; an anonymous client gets "+code("ErrCredentialRequired")+".")
	}
	switch {
	case r.Body != nil:
		facts = append(facts, "Its body is of type "+p.typeText(r.Body, r.BodyOptional)+".")
	case len(r.Fields) > 0 && r.BodyOptional:
		facts = append(facts, "Its body may be left out.")
	case len(r.Fields) == 0:
		facts = append(facts, "It has no body.")
	}
	if r.Reply != "" {
		facts = append(facts, "The server answers with "+code(r.Reply)+".")
	}
	if len(r.Aliases) > 0 {
		facts = append(facts, "The server takes "+codes(r.Aliases)+" for it as well.")
	}
	p.bullets(facts)
	p.bodies([]*spec.Message{&r.Message})
	p.provenance(r.Evidence, r.Pos)
}

// call writes the call of a method that sends a message.
func call(name gen.CallName) string {
	switch {
	case name.Message != "":
		return name.Method + "(ctx, " + name.Message + "{…})"
	case name.Param != "":
		return name.Method + "(ctx, " + name.Param + ")"
	default:
		return name.Method + "(ctx)"
	}
}

// codes enumerates names; empty ones are left out.
func codes(names []string) string {
	var list []string
	for _, name := range names {
		if name != "" {
			list = append(list, code(name))
		}
	}
	return spec.Enumerate(list, "and")
}
