package spec

import "slices"

// This file says of every mapping of a spec which keys it may have. Who adds a
// key writes it here, has the loader read it, and runs go generate for
// schema.json.

// The keys that many mappings have.
var (
	seenKey = key{name: "seen", takes: seenForm, aside: true,
		doc: "Where the fact comes from: the server versions on which it was seen live, or `source` when it was only read in the server's source. What says nothing has what it belongs to."}
	sinceKey = key{name: "since", takes: sinceForm, aside: true,
		doc: "The first server version that has it; `<=` and a version where the true first one is not known. What says nothing has what it belongs to."}
	goNameKey = key{name: "goName", takes: exportedForm, aside: true,
		doc: "Its name in Go, where the one made of its own name would not do or is another's."}
)

// docKey is the description that goes into the comments of generated code.
func docKey(of string) key {
	return key{name: "doc", takes: textForm, aside: true, doc: of + " It becomes a comment in Go."}
}

// rootShape is a file. No key must be there, because a spec may be spread over
// several files; finishRoot asks for those that the whole must have.
var rootShape = &shape{
	name: "spec",
	doc:  "The facts of one family of servers, or of one fork. They may be spread over several files.",
	keys: []key{
		{name: "name", takes: dialectForm, doc: "The short name of the dialect: small letters, digits and hyphens."},
		{name: "title", takes: textForm, aside: true, doc: "The name of the dialect for people."},
		docKey("What the dialect is."),
		{name: "checked", takes: listOf(versionForm), doc: "The server versions on which the facts were measured."},
		seenKey,
		sinceKey,
		{name: "extends", takes: nameForm,
			doc: "The spec that this one builds on: the name of a dialect that comes with the package, or a path relative to this file that begins with `./` or `../`. The sections then declare what is new."},
		{name: "only", takes: listOf(nameForm), excludes: []string{"without"},
			doc: "The channels to keep of the spec that this one builds on; those that it declares itself stay. Without `extends`, the channels to keep of all. Event sets and types that nothing uses any more go with the others."},
		{name: "without", takes: listOf(nameForm),
			doc: "The channels to leave out, of the spec that this one builds on or of its own. Event sets and types that nothing uses any more go with them."},
		{name: "patch", spread: true, takes: someOf(keyPaths, nil),
			doc: "What is otherwise than in the spec that this one builds on, by the path to it, as in `channels.main.events.note`. A value or a list replaces, a mapping is merged, `null` removes; a path that ends with `[]` adds to a list."},
		{name: "breaks", takes: listOf(mapping(breakShape)),
			doc: "What this spec is meant to break of bots that were made from an older one. `misskeygen breaking` accepts it."},
		{name: "socket", inherited: true, takes: mapping(socketShape), doc: "How the websocket is reached and kept alive."},
		{name: "limits", inherited: true, takes: mapping(limitsShape), doc: "The server's bounds on one socket."},
		{name: "types", spread: true, inherited: true, takes: mapOf(goExported.String(), mapping(typeShape)),
			doc: "What messages carry, by name: ids, enums, objects and unions. The basic types string, integer, number, boolean, timestamp and any need no declaration."},
		{name: "eventSets", spread: true, inherited: true, takes: mapOf(wireNames, mapping(eventSetShape)),
			doc: "Sets of events that several channels send. Each becomes a handler."},
		{name: "channels", spread: true, inherited: true, takes: mapOf(wireNames, mapping(channelShape)),
			doc: "The channels that a client can connect to, by their name on the wire."},
		{name: "captures", spread: true, inherited: true, takes: mapOf(wireNames, mapping(captureShape)),
			doc: "The ways to follow one entity without a channel, by a name of your own."},
		{name: "broadcasts", inherited: true, takes: mapping(broadcastsShape), doc: "The events that reach every socket without a connect."},
		{name: "requests", spread: true, inherited: true, takes: mapOf(wireNames, mapping(requestShape)),
			doc: "What a client sends at the top level of the socket, by the word it sends."},
	},
}

