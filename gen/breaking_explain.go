package gen

import (
	"maps"
	"slices"

	"github.com/misskeyactor/misskeyactor/spec"
)

// breakingExplanations are those of every rule of Breaking, and of what else it
// reports, sorted by code.
func breakingExplanations() []spec.Explanation {
	var all []spec.Explanation
	for _, code := range slices.Sorted(maps.Keys(breakingTexts)) {
		e := breakingTexts[code]
		e.Code = code
		if code != CodeStaleBreak {
			e.Text += "\n\n" + acceptText
		}
		all = append(all, e)
	}
	return all
}

const acceptText = "What is meant is accepted in the new spec, under breaks, with a reason."

var breakingTexts = map[spec.Code]spec.Explanation{
	CodeChannelGone: {
		Title: "a channel is gone",
		Text: `A server ignores the connect to a channel that it does not have. A bot that runs on the old bindings tries for ever, and its subscription never becomes live; one that is compiled with the new bindings misses the client's method.

Take the subscription out of the bot, or connect to what came in the channel's place.`,
	},
	CodeCaptureGone: {
		Title: "a capture is gone",
		Text: `The server no longer tells what happens to a single entity of this kind. A bot on the old bindings asks for it and hears nothing; with the new ones the client's method is missing.

Find out from a channel, or by API calls, what the capture told.`,
	},
	CodeBroadcastsGone: {
		Title: "there are no broadcasts any more",
		Text: `Nothing reaches a socket but what it has subscribed to. A bot on the old bindings waits in vain; with the new ones Broadcasts is missing from the client.

Find out by API calls what the broadcasts told.`,
	},
	CodeRequestGone: {
		Title: "a request is gone",
		Text: `The server ignores a frame whose type it does not know, without an error: what the bot asks for does not happen. With the new bindings the client's method is missing. For a request of role call it is the calls over the stream that stay without an answer.

Look for an API call that does the same.`,
	},
	CodeEventGone: {
		Title: "an event is gone, or is only declared now",
		Text: `The server does not send the event any more, or declares it and was never seen to send it. A handler's method for it is never called. With the new bindings its type is missing when it is gone, which the compiler tells where the handler's signature names it.

An event that a set gets from a set it includes is still there, and not found.`,
	},
	CodeSendGone: {
		Title: "a channel no longer takes a message",
		Text: `The server ignores a message whose type the channel does not know, without an error. With the new bindings the subscription's method is missing.

Take the call out of the bot.`,
	},
	CodeParamGone: {
		Title: "something that the client gives is no longer looked at",
		Text:  `A parameter of a channel, a field of a message or of a request is gone. Servers ignore what they do not know: the bot gets what it would get without it, which may be more or other than it asked for. With the new bindings the field is missing.`,
	},
	CodeFieldGone: {
		Title: "a field of what the server sends is gone",
		Text: `A bot on the old bindings finds the field empty: when it was required, that is counted as drift; when it was optional, it looks like any value that was left out. With the new bindings the field is missing from the Go type.

A field that an object gets from one that it embeds, or that moved between a union and its variants, is still there, and not found.`,
	},
	CodeVariantGone: {
		Title: "a variant of a union is gone",
		Text:  `The server sends no such value any more; what the bot does with it never happens. With the new bindings its type and its constant are missing.`,
	},
	CodeTypeChanged: {
		Title: "what the server sends is of another type",
		Text: `The bindings of the old spec cannot read the new value: another kind of JSON, a number with a fraction where a whole one was, an element that may be null, an object without a field that has to be there. An event whose body does not decode is handed on as an unknown event, raw.

A type that reads all that is sent breaks nothing on the wire, such as a string where an id was; if it is another in Go, BR106 finds it.`,
	},
	CodeAbsent: {
		Title: "a field of what the server sends may be absent",
		Text:  `A bot on the old bindings finds the zero value where the key is absent, and cannot tell it from one that was sent; it is counted as drift. With the new bindings the field is an Opt, a pointer, or nil, and the compiler shows where the bot has to decide.`,
	},
	CodeNull: {
		Title: "what the server sends may be null",
		Text:  `A bot on the old bindings finds the zero value where there is null, and cannot tell it from one that was sent; it is counted as drift. With the new bindings the field is an Opt, a pointer, or nil, and the compiler shows where the bot has to decide.`,
	},
	CodeSentType: {
		Title: "what the client sends is not what the server takes",
		Text:  `The server ignores a connect with parameters of a wrong type, a message or a request it cannot read, without an error. It now wants another kind of JSON, refuses null, or knows fewer words of an enum: what clients send is held to the words the server knows, where what servers send is an open set.`,
	},
	CodeRequired: {
		Title: "the client has to give what it did not have to",
		Text:  `The server ignores what lacks it: a connect, a message, a request. A bot on the old bindings does not send it. With the new ones its zero value is sent, or refused by Validate, until the bot sets it; the compiler does not tell.`,
	},
	CodeDefault: {
		Title: "the server takes something else for what is not given",
		Text: `Whoever leaves the parameter out, as bindings do with what is zero, gets something else than before.

Set it in the bot to what it was, or welcome the change.`,
	},
	CodeCredential: {
		Title: "an account is needed",
		Text: `The server ignores an anonymous client. On the old bindings it tries for ever; the new ones return ErrCredentialRequired at once.

Give the client a token.`,
	},
	CodePermission: {
		Title: "an app's token needs another permission",
		Text: `The server ignores a connect from an app whose token lacks the permission, without an error. A user's own token may do everything.

Have the token made again with the new permission, and name it to WithPermissions.`,
	},
	CodeShared: {
		Title: "the server connects a channel only once per socket",
		Text:  `The second connect on a socket is ignored. Bindings of the old spec send one for every subscription: only the first of them becomes live. The new ones share the connection.`,
	},
	CodeLeaks: {
		Title: "the server goes on sending after a disconnect",
		Text:  `Bindings of the old spec disconnect the channel, drop what still comes for the old id, and connect anew for the next subscription: everything is then sent twice, and dropped once. The new ones keep the connection and park it.`,
	},
	CodeLimit: {
		Title: "a limit is lower, or known of for the first time",
		Text:  `The server ignores what exceeds the limit, without an error. Bindings of the old spec fill a socket up to the old limit; the subscriptions beyond the new one never become live. The new bindings open another socket.`,
	},
	CodeSocket: {
		Title: "the socket is elsewhere, or works otherwise",
		Text:  `Bindings of the old spec dial the old path, hand over the token in the old way, or take a socket for lost whose text pings stay without an answer. Nothing is to be done in a program: bindings of the new spec know.`,
	},
	CodeWord: {
		Title: "a word of the protocol is another",
		Text:  `The frame types that begin and end channels and captures, carry messages, answer them, or lead to the captured entity, are what client and server have to agree on. Bindings of the old spec say what the server does not know, or wait for what it does not say. Nothing is to be done in a program: bindings of the new spec know.`,
	},
	CodeDiscriminator: {
		Title: "a union is told apart otherwise",
		Text:  `Bindings of the old spec look for the discriminator under the old key, and take every value for one of an unknown variant; or they meet {}, which is none of the variants, and take it for an unknown one, where the new bindings give nil.`,
	},
	CodeKind: {
		Title: "a type is a string where it was an object, or the reverse",
		Text:  `Ids and enums are strings in JSON, objects and unions are objects. Bindings of the old spec cannot read the one for the other: an event with such a value is handed on as an unknown event, raw.`,
	},
	CodeEnd: {
		Title: "a capture ends otherwise",
		Text:  `Bindings of the old spec end the capture after an event that others follow now, or wait for more after the last one. With the new ones a program sees Done at another time.`,
	},

	CodeTypeGone: {
		Title: "a type is gone",
		Text: `A program that names the type, or that of an event, does not compile. Where messages used it, findings of their own say what they carry now.

A type that only got another name, and is the same in all else, is found as BR105.`,
	},
	CodeValueGone: {
		Title: "a value of an enum is gone",
		Text:  `A program that names its constant does not compile. On the wire enums are open: a value that the server sends after all is kept as it is.`,
	},
	CodeSetGone: {
		Title: "an event set is gone",
		Text:  `Its handler, its events and its functions are missing. A channel that had it takes its events from another set now, with a handler of another name and event types of other names.`,
	},
	CodeEmbedGone: {
		Title: "an object no longer embeds another",
		Text:  `A program that names the embedded struct, to pass it on or in a literal, does not compile. Fields that the object has for itself now are read as before.`,
	},
	CodeRenamed: {
		Title: "a Go name is another",
		Text: `The wire is as it was, and what a program says is not: a goName, an as or a method changed, or a type got another name in the spec. What is called after it, such as the handler of an event set, has another name as well and is not found besides.

To keep the old Go name, write it as goName.`,
		Wrong: `types:
  Message: {fields: {id: string}}
`,
		Right: `types:
  Message: {goName: ChatMessage, fields: {id: string}}
`,
	},
	CodeGoType: {
		Title: "a Go type is another",
		Text: `The old bindings read the new server well, and a program written for them does not compile with the new ones: an Opt became a plain value or the reverse, a string an id, a method takes parameters or a handler that it did not take.

An overlay imports the entities that it does not change. One that it changes now, or that holds one, is generated with its own bindings, and a value of the one type is none of the other. Bindings that are generated with -share none have them all for themselves, and are not concerned.`,
	},
	CodePolicy: {
		Title: "bindings do something else by themselves",
		Text: `A program compiles, and a subscription without options behaves otherwise: what a full inbox drops or ends, or whether the client tells of a new token.

To keep the old overflow policy, give it to the subscription as an option.`,
	},
	CodeEventNew: {
		Title: "an event is new",
		Text:  `Found with -strict only. A handler that embeds the Unimplemented… struct of its event set, as the documentation asks for, compiles as before, and so does one made of functions; one that has written all methods out lacks the new one. What came as an unknown event until now does not any more.`,
	},

	CodeStaleBreak: {
		Title: "a spec accepts what is not found",
		Text: `An item of breaks names a rule and a place where the comparison finds nothing of the kind: the break was taken back, it is accepted under another rule or path, or the old spec is of a later day than the list. A list that says more than is true would hide the next break.

Remove the item. Begin a new list when the new spec has become the old one.`,
	},
}
