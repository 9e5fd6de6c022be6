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
	// ErrEvicted is the reason of a capture that had to make room for another,
	// see WithMaxCaptures.
	ErrEvicted = errors.New("misskey: evicted by a newer capture")
	// ErrExpired is the reason of a capture whose time to live is over.
	ErrExpired = errors.New("misskey: time to live is over")
	// ErrReceiverStopped is the reason of a subscription whose receiving
	// actor has stopped.
	ErrReceiverStopped = errors.New("misskey: receiving actor stopped")
	// ErrUnsendable is returned for what cannot be sent: a raw value that is not
	// JSON, or a string that is not UTF-8.
	ErrUnsendable = errors.New("cannot be sent as JSON")
	// ErrCredentialRequired is returned for what an anonymous client cannot
	// do.
	ErrCredentialRequired = errors.New("misskey: needs an account, and the client is anonymous")
	// ErrPermissionRequired is returned for what the client's token may not do,
	// as far as WithPermissions tells.
	ErrPermissionRequired = errors.New("misskey: the token lacks the permission")
	// ErrHandlerSet is yielded when a subscription that has a handler or a
	// receiving actor is read as well.
	ErrHandlerSet = errors.New("misskey: the subscription has a handler")
	// ErrReaderTaken is yielded when a subscription is read by a second
	// reader.
	ErrReaderTaken = errors.New("misskey: the subscription is being read")
)

// expected reports whether a subscription ended as its user meant it to.
func expected(reason error) bool {
	return errors.Is(reason, ErrClosed) || errors.Is(reason, ErrEnded) || errors.Is(reason, ErrExpired)
}

// HandlerPanicsError is the reason of a subscription whose handler panicked more
// often than WithSupervision bears with.
type HandlerPanicsError struct {
	Channel string
	Panics  int         // since the handler was last well
	Last    *PanicError // the last of them
}

func (e *HandlerPanicsError) Error() string {
	return fmt.Sprintf("misskey: %s: given up after %d panics of its handler, the last: %v", e.Channel, e.Panics, e.Last.Value)
}

// Unwrap returns the last panic.
func (e *HandlerPanicsError) Unwrap() error { return e.Last }

// PanicError is a panic in a handler, or in a token source or what WithNetDial was
// given. The event it happened on is lost to that handler; the subscription goes on
// with the next one, or after a pause: see WithSupervision.
type PanicError struct {
	Value any    // what was passed to panic
	Stack []byte // of the goroutine that panicked
}

func (e *PanicError) Error() string { return fmt.Sprintf("misskey: panic: %v", e.Value) }

// Unwrap returns the panic's value where it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
