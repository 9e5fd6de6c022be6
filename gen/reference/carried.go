package reference

import "github.com/misskeyactor/misskeyactor/spec"

// carriedTypes are the types that messages and parameters hold, directly or
// within each other, in the spec's order.
func carriedTypes(s *spec.Spec) []*spec.Type {
	c := carried{}
	for _, set := range s.EventSets {
		c.messages(set.Events)
	}
	if s.Broadcasts != nil {
		c.messages(s.Broadcasts.Events)
	}
	for _, channel := range s.Channels {
		c.fields(channel.Params)
		c.messages(channel.Sends)
	}
	for _, capture := range s.Captures {
		c.fields([]*spec.Field{capture.Key})
		c.messages(capture.Events.Events)
	}
	for _, r := range s.Requests {
		c.messages([]*spec.Message{&r.Message})
	}
	var list []*spec.Type
	for _, t := range s.Types {
		if c[t] {
			list = append(list, t)
		}
	}
	return list
}

// carried is a set of types.
type carried map[*spec.Type]bool

func (c carried) messages(messages []*spec.Message) {
	for _, m := range messages {
		c.use(m.Body)
		c.fields(m.Fields)
	}
}

func (c carried) fields(fields []*spec.Field) {
	for _, f := range fields {
		c.use(f.Type)
	}
}

func (c carried) use(e *spec.TypeExpr) {
	for ; e != nil; e = element(e) {
		if e.Named != nil {
			c.add(e.Named)
		}
	}
}

func (c carried) add(t *spec.Type) {
	if c[t] {
		return
	}
	c[t] = true
	c.fields(t.Fields)
	for _, ref := range t.Embeds {
		c.add(ref.Type)
	}
	for _, v := range t.Variants {
		c.fields(v.Fields)
	}
}

// element is what a list or a map holds; nil for anything else.
func element(e *spec.TypeExpr) *spec.TypeExpr {
	if e.List != nil {
		return e.List
	}
	return e.Map
}
