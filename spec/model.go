package spec

// Spec is one dialect: everything the generator needs to know of a server
// family, in the order in which the files state it. It is immutable after
// Load.
type Spec struct {
	Pos

	Name    string   // short name of the dialect, as in "misskey"
	Title   string   // name for people, as in "Misskey"
	Doc     string   // what the dialect is
	Checked []string // server versions the facts were measured on
	Evidence

	// Extends is the dialect that this one is an overlay of, as it is without
	// the overlay; nil for one that stands alone.
	Extends *Spec

	// BuiltIn is set for a dialect that comes with the package.
	BuiltIn bool

	Socket     Socket
	Limits     Limits
	Types      []*Type
	EventSets  []*EventSet // declared sets first, then those that channels declare inline
	Channels   []*Channel
	Captures   []*Capture
	Broadcasts *EventSet // nil when the dialect has none
	Requests   []*Request

	// Breaks is what this spec is meant to break of bots that were made from
	// an older one.
	Breaks []*Break

	sources map[string]*source
}

// Line returns the text of the line that a position of the spec lies in, as a
// Diagnostic shows it in Source; "" for a position that is none of the spec's.
func (s *Spec) Line(pos Pos) string {
	if src := s.sources[pos.File]; src != nil {
		return src.line(pos.Line)
	}
	return ""
}

// Pos is where a fact stands. Lines and columns start at 1; a column counts
// runes.
type Pos struct {
	File   string
	Line   int
	Column int
}

// Evidence says where a fact comes from. A fact without its own evidence has
// that of the fact it belongs to.
type Evidence struct {
	// Seen lists the server versions on which the fact was observed live.
	// It is empty when the fact was only read in the server's source.
	Seen []string
	// Since is the first server version known to have the fact: a version,
	// or "<=" and a version where the true first one is not known.
	Since string
	// Unpublished marks a message that servers declare and never send.
	Unpublished bool
}

// Auth is how a dialect's server takes the token.
type Auth string

const (
	AuthHeader Auth = "header" // Authorization: Bearer
	AuthQuery  Auth = "query"  // ?i=, and i in the bodies of REST calls
)

// Socket is what the dialect says of the websocket.
type Socket struct {
	Pos
	Evidence
	Path string // as in "/streaming"
	Auth Auth
	// PingSeconds is the interval of the server's own pings, SilenceSeconds the
	// time without a pong after which it closes; both are durations in the file.
	// Zero stands for a server that does neither, or not in a known rhythm.
	PingSeconds    int
	SilenceSeconds int
	// TextPing is set when the server answers the text frame "ping" by "pong".
	TextPing bool
}

// Limits are the server's bounds on one socket. Zero means none known.
type Limits struct {
	Pos
	Evidence
	ChannelsPerConnection int
}

// Kind tells which member of the sum a Type is.
type Kind int

const (
	KindID     Kind = iota + 1 // a string that names an entity
	KindEnum                   // an open set of strings
	KindObject                 // fields
	KindUnion                  // variants told apart by a discriminator
)

// Type is a named entity type.
type Type struct {
	Pos
	Evidence
	Name   string
	GoName string // as given, or derived by the generator when empty
	Doc    string
	Kind   Kind

	Values []*EnumValue // KindEnum

	Embeds []*Ref   // KindObject: objects whose fields this one has as well
	Fields []*Field // KindObject; KindUnion: fields of every variant

	Discriminator string     // KindUnion: key that holds the variant's tag
	Empty         bool       // KindUnion: {} is allowed and means "none"
	Variants      []*Variant // KindUnion
}

// EnumValue is one known value of an enum.
type EnumValue struct {
	Pos
	Evidence
	Value  string
	GoName string
	Doc    string
}

// Variant is one member of a union.
type Variant struct {
	Pos
	Evidence
	Tag    string
	GoName string
	Doc    string
	Fields []*Field
}

// Field is a field of an object, a parameter, or a field of a message body.
type Field struct {
	Pos
	Evidence
	Name     string // the JSON key
	GoName   string
	Doc      string
	Type     *TypeExpr
	Optional bool // the key may be absent ("name?:" in the file)
	// Default is what the server assumes when the key is absent, in the
	// file's own words ("true"); "" when it states none.
	Default string
	// NoEmptyItems is set for a parameter whose value is a list of lists or
	// maps, none of which may be empty.
	NoEmptyItems bool
}

