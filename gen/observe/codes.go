package observe

import "github.com/misskeyactor/misskeyactor/spec"

// The kinds of findings. Each may be the server's doing or the client's.
const (
	CodeLine          spec.Code = "OB001"
	CodeBreak         spec.Code = "OB002"
	CodeNotFrame      spec.Code = "OB003"
	CodeFrameType     spec.Code = "OB004"
	CodeChannel       spec.Code = "OB005"
	CodeEvent         spec.Code = "OB006"
	CodeUnknownField  spec.Code = "OB007"
	CodeMissing       spec.Code = "OB008"
	CodeNull          spec.Code = "OB009"
	CodeKind          spec.Code = "OB010"
	CodeEnum          spec.Code = "OB011"
	CodeVariant       spec.Code = "OB012"
	CodeBody          spec.Code = "OB013"
	CodeRequest       spec.Code = "OB014"
	CodeSend          spec.Code = "OB015"
	CodeNotConnected  spec.Code = "OB016"
	CodeTooManyToTell spec.Code = "OB017"
	CodeEmpty         spec.Code = "OB018"
)

// Explanations returns the explanation of every code of this package, sorted by
// code. The slice is the caller's.
func Explanations() []spec.Explanation {
	return []spec.Explanation{
		{
			Code: CodeLine, Title: "a line is none of a recording",
			Text: `A line of a recording is a JSON object with "dir" and "frame", a note of dropped frames, or a frame itself. This one is something else, or longer than 16 MiB. It was passed over, and the next line read.

A line that was not written to its end is the last of a program that was killed. Anything else in the middle of a file is another file's, or two programs wrote at once.`,
			Wrong: `{"t":5727,"conn":"1-1","dir":"in","fra`,
			Right: `{"t":5727,"conn":"1-1","dir":"in","frame":"{\"type\":\"connected\",\"body\":{\"id\":\"a\"}}"}`,
		},
		{
			Code: CodeBreak, Title: "a recording breaks off",
			Text: `The file could not be read to its end: it is compressed, and its end is missing or damaged. What came before was held against the spec.

A gzip stream has to be closed after the client is, or its last part is never written.`,
		},
		{
			Code: CodeNotFrame, Title: "a frame is not a JSON object with a type",
			Text: `Every frame is {"type": …, "body": …}. A server ignores one that is not, without a word; a client counts and skips it.

From a server it is a sign that something between changes what is sent, or that the server speaks another protocol, such as a bare text "pong".`,
			Wrong: `ping`,
			Right: `{"type":"readNotification"}`,
		},
		{
			Code: CodeFrameType, Title: "the server sends a frame type that the spec does not have",
			Text:  `It is neither a channel's message, nor a capture's update, nor a reply, nor a broadcast. A frame that nobody asked for is most likely a broadcast, and is offered as one.`,
			Wrong: `{"type":"maintenance","body":{"at":"2026-01-01T00:00:00.000Z"}}`,
			Right: `broadcasts:
  events:
    maintenance: {fields: {at: timestamp}}
`,
		},
		{
			Code: CodeChannel, Title: "a channel is not in the spec",
			Text:  `A client connected to it. If the server acknowledged it or sent events, it is a channel of the server's that the spec lacks, and is offered with the events that came. If there was no answer, the client may have misspelt it: servers ignore what they do not know.`,
			Wrong: `{"type":"connect","body":{"channel":"bubbleTimeline","id":"a"}}`,
			Right: `channels:
  bubbleTimeline: {events: timeline}
`,
		},
		{
			Code: CodeEvent, Title: "an event is not in the spec",
			Text:  `The channel or capture is known, and sends an event that is not. Bots get it as an unknown event. It is offered for the event set that the channel has, so for every channel that shares the set.`,
			Wrong: `{"type":"channel","body":{"id":"a","type":"noteEdited","body":{"id":"n1"}}}`,
			Right: `eventSets:
  timeline:
    events:
      noteEdited: {fields: {id: NoteID}}
`,
		},
		{
			Code: CodeUnknownField, Title: "a key is not in the spec",
			Text:  `An object, a message or the parameters of a channel have a key that the spec does not. Bots do not see it. It is offered as a field whose type is that of all the values that were seen; it is required if it was always there, in ten objects at least.`,
			Wrong: `{"type":"deleted","body":{"deletedAt":"2026-01-01T00:00:00.000Z","by":"u1"}}`,
			Right: `deleted: {fields: {deletedAt: timestamp, by?: UserID}}`,
		},
		{
			Code: CodeMissing, Title: "a required key is absent",
			Text:  `Bots get the zero value in its place, and cannot tell. If the server leaves it out on purpose, the field is optional and its name ends in a question mark.`,
			Wrong: `fields: {cw: string}`,
			Right: `fields: {cw?: string}`,
		},
		{
			Code: CodeNull, Title: "a null stands where the spec allows none",
			Text:  `Bots get the zero value in its place, and cannot tell. If the server sends null on purpose, the type ends in "| null".`,
			Wrong: `fields: {cw: string}`,
			Right: `fields: {cw: string | null}`,
		},
		{
			Code: CodeKind, Title: "a value is of another kind than the spec says",
			Text:  `A value that does not decode makes the whole event an unknown one for bots. The type that is offered fits what was seen: number for integers and fractions, string for timestamps and other texts, and any where nothing else fits.`,
			Wrong: `fields: {score: integer}`,
			Right: `fields: {score: number}`,
		},
		{
			Code: CodeEnum, Title: "a value is not among those of its enum",
			Text:  `Enums are open, so bots get the value and nothing breaks, but there is no constant for it.`,
			Wrong: `NoteVisibility: {enum: [public, home]}`,
			Right: `NoteVisibility: {enum: [public, home, followers]}`,
		},
		{
			Code: CodeVariant, Title: "a union has a variant that the spec does not",
			Text:  `It is a new kind of something, such as a notification. Bots get it as the unknown member of the union.`,
			Wrong: `{"id":"n1","createdAt":"2026-01-01T00:00:00.000Z","type":"raffleWon","prize":7}`,
			Right: `variants:
  raffleWon: {fields: {prize: integer}}
`,
		},
		{
			Code: CodeBody, Title: "a message has a body, and the spec says it has none",
			Text:  `The spec says "body: null" of it. Bots do not see what it carries now.`,
			Wrong: `readAllNotifications: {body: null}`,
			Right: `readAllNotifications: {fields: {count: integer}}`,
		},
		{
			Code: CodeRequest, Title: "the client sends a request that the spec does not have",
			Text:  `The frame's type is neither a request of the spec nor an alias of one. Servers ignore it without a word; so does the one that this spec describes, as far as it knows.`,
			Wrong: `{"type":"sn","body":{"id":"n1"}}`,
			Right: `{"type":"subNote","body":{"id":"n1"}}`,
		},
		{
			Code: CodeSend, Title: "the client sends a message that its channel does not take",
			Text:  `The channel has no such message among its sends. Servers ignore it without a word. If this one does not, add it; it is offered as it was sent.`,
			Wrong: `{"type":"channel","body":{"id":"a","type":"putPiece","body":{"pos":19}}}`,
			Right: `{"type":"channel","body":{"id":"a","type":"putStone","body":{"pos":19,"id":"m1"}}}`,
		},
		{
			Code: CodeNotConnected, Title: "the client names a channel connection that it has not",
			Text: `It sends to an id, or disconnects one, that it did not connect on this socket. Servers ignore it without a word. Ids do not outlive their socket.`,
		},
		{
			Code: CodeTooManyToTell, Title: "there is more than can be told apart",
			Text: `So many different findings were made that this one was only counted: ten thousand are kept, with an example each. A server that departs from a spec that much is described by another one.`,
		},
		{
			Code: CodeEmpty, Title: "a recording has no frame",
			Text: `The file is empty, or none of its lines has a frame, so that it says nothing about the server. What was to be recorded was not: the client was never connected, or its recorder wrote elsewhere.`,
		},
	}
}
