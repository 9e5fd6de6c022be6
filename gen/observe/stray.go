package observe

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/spec"
)

// stray is what is known of a channel that the spec does not have.
type stray struct {
	answered bool // the server knows it
	connects uint64
	first    place
	params   shape
	events   map[string]*shape
	sends    map[string]*shape
}

func (s *stray) connect(x *index, at place, params map[string]any) {
	if s.connects == 0 {
		s.first = at
	}
	s.connects++
	if params == nil {
		params = map[string]any{}
	}
	s.params.add(params, x, 0)
}

func (s *stray) event(x *index, typ string, body any) {
	s.answered = true
	s.events = addMessage(s.events, x, typ, body)
}

func (s *stray) send(x *index, typ string, body any) {
	s.sends = addMessage(s.sends, x, typ, body)
}

// maxStrayMessages is how many kinds of messages of one channel are told apart.
const maxStrayMessages = 256

func addMessage(all map[string]*shape, x *index, typ string, body any) map[string]*shape {
	if all == nil {
		all = map[string]*shape{}
	}
	if all[typ] == nil && len(all) < maxStrayMessages {
		all[typ] = &shape{}
	}
	if sh := all[typ]; sh != nil {
		sh.add(body, x, 0)
	}
	return all
}

// finding is what there is to say of a channel that the spec does not have: the
// server's if it answered, else the client's.
func (c *channel) finding() *found {
	f := &found{fix: newChannel{c}, Finding: Finding{
		Code: CodeChannel, Path: address{"channels", shorten(c.name)}.String(), Side: Server, Message: "is not in the spec",
		Count: c.stray.connects, Example: Example{File: c.stray.first.File, Line: c.stray.first.Line, Text: excerpt(c.name)},
	}}
	if !c.stray.answered {
		f.Side, f.fix, f.Message = Client, nil, "is not in the spec, and the server did not answer"
	}
	return f
}

// set finds the declared event set that has every event of a stray channel, as
// it came. It returns nil when there is none.
func (s *stray) set(all []*spec.EventSet, x *index) *spec.EventSet {
	for _, set := range all {
		if x.inline[set] || len(s.events) == 0 {
			continue
		}
		events := newMessages(setAddress(set))
		events.addSet(set)
		fits := true
		for typ, sh := range s.events {
			m := events.byType[typ]
			fits = fits && m != nil && m.body != nil && m.body.expr.Named != nil && sh.nulls == 0 && sh.seen == sh.objects &&
				slices.Contains(sh.fitting, m.body.expr.Named)
		}
		if fits {
			return set
		}
	}
	return nil
}
