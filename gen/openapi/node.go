package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// node is a JSON value that knows its place and the order of its keys. All
// methods work on a nil node, which stands for an absent value.
type node struct {
	pointer string
	value   any // nil, bool, string, json.Number; objects and arrays below
	what    kind
	keys    []string
	members map[string]*node
	items   []*node
}

type kind int

const (
	absent kind = iota
	scalar
	object
	array
)

// maxDepth bounds the nesting of a document, far above that of real ones.
const maxDepth = 100

func (n *node) kind() kind {
	if n == nil {
		return absent
	}
	return n.what
}

func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	return n.members[key]
}

// text returns a string's value, and "" for anything else.
func (n *node) text() string {
	if n == nil {
		return ""
	}
	s, _ := n.value.(string)
	return s
}

// list returns the items of a list, or the value itself as the only one.
func (n *node) list() []*node {
	if n.kind() == array {
		return n.items
	}
	return []*node{n}
}

func (n *node) is(value any) bool {
	return n.kind() == scalar && n.value == value
}

// at returns the pointer to a member, whether it is there or not.
func (n *node) at(key string) string {
	return n.pointer + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

// parse reads a JSON document. Of a key given twice it reports the second.
func parse(data []byte) (*node, error) {
	p := parser{json.NewDecoder(bytes.NewReader(data))}
	p.UseNumber()
	root, err := p.next("", 0)
	if err == nil && root.kind() != object {
		err = &Error{Message: "is no JSON object"}
	}
	if err != nil {
		return nil, err
	}
	if _, err := p.Token(); !errors.Is(err, io.EOF) {
		return nil, &Error{Message: fmt.Sprintf("has something behind it, at byte %d", p.InputOffset()), Err: err}
	}
	return root, nil
}

type parser struct{ *json.Decoder }

func (p parser) token(pointer string) (json.Token, error) {
	t, err := p.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, &Error{Pointer: pointer, Message: fmt.Sprintf("is no JSON, at byte %d: %v", p.InputOffset(), err), Err: err}
	}
	return t, nil
}

func (p parser) next(pointer string, depth int) (*node, error) {
	n := &node{pointer: pointer, what: scalar}
	if depth > maxDepth {
		return nil, &Error{Pointer: pointer, Message: fmt.Sprintf("is nested more than %d deep", maxDepth)}
	}
	token, err := p.token(pointer)
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		n.what, n.members = object, map[string]*node{}
		for p.More() {
			key, err := p.token(pointer)
			if err != nil {
				return nil, err
			}
			name := key.(string) // the decoder lets no other key through
			if n.members[name] != nil {
				return nil, &Error{Pointer: n.at(name), Message: "is given twice"}
			}
			if n.members[name], err = p.next(n.at(name), depth+1); err != nil {
				return nil, err
			}
			n.keys = append(n.keys, name)
		}
	case json.Delim('['):
		n.what = array
		for p.More() {
			item, err := p.next(n.at(strconv.Itoa(len(n.items))), depth+1)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, item)
		}
	default:
		n.value = token
		return n, nil
	}
	_, err = p.token(pointer) // the closing delimiter
	return n, err
}
