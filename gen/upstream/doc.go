// Package upstream holds a spec against what upstream publishes of its own
// API, and tells where the two differ.
//
// Both sides are brought to one form, Facts: a list of paths, each with what
// is said there. The paths are those of a spec's keys, as in
// channels.main.events.follow, so that a difference can be found in the spec
// and mended there. Compare pairs the paths; Judge sets apart the differences
// that were looked into and accepted, each for a reason.
//
// Neither side is right as such: a publication is written by hand in part, and
// a spec ages. What a server was recorded to send decides.
package upstream
