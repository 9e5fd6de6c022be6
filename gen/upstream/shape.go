package upstream

import (
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/spec"
)

// Form is what a Shape comes to.
type Form int

// The forms of a Shape. The first five have no parts.
const (
	Null    Form = iota + 1 // always null, or nothing at all
	Any                     // any JSON value
	String                  // a string, be it an id or a time
	Number                  // a number, whole or not
	Boolean                 // true or false
	Enum                    // one of Values
	Entity                  // what upstream's API calls Name
	List                    // a list of Of
	Map                     // an object with free keys and values of Of
	Object                  // Fields
	Choice                  // one of Members
)

// Shape is a type as both a spec and a publication can tell it: coarser than
// either, so that the two can be compared.
type Shape struct {
	Form Form
	// Name is what an Entity is called. Of a String it is the entity whose id
	// it is, of an Object or Enum what it is declared as; "" when not known.
	// These count for a seed and not when shapes are compared.
	Name     string
	Values   []Value  // Enum
	Of       *Shape   // List, Map
	Fields   []Field  // Object
	Members  []*Shape // Choice; at least two, none of them a Choice
	Nullable bool
}

// Value is one value of an enum.
type Value struct {
	spec.Pos
	Word string
}

// Field is a field of an object, or a parameter.
type Field struct {
	spec.Pos
	Name     string
	Optional bool // the key may be absent
	Shape    *Shape
}

// String writes the shape on one line, as far as it goes without the parts
// that are facts of their own: the fields of objects and the values of enums.
func (s *Shape) String() string {
	if s.Nullable {
		return s.bare() + " | null"
	}
	return s.bare()
}

func (s *Shape) bare() string {
	switch s.Form {
	case Entity:
		return s.Name
	case List:
		if s.Of.Nullable || s.Of.Form == Choice {
			return "(" + s.Of.String() + ")[]"
		}
		return s.Of.String() + "[]"
	case Map:
		return "map<" + s.Of.String() + ">"
	case Choice:
		words := make([]string, len(s.Members))
		for i, m := range s.Members {
			words[i] = m.String()
		}
		slices.Sort(words)
		return strings.Join(slices.Compact(words), " | ")
	default:
		return formWords[s.Form]
	}
}

var formWords = map[Form]string{
	Null: "null", Any: "any", String: "string", Number: "number", Boolean: "boolean", Enum: "enum", Object: "object",
}

// core is the shape whose fields or values are facts below this one's: its
// own, or those of the items of a list or map.
func (s *Shape) core() *Shape {
	for s.Form == List || s.Form == Map {
		s = s.Of
	}
	return s
}
