// Package openapi turns the schemas of an OpenAPI 3.1 document into the types
// section of a spec. The result is a seed: a person corrects it by what the
// server really sends, which such documents tell in part only.
//
// What is taken over are facts: names, types, what may be null or absent.
// Prose and examples are not. What the spec's words cannot say is widened, to
// any at worst, and listed in a Report, so that nothing gets lost unseen.
package openapi
