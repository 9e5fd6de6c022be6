// Package gen makes Go bindings from a spec: the entities of a server family
// as one package, and its channels, events, captures and requests, with the
// client that has them, as another.
//
// [Generate] is pure: it returns files by path. A [Tree] of them is written
// ([Tree.Write]) or compared with what is there ([Tree.Check]).
package gen
