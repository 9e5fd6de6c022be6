// Package misskeyactor is the root of a module of libraries and holds none
// itself. Programs import streaming, which has the client with its channels,
// events and captures, and streaming/misskey, which has the entities.
//
// Both are generated from the facts in spec/misskey: after a change there, or
// in the generator, run
//
//	go generate .
//
// and `go tool misskeygen check` to see that nothing was forgotten.
package misskeyactor

//go:generate go tool misskeygen schema -o spec/schema.json
//go:generate go tool misskeygen generate
//go:generate go tool misskeygen generate -spec gen/internal/fork/spec -out gen/internal/fork -types gen/internal/fork/entities
