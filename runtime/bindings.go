package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/codec"
)

// HandlerFunc receives the decoded events of one subscription, one at a time
// and in order. Generated bindings make one from a typed handler. ctx ends
// when the subscription or its client closes.
type HandlerFunc func(ctx context.Context, event any) error

// Meta is what every event knows of itself. Events embed it.
type Meta struct {
	// Subscription is the handle the event came through.
	Subscription *Subscription
	// Channel is the channel's name in the spec, as in "homeTimeline"; for a
	// capture its name, for a broadcast "broadcast".
	Channel string
	// EventType is the message's type on the wire, as in "note".
	EventType string
	// Received is when the frame was read from the socket.
	Received time.Time

	receipt *receipt
}

// Metadata returns m. It is how code that holds any event gets at what every
// event has.
func (m Meta) Metadata() Meta { return m }

// Done tells the subscription that the event is dealt with. It is for actors
// that receive events by [ToActor], where at most a bounded number of events
// is in flight; everywhere else it does nothing. Safe for concurrent use; a
// second call does nothing.
func (m Meta) Done() { m.receipt.done() }

// Unknown is a message the bindings have no type for, or whose body does not
// decode into its type.
type Unknown struct {
	// Raw is the message's body as received.
	Raw json.RawMessage
	// Err says why it is unknown: ErrUnknownType, or what the decoder found
	// (a [codec.Error] names the place).
	Err error
}

// GapCause says why a subscription may have missed events.
type GapCause string

const (
	// GapReconnect: the socket was lost, and a new one took over.
	GapReconnect GapCause = "reconnect"
	// GapOverflow: the subscription's inbox was full and its policy dropped
	// events.
	GapOverflow GapCause = "overflow"
	// GapLateAck: the socket was there, and the server did not acknowledge the
	// channel on it in time.
	GapLateAck GapCause = "late ack"
	// GapPause: the subscription was paused, and its inbox full.
	GapPause GapCause = "pause"
	// GapEviction: the capture had to make room for another. Nothing comes after
	// it.
	GapEviction GapCause = "eviction"
)

// EventRef names an event that has been.
type EventRef struct {
	Type string // on the wire, as in "note"
	// ID is the id that the event's body begins with, as in a note's; "" for
	// bodies without one.
	ID       string
	Received time.Time // zero: there was none
}

// GapInfo is a span of time in which a subscription may have missed events.
// It stands among the events where they are missing.
type GapInfo struct {
	// From is when the last event before the gap was received, or the time
	// from which nothing can have been.
	From time.Time
	// To is when events could be received again, or when the subscription ended
	// before they could.
	To time.Time
	// LastEvent is the last one that came before the gap: where a backfill
	// begins.
	LastEvent EventRef
	// Cause says what made the gap.
	Cause GapCause
	// Lost is how many events are known to be lost: exact for an overflow and a
	// pause, zero where nobody knows.
	Lost uint64
}

// EventSet is a set of events as the bindings describe it. It knows how to
// make the bindings' own types.
type EventSet struct {
	Name string
	// Types lists the wire types of the set's events, those of included sets
	// as well.
	Types []string
	// Decode reads the body of an event of type typ. It returns
	// ErrUnknownType, and reads nothing, where the set has no such event.
	Decode func(m Meta, typ string, d *codec.Decoder) (any, error)
	// Unknown makes the set's unknown event.
	Unknown func(Meta, Unknown) any
	// Gap makes the set's gap.
	Gap func(Meta, GapInfo) any
}

// typeOf is the string that typ says: the set's own where it has one, and no copy.
// What is not UTF-8 is replaced; the frame will turn out to be malformed.
func (s *EventSet) typeOf(typ []byte) string {
	for _, t := range s.Types {
		if t == string(typ) {
			return t
		}
	}
	return strings.ToValidUTF8(string(typ), "\uFFFD")
}

// Channel is a channel as the bindings describe it.
type Channel struct {
	Name       string
	Credential bool   // an account is needed
	Permission string // what an app token needs; "" = nothing
	Shared     bool   // at most one connection per socket
	Leaks      bool   // the server goes on sending after disconnect
	Overflow   Overflow
	Events     *EventSet
	// TokenEvent is the type of the event that says that the account has a new
	// token, and the client's will open no other socket; "" = none.
	TokenEvent string
}

// CaptureKind is a way to capture an entity, as the bindings describe it.
type CaptureKind struct {
	Name        string // as in "note"
	Subscribe   string // type of the frame that begins it
	Unsubscribe string // type of the frame that ends it
	Update      string // type of the frames that carry its events
	Key         string // key that names the entity, in all three frames' bodies
	EndsWith    string // event after which no other comes; "" = none
	Events      *EventSet
}

// Request is a top-level message from the client, as the bindings describe
// it.
type Request struct {
	Type       string // of the frame
	Credential bool   // the server ignores it from an anonymous client
}

// Auth is how a dialect's server takes the token.
type Auth string

const (
	// AuthHeader: in the Authorization header.
	AuthHeader Auth = "header"
	// AuthQuery: in the query of the websocket's URL and in the bodies of REST
	// calls, for servers that do not read the header.
	AuthQuery Auth = "query"
)

// Dialect is a server family as the bindings describe it.
type Dialect struct {
	Name string
	Path string // of the websocket, as in "/streaming"
	Auth Auth
	// ServerPing is how often the server pings; 0 = it does not, or nobody knows.
	ServerPing time.Duration
	// TextPing: the server answers the text frame "ping" by "pong". That tells it
	// from a proxy that answers websocket pings in its place.
	TextPing bool
	// ChannelsPerConnection is the server's limit per socket; 0 = none.
	ChannelsPerConnection int
	Words                 Words
	Captures              []*CaptureKind
	Broadcasts            *EventSet // nil = none
}

// Words are the frame types the runtime itself sends and reads.
type Words struct {
	Connect    string // begins a channel
	Connected  string // answers it
	Disconnect string // ends a channel
	Channel    string // carries a channel's messages, both ways
	Call       string // carries a call of the API; "" = the server answers none over the stream
	Answer     string // what the types of the answers begin with; the call's id follows
}

// ErrUnknownType is the Err of an unknown event whose type the bindings do
// not have.
var ErrUnknownType = errors.New("misskey: unknown message type")

// ParamError is a channel parameter that is missing or cannot be right. It is
// returned before anything is sent, because the server ignores such a request
// without a word.
type ParamError struct {
	Channel string // as in "userList"
	Param   string // as in "listId"
	Reason  string // as in "is required"
}

func (e *ParamError) Error() string {
	return "misskey: channel " + e.Channel + ": parameter " + e.Param + " " + e.Reason
}

// MessageError is a part of a message to the server that is missing or cannot
// be right. It is returned before anything is sent, because the server ignores
// such a message without a word.
type MessageError struct {
	Message string // as in "reversiGame.updateSettings", or a request's name
	Field   string // as in "value"; "" for the whole body
	Reason  string // as in "is required"
}

func (e *MessageError) Error() string {
	what := "its body"
	if e.Field != "" {
		what = "field " + e.Field
	}
	return "misskey: message " + e.Message + ": " + what + " " + e.Reason
}
