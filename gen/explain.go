package gen

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/spec"
)

// Explanations returns the explanation of every code of this package, sorted
// by code. The slice is the caller's. A snippet stands beside a spec that
// declares the types Note and NoteID, the event set timeline and the requests
// of the protocol.
func Explanations() []spec.Explanation { return slices.Concat(breakingExplanations(), explained) }

var explained = []spec.Explanation{
	{
		Code:  CodeCollision,
		Title: "two things of the spec get the same Go name",
		Text: `Go names are made of the spec's: words are joined with capitals, and what is no letter or digit falls away, so that names which differ on the wire can be one in Go. Others are taken by what is generated beside them: a set "timeline" has a TimelineHandler, a client a method Close.

The message names both. Give one of them another Go name with goName; on the wire nothing changes.`,
		Wrong: `types:
  Thread: {fields: {userId: string, user_id: string}}
`,
		Right: `types:
  Thread: {fields: {userId: string, user_id: {type: string, goName: LegacyUserID}}}
`,
	},
	{
		Code:  CodeGoName,
		Title: "a name cannot be made into a Go identifier",
		Text: `What is exported in Go begins with a capital letter and has letters and digits. A name that begins with a digit, or in a script without capitals, or has neither letter nor digit, makes no such identifier.

Say what it is called in Go with goName.`,
		Wrong: `types:
  Vote: {enum: [yes, "?"]}
`,
		Right: `types:
  Vote: {enum: [yes, {value: "?", goName: Unsure}]}
`,
	},
	{
		Code:  CodeAs,
		Title: "a name cannot be that of a body's field or parameter",
		Text: `A send or request whose body has one type becomes a method with one parameter, and a capture one that takes its key. They are named after the body or key, and that name is a keyword of Go, or one that the method itself needs.

Choose another: for a body with as, for a key with goName.`,
		Wrong: `channels:
  lounge: {events: timeline, sends: {pick: {body: string, as: type}}}
`,
		Right: `channels:
  lounge: {events: timeline, sends: {pick: {body: string, as: kind}}}
`,
	},
	{
		Code:  CodeTooMany,
		Title: "an object has more required fields than can be tracked",
		Text: `Decoding notes which required fields were there, in a fixed number of bits for an object. No server has objects that large; what looks like one is most often a map with free keys that was written down as fields.

Write map<X>, or move some of the fields to a type of their own and embed that.`,
	},
	{
		Code:  CodeKey,
		Title: "a capture's key is not a string",
		Text:  `The runtime keeps captures by their key, and sends it with the request that begins one. It must be a string, or an id, which is one.`,
		Wrong: `captures:
  note: {method: Capture, subscribe: subNote, unsubscribe: unsubNote, update: noteUpdated, key: {id: integer}, events: {gone: {body: null}}}
`,
		Right: `captures:
  note: {method: Capture, subscribe: subNote, unsubscribe: unsubNote, update: noteUpdated, key: {id: NoteID}, events: {gone: {body: null}}}
`,
	},
	{
		Code:  CodeEmptyUnion,
		Title: "a union that {} belongs to may be null or absent as well",
		Text: `A union is an interface in Go. Where it has empty: true, nil stands for {}; it cannot stand for null or for an absent key too, because what was read could not be written again.

Make the value one that is always there, or take empty: true from the union if {} never comes.`,
		Wrong: `types:
  Shape: {union: kind, empty: true, variants: {square: {fields: {side: number}}}}
  Drawing: {fields: {frame?: Shape}}
`,
		Right: `types:
  Shape: {union: kind, empty: true, variants: {square: {fields: {side: number}}}}
  Drawing: {fields: {frame: Shape}}
`,
	},
	{
		Code:  CodeNoRule,
		Title: "what a spec accepts to break is under no rule",
		Text: `Under breaks stands what bots of an older spec have to bear, each with the rule that finds it. This rule does not exist, so that nothing is accepted.

Write the rule that "misskeygen breaking" prints behind the finding.`,
		Wrong: `breaks:
  - {rule: BR999, at: channels.lounge, reason: Nobody used it.}
`,
		Right: `breaks:
  - {rule: BR001, at: channels.lounge, reason: Nobody used it.}
`,
	},
}
