package runtime

import (
	"errors"
	"fmt"
)

var (
	// ErrClosed is the reason of a subscription or client that was closed by
	// its user, and is returned by calls on one.
	ErrClosed = errors.New("misskey: closed")
	// ErrNotLive is returned by sends while the subscription, or the client's
	// socket, is not live. Nothing was queued; nothing will be sent later.
	ErrNotLive = errors.New("misskey: not live")
	// ErrSlowConsumer is the reason of a subscription whose inbox was full
	// and whose policy is to end then.
	ErrSlowConsumer = errors.New("misskey: slow consumer")
	// ErrEnded is the reason of a capture after whose last event no other can
	// come, as after a note's deletion.
	ErrEnded = errors.New("misskey: ended by its last event")
	// ErrReceiverStopped is the reason of a subscription whose receiving
	// actor has stopped.
	ErrReceiverStopped = errors.New("misskey: receiving actor stopped")
	// ErrUnsendable is returned for what cannot be sent: a raw value that is not
	// JSON, or a string that is not UTF-8.
	ErrUnsendable = errors.New("cannot be sent as JSON")
	// ErrCredentialRequired is returned for what an anonymous client cannot
	// do.
	ErrCredentialRequired = errors.New("misskey: needs an account, and the client is anonymous")
	// ErrHandlerSet is yielded when a subscription that has a handler or a
	// receiving actor is read as well.
	ErrHandlerSet = errors.New("misskey: the subscription has a handler")
	// ErrReaderTaken is yielded when a subscription is read by a second
	// reader.
	ErrReaderTaken = errors.New("misskey: the subscription is being read")
)

// PanicError is a panic in a handler. The event it happened on is lost to
// that handler; the subscription goes on with the next one.
type PanicError struct {
	Value any    // what was passed to panic
	Stack []byte // of the goroutine that panicked
}

func (e *PanicError) Error() string { return fmt.Sprintf("misskey: handler panicked: %v", e.Value) }

// Unwrap returns the panic's value where it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
