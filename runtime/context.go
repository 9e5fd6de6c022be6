package runtime

import "context"

// eventContext is the context of one handler call. It ends with the subscription
// or the client, not with the call: what the handler has begun may go on.
type eventContext struct {
	context.Context
	event any
}

type metaKey struct{}

// Value returns the event's Meta for EventMeta, and the parent's values.
func (c *eventContext) Value(key any) any {
	if key == (metaKey{}) {
		if m, ok := c.event.(interface{ Metadata() Meta }); ok {
			return m.Metadata()
		}
		return nil
	}
	return c.Context.Value(key)
}

// EventMeta returns the Meta of the event that a handler was called with, given
// the context of that call or one made from it; elsewhere its Subscription is
// nil. It is for what lies below the handler, such as a logger that adds where an
// event came from.
func EventMeta(ctx context.Context) Meta {
	m, _ := ctx.Value(metaKey{}).(Meta)
	return m
}
