// Package dts reads the TypeScript declarations that upstream publishes of its
// streaming API, in the npm package misskey-js: as the seed of a spec, and as
// a witness to hold a spec against.
//
// It understands just as much of TypeScript as these declarations use: type
// aliases, object and tuple types, unions and intersections, literals, indexed
// access, generics with the utility types that occur, imports between the
// package's files. What it does not know is a fault with its place, never
// passed over. Three rules stand in for knowledge of the protocol:
//
//   - An event is declared as the function that handles it: its one parameter
//     is the event's body, and without one the body is null.
//   - A schema of components['schemas'] is an entity, known by its name; a
//     type of any other origin is taken apart where it is used.
//   - A broadcast whose body is a choice of objects told apart by type, each
//     with a body, carries the events of a capture.
package dts