// Basic is a type that needs no declaration.
type Basic string

const (
	String    Basic = "string"
	Integer   Basic = "integer"
	Number    Basic = "number"
	Boolean   Basic = "boolean"
	Timestamp Basic = "timestamp" // ISO 8601 with milliseconds
	Any       Basic = "any"       // any JSON value, kept raw
)

// TypeExpr is a use of a type. Exactly one of Basic, Named, List and Map is
// set.
type TypeExpr struct {
	Pos
	Basic Basic
	Named *Type
	List  *TypeExpr // element type
	Map   *TypeExpr // value type; keys are strings
	// Nullable is set by "| null".
	Nullable bool
}

// holdsLists reports whether a value is a list of lists or maps.
func (t *TypeExpr) holdsLists() bool {
	return t.List != nil && !t.List.Nullable && (t.List.List != nil || t.List.Map != nil)
}

// Ref is a named use of an object type.
type Ref struct {
	Pos
	Type *Type
}

// Overflow names what a subscription does by default when its inbox is full.
type Overflow string

const (
	DropOldest Overflow = "dropOldest"
	DropNewest Overflow = "dropNewest"
	End        Overflow = "end" // end the subscription with ErrSlowConsumer
)

// EventSet is a set of events that one handler interface serves.
type EventSet struct {
	Pos
	Evidence
	Name     string
	GoName   string
	Doc      string
	Includes []*SetRef
	Events   []*Message // its own, without those it includes
}

// SetRef is a use of an event set.
type SetRef struct {
	Pos
	Set *EventSet
}

// Message is one typed message: an event, a send, or a request's body. A
// message has a body of one type (Body), fields (Fields), or null for a body
// (both empty).
type Message struct {
	Pos
	Evidence
	Name   string // the type on the wire
	GoName string
	Doc    string
	Body   *TypeExpr
	As     string // the Go field that holds Body, in lower camel case; "" = after the type
	Fields []*Field
}

// Channel is a channel a client can connect to.
type Channel struct {
	Pos
	Evidence
	Name       string
	GoName     string
	Doc        string
	Credential bool   // an account is needed
	Permission string // what an app token needs, as in "read:account"; "" = nothing
	Shared     bool   // one connection per socket, whoever asks
	Leaks      bool   // the server goes on sending after disconnect
	Overflow   Overflow
	// TokenEvent is the event that says that the account has a new token; "" =
	// none.
	TokenEvent string
	Quirks     []string
	Params     []*Field
	Events     *EventSet
	Sends      []*Message
}

// Capture is a way to follow one entity without a channel.
type Capture struct {
	Pos
	Evidence
	Name        string // as in "note"
	GoName      string
	Method      string // the client's method, as in "Capture"
	Doc         string
	Subscribe   string // the request that begins it, as in "subNote"
	Unsubscribe string // the request that ends it
	Update      string // the frame type of its events, as in "noteUpdated"
	Key         *Field // what names the entity, in requests and updates
	// EndsWith is the event after which no other comes; "" = none.
	EndsWith string
	Events   *EventSet
}

// Role is what a request is for.
type Role string

const (
	RoleConnect     Role = "connect"     // begins a channel; the runtime sends it
	RoleDisconnect  Role = "disconnect"  // ends a channel; the runtime sends it
	RoleSend        Role = "send"        // carries a channel's sends
	RoleSubscribe   Role = "subscribe"   // begins a capture
	RoleUnsubscribe Role = "unsubscribe" // ends a capture
	RoleRequest     Role = "request"     // becomes a method of the client
	RoleCall        Role = "call"        // carries calls of the API
)

// Request is a top-level message from client to server.
type Request struct {
	Message
	Aliases []string // other names of the same thing; never sent by the runtime
	Role    Role
	// Reply is the frame type that answers it; "" = none. For RoleCall it is what
	// the types of the answers begin with; the call's id follows.
	Reply  string
	Method string // RoleRequest: the client's method
	// Credential is set when the server ignores it from an anonymous client.
	Credential bool
	// BodyOptional is set when the whole body may be left out; it is, when
	// all fields are absent.
	BodyOptional bool
}
