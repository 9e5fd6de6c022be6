// Package dialects has bindings of dialects below it, as a program with several
// kinds of servers would generate them, and the tests that run them against a
// server of each kind.
package dialects
