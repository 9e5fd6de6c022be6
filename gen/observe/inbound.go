package observe

import (
	"strings"

	"github.com/misskeyactor/misskeyactor/spec"
)

// inbound takes a frame of the server's.
func (r *recording) inbound(s *socket, typ string, body any) {
	at := address{framesPath, typ}
	switch capture, broadcast := r.index.captures[typ], r.index.broadcasts.byType[typ]; {
	case typ == r.index.message:
		r.channelMessage(s, at, body)
	case capture != nil:
		r.captureUpdate(capture, at, body)
	case broadcast != nil:
		r.ledger.meet(broadcast.Message)
		r.walker().message(broadcast, body)
	case typ == r.index.connected && typ != "":
		if o, ok := r.object(at, body); ok {
			r.unknownKeys(at, o, "id")
			if id, ok := r.text(at, o, "id"); ok {
				r.answered(s, id)
			}
		}
	case r.index.replies[typ], r.index.answer != "" && strings.HasPrefix(typ, r.index.answer):
		// What answers a call is the endpoint's to say.
	default:
		r.find(departure{code: CodeFrameType, path: r.index.broadcasts.at(shorten(typ)).String(), value: body, fix: newMessageFix{r.index.broadcasts, typ}, text: "is not in the spec"})
	}
}

// walker holds values of the frame that is looked at against the spec.
func (r *recording) walker() *walker {
	return &walker{index: r.index, find: r.find, met: r.ledger.meet}
}

// answered notes that the server has acknowledged a connect.
func (r *recording) answered(s *socket, id string) {
	c := s.connects[id]
	switch {
	case c == nil:
		r.counts.Unfollowed++
	case c.channel.stray != nil:
		c.channel.stray.answered = true
	}
	if c != nil && c.awaits {
		c.awaits = false
		r.counts.Unanswered--
	}
}

// addressed takes what the bodies of messages to and from a channel have: the id
// of its connect, and the message's type.
func (r *recording) addressed(at address, body any) (o map[string]any, id, typ string, ok bool) {
	if o, ok = r.object(at, body); !ok {
		return nil, "", "", false
	}
	r.unknownKeys(at, o, "id", "type", "body")
	id, hasID := r.text(at, o, "id")
	typ, hasType := r.text(at, o, "type")
	return o, id, typ, hasID && hasType
}

// heard is an event of a channel, for the events of a set are those of several.
type heard struct {
	channel string
	event   *spec.Message
}

func (r *recording) channelMessage(s *socket, at address, body any) {
	o, id, event, ok := r.addressed(at, body)
	if !ok {
		return
	}
	ch := r.unowned
	if c := s.connects[id]; c != nil {
		ch = c.channel
	}
	switch {
	case ch == nil:
		r.counts.Unfollowed++
	case ch.stray != nil:
		ch.stray.event(r.index, event, o["body"])
	default:
		if m := r.event(ch.events, event, o["body"]); m != nil {
			r.ledger.meet(heard{ch.name, m.Message})
		}
	}
}

// event holds an event against its set. It returns nil for an unknown one.
func (r *recording) event(events *messages, typ string, body any) *message {
	m := events.byType[typ]
	if m == nil {
		r.find(departure{code: CodeEvent, path: events.at(shorten(typ)).String(), value: body, fix: newMessageFix{events, typ}, text: "is not in the spec"})
		return nil
	}
	r.ledger.meet(m.Message)
	r.walker().message(m, body)
	return m
}

func (r *recording) captureUpdate(c *capture, at address, body any) {
	o, ok := r.object(at, body)
	if !ok {
		return
	}
	r.ledger.meet(c.Capture)
	r.unknownKeys(at, o, c.Key.Name, "type", "body")
	key := &slot{address: address{"captures", c.Name, "key", c.Key.Name}, field: c.Key, expr: c.Key.Type}
	if v, there := o[c.Key.Name]; there {
		r.walker().value(key, "", key.expr, v)
	} else {
		r.find(departure{code: CodeMissing, path: key.String(), value: o, text: "is absent"})
	}
	if event, ok := r.text(at, o, "type"); ok {
		r.event(c.events, event, o["body"])
	}
}
