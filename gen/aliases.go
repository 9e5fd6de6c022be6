package gen

import "github.com/dave/jennifer/jen"

// alias is a name of the runtime that bindings have as well, so that a
// program imports them alone: a package named runtime would hide the standard
// one.
type alias struct {
	kind   aliasKind
	name   string
	doc    string
	params []param // aliasFunc
	result string  // aliasFunc: a type of the runtime
	from   string  // package below the runtime that has it, as in "rest"; "" = the runtime
	of     string  // its name there; "" = the same
}

type aliasKind int

const (
	aliasType  aliasKind = iota // type X = runtime.X
	aliasConst                  // const X = runtime.X
	aliasError                  // var ErrX = runtime.ErrX
	aliasFunc                   // func X(…) R { return runtime.X(…) }
)

// param is a parameter of an aliased function.
type param struct {
	name     string
	typ      jen.Code
	variadic bool
}

var (
	durationType = jen.Qual("time", "Duration")
	anyType      = jen.Any()
	pidType      = jen.Op("*").Qual(actorPath, "PID")
)

// aliases are in the order in which they are printed.
var aliases = []alias{
	{kind: aliasType, name: "Option", doc: "Option configures a client."},
	{kind: aliasFunc, name: "WithToken", result: "Option", params: []param{{name: "token", typ: jen.String()}},
		doc: "WithToken makes the client act for the account the token belongs to: a user's own token, or an app's." +
			" Without it the client is anonymous. The token is sent in the Authorization header, or where else the dialect's server reads it," +
			" and stands in no log, error, metric or recording."},
	{kind: aliasFunc, name: "WithHTTPClient", result: "Option", params: []param{{name: "client", typ: jen.Op("*").Qual("net/http", "Client")}},
		doc: "WithHTTPClient sets the client that API calls are made with. The default has a timeout of one minute."},
	{kind: aliasFunc, name: "WithTLSConfig", result: "Option", params: []param{{name: "settings", typ: jen.Op("*").Qual("crypto/tls", "Config")}},
		doc: "WithTLSConfig sets the TLS configuration of the websocket, and of API calls unless WithHTTPClient sets their client."},
	{kind: aliasFunc, name: "WithNetDial", result: "Option", params: []param{{name: "dial", typ: jen.Func().Params(jen.Id("ctx").Qual("context", "Context"), jen.List(jen.Id("network"), jen.Id("address")).String()).Params(jen.Qual("net", "Conn"), jen.Error())}},
		doc: "WithNetDial sets how connections are opened, of sockets and, unless WithHTTPClient sets their client, of API calls: through a SOCKS proxy, to a Unix socket, to a server in the test."},
	{kind: aliasFunc, name: "WithLogger", result: "Option", params: []param{{name: "logger", typ: jen.Op("*").Qual("log/slog", "Logger")}},
		doc: "WithLogger sets where the client logs: handlers' errors and panics, subscriptions that ended by themselves, lost sockets, skipped frames." +
			" The default is slog.Default(); slog.New(slog.DiscardHandler) keeps it silent."},
	{kind: aliasFunc, name: "WithHooks", result: "Option", params: []param{{name: "hooks", typ: jen.Id("Hook"), variadic: true}},
		doc: "WithHooks adds hooks: values that implement one or more of the Hook… interfaces."},
	{kind: aliasFunc, name: "WithActorSystem", result: "Option", params: []param{{name: "system", typ: jen.Op("*").Qual(actorPath, "ActorSystem")}},
		doc: "WithActorSystem runs the client in an actor system the caller has. Closing the client stops the client's actors and" +
			" leaves the system alone. Without it the client makes a system of its own, which costs 3 MB: programs with many clients share one."},
	{kind: aliasFunc, name: "WithParent", result: "Option", params: []param{{name: "parent", typ: jen.Qual(actorPath, "SpawnerContext")}},
		doc: "WithParent makes the client's actors children of the actor whose context is given, so that they end with it." +
			" Connect must then be called on that actor's goroutine, which is to say in its Receive."},
	{kind: aliasFunc, name: "WithKeepTrying", result: "Option",
		doc: "WithKeepTrying makes Connect return at once and dial in the background until it succeeds, instead of returning the" +
			" first dial's error. An error that is final, such as a token the server refuses, still closes the client."},
	{kind: aliasFunc, name: "WithBackoff", result: "Option", params: []param{{name: "min", typ: durationType}, {name: "max", typ: durationType}},
		doc: "WithBackoff bounds the pause before a lost socket is dialled again. The pause before attempt n is random between zero" +
			" and min·2ⁿ, at most max. The default is half a second and 30 seconds."},
	{kind: aliasFunc, name: "WithDialTimeout", result: "Option", params: []param{{name: "d", typ: durationType}},
		doc: "WithDialTimeout bounds one dial, handshake included. The default is 15 seconds."},
	{kind: aliasFunc, name: "WithAckTimeout", result: "Option", params: []param{{name: "d", typ: durationType}},
		doc: "WithAckTimeout bounds the wait for the server's acknowledgement of a channel, after which it is tried again. The default is 10 seconds."},
	{kind: aliasFunc, name: "WithStreamCalls", result: "Option",
		doc: "WithStreamCalls makes Call go over the stream, for servers that answer it there; Connect returns ErrNoStreamCalls for those that do not." +
			" It saves the connections of REST, and orders a call behind what was sent before on its socket, the first that is open." +
			" In exchange a call needs an open socket, its answer has to fit into WithMaxFrame, and at most 128 of them wait for their answers at one time; one more waits for its turn."},
	{kind: aliasFunc, name: "WithCallTimeout", result: "Option", params: []param{{name: "d", typ: durationType}},
		doc: "WithCallTimeout bounds a call over the stream, after which it is an *UnansweredError. The default is a minute."},
	{kind: aliasFunc, name: "WithLiveness", result: "Option", params: []param{{name: "ping", typ: durationType}, {name: "silence", typ: durationType}},
		doc: "WithLiveness sets how often the client pings the server, and after how long without a frame, ping or pong a socket counts as lost." +
			" The default is 25 and 60 seconds."},
	{kind: aliasFunc, name: "WithMaxFrame", result: "Option", params: []param{{name: "bytes", typ: jen.Int()}},
		doc: "WithMaxFrame bounds the size of a frame in bytes. A larger one is counted and skipped; one of more than 16 MiB costs the socket. The default is 1 MiB."},
	{kind: aliasFunc, name: "WithTokenSource", result: "Option", params: []param{{name: "source", typ: jen.Id("TokenSource")}},
		doc: "WithTokenSource has the client ask for its token whenever it needs one, for tokens that are renewed while the client runs. It takes the place of WithToken."},
	{kind: aliasFunc, name: "WithRecorder", result: "Option", params: []param{{name: "w", typ: jen.Qual("io", "Writer")}},
		doc: "WithRecorder writes every frame of every socket of the client to w, both ways, one JSON object a line, for misskeygen observe to hold against the spec." +
			" Tokens and other secrets are replaced; what people write is not. The client never waits for w: what w is too slow for is dropped, counted and noted in its place." +
			" w is not called any more once Close has returned nil. The option of package runtime says it in full."},
	{kind: aliasType, name: "TokenSource", doc: "TokenSource gives a client its token."},
	{kind: aliasType, name: "TokenSourceFunc", doc: "TokenSourceFunc is a function as a TokenSource."},
	{kind: aliasFunc, name: "WithPermissions", result: "Option", params: []param{{name: "permissions", typ: jen.String(), variadic: true}},
		doc: "WithPermissions tells what the client's token, an app's, may do, as in \"read:account\" and \"read:chat\". Subscribing to what it may not is then ErrPermissionRequired at once."},
	{kind: aliasFunc, name: "WithChannelsPerConnection", result: "Option", params: []param{{name: "n", typ: jen.Int()}},
		doc: "WithChannelsPerConnection sets how many channels share a socket, in place of what the server takes at most. More than that are ignored by the server, for as long as the client tries."},
	{kind: aliasFunc, name: "WithCapturesPerConnection", result: "Option", params: []param{{name: "n", typ: jen.Int()}},
		doc: "WithCapturesPerConnection sets how many captures share a socket. The default is 5,000."},
	{kind: aliasFunc, name: "WithMaxCaptures", result: "Option", params: []param{{name: "n", typ: jen.Int()}},
		doc: "WithMaxCaptures bounds the entities captured at one time. One more makes the one go that was not heard of for the longest time: its captures end with ErrEvicted, after a gap. Without it there is no bound."},
	{kind: aliasFunc, name: "WithDialRate", result: "Option", params: []param{{name: "perSecond", typ: jen.Int()}},
		doc: "WithDialRate bounds how many sockets the client opens in a second. The default is 50."},
	{kind: aliasFunc, name: "WithLinger", result: "Option", params: []param{{name: "d", typ: durationType}},
		doc: "WithLinger sets how long a connection that has nothing to do any more stays open for what may come. The default is 30 seconds; 0 closes it at once."},
	{kind: aliasFunc, name: "WithSupervision", result: "Option", params: []param{{name: "s", typ: jen.Id("Supervision")}},
		doc: "WithSupervision sets what becomes of subscriptions whose handlers panic. The default is more than 3 panics within a minute, pauses between a second and a minute, and the end after 8 of them."},
	{kind: aliasType, name: "Supervision", doc: "Supervision is what becomes of a subscription whose handler panics."},

	{kind: aliasType, name: "SubscribeOption", doc: "SubscribeOption configures one subscription or capture."},
	{kind: aliasFunc, name: "DropOldest", result: "SubscribeOption", params: []param{{name: "n", typ: jen.Int()}},
		doc: "DropOldest bounds the inbox to n events and drops the oldest one when it is full."},
	{kind: aliasFunc, name: "DropNewest", result: "SubscribeOption", params: []param{{name: "n", typ: jen.Int()}},
		doc: "DropNewest bounds the inbox to n events and drops what does not fit."},
	{kind: aliasFunc, name: "EndOnOverflow", result: "SubscribeOption", params: []param{{name: "n", typ: jen.Int()}},
		doc: "EndOnOverflow bounds the inbox to n events and ends the subscription with ErrSlowConsumer when it is full."},
	{kind: aliasFunc, name: "KeepLatest", result: "SubscribeOption", params: []param{{name: "n", typ: jen.Int()}, {name: "key", typ: jen.String()}},
		doc: "KeepLatest bounds the inbox to n events and, when it is full, drops the oldest one that a later one has superseded: one of the same type whose body has the same string under key. An empty key compares types only."},
	{kind: aliasFunc, name: "ExpireAfter", result: "SubscribeOption", params: []param{{name: "d", typ: durationType}},
		doc: "ExpireAfter ends a capture with ErrExpired after a time, for bots that follow a note for a while. It is refused for channels and broadcasts."},
	{kind: aliasFunc, name: "InboxBytes", result: "SubscribeOption", params: []param{{name: "n", typ: jen.Int()}},
		doc: "InboxBytes bounds the inbox in bytes of frames as well. The default is 32 MiB. One event always fits."},
	{kind: aliasFunc, name: "ToActor", result: "SubscribeOption", params: []param{{name: "pid", typ: pidType}, {name: "inFlight", typ: jen.Int()}},
		doc: "ToActor delivers the events to an actor, as the same structs, in place of a handler. At most inFlight events are on their way:" +
			" the actor calls Done on each when it has dealt with it, or has panicked on it: an event without a Done keeps its place. It is one of the system the client runs in, which is WithActorSystem's or WithParent's. The subscription ends with ErrReceiverStopped when the actor stops."},

	{kind: aliasType, name: "Meta", doc: "Meta is what every event knows of itself. Events embed it."},
	{kind: aliasType, name: "GapInfo", doc: "GapInfo is a span of time in which a subscription may have missed events."},
	{kind: aliasType, name: "GapCause", doc: "GapCause says why a subscription may have missed events."},
	{kind: aliasConst, name: "GapReconnect", doc: "GapReconnect: the socket was lost, and a new one took over."},
	{kind: aliasConst, name: "GapOverflow", doc: "GapOverflow: the subscription's inbox was full and its policy dropped events."},
	{kind: aliasConst, name: "GapLateAck", doc: "GapLateAck: the socket was there, and the server did not acknowledge the channel on it in time."},
	{kind: aliasConst, name: "GapPause", doc: "GapPause: the subscription was paused, and its inbox full."},
	{kind: aliasConst, name: "GapEviction", doc: "GapEviction: the capture had to make room for another. Nothing comes after it."},
	{kind: aliasType, name: "EventRef", doc: "EventRef names an event that has been."},
	{kind: aliasFunc, name: "EventMeta", result: "Meta", params: []param{{name: "ctx", typ: jen.Qual("context", "Context")}},
		doc: "EventMeta returns the Meta of the event that a handler was called with, given the context of that call or one made from it; elsewhere its Subscription is nil."},

	{kind: aliasType, name: "Subscription", doc: "Subscription is the handle on a channel, a capture or the broadcasts, whatever its events. Every typed handle embeds one: WaitLive, State, Err, Ended, Done, Close, Status and PID are its methods."},
	{kind: aliasType, name: "State", doc: "State is where a subscription stands."},
	{kind: aliasConst, name: "StateConnecting", doc: "StateConnecting: not yet live for the first time."},
	{kind: aliasConst, name: "StateLive", doc: "StateLive: the server has acknowledged it, or, for what servers do not acknowledge, has been told of it."},
	{kind: aliasConst, name: "StateReconnecting", doc: "StateReconnecting: it was live, and its socket is lost."},
	{kind: aliasConst, name: "StateClosed", doc: "StateClosed is final. Err tells the reason."},
	{kind: aliasType, name: "Status", doc: "Status is what a client looks like at one moment."},
	{kind: aliasType, name: "ConnectionInfo", doc: "ConnectionInfo names a socket."},
	{kind: aliasType, name: "ConnectionStatus", doc: "ConnectionStatus is what a connection looks like at one moment."},
	{kind: aliasType, name: "SubscriptionStatus", doc: "SubscriptionStatus is what a subscription looks like at one moment."},
	{kind: aliasType, name: "RecordingStatus", doc: "RecordingStatus is what has become of the frames given to WithRecorder's writer."},
	{kind: aliasType, name: "Stats", doc: "Stats counts what a client did since it was opened."},

	{kind: aliasType, name: "Hook", doc: "Hook is a value that implements one or more of the Hook… interfaces."},
	{kind: aliasType, name: "HookConnection", doc: "HookConnection is told of sockets."},
	{kind: aliasType, name: "HookState", doc: "HookState is told when a subscription's state changes."},
	{kind: aliasType, name: "HookHandlerError", doc: "HookHandlerError is told of errors that handlers return and of their panics, which are *PanicError."},
	{kind: aliasType, name: "HookFrame", doc: "HookFrame is told of frames that were skipped."},
	{kind: aliasType, name: "HookOverflow", doc: "HookOverflow is told of slow episodes: from the first event that a full inbox drops until the inbox has been emptied."},
	{kind: aliasType, name: "HookGap", doc: "HookGap is told of every gap that is handed on."},
	{kind: aliasType, name: "HookPause", doc: "HookPause is told when a subscription whose handler panics too often is paused."},
	{kind: aliasType, name: "HookToken", doc: "HookToken is told when the server says that the account has a new token."},
	{kind: aliasType, name: "HookDrift", doc: "HookDrift is told where JSON departs from the spec the bindings were generated from, of each departure once."},
	{kind: aliasType, name: "FrameSkipped", doc: "FrameSkipped is a frame that was counted and skipped."},
	{kind: aliasType, name: "Drift", from: "codec", doc: "Drift is one departure of a server's JSON from the spec."},
	{kind: aliasType, name: "DriftKind", from: "codec", doc: "DriftKind says how JSON departed from the spec."},
	{kind: aliasConst, name: "DriftNull", from: "codec", doc: "DriftNull is a null where the spec allows none; the field is left zero."},
	{kind: aliasConst, name: "DriftMissing", from: "codec", doc: "DriftMissing is a required key that was absent; the field is left zero."},
	{kind: aliasConst, name: "DriftUnknown", from: "codec", doc: "DriftUnknown is a key the spec does not have; its value is skipped."},
	{kind: aliasConst, name: "DriftVariant", from: "codec", doc: "DriftVariant is a union of a kind the spec does not have, as a notification may be; it is kept whole as the union's unknown member."},
	{kind: aliasConst, name: "DriftEvent", from: "codec", doc: "DriftEvent is an event of a type the spec does not have; it is handed on as an unknown event."},
	{kind: aliasConst, name: "DriftBody", from: "codec", doc: "DriftBody is an event whose body is of another kind than the spec says; it is handed on as an unknown event."},

	{kind: aliasType, name: "HandshakeError", doc: "HandshakeError is a websocket that could not be opened, and why."},
	{kind: aliasType, name: "HandshakeKind", doc: "HandshakeKind says what kept a websocket from opening."},
	{kind: aliasConst, name: "UnknownHost", doc: "UnknownHost: no such host."},
	{kind: aliasConst, name: "Refused", doc: "Refused: nothing listens there."},
	{kind: aliasConst, name: "TLSFailed", doc: "TLSFailed: the TLS handshake failed, as for a certificate that is not trusted."},
	{kind: aliasConst, name: "TimedOut", doc: "TimedOut: there was no answer in time."},
	{kind: aliasConst, name: "NetworkError", doc: "NetworkError: the network failed otherwise."},
	{kind: aliasConst, name: "NotWebSocket", doc: "NotWebSocket: what answered is no websocket of a Misskey server."},
	{kind: aliasConst, name: "Unauthorized", doc: "Unauthorized: the server does not take the token."},
	{kind: aliasConst, name: "Forbidden", doc: "Forbidden: the account may not, as when it is suspended."},
	{kind: aliasConst, name: "RateLimited", doc: "RateLimited: the server asks to come back later."},
	{kind: aliasConst, name: "ServerError", doc: "ServerError: the server failed."},
	{kind: aliasConst, name: "NoToken", doc: "NoToken: the token source has given none."},
	{kind: aliasType, name: "CloseError", doc: "CloseError is a socket that the server ended, or that just ended."},
	{kind: aliasType, name: "ParamError", doc: "ParamError is a channel parameter that is missing or cannot be right. Nothing was sent."},
	{kind: aliasType, name: "MessageError", doc: "MessageError is a part of a message to the server that is missing or cannot be right. Nothing was sent."},
	{kind: aliasType, name: "PanicError", doc: "PanicError is a panic in a handler. The subscription goes on with the next event, or after a pause."},
	{kind: aliasType, name: "HandlerPanicsError", doc: "HandlerPanicsError is the reason of a subscription whose handler panicked more often than WithSupervision bears with."},
	{kind: aliasType, name: "APIError", from: "rest", of: "Error", doc: "APIError is what the server answered to a call that failed."},
	{kind: aliasType, name: "UnansweredError", doc: "UnansweredError is a call over the stream that was sent, and whose answer did not come. Whether the server has done what was asked nobody knows; the call is not repeated."},
	{kind: aliasError, name: "ErrNotLive", doc: "ErrNotLive is returned by sends while the subscription, or the client's socket, is not live. Nothing was queued; nothing will be sent later."},
	{kind: aliasError, name: "ErrClosed", doc: "ErrClosed is the reason of a subscription or client that was closed by its user, and is returned by calls on one."},
	{kind: aliasError, name: "ErrEnded", doc: "ErrEnded is the reason of a capture after whose last event no other can come, as after a note's deletion."},
	{kind: aliasError, name: "ErrSlowConsumer", doc: "ErrSlowConsumer is the reason of a subscription whose inbox was full and whose policy is to end then."},
	{kind: aliasError, name: "ErrEvicted", doc: "ErrEvicted is the reason of a capture that had to make room for another."},
	{kind: aliasError, name: "ErrExpired", doc: "ErrExpired is the reason of a capture whose time to live is over."},
	{kind: aliasError, name: "ErrReceiverStopped", doc: "ErrReceiverStopped is the reason of a subscription whose receiving actor has stopped."},
	{kind: aliasError, name: "ErrUnknownType", doc: "ErrUnknownType is the Err of an unknown event whose type these bindings do not have."},
	{kind: aliasError, name: "ErrCredentialRequired", doc: "ErrCredentialRequired is returned for what an anonymous client cannot do."},
	{kind: aliasError, name: "ErrPermissionRequired", doc: "ErrPermissionRequired is returned for what the client's token may not do, as far as WithPermissions tells."},
	{kind: aliasError, name: "ErrUnauthorized", doc: "ErrUnauthorized matches a HandshakeError or an APIError: the server does not take the token."},
	{kind: aliasError, name: "ErrForbidden", doc: "ErrForbidden matches a HandshakeError or an APIError: the account is suspended, or the token lacks a permission."},
	{kind: aliasError, name: "ErrNotWebSocket", doc: "ErrNotWebSocket matches a HandshakeError: what answered is no websocket of a Misskey server."},
	{kind: aliasError, name: "ErrRateLimited", from: "rest", doc: "ErrRateLimited matches an APIError of status 429."},
	{kind: aliasError, name: "ErrNoSuchEndpoint", from: "rest", doc: "ErrNoSuchEndpoint matches an APIError of status 404. What does not exist on an endpoint that does is status 400 with a code of its own."},
	{kind: aliasError, name: "ErrServer", from: "rest", doc: "ErrServer matches an APIError of status 500 and above."},
	{kind: aliasError, name: "ErrNoStreamCalls", doc: "ErrNoStreamCalls is returned by Connect for WithStreamCalls, where the server does not answer calls over the stream."},
	{kind: aliasError, name: "ErrFrameTooLarge", doc: "ErrFrameTooLarge is why a frame larger than WithMaxFrame was skipped."},
	{kind: aliasError, name: "ErrUnknownFrame", doc: "ErrUnknownFrame is why a frame of a type these bindings do not have was skipped."},
	{kind: aliasError, name: "ErrNotJSON", from: "wire", doc: "ErrNotJSON is why a frame that is not one JSON value was skipped."},
	{kind: aliasError, name: "ErrNotUTF8", from: "wire", doc: "ErrNotUTF8 is why a frame that is not UTF-8 was skipped."},
	{kind: aliasError, name: "ErrNoType", from: "wire", doc: "ErrNoType is why a frame without a type was skipped."},
	{kind: aliasError, name: "ErrUnsendable", doc: "ErrUnsendable is returned for what cannot be sent: a raw value that is not JSON, or a string that is not UTF-8."},
	{kind: aliasError, name: "ErrHandlerSet", doc: "ErrHandlerSet is yielded when a subscription that has a handler or a receiving actor is read as well."},
	{kind: aliasError, name: "ErrReaderTaken", doc: "ErrReaderTaken is yielded when a subscription is read by a second reader."},
}
