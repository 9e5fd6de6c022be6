package gen

import "github.com/misskeyactor/misskeyactor/spec"

// program is the intermediate representation: the spec in its own order, with
// every Go name fixed and known to be free. Emitting decides nothing.
type program struct {
	spec *spec.Spec

	typesName, sharedName string // what files import the packages of entities by

	ids     []*stringType
	enums   []*enum // those that tell a union's variants apart as well
	added   []*enum // shared ones, with the values that they have besides
	types   []any   // *object and *union, in the order of entities.go
	objects []*object
	unions  []*union

	sets       []*eventSet
	channels   []*channel
	captures   []*capture
	broadcasts *eventSet // nil when there are none
	requests   []*request
}

// stringType is an id.
type stringType struct {
	name   string
	doc    doc
	shared bool // it comes from the package of shared entities
}

// enum is an open set of strings.
type enum struct {
	name   string
	shared bool // it comes from the package of shared entities
	doc    doc
	values []enumValue
}

type enumValue struct {
	name  string
	value string
	doc   doc
}

// object is a struct with a codec.
type object struct {
	name   string
	label  string // its name in the spec, for drift: "Note", "main.signin"
	doc    doc
	pos    spec.Pos
	embeds []*object
	fields []*field

	shared   bool   // it comes from the package of shared entities
	embedded bool   // some other object embeds it
	union    *union // for a variant and for the common fields
	tag      string // for a variant
	kind     string // for a variant: the constant of its tag
}

// required counts the object's own fields whose key has to be there.
func (o *object) required() int {
	n := 0
	for _, f := range o.fields {
		if !f.optional {
			n++
		}
	}
	return n
}

// requiredKeys are the keys that required counts.
func (o *object) requiredKeys() []string {
	var keys []string
	for _, f := range o.fields {
		if !f.optional {
			keys = append(keys, f.key)
		}
	}
	return keys
}

// union is a sealed interface.
type union struct {
	name     string
	label    string
	doc      doc
	shared   bool    // it comes from the package of shared entities
	key      string  // of the discriminator
	empty    bool    // {} means none
	common   *object // nil when the variants share no field
	kinds    *enum
	variants []*object
}

// unknown is the name of the variant for tags the spec does not have.
func (u *union) unknown() string { return "Unknown" + u.name }

// field is a field of a struct.
type field struct {
	name     string // in Go
	key      string // in JSON
	doc      doc
	typ      *typ
	form     form
	optional bool // the key may be absent
	nullable bool // the value may be null

	noEmptyItems bool // a parameter: none of the lists or maps in it may be empty
}

// form is how a field holds its value.
type form int

const (
	plain   form = iota // the value; a list, map, union or raw value that is not there is nil
	wrapped             // in an Opt
	pointer             // behind a pointer
)

// typ is a use of a type.
type typ struct {
	kind     kind
	name     string  // of an id or enum; "" for string itself
	shared   bool    // the id or enum comes from the package of shared entities
	object   *object // kindObject
	union    *union  // kindUnion
	elem     *typ    // kindList, kindMap
	nullable bool    // as an element: it may be null
}

type kind int

const (
	kindString kind = iota // ids and enums as well
	kindInteger
	kindNumber
	kindBoolean
	kindTimestamp
	kindAny
	kindObject
	kindUnion
	kindList
	kindMap
)

// scalar reports whether a value that may be missing is held by an Opt.
func (t *typ) scalar() bool { return t.kind <= kindTimestamp }

// eventSet is a set of events with its handler.
type eventSet struct {
	name     string // in Go
	wire     string // in the spec
	doc      doc
	includes []*eventSet
	own      []*event
	all      []*event // own ones last
	file     string
}

// event is one event of one set.
type event struct {
	set    *eventSet
	name   string // in Go, as in Note: OnNote, the funcs' field
	wire   string
	object *object // name TimelineNote
	body   body

	handlerDoc doc // of OnNote
}

// body says what a message carries.
type body int

const (
	bodyNull   body = iota // nothing
	bodyValue              // the value of the object's one field
	bodyFields             // an object
)

type channel struct {
	spec   *spec.Channel
	name   string
	doc    doc
	events *eventSet
	params *object // nil for none
	sends  []*send
	file   string
}

// send is a message a channel takes.
type send struct {
	name   string // of the method
	wire   string
	doc    doc
	body   body
	object *object // its fields; nil for bodyNull
	param  string  // of the method
}

type capture struct {
	spec   *spec.Capture
	name   string
	method string
	doc    doc
	events *eventSet
	key    *field
	param  string
}

type request struct {
	spec   *spec.Request
	method string
	doc    doc
	body   body
	object *object // nil for bodyNull
	param  string
}
