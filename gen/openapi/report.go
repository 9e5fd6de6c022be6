package openapi

import (
	"fmt"
	"slices"
)

// Report says what an import left out.
type Report struct {
	Types int    // types that were printed, ids included
	Notes []Note // in the order they were met
}

// Note is one thing that the imported types say less exactly than the
// document, or not at all.
type Note struct {
	Pointers []string // where: JSON pointers into the document, at least one
	Message  string   // what became of it
}

// String returns the note on one line, with the first place and how many
// others there are.
func (n Note) String() string {
	first := fmt.Sprintf("#%s: %s", n.Pointers[0], n.Message)
	if more := len(n.Pointers) - 1; more > 0 {
		return fmt.Sprintf("%s (and %d more)", first, more)
	}
	return first
}

// Error is a fault of an OpenAPI document.
type Error struct {
	Pointer string // where: a JSON pointer into the document
	Message string // what is wrong there
	Err     error  // what was returned by the JSON decoder, or nil
}

// Error returns the fault on one line.
func (e *Error) Error() string {
	return fmt.Sprintf("OpenAPI document: #%s %s", e.Pointer, e.Message)
}

// Unwrap returns the JSON decoder's error, or nil.
func (e *Error) Unwrap() error { return e.Err }

func (b *builder) fault(pointer, format string, args ...any) {
	fault := Error{Pointer: pointer, Message: fmt.Sprintf(format, args...)}
	if !b.told[fault] {
		b.told[fault] = true
		b.faults = append(b.faults, &fault)
	}
}

// note keeps one note for all that is worded alike. A place that is met again,
// as a shared schema is, is noted once.
func (b *builder) note(pointer, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	i, known := b.noted[message]
	if !known {
		i = len(b.notes)
		b.noted[message] = i
		b.notes = append(b.notes, Note{Message: message})
	}
	if n := &b.notes[i]; !slices.Contains(n.Pointers, pointer) {
		n.Pointers = append(n.Pointers, pointer)
	}
}

func quoteOr(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return fmt.Sprintf("%q", s)
}