var breakShape = &shape{
	name: "break",
	doc:  "Something that breaks bots that were made from an older spec, and is meant to.",
	keys: []key{
		{name: "rule", takes: form{{kind: stringValue, pattern: breakRule.String(), hint: ruleHint}}, need: "Write the rule that finds it, as in BR005.",
			doc: "The rule that finds it, as in `BR005`."},
		{name: "at", takes: filledForm, need: "Write where it is found, as in channels.main.events.mention.",
			doc: "The keys that lead to it, as in `channels.main.events.mention`, in the words of `misskeygen breaking`."},
		{name: "reason", takes: filledForm, need: "Say why it is right: a reader of the next release will ask.",
			doc: "Why it is right."},
	},
}

var socketShape = &shape{
	name: "socket",
	doc:  "How the websocket is reached and kept alive.",
	keys: []key{
		{name: "path", takes: pathForm, need: "Write the path of the streaming API, as in /streaming.",
			doc: "The path of the streaming API, as in `/streaming`."},
		{name: "auth", takes: word(string(AuthHeader), string(AuthQuery)),
			need: "Write header or query, whichever the server reads the token from.",
			doc:  "Where the server reads the token from: `header` is Authorization: Bearer, `query` is ?i=, and `i` in the bodies of calls."},
		{name: "ping", takes: durationForm,
			doc: "How often the server pings, as in `60s`. Without it the server does not ping, or in no known rhythm."},
		{name: "silence", takes: durationForm, with: []string{"ping"},
			doc: "After how long without a pong the server closes, as in `120s`."},
		{name: "textPing", takes: flagForm, doc: "Whether the server answers the text frame `ping` by `pong`, as older ones do that do not ping themselves."},
		seenKey, sinceKey,
	},
}

var limitsShape = &shape{
	name: "limits",
	doc:  "The server's bounds on one socket.",
	keys: []key{
		{name: "channelsPerConnection", takes: either(countForm, mapping(limitShape)),
			doc: "How many channels one socket may be connected to at a time."},
	},
}

var limitShape = &shape{
	name: "limit",
	doc:  "A limit and where it is known from.",
	keys: []key{
		{name: "value", takes: countForm, need: "Write the limit itself.", doc: "The limit itself."},
		seenKey, sinceKey,
	},
}

var typeShape = &shape{
	name:  "type",
	doc:   "A type: an id, an enum, an object, or a union.",
	anyOf: []string{"id", "enum", "union", "embeds", "fields"},
	keys: []key{
		docKey("What the type is."),
		{name: "id", takes: yesForm, excludes: []string{"enum", "union", "embeds", "fields", "empty", "variants"},
			doc: "The type is a string that names an entity."},
		{name: "enum", takes: form{{kind: listValue, notEmpty: true, unique: true, items: either(nameForm, mapping(enumValueShape))}},
			excludes: []string{"union", "embeds", "fields", "empty", "variants"},
			doc:      "The strings that are known. The set is open: servers may send others."},
		{name: "embeds", takes: form{{kind: listValue, notEmpty: true, unique: true, items: nameForm}},
			doc: "The objects whose fields this one has as well."},
		{name: "fields", takes: mapOf(fieldKeys, fieldForm),
			doc: "The fields of the object, or those that every variant of the union has. A name with a question mark may be absent."},
		{name: "union", takes: wireForm, excludes: []string{"embeds"}, with: []string{"variants"},
			doc: "The key by whose value the variants are told apart."},
		{name: "empty", takes: flagForm, with: []string{"union"},
			doc: "Whether {} is allowed and means none of the variants."},
		{name: "variants", takes: someOf(wireNames, mapping(variantShape)), with: []string{"union"},
			doc: "The variants of the union, by the value of its discriminator. The set is open: servers may send others."},
		goNameKey, seenKey, sinceKey,
	},
}

