package spec

import "slices"

// The name spaces of the top level: words that the client sends, and frame
// types that the server does.
const (
	requestSpace = "request"
	frameSpace   = "frame type"
)

var roleWords = []string{
	string(RoleConnect), string(RoleDisconnect), string(RoleSend),
	string(RoleSubscribe), string(RoleUnsubscribe), string(RoleRequest), string(RoleCall),
}

func (l *loader) declareRequest(e entry) {
	l.wireName(e.Pos, e.key)
	what := "the request " + Quote(e.key)
	o := l.object(e.value, e.Pos, what, requestShape)
	r := &Request{
		Role:         Role(l.word(o, "role")),
		Reply:        l.text(o, "reply"),
		Method:       l.exported(o, "method"),
		Credential:   l.credential(o),
		BodyOptional: l.flag(o, "bodyOptional"),
	}
	r.Pos, r.Name = e.Pos, e.key
	l.messageOf(&r.Message, o)
	if r.Role == RoleRequest {
		o.need("method", "Name the client's method, as in ReadNotifications.")
	}
	if r.Role == RoleCall {
		o.need("reply", `Write what the types of its answers begin with, as in reply: "api:"; the call's id follows.`)
	}
	if r.Role != "" && r.Role != RoleRequest {
		for _, key := range o.given("method", "bodyOptional", "body", "as", "fields") {
			l.report(l.here(o.get(key).Pos, e.Pos), CodeConflict, what+" has "+Quote(key)+", which only role request has",
				"Remove the key: the runtime knows what a request of role "+string(r.Role)+" carries.")
		}
	}
	if i := slices.IndexFunc(r.Fields, func(f *Field) bool { return !f.Optional }); r.BodyOptional && i >= 0 {
		l.report(l.here(o.get("bodyOptional").Pos, r.Fields[i].Pos, e.Pos), CodeConflict,
			what+" may lack its body, and yet requires the field "+Quote(r.Fields[i].Name),
			"Make every field optional, or remove bodyOptional.")
	}
	if v := o.get("bodyOptional"); r.BodyOptional && r.Role == RoleRequest && o.get("fields") == nil {
		l.report(l.here(v.Pos, e.Pos), CodeConflict, what+" may lack its body, and has no fields that could be absent", "Remove bodyOptional, or declare fields.")
	}
	fresh := l.declare(requestSpace, r.Name, r.Pos)
	if v := o.get("aliases"); v != nil {
		l.strings(v, Quote("aliases"), func(item *value) {
			l.wireName(item.Pos, item.text)
			if l.declare(requestSpace, item.text, item.Pos) {
				r.Aliases = append(r.Aliases, item.text)
			}
		})
	}
	if v := o.get("reply"); r.Reply != "" {
		l.wireName(v.Pos, r.Reply)
		l.declare(frameSpace, r.Reply, v.Pos)
	}
	if fresh || l.requests[r.Name] == nil { // the latter when the name is another's alias
		l.requests[r.Name] = r
		l.spec.Requests = append(l.spec.Requests, r)
	}
}
