// Package runtime is the engine under generated bindings: it keeps one
// account's subscriptions alive over as many websockets as they need. It
// knows no channel by name; the bindings describe channels, captures and
// events to it.
//
// A bot imports the bindings (package streaming, or its own), which repeat
// what it needs of this package. Import this package to write bindings by
// hand, or tools over any bindings.
//
// The session actor keeps the set of subscriptions and packs them into
// connections. A connection actor owns one socket after another; each socket
// has a reader and a writer goroutine. Every subscription has an actor of its
// own, which decodes its events and runs its handler, and an inbox, which the
// reader fills and never waits for.
package runtime
