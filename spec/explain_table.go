package spec

// explained has what the meaning of a code leaves open. A snippet stands
// beside a spec that declares the types Note and NoteID, the event set
// timeline and the requests of the protocol; one with a name is a whole spec.
var explained = map[Code]Explanation{
	CodeUnreadable: {
		Text: `A spec is a directory of *.yaml files, or one such file. The one that was named is not there, or cannot be read.

Check the path, which is relative to where the command runs, and that you may read it.`,
	},
	CodeNotUTF8: {
		Text: `Specs are UTF-8, so that a name means the same on every machine. The position is that of the first byte that is not.

Save the file as UTF-8.`,
	},
	CodeTooLarge: {
		Text: `A spec file may have 512 KiB, 20,000 lines, and 2,000 bytes in a line. That is far more than a person keeps up by hand; what exceeds it is most often another file, put there by mistake.

Break long lines: a text may go on in the next line, a list may have an item on each. Split large files: a section may be spread over several.`,
	},
	CodeSyntax: {
		Text: `The file is not YAML at this place, and nothing of it was read. Names that it declares are therefore not reported as unknown elsewhere.

Most often a bracket or quote is not closed, a line is indented by a tab or by one space too many, or something with brackets stands unquoted inside of { }.`,
		Wrong: `types:
  Thread: {fields: {notes: Note[]}}
`,
		Right: `types:
  Thread: {fields: {notes: "Note[]"}}
`,
	},
	CodeTooDeep: {
		Text: `No part of a spec nests more than a few levels deep. Brackets that are not closed, or indentation that grows from line to line, look like this.`,
		Wrong: `types:
  Thread: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
`,
		Right: `types:
  Thread: {fields: {notes: "Note[][]"}}
`,
	},
	CodeYAMLFeature: {
		Text: `Anchors, aliases, merge keys, tags, complex keys and several documents in one file are YAML that specs do without: with them a fact stands elsewhere than where it is read.

Write the value out. For fields that several types have, declare an object with them and embed it.`,
		Wrong: `types:
  UserID: &id {id: true}
  RoomID: *id
`,
		Right: `types:
  UserID: {id: true}
  RoomID: {id: true}
`,
	},
	CodeEmpty: {
		Text: `Something is there to hold other things, and holds none: a file, a list, the events of a channel, the values of an enum. It has been forgotten, or is not needed.

Fill it, or remove it. A message without a body says so with body: null.`,
		Wrong: `channels:
  lounge: {events: {}}
`,
		Right: `channels:
  lounge: {events: {bell: {body: null}}}
`,
	},
	CodeWrongKind: {
		Text: `Each key takes values of one kind, or of a few: a string, a boolean, a number, a list, a mapping. YAML takes true, 1 and 1.5 for a boolean and numbers unless they stand in quotes, and yes for a string.

Write a value of the kind that the message names.`,
		Wrong: `channels:
  lounge: {events: timeline, shared: yes}
`,
		Right: `channels:
  lounge: {events: timeline, shared: true}
`,
	},
	CodeUnknownKey: {
		Text: `A key that has no meaning where it stands is a slip of the pen, or belongs a level higher or lower. It would be lost without a word, so it is a fault.

The message names a key that is spelt nearly so, if there is one, and lists those that may stand there. In { } a comma ends a value: a text with commas needs quotes.`,
		Wrong: `channels:
  lounge: {evnets: timeline}
`,
		Right: `channels:
  lounge: {events: timeline}
`,
	},
	CodeMissingKey: {
		Text: `Without this key the fact is not complete, and no default could be right for everybody.

The line below the caret says what to write.`,
		Wrong: `channels:
  lounge: {events: {count: {body: integer}}}
`,
		Right: `channels:
  lounge: {events: {count: {body: integer, as: count}}}
`,
	},
	CodeDuplicate: {
		Text: `Two things have one name where a name stands for one thing: in a mapping, among all files of a spec, or on the wire, where frame types and the words of requests are shared by several sections. Event sets, channels that declare their own events, captures and the broadcasts share names as well, since each becomes a handler.

The message says where the first one stands. Remove one of the two, or rename it.`,
		Wrong: `types:
  Mood: {enum: [good, bad, good]}
`,
		Right: `types:
  Mood: {enum: [good, bad]}
`,
	},
	CodeBadWord: {
		Text: `The key takes one of a few words, and this is none of them. Capitals count.`,
		Wrong: `channels:
  lounge: {events: timeline, overflow: dropoldest}
`,
		Right: `channels:
  lounge: {events: timeline, overflow: dropOldest}
`,
	},
	CodeBadVersion: {
		Text: `Versions are written as the server gives them, with all three numbers and what follows them. Since takes "<=" before a version where the first one that has the fact is not known.

What is said to be seen must have been seen on a version that the spec lists under checked, so that evidence cannot be made up.`,
		Wrong: `channels:
  lounge: {events: timeline, since: 2025.11}
`,
		Right: `channels:
  lounge: {events: timeline, since: 2025.11.0}
`,
	},
	CodeBadQuantity: {
		Text: `The number or duration is malformed, or out of the range that makes sense. Durations are whole seconds, from one second to a day, and name their unit.`,
		Wrong: `limits: {channelsPerConnection: 0}
`,
		Right: `limits: {channelsPerConnection: 32}
`,
	},
	CodeBadName: {
		Text: `A name has characters that it cannot have where it is used. Types, goName and method become exported Go names, as becomes one with a small letter; what stands in messages may be anything that can be seen and has no spaces; a dialect has small letters, digits and hyphens.`,
		Wrong: `types:
  roomID: {id: true}
`,
		Right: `types:
  RoomID: {id: true}
`,
	},
	CodeConflict: {
		Text: `Two keys stand together of which one makes the other meaningless, so one of them is a mistake: a type is an id, an enum, an object or a union; a message has a body of one type or fields of its own; what is unpublished has not been seen.

Remove one of the two.`,
		Wrong: `channels:
  lounge: {events: {said: {body: Note, fields: {by: string}}}}
`,
		Right: `channels:
  lounge: {events: {said: {fields: {note: Note, by: string}}}}
`,
	},
	CodeBadType: {
		Text: `The type of a value is a name, X[] for a list, map<X> for an object with any keys, and X | null for what may be null, in any combination; parentheses group. The caret stands where it stops making sense.

Other choices than null are a union, which has a name and a discriminator. That a key may be absent is said by a question mark behind the key, not in the type.`,
		Wrong: `types:
  Answer: {fields: {value: string | integer}}
`,
		Right: `types:
  Answer: {fields: {value: any}}
`,
	},
	CodeUnknownType: {
		Text: `Every type but string, integer, number, boolean, timestamp and any is declared under types, in any file and any order. Capitals count.

Correct the name, or declare the type. Where a patch has removed the type, what still uses it has to be patched or removed as well. A part that was not read hides its names, so faults reported elsewhere come first.`,
		Wrong: `types:
  Thread: {fields: {first: NoteId}}
`,
		Right: `types:
  Thread: {fields: {first: NoteID}}
`,
	},
	CodeUnknownSet: {
		Text: `A channel names a set under eventSets, or declares events of its own in its place; includes names sets. The events that another channel declares for itself cannot be named: move them to a set that both name.`,
		Wrong: `channels:
  lounge: {events: timline}
`,
		Right: `channels:
  lounge: {events: timeline}
`,
	},
	CodeIncludeCycle: {
		Text: `A set has the events of those it includes. Going from include to include leads back to where it began, so that it would have to contain itself.

Remove one of the includes on the way that the message shows.`,
		Wrong: `eventSets:
  calm: {includes: [busy]}
  busy: {includes: [calm], events: {bell: {body: null}}}
`,
		Right: `eventSets:
  calm: {events: {bell: {body: null}}}
  busy: {includes: [calm]}
`,
	},
	CodeEmbedKind: {
		Text: `A type that embeds another has its fields as well, so the other must be an object. Ids, enums and basic types have no fields, and those of a union depend on its variant.

Embed an object, or give the type a field.`,
		Wrong: `types:
  Thread: {embeds: [NoteID]}
`,
		Right: `types:
  Thread: {fields: {first: NoteID}}
`,
	},
	CodeEmbedCycle: {
		Text: `A type has the fields of those it embeds. Going from embed to embed leads back to where it began, so that it would have to contain itself.

Remove one of the embeds on the way that the message shows. A field may have the type instead.`,
		Wrong: `types:
  Thread: {embeds: [Post]}
  Post: {embeds: [Thread]}
`,
		Right: `types:
  Thread: {embeds: [Post]}
  Post: {fields: {thread?: Thread}}
`,
	},
	CodeFieldTwice: {
		Text: `A field comes to a type by two ways: declared and embedded, embedded twice, or in a union's fields and in a variant's. A JSON object has a key once, so one of the two types would be wrong.

Remove one of the two, or move it to an object that both embed.`,
		Wrong: `types:
  Pinned: {embeds: [Note], fields: {text: string}}
`,
		Right: `types:
  Pinned: {embeds: [Note], fields: {pinned: boolean}}
`,
	},
	CodeBadDefault: {
		Text: `A default is what the server takes when the key is absent. So the key must be one that may be absent, and the default a value of its type; objects, lists, maps and timestamps have none.`,
		Wrong: `channels:
  lounge: {events: timeline, params: {quiet: {type: boolean, default: true}}}
`,
		Right: `channels:
  lounge: {events: timeline, params: {quiet?: {type: boolean, default: true}}}
`,
	},
	CodeUnion: {
		Text: `A union is told apart by one key, its discriminator, whose value is a variant's name. It needs at least one variant, and none of its fields may be that key, which every variant has by itself.`,
		Wrong: `types:
  Shape: {union: kind, variants: {square: {fields: {kind: string, side: number}}}}
`,
		Right: `types:
  Shape: {union: kind, variants: {square: {fields: {side: number}}}}
`,
	},
	CodeCapture: {
		Text: `A capture is begun by a request of role subscribe and ended by one of role unsubscribe, each named as it is declared and not by an alias. What is captured is named by one field, which is always there and never null.`,
		Wrong: `captures:
  note: {method: Capture, subscribe: subNote, unsubscribe: subNote, update: noteUpdated, key: {id: NoteID}, events: {gone: {body: null}}}
`,
		Right: `captures:
  note: {method: Capture, subscribe: subNote, unsubscribe: unsubNote, update: noteUpdated, key: {id: NoteID}, events: {gone: {body: null}}}
`,
	},
	CodeEndsWith: {
		Text: `endsWith of a capture and tokenEvent of a channel name one of their own events, by its name on the wire. Otherwise the capture would never end, or a new token never be noticed.`,
		Wrong: `channels:
  account: {tokenEvent: renewed, events: {renew: {body: null}}}
`,
		Right: `channels:
  account: {tokenEvent: renew, events: {renew: {body: null}}}
`,
	},
	CodeRole: {
		Text: `The runtime begins a channel with the request of role connect, ends it with that of role disconnect, and sends to it with that of role send. Each role must be taken, and by one request: other words for the same thing are its aliases.`,
		Wrong: `name: tiny
socket: {path: /streaming, auth: header, ping: 60s, silence: 120s}
requests:
  connect: {role: connect}
  open: {role: connect}
  disconnect: {role: disconnect}
  channel: {role: send}
`,
		Right: `name: tiny
socket: {path: /streaming, auth: header, ping: 60s, silence: 120s}
requests:
  connect: {role: connect, aliases: [open]}
  disconnect: {role: disconnect}
  channel: {role: send}
`,
	},
	CodeExtends: {
		Text: `extends names a dialect that comes with the package, or a directory or file by a path that begins with ./ or ../ and leads on from the file's own directory. Names of files end with .yaml. What it names is not there, cannot be read, or extends this dialect in turn.`,
		Wrong: `name: mine
extends: miskey
`,
		Right: `name: mine
extends: misskey
`,
	},
	CodePatch: {
		Text: `A patch changes what the extended dialect has, so its path must lead there, key by key from the root: a slip in it would otherwise change nothing and say nothing. A path that ends with [] adds to a list, so it must lead to one.

What follows from a patch is told at the patch, even where it comes to light elsewhere.

What is new stands in the sections, or is merged: the path then ends at the mapping, and the new key is written below it. Since every path is looked up in the dialect as it is today, a fault of this kind may also mean that the dialect has changed.`,
		Wrong: `name: mine
extends: misskey
patch:
  channels.homeTimeline.params.minimize: boolean
`,
		Right: `name: mine
extends: misskey
patch:
  channels.homeTimeline.params: {minimize?: boolean}
`,
	},
	CodeTrim: {
		Text: `only lists the channels to keep of the extended dialect, without those to leave out, by their names on the wire; the channels that a dialect declares itself stay, but for those under without. A name that is not there keeps or leaves out nothing, so it is a slip, or the channel is gone.`,
		Wrong: `name: mine
extends: misskey
only: [main, hometimeline]
`,
		Right: `name: mine
extends: misskey
only: [main, homeTimeline]
`,
	},
}