var enumValueShape = &shape{
	name: "enumValue",
	doc:  "A value of an enum.",
	keys: []key{
		{name: "value", takes: textForm, need: "Write the value as it stands in messages.", doc: "The value as it stands in messages."},
		docKey("What the value means."), goNameKey, seenKey, sinceKey,
	},
}

var variantShape = &shape{
	name: "variant",
	doc:  "A variant of a union.",
	keys: []key{
		{name: "fields", takes: mapOf(fieldKeys, fieldForm), doc: "The fields that this variant alone has, the discriminator not among them."},
		docKey("What the variant is."), goNameKey, seenKey, sinceKey,
	},
}

var fieldShape = &shape{
	name: "field",
	doc:  "A field with more to say than its type.",
	keys: []key{
		{name: "type", takes: typeForm, need: "Write the type of its value.",
			doc: "The type of its value: a name, `X[]` for a list, `map<X>` for an object with any keys, `X | null` for what may be null."},
		{name: "default", takes: defaultForm, doc: "What the server takes when the key is absent. Only a field that may be absent has one."},
		docKey("What the field says."), goNameKey, seenKey, sinceKey,
	},
}

// paramShape is a field of a channel's parameters.
var paramShape = &shape{
	name: "param",
	doc:  "A parameter with more to say than its type.",
	keys: append(slices.Clip(fieldShape.keys), key{name: "noEmptyItems", takes: flagForm,
		doc: "For a list of lists or maps: whether the server refuses one that holds an empty one."}),
}

// The keys of what is sent: events, sends and requests.
var (
	bodyKey = key{name: "body", takes: either(typeForm, nullForm),
		doc: "The type of the body, or null when there is none."}
	asKey = key{name: "as", takes: smallNameForm,
		doc: "What the body is called in Go, as in `user`. A body that is a list or of a basic type has no other name to go by."}
	messageFieldsKey = key{name: "fields", takes: someOf(fieldKeys, fieldForm), excludes: []string{"body", "as"},
		doc: "The fields of the body, when it is an object of this message alone. A name with a question mark may be absent."}
)

var eventShape = &shape{
	name:  "event",
	doc:   "An event: what the server sends.",
	anyOf: []string{"body", "fields"},
	keys: []key{
		docKey("When the event comes."), bodyKey, asKey, messageFieldsKey,
		{name: "unpublished", takes: flagForm, doc: "Whether servers declare the event and never send it."},
		goNameKey, seenKey, sinceKey,
	},
}

var sendShape = &shape{
	name:  "send",
	doc:   "What the client may send to the channel.",
	anyOf: []string{"body", "fields"},
	keys: []key{
		docKey("What the message does."), bodyKey, asKey, messageFieldsKey, goNameKey, seenKey, sinceKey,
	},
}

var eventSetShape = &shape{
	name:  "eventSet",
	doc:   "A set of events that several channels send.",
	anyOf: []string{"events", "includes"},
	keys: []key{
		docKey("What has these events."),
		{name: "includes", takes: listOf(nameForm), doc: "The sets whose events this one has as well."},
		{name: "events", takes: mapOf(wireNames, mapping(eventShape)), doc: "The events of the set, by their name on the wire."},
		goNameKey, seenKey, sinceKey,
	},
}

