package main

import (
	"fmt"
	"strings"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/misskeyactor/misskeyactor/streaming"
)

// alert is a message of the program's own.
type alert struct{ text string }

// reader is an actor that looks for words. Events come as the same structs that
// a handler gets.
type reader struct {
	words  []string
	alerts *actor.PID
}

// Receive is called for one message at a time.
func (r *reader) Receive(ctx actor.Context) {
	// Done gives the event's place to the next one. It is due even if the work
	// panics, and so is best deferred, before anything is done.
	if event, ok := ctx.Message().(interface{ Done() }); ok {
		defer event.Done()
	}
	switch e := ctx.Message().(type) {
	case *streaming.TimelineNote:
		text := e.Note.Text.OrZero()
		for _, word := range r.words {
			if strings.Contains(text, word) {
				ctx.Send(r.alerts, &alert{text: fmt.Sprintf("@%s says %q", e.Note.User.Username, text)})
				return
			}
		}
	case *streaming.MainMention:
		ctx.Send(r.alerts, &alert{text: fmt.Sprintf("@%s calls us", e.Note.User.Username)})
	case *streaming.Gap:
		ctx.Send(r.alerts, &alert{text: fmt.Sprintf("%s: events may be missing (%s)", e.Channel, e.Cause)})
	}
}
