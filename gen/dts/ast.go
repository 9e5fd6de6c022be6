package dts

import "github.com/misskeyactor/misskeyactor/spec"

// node is a type as it is written. It is one of the types below.
type node interface{ pos() spec.Pos }

// at is where a node begins.
type at spec.Pos

func (a at) pos() spec.Pos { return spec.Pos(a) }

type (
	// name is a use of a type: built in, declared, imported or a parameter.
	name struct {
		at
		text string
		args []node
	}
	// literal is the type of one string or number.
	literal struct {
		at
		text   string
		number bool
	}
	union        struct{ of []node }
	intersection struct{ of []node }
	// object is an object type. index is the type of its free keys, or nil.
	object struct {
		at
		members []*member
		index   node
	}
	array struct {
		at
		of node
	}
	tuple struct {
		at
		of []node
	}
	// access is the type of a member of another type, as in Note['id'].
	access struct {
		of, key node
	}
	// function is the type of a function.
	function struct {
		at
		typeParams []typeParam
		params     []*member
		result     node
	}
	// keyof is the type of an object's keys.
	keyof struct {
		at
		of node
	}
	// typeof is the type of a constant.
	typeof struct {
		at
		constant string
	}
	// mapped is a type made from another, key by key.
	mapped struct{ at }
	// closure is a type that brings the meaning of its names along. None is
	// written; they are made of parts from several places.
	closure struct{ located }
)

// located is a type and what its names mean.
type located struct {
	node
	*scope
}

// scope is where the names in a type are looked up: first among type
// parameters, then in the file.
type scope struct {
	module *module
	bound  map[string]located
}

func (u *union) pos() spec.Pos        { return u.of[0].pos() }
func (i *intersection) pos() spec.Pos { return i.of[0].pos() }
func (a *access) pos() spec.Pos       { return a.of.pos() }

// member is a key of an object, or a parameter of a function.
type member struct {
	spec.Pos
	name     string
	optional bool
	typ      node
}

// typeParam is a parameter of a generic type or function.
type typeParam struct {
	name  string
	bound node // what it extends; nil for anything
}

// declaration is a type or constant that a file declares.
type declaration struct {
	spec.Pos
	name   string
	params []typeParam
	typ    node
}

// imported is a name that a file has from another.
type imported struct {
	spec.Pos
	name string // in the other file
	from string // as written, as in ./autogen/models.js
}

// module is one file, parsed.
type module struct {
	file      string
	types     map[string]*declaration
	constants map[string]*declaration
	imports   map[string]imported
	exports   []imported // everything that another file exports; no names
}
