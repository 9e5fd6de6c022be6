package misskeytest

import (
	"fmt"
	"strings"
)

// How what a client did reads in the messages of a test that has failed.

// String returns the reason, "accepted" for none.
func (r Refusal) String() string {
	if r == Accepted {
		return "accepted"
	}
	return string(r)
}

// String returns the connect in one line, with its params as they came:
// `connect "main" as "1", params {}: accepted, acknowledged`.
func (c Connect) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "connect %q as %q", c.Channel, c.ID)
	if c.Params != nil {
		fmt.Fprintf(&b, ", params %s", c.Params)
	}
	fmt.Fprintf(&b, ": %s", c.Refusal)
	if c.Acknowledged {
		b.WriteString(", acknowledged")
	}
	return b.String()
}

// String returns the message in one line: `ready true`.
func (s Send) String() string { return s.Type + " " + string(s.Body) }

// String returns the connection in one line, without its socket:
// `"reversiGame" under "7", params {}, sent 2 events, got [ready true]`.
func (c Connection) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q under %q, params %s", c.Channel, c.ID, c.Params)
	if c.Stray {
		b.WriteString(", stray")
	}
	if c.Silent {
		b.WriteString(", silent")
	}
	fmt.Fprintf(&b, ", sent %d events, got %v", c.Sent, c.Sends)
	return b.String()
}

// String returns the frame's text, quoted if it is a binary one.
func (f ReceivedFrame) String() string {
	if f.Kind == 2 {
		return fmt.Sprintf("binary %q", f.Data)
	}
	return string(f.Data)
}

// String returns the event in one line, without its socket:
// `event 7, "main" under "1", note {...}`.
func (d Delivery) String() string {
	where := "to everybody"
	switch {
	case d.Note != "":
		where = fmt.Sprintf("update of note %q", d.Note)
	case d.Channel != "":
		where = fmt.Sprintf("%q under %q", d.Channel, d.ID)
	}
	return fmt.Sprintf("event %d, %s, %s %s", d.Event, where, d.Type, d.Body)
}
