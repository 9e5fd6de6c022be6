package gen

// What the runtime gives to the types that embed its own, and what is
// generated into them, by Go name. A name of the spec that hides one of these
// is a fault: it would compile and mislead. Tests compare the tables with the
// runtime.

// metaNames are the fields and methods of every event.
var metaNames = []string{
	"Meta", "Subscription", "Channel", "EventType", "Received", "Metadata", "Done",
	"DecodeBody", "EncodeBody", "MarshalJSON",
}

// subscriptionNames are the methods of every subscription.
var subscriptionNames = []string{
	"Subscription", "Events",
	"Channel", "Close", "Connection", "Done", "Ended", "Err", "ID", "Key", "PID", "Pause", "Resume", "Send", "State",
	"Status", "WaitLive",
}

// clientNames are the methods of every client.
var clientNames = []string{"Call", "Close", "Done", "Err", "PID", "Reconnect", "Status"}

// broadcastsMethod is the client's method that subscribes to broadcasts.
const broadcastsMethod = "Broadcasts"

// paramsNames are the methods of every params type, messageNames those of
// every message that is only ever sent.
var (
	paramsNames  = []string{"Validate", "Encode"}
	messageNames = []string{"Validate", "Encode"}
)

// entityNames are the methods of every entity.
var entityNames = []string{"Decode", "Encode", "MarshalJSON", "UnmarshalJSON", "Clone"}

// variantNames are the methods that members of a union have beside those of
// an entity.
var variantNames = []string{"Common", "Kind"}

// bindingNames are the names that every package of bindings has beside the
// aliases.
var bindingNames = []string{"Client", "Connect", "UnknownEvent", "Gap", "dialect", "newUnknownEvent", "newGap"}
