// Package spec reads the facts of a dialect, that is of one family of servers,
// from YAML files: the channels of its streaming socket with their parameters,
// events and sends, its captures, broadcasts and requests, and the types these
// carry. It also embeds the facts of upstream Misskey.
//
//	s, err := spec.Misskey()                      // what comes with the package
//	s, err := spec.Load(os.DirFS("."), "mydialect") // files of your own
//
// The format is explained at the head of each file of misskey; channels.yaml
// shows how to add a channel. The generator turns a Spec into Go; a bot needs
// this package neither at build time nor when it runs.
//
// Faults are reported all at once, each with its place:
//
//	misskey/channels.yaml:12:13: there is no event set "timline"; did you mean "timeline"? [SP019]
//	        events: timline
//	                ^
//	    Declare it, or write timeline or userList.
package spec