var channelShape = &shape{
	name: "channel",
	doc:  "A channel that a client can connect to.",
	keys: []key{
		docKey("What the channel is for."),
		{name: "credential", takes: word("required", "none"),
			doc: "Whether an account is needed: `required`, or `none`, which is the default."},
		{name: "permission", takes: textForm, doc: "What an app's token needs, as in `read:account`."},
		{name: "shared", takes: flagForm, doc: "Whether a socket has one connection to it, whoever asks."},
		{name: "leaks", takes: flagForm, doc: "Whether the server goes on sending after a disconnect."},
		{name: "overflow", takes: word(string(DropOldest), string(DropNewest), string(End)),
			doc: "What becomes of a subscription whose inbox is full: `dropOldest`, which is the default, or `dropNewest` drop events and go on; `end` ends it."},
		{name: "tokenEvent", takes: nameForm, doc: "The event that says that the account has a new token."},
		{name: "params", takes: mapOf(fieldKeys, either(typeForm, mapping(paramShape))),
			doc: "The parameters of the connect. A name with a question mark may be absent."},
		{name: "events", takes: either(nameForm, someOf(wireNames, mapping(eventShape))),
			need: "Name an event set, or declare the channel's own events.",
			doc:  "The name of an event set, or events of the channel's own."},
		{name: "sends", takes: mapOf(wireNames, mapping(sendShape)), doc: "What the client may send to it, by the message's name on the wire."},
		{name: "quirks", takes: listOf(nameForm), aside: true, doc: "What a user of the channel has to know, a fact each."},
		goNameKey, seenKey, sinceKey,
	},
}

var captureShape = &shape{
	name: "capture",
	doc:  "A way to follow one entity without a channel.",
	keys: []key{
		docKey("What the capture tells of."),
		{name: "method", takes: exportedForm, need: "Name the client's method, as in Capture.", doc: "The client's method in Go, as in `Capture`."},
		{name: "subscribe", takes: nameForm, need: "Name a request of role subscribe.", doc: "The request that begins it, of role subscribe."},
		{name: "unsubscribe", takes: nameForm, need: "Name a request of role unsubscribe.", doc: "The request that ends it, of role unsubscribe."},
		{name: "update", takes: wireForm, need: "Name the frame type of its events, as in noteUpdated.", doc: "The frame type under which its events come, as in `noteUpdated`."},
		{name: "key", takes: form{{kind: mappingValue, names: alwaysThere, values: fieldForm, notEmpty: true, most: 1}},
			need: "Write the field that names the entity, as in key: {id: NoteID}.",
			doc:  "The one field that names the entity, in requests and in updates, as in `{id: NoteID}`."},
		{name: "endsWith", takes: nameForm, doc: "The event after which no other comes."},
		{name: "events", takes: someOf(wireNames, mapping(eventShape)), need: "Declare its events.", doc: "Its events, by their name on the wire."},
		goNameKey, seenKey, sinceKey,
	},
}

var broadcastsShape = &shape{
	name: "broadcasts",
	doc:  "The events that reach every socket without a connect.",
	keys: []key{
		docKey("What the broadcasts tell of."),
		{name: "events", takes: someOf(wireNames, mapping(eventShape)), need: "Declare the events, or remove the section.",
			doc: "The events, each by its frame type."},
		goNameKey, seenKey, sinceKey,
	},
}

var requestShape = &shape{
	name: "request",
	doc:  "What a client sends at the top level of the socket.",
	keys: []key{
		docKey("What the request does."),
		{name: "role", takes: word(roleWords...), need: "Write " + list(roleWords) + ".",
			doc: "What the request is for. `connect` and `disconnect` begin and end a channel, `send` carries what is sent to one, `subscribe` and `unsubscribe` begin and end a capture, `request` becomes a method of the client, and `call` carries calls of the API."},
		{name: "aliases", takes: listOf(wireForm), doc: "Other words that the server takes for it. They are never sent."},
		{name: "reply", takes: wireForm, doc: "The frame type that answers it. Of role call, what the types of its answers begin with: the id of the call follows."},
		{name: "method", takes: exportedForm, doc: "The client's method in Go, for role request."},
		{name: "credential", takes: word("required", "none"),
			doc: "Whether the server ignores it from an anonymous client: `required`, or `none`, which is the default."},
		{name: "bodyOptional", takes: flagForm, doc: "Whether the whole body may be left out, for role request."},
		bodyKey, asKey, messageFieldsKey, goNameKey, seenKey, sinceKey,
	},
}
