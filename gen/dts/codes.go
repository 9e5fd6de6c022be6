package dts

import "github.com/misskeyactor/misskeyactor/spec"

// The kinds of fault of declarations. A code keeps its meaning for ever.
const (
	CodeFile      spec.Code = "DT001" // a file is not there, too large or no text
	CodeToken     spec.Code = "DT002" // a character, number or string is not known
	CodeStatement spec.Code = "DT003" // a statement is of a kind that is not known
	CodeSyntax    spec.Code = "DT004" // something stands where the grammar has no place for it
	CodeDeep      spec.Code = "DT005" // types are nested too deep, or made of too many others
	CodeTwice     spec.Code = "DT006" // a name is declared twice
	CodeName      spec.Code = "DT007" // a name is declared nowhere
	CodeMember    spec.Code = "DT008" // a type has no member of that name
	CodeType      spec.Code = "DT009" // a type is not of a kind that can be sent, or is not understood
	CodeCircle    spec.Code = "DT010" // a type is defined by itself
	CodeForm      spec.Code = "DT011" // the declaration of a channel or event is not of the form expected
)
