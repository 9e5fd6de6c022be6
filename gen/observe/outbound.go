package observe

import "github.com/misskeyactor/misskeyactor/spec"

// outbound takes a frame of the client's.
func (r *recording) outbound(s *socket, typ string, body any) {
	req := r.index.requests[typ]
	if req == nil {
		r.find(departure{code: CodeRequest, path: address{"requests", shorten(typ)}.String(), value: body, text: "is not in the spec"})
		return
	}
	r.ledger.meet(req.Request)
	switch req.Role {
	case spec.RoleConnect:
		r.connect(s, req, body)
	case spec.RoleDisconnect:
		if o, ok := r.object(req.message.address, body); ok {
			r.unknownKeys(req.message.address, o, "id")
			if id, ok := r.text(req.message.address, o, "id"); ok {
				r.owned(s, req, id)
			}
		}
	case spec.RoleSend:
		r.send(s, req, body)
	case spec.RoleSubscribe, spec.RoleUnsubscribe:
		r.captureRequest(req, body)
	case spec.RoleCall:
		r.call(req, body)
	case spec.RoleRequest:
		if body != nil || !req.BodyOptional {
			r.walker().message(req.message, body)
		}
	}
}

// owned returns what was connected under an id.
func (r *recording) owned(s *socket, req *request, id string) *connect {
	c := s.connects[id]
	switch {
	case c != nil:
	case r.lossy:
		r.counts.Unfollowed++
	default:
		r.find(departure{code: CodeNotConnected, path: req.message.at("id").String(), value: id, text: "names no connect on this socket"})
	}
	return c
}

func (r *recording) connect(s *socket, req *request, body any) {
	at := req.message.address
	o, ok := r.object(at, body)
	if !ok {
		return
	}
	r.unknownKeys(at, o, "channel", "id", "params", "pong")
	name, hasName := r.text(at, o, "channel")
	id, hasID := r.text(at, o, "id")
	pong, isBool := o["pong"].(bool)
	if o["pong"] != nil && !isBool {
		r.find(departure{code: CodeKind, path: at.at("pong").String(), value: o, text: "is " + kindOf(o["pong"]) + ", where a boolean belongs"})
	}
	params, hasParams := o["params"].(map[string]any)
	if v, there := o["params"]; there && !hasParams {
		r.find(departure{code: kindCode(v), path: at.at("params").String(), value: o, text: "is " + kindOf(v) + ", where an object belongs"})
	}
	if !hasName || !hasID {
		return
	}
	ch := r.channel(name)
	if ch.stray != nil {
		ch.stray.connect(r.index, r.at, params)
	} else {
		r.ledger.meet(ch.Channel)
		r.walker().object(ch.params, params, "")
	}
	s.remember(id, &connect{channel: ch, awaits: pong})
	if pong {
		r.counts.Unanswered++
	}
}

// channel returns the channel of a name, which need not be in the spec.
func (r *recording) channel(name string) *channel {
	ch := r.index.channels[name]
	if ch == nil {
		ch = r.strays[name]
	}
	if ch == nil {
		ch = &channel{name: name, stray: &stray{}}
		if len(r.strays) < maxFindings {
			r.strays[name] = ch
		}
	}
	return ch
}

func (r *recording) send(s *socket, req *request, body any) {
	at := req.message.address
	o, id, typ, ok := r.addressed(at, body)
	if !ok {
		return
	}
	if _, there := o["body"]; !there {
		r.find(departure{code: CodeMissing, path: at.at("body").String(), value: o, text: "is absent"})
	}
	c := r.owned(s, req, id)
	switch {
	case c == nil:
	case c.channel.stray != nil:
		c.channel.stray.send(r.index, typ, o["body"])
	default:
		sends := c.channel.sends
		m := sends.byType[typ]
		if m == nil {
			r.find(departure{code: CodeSend, path: sends.at(shorten(typ)).String(), value: o["body"], fix: newMessageFix{sends, typ}, text: "is not in the spec"})
			return
		}
		r.ledger.meet(m.Message)
		r.walker().message(m, o["body"])
	}
}

// call takes a call of the API, whose endpoint has a short form as well.
func (r *recording) call(req *request, body any) {
	at := req.message.address
	o, ok := r.object(at, body)
	if !ok {
		return
	}
	r.unknownKeys(at, o, "id", "endpoint", "ep", "data")
	r.text(at, o, "id")
	if _, short := o["ep"]; short {
		r.text(at, o, "ep")
	} else {
		r.text(at, o, "endpoint")
	}
}

// captureRequest takes what begins or ends a capture.
func (r *recording) captureRequest(req *request, body any) {
	at := req.message.address
	o, ok := r.object(at, body)
	if !ok {
		return
	}
	for _, c := range r.index.captures {
		if c.Subscribe == req.Name || c.Unsubscribe == req.Name {
			r.ledger.meet(c.Capture)
			r.unknownKeys(at, o, c.Key.Name)
			r.text(at, o, c.Key.Name)
		}
	}
}
