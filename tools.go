// Package misskeyactor is the root of a module of libraries and holds none
// itself. Programs import streaming, which has the client with its channels,
// events and captures, and streaming/misskey, which has the entities.
//
// Both are generated from the facts in spec/misskey, and so is the reference
// streaming/CHANNELS.md; of the table of its keys are made spec/schema.json, for
// editors, and spec/README.md, for people. After a change there, or in the generator, run
//
//	go generate .
//
// A test holds all that is generated against the lines below.
package misskeyactor

//go:generate go tool misskeygen schema -o spec/schema.json
//go:generate go tool misskeygen schema -markdown -o spec/README.md
//go:generate go tool misskeygen generate
//go:generate go tool misskeygen doc -o streaming/CHANNELS.md
//go:generate go tool misskeygen generate -spec examples/fork/myserver.yaml -out examples/fork/myserver
//go:generate go tool misskeygen generate -spec gen/internal/fork/spec -out gen/internal/fork -types gen/internal/fork/entities
//go:generate go tool misskeygen generate -spec misskey-12 -out gen/internal/dialects/misskey12 -types gen/internal/dialects/misskey12/entities
//go:generate go tool misskeygen generate -spec misskeyio -out gen/internal/dialects/misskeyio -types gen/internal/dialects/misskeyio/entities
