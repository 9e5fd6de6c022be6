// Package spec reads the facts of a dialect, that is of one family of servers,
// from YAML files: the channels of its streaming socket with their parameters,
// events and sends, its captures, broadcasts and requests, and the types these
// carry. It also embeds the facts of upstream Misskey.
//
//	s, err := spec.Misskey()                      // what comes with the package
//	s, err := spec.Load(os.DirFS("."), "mydialect") // files of your own
//
// A dialect may be an overlay: it extends another one and says what it has
// otherwise.
//
//	name: bubble
//	title: My fork
//	extends: misskey              # one that comes with the package, or a ./path
//	only: [main, homeTimeline]    # of misskey's; or without: [admin]; what nothing uses any more goes too
//
//	channels:                     # sections declare what is new
//	  bubbleTimeline: {events: timeline}
//
//	patch:                        # key path: what it gets
//	  socket.auth: query                     # a scalar or a list replaces,
//	  channels.serverStats: null             # null removes,
//	  channels.homeTimeline.params:          # a mapping is merged, at every depth,
//	    minimize?: boolean
//	  types.NoteVisibility.enum[]: [bubble]  # and [] adds to a list
//
// A path must lead to something that is there: a typing error, or a fact that
// upstream has dropped, is a fault and not silently nothing. A message has a
// body or fields: a patch that gives it fields takes its body away, with the
// name that "as" gives it, and one that gives it a body takes its fields away. A
// message that loses what it carried has null for a body.
//
// What an overlay says of evidence holds for its own facts; those of the dialect
// it extends keep theirs. A patch makes a fact the overlay's own when it says
// something else of it (its type, its permission, whether it may be absent …),
// and not merely in other words (doc, quirks, title, goName) or of a fact inside
// it.
//
// Manual is the page that explains the format with every key, as it stands in
// README.md; channels.yaml of misskey shows how to add a channel. The generator turns a Spec into Go; a bot needs
// this package neither at build time nor when it runs.
//
// Faults are reported all at once, each with its place:
//
//	misskey/channels.yaml:12:13: there is no event set "timline"; did you mean "timeline"? [SP019]
//	        events: timline
//	                ^
//	    Declare it, or write timeline or userList.
//
// Explanations says more of each code, and Schema what an editor needs to
// complete and check a file.
package spec
