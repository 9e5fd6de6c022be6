package runtime

import (
	"context"
	"iter"
)

// Events ranges over a subscription's events in the order the server sent
// them. It blocks between events. The loop ends by itself when the
// subscription was closed or its last event has come; otherwise the last
// round yields the reason: ctx's error, ErrSlowConsumer, a *HandshakeError …
// It yields ErrHandlerSet when the subscription has a handler, and
// ErrReaderTaken when another loop is reading: there is exactly one reader.
func Events[E any](ctx context.Context, s *Subscription) iter.Seq2[E, error] {
	return func(yield func(E, error) bool) {
		var none E
		if s.hasConsumer() {
			yield(none, ErrHandlerSet)
			return
		}
		if !s.reading.CompareAndSwap(false, true) {
			yield(none, ErrReaderTaken)
			return
		}
		defer s.reading.Store(false)
		for {
			if err := ctx.Err(); err != nil {
				yield(none, err)
				return
			}
			it, ok, done := s.inbox.take()
			switch {
			case done:
				s.caughtUp()
				if err := s.Err(); err != nil && !expected(err) {
					yield(none, err)
				}
				return
			case !ok:
				s.caughtUp()
				select {
				case <-s.inbox.arrived:
				case <-ctx.Done():
				}
				continue
			}
			event := s.decode(&it)
			if s.isLast(&it) {
				s.end(ErrEnded, false) // first: the loop may break on it
			}
			if event != nil && !yield(event.(E), nil) {
				return
			}
		}
	}
}
